//! The tree.

use crate::model::Seg;
use crate::source::Span;

/// A value of a YAML document and the bytes it was written in.
///
/// Aliases and `<<` are expanded when the tree is made: an expanded node has the span of the place
/// where it was *written* (under its anchor), which is where a user has to edit it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The bytes of the value; of an empty value, the place where it would stand.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A scalar, with its text and the type that the YAML 1.2 core schema gives it.
    Scalar(Scalar),
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping, in the order written.
    Mapping(Mapping),
}

/// A scalar as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The text after unquoting and unfolding.
    pub text: Box<str>,
    /// How it was written.
    pub style: ScalarStyle,
    /// What the core schema makes of it. Only plain scalars can be anything but a string.
    pub ty: ScalarType,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// `text`
    Plain,
    /// `'text'` or `"text"`
    Quoted,
    /// `|` or `>`
    Block,
}

/// The type of a scalar by the YAML 1.2 core schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScalarType {
    /// Empty, `~`, `null`, `Null`, `NULL`.
    Null,
    /// `true`, `false` and their capitalised forms.
    Bool(bool),
    /// Decimal, `0o` or `0x`, if it fits 64 bits. `010` is ten.
    Int(i64),
    /// Anything that the core schema reads as a float, `.inf` and `.nan` and too large integers
    /// included.
    Float,
    /// Everything else.
    String,
}

/// A mapping in the order written. Keys are unique: of a repeated key the first is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// Keys and values.
    pub entries: Vec<Entry>,
}

/// One key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key's text. Keys are strings; what the core schema would read as a number is kept as
    /// its text.
    pub key: Box<str>,
    /// The bytes of the key.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The mapping, if it is one.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            Value::Scalar(_) | Value::Sequence(_) => None,
        }
    }

    /// The items, if it is a sequence.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            Value::Scalar(_) | Value::Mapping(_) => None,
        }
    }

    /// The text, if it is a string scalar.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(Scalar {
                text,
                ty: ScalarType::String,
                ..
            }) => Some(text),
            Value::Scalar(_) | Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }

    /// Whether it is `null` or empty.
    pub fn is_null(&self) -> bool {
        matches!(
            &self.value,
            Value::Scalar(Scalar {
                ty: ScalarType::Null,
                ..
            })
        )
    }

    /// The value under a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_mapping()?.get(key)
    }

    /// The node at a path, as far as it exists: the innermost existing node on the way.
    pub fn descend<'a>(&'a self, path: &[Seg]) -> &'a Node {
        let mut node = self;
        for segment in path {
            let next = match segment {
                Seg::Key(key) => node.get(key),
                Seg::Index(index) => node.as_sequence().and_then(|items| items.get(*index)),
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }

    /// The span of the key at the end of a path, if the path exists and ends in a key.
    pub fn key_span(&self, path: &[Seg]) -> Option<Span> {
        let (last, parent) = path.split_last()?;
        let Seg::Key(key) = last else { return None };
        let mut node = self;
        for segment in parent {
            node = match segment {
                Seg::Key(key) => node.get(key)?,
                Seg::Index(index) => node.as_sequence()?.get(*index)?,
            };
        }
        node.as_mapping()?.entry(key).map(|entry| entry.key_span)
    }
}

impl Mapping {
    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &*entry.key == key)
    }
}
