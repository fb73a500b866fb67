//! One layout for all files: indentation, spaces and blank lines. Every scalar, comment, anchor and
//! line break inside a value stays as it is written.
//!
//! Mappings and sequences are indented by two spaces under their key; a sequence's dash is followed by
//! one space; `key: value` has one; a flow collection on one line is `{ a: b }` and `[a, b]`. A comment
//! on a line of its own goes with what follows it, one behind a value keeps its column where it can. At
//! most one blank line in a row. Nothing is wrapped, joined, quoted or put in another order.

mod layout;

use super::{Limits, Node, parse, to_json};
use crate::diag::Diagnostics;
use crate::source::FileId;
use granit_parser::{Event, Parser};
use layout::{Collection, Edits, Piece, Shape};

/// Layouts that are made one of another until nothing changes any more.
const MOST_ROUNDS: usize = 4;

/// Why a text is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unformatted {
    /// It cannot be read; what is wrong is a finding of [`parse`].
    Unreadable,
    /// The layout would have changed the meaning or lost a comment: a fault of bursar.
    Unsafe,
}

/// The text in the one layout. Applied to its own result it changes nothing, and both texts mean the
/// same.
///
/// # Errors
/// The text cannot be read, or the layout would not be safe: then it is to be left as it is.
pub fn format(text: &str, limits: &Limits) -> Result<String, Unformatted> {
    let before = meaning(text, limits).ok_or(Unformatted::Unreadable)?;
    let mut current = plain_lines(text);
    for _ in 0..MOST_ROUNDS {
        // What stood before a byte order mark may be gone now.
        let next = plain_lines(&once(&current).ok_or(Unformatted::Unsafe)?);
        if next == current {
            let after = meaning(&current, limits).ok_or(Unformatted::Unsafe)?;
            return if after == before {
                Ok(current)
            } else {
                Err(Unformatted::Unsafe)
            };
        }
        current = next;
    }
    Err(Unformatted::Unsafe)
}

/// The text without byte order marks at its start, which the reader skips, with `\n` at the ends of its lines.
fn plain_lines(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// What a text says: its documents as values, and its comments in order.
fn meaning(text: &str, limits: &Limits) -> Option<(Vec<String>, Vec<String>)> {
    let mut findings = Diagnostics::new();
    let documents = parse(FileId(0), text, limits, &mut findings);
    if findings.has_errors() {
        return None;
    }
    let value = |node: &Node| to_json(node).to_string();
    let mut comments = Vec::new();
    for piece in pieces(text)? {
        if let Shape::Comment = piece.shape {
            let written = text.get(piece.start..piece.end)?;
            comments.push(written.trim_end().to_owned());
        }
    }
    Some((documents.iter().map(value).collect(), comments))
}

/// The events of a text with their bytes; `None` if it cannot be read.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let options = granit_parser::options! {
        emit_comments: true,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut pieces = Vec::new();
    while let Some(next) = parser.next_event() {
        let (event, place) = next.ok()?;
        let start = place.start.byte_offset()?;
        let end = place.end.byte_offset()?;
        // A block collection has no sign of its own: its span is empty.
        let starts_with = |sign: char| {
            text.get(start..end)
                .is_some_and(|text| text.starts_with(sign))
        };
        let shape = match event {
            Event::StreamStart | Event::StreamEnd => continue,
            Event::DocumentStart(..) | Event::DocumentEnd => Shape::Document,
            Event::MappingStart(..) if starts_with('{') => Shape::Start(Collection::FlowMapping),
            Event::MappingStart(..) => Shape::Start(Collection::Mapping),
            Event::SequenceStart(..) if starts_with('[') => Shape::Start(Collection::FlowSequence),
            Event::SequenceStart(..) => Shape::Start(Collection::Sequence),
            Event::MappingEnd | Event::SequenceEnd => Shape::End,
            Event::Scalar(_, style, ..) => match style {
                granit_parser::ScalarStyle::Literal | granit_parser::ScalarStyle::Folded => {
                    Shape::BlockScalar
                }
                _ => Shape::Scalar,
            },
            Event::Alias(_) | Event::UnresolvedAlias(_) => Shape::Scalar,
            Event::Anchor(..) => Shape::Anchor,
            Event::Comment(..) => Shape::Comment,
            _ => return None,
        };
        pieces.push(Piece { shape, start, end });
    }
    Some(pieces)
}

/// One round.
fn once(text: &str) -> Option<String> {
    let pieces = pieces(text)?;
    Edits::of(text, &pieces).map(|edits| edits.apply())
}

#[cfg(test)]
mod tests;
