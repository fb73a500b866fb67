use super::{Answer, Platform};
use crate::sandbox::Options;
use serde_json::json;
use std::time::{Duration, Instant, SystemTime};

#[tokio::test]
async fn requests_are_counted_down_and_then_refused() {
    let options = Options {
        rate_limit_per_minute: 3,
        ..Options::default()
    };
    let platform = Platform::with(options).await;
    let stranger = Answer::of(platform.bare("GET", "/offers")).await;
    assert_eq!(
        (stranger.status, stranger.header("x-ratelimit-remaining")),
        (401, Some("3"))
    );
    for (path, status, remaining) in [
        ("/offers", 200, "2"),
        ("/offers/1", 404, "1"),
        ("/x", 404, "0"),
    ] {
        let answer = platform.get(path).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("x-ratelimit-limit"), Some("3"));
        assert_eq!(answer.header("x-ratelimit-remaining"), Some(remaining));
        assert_eq!(answer.header("retry-after"), None);
    }
    let refused = platform.get("/offers").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
    let reset: u64 = refused
        .header("x-ratelimit-reset")
        .unwrap()
        .parse()
        .unwrap();
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    assert!((now..=now + 61).contains(&reset));
    for path in ["/", "/ui/offers", "/_sandbox/stats"] {
        assert_eq!(
            Answer::of(platform.bare("GET", path)).await.status,
            200,
            "{path}"
        );
    }
    platform.stop().await;
}

#[tokio::test]
async fn without_a_limit_there_are_no_headers_about_it() {
    let platform = Platform::new().await;
    let answer = platform.get("/offers").await;
    assert!(
        !answer
            .headers
            .keys()
            .any(|name| name.as_str().starts_with("x-ratelimit"))
    );
    platform.stop().await;
}

#[tokio::test]
async fn requests_are_counted_by_pattern() {
    let platform = Platform::new().await;
    platform.get("/offers?page=2").await;
    platform.get("/offers/1").await;
    platform.get("/offers/2").await;
    platform.send("PATCH", "/offers/2", json!({})).await;
    platform.get("/nothing/here").await;
    Answer::of(platform.bare("GET", "/")).await;
    let stats = Answer::of(platform.bare("GET", "/_sandbox/stats"))
        .await
        .json();
    let expected = json!({
        "total": 5,
        "requests": [
            { "method": "GET", "path": "(unknown)", "count": 1 },
            { "method": "GET", "path": "/offers", "count": 1 },
            { "method": "GET", "path": "/offers/{id}", "count": 2 },
            { "method": "PATCH", "path": "/offers/{id}", "count": 1 },
        ],
    });
    assert_eq!(stats, expected);
    assert_eq!(
        Answer::of(platform.bare("POST", "/_sandbox/reset-stats"))
            .await
            .status,
        204
    );
    let stats = Answer::of(platform.bare("GET", "/_sandbox/stats"))
        .await
        .json();
    assert_eq!(stats, json!({ "total": 0, "requests": [] }));
    platform.stop().await;
}

#[tokio::test]
async fn latency_is_waited_for_at_the_same_time() {
    let latency = Duration::from_millis(200);
    let platform = Platform::with(Options {
        latency,
        ..Options::default()
    })
    .await;
    let started = Instant::now();
    let requests: Vec<_> = (0..10)
        .map(|_| tokio::spawn(platform.request("GET", "/offers").send()))
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap().status(), 200);
    }
    let elapsed = started.elapsed();
    // One after the other would be two seconds.
    assert!(elapsed >= latency && elapsed < latency * 8, "{elapsed:?}");
    platform.stop().await;
}
