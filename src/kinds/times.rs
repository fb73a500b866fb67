//! The absolute times of a document, with their places.

use super::{At, Day, Meta, Until};
use crate::model::{Moment, Path};

/// An absolute time that a document names.
#[derive(Clone, Debug, PartialEq)]
pub struct Time {
    /// Where it stands in the document.
    pub path: Path,
    /// What is written.
    pub moment: Moment,
    /// What a bare date means there.
    pub sense: Sense,
}

/// What a bare date means in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// None is written there: it is a point in time.
    Instant,
    /// The whole day is included: what it ends is over at the next midnight.
    End,
    /// The day itself.
    Day,
}

/// The times of a document, as [`super::Kind::times`] collects them.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Time>);

impl Times {
    /// Adds a point in time.
    pub fn at(&mut self, path: Path, at: At) {
        self.add(path, at.0, Sense::Instant);
    }

    /// Adds an end.
    pub fn end(&mut self, path: Path, until: Until) {
        self.add(path, until.0, Sense::End);
    }

    /// Adds a day.
    pub fn day(&mut self, path: Path, day: Day) {
        self.add(path, Moment::Date(day.0), Sense::Day);
    }

    fn add(&mut self, path: Path, moment: Moment, sense: Sense) {
        self.0.push(Time {
            path,
            moment,
            sense,
        });
    }

    /// The times in the order added.
    pub fn into_vec(self) -> Vec<Time> {
        self.0
    }
}

impl Meta {
    /// Names the times among the fields that every kind has.
    pub fn times(&self, times: &mut Times) {
        for (at, allow) in self.allow.iter().enumerate() {
            if let Some(until) = allow.until {
                times.day(Path::root().key("allow").index(at).key("until"), until);
            }
        }
    }
}

#[cfg(test)]
mod tests;
