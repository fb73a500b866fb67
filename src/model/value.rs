//! Canonical attributes: what an object is made of, in normal form.

use super::Address;
use litemap::LiteMap;

/// The attributes of an object, by the names of the platform contract.
///
/// A sorted vector: attributes are many and small, and a tree's nodes would hold ten times what is
/// in them.
pub type Attributes = LiteMap<String, Value>;

/// A value in normal form. There are no floats: percentages and amounts are texts.
///
/// Conventions of the platform contract, which comparing and showing rely on: a map of exactly
/// `amount` and `currency` is money; a key ending in `_at` holds an instant (text, UTC); a key
/// ending in `_id` or `_ids` holds references.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// The platform's default, or nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number; remote ids too.
    Int(i64),
    /// Text; instants, durations, amounts in their normal forms too.
    Text(String),
    /// A list whose order counts, unless the kind says that it is a set.
    List(Vec<Value>),
    /// Named values.
    Map(Attributes),
    /// The id of an object of this project, known once it exists.
    Ref(Address),
    /// Text with pieces that are known once other objects exist.
    Late(Vec<Part>),
}

/// A piece of [`Value::Late`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// What the platform gave an object: `url` of an offer.
    Output {
        /// The object.
        of: Address,
        /// The computed attribute.
        name: String,
    },
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    /// A map of the entries given.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Ref(_)
            | Value::Late(_) => None,
        }
    }

    /// The number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            Value::Null
            | Value::Bool(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Ref(_)
            | Value::Late(_) => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(it) => Some(*it),
            Value::Null
            | Value::Int(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Ref(_)
            | Value::Late(_) => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(it) => Some(it),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Text(_)
            | Value::Map(_)
            | Value::Ref(_)
            | Value::Late(_) => None,
        }
    }

    /// The entries, if it is a map.
    pub fn as_map(&self) -> Option<&Attributes> {
        match self {
            Value::Map(it) => Some(it),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Ref(_)
            | Value::Late(_) => None,
        }
    }

    /// Every address that the value refers to, in order of appearance, repeated if repeated.
    pub fn addresses<'a>(&'a self, out: &mut Vec<&'a Address>) {
        match self {
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => {}
            Value::List(items) => items.iter().for_each(|item| item.addresses(out)),
            Value::Map(entries) => entries.values().for_each(|value| value.addresses(out)),
            Value::Ref(address) => out.push(address),
            Value::Late(parts) => out.extend(parts.iter().filter_map(|part| match part {
                Part::Output { of, .. } => Some(of),
                Part::Text(_) => None,
            })),
        }
    }

    /// The value with every reference and late piece replaced that `id` and `output` know.
    #[must_use]
    pub fn resolve(
        &self,
        id: &dyn Fn(&Address) -> Option<i64>,
        output: &dyn Fn(&Address, &str) -> Option<String>,
    ) -> Value {
        match self {
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => self.clone(),
            Value::List(items) => {
                Value::List(items.iter().map(|item| item.resolve(id, output)).collect())
            }
            Value::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.resolve(id, output)))
                    .collect(),
            ),
            Value::Ref(address) => id(address).map_or_else(|| self.clone(), Value::Int),
            Value::Late(parts) => resolve_late(parts, output),
        }
    }

    /// Whether nothing in it is still to be known.
    pub fn is_known(&self) -> bool {
        match self {
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => true,
            Value::List(items) => items.iter().all(Value::is_known),
            Value::Map(entries) => entries.values().all(Value::is_known),
            Value::Ref(_) | Value::Late(_) => false,
        }
    }
}

fn resolve_late(parts: &[Part], output: &dyn Fn(&Address, &str) -> Option<String>) -> Value {
    let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        let part = match part {
            Part::Text(_) => part.clone(),
            Part::Output { of, name } => output(of, name).map_or_else(|| part.clone(), Part::Text),
        };
        match (merged.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
            (_, part) => merged.push(part),
        }
    }
    match merged.as_slice() {
        [] => Value::Text(String::new()),
        [Part::Text(text)] => Value::Text(text.clone()),
        _ => Value::Late(merged),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_text_is_filled_in_when_known() {
        let offer = Address::new("offer", "a");
        let late = Value::Late(vec![
            Part::Text("see ".into()),
            Part::Output {
                of: offer.clone(),
                name: "url".into(),
            },
            Part::Text("!".into()),
        ]);
        assert!(!late.is_known());
        assert_eq!(late.resolve(&|_| None, &|_, _| None), late);
        let known = late.resolve(&|_| None, &|_, _| Some("https://x".into()));
        assert_eq!(known, Value::text("see https://x!"));
        assert_eq!(
            Value::Ref(offer).resolve(&|_| Some(7), &|_, _| None),
            Value::Int(7)
        );
    }
}
