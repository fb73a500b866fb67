//! What a person must still decide or look at.

use crate::model::{Address, Path};

/// Something to decide, or to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What it is about.
    pub topic: Topic,
    /// The new document.
    pub address: Address,
    /// Where in it, if it is one place.
    pub path: Option<Path>,
    /// What is so, and what to think about; lower case, no full stop.
    pub message: String,
}

/// What a decision is about, in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// A test that the new dates break.
    Test,
    /// The course, or its copy.
    Course,
    /// The price, as it was.
    Price,
    /// A promotion, as it was.
    Promotion,
    /// A code that clients type, made up.
    Code,
    /// A pause of the schedule.
    Pause,
    /// Weekdays that move along, days that fall on a weekend or into a pause.
    Weekday,
    /// The end of a month that is none any more.
    MonthEnd,
    /// A time that a clock change skips or doubles.
    Clock,
    /// A text for clients that names a date or the earlier launch.
    Text,
    /// A comment that does.
    Comment,
    /// An excuse that goes along.
    Excuse,
    /// Protection that goes along.
    Protection,
    /// What could not be done.
    Left,
}

impl Topic {
    /// A word for machines and for lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Test => "broken-test",
            Topic::Course => "course",
            Topic::Price => "price",
            Topic::Promotion => "promotion",
            Topic::Code => "code",
            Topic::Pause => "pause",
            Topic::Weekday => "weekday",
            Topic::MonthEnd => "month-end",
            Topic::Clock => "clock-change",
            Topic::Text => "text",
            Topic::Comment => "comment",
            Topic::Excuse => "excuse",
            Topic::Protection => "protection",
            Topic::Left => "left",
        }
    }
}
