//! An apply, line by line, and its end.

use super::plan::rarer;
use crate::plan::Counts;
use crate::render::terminal::escape;
use crate::render::{Progress, Style, Tone};
use std::fmt::Write as _;

/// One event as a line of a log; empty where there is nothing worth a line.
pub fn line(progress: Progress<'_>, style: Style) -> String {
    match progress {
        Progress::Started { .. } | Progress::StepStarted { .. } | Progress::Finished { .. } => {
            String::new()
        }
        Progress::StepDone { address, verb, id } => {
            let id = id.map_or_else(String::new, |id| format!(" (id {id})"));
            format!("{address}: {} done{id}\n", escape(verb))
        }
        Progress::StepFailed { address, verb, why } => format!(
            "{address}: {} {}: {}\n",
            escape(verb),
            style.paint(Tone::Error, "failed"),
            escape(why)
        ),
        Progress::StepSkipped { address, verb, why } => format!(
            "{address}: {} {}: {}\n",
            escape(verb),
            style.paint(Tone::Warning, "skipped"),
            escape(why)
        ),
    }
}

/// `Apply complete! 2 added, 1 changed, 0 retired.`
pub fn summary(complete: bool, counts: Counts, style: Style) -> String {
    let title = if complete {
        style.paint(Tone::Add, "Apply complete!")
    } else {
        style.paint(Tone::Error, "Apply incomplete.")
    };
    let mut text = format!(
        "{title} {} added, {} changed, {} retired",
        counts.add, counts.change, counts.retire
    );
    for (count, _, done) in rarer(counts) {
        if count > 0 {
            // Writing to a string cannot fail.
            let _ = write!(text, ", {count} {done}");
        }
    }
    text.push_str(".\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Address, RemoteId};

    #[test]
    fn lines_and_summary() {
        let address = Address::new("offer", "a");
        let done = Progress::StepDone {
            address: &address,
            verb: "create",
            id: Some(RemoteId(7)),
        };
        assert_eq!(line(done, Style::Plain), "offer.a: create done (id 7)\n");
        let failed = Progress::StepFailed {
            address: &address,
            verb: "create",
            why: "no\u{1b}",
        };
        assert_eq!(
            line(failed, Style::Plain),
            "offer.a: create failed: no\\u{1b}\n"
        );
        let counts = Counts {
            add: 2,
            change: 1,
            adopt: 1,
            ..Counts::default()
        };
        assert_eq!(
            summary(true, counts, Style::Plain),
            "Apply complete! 2 added, 1 changed, 0 retired, 1 adopted.\n"
        );
    }
}
