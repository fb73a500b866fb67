//! What the platform keeps: the catalogue's collections, and people and their orders.

use super::people;
use crate::kinds::{Access, Collection, KINDS, WireError};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// A collection of the platform and what can be done with it.
#[derive(Debug)]
pub(super) struct Resource {
    /// One of its objects: `offer`.
    pub(super) id: &'static str,
    /// What they are.
    pub(super) summary: &'static str,
    /// Its rules.
    pub(super) collection: &'static Collection,
    /// What clients of the API may do beside reading. The pages may do everything.
    pub(super) verbs: &'static [Verb],
    /// The first id that it gives.
    pub(super) first_id: i64,
}

/// What a client may do with an object beside reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// `POST` on the collection.
    Create,
    /// `PATCH` on the object.
    Update,
    /// `DELETE` on the object.
    Delete,
}

/// Ids of different collections lie so far apart, so that a mix-up is noticed.
const ID_DISTANCE: i64 = 1_000_000;

/// Every collection: the catalogue's in its order, then contacts and orders.
pub(super) static RESOURCES: LazyLock<Vec<Resource>> = LazyLock::new(|| {
    let of_kinds = KINDS.iter().filter_map(|kind| {
        let collection = kind.collection?;
        let verbs: &[Verb] = match collection.access {
            Access::Read => &[],
            Access::Write => &[Verb::Create, Verb::Update, Verb::Delete],
        };
        Some((kind.id, kind.summary, collection, verbs))
    });
    let of_people = people::COLLECTIONS.iter().map(|(id, summary, collection)| {
        (
            *id,
            *summary,
            *collection,
            &[Verb::Create, Verb::Update] as &[Verb],
        )
    });
    of_kinds
        .chain(of_people)
        .zip(1..)
        .map(|((id, summary, collection, verbs), number)| Resource {
            id,
            summary,
            collection,
            verbs,
            first_id: number * ID_DISTANCE + 1,
        })
        .collect()
});

/// The collection at a path.
pub(super) fn resource(path: &str) -> Option<&'static Resource> {
    RESOURCES
        .iter()
        .find(|resource| resource.collection.path == path)
}

impl Resource {
    /// The path under the platform's base.
    pub(super) fn path(&self) -> &'static str {
        self.collection.path
    }

    /// Whether clients of the API may do this.
    pub(super) fn allows(&self, verb: Verb) -> bool {
        self.verbs.contains(&verb)
    }
}

/// Something that a body refers to.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// The field, dotted from the top: `products.0.course_id`.
    pub(super) field: String,
    /// Where it is kept.
    pub(super) to: &'static Resource,
    /// Its id.
    pub(super) id: i64,
}

/// Everything that a body in normal form refers to: by the contract, whole numbers under keys that
/// end in `_id` or `_ids`. What is in `extra` is nobody's business.
pub(super) fn references(body: &Map<String, Value>) -> Vec<Reference> {
    let mut found = Vec::new();
    for (key, value) in body {
        if key != "extra" {
            collect(key, key, value, &mut found);
        }
    }
    found
}

fn collect(field: &str, key: &str, value: &Value, found: &mut Vec<Reference>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                collect(&format!("{field}.{key}"), key, value, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(&format!("{field}.{index}"), key, item, found);
            }
        }
        Value::Number(number) => {
            if let (Some(to), Some(id)) = (referred(key), number.as_i64()) {
                found.push(Reference {
                    field: field.to_owned(),
                    to,
                    id,
                });
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// The collection that a key refers to: `coupon_ids`, `from_offer_id`.
pub(super) fn referred(key: &str) -> Option<&'static Resource> {
    let stem = key
        .strip_suffix("_ids")
        .or_else(|| key.strip_suffix("_id"))?;
    RESOURCES.iter().find(|resource| {
        stem.strip_suffix(resource.id)
            .is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

/// Where a body is wrong and why, in the words of the API.
pub(super) fn explain(error: WireError) -> (String, String) {
    let WireError { field, message } = error;
    let field = field.replace('[', ".").replace(']', "");
    let field = if field == "." { "" } else { field.as_str() };
    let missing = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'));
    let name = match (field, missing) {
        ("", Some(missing)) => missing.to_owned(),
        (field, Some(missing)) => format!("{field}.{missing}"),
        ("", None) => "body".to_owned(),
        (field, None) => field.to_owned(),
    };
    let message = match missing {
        Some(_) => "is required".to_owned(),
        None => format!("is refused: {message}"),
    };
    (name, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_name_collections() {
        let cases = [
            ("coupon_ids", Some("coupons")),
            ("from_offer_id", Some("offers")),
            ("cross_sell_offer_ids", Some("offers")),
            ("contact_id", Some("contacts")),
            ("module_id", None),
            ("other_id", None),
            ("id", None),
            ("coupon", None),
        ];
        for (key, path) in cases {
            assert_eq!(referred(key).map(Resource::path), path, "{key}");
        }
    }

    #[test]
    fn references_are_found_everywhere_but_in_extra() {
        let body = json!({
            "list_ids": [4, 5],
            "products": [{ "course_id": 6 }],
            "coupon_ids": null,
            "extra": { "offer_id": 7 },
        });
        let found: Vec<_> = references(body.as_object().unwrap())
            .into_iter()
            .map(|reference| (reference.field, reference.to.path(), reference.id))
            .collect();
        let expected = [
            ("list_ids.0", "lists", 4),
            ("list_ids.1", "lists", 5),
            ("products.0.course_id", "courses", 6),
        ];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(field, path, id)| (field.to_owned(), path, id))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn first_ids_differ() {
        let ids: std::collections::BTreeSet<i64> =
            RESOURCES.iter().map(|resource| resource.first_id).collect();
        assert_eq!(ids.len(), RESOURCES.len());
    }

    #[test]
    fn wire_errors_name_fields() {
        let cases = [
            (".", "missing field `title`", "title", "is required"),
            ("", "missing field `title`", "title", "is required"),
            (
                "products[0]",
                "missing field `course_id`",
                "products.0.course_id",
                "is required",
            ),
            ("price", "no", "price", "is refused: no"),
            (".", "no", "body", "is refused: no"),
        ];
        for (field, message, expected_field, expected_message) in cases {
            let explained = explain(WireError {
                field: field.into(),
                message: message.into(),
            });
            assert_eq!(explained, (expected_field.into(), expected_message.into()));
        }
    }
}
