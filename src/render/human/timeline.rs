//! What happens when, and what moves.

use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use crate::simulate::{Moment, Move, Relative, Span, Timeline};
use std::fmt::Write as _;

/// Every moment in the order of time, then what happens so long after something else.
pub fn render(timeline: &Timeline, style: Style) -> String {
    let Timeline {
        zone,
        moments,
        spans: _,
        relative,
    } = timeline;
    let mut out = String::new();
    if moments.is_empty() && relative.is_empty() {
        return "Nothing happens by itself.\n".to_owned();
    }
    let head = format!("Times of {}", escape(zone));
    let _ = writeln!(out, "{}", style.paint(Tone::Dim, head));
    let mut day = "";
    for moment in moments {
        let (date, _) = moment.time.split_once(' ').unwrap_or((&moment.time, ""));
        if date != day {
            let _ = writeln!(out, "{}", style.paint(Tone::Strong, date));
            day = date;
        }
        let _ = writeln!(out, "  {}", said(moment, style));
    }
    if !relative.is_empty() {
        let _ = writeln!(
            out,
            "{}",
            style.paint(Tone::Strong, "Counted from something else")
        );
    }
    let mut last = "";
    for it in relative {
        if it.of != last {
            let _ = writeln!(out, "  {}", style.paint(Tone::Dim, escape(&it.of)));
            last = &it.of;
        }
        let _ = writeln!(out, "    {}", counted(it, style));
    }
    out
}

/// What counts from something else, and when that is for who buys first and last.
fn counted(relative: &Relative, style: Style) -> String {
    let Relative {
        of: _,
        cohort: _,
        when,
        text,
        first,
        last,
    } = relative;
    let mut line = format!("{}: {}", escape(when), escape(text));
    let buyers = match (first, last) {
        (Some(first), Some(last)) => format!("{} to {}", first.time, last.time),
        (Some(first), None) => format!("{} at the earliest", first.time),
        (None, Some(last)) => format!("{} at the latest", last.time),
        (None, None) => return line,
    };
    let buyers = format!("  [by the sale's dates: {buyers}]");
    line.push_str(&style.paint(Tone::Dim, buyers));
    line
}

fn said(moment: &Moment, style: Style) -> String {
    let Moment {
        at: _,
        time,
        of: _,
        what: _,
        part: _,
        cohort,
        text,
        whom,
    } = moment;
    let clock = time.split_once(' ').map_or("", |(_, clock)| clock);
    let mut line = format!("{} {}", style.paint(Tone::Dim, clock), escape(text));
    if let Some(whom) = whom {
        line.push_str(&format!(", for {}", escape(whom)));
    }
    if let Some(cohort) = cohort {
        let cohort = format!("  [{}]", escape(cohort));
        line.push_str(&style.paint(Tone::Dim, cohort));
    }
    line
}

/// What lasts at an instant.
pub fn lasting(spans: &[&Span], time: &str, zone: &str) -> String {
    let mut out = format!("On {time} ({})\n", escape(zone));
    if spans.is_empty() {
        out.push_str("  nothing is for sale, and nothing else lasts\n");
    }
    for span in spans {
        let _ = writeln!(out, "  {}", escape(&span.label));
    }
    out
}

/// What moves between two revisions.
pub fn moves(moves: &[Move], since: &str, style: Style) -> String {
    let mut out = String::new();
    if moves.is_empty() {
        return format!("Nothing has moved since {}.\n", escape(since));
    }
    for it in moves {
        let line = match it {
            Move::Moved { before, after } => format!(
                "{} {}: {} -> {}",
                style.paint(Tone::Change, "~"),
                escape(&after.text),
                before.time,
                after.time
            ),
            Move::Appears(moment) => format!(
                "{} {} {}",
                style.paint(Tone::Add, "+"),
                moment.time,
                escape(&moment.text)
            ),
            Move::Disappears(moment) => format!(
                "{} {} {}",
                style.paint(Tone::Remove, "-"),
                moment.time,
                escape(&moment.text)
            ),
            Move::Begins(Relative { when, text, .. }) => format!(
                "{} {}: {}",
                style.paint(Tone::Add, "+"),
                escape(when),
                escape(text)
            ),
            Move::Ceases(Relative { when, text, .. }) => format!(
                "{} {}: {}",
                style.paint(Tone::Remove, "-"),
                escape(when),
                escape(text)
            ),
        };
        let _ = writeln!(out, "{line}");
    }
    out
}
