//! The references of a document, read even while the rest of it is wrong.

use super::place::{covers, kind_of};
use crate::diag::Diagnostics;
use crate::kinds::{DocumentPlaces, KindInfo, Link, Spec};
use crate::model::Seg;
use crate::source::{FileId, Span};
use crate::yaml::{DeError, DeErrorKind, Limits, Node, Value, parse};

/// How often a document is mended before it is given up.
const MOST_MENDINGS: usize = 40;

/// Every reference of a document with its place. What its type refuses is left out, apart from what
/// stands at the byte `keep`; what it misses is taken from the kind's example.
pub(super) fn links(document: &Node, keep: usize) -> Option<Vec<(Link, Span)>> {
    let kind = kind_of(document)?;
    let mut node = document.clone();
    let spec = read(kind, &mut node, keep)?;
    let places = DocumentPlaces { node: &node };
    let links = spec.links().into_iter();
    Some(
        links
            .map(|link| {
                let span = places.link(&link);
                (link, span)
            })
            .collect(),
    )
}

fn read(kind: &KindInfo, node: &mut Node, keep: usize) -> Option<Spec> {
    for _ in 0..MOST_MENDINGS {
        match (kind.parse)(node) {
            Ok(spec) => return Some(spec),
            Err(error) => {
                let mended = add_missing(kind, node, &error) || remove(node, &error.path.0, keep);
                if !mended {
                    return None;
                }
            }
        }
    }
    None
}

/// Puts in the example's field where one is missing.
fn add_missing(kind: &KindInfo, node: &mut Node, error: &DeError) -> bool {
    let DeErrorKind::MissingField { field } = &error.kind else {
        return false;
    };
    // Its places are in no file, so that no cursor is in them.
    let nowhere = FileId(u32::MAX);
    let limits = Limits::default();
    let mut examples = parse(nowhere, kind.example, &limits, &mut Diagnostics::new());
    let Some(mut example) = examples.pop() else {
        return false;
    };
    forget_places(&mut example);
    let taken = exactly(&example, &error.path.0).and_then(|holder| {
        let entry = holder.as_mapping()?.entry(field)?;
        Some(entry.clone())
    });
    match (taken, descend_mut(node, &error.path.0)) {
        (
            Some(entry),
            Some(Node {
                value: Value::Mapping(mapping),
                ..
            }),
        ) => {
            mapping.entries.push(entry);
            true
        }
        (None, _) | (_, Some(_) | None) => false,
    }
}

/// The node at a path; any item stands for the others.
fn exactly<'n>(node: &'n Node, path: &[Seg]) -> Option<&'n Node> {
    path.iter().try_fold(node, |node, segment| match segment {
        Seg::Key(key) => node.get(key),
        Seg::Index(_) => node.as_sequence()?.first(),
    })
}

fn forget_places(node: &mut Node) {
    let nowhere = Span::new(FileId(u32::MAX), usize::MAX, usize::MAX);
    node.span = nowhere;
    match &mut node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter_mut().for_each(forget_places),
        Value::Mapping(mapping) => {
            for entry in &mut mapping.entries {
                entry.key_span = nowhere;
                forget_places(&mut entry.value);
            }
        }
    }
}

/// Takes out the entry or the item at a path, unless the cursor is in it.
fn remove(node: &mut Node, path: &[Seg], keep: usize) -> bool {
    let Some((last, above)) = path.split_last() else {
        return false;
    };
    let Some(holder) = descend_mut(node, above) else {
        return false;
    };
    match (&mut holder.value, last) {
        (Value::Mapping(mapping), Seg::Key(key)) => {
            let before = mapping.entries.len();
            mapping.entries.retain(|entry| {
                entry.key != *key || covers(entry.key_span, keep) || covers(entry.value.span, keep)
            });
            mapping.entries.len() < before
        }
        (Value::Sequence(items), Seg::Index(at)) => {
            let free = items.get(*at).is_some_and(|item| !covers(item.span, keep));
            if free {
                items.remove(*at);
            }
            free
        }
        (Value::Scalar(_) | Value::Sequence(_) | Value::Mapping(_), _) => false,
    }
}

/// The node at a path, to be changed.
pub(super) fn descend_mut<'n>(node: &'n mut Node, path: &[Seg]) -> Option<&'n mut Node> {
    path.iter()
        .try_fold(node, |node, segment| match (&mut node.value, segment) {
            (Value::Mapping(mapping), Seg::Key(key)) => mapping
                .entries
                .iter_mut()
                .find(|entry| entry.key == *key)
                .map(|entry| &mut entry.value),
            (Value::Sequence(items), Seg::Index(at)) => items.get_mut(*at),
            (Value::Scalar(_) | Value::Sequence(_) | Value::Mapping(_), _) => None,
        })
}
