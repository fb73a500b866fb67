//! `test`: people, a timeline and what must happen.

use super::{Kind, Text};
use schemars::JsonSchema;
use serde::Deserialize;

/// People, a timeline and what must happen.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// What people call it; its name, if absent.
    pub title: Option<Text>,
}

impl Kind for Test {
    const ID: &'static str = "test";
    const SUMMARY: &'static str = "People, a timeline and what must happen";
    const EXAMPLE: &'static str = "kind: test
name: win-back-once
";
}
