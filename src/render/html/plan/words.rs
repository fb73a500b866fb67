//! What differs between two long texts, as markup: line by line, and within lines word by word.

use crate::render::markup::entities;
use crate::render::text_diff::{Line, Tag, places};

/// The lines that differ, with a few around them. The lines are escaped already.
pub(super) fn difference(before: &[String], after: &[String]) -> String {
    let mut out: Vec<String> = Vec::new();
    for (at, place) in places(before, after).iter().enumerate() {
        if at > 0 {
            out.push("…".to_owned());
        }
        out.extend(place.iter().map(line));
    }
    out.join("\n")
}

/// A line with its sign; the words that change in it are marked.
fn line(line: &Line) -> String {
    let Line { tag, pieces } = line;
    let words = pieces.iter().map(|(is_changed, words)| {
        let words = entities(words);
        match is_changed {
            true => format!("<b>{words}</b>"),
            false => words,
        }
    });
    let words: String = words.collect();
    match tag {
        Tag::Same => format!("  {words}"),
        Tag::Removed => format!("<del>- {words}</del>"),
        Tag::Added => format!("<ins>+ {words}</ins>"),
    }
}
