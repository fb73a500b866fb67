//! The platform's clock: the machine's, moved or standing still on demand.

use super::answer::Refusal;
use crate::model::{Instant, format_instant, parse_instant};
use chrono::{TimeDelta, Timelike as _};
use rusqlite::{Connection, OptionalExtension as _};

/// The fact that the clock is kept in.
const CLOCK: &str = "clock";

/// How the platform's time is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// As the machine's, so many seconds ahead of it.
    Runs(i64),
    /// It stands at an instant.
    Stands(Instant),
}

impl Clock {
    /// The clock of a store; the machine's, if it was never moved.
    pub(super) fn load(connection: &Connection) -> Result<Self, Refusal> {
        let kept: Option<String> = connection
            .prepare_cached("SELECT value FROM facts WHERE name = ?")?
            .query_row([CLOCK], |row| row.get(0))
            .optional()?;
        let Some(kept) = kept else {
            return Ok(Clock::Runs(0));
        };
        let broken = || Refusal::Broken(format!("the clock `{kept}` cannot be read"));
        match kept.strip_prefix("runs ") {
            Some(seconds) => seconds.parse().map(Clock::Runs).map_err(|_| broken()),
            None => parse_instant(&kept).map(Clock::Stands).ok_or_else(broken),
        }
    }

    /// Keeps the clock.
    pub(super) fn save(self, connection: &Connection) -> Result<(), Refusal> {
        let text = match self {
            Clock::Runs(seconds) => format!("runs {seconds}"),
            Clock::Stands(at) => format_instant(at),
        };
        connection
            .prepare_cached("INSERT OR REPLACE INTO facts VALUES (?, ?)")?
            .execute([CLOCK, text.as_str()])?;
        Ok(())
    }

    /// What it shows, in whole seconds.
    pub(super) fn now(self) -> Instant {
        match self {
            Clock::Runs(ahead) => TimeDelta::try_seconds(ahead)
                .and_then(|ahead| machine().checked_add_signed(ahead))
                .unwrap_or(Instant::MAX_UTC),
            Clock::Stands(at) => at,
        }
    }

    /// A clock that shows an instant now.
    pub(super) fn showing(at: Instant, stands: bool) -> Self {
        if stands {
            Clock::Stands(at)
        } else {
            Clock::Runs((at - machine()).num_seconds())
        }
    }
}

/// The machine's clock in whole seconds.
fn machine() -> Instant {
    let now = chrono::Utc::now();
    now.with_nanosecond(0).unwrap_or(now)
}
