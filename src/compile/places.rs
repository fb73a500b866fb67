//! Where a piece of a scalar's text was written.

use crate::source::{SourceMap, Span};
use crate::yaml::Node;
use std::ops::Range;

/// The bytes of the file that `range` of the scalar's text was written in.
///
/// Quotes, escapes, folding and indentation make a scalar's text differ from what is written. The
/// piece is looked up in what is written, counting how often it stands before; where it cannot be
/// found, it is the whole scalar.
pub(super) fn inside(sources: &SourceMap, node: &Node, text: &str, range: Range<usize>) -> Span {
    let piece = text.get(range.clone()).unwrap_or("");
    // A piece of several lines is shown by its first.
    let piece = piece.lines().next().unwrap_or("").trim_end();
    if piece.is_empty() {
        return node.span;
    }
    let before = text.get(..range.start).unwrap_or("");
    let nth = before.matches(piece).count();
    let written = sources.slice(node.span);
    match written.match_indices(piece).nth(nth) {
        Some((at, found)) => {
            let start = node.span.start as usize + at;
            Span::new(node.span.file, start, start + found.len())
        }
        None => node.span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Diagnostics;
    use crate::yaml::{Limits, parse};

    #[test]
    fn finds_what_was_written() {
        let cases = [
            ("a: x {{ y }} {{ y }}\n", "{{ y }}", 1, "{{ y }}", 13),
            ("a: \"t\\t${v}\"\n", "${v}", 0, "${v}", 7),
            ("a: |\n  one\n  two {{ z }}\n", "{{ z }}", 0, "{{ z }}", 17),
            ("a: \"\\u007by\"\n", "{y", 0, "\"\\u007by\"", 3),
        ];
        for (yaml, piece, nth, shown, start) in cases {
            let mut sources = SourceMap::new();
            let file = sources.add("a.yaml", yaml);
            let documents = parse(file, yaml, &Limits::default(), &mut Diagnostics::new());
            let node = documents[0].get("a").unwrap();
            let text = node.as_str().unwrap();
            let (at, _) = text.match_indices(piece).nth(nth).unwrap();
            let span = inside(&sources, node, text, at..at + piece.len());
            assert_eq!((sources.slice(span), span.start), (shown, start), "{yaml}");
        }
    }
}
