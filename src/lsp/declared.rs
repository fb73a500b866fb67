//! What the files of a project declare, by name.

use super::positions::{self, Encoding};
use super::{Checked, place};
use crate::diag::Code;
use crate::kinds::{Inside, Link};
use crate::source::{SourceMap, Span};
use crate::yaml::Node;
use lsp_types::Range;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The file.
    pub(super) path: PathBuf,
    /// The place in it.
    pub(super) range: Range,
}

/// A name and where it is declared.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The name.
    pub(super) name: String,
    /// What people call it, if that is written.
    pub(super) title: Option<String>,
    /// Where.
    pub(super) spot: Spot,
    /// The names inside: lessons of a module.
    pub(super) parts: Vec<Named>,
}

/// A document.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// Its kind.
    pub(super) kind: &'static str,
    /// Its name; its modules inside.
    pub(super) named: Named,
    /// The course whose program it has, if it is a copy.
    copy_of: Option<String>,
}

/// Every document of a project, by file.
#[derive(Clone, Debug, Default)]
pub(super) struct Declarations {
    files: BTreeMap<PathBuf, Vec<Declared>>,
}

impl Declarations {
    /// Takes over what a check has read. What a file declared before stays while it cannot be read.
    pub(super) fn update(&mut self, checked: &Checked, encoding: Encoding) {
        let sources = &checked.sources;
        let unread: BTreeSet<&Path> = checked
            .findings
            .iter()
            .filter(|finding| {
                matches!(
                    finding.code,
                    Code::YamlSyntax | Code::NotUtf8 | Code::LimitExceeded
                )
            })
            .map(|finding| Path::new(sources.path(finding.span.file)))
            .collect();
        let mut before = std::mem::take(&mut self.files);
        for node in &checked.documents {
            if let Some(declared) = declared(node, sources, encoding) {
                let path = declared.named.spot.path.clone();
                self.files.entry(path).or_default().push(declared);
            }
        }
        for path in unread {
            let now = self.files.entry(path.to_path_buf()).or_default();
            for old in before.remove(path).into_iter().flatten() {
                let same =
                    |new: &Declared| new.kind == old.kind && new.named.name == old.named.name;
                if !now.iter().any(same) {
                    now.push(old);
                }
            }
        }
    }

    /// The documents of a kind.
    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Declared> {
        self.files
            .values()
            .flatten()
            .filter(move |declared| declared.kind == kind)
    }

    /// The document of a name.
    pub(super) fn get(&self, kind: &str, name: &str) -> Option<&Declared> {
        self.of_kind(kind)
            .find(|declared| declared.named.name == name)
    }

    /// The modules of a document: its own, or those of what it is a copy of.
    pub(super) fn program<'a>(&'a self, mut declared: &'a Declared) -> &'a [Named] {
        let mut seen = BTreeSet::new();
        while declared.named.parts.is_empty() && seen.insert(&declared.named.name) {
            let original = declared.copy_of.as_deref();
            match original.and_then(|name| self.get(declared.kind, name)) {
                Some(original) => declared = original,
                None => break,
            }
        }
        &declared.named.parts
    }

    /// What a reference names.
    pub(super) fn find(&self, link: &Link) -> Option<&Named> {
        let document = self.get(link.kind, link.to.name()?.as_str())?;
        let Some(inside) = &link.inside else {
            return Some(&document.named);
        };
        let program = self.program(document);
        let by_name = |all: &'_ [Named], name: &str| -> Option<usize> {
            all.iter().position(|named| named.name == name)
        };
        match inside {
            Inside::Module(name) => program.get(by_name(program, name)?),
            Inside::LessonOf { module, lesson } => {
                let lessons = &program.get(by_name(program, module)?)?.parts;
                lessons.get(by_name(lessons, lesson)?)
            }
            Inside::Lesson(name) => program
                .iter()
                .flat_map(|module| &module.parts)
                .find(|lesson| *lesson.name == **name),
        }
    }
}

fn declared(node: &Node, sources: &SourceMap, encoding: Encoding) -> Option<Declared> {
    let kind = place::kind_of(node)?.id;
    Some(Declared {
        kind,
        named: named(node, "modules", sources, encoding)?,
        copy_of: node
            .get("copy_of")
            .and_then(Node::as_str)
            .map(str::to_owned),
    })
}

fn named(node: &Node, inside: &str, sources: &SourceMap, encoding: Encoding) -> Option<Named> {
    let name = node.get("name")?;
    let parts = node.get(inside).and_then(Node::as_sequence).unwrap_or(&[]);
    Some(Named {
        name: name.as_str()?.to_owned(),
        title: node.get("title").and_then(Node::as_str).map(str::to_owned),
        spot: spot(name.span, sources, encoding),
        parts: parts
            .iter()
            .filter_map(|part| named(part, "lessons", sources, encoding))
            .collect(),
    })
}

/// Where a span is.
pub(super) fn spot(span: Span, sources: &SourceMap, encoding: Encoding) -> Spot {
    Spot {
        path: PathBuf::from(sources.path(span.file)),
        range: positions::range(sources, span, encoding),
    }
}
