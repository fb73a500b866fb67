//! One document of the old launch → its text in the new one.

use super::calendar::Redated;
use super::decision::{Decision, Topic};
use super::label::Naming;
use super::mentions;
use super::standalone::{Standalone, applied};
use super::tree;
use crate::kinds::{Document, Link, Place, Reference};
use crate::model::{Address, Path, Seg};
use crate::source::{FileId, Span};
use crate::yaml::{Node, ScalarStyle, Value, Written};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// New names by kind and old name.
pub(super) type Renames = BTreeMap<(String, String), String>;

/// A date that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The new document.
    pub address: Address,
    /// Where in it.
    pub path: Path,
    /// As it was written.
    pub old: String,
    /// As it is written.
    pub new: String,
}

/// Replacements in one document, collected.
pub(super) struct Rewriting<'a> {
    document: &'a Standalone,
    address: &'a Address,
    /// The document as it was, everything merged in.
    old: &'a Document,
    /// The file of the project's defaults.
    project: FileId,
    edits: Vec<(Span, String)>,
    pub(super) changed: Vec<Changed>,
    pub(super) left: Vec<Decision>,
}

impl<'a> Rewriting<'a> {
    /// Of a document that is called `address` from now on.
    pub(super) fn new(
        document: &'a Standalone,
        address: &'a Address,
        old: &'a Document,
        project: FileId,
    ) -> Self {
        Rewriting {
            document,
            address,
            old,
            project,
            edits: Vec::new(),
            changed: Vec::new(),
            left: Vec::new(),
        }
    }

    /// The new text.
    pub(super) fn text(&self) -> String {
        applied(&self.document.text, self.edits.clone())
    }

    /// Writes a text in the place of the scalar at a path, in its quotes. Whether there is one.
    pub(super) fn put(&mut self, path: &Path, new: &str) -> bool {
        let Some(node) = tree::value(&self.document.node, path) else {
            return false;
        };
        let text = self.in_quotes_of(node.span, new);
        self.edit(node.span, text, path);
        true
    }

    /// Writes a new time in the place of the old one.
    pub(super) fn redate(&mut self, path: &Path, new: &Redated) {
        let old = tree::value(&self.document.node, path).and_then(Node::as_str);
        let Some(old) = old.map(str::to_owned) else {
            return self.is_elsewhere(path, "it comes from the project's defaults");
        };
        if old == new.text {
            return;
        }
        self.put(path, &new.text);
        self.changed.push(Changed {
            address: self.address.clone(),
            path: path.clone(),
            old,
            new: new.text.clone(),
        });
    }

    /// Gives the names that have changed in every reference.
    pub(super) fn rename(&mut self, renames: &Renames) {
        for link in self.old.spec.links() {
            let Reference::Name(name) = &link.to else {
                continue;
            };
            // A part of a course is no name of a document; the course is named beside it.
            if link.inside.is_some() {
                continue;
            }
            let key = (link.kind.to_owned(), name.as_str().to_owned());
            if let Some(new) = renames.get(&key) {
                self.rename_link(&link, name.as_str(), new);
            }
        }
    }

    fn rename_link(&mut self, link: &Link, old: &str, new: &str) {
        let root = &self.document.node;
        let renamed = |written: &str| match (written.split_once('.'), written.split_once('/')) {
            (Some((kind, name)), _) if kind == link.kind && name == old => format!("{kind}.{new}"),
            (_, Some((course, rest))) if course == old => format!("{new}/{rest}"),
            (_, _) => new.to_owned(),
        };
        match link.place {
            Place::Value => {
                let written = tree::value(root, &link.path).and_then(Node::as_str);
                match written.map(renamed) {
                    Some(text) => {
                        self.put(&link.path, &text);
                    }
                    None => self.is_elsewhere(
                        &link.path,
                        &format!("the project's defaults name {}.{old} here", link.kind),
                    ),
                }
            }
            Place::Key => {
                let Some(Seg::Key(key)) = link.path.0.last() else {
                    return;
                };
                if let Some(span) = tree::key(root, &link.path) {
                    let text = self.in_quotes_of(span, &renamed(key));
                    self.edit(span, text, &link.path);
                }
            }
        }
    }

    /// Gives a title that speaks of the new launch, and a free one if `taken` are those that it must
    /// differ from. The title as it is read, if there is a new one.
    pub(super) fn retitle(
        &mut self,
        naming: &Naming,
        taken: Option<&BTreeSet<String>>,
    ) -> Option<String> {
        let path = Path::root().key("title");
        let node = tree::value(&self.document.node, &path)?;
        let raw = self.slice(node.span).trim_end();
        let is_block =
            matches!(&node.value, Value::Scalar(scalar) if scalar.style == ScalarStyle::Block);
        let place = Span {
            end: node.span.start + u32::try_from(raw.len()).unwrap_or(0),
            ..node.span
        };
        let title = |raw: &str| match taken {
            Some(taken) => Some(naming.title(raw, &|title| !taken.contains(title))),
            None => naming.spoken_title(raw),
        };
        let new = match (is_block, node.as_str()) {
            // A title over several lines becomes one line.
            (true, Some(text)) => title(text.trim()).map(|it| Written::text(it).on_one_line()),
            (_, _) => title(raw),
        };
        let new = new?;
        self.edit(place, new.clone(), &path);
        Some(new.trim_matches(['"', '\'']).to_owned())
    }

    /// Gives the names that have changed in comments: those that are no ordinary words.
    pub(super) fn rename_in_comments(&mut self, renames: &Renames) {
        let text = &self.document.text;
        for place in mentions::comments(text, &self.document.node) {
            for (word, name) in names_in(text, place) {
                let mut new = renames.iter().filter(|((_, old), _)| old == name);
                let first = new.next().map(|(_, new)| new);
                if let Some(new) = first.filter(|first| new.all(|(_, other)| other == *first)) {
                    let file = self.document.node.span.file;
                    let span = Span::new(file, word.start, word.end);
                    self.edit(span, new.clone(), &Path::root());
                }
            }
        }
    }

    fn slice(&self, span: Span) -> &'a str {
        self.document.text.get(span.range()).unwrap_or_default()
    }

    fn in_quotes_of(&self, span: Span, new: &str) -> String {
        match self.slice(span).chars().next() {
            Some(quote @ ('"' | '\'')) => format!("{quote}{new}{quote}"),
            Some(_) | None => Written::text(new).on_one_line(),
        }
    }

    fn edit(&mut self, span: Span, new: String, path: &Path) {
        let same = self.edits.iter().find(|(place, _)| *place == span);
        match same {
            Some((_, text)) if *text != new => {
                self.leave(path, "it is written in one place with something else");
            }
            Some(_) => {}
            None => self.edits.push((span, new)),
        }
    }

    /// What stands nowhere in the text comes from an offer of the launch that it is like, and is
    /// changed there, or from the project's defaults, which are others' too.
    fn is_elsewhere(&mut self, path: &Path, why: &str) {
        let merged = tree::value(&self.old.node, path);
        if merged.is_some_and(|node| node.span.file == self.project) {
            self.leave(path, why);
        }
    }

    fn leave(&mut self, path: &Path, why: &str) {
        self.left.push(Decision {
            topic: Topic::Left,
            address: self.address.clone(),
            path: Some(path.clone()),
            message: format!("left as it is: {why}"),
        });
    }
}

/// What could be names of documents in a part of a text: with a hyphen, so that no ordinary word is
/// taken for one.
fn names_in(text: &str, part: Range<usize>) -> Vec<(Range<usize>, &str)> {
    let own = text.get(part.clone()).unwrap_or_default();
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let mut out = Vec::new();
    let mut at = part.start;
    for piece in own.split_inclusive(|character| !is_name(character)) {
        let word = piece.trim_end_matches(|character| !is_name(character));
        let bare = word.trim_matches('-');
        if bare.contains('-') {
            let start = at + (word.len() - word.trim_start_matches('-').len());
            out.push((start..start + bare.len(), bare));
        }
        at += piece.len();
    }
    out
}
