//! What happened to a person, line by line.

use super::stage::Stage;
use crate::domain::world::{Event, Id, What};
use crate::model::{Instant, format_instant};

/// A person's timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// The person's name in the test.
    pub person: String,
    /// What happened, in order.
    pub lines: Vec<Line>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When, in UTC.
    pub at: String,
    /// When, on the clocks of the project.
    pub time: String,
    /// What, in a word for machines.
    pub event: &'static str,
    /// What, in a sentence.
    pub text: String,
}

impl Stage {
    /// A person's timeline up to an instant, included.
    pub(super) fn story(&self, person: Id, name: &str, events: &[Event], to: Instant) -> Story {
        let own = events
            .iter()
            .filter(|event| event.person == person && event.at <= to);
        Story {
            person: name.to_owned(),
            lines: own.map(|event| self.line(event)).collect(),
        }
    }

    fn line(&self, event: &Event) -> Line {
        Line {
            at: format_instant(event.at),
            time: self.time(event.at),
            event: word(&event.what),
            text: self.happened(event),
        }
    }
}

/// The word of an event, for machines.
fn word(what: &What) -> &'static str {
    match what {
        What::OrderMade { .. } => "order_made",
        What::NothingSold { .. } => "nothing_sold",
        What::Paid { .. } => "paid",
        What::Overdue { .. } => "overdue",
        What::Bought { .. } => "bought",
        What::AccessBegan { .. } => "access_began",
        What::AccessExtended { .. } => "access_extended",
        What::AccessFrozen { .. } => "access_frozen",
        What::AccessEnded { .. } => "access_ended",
        What::LessonOpened { .. } => "lesson_opened",
        What::Completed { .. } => "lesson_completed",
        What::CompletedCourse { .. } => "course_completed",
        What::Registered => "registered",
        What::Visited { .. } => "visited",
        What::LoggedIn => "logged_in",
        What::Tagged { .. } => "tagged",
        What::Untagged { .. } => "untagged",
        What::Entered { .. } => "entered_list",
        What::Left { .. } => "left_list",
        What::LetterSent { .. } => "letter_sent",
        What::Points { .. } => "points",
        What::Copied { .. } => "copied",
        What::Started { .. } => "scenario_started",
        What::Waits { .. } => "waits",
        What::Asked { .. } => "condition",
        What::Acted { .. } => "acted",
        What::Cancelled { .. } => "cancelled",
        What::Runaway => "runaway",
    }
}
