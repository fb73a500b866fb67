//! One journey, as JSON.

use super::FORMAT_VERSION;
use super::tests::story;
use crate::simulate::Story;
use serde_json::json;

/// One object: the timeline, and what could not be done.
pub fn render(told: &Story, refused: &[String], zone: &str) -> String {
    let value = json!({
        "format_version": FORMAT_VERSION,
        "timezone": zone,
        "timeline": story(told),
        "not_done": refused,
    });
    format!("{value:#}\n")
}
