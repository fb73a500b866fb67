//! What happened to a person, line by line.

use super::stage::Stage;
use crate::domain::world::{Event, Id};
use crate::model::{Instant, Money, format_instant};

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
    /// What it is about, by kind: names, the order's number, the trigger from 1.
    pub about: Vec<(&'static str, String)>,
    /// The money in it, where it is known.
    pub amount: Option<Money>,
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

    /// What an event is about, by names.
    fn about(&self, event: &Event) -> Vec<(&'static str, String)> {
        let about = event.what.about();
        let course = about.iter().find(|(kind, _)| *kind == "course");
        let course = course.map_or(0, |(_, id)| *id);
        let named = about.iter().map(|(kind, id)| {
            let name = match *kind {
                "order" | "trigger" => id.to_string(),
                "lesson" => self.lesson_name(course, *id),
                kind => self.name(kind, *id),
            };
            (*kind, name)
        });
        named.collect()
    }

    fn line(&self, event: &Event) -> Line {
        Line {
            at: format_instant(event.at),
            time: self.time(event.at),
            event: event.what.word(),
            about: self.about(event),
            amount: event.what.amount(),
            text: self.happened(event),
        }
    }
}
