//! What differs between two long texts: line by line, and within lines word by word.

use crate::render::human::plan::pieces::CONTEXT_LINES;
use crate::render::markup::entities;
use similar::{ChangeTag, DiffOp, InlineChangeMode, InlineChangeOptions, TextDiff};

/// The most bytes of lines that are compared word by word: that takes time with their square.
const MOST_BYTES: usize = 20_000;

/// The lines that differ, with a few around them, as markup. The lines are escaped already.
pub(super) fn difference(before: &[String], after: &[String]) -> String {
    let old: Vec<&str> = before.iter().map(String::as_str).collect();
    let new: Vec<&str> = after.iter().map(String::as_str).collect();
    let diff = TextDiff::from_slices(&old, &new);
    let mut options = InlineChangeOptions::new();
    options.mode(InlineChangeMode::UnicodeWords);
    let mut out: Vec<String> = Vec::new();
    for (at, group) in diff.grouped_ops(CONTEXT_LINES).iter().enumerate() {
        if at > 0 {
            out.push("…".to_owned());
        }
        for op in group {
            if size(op, &old, &new) > MOST_BYTES {
                let changes = diff.iter_changes(op);
                out.extend(changes.map(|it| line(it.tag(), &entities(it.value()))));
                continue;
            }
            // A deadline would make the page depend on how fast the machine is.
            let changes = diff.iter_inline_changes_with_options_deadline(op, options, None);
            for change in changes {
                let words = change.values().iter().map(|(differs, words)| {
                    let words = entities(words);
                    match differs {
                        true => format!("<b>{words}</b>"),
                        false => words,
                    }
                });
                out.push(line(change.tag(), &words.collect::<String>()));
            }
        }
    }
    out.join("\n")
}

/// A line with its sign.
fn line(tag: ChangeTag, markup: &str) -> String {
    match tag {
        ChangeTag::Equal => format!("  {markup}"),
        ChangeTag::Delete => format!("<del>- {markup}</del>"),
        ChangeTag::Insert => format!("<ins>+ {markup}</ins>"),
    }
}

fn size(op: &DiffOp, old: &[&str], new: &[&str]) -> usize {
    let bytes = |lines: Option<&[&str]>| -> usize {
        let lines = lines.unwrap_or_default().iter();
        lines.map(|line| line.len()).sum()
    };
    match op {
        DiffOp::Equal { .. } => 0,
        DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
            bytes(old.get(op.old_range())) + bytes(new.get(op.new_range()))
        }
    }
}
