//! What stands at a byte of a file.

use crate::kinds::{KindInfo, PROJECT_FILE, kind};
use crate::model::{Path, Seg};
use crate::schema::PROJECT;
use crate::source::{FileId, Span};
use crate::yaml::{self, Limits, Node, Value};

/// What sort of file a text is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileSort {
    /// bursar.yaml.
    Project,
    /// A file of documents.
    Documents,
}

impl FileSort {
    /// By the file's name. Below the root a bursar.yaml is the root of another project.
    pub(super) fn of(path: &std::path::Path) -> Self {
        if path.file_name().is_some_and(|name| name == PROJECT_FILE) {
            FileSort::Project
        } else {
            FileSort::Documents
        }
    }
}

/// A place in a document.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// The steps to it.
    pub(super) path: Path,
    /// The bytes of the key or of the value.
    pub(super) span: Span,
}

/// The documents of a text, as far as it can be read.
pub(super) fn documents(text: &str) -> Vec<Node> {
    let mut ignored = crate::diag::Diagnostics::new();
    yaml::parse(FileId(0), text, &Limits::default(), &mut ignored)
}

/// The document that a byte is in.
pub(super) fn document_at(documents: &[Node], byte: usize) -> Option<&Node> {
    let starts_before = |node: &&Node| node.span.range().start <= byte;
    documents.iter().rfind(starts_before)
}

/// The innermost key or value at a byte of a document.
pub(super) fn spot(document: &Node, byte: usize) -> Spot {
    let mut node = document;
    let mut path = Path::root();
    loop {
        let next = match &node.value {
            Value::Scalar(_) => None,
            Value::Sequence(items) => items
                .iter()
                .enumerate()
                .rfind(|(_, item)| covers(item.span, byte))
                .map(|(at, item)| (Seg::Index(at), item)),
            Value::Mapping(mapping) => {
                let key = |entry: &&yaml::Entry| covers(entry.key_span, byte);
                if let Some(entry) = mapping.entries.iter().find(key) {
                    return Spot {
                        path: path.key(&entry.key),
                        span: entry.key_span,
                    };
                }
                mapping
                    .entries
                    .iter()
                    .rfind(|entry| covers(entry.value.span, byte))
                    .map(|entry| (Seg::Key(entry.key.clone()), &entry.value))
            }
        };
        let Some((segment, inner)) = next else {
            return Spot {
                path,
                span: node.span,
            };
        };
        path.0.push(segment);
        node = inner;
    }
}

/// Whether a cursor at a byte touches a span.
pub(super) fn covers(span: Span, byte: usize) -> bool {
    span.range().start <= byte && byte <= span.range().end
}

/// The row of a document's kind.
pub(super) fn kind_of(document: &Node) -> Option<&'static KindInfo> {
    kind(document.get("kind")?.as_str()?)
}

/// What `explain` calls a place: `offer.products.access`.
pub(super) fn topic(sort: FileSort, document: &Node, path: &[Seg]) -> Option<String> {
    let mut topic = match sort {
        FileSort::Project => PROJECT.to_owned(),
        FileSort::Documents => kind_of(document)?.id.to_owned(),
    };
    for segment in path {
        if let Seg::Key(key) = segment {
            topic.push('.');
            topic.push_str(key);
        }
    }
    Some(topic)
}
