//! One journey, as JSON.

use super::FORMAT_VERSION;
use super::tests::story;
use crate::simulate::Played;
use serde_json::{Value, json};

/// One object: the timeline, and what could not be done.
pub fn render(played: &Played, zone: &str) -> String {
    let Played {
        story: told,
        refused,
    } = played;
    let value = json!({
        "format_version": FORMAT_VERSION,
        "timezone": zone,
        "timeline": story(told),
        "not_done": refused,
    });
    format!("{value:#}\n")
}

/// The journey in another revision and now.
pub fn compared(before: &Played, now: &Played, reference: &str, zone: &str) -> String {
    let side = |played: &Played| -> Value {
        let Played {
            story: told,
            refused,
        } = played;
        json!({"timeline": story(told), "not_done": refused})
    };
    let value = json!({
        "format_version": FORMAT_VERSION,
        "timezone": zone,
        "since": reference,
        "same": before == now,
        "before": side(before),
        "after": side(now),
    });
    format!("{value:#}\n")
}
