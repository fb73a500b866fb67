//! Misbehaviour, as a client meets it.

use super::{Answer, Platform, id};
use crate::sandbox::{FaultPlan, Options};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn plan(value: Value) -> FaultPlan {
    serde_json::from_value(value).unwrap()
}

async fn misbehaving(rules: Value) -> Platform {
    Platform::with(Options {
        faults: plan(json!({ "seed": 1, "rules": rules })),
        ..Options::default()
    })
    .await
}

fn list(title: &str) -> Value {
    json!({ "title": title, "type": "static" })
}

async fn total(platform: &Platform) -> Value {
    platform.get("/lists").await.json()["meta"]["total"].clone()
}

#[tokio::test]
async fn a_cut_connection_has_no_answer_and_may_have_had_its_effect() {
    for (effect, lists) in [("before", 0), ("after", 1)] {
        let platform = misbehaving(json!([
            { "method": "POST", "endpoint": "/lists", "nth": 1, "fault": { "cut": effect } },
        ]))
        .await;
        let request = platform.request("POST", "/lists").json(&list("a"));
        assert!(request.send().await.is_err(), "{effect}");
        assert_eq!(total(&platform).await, lists, "{effect}");
        platform.make("/lists", list("b")).await;
        platform.stop().await;
    }
}

#[tokio::test]
async fn errors_of_the_server_come_before_or_after_the_effect() {
    for (effect, lists) in [("before", 0), ("after", 1)] {
        let fault = json!({ "server_error": { "status": 503, "effect": effect } });
        let platform =
            misbehaving(json!([{ "kind": "list", "nth": 1, "method": "POST", "fault": fault }]))
                .await;
        assert_eq!(platform.send("POST", "/lists", list("a")).await.status, 503);
        assert_eq!(total(&platform).await, lists, "{effect}");
        platform.stop().await;
    }
}

#[tokio::test]
async fn too_many_requests_are_said_in_every_form() {
    for (form, expected) in [
        ("seconds", Some("2")),
        ("absurd", Some("3155760000")),
        ("garbage", Some("in a while")),
        ("missing", None),
    ] {
        let fault = json!({ "too_many_requests": { "retry_after": form, "wait": "1500ms" } });
        let platform = misbehaving(json!([{ "times": 1, "fault": fault }])).await;
        let answer = platform.send("POST", "/lists", list("a")).await;
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (429, expected)
        );
        assert_eq!(total(&platform).await, 0);
        platform.stop().await;
    }
    let fault = json!({ "too_many_requests": { "retry_after": "date", "wait": "3s" } });
    let platform = misbehaving(json!([{ "fault": fault }])).await;
    let answer = platform.get("/lists").await;
    let at = |name| {
        let text = answer.header(name).unwrap();
        chrono::DateTime::parse_from_rfc2822(text)
            .unwrap()
            .timestamp()
    };
    assert_eq!(at("retry-after") - at("date"), 3);
    platform.stop().await;
}

#[tokio::test]
async fn answers_are_spoilt_after_the_effect() {
    for (spoil, is_spoilt) in [
        (
            "garbled",
            (|text| serde_json::from_str::<Value>(text).is_err()) as fn(&str) -> bool,
        ),
        ("wrong", |text| text.starts_with("<!doctype html>")),
        ("empty", str::is_empty),
        ("giant", |text| text.len() > 8 * 1024 * 1024),
        ("deep", |text| text.starts_with(&"[".repeat(100))),
    ] {
        let platform = misbehaving(json!([{ "method": "POST", "fault": { "body": spoil } }])).await;
        let answer = platform.send("POST", "/lists", list("a")).await;
        assert_eq!(answer.status, 201);
        assert!(is_spoilt(&answer.text), "{spoil}");
        assert_eq!(total(&platform).await, 1);
        platform.stop().await;
    }
    let platform =
        misbehaving(json!([{ "method": "POST", "fault": { "body": "truncated" } }])).await;
    let request = platform.request("POST", "/lists").json(&list("a"));
    let answer = request.send().await.unwrap();
    assert!(answer.text().await.is_err());
    assert_eq!(total(&platform).await, 1);
    platform.stop().await;
}

#[tokio::test]
async fn listings_lag_and_shift() {
    let platform = misbehaving(json!([
        { "endpoint": "/lists", "method": "GET", "nth": 1, "fault": { "lag": 2 } },
        { "endpoint": "/lists", "method": "GET", "nth": [2, 3], "fault": { "shift": "repeat" } },
        { "endpoint": "/lists", "method": "GET", "nth": [4, 5], "fault": { "shift": "skip" } },
    ]))
    .await;
    for title in ["a", "b", "c", "d"] {
        platform.make("/lists", list(title)).await;
    }
    let titles = async |page: u32| {
        let answer = platform
            .get(&format!("/lists?per_page=2&page={page}"))
            .await
            .json();
        let titles: String = answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|list| list["title"].as_str().unwrap())
            .collect();
        (titles, answer["meta"]["total"].as_u64().unwrap())
    };
    assert_eq!(titles(1).await, ("ab".to_owned(), 2));
    assert_eq!(titles(1).await, ("ab".to_owned(), 4));
    assert_eq!(titles(2).await, ("bc".to_owned(), 4));
    assert_eq!(titles(1).await, ("ab".to_owned(), 4));
    assert_eq!(titles(2).await, ("d".to_owned(), 4));
    assert_eq!(titles(2).await, ("cd".to_owned(), 4));
    platform.stop().await;
}

#[tokio::test]
async fn redirects_latency_and_slow_bodies() {
    let to = "https://elsewhere.example/";
    let platform = misbehaving(json!([
        { "endpoint": "/lists", "fault": { "redirect": to } },
        { "endpoint": "/offers", "fault": { "latency": "150ms" } },
        { "endpoint": "/offers", "fault": { "latency": "150ms" } },
        { "endpoint": "/coupons", "fault": { "slow_body": "300ms" } },
    ]))
    .await;
    let answer = platform.get("/lists").await;
    assert_eq!((answer.status, answer.header("location")), (307, Some(to)));
    for path in ["/offers", "/coupons"] {
        let started = Instant::now();
        let answer = platform.get(path).await;
        assert_eq!(answer.json()["meta"]["total"], 0);
        assert!(started.elapsed() >= Duration::from_millis(270), "{path}");
    }
    platform.stop().await;
}

/// Which of so many creations of lists and then of offers are struck.
async fn struck(plan: FaultPlan, offers_first: bool) -> (Vec<u16>, Value) {
    let platform = Platform::with(Options {
        faults: plan,
        ..Options::default()
    })
    .await;
    let offers = async || {
        for _ in 0..5 {
            platform.send("POST", "/offers", json!({})).await;
        }
    };
    if offers_first {
        offers().await;
    }
    let mut statuses = Vec::new();
    for title in 0..60 {
        let answer = platform
            .send("POST", "/lists", list(&title.to_string()))
            .await;
        statuses.push(answer.status);
    }
    if !offers_first {
        offers().await;
    }
    let stats = Answer::of(platform.bare("GET", "/_sandbox/stats"))
        .await
        .json();
    platform.stop().await;
    (statuses, stats["struck"].clone())
}

#[tokio::test]
async fn chances_depend_on_the_seed_and_the_endpoint_alone() {
    let fault = json!({ "server_error": { "status": 500, "effect": "before" } });
    let of_seed = |seed: u64| {
        plan(json!({ "seed": seed, "rules": [
            { "method": "POST", "endpoint": "/lists", "chance": "25%", "fault": fault },
        ] }))
    };
    let (one, count) = struck(of_seed(1), false).await;
    let (same, _) = struck(of_seed(1), true).await;
    let (other, _) = struck(of_seed(2), false).await;
    assert_eq!(one, same);
    assert_ne!(one, other);
    let hits = one.iter().filter(|status| **status == 500).count();
    // Fifteen of sixty are to be expected; outside of these bounds it is no quarter.
    assert!((5..=28).contains(&hits), "{hits}");
    assert_eq!(count, json!([hits]));
}

#[tokio::test]
async fn strangers_and_people_meet_no_faults() {
    let platform = misbehaving(json!([{ "fault": { "cut": "before" } }])).await;
    assert_eq!(Answer::of(platform.bare("GET", "/lists")).await.status, 401);
    assert_eq!(
        Answer::of(platform.bare("GET", "/ui/lists")).await.status,
        200
    );
    assert!(platform.request("GET", "/lists").send().await.is_err());
    platform.stop().await;
}

#[test]
fn what_is_no_plan_is_refused() {
    let cut = json!({ "cut": "before" });
    for rule in [
        json!({ "fault": "cut" }),
        json!({ "fault": { "cut": "never" } }),
        json!({ "fault": { "explode": 1 } }),
        json!({ "method": "get", "fault": cut }),
        json!({ "endpoint": "/nothing", "fault": cut }),
        json!({ "endpoint": "/offers/7", "fault": cut }),
        json!({ "kind": "offers", "fault": cut }),
        json!({ "nth": 0, "fault": cut }),
        json!({ "nth": [1, 0], "fault": cut }),
        json!({ "chance": "0%", "fault": cut }),
        json!({ "chance": "101%", "fault": cut }),
        json!({ "chance": 10, "fault": cut }),
        json!({ "times": 0, "fault": cut }),
        json!({ "colour": "red", "fault": cut }),
        json!({ "fault": { "latency": "2h" } }),
        json!({ "fault": { "latency": "3601s" } }),
        json!({ "fault": { "server_error": { "status": 404, "effect": "before" } } }),
        json!({ "fault": { "too_many_requests": { "retry_after": "later" } } }),
        json!({ "fault": { "lag": 0 } }),
        json!({}),
    ] {
        let plan = json!({ "rules": [rule] });
        assert!(serde_json::from_value::<FaultPlan>(plan).is_err(), "{rule}");
    }
    assert!(serde_json::from_value::<FaultPlan>(json!({ "seed": -1, "rules": [] })).is_err());
    assert!(serde_json::from_value::<FaultPlan>(json!({})).is_err());
}

#[tokio::test]
async fn the_collection_and_its_objects_are_counted_apart() {
    let platform = misbehaving(json!([
        { "kind": "list", "nth": 2, "fault": { "server_error": { "status": 500, "effect": "before" } } },
    ]))
    .await;
    let made = platform.make("/lists", list("a")).await;
    let path = format!("/lists/{}", id(&made));
    assert_eq!(platform.get("/lists").await.status, 200);
    assert_eq!(platform.get(&path).await.status, 200);
    assert_eq!(platform.get(&path).await.status, 500);
    assert_eq!(platform.get("/lists").await.status, 500);
    platform.stop().await;
}
