//! A scenario on the platform.

use crate::kinds::list::wire::Filter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scenario {
    /// What people call it.
    pub title: String,
    /// `active` or `paused`.
    #[serde(default)]
    pub status: Status,
    /// The chain.
    pub triggers: Vec<Trigger>,
    /// What the platform keeps with the object and no one else knows.
    #[serde(default)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// Whether a scenario acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ScenarioStatus")]
pub enum Status {
    /// It acts.
    Active,
    /// It does not.
    #[default]
    Paused,
}

/// A link of the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trigger {
    /// The event; null on all but the first.
    #[serde(default)]
    pub when: Option<Event>,
    /// The delay before the condition, `30m`.
    #[serde(default = "no_time")]
    pub wait_before_if: String,
    /// The condition.
    #[serde(rename = "if", default)]
    pub if_: Option<Filter>,
    /// The delay before the actions, `1d`.
    #[serde(default = "no_time")]
    pub wait: String,
    /// The actions, in order.
    #[serde(rename = "do", default)]
    pub do_: Vec<Action>,
}

fn no_time() -> String {
    "0m".to_owned()
}

/// What starts a chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// An order is made and not paid.
    UnpaidOrder {
        /// The offer.
        offer_id: i64,
    },
    /// An order is paid.
    PaidOrder {
        /// The offer.
        offer_id: i64,
    },
    /// A contact enters a list.
    EnteredList {
        /// The list.
        list_id: i64,
    },
    /// A contact registers.
    Registered {},
    /// A participant completes a lesson.
    CompletedLesson {
        /// The course.
        course_id: i64,
        /// The lesson.
        lesson_id: i64,
    },
    /// A participant completes a course.
    CompletedCourse {
        /// The course.
        course_id: i64,
    },
    /// A participant has not been seen for a time.
    Inactive {
        /// How long, `30d`.
        #[serde(rename = "for")]
        for_: String,
        /// In this course; anywhere, if null.
        #[serde(default)]
        course_id: Option<i64>,
    },
}

/// What a trigger does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Adds the client to a list.
    AddToList {
        /// The list.
        list_id: i64,
    },
    /// Removes the client from a list.
    RemoveFromList {
        /// The list.
        list_id: i64,
    },
    /// Sends a letter.
    SendLetter {
        /// The letter.
        letter_id: i64,
    },
    /// Awards points.
    AwardPoints {
        /// The course.
        course_id: i64,
        /// How many.
        points: u64,
    },
    /// Extends access.
    ExtendAccess {
        /// The offer that gave it.
        offer_id: i64,
        /// By how long, `7d`.
        by: String,
    },
}
