//! One journey as a timeline.

use super::tests::timeline;
use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use crate::simulate::Story;
use std::fmt::Write as _;

/// What happened, and what could not be done.
pub fn render(story: &Story, refused: &[String], zone: &str, style: Style) -> String {
    let mut out = String::new();
    timeline(&mut out, story, zone, style);
    for refused in refused {
        let head = style.paint(Tone::Warning, "  not done:");
        let _ = writeln!(out, "{head} {}", escape(refused));
    }
    out
}
