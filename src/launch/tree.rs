//! Trees: finding exactly what a path names, and writing a value again.

use crate::model::{Path, Seg};
use crate::source::Span;
use crate::yaml::{Node, ScalarType, Value, Written};

/// The value at a path, if all of it exists.
pub(super) fn value<'a>(node: &'a Node, path: &Path) -> Option<&'a Node> {
    let mut node = node;
    for segment in &path.0 {
        node = match segment {
            Seg::Key(key) => node.get(key)?,
            Seg::Index(index) => node.as_sequence()?.get(*index)?,
        };
    }
    Some(node)
}

/// The place of the key at the end of a path, if all of it exists.
pub(super) fn key(node: &Node, path: &Path) -> Option<Span> {
    node.key_span(&path.0)
}

/// A value to be written again. Variables in it stay.
pub(super) fn written(node: &Node) -> Written {
    match &node.value {
        Value::Scalar(scalar) => match scalar.ty {
            ScalarType::Null => Written::Null,
            ScalarType::Bool(truth) => Written::Bool(truth),
            ScalarType::Int(number) => Written::Int(number),
            // `3.0` is a whole number of the language.
            ScalarType::Float => match scalar.text.split_once('.') {
                Some((whole, rest)) if rest.bytes().all(|byte| byte == b'0') => whole
                    .parse()
                    .map_or_else(|_| Written::text(&*scalar.text), Written::Int),
                Some(_) | None => Written::text(&*scalar.text),
            },
            ScalarType::String => Written::text(&*scalar.text),
        },
        Value::Sequence(items) => Written::List(items.iter().map(written).collect()),
        Value::Mapping(mapping) => Written::Map(
            mapping
                .entries
                .iter()
                .map(|entry| (entry.key.to_string(), written(&entry.value)))
                .collect(),
        ),
    }
}
