//! What is said in passing, in the form of the log.

use crate::model::{Instant, format_instant};
use serde_json::json;

/// A text as one line of the log.
pub fn line(at: Instant, text: &str) -> String {
    let value = json!({
        "timestamp": format_instant(at),
        "level": "INFO",
        "message": text,
        "target": "bursar",
    });
    format!("{value}\n")
}
