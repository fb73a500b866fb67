//! A course on the platform.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Course {
    /// What people call it.
    pub title: String,
    /// `published` or `draft`.
    #[serde(default = "published")]
    pub status: String,
    /// The modules in program order.
    #[serde(default)]
    pub modules: Vec<Module>,
    /// What the platform keeps with the object and no one else knows.
    #[serde(default)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

fn published() -> String {
    "published".to_owned()
}

/// A module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Module {
    /// Its id.
    #[serde(default)]
    pub id: Option<i64>,
    /// What people call it.
    pub title: String,
    /// The course's own delay.
    #[serde(default)]
    pub opens: Option<OwnOpening>,
    /// The lessons in program order.
    #[serde(default)]
    pub lessons: Vec<Lesson>,
}

/// A lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Lesson {
    /// Its id.
    #[serde(default)]
    pub id: Option<i64>,
    /// What people call it.
    pub title: String,
    /// The course's own delay.
    #[serde(default)]
    pub opens: Option<OwnOpening>,
    /// Whether the next lessons wait until this one is passed.
    #[serde(default)]
    pub checkpoint: bool,
}

/// A delay counted from each participant's access.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OwnOpening {
    /// Whole days.
    pub after_days: u32,
    /// `HH:MM`; the participant's own hour if absent.
    #[serde(default)]
    pub hour: Option<String>,
}
