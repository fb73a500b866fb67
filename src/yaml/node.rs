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
///
/// Made of entries by `from`. Entries may be changed later: look-ups stay right, only those in
/// large mappings become slower.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// Keys and values.
    pub entries: Vec<Entry>,
    /// Of a large mapping, the entries by their keys. A pointer to a pointer, because it would
    /// otherwise make every node larger.
    index: Option<Box<Index>>,
}

/// Positions of entries, sorted by their keys.
#[derive(Clone, Debug)]
struct Index(Box<[u32]>);

/// Entries up to which a look-up goes through all of them.
const SMALL: usize = 16;

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
        // The index is a hint: entries may have been changed since it was made.
        if let Some(index) = &self.index
            && let Some(found) = index.find(&self.entries, key)
        {
            return Some(found);
        }
        self.entries.iter().find(|entry| &*entry.key == key)
    }
}

impl Index {
    fn new(entries: &[Entry]) -> Self {
        Index(by_key(entries).into_boxed_slice())
    }

    fn find<'a>(&self, entries: &'a [Entry], key: &str) -> Option<&'a Entry> {
        let entry = |position: u32| entries.get(position as usize);
        let at = self
            .0
            .partition_point(|position| entry(*position).is_some_and(|entry| &*entry.key < key));
        let found = entry(*self.0.get(at)?)?;
        (&*found.key == key).then_some(found)
    }
}

/// The positions of entries, sorted by key, then by position.
pub(super) fn by_key(entries: &[Entry]) -> Vec<u32> {
    let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let mut positions: Vec<u32> = (0..count).collect();
    let key = |position: &u32| entries.get(*position as usize).map(|entry| &*entry.key);
    positions.sort_by(|a, b| key(a).cmp(&key(b)));
    positions
}

impl From<Vec<Entry>> for Mapping {
    fn from(entries: Vec<Entry>) -> Self {
        let index = (entries.len() > SMALL).then(|| Box::new(Index::new(&entries)));
        Mapping { entries, index }
    }
}

impl FromIterator<Entry> for Mapping {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        Mapping::from(entries.into_iter().collect::<Vec<_>>())
    }
}

/// Equal entries in an equal order.
impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn mapping(keys: impl IntoIterator<Item = usize>) -> Mapping {
        let span = Span::start_of(FileId(0));
        keys.into_iter()
            .map(|n| Entry {
                key: format!("k{n}").into(),
                key_span: span,
                value: Node {
                    span,
                    value: Value::Sequence(Vec::new()),
                },
            })
            .collect()
    }

    #[test]
    fn finds_keys_in_small_and_large_mappings() {
        for count in [0, 1, SMALL, SMALL + 1, 500] {
            let mapping = mapping((0..count).rev());
            for n in 0..count {
                let key = format!("k{n}");
                assert_eq!(mapping.entry(&key).map(|entry| &*entry.key), Some(&*key));
            }
            assert!(mapping.get("k").is_none() && mapping.get("z").is_none());
        }
    }

    #[test]
    fn finds_keys_after_a_change() {
        let mut changed = mapping(0..100);
        changed.entries.remove(3);
        changed.entries.extend(mapping([200]).entries);
        changed.entries.reverse();
        assert!(changed.get("k3").is_none());
        for n in [0, 4, 50, 99, 200] {
            assert!(changed.get(&format!("k{n}")).is_some(), "{n}");
        }
        changed.entries.truncate(1);
        assert!(changed.get("k200").is_some() && changed.get("k0").is_none());
    }

    #[test]
    fn stays_small() {
        // What 200,000 nodes of a file cost follows from these.
        assert!(size_of::<Node>() <= 56, "{}", size_of::<Node>());
        assert!(size_of::<Entry>() <= 88, "{}", size_of::<Entry>());
    }
}
