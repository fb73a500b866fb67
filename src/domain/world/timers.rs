//! What will happen when its time comes.

use super::person::Buyable;
use super::school::Id;
use crate::model::Instant;
use std::collections::BTreeMap;

/// Timers in the order of time, and of their making at one instant.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    queue: BTreeMap<(Instant, u64), Timer>,
    next: u64,
}

/// What is to happen.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Timer {
    /// The person's segments are looked at again.
    Recheck(Id),
    /// A scenario looks whether the person has been away long enough.
    Away {
        /// The person.
        person: Id,
        /// The scenario.
        scenario: Id,
    },
    /// A link's condition is looked at.
    Ask(Run),
    /// A link acts.
    Act(Run),
    /// A lesson opens for a person.
    Opens {
        /// The person.
        person: Id,
        /// The grant, by its position.
        grant: usize,
        /// The lesson.
        lesson: Id,
    },
    /// Access ends.
    Ends {
        /// The person.
        person: Id,
        /// The grant, by its position.
        grant: usize,
    },
    /// A part or a period is due.
    Due {
        /// The person.
        person: Id,
        /// The order.
        order: u64,
        /// How many payments had been made when the timer was set.
        after: usize,
    },
    /// The person registers.
    Registers(Id),
    /// The person buys something, as it was said beforehand.
    Buys {
        /// The person.
        person: Id,
        /// What.
        what: Buyable,
    },
}

/// A chain on its way for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The person.
    pub person: Id,
    /// The scenario.
    pub scenario: Id,
    /// The link, from 0.
    pub trigger: usize,
    /// The order that started it, if one did.
    pub order: Option<u64>,
}

impl Timers {
    /// Sets a timer.
    pub(super) fn set(&mut self, at: Instant, timer: Timer) {
        self.queue.insert((at, self.next), timer);
        self.next += 1;
    }

    /// Takes the next timer that is due by then.
    pub(super) fn due(&mut self, by: Instant) -> Option<(Instant, Timer)> {
        let entry = self.queue.first_entry()?;
        let at = entry.key().0;
        (at <= by).then(|| (at, entry.remove()))
    }
}
