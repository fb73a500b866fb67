//! A plan as a comment on a pull request: what it means first, removals whole, the rest folded.
//!
//! What others wrote stands in code blocks alone, whose fence is longer than any in it: there no sign of
//! Markdown or HTML means anything, and nobody is mentioned. Our own words and numbers stand outside.

use crate::plan::{Change, Plan, counts};
use crate::render::Style;
use crate::render::human::plan::pieces::{
    change_block, change_line, drift_line, end, happened, meanings, refused as in_words_of,
};
use crate::render::human::plan::{View, counts as in_words};
use crate::render::terminal::escape;
use std::fmt::Write as _;

/// The most bytes of a comment; GitHub takes 65,536 characters.
const MOST_BYTES: usize = 60_000;

/// What a fence and the words around a block take.
const MARGIN: usize = 600;

/// The longest text of others on one line, in characters.
const MOST_OF_A_LINE: usize = 300;

/// The whole comment. Its first line is a mark that is not shown, by which a later run finds it.
pub fn render(view: View<'_>) -> String {
    let plan = view.plan;
    let view = View {
        style: Style::Plain,
        ..view
    };
    let meanings = meanings(&plan.consequences);
    let meaning = |change: &Change| {
        let lines = meanings.get(&change.address.to_string());
        lines.map_or(&[][..], Vec::as_slice)
    };
    let (leaving, others): (Vec<&Change>, Vec<&Change>) = plan
        .changes
        .iter()
        .partition(|change| change.action.removes());
    let block = |change: &Change| change_block(change, meaning(change), view);

    let mut out = marker(plan);
    heading(&mut out, plan);
    section(
        &mut out,
        "**Refused.** It must not be applied:",
        &refused(plan),
    );
    section(&mut out, "", &found(plan));
    let tail = end(view);
    let mut room = MOST_BYTES.saturating_sub(out.len() + fenced(&tail).len() + MARGIN);

    let removed = removed(&leaving, block, room);
    room = room.saturating_sub(fenced(&removed).len());

    let mut meant = String::new();
    for change in &others {
        if !meaning(change).is_empty() {
            push(&mut meant, &change_line(change));
            for line in meaning(change) {
                push(&mut meant, &format!("  {line}"));
            }
        }
    }
    let meant = cut(&meant, room / 2);
    room = room.saturating_sub(fenced(&meant).len());
    section(&mut out, "**What it means for people:**", &meant);
    section(&mut out, "**What leaves or is replaced:**", &removed);
    section(&mut out, "", &tail);

    let blocks = blocks(&others, block, room);
    if !others.is_empty() {
        out.push_str("\n<details><summary>Every other change</summary>\n\n");
        out.push_str(&fenced(&blocks));
        out.push_str("\n</details>\n");
    }
    out
}

/// What an interrupted run had done, and what has changed outside of bursar.
fn found(plan: &Plan) -> String {
    let mut found = String::new();
    for settled in &plan.settled {
        push(&mut found, &format!("Found: {settled}"));
    }
    for change in &plan.drift {
        let (verb, _, _) = happened(change);
        push(&mut found, &format!("{} {verb}", change.address));
    }
    let mut found = cut(&found, MOST_BYTES / 8);
    if let Some(drift) = drift_line(plan) {
        push(&mut found, &drift);
    }
    found
}

/// Why it must not be applied.
fn refused(plan: &Plan) -> String {
    let mut refused = String::new();
    for refusal in &plan.refusals {
        push(&mut refused, &in_words_of(refusal));
        push(&mut refused, &format!("  help: {}", refusal.help));
    }
    cut(&refused, MOST_BYTES / 4)
}

/// What leaves: with all that it means while that fits, else each on its line. None is left out but where
/// not even their addresses fit into a comment.
fn removed(leaving: &[&Change], block: impl Fn(&Change) -> String, room: usize) -> String {
    let room_of_whole = room * 2 / 3;
    let mut whole = String::new();
    for change in leaving {
        whole.push_str(&block(change));
        if whole.len() > room_of_whole {
            break;
        }
    }
    if fenced(&whole).len() <= room_of_whole {
        return whole;
    }
    let mut lines = String::new();
    for change in leaving {
        push(&mut lines, &change_line(change));
    }
    if fenced(&lines).len() <= room * 2 / 3 {
        return lines;
    }
    let mut addresses = String::new();
    for change in leaving {
        push(
            &mut addresses,
            &format!("{} {}", change.action.mark(), change.address),
        );
    }
    cut(&addresses, room)
}

/// As many changes as there is room for, with how many are left out.
fn blocks(changes: &[&Change], block: impl Fn(&Change) -> String, room: usize) -> String {
    let mut out = String::new();
    let mut shown = 0;
    for change in changes {
        if out.len() > room {
            break;
        }
        out.push_str(&block(change));
        shown += 1;
    }
    let mut out = cut(&out, room.saturating_sub(MARGIN / 2));
    if shown < changes.len() {
        out.push_str(&format!("… and {} more changes\n", changes.len() - shown));
    }
    out
}

/// `<!-- bursar plan: PROJECT ENVIRONMENT -->`
fn marker(plan: &Plan) -> String {
    let tame = |text: &str| -> String {
        let tame = |char: char| char.is_ascii_alphanumeric() || char == '-';
        // Two hyphens would end the comment.
        text.chars()
            .filter(|char| tame(*char))
            .collect::<String>()
            .replace("--", "-")
    };
    let environment = plan.environment.as_deref().unwrap_or("default");
    format!(
        "<!-- bursar plan: {} {} -->\n",
        tame(&plan.project),
        tame(environment)
    )
}

fn heading(out: &mut String, plan: &Plan) {
    // Writing to a string cannot fail.
    let _ = match (plan.changes.is_empty(), plan.refusals.is_empty()) {
        (true, true) => writeln!(out, "### No changes"),
        (true, false) => writeln!(out, "### Refused"),
        (false, true) => writeln!(out, "### Plan: {}", in_words(counts(plan))),
        (false, false) => writeln!(out, "### Refused plan: {}", in_words(counts(plan))),
    };
}

fn push(out: &mut String, text: &str) {
    out.push_str(&shortened(&escape(text)));
    out.push('\n');
}

/// The lines of a text, none longer than may be.
fn shortened(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        match line.char_indices().nth(MOST_OF_A_LINE) {
            Some((end, _)) => {
                out.push_str(line.get(..end).unwrap_or(line));
                out.push('…');
            }
            None => out.push_str(line),
        }
    }
    out
}

fn section(out: &mut String, title: &str, block: &str) {
    if block.trim().is_empty() {
        return;
    }
    out.push('\n');
    if !title.is_empty() {
        out.push_str(title);
        out.push_str("\n\n");
    }
    out.push_str(&fenced(block));
}

/// A code block whose fence no line of it can end.
fn fenced(text: &str) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// As many whole lines as there is room for, with what is left out.
fn cut(text: &str, room: usize) -> String {
    if fenced(text).len() <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    let room = room.saturating_sub(MARGIN / 2);
    let mut left = 0_usize;
    for line in text.split_inclusive('\n') {
        if left > 0 || out.len() > room {
            left += 1;
            continue;
        }
        let line = format!("{}\n", shortened(line.trim_end_matches('\n')));
        if out.len() + line.len() <= room {
            out.push_str(&line);
        } else {
            left += 1;
        }
    }
    // A long run of backticks makes long fences.
    while fenced(&out).len() > room + MARGIN / 2 && !out.is_empty() {
        let end = out
            .trim_end_matches('\n')
            .rfind('\n')
            .map_or(0, |at| at + 1);
        out.truncate(end);
        left += 1;
    }
    out.push_str(&format!("… {left} more lines: `bursar plan` shows them\n"));
    out
}
