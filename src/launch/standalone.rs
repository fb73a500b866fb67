//! A document's text on its own: its comments with it, and what it takes over from the offer that it
//! is like written out.

use super::tree;
use crate::diag::Diagnostics;
use crate::model::Path;
use crate::source::{FileId, Span};
use crate::yaml::edit::{self, Edited, Others};
use crate::yaml::{Limits, Mapping, Node, parse};
use std::ops::Range;

/// A text that holds one document.
#[derive(Clone, Debug)]
pub(super) struct Standalone {
    pub(super) text: String,
    pub(super) node: Node,
}

impl Standalone {
    /// `None` if the text does not hold one document that can be read.
    pub(super) fn read(text: String) -> Option<Self> {
        let mut findings = Diagnostics::new();
        let mut nodes = parse(FileId(0), &text, &Limits::default(), &mut findings);
        if findings.has_errors() || nodes.len() != 1 {
            return None;
        }
        let node = nodes.pop()?;
        Some(Standalone { text, node })
    }

    /// The text with edits made. Whether all that was wanted is in it.
    pub(super) fn edited(self, edited: &Edited) -> (Self, bool) {
        if edited.edits.is_empty() {
            return (self, edited.left.is_empty());
        }
        let edits = edited.edits.iter();
        let edits = edits.map(|edit| (edit.span, edit.text.clone())).collect();
        match Standalone::read(applied(&self.text, edits)) {
            Some(new) => (new, edited.left.is_empty()),
            None => (self, false),
        }
    }

    /// The text without what stands under a key of the document.
    pub(super) fn without(self, key: &str) -> (Self, bool) {
        if self.node.get(key).is_none() {
            return (self, true);
        }
        let edited = edit::remove(&self.text, &self.node, &Path::root().key(key).0);
        self.edited(&edited)
    }
}

/// A text with replacements made. Of some at one place the first counts.
pub(super) fn applied(text: &str, mut edits: Vec<(Span, String)>) -> String {
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (span, new) in edits {
        let range = span.range();
        let Some(before) = text.get(from..range.start) else {
            continue;
        };
        out.push_str(before);
        out.push_str(&new);
        from = range.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// The text of the document at a place of a file, comments before and behind it included.
pub(super) fn of(text: &str, place: Span) -> Option<Standalone> {
    let at = place.start as usize;
    let mut comments = String::new();
    for part in parts(text) {
        let own = text.get(part.clone()).unwrap_or_default();
        if part.contains(&at) {
            let own = own.trim_start_matches('\u{feff}');
            let own = own.trim_matches(['\n', '\r']).trim_end();
            return Standalone::read(format!("{comments}{own}\n"));
        }
        // A comment above the first `---` belongs to the document behind it.
        if own.lines().all(|line| is_no_content(line.trim())) {
            let lines = own.lines().filter(|line| line.trim().starts_with('#'));
            comments = lines.map(|line| format!("{line}\n")).collect();
        } else {
            comments.clear();
        }
    }
    None
}

fn is_no_content(line: &str) -> bool {
    line.is_empty() || line.starts_with(['#', '%', '\u{feff}'])
}

/// The documents of a stream: what stands between its `---` and `...`.
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        let marker = ["---", "..."].iter().any(|marker| {
            let rest = line.strip_prefix(marker);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
        });
        if marker {
            out.push(start..at);
            start = at + 3;
        }
        at += line.len();
    }
    out.push(start..text.len());
    out
}

/// A document with what it takes over from others written out: `likes` are the offers that it is
/// like, nearest first. Whether all could be.
pub(super) fn written_out<'a>(
    mut document: Standalone,
    likes: impl Iterator<Item = &'a Node>,
    is_copied: impl Fn(&str) -> bool,
) -> (Standalone, bool) {
    for like in likes {
        let mut missing = Vec::new();
        if let (Some(own), Some(lower)) = (document.node.as_mapping(), like.as_mapping()) {
            let entries = lower.entries.iter().filter(|entry| is_copied(&entry.key));
            for entry in entries {
                collect(own, &entry.key, &entry.value, &Path::root(), &mut missing);
            }
        }
        for (path, value) in missing {
            let wanted = tree::written(value);
            let edited = edit::set(
                &document.text,
                &document.node,
                &path.0,
                &wanted,
                Others::Stay,
            );
            let (new, whole) = document.edited(&edited);
            document = new;
            if !whole {
                return (document, false);
            }
        }
    }
    document.without("like")
}

/// The entries of a lower mapping that an upper one lacks.
fn collect<'a>(
    own: &Mapping,
    key: &str,
    lower: &'a Node,
    above: &Path,
    out: &mut Vec<(Path, &'a Node)>,
) {
    let path = above.key(key);
    let Some(entry) = own.entry(key) else {
        out.push((path, lower));
        return;
    };
    if let (Some(own), Some(lower)) = (entry.value.as_mapping(), lower.as_mapping()) {
        for entry in &lower.entries {
            collect(own, &entry.key, &entry.value, &path, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_its_comments_and_no_other_s() {
        let text = "# of the file\n---\n# of a\na: 1 # one\n--- # of b\nb: |\n  ---x\n\n# end of b\n---\nc: 3\n";
        let check = |what: &str, expected: &str| {
            let at = text.find(what).unwrap();
            let found = of(text, Span::new(FileId(0), at, at + 1)).unwrap();
            assert_eq!(found.text, expected, "{what}");
        };
        check("a: 1", "# of the file\n# of a\na: 1 # one\n");
        check("b: |", " # of b\nb: |\n  ---x\n\n# end of b\n");
        check("c: 3", "c: 3\n");
    }

    #[test]
    fn what_is_taken_over_is_written_out() {
        let check = |own: &str, likes: &[&str], expected: &str| {
            let own = Standalone::read(own.to_owned()).unwrap();
            let likes: Vec<Node> = likes
                .iter()
                .map(|like| Standalone::read((*like).to_owned()).unwrap().node)
                .collect();
            let (out, whole) = written_out(own, likes.iter(), |key| key != "name");
            assert!(whole);
            assert_eq!(out.text, expected);
        };
        check(
            "name: b\nlike: a # as before\nprice: 2.00 EUR # dearer\npayment:\n  full: true\n",
            &[
                "name: a\nprice: 1.00 EUR\npayment: { full: false, without_login: true }\nsale: { closes: 2027-01-02 }\n",
                "name: z\nlisted: false\nsale: { opens: 2027-01-01T00:00, closes: 2026-01-01 }\n",
            ],
            "name: b\nprice: 2.00 EUR # dearer\npayment:\n  full: true\n  without_login: true\n\
             sale: { closes: 2027-01-02, opens: 2027-01-01T00:00 }\nlisted: false\n",
        );
    }
}
