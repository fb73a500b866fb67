//! A letter on the platform.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Letter {
    /// What people call it.
    pub title: String,
    /// `active` or `archived`.
    #[serde(default)]
    pub status: Status,
    /// The subject line.
    pub subject: String,
    /// The body as HTML.
    pub html: String,
    /// The body as plain text.
    pub text: String,
    /// Its language, two letters.
    #[serde(default)]
    pub language: Option<String>,
    /// What the platform keeps with the object and no one else knows.
    #[serde(default)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// Whether a letter is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LetterStatus")]
pub enum Status {
    /// In use.
    #[default]
    Active,
    /// Put away.
    Archived,
}
