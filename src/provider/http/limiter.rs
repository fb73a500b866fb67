//! One limiter for an account: it follows the platform's headers and nothing else.
//!
//! Every request takes a permit. What the headers of an answer say bounds how many may be under
//! way; `Retry-After` and `X-RateLimit-Reset` stop all of them until then, and one request asks
//! before the others go on. A limit is one of a minute that begins with its first request: who has
//! used it up waits until that minute is over, so that nothing is refused. Without headers nothing is
//! paced.

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How long a limit counts.
const WINDOW: Duration = Duration::from_secs(60);

/// Paces the requests of one account.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Requests under way.
    in_flight: u64,
    /// Requests started so far.
    started: u64,
    /// What the platform said last is left in this window.
    remaining: Option<u64>,
    /// How many requests had been started when it was heard: later ones know better.
    heard_after: u64,
    /// No request starts before.
    blocked_until: Option<Instant>,
    /// How often the platform has refused in a row. After that, one request asks before the others go
    /// on.
    refusals: u32,
    /// Requests in a window, as the platform says.
    limit: Option<u64>,
    /// When the first answer of this window was heard: it had begun by then.
    opened: Option<Instant>,
    /// How many requests had been started before this window.
    started_before: u64,
}

/// The right to have one request under way.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    limiter: &'a Limiter,
    /// Which request it is, from 1.
    number: u64,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.limiter.lock();
        state.in_flight = state.in_flight.saturating_sub(1);
        drop(state);
        self.limiter.changed.notify_waiters();
    }
}

impl Permit<'_> {
    /// Takes in what the answer says is left, and whether it was refused for now.
    pub(super) fn learn(&self, headers: &HeaderMap, longest_wait: Duration, is_refused: bool) {
        let left = number(headers, "x-ratelimit-remaining");
        let limit = number(headers, "x-ratelimit-limit");
        let reset = until_reset(headers).filter(|wait| !wait.is_zero() && *wait <= longest_wait);
        let mut state = self.limiter.lock();
        if is_refused {
            state.refusals = state.refusals.saturating_add(1);
        } else {
            state.refusals = 0;
            state.limit = limit.or(state.limit);
            if let Some(left) = left {
                state.hear(self.number, left, reset, Instant::now());
            }
        }
        drop(state);
        self.limiter.changed.notify_waiters();
    }
}

enum Decision {
    Go { number: u64 },
    WaitUntil(Instant),
    WaitForAnswer,
}

impl State {
    fn decide(&mut self, now: Instant) -> Decision {
        if let Some(until) = self.blocked_until {
            if now < until {
                return Decision::WaitUntil(until);
            }
            // A new window: what was left in the old one says nothing.
            self.blocked_until = None;
            self.remaining = self.limit;
            self.opened = None;
            self.started_before = self.started;
        }
        let room = match self.remaining {
            _ if self.refusals > 0 => 1,
            // With nothing left and no word of when it ends, one request at a time asks.
            Some(left) => left.max(1),
            None => u64::MAX,
        };
        if self.in_flight < room {
            self.in_flight += 1;
            self.started += 1;
            Decision::Go {
                number: self.started,
            }
        } else {
            Decision::WaitForAnswer
        }
    }
}

impl Limiter {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a request may start.
    pub(super) async fn acquire(&self) -> Permit<'_> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let decision = self.lock().decide(Instant::now());
            match decision {
                Decision::Go { number } => {
                    return Permit {
                        limiter: self,
                        number,
                    };
                }
                Decision::WaitUntil(until) => tokio::select! {
                    biased;
                    () = tokio::time::sleep_until(until) => {}
                    () = changed => {}
                },
                Decision::WaitForAnswer => changed.await,
            }
        }
    }

    /// The limit, if the platform has told one.
    pub(super) fn per_minute(&self) -> Option<u32> {
        u32::try_from(self.lock().limit?).ok()
    }

    /// Lets no request start for a while.
    pub(super) fn block(&self, wait: Duration) {
        self.lock().block(wait);
        self.changed.notify_waiters();
    }
}

impl Limiter {
    /// Lets no request start for a while that the platform has not named: longer each time.
    pub(super) fn block_longer(&self, first: Duration, longest: Duration) {
        let mut state = self.lock();
        let doublings = state.refusals.saturating_sub(1).min(16);
        state.block(first.saturating_mul(1 << doublings).min(longest));
        drop(state);
        self.changed.notify_waiters();
    }
}

impl State {
    /// Answers overtake each other: only a request that was started after the last word was heard
    /// can raise it, and what was started in an earlier window says nothing of this one.
    fn hear(&mut self, number: u64, left: u64, reset: Option<Duration>, now: Instant) {
        if number <= self.started_before {
            return;
        }
        let opened = *self.opened.get_or_insert(now);
        self.remaining = Some(match self.remaining {
            Some(before) if number <= self.heard_after => before.min(left),
            before => {
                self.heard_after = self.started;
                if before.is_some_and(|before| left > before) {
                    // Nobody gives back: this is a new window.
                    self.opened = Some(now);
                    self.started_before = number - 1;
                }
                left
            }
        });
        if left > 0 {
            return;
        }
        let (until, limit) = (opened + WINDOW, self.limit.unwrap_or(0));
        match reset {
            Some(wait) => self.block(wait),
            None if limit == 0 || until <= now => {}
            // All of it was ours: it is over when the minute is.
            None if self.started - self.started_before >= limit => self.block(until - now),
            // Others use it too, and when it ends cannot be known: ask at the pace of the limit.
            None => self.block(WINDOW / u32::try_from(limit).unwrap_or(u32::MAX)),
        }
    }

    fn block(&mut self, wait: Duration) {
        let until = Instant::now() + wait;
        self.blocked_until = Some(self.blocked_until.map_or(until, |before| before.max(until)));
    }
}

/// How long an answer asks to wait: `Retry-After` in seconds or as a date, else until
/// `X-RateLimit-Reset`. What cannot be read counts as absent.
pub(super) fn asked_to_wait(headers: &HeaderMap) -> Option<Duration> {
    retry_after(headers).or_else(|| until_reset(headers))
}

/// `Retry-After`, if it can be read.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    let at = unix_ms_of_date(text)?;
    Some(from_ms(at.saturating_sub(server_now_ms(headers))))
}

/// Until `X-RateLimit-Reset`, in UNIX seconds.
fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    let reset = i64::try_from(number(headers, "x-ratelimit-reset")?).ok()?;
    let at = reset.checked_mul(1000)?;
    Some(from_ms(at.saturating_sub(server_now_ms(headers))))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn from_ms(wait_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn unix_ms_of_date(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc2822(text)
        .ok()
        .map(|time| time.timestamp_millis())
}

/// The server's clock, where it says so, since the two may differ by minutes.
fn server_now_ms(headers: &HeaderMap) -> i64 {
    headers
        .get(DATE)
        .and_then(|date| date.to_str().ok())
        .and_then(unix_ms_of_date)
        .unwrap_or_else(own_now_ms)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the platform's limits are told in clock time, and how long to wait is no part of any result"
)]
fn own_now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    const DATE: (&str, &str) = ("date", "Sun, 22 Nov 2026 10:00:00 GMT");

    fn headers(entries: &[(&'static str, &str)]) -> HeaderMap {
        entries
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn waits_are_read_in_all_their_forms() {
        // 1795341600 is 2026-11-22T10:00:00Z.
        for (entries, expected) in [
            (vec![("retry-after", "3")], Some(3000)),
            (vec![("retry-after", "0")], Some(0)),
            (vec![("retry-after", "-5")], Some(0)),
            (vec![("retry-after", "1.25")], Some(1250)),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "1e300")], None),
            (vec![("retry-after", "nan")], Some(0)),
            (
                vec![DATE, ("retry-after", "Sun, 22 Nov 2026 10:00:07 GMT")],
                Some(7000),
            ),
            (
                vec![DATE, ("retry-after", "Sun, 22 Nov 2026 09:00:00 GMT")],
                Some(0),
            ),
            (
                vec![DATE, ("x-ratelimit-reset", "1795341630")],
                Some(30_000),
            ),
            (
                vec![
                    DATE,
                    ("retry-after", "?"),
                    ("x-ratelimit-reset", "1795341630"),
                ],
                Some(30_000),
            ),
            (vec![], None),
        ] {
            let wait = asked_to_wait(&headers(&entries));
            assert_eq!(wait, expected.map(Duration::from_millis), "{entries:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_bounds_what_is_under_way() {
        let limiter = Limiter::default();
        let first = limiter.acquire().await;
        first.learn(
            &headers(&[("x-ratelimit-remaining", "2")]),
            Duration::MAX,
            false,
        );
        let second = limiter.acquire().await;
        let third = tokio::time::timeout(Duration::from_secs(1), limiter.acquire()).await;
        assert!(third.is_err(), "two were left and two are under way");
        drop(first);
        let third = tokio::time::timeout(Duration::from_secs(1), limiter.acquire()).await;
        assert!(third.is_ok());
        drop(second);
    }

    #[tokio::test(start_paused = true)]
    async fn answers_that_were_overtaken_do_not_raise_what_is_left() {
        let limiter = Limiter::default();
        let early = limiter.acquire().await;
        let late = limiter.acquire().await;
        let left = |count: &str| headers(&[("x-ratelimit-remaining", count)]);
        late.learn(&left("1"), Duration::MAX, false);
        early.learn(&left("2"), Duration::MAX, false);
        assert_eq!(limiter.lock().remaining, Some(1));
        drop((early, late));
        limiter
            .acquire()
            .await
            .learn(&left("9"), Duration::MAX, false);
        assert_eq!(limiter.lock().remaining, Some(9));
    }

    #[tokio::test(start_paused = true)]
    async fn a_block_holds_everyone_to_the_millisecond() {
        let limiter = Limiter::default();
        limiter.block(Duration::from_millis(1500));
        let start = Instant::now();
        let (_a, _b) = tokio::join!(limiter.acquire(), limiter.acquire());
        let waited = start.elapsed();
        assert!(waited >= Duration::from_millis(1500), "{waited:?}");
        assert!(waited <= Duration::from_millis(1502), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_left_until_a_reset_is_waited_for() {
        let limiter = Limiter::default();
        let left = headers(&[
            DATE,
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1795341610"),
        ]);
        limiter
            .acquire()
            .await
            .learn(&left, Duration::from_secs(60), false);
        let start = Instant::now();
        let _permit = limiter.acquire().await;
        assert!(start.elapsed() >= Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn an_absurd_reset_is_asked_about_and_not_waited_for() {
        let limiter = Limiter::default();
        let left = headers(&[
            DATE,
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1895341610"),
        ]);
        limiter
            .acquire()
            .await
            .learn(&left, Duration::from_secs(60), false);
        let start = Instant::now();
        let _permit = limiter.acquire().await;
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}
