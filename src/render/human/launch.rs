//! The next launch, for people.

use crate::launch::{Changed, Decision, Kept, NextCohort, distance, form_name};
use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use chrono::NaiveDateTime;
use std::fmt::Write as _;

/// What the launch is, what follows, what changed, what is left to decide. `file` is where it was
/// written.
pub fn render(next: &NextCohort, file: Option<&str>, style: Style) -> String {
    let NextCohort {
        address,
        follows,
        file: _,
        launch,
        consequences,
        started,
        starts,
        days,
        renamed,
        changed,
        decisions,
        shared,
        left,
        before: _,
        text: _,
        ..
    } = next;
    let mut out = String::new();
    let title = |out: &mut String, text: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", style.paint(Tone::Strong, text));
    };
    title(&mut out, &format!("{address}, the launch after {follows}"));
    let _ = writeln!(
        out,
        "  starts {}, {} than {}",
        day(*starts),
        distance(*days),
        day(*started)
    );
    let _ = writeln!(out, "  {}:", form_name(*launch));
    for line in consequences {
        let _ = writeln!(out, "    {}", escape(line));
    }
    title(&mut out, "\nRenamed");
    for (old, new) in renamed {
        let _ = writeln!(out, "  {old} → {new}");
    }
    if !changed.is_empty() {
        title(&mut out, "\nDates");
        let mut at = None;
        for Changed {
            address,
            path,
            old,
            new,
        } in changed
        {
            if at != Some(address) {
                let _ = writeln!(out, "  {address}");
                at = Some(address);
            }
            let path = path.to_string();
            let _ = writeln!(out, "    {}: {} → {new}", escape(&path), escape(old));
        }
    }
    for (name, kept) in [("Shared, not copied", shared), ("Tests not copied", left)] {
        if !kept.is_empty() {
            title(&mut out, &format!("\n{name}"));
        }
        for Kept { address, because } in kept {
            let _ = writeln!(out, "  {address}: {}", escape(because));
        }
    }
    if !decisions.is_empty() {
        title(&mut out, "\nTo decide or to look at");
    }
    let mut topic = None;
    for Decision {
        topic: of,
        address,
        path,
        message,
    } in decisions
    {
        if topic != Some(*of) {
            let _ = writeln!(out, "  {}", style.paint(Tone::Warning, of.as_str()));
            topic = Some(*of);
        }
        let place = path.as_ref().map(|path| format!(" {path}"));
        let place = place.unwrap_or_default();
        let _ = writeln!(out, "    {address}{}: {}", escape(&place), escape(message));
    }
    match file {
        Some(file) => {
            let _ = writeln!(
                out,
                "\nWrote {}. Review it, then `bursar plan`.",
                escape(file)
            );
        }
        None => out.push_str("\nNothing was written.\n"),
    }
    out
}

/// `Monday 7 September 2026 10:00`
fn day(local: NaiveDateTime) -> impl std::fmt::Display {
    local.format("%A %-d %B %Y %H:%M")
}
