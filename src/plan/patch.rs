//! Bodies of creations and merge patches of updates.

use crate::kinds::{Collection, Rule};
use crate::model::{Attributes, Path, Seg, Value};
use crate::plan::FieldChange;
use crate::plan::three_way::{identified, identities};

/// The body of a creation: what is declared, without nulls, for those mean the platform's default.
pub(super) fn body(declared: &Attributes) -> Attributes {
    declared
        .iter()
        .filter(|(_, value)| **value != Value::Null)
        .map(|(key, value)| (key.clone(), without_nulls(value)))
        .collect()
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(without_nulls).collect()),
        Value::Map(entries) => Value::Map(body(entries)),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Text(_)
        | Value::Ref(_)
        | Value::Late(_) => value.clone(),
    }
}

/// The least merge patch that makes these fields as declared. Maps are partial, lists whole; items
/// of keyed lists keep what is not declared in them.
pub(super) fn patch<'f>(
    collection: &Collection,
    fields: impl IntoIterator<Item = &'f FieldChange>,
    declared: &Attributes,
    live: Option<&Attributes>,
) -> Attributes {
    let mut patch = Attributes::new();
    for field in fields {
        let keys: Vec<&str> = keys(&field.path).collect();
        let there = live.and_then(|live| value_at(live, &keys));
        let value = match value_at(declared, &keys) {
            Some(Value::List(items)) => match collection.keyed_by(keys.iter().copied()) {
                Some(key) => overlay_items(items, there, key),
                None => Value::List(items.iter().map(without_nulls).collect()),
            },
            Some(Value::Map(entries)) if is_whole(collection, &keys) => whole(entries, there),
            Some(value) => value.clone(),
            // Not declared, but decided by the plan: the status of what comes back into use.
            None => field.desired.clone().unwrap_or(Value::Null),
        };
        set(&mut patch, &keys, value);
    }
    patch
}

/// Carries a merge patch out; a null stays as the platform's default.
pub(super) fn merge(into: &mut Attributes, patch: &Attributes) {
    for (key, value) in patch {
        match (into.get_mut(key), value) {
            (_, Value::Null) => {
                into.insert(key.clone(), Value::Null);
            }
            (Some(Value::Map(entries)), Value::Map(patch)) => merge(entries, patch),
            (_, value) => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Takes a dotted attribute out.
pub(super) fn take(attributes: &mut Attributes, dotted: &str) -> Option<Value> {
    match dotted.split_once('.') {
        None => attributes.remove(dotted),
        Some((key, rest)) => match attributes.get_mut(key) {
            Some(Value::Map(entries)) => take(entries, rest),
            Some(_) | None => None,
        },
    }
}

/// Sets the value at some keys, with maps on the way.
pub(super) fn set(attributes: &mut Attributes, keys: &[&str], value: Value) {
    match keys {
        [] => {}
        [key] => {
            attributes.insert((*key).to_owned(), value);
        }
        [key, rest @ ..] => {
            let entry = attributes
                .entry((*key).to_owned())
                .or_insert_with(|| Value::Map(Attributes::new()));
            if let Value::Map(entries) = entry {
                set(entries, rest, value);
            }
        }
    }
}

/// The value at some keys.
pub(super) fn value_at<'v>(attributes: &'v Attributes, keys: &[&str]) -> Option<&'v Value> {
    match keys {
        [] => None,
        [key] => attributes.get(*key),
        [key, rest @ ..] => match attributes.get(*key) {
            Some(Value::Map(entries)) => value_at(entries, rest),
            Some(_) | None => None,
        },
    }
}

/// The keys of a path up to the first list item.
fn keys(path: &Path) -> impl Iterator<Item = &str> {
    path.0.iter().map_while(|segment| match segment {
        Seg::Key(key) => Some(&**key),
        Seg::Index(_) => None,
    })
}

fn is_whole(collection: &Collection, keys: &[&str]) -> bool {
    collection
        .with(Rule::Whole)
        .any(|path| path.split('.').eq(keys.iter().copied()))
}

/// The declared items over the live ones that have the same key.
fn overlay_items(declared: &[Value], live: Option<&Value>, key: &str) -> Value {
    let there = live.map(|live| identified(live, key)).unwrap_or_default();
    Value::List(
        identities(declared, key)
            .into_iter()
            .map(|(identity, item)| match there.get(&identity) {
                Some(live) => overlay(item, live),
                None => without_nulls(item),
            })
            .collect(),
    )
}

fn overlay(declared: &Value, live: &Value) -> Value {
    match (declared, live) {
        (Value::Map(declared), Value::Map(live)) => {
            let mut merged = body(live);
            for (key, value) in declared {
                match (value, live.get(key)) {
                    (Value::Null, _) => {
                        merged.remove(key);
                    }
                    (value, Some(live)) => {
                        merged.insert(key.clone(), overlay(value, live));
                    }
                    (value, None) => {
                        merged.insert(key.clone(), without_nulls(value));
                    }
                }
            }
            Value::Map(merged)
        }
        (declared, _) => without_nulls(declared),
    }
}

/// A map of one of several forms, with nulls for what the form before had.
fn whole(declared: &Attributes, live: Option<&Value>) -> Value {
    let mut map = body(declared);
    if let Some(Value::Map(live)) = live {
        for key in live.keys() {
            map.entry(key.clone()).or_insert(Value::Null);
        }
    }
    Value::Map(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{from_json, kind, to_json};
    use crate::plan::Side;
    use serde_json::{Value as Json, json};

    fn map(json: Json) -> Attributes {
        match from_json(json) {
            Value::Map(map) => map,
            _ => panic!("a map"),
        }
    }

    fn check(kind_id: &str, paths: &[&str], declared: Json, live: Json, expected: Json) {
        let fields: Vec<FieldChange> = paths
            .iter()
            .map(|path| FieldChange {
                path: Path::parse(path),
                base: None,
                live: None,
                desired: None,
                side: Side::Configuration,
                forces_replacement: false,
            })
            .collect();
        let collection = kind(kind_id).unwrap().collection.unwrap();
        let got = patch(collection, &fields, &map(declared), Some(&map(live)));
        assert_eq!(to_json(&Value::Map(got)), Some(expected));
    }

    #[test]
    fn patches_are_minimal() {
        check(
            "offer",
            &["page.language", "promotion"],
            json!({"title": "A", "page": {"language": "fr"}, "promotion": null}),
            json!({"title": "A", "page": {"language": "de", "theme": "x"}, "promotion": {}}),
            json!({"page": {"language": "fr"}, "promotion": null}),
        );
        check(
            "coupon",
            &["discount"],
            json!({"discount": {"percent": "10"}}),
            json!({"discount": {"amount": {"amount": "5.00", "currency": "EUR"}}}),
            json!({"discount": {"amount": null, "percent": "10"}}),
        );
        check(
            "offer",
            &["products[0].access.length"],
            json!({"products": [{"course_id": 2, "access": {"kind": "for", "length": "3mo"}}]}),
            json!({"products": [
                {"course_id": 2, "access": {"kind": "for", "length": "6mo"}, "content": {"all": true}, "note": "n"}
            ]}),
            json!({"products": [
                {"access": {"kind": "for", "length": "3mo"}, "content": {"all": true}, "course_id": 2, "note": "n"}
            ]}),
        );
    }
}
