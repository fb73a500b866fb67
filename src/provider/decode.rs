//! Wire bodies → objects in normal form.

use super::RemoteObject;
use crate::kinds::{Collection, from_json, normal_attributes};
use crate::model::{Attributes, LiveObject, RemoteId};
use serde::{Deserialize, Deserializer, de};

/// An object of an answer, its raw JSON already dropped; see [`Decoded::finish`].
#[derive(Debug)]
pub(super) struct Decoded {
    id: RemoteId,
    attributes: Attributes,
}

impl Decoded {
    /// The object, with the sets of its collection in order.
    pub(super) fn finish(self, collection: &Collection) -> RemoteObject {
        let Decoded { id, attributes } = self;
        RemoteObject {
            id,
            object: LiveObject {
                attributes: normal_attributes(collection, attributes),
            },
        }
    }

    /// Decodes a body.
    ///
    /// # Errors
    /// It is no object, or has no positive integer `id`.
    pub(super) fn of(body: serde_json::Value) -> Result<Self, &'static str> {
        let serde_json::Value::Object(mut body) = body else {
            return Err("an object of the answer is not a JSON object");
        };
        let id = body
            .shift_remove("id")
            .and_then(|id| id.as_i64())
            .filter(|id| *id > 0)
            .ok_or("an object of the answer has no positive integer `id`")?;
        // Key by key: the whole body at once would be walked here and in `finish` again.
        let attributes = body
            .into_iter()
            .map(|(key, value)| (key, from_json(value)))
            .collect();
        Ok(Decoded {
            id: RemoteId(id),
            attributes,
        })
    }
}

impl<'de> Deserialize<'de> for Decoded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = serde_json::Value::deserialize(deserializer)?;
        Decoded::of(body).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::kind;
    use crate::model::Value;
    use serde_json::json;

    #[test]
    fn bodies_become_normal_forms_without_their_id() {
        let collection = kind("pass").and_then(|kind| kind.collection).unwrap();
        let object = Decoded::of(json!({
            "id": 7,
            "title": " A ",
            "sale_ends_at": "2026-12-31T23:00:00.000000Z",
            "price": { "amount": 45, "currency": "EUR" },
            "tags": { "allowed": ["b", "a"], "denied": [] },
        }))
        .unwrap()
        .finish(collection);
        assert_eq!(object.id, RemoteId(7));
        let expected = Attributes::from([
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
            assert!(Decoded::of(body.clone()).is_err(), "{body}");
        }
    }
}
