//! One journey as a timeline.

use super::tests::timeline;
use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use crate::simulate::Played;
use similar::{ChangeTag, TextDiff};
use std::fmt::Write as _;

/// What happened, and what could not be done.
pub fn render(played: &Played, zone: &str, style: Style) -> String {
    let Played { story, refused } = played;
    let mut out = String::new();
    timeline(&mut out, story, zone, style);
    for refused in refused {
        let head = style.paint(Tone::Warning, "  not done:");
        let _ = writeln!(out, "{head} {}", escape(refused));
    }
    out
}

/// The journey in another revision and now, line by line: what is no more, what is new, what stays.
pub fn compared(
    before: &Played,
    now: &Played,
    reference: &str,
    zone: &str,
    style: Style,
) -> String {
    let (old, new) = (
        render(before, zone, Style::Plain),
        render(now, zone, Style::Plain),
    );
    if old == new {
        return format!("The journey is as in `{}`.\n{new}", escape(reference));
    }
    let mut out = String::new();
    for change in TextDiff::from_lines(&old, &new).iter_all_changes() {
        let line = change.value().trim_end();
        let line = match change.tag() {
            ChangeTag::Equal => format!(" {line}"),
            ChangeTag::Delete => style.paint(Tone::Remove, format!("-{line}")),
            ChangeTag::Insert => style.paint(Tone::Add, format!("+{line}")),
        };
        let _ = writeln!(out, "{line}");
    }
    out
}
