//! The simulated network: requests travel by themselves, so that what was sent may arrive after its
//! sender is gone.

use super::history::{Mischief, Wait};
use super::judge;
use super::platform::{Answer, at_path};
use super::violation::Planted;
use super::world::{Inner, Process, World};
use crate::kinds::KindInfo;
use crate::provider::http::{Came, Network, Sent};
use serde_json::{Value, json};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much later a late request arrives, at most.
const LATE_MS: u64 = 1_100;
/// What a 429 asks for.
const WAIT_SECONDS: u64 = 2;
/// 2026-01-01T00:00:00Z
const EPOCH_SECONDS: u64 = 1_767_225_600;

/// The network as one process sees it.
#[derive(Debug)]
pub(super) struct Cable {
    pub(super) world: Arc<World>,
    pub(super) process: Arc<Process>,
}

/// A request and what it is about.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) method: String,
    pub(super) kind: &'static KindInfo,
    pub(super) id: Option<i64>,
    pub(super) page: Option<(u64, u64)>,
    pub(super) body: Value,
}

impl Letter {
    fn read(sent: &Sent) -> Option<Self> {
        let (collection, id) = match sent.path.split_once('/') {
            Some((collection, id)) => (collection, Some(id.parse().ok()?)),
            None => (sent.path.as_str(), None),
        };
        Some(Letter {
            method: sent.method.clone(),
            kind: at_path(collection)?.0,
            id,
            page: sent.page,
            body: serde_json::from_slice(&sent.body).unwrap_or(Value::Null),
        })
    }

    pub(super) fn is_write(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD")
    }
}

impl Network for Cable {
    fn carry(&self, sent: Sent) -> Pin<Box<dyn Future<Output = Came> + Send + '_>> {
        Box::pin(async move {
            if self.process.is_dead() {
                std::future::pending::<()>().await;
            }
            let Some(mut letter) = Letter::read(&sent) else {
                return answer((404, Value::Null), Vec::new());
            };
            self.plant(&mut letter);
            judge::before_sending(&self.world, &self.process, &letter);
            let (mischief, luck) = {
                let mut inner = self.world.lock();
                inner.count("requests");
                let number = inner.requests;
                inner.requests += 1;
                let mischief = inner.mischief.get(&number).copied();
                if let Some(mischief) = mischief {
                    inner.count(name_of(mischief));
                }
                (mischief, fastrand::u64(..))
            };
            let (reply, answered) = oneshot::channel();
            let (world, process) = (Arc::clone(&self.world), Arc::clone(&self.process));
            tokio::spawn(async move {
                travel(&world, &process, &letter, mischief, luck, reply).await;
            });
            let came = match tokio::time::timeout(PATIENCE, answered).await {
                Ok(Ok(came)) => came,
                Ok(Err(_)) | Err(_) => Came::Nothing,
            };
            self.hear(&came);
            came
        })
    }
}

impl Cable {
    /// Takes note of a wait that was asked for.
    fn hear(&self, came: &Came) {
        let Came::Answer {
            status: 429,
            headers,
            ..
        } = came
        else {
            return;
        };
        let wait = headers.iter().find(|(name, _)| *name == "x-simulated-wait");
        let seconds: u64 = wait.and_then(|(_, text)| text.parse().ok()).unwrap_or(0);
        let extra = if self.world.plants(Planted::Impatient) {
            1_000
        } else {
            0
        };
        let mut memory = self.process.lock();
        let until = self.world.now_ms() + seconds * 1_000 + extra * seconds.min(1);
        memory.not_before_ms = memory.not_before_ms.max(until);
    }

    /// A fault of bursar's own, as it would show here.
    fn plant(&self, letter: &mut Letter) {
        let Some(planted) = self.world.planted else {
            return;
        };
        let is_change = letter.method == "PATCH";
        match planted {
            Planted::PlanWrites if self.process.is_plan => "PATCH".clone_into(&mut letter.method),
            Planted::RemovesInstead if is_change => {
                "DELETE".clone_into(&mut letter.method);
            }
            Planted::WritesToStrangers if is_change => {
                let inner = self.world.lock();
                let stranger = inner
                    .strangers
                    .keys()
                    .find(|(kind, _)| kind == letter.kind.id);
                letter.id = stranger.map(|(_, id)| *id).or(letter.id);
            }
            Planted::WritesMore if is_change => letter.body["note"] = json!("more"),
            Planted::WipesNotes if is_change => letter.body["extra"] = Value::Null,
            Planted::ActsAtOnce if letter.method == "POST" => {
                let status = letter.kind.collection.map(|collection| collection.status);
                let acts = status
                    .filter(|status| status.resting.is_some())
                    .and_then(|status| {
                        let values = status.values.iter();
                        values.copied().find(|value| {
                            Some(*value) != status.resting && *value != status.retired
                        })
                    });
                if let Some(acts) = acts {
                    letter.body["status"] = json!(acts);
                }
            }
            _ => {}
        }
    }
}

/// Goes there, has its effect, and comes back.
async fn travel(
    world: &World,
    process: &Process,
    letter: &Letter,
    mischief: Option<Mischief>,
    luck: u64,
    reply: oneshot::Sender<Came>,
) {
    let mut random = fastrand::Rng::with_seed(luck);
    let latency_ms = world.lock().weather.latency_ms.max(1);
    let mut there_ms = random.u64(1..=latency_ms);
    if mischief == Some(Mischief::Late) {
        there_ms += random.u64(1..=LATE_MS);
    }
    pause(there_ms).await;
    if mischief == Some(Mischief::Refused) {
        let _ = reply.send(Came::Refused);
        return;
    }
    // What a killed process had sent may arrive, or may not.
    if mischief == Some(Mischief::LostBefore) || process.is_dead() && random.bool() {
        return;
    }
    let refused = {
        let mut inner = world.lock();
        refusal(world, &mut inner, mischief)
    };
    let came = match refused {
        Some(came) => came,
        None => {
            let answered = judge::effect(world, process, letter);
            let headers = announce(&world.lock());
            spoil(answered, headers, mischief)
        }
    };
    pause(random.u64(1..=latency_ms)).await;
    if mischief != Some(Mischief::LostAfter) {
        let _ = reply.send(came);
    }
}

async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

/// What is answered instead of an effect.
fn refusal(world: &World, inner: &mut Inner, mischief: Option<Mischief>) -> Option<Came> {
    let now_ms = world.now_ms();
    let seconds = now_ms / 1_000;
    if now_ms < inner.storm_until_ms {
        inner.count("429 in a storm");
        let wait = (inner.storm_until_ms - now_ms).div_ceil(1_000);
        return Some(throttled(Wait::Seconds, wait, seconds));
    }
    if let Some(limit) = inner.weather.limit {
        let minute = now_ms / 60_000;
        if inner.window.0 != minute {
            inner.window = (minute, 0);
        }
        if inner.window.1 >= limit {
            inner.count("429 at the limit");
            let wait = ((minute + 1) * 60_000 - now_ms).div_ceil(1_000);
            return Some(throttled(Wait::Seconds, wait, seconds));
        }
        inner.window.1 += 1;
    }
    match mischief? {
        Mischief::ErrorBefore => Some(answer((502, Value::Null), Vec::new())),
        Mischief::Throttled(form) => Some(throttled(form, WAIT_SECONDS, seconds)),
        Mischief::Redirected => Some(answer(
            (307, Value::Null),
            vec![("location", "https://elsewhere.example/".to_owned())],
        )),
        Mischief::Refused
        | Mischief::LostBefore
        | Mischief::LostAfter
        | Mischief::ErrorAfter
        | Mischief::Truncated
        | Mischief::Garbled
        | Mischief::Wrong
        | Mischief::Late => None,
    }
}

/// What the platform says of its limit.
fn announce(inner: &Inner) -> Vec<(&'static str, String)> {
    let Some(limit) = inner.weather.limit else {
        return Vec::new();
    };
    let left = limit.saturating_sub(inner.window.1);
    let reset = EPOCH_SECONDS + (inner.window.0 + 1) * 60;
    vec![
        ("x-ratelimit-limit", limit.to_string()),
        ("x-ratelimit-remaining", left.to_string()),
        ("x-ratelimit-reset", reset.to_string()),
    ]
}

fn throttled(form: Wait, wait: u64, now_seconds: u64) -> Came {
    let now = EPOCH_SECONDS + now_seconds;
    let mut headers = vec![("date", http_date(now))];
    match form {
        Wait::Seconds => headers.push(("retry-after", wait.to_string())),
        Wait::Date => headers.push(("retry-after", http_date(now + wait))),
        Wait::Absurd => headers.push(("retry-after", "3155760000".to_owned())),
        Wait::Missing => {}
    }
    if matches!(form, Wait::Seconds | Wait::Date) {
        // Not for the client: what the judge measures it by.
        headers.push(("x-simulated-wait", wait.to_string()));
    }
    answer((429, json!({ "message": "Too Many Attempts." })), headers)
}

fn http_date(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(0);
    chrono::DateTime::<chrono::Utc>::from_timestamp(seconds, 0)
        .map(|at| at.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .unwrap_or_default()
}

fn spoil(
    answered: Answer,
    headers: Vec<(&'static str, String)>,
    mischief: Option<Mischief>,
) -> Came {
    let whole = answer(answered, headers);
    let Came::Answer {
        status,
        headers,
        body,
        ..
    } = whole
    else {
        return whole;
    };
    let (body, is_cut) = match mischief {
        Some(Mischief::ErrorAfter) => return answer((503, Value::Null), Vec::new()),
        Some(Mischief::Truncated) => (body, true),
        Some(Mischief::Garbled) => (
            body.get(..body.len() / 2).unwrap_or_default().to_vec(),
            false,
        ),
        Some(Mischief::Wrong) => (b"<!doctype html><p>Maintenance".to_vec(), false),
        Some(_) | None => (body, false),
    };
    Came::Answer {
        status,
        headers,
        body,
        is_cut,
    }
}

fn answer((status, body): Answer, headers: Vec<(&'static str, String)>) -> Came {
    let body = match body {
        Value::Null => Vec::new(),
        body => body.to_string().into_bytes(),
    };
    Came::Answer {
        status,
        headers,
        body,
        is_cut: false,
    }
}

fn name_of(mischief: Mischief) -> &'static str {
    match mischief {
        Mischief::Refused => "connection refused",
        Mischief::LostBefore => "lost before the effect",
        Mischief::LostAfter => "lost after the effect",
        Mischief::ErrorBefore => "5xx before the effect",
        Mischief::ErrorAfter => "5xx after the effect",
        Mischief::Throttled(Wait::Seconds) => "429 with seconds",
        Mischief::Throttled(Wait::Date) => "429 with a date",
        Mischief::Throttled(Wait::Absurd) => "429 with an absurd wait",
        Mischief::Throttled(Wait::Missing) => "429 without a wait",
        Mischief::Truncated => "answer cut in the middle",
        Mischief::Garbled => "half an answer",
        Mischief::Wrong => "page for people",
        Mischief::Redirected => "redirect",
        Mischief::Late => "late arrival",
    }
}
