//! Wire bodies → objects in normal form, without a tree of JSON in between.

use super::RemoteObject;
use crate::kinds::{Collection, normal_attributes};
use crate::model::{Attributes, LiveObject, RemoteId, Value};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// An object of an answer as it stands there; see [`Decoded::finish`].
#[derive(Debug)]
pub(super) struct Decoded {
    id: RemoteId,
    attributes: Attributes,
}

impl Decoded {
    /// The object in normal form.
    pub(super) fn finish(self, collection: &Collection) -> RemoteObject {
        let Decoded { id, attributes } = self;
        RemoteObject {
            id,
            object: LiveObject {
                attributes: normal_attributes(collection, attributes),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Decoded {
    /// Reads an object with a positive integer `id`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut attributes = BTreeMap::deserialize(deserializer).map(bare)?;
        match attributes.remove("id") {
            Some(Value::Int(id)) if id > 0 => Ok(Decoded {
                id: RemoteId(id),
                attributes,
            }),
            Some(_) | None => Err(de::Error::custom("an object has no positive integer `id`")),
        }
    }
}

fn bare(entries: BTreeMap<String, Wire>) -> Attributes {
    entries
        .into_iter()
        .map(|(key, Wire(value))| (key, value))
        .collect()
}

/// A JSON value. Numbers with a fraction, and those beyond 64 bits, become text.
struct Wire(Value);

impl<'de> Deserialize<'de> for Wire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WireVisitor).map(Wire)
    }
}

struct WireVisitor;

impl<'de> Visitor<'de> for WireVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
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

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        let text = serde_json::Number::from_f64(number);
        Ok(text.map_or(Value::Null, |text| Value::Text(text.to_string())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Wire(item)) = items.next_element()? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some((key, Wire(value))) = entries.next_entry()? {
            map.push((key, value));
        }
        Ok(Value::Map(map.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::kind;
    use serde_json::json;

    #[test]
    fn bodies_become_normal_forms_without_their_id() {
        let collection = kind("pass").and_then(|kind| kind.collection).unwrap();
        let object = serde_json::from_value::<Decoded>(json!({
            "id": 7,
            "title": " A ",
            "sale_ends_at": "2026-12-31T23:00:00.000000Z",
            "price": { "amount": 45, "currency": "EUR" },
            "tags": { "allowed": ["b", "a"], "denied": [] },
        }))
        .unwrap()
        .finish(collection);
        assert_eq!(object.id, RemoteId(7));
        let expected = Attributes::from_iter([
            ("title".into(), Value::text("A")),
            ("sale_ends_at".into(), Value::text("2026-12-31T23:00:00Z")),
            (
                "price".into(),
                Value::map([
                    ("amount", Value::text("45.00")),
                    ("currency", Value::text("EUR")),
                ]),
            ),
            (
                "tags".into(),
                Value::map([
                    (
                        "allowed",
                        Value::List(vec![Value::text("a"), Value::text("b")]),
                    ),
                    ("denied", Value::List(vec![])),
                ]),
            ),
        ]);
        assert_eq!(object.object.attributes, expected);
    }

    #[test]
    fn it_agrees_with_decoding_a_tree() {
        let text = r#"{"id":1,"a":null,"b":[true,-3,12.50,1e3,18446744073709551615,{"x":"y"}],"title":" t "}"#;
        let collection = kind("pass").and_then(|kind| kind.collection).unwrap();
        let object = serde_json::from_str::<Decoded>(text).unwrap();
        let mut tree = crate::kinds::from_json(serde_json::from_str(text).unwrap());
        let Value::Map(entries) = &mut tree else {
            panic!("no map");
        };
        entries.remove("id");
        assert_eq!(object.finish(collection).object.attributes, *entries);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in [
            json!(1),
            json!([]),
            json!({}),
            json!({"id": "7"}),
            json!({"id": 0}),
            json!({"id": -1}),
            json!({"id": 1.5}),
        ] {
            let text = body.to_string();
            assert!(serde_json::from_str::<Decoded>(&text).is_err(), "{text}");
        }
    }
}
