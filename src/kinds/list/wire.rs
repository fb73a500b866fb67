//! A contact list on the platform.

use crate::kinds::WireInstant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A contact list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct List {
    /// What people call it.
    pub title: String,
    /// `active` or `archived`.
    #[serde(default)]
    pub status: Status,
    /// How contacts come and go; saved once.
    #[serde(rename = "type")]
    pub type_: Type,
    /// The conditions of a segment; saved once.
    #[serde(rename = "where", default)]
    pub where_: Option<Filter>,
    /// What the platform keeps with the object and no one else knows.
    #[serde(default)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// Whether a list is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ListStatus")]
pub enum Status {
    /// In use.
    #[default]
    Active,
    /// Put away.
    Archived,
}

/// How contacts come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ListType")]
pub enum Type {
    /// By scenarios and by hand.
    Static,
    /// By its conditions.
    Segment,
}

/// A condition on a contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Every one of these holds.
    All(Vec<Filter>),
    /// At least one of these holds.
    Any(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// A number of purchases.
    Purchases {
        /// At least so many.
        at_least: u64,
    },
    /// Has bought an offer.
    Bought {
        /// The offer.
        offer_id: i64,
    },
    /// Has come so far in a course.
    Progress {
        /// The course.
        course_id: i64,
        /// In percent.
        at_least_percent: u8,
    },
    /// Has not been seen for a time.
    Inactive {
        /// How long, `30d`.
        #[serde(rename = "for")]
        for_: String,
        /// In this course; anywhere, if null.
        #[serde(default)]
        course_id: Option<i64>,
    },
    /// Has access to a course.
    Access {
        /// The course.
        course_id: i64,
    },
    /// Has paid before or after an instant.
    Paid {
        /// Before it.
        #[serde(default)]
        before_at: Option<WireInstant>,
        /// At or after it.
        #[serde(default)]
        after_at: Option<WireInstant>,
    },
    /// When the last purchase was.
    LastPurchase {
        /// Before this instant.
        #[serde(default)]
        before_at: Option<WireInstant>,
        /// Longer ago than this, `90d`.
        #[serde(default)]
        more_than: Option<String>,
    },
    /// Has registered before or after an instant.
    Registered {
        /// Before it.
        #[serde(default)]
        before_at: Option<WireInstant>,
        /// At or after it.
        #[serde(default)]
        after_at: Option<WireInstant>,
    },
    /// Has completed so many lessons.
    LessonsCompleted {
        /// The course.
        course_id: i64,
        /// At least so many.
        at_least: u64,
    },
    /// Has completed a lesson.
    CompletedLesson {
        /// The course.
        course_id: i64,
        /// The lesson.
        lesson_id: i64,
    },
    /// Has taken part in a webinar.
    Webinar {
        /// Its name.
        name: String,
    },
    /// Has visited a page.
    Visited {
        /// Its address.
        url: String,
    },
    /// A field of the contact equals a value.
    Field {
        /// The field's name.
        name: String,
        /// The value.
        equals: String,
    },
    /// Has a tag.
    Tag {
        /// The tag.
        name: String,
    },
    /// Is in a list.
    InList {
        /// The list.
        list_id: i64,
    },
}
