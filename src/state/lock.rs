//! Who holds the lock.

use crate::model::{Instant, format_instant, parse_instant};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// The run that holds the lock. The lock itself is the operating system's, so that a killed run
/// leaves none; this only says who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// The run's random id.
    pub id: String,
    /// Its process.
    pub pid: u32,
    /// Who started it.
    pub user: String,
    /// Where.
    pub host: String,
    /// What it does: `apply`.
    pub command: String,
    /// Since when, RFC 3339.
    pub since: String,
}

/// A run that is at work while the state is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtWork {
    /// Who it is; `None` if that cannot be read.
    pub holder: Option<Holder>,
}

impl fmt::Display for AtWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.holder {
            Some(holder) => holder.fmt(f),
            None => f.write_str("another run"),
        }
    }
}

impl Holder {
    /// This process.
    pub fn new(id: &str, user: &str, host: &str, command: &str, since: Instant) -> Self {
        Holder {
            id: id.to_owned(),
            pid: std::process::id(),
            user: user.to_owned(),
            host: host.to_owned(),
            command: command.to_owned(),
            since: format_instant(since),
        }
    }

    /// How long it has held the lock.
    pub fn age(&self, now: Instant) -> Option<Duration> {
        (now - parse_instant(&self.since)?).to_std().ok()
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder {
            id: _,
            pid,
            user,
            host,
            command,
            since,
        } = self;
        write!(f, "`{command}` of {user}")?;
        if !host.is_empty() {
            write!(f, " on {host}")?;
        }
        // Another program's lock names none.
        if *pid != 0 {
            write!(f, " (process {pid})")?;
        }
        write!(f, " since {since}")
    }
}
