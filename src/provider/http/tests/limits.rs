//! The platform at its limit, in simulated time: the real client over a network that counts.

use crate::kinds::kind;
use crate::model::{RemoteId, Secret};
use crate::provider::http::{Came, HttpReader, HttpSettings, Network, Sent};
use crate::provider::{ProviderError, Reader as _};
use futures_util::stream::{self, StreamExt as _};
use serde_json::json;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// 2026-01-01T00:00:00Z
const EPOCH_SECONDS: u64 = 1_767_225_600;
/// One way.
const LATENCY: Duration = Duration::from_millis(40);

/// How a 429 says how long to wait.
#[derive(Clone, Copy, Debug)]
enum Form {
    Seconds,
    Date,
    Missing,
    Absurd,
}

/// What the platform is like.
#[derive(Clone, Copy, Debug)]
struct Limit {
    /// Requests in a minute that begins with its first request.
    per_minute: u64,
    /// Until when everything is refused.
    storm: Duration,
    /// How long a refusal in the storm asks to wait.
    wait_seconds: u64,
    form: Form,
}

#[derive(Debug)]
struct Platform {
    start: Instant,
    limit: Limit,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    window_ends: Duration,
    used: u64,
    /// When each request arrived, and whether it was granted.
    requests: Vec<(Duration, bool)>,
    /// Nothing may be sent before; and how often something was.
    not_before: Duration,
    too_soon: usize,
}

impl Network for Platform {
    fn carry(&self, _sent: Sent) -> Pin<Box<dyn Future<Output = Came> + Send + '_>> {
        Box::pin(async move {
            {
                let mut seen = self.seen.lock().unwrap();
                seen.too_soon += usize::from(self.start.elapsed() < seen.not_before);
            }
            tokio::time::sleep(LATENCY).await;
            let (came, wait) = self.judge();
            tokio::time::sleep(LATENCY).await;
            if let Some(wait) = wait {
                let mut seen = self.seen.lock().unwrap();
                seen.not_before = seen.not_before.max(self.start.elapsed() + wait);
            }
            came
        })
    }
}

impl Platform {
    fn judge(&self) -> (Came, Option<Duration>) {
        let now = self.start.elapsed();
        let mut seen = self.seen.lock().unwrap();
        let Limit {
            per_minute,
            storm,
            wait_seconds,
            form,
        } = self.limit;
        if now >= seen.window_ends {
            seen.window_ends = now + Duration::from_secs(60);
            seen.used = 0;
        }
        let is_granted = now >= storm && seen.used < per_minute;
        seen.requests.push((now, is_granted));
        let date = EPOCH_SECONDS + now.as_secs();
        let mut headers = vec![
            ("date", http_date(date)),
            ("x-ratelimit-limit", per_minute.to_string()),
        ];
        if is_granted {
            seen.used += 1;
            let left = per_minute - seen.used;
            headers.push(("x-ratelimit-remaining", left.to_string()));
            let body = json!({ "data": { "id": 1, "title": "a" } });
            return (answer(200, headers, body.to_string()), None);
        }
        let wait = if now < storm {
            wait_seconds
        } else {
            (seen.window_ends - now).as_secs() + 1
        };
        match form {
            Form::Seconds => headers.push(("retry-after", wait.to_string())),
            Form::Date => headers.push(("retry-after", http_date(date + wait))),
            Form::Absurd => headers.push(("retry-after", "3155760000".to_owned())),
            Form::Missing => {}
        }
        let asked = matches!(form, Form::Seconds | Form::Date).then(|| Duration::from_secs(wait));
        (answer(429, headers, "{}".to_owned()), asked)
    }
}

fn answer(status: u16, headers: Vec<(&'static str, String)>, body: String) -> Came {
    Came::Answer {
        status,
        headers,
        body: body.into_bytes(),
        is_cut: false,
    }
}

fn http_date(seconds: u64) -> String {
    let at = chrono::DateTime::from_timestamp(i64::try_from(seconds).unwrap(), 0).unwrap();
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// What came of so much work for ten workers.
struct Worked {
    platform: Arc<Platform>,
    failures: Vec<ProviderError>,
    took: Duration,
}

impl Worked {
    fn requests(&self) -> usize {
        self.platform.seen.lock().unwrap().requests.len()
    }

    fn refused(&self) -> usize {
        let seen = self.platform.seen.lock().unwrap();
        seen.requests.iter().filter(|(_, granted)| !granted).count()
    }

    fn too_soon(&self) -> usize {
        self.platform.seen.lock().unwrap().too_soon
    }
}

async fn work(requests: usize, limit: Limit) -> Worked {
    let platform = Arc::new(Platform {
        start: Instant::now(),
        limit,
        seen: Mutex::default(),
    });
    let secret = || Secret::new("simulated".to_owned());
    let settings = HttpSettings::new("sandbox", "http://127.0.0.1", secret(), secret());
    let network: Arc<dyn Network> = Arc::clone(&platform) as Arc<dyn Network>;
    let reader = HttpReader::simulated(settings, network).unwrap();
    let failures = stream::iter(0..requests)
        .map(|_| {
            let reader = reader.clone();
            async move { reader.get(kind("coupon").unwrap(), RemoteId(1)).await.err() }
        })
        .buffer_unordered(10)
        .filter_map(async |error| error)
        .collect()
        .await;
    let took = platform.start.elapsed();
    Worked {
        platform,
        failures,
        took,
    }
}

const CALM: Limit = Limit {
    per_minute: 200,
    storm: Duration::ZERO,
    wait_seconds: 0,
    form: Form::Seconds,
};

#[tokio::test(start_paused = true)]
async fn alone_at_two_hundred_a_minute_nothing_is_refused_and_little_is_left_over() {
    let worked = work(2_000, CALM).await;
    assert_eq!(worked.failures.len(), 0);
    assert_eq!(worked.refused(), 0);
    assert_eq!(worked.requests(), 2_000);
    // Ten allowances; the last is used up within seconds, so nine minutes are the least.
    let least = Duration::from_secs(9 * 60);
    assert!(worked.took >= least, "{:?}", worked.took);
    // At least 95 % of what could be used in that time was.
    let allowed = worked.took.as_secs_f64() / 60.0 * 200.0;
    let used = 2_000.0 / allowed.max(2_000.0);
    assert!(used >= 0.95, "{used}");
    assert!(
        worked.took <= least.mul_f64(1.0 / 0.95),
        "{:?}",
        worked.took
    );
}

#[tokio::test(start_paused = true)]
async fn a_storm_is_waited_out_and_nothing_is_sent_before_it_is_allowed() {
    for (form, seconds) in [(Form::Seconds, 2), (Form::Date, 3), (Form::Seconds, 20)] {
        let storm = Duration::from_secs(40);
        let limit = Limit {
            per_minute: 10_000,
            storm,
            wait_seconds: seconds,
            form,
        };
        let worked = work(300, limit).await;
        assert_eq!(
            worked.failures.len(),
            0,
            "{form:?} {:?}",
            worked.failures.first()
        );
        assert_eq!(worked.too_soon(), 0, "{form:?}");
        // The work itself, and one who asks whenever it is allowed.
        let least = 300 + storm.as_secs().div_ceil(seconds);
        let most = usize::try_from(least * 13 / 10).unwrap();
        let sent = worked.requests();
        assert!(sent <= most, "{form:?} {seconds}: {sent} of at most {most}");
        assert!(
            worked.took < storm + Duration::from_secs(seconds + 10),
            "{:?}",
            worked.took
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_storm_without_a_word_of_its_end_is_asked_about_ever_more_rarely() {
    let limit = Limit {
        per_minute: 10_000,
        storm: Duration::from_secs(10),
        wait_seconds: 0,
        form: Form::Missing,
    };
    let worked = work(300, limit).await;
    assert_eq!(worked.failures.len(), 0);
    // Ten at once in the beginning; 0.25 s, doubled, reach ten seconds at the sixth asking.
    assert!(worked.requests() <= 300 + 10 + 6, "{}", worked.requests());
}

#[tokio::test(start_paused = true)]
async fn an_absurd_wait_ends_the_work_at_once() {
    let limit = Limit {
        per_minute: 10_000,
        storm: Duration::from_secs(10),
        wait_seconds: 0,
        form: Form::Absurd,
    };
    let worked = work(5, limit).await;
    assert_eq!(worked.failures.len(), 5);
    assert!(
        worked
            .failures
            .iter()
            .all(|it| matches!(it, ProviderError::Exhausted(_)))
    );
    assert!(worked.took < Duration::from_secs(2), "{:?}", worked.took);
}

#[tokio::test(start_paused = true)]
async fn a_storm_that_does_not_end_uses_up_the_patience() {
    let limit = Limit {
        per_minute: 10_000,
        storm: Duration::from_secs(100_000),
        wait_seconds: 30,
        form: Form::Seconds,
    };
    let worked = work(3, limit).await;
    assert_eq!(worked.failures.len(), 3);
    assert!(
        worked
            .failures
            .iter()
            .all(|it| matches!(it, ProviderError::Exhausted(_)))
    );
    assert_eq!(worked.too_soon(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_small_allowance_is_kept_by_all_workers_together() {
    let limit = Limit {
        per_minute: 12,
        ..CALM
    };
    let worked = work(40, limit).await;
    assert_eq!(worked.failures.len(), 0);
    assert_eq!(worked.refused(), 0);
}
