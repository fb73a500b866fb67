//! Canonical values ↔ JSON, without loss.
//!
//! What is still to be known is `{"$ref": "kind.name"}` and `{"$late": [...]}`; a map with a key
//! that begins with `$` is `{"$map": [[key, value], …]}`.

use crate::model::{Address, Attributes, Part, RemoteId, Value};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

const REF: &str = "$ref";
const LATE: &str = "$late";
const MAP: &str = "$map";
const OF: &str = "of";
const NAME: &str = "name";

/// The canonical JSON of attributes.
pub(super) fn text_of(attributes: &Attributes) -> String {
    // Maps with text keys and no floats: there is nothing that JSON cannot say.
    serde_json::to_string(&Entries(attributes)).unwrap_or_default()
}

/// `#[serde(with = "form::attributes")]`
pub(super) mod attributes {
    use super::{Attributes, Deserialize, Deserializer, Entries, Owned, Serialize, Serializer};
    use std::borrow::Borrow;
    use std::collections::BTreeMap;

    pub(in crate::state) fn serialize<S: Serializer>(
        attributes: impl Borrow<Attributes>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Entries(attributes.borrow()).serialize(serializer)
    }

    pub(in crate::state) fn deserialize<'de, T: From<Attributes>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let entries = BTreeMap::<String, Owned>::deserialize(deserializer)?;
        let entries: Attributes = entries
            .into_iter()
            .map(|(key, Owned(value))| (key, value))
            .collect();
        Ok(T::from(entries))
    }
}

/// `#[serde(with = "form::id")]`
pub(super) mod id {
    use super::{Deserialize, Deserializer, RemoteId, Serializer};

    pub(in crate::state) fn serialize<S: Serializer>(
        id: &RemoteId,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(id.0)
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<RemoteId, D::Error> {
        i64::deserialize(deserializer).map(RemoteId)
    }
}

/// `#[serde(with = "form::address")]`
pub(super) mod address {
    use super::{Address, Deserialize, Deserializer, Serializer, de};

    pub(in crate::state) fn serialize<S: Serializer>(
        address: &Address,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(address)
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Address, D::Error> {
        let text = String::deserialize(deserializer)?;
        Address::parse(&text).map_err(de::Error::custom)
    }
}

struct Entries<'a>(&'a Attributes);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, &Shown(value))?;
        }
        map.end()
    }
}

struct Shown<'a>(&'a Value);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Shown(item))?;
                }
                list.end()
            }
            Value::Map(entries) if entries.keys().any(|key| key.starts_with('$')) => {
                let pairs: Vec<_> = entries.iter().map(|(k, v)| (k, Shown(v))).collect();
                wrap(serializer, MAP, &pairs)
            }
            Value::Map(entries) => Entries(entries).serialize(serializer),
            Value::Ref(address) => wrap(serializer, REF, &address.to_string()),
            Value::Late(parts) => {
                let parts: Vec<Piece<'_>> = parts.iter().map(Piece).collect();
                wrap(serializer, LATE, &parts)
            }
        }
    }
}

fn wrap<S: Serializer>(
    serializer: S,
    key: &str,
    value: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

struct Piece<'a>(&'a Part);

impl Serialize for Piece<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Part::Text(text) => serializer.serialize_str(text),
            Part::Output { of, name } => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry(OF, &of.to_string())?;
                map.serialize_entry(NAME, name)?;
                map.end()
            }
        }
    }
}

struct Owned(Value);

impl<'de> Deserialize<'de> for Owned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OwnedVisitor).map(Owned)
    }
}

struct OwnedVisitor;

impl<'de> Visitor<'de> for OwnedVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value without fractions")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number).map(Value::Int).map_err(E::custom)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::with_capacity(items.size_hint().unwrap_or(0).min(1024));
        while let Some(Owned(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some((key, Owned(value))) = entries.next_entry::<String, Owned>()? {
            map.push((key, value));
        }
        let map: Attributes = map.into_iter().collect();
        match map.first() {
            Some((key, _)) if key.starts_with('$') => special(map).map_err(de::Error::custom),
            Some(_) | None => Ok(Value::Map(map)),
        }
    }
}

/// `{"$ref": …}`, `{"$late": …}`, `{"$map": …}`.
fn special(map: Attributes) -> Result<Value, &'static str> {
    const WRONG: &str = "a value with `$` that is none of ours";
    let [(key, value)] =
        <[(String, Value); 1]>::try_from(map.into_tuple_vec()).map_err(|_| WRONG)?;
    match (key.as_str(), value) {
        (REF, Value::Text(address)) => Address::parse(&address).map(Value::Ref).map_err(|_| WRONG),
        (LATE, Value::List(parts)) => parts
            .into_iter()
            .map(piece)
            .collect::<Option<_>>()
            .map(Value::Late)
            .ok_or(WRONG),
        (MAP, Value::List(pairs)) => pairs
            .into_iter()
            .map(pair)
            .collect::<Option<_>>()
            .map(Value::Map)
            .ok_or(WRONG),
        _ => Err(WRONG),
    }
}

fn pair(value: Value) -> Option<(String, Value)> {
    let Value::List(items) = value else {
        return None;
    };
    match <[Value; 2]>::try_from(items) {
        Ok([Value::Text(key), value]) => Some((key, value)),
        Ok(_) | Err(_) => None,
    }
}

fn piece(value: Value) -> Option<Part> {
    match value {
        Value::Text(text) => Some(Part::Text(text)),
        Value::Map(map) if map.len() == 2 => Some(Part::Output {
            of: Address::parse(map.get(OF)?.as_text()?).ok()?,
            name: map.get(NAME)?.as_text()?.to_owned(),
        }),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Ref(_)
        | Value::Late(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            ".{0,8}".prop_map(Value::Text),
            Just(Value::Ref(Address::new("list", "a-1"))),
            (".{0,4}", "[a-z]{1,4}").prop_map(|(text, name)| Value::Late(vec![
                Part::Text(text),
                Part::Output {
                    of: Address::new("offer", "b"),
                    name
                },
            ])),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
                prop::collection::btree_map("[$a-c](ref|map|late)?", inner, 0..4)
                    .prop_map(|map| Value::Map(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_comes_back(value in value()) {
            let text = serde_json::to_string(&Shown(&value)).unwrap();
            let Owned(back) = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(back, value);
        }
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        for text in [
            "1.5",
            "9223372036854775808",
            r#"{"$ref":"nodot"}"#,
            r#"{"$ref":1}"#,
            r#"{"$late":[1]}"#,
            r#"{"$other":{}}"#,
            r#"{"$map":{}}"#,
            r#"{"$map":[],"b":1}"#,
        ] {
            assert!(serde_json::from_str::<Owned>(text).is_err(), "{text}");
        }
    }
}
