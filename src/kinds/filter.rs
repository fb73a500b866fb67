//! Conditions on contacts: what a segment is made of and what a scenario's `if` asks.

use super::{Percent, Reference, Text, Until, WholeNumber};
use crate::model::{Duration, Name};
use schemars::JsonSchema;
use serde::Deserialize;

/// A condition on a contact: a map with exactly one key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Filter {
    /// Every one of these holds.
    All(Vec<Filter>),
    /// At least one of these holds.
    Any(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// Has bought so many products.
    Purchases(Purchases),
    /// Has bought an offer, or a course by any of its offers.
    Bought(Bought),
    /// Has come so far in a course.
    Progress(Progress),
    /// Has not been seen for a time.
    Inactive(Inactive),
    /// Has access to a course.
    Access(OfCourse),
    /// Has paid before or after a time.
    Paid(PurchaseTime),
    /// When the last purchase was.
    LastPurchase(LastPurchase),
    /// Has registered before or after a time.
    Registered(Registration),
    /// Has completed so many lessons of a course.
    LessonsCompleted(LessonsCompleted),
    /// Has completed a lesson.
    CompletedLesson(CompletedLesson),
    /// Has taken part in a webinar, by its name.
    Webinar(Text),
    /// Has visited a page, by its address.
    Visited(Text),
    /// A field of the contact equals a value.
    Field(ContactField),
    /// Has a tag.
    Tag(Text),
    /// Is in a list.
    InList(Reference),
}

/// A number of purchases.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Purchases {
    /// At least so many.
    pub at_least: WholeNumber,
}

/// What was bought.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bought {
    /// This offer.
    Offer(Reference),
    /// Any offer of this course.
    Course(Reference),
}

/// Progress in a course.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The course.
    pub course: Reference,
    /// At least this share of it.
    pub at_least: Percent,
}

/// Absence.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inactive {
    /// Not seen for so long.
    #[serde(rename = "for")]
    pub for_: Duration,
    /// In this course; anywhere, if absent.
    pub course: Option<Reference>,
}

/// A course.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfCourse {
    /// The course.
    pub course: Reference,
}

/// When something was paid.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseTime {
    /// Before this time; a date: before that day began.
    Before(Until),
    /// After this time; a date: after that day ended.
    After(Until),
}

/// When the last purchase was.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LastPurchase {
    /// Before this time; a date: before that day began.
    Before(Until),
    /// Longer ago than this.
    MoreThan(Duration),
}

/// When a contact registered.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Before this time; a date: before that day began.
    Before(Until),
    /// After this time; a date: after that day ended.
    After(Until),
}

/// A number of lessons.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LessonsCompleted {
    /// The course.
    pub course: Reference,
    /// At least so many of its lessons.
    pub at_least: WholeNumber,
}

/// A lesson of a course.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletedLesson {
    /// The course.
    pub course: Reference,
    /// The lesson's name, alone or behind its module's: `flexbox`, `css/flexbox`.
    pub lesson: LessonName,
}

/// A lesson by its name, or by its module's and its own.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LessonName {
    /// `flexbox`
    Lesson(Name),
    /// `css/flexbox`
    InModule(super::LessonPath),
}

/// A field of a contact.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactField {
    /// The field's name.
    pub name: Text,
    /// Its value.
    pub equals: Text,
}
