//! How long things take: exact waits, and calendar terms.

use crate::domain::schedule::later;
use crate::domain::zone::Zone;
use crate::model::{Duration, Instant};

/// The instant a wait later: a day has 24 hours here. A wait with months in it, which the language
/// refuses, is taken by the calendar.
pub(super) fn passed(from: Instant, wait: Duration, zone: &Zone) -> Instant {
    match wait.exact_minutes() {
        Some(minutes) => i64::try_from(minutes)
            .ok()
            .and_then(chrono::TimeDelta::try_minutes)
            .and_then(|delta| from.checked_add_signed(delta))
            .unwrap_or(Instant::MAX_UTC),
        None => term(from, wait, zone),
    }
}

/// The instant a calendar term later: the hour stays across a clock change.
pub(super) fn term(from: Instant, length: Duration, zone: &Zone) -> Instant {
    later(from, length, zone).unwrap_or(Instant::MAX_UTC)
}

/// The instant `times` calendar terms later, counted from the start, so that months do not drift.
pub(super) fn terms(from: Instant, length: Duration, times: u32, zone: &Zone) -> Instant {
    let scaled = Duration {
        months: length.months.saturating_mul(times),
        days: length.days.saturating_mul(times),
        minutes: length.minutes.saturating_mul(times),
    };
    term(from, scaled, zone)
}
