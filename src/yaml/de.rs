//! A tree → a typed value, by serde.
//!
//! Stricter than other YAML readers: a text is a text, a number a number, and nothing turns into
//! something else because a type would take it.

use crate::yaml::de_error::{DeError, Failure, list};
use crate::yaml::{Entry, Mapping, Node, ScalarType, Value, scalar};
use key::KeyText;
use serde::Deserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use std::slice;
use variant::{BareName, OneKey};

/// The same reading for several methods of serde's.
macro_rules! read_by {
    ($($reading:ident: $($method:ident)+;)+) => {
        $($(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
                self.$reading(visitor)
            }
        )+)+
    };
}

mod key;
mod variant;

/// Reads a typed value from a tree.
///
/// - Text is taken from strings only, whole numbers from integers only, `true` and `false` from
///   booleans only. Floats fit no type.
/// - `Option` is `None` for null and for an absent key. A type that tells the two apart calls
///   `deserialize_option` (`visit_none` is null) and has `#[serde(default)]` for absence.
/// - An enum is a plain name (`tag`) or a mapping with one key (`tag: value`); untagged and
///   internally tagged ones work by what the value is.
///
/// # Errors
/// The first place at which the tree is not what the type takes. Inside untagged and internally
/// tagged enums and below `flatten` serde forgets places: there it is the enum's.
pub fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, DeError> {
    T::deserialize(Tree(node)).map_err(DeError::from)
}

/// Reads a typed value from some keys of the tree's top mapping, passing over the others.
///
/// # Errors
/// As [`from_node`].
pub fn from_node_only<T: DeserializeOwned>(node: &Node, keys: &[&str]) -> Result<T, DeError> {
    from_part(node, Keys::Only(keys))
}

/// Reads a typed value from the tree's top mapping, passing over some of its keys.
///
/// # Errors
/// As [`from_node`].
pub fn from_node_without<T: DeserializeOwned>(node: &Node, keys: &[&str]) -> Result<T, DeError> {
    from_part(node, Keys::Without(keys))
}

fn from_part<T: DeserializeOwned>(node: &Node, keys: Keys<'_>) -> Result<T, DeError> {
    T::deserialize(Part { node, keys }).map_err(DeError::from)
}

/// Which keys of a mapping count.
#[derive(Clone, Copy)]
enum Keys<'a> {
    All,
    Only(&'a [&'a str]),
    Without(&'a [&'a str]),
}

impl Keys<'_> {
    fn count(self, key: &str) -> bool {
        match self {
            Keys::All => true,
            Keys::Only(keys) => keys.contains(&key),
            Keys::Without(keys) => !keys.contains(&key),
        }
    }
}

/// Some keys of a mapping as serde reads them.
struct Part<'de, 'a> {
    node: &'de Node,
    keys: Keys<'a>,
}

impl<'de> Deserializer<'de> for Part<'de, '_> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.node.as_mapping() {
            Some(mapping) => visitor.visit_map(Entries {
                entries: mapping.entries.iter(),
                keys: self.keys,
                value: None,
            }),
            None => Err(Failure::mismatch(self.node, &visitor)),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

/// A node as serde reads it.
#[derive(Clone, Copy)]
struct Tree<'de>(&'de Node);

impl<'de> Tree<'de> {
    fn scalar(self) -> Option<ScalarType> {
        match &self.0.value {
            Value::Scalar(scalar) => Some(scalar.ty),
            Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }

    fn signed<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.scalar() {
            Some(ScalarType::Int(value)) => visitor
                .visit_i64(value)
                .map_err(|error: Failure| error.at(self.0)),
            Some(
                ScalarType::Null | ScalarType::Bool(_) | ScalarType::Float | ScalarType::String,
            )
            | None => Err(Failure::mismatch(self.0, &visitor)),
        }
    }

    fn unsigned<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        // A visitor of an unsigned type need not know signed numbers.
        if let Some(ScalarType::Int(value)) = self.scalar()
            && let Ok(value) = u64::try_from(value)
        {
            return visitor
                .visit_u64(value)
                .map_err(|error: Failure| error.at(self.0));
        }
        self.signed(visitor)
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.0.as_str() {
            Some(text) => visitor
                .visit_borrowed_str(text)
                .map_err(|error: Failure| error.at(self.0)),
            None => Err(Failure::mismatch(self.0, &visitor)),
        }
    }

    fn sequence<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let Some(items) = self.0.as_sequence() else {
            return Err(Failure::mismatch(self.0, &visitor));
        };
        let mut access = Items {
            items: items.iter(),
            next: 0,
        };
        let value = visitor.visit_seq(&mut access)?;
        if access.items.len() > 0 {
            return Err(Failure::wrong_form(
                format!(
                    "expected {} items, found {}",
                    items.len() - access.items.len(),
                    items.len()
                ),
                None,
            ));
        }
        Ok(value)
    }

    fn mapping<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.0.as_mapping() {
            Some(mapping) => visitor.visit_map(Entries::new(mapping)),
            None => Err(Failure::mismatch(self.0, &visitor)),
        }
    }
}

impl<'de> Deserializer<'de> for Tree<'de> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let node = self.0;
        match &node.value {
            Value::Scalar(scalar) => match scalar.ty {
                ScalarType::Null => visitor.visit_unit(),
                ScalarType::Bool(value) => visitor.visit_bool(value),
                ScalarType::Int(value) => visitor.visit_i64(value),
                ScalarType::Float => visitor.visit_f64(scalar::float(&scalar.text)),
                ScalarType::String => visitor.visit_borrowed_str(&scalar.text),
            }
            .map_err(|error: Failure| error.at(node)),
            Value::Sequence(_) => self.sequence(visitor),
            Value::Mapping(_) => self.mapping(visitor),
        }
    }

    read_by! {
        signed: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128;
        unsigned: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128;
        text: deserialize_str deserialize_string deserialize_char deserialize_identifier;
        sequence: deserialize_seq;
        mapping: deserialize_map;
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.scalar() {
            Some(ScalarType::Bool(value)) => visitor
                .visit_bool(value)
                .map_err(|error: Failure| error.at(self.0)),
            Some(
                ScalarType::Null | ScalarType::Int(_) | ScalarType::Float | ScalarType::String,
            )
            | None => Err(Failure::mismatch(self.0, &visitor)),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Failure> {
        // Nothing of a school is a float; a type that asks for one is wrong, not the document.
        Err(Failure::wrong_form("floats are not read".to_owned(), None))
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        Err(Failure::mismatch(self.0, &visitor))
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        Err(Failure::mismatch(self.0, &visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
        .map_err(|error: Failure| error.at(self.0))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        if self.0.is_null() {
            visitor.visit_unit()
        } else {
            Err(Failure::mismatch(self.0, &visitor))
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor
            .visit_newtype_struct(self)
            .map_err(|error: Failure| error.at(self.0))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.sequence(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.sequence(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.mapping(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let node = self.0;
        if let Some(name) = node.as_str() {
            return visitor.visit_enum(BareName(name));
        }
        match node.as_mapping().map(|mapping| mapping.entries.as_slice()) {
            Some([entry]) => visitor.visit_enum(OneKey(entry)),
            Some(entries) => Err(Failure::wrong_form(
                format!("expected exactly one key, found {}", entries.len()),
                Some(format!("keep one of {}", list(variants))),
            )),
            None => Err(Failure::mismatch(
                node,
                &format!("one of {}", list(variants)).as_str(),
            )),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }
}

/// The items of a sequence.
struct Items<'de> {
    items: slice::Iter<'de, Node>,
    next: usize,
}

impl<'de> SeqAccess<'de> for &mut Items<'de> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Tree(item))
            .map(Some)
            .map_err(|error| error.inside(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The entries of a mapping.
struct Entries<'de, 'a> {
    entries: slice::Iter<'de, Entry>,
    keys: Keys<'a>,
    value: Option<&'de Entry>,
}

impl<'de> Entries<'de, '_> {
    fn new(mapping: &'de Mapping) -> Self {
        Entries {
            entries: mapping.entries.iter(),
            keys: Keys::All,
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'de, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        let keys = self.keys;
        self.value = self.entries.find(|entry| keys.count(&entry.key));
        let Some(entry) = self.value else {
            return Ok(None);
        };
        seed.deserialize(KeyText(&entry.key))
            .map(Some)
            .map_err(|error| error.at_key(&entry.key))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Failure> {
        let Some(entry) = self.value.take() else {
            return Err(Failure::custom("a value was asked for before its key"));
        };
        seed.deserialize(Tree(&entry.value))
            .map_err(|error| error.below(&entry.key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

#[cfg(test)]
mod tests;
