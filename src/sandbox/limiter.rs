//! So many requests a minute.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Counts requests in windows of a minute; a window begins with its first request.
#[derive(Debug)]
pub(super) struct Limiter {
    per_minute: u32,
    window: Mutex<Window>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    /// Since 1970.
    ends: Duration,
    used: u32,
}

/// What a limiter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// There is no limit.
    Unlimited,
    /// Go on.
    Granted {
        /// Requests a minute.
        limit: u32,
        /// What is left of them.
        remaining: u32,
    },
    /// Not now.
    Refused {
        /// Requests a minute.
        limit: u32,
        /// Whole seconds until the window ends.
        retry_after_seconds: u64,
        /// When it ends, in UNIX time.
        reset_unix: u64,
    },
}

const MINUTE: Duration = Duration::from_secs(60);

impl Limiter {
    /// A limiter of so many requests a minute; zero is no limit.
    pub(super) fn new(per_minute: u32) -> Self {
        Limiter {
            per_minute,
            window: Mutex::default(),
        }
    }

    /// Counts a request that comes at `now`, since 1970.
    pub(super) fn take(&self, now: Duration) -> Verdict {
        self.judge(now, 1)
    }

    /// What is left, without counting.
    pub(super) fn peek(&self, now: Duration) -> Verdict {
        self.judge(now, 0)
    }

    fn judge(&self, now: Duration, cost: u32) -> Verdict {
        let limit = self.per_minute;
        if limit == 0 {
            return Verdict::Unlimited;
        }
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not lock anyone out for longer than a window.
        if now >= window.ends || window.ends - now > MINUTE {
            *window = Window {
                ends: now + MINUTE,
                used: 0,
            };
        }
        if cost > 0 && window.used >= limit {
            let left = window.ends - now;
            return Verdict::Refused {
                limit,
                retry_after_seconds: whole_seconds_up(left),
                reset_unix: whole_seconds_up(window.ends),
            };
        }
        window.used += cost;
        Verdict::Granted {
            limit,
            remaining: limit.saturating_sub(window.used),
        }
    }
}

fn whole_seconds_up(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_a_minute_from_its_first_request() {
        let limiter = Limiter::new(2);
        let granted = |remaining| Verdict::Granted {
            limit: 2,
            remaining,
        };
        let refused = |retry_after_seconds| Verdict::Refused {
            limit: 2,
            retry_after_seconds,
            reset_unix: 161,
        };
        let cases = [
            (100_500, granted(1)),
            (130_000, granted(0)),
            (130_000, refused(31)),
            (160_400, refused(1)),
            (160_500, granted(1)),
            // The clock is set back by a day's worth of seconds.
            (74_000, granted(1)),
        ];
        for (now_ms, expected) in cases {
            assert_eq!(limiter.take(Duration::from_millis(now_ms)), expected);
        }
        assert_eq!(limiter.peek(Duration::from_millis(74_000)), granted(1));
        assert_eq!(Limiter::new(0).take(Duration::ZERO), Verdict::Unlimited);
    }
}
