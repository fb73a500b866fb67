//! Whether a declared value and a live one mean the same.

use crate::kinds::{self, Collection, Rule};
use crate::model::{Attributes, Value};

/// Whether two values mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum Alike {
    /// They do.
    Same,
    /// They do not.
    Different,
    /// They do in what is declared; the platform has more, by its own defaults or by hand.
    Unsure,
}

impl Alike {
    fn and(self, other: Alike) -> Alike {
        match (self, other) {
            (Alike::Different, _) | (_, Alike::Different) => Alike::Different,
            (Alike::Unsure, _) | (_, Alike::Unsure) => Alike::Unsure,
            (Alike::Same, Alike::Same) => Alike::Same,
        }
    }
}

/// How much the declared side says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum Side {
    /// What was written: `null` may stand for any default.
    AsWritten,
    /// The platform's defaults are filled in: `null` is null.
    FilledIn,
}

/// Compares a declared value with a live one. Nothing and null are the same in a map.
pub(in crate::plan) fn alike(side: Side, declared: &Value, live: &Value) -> Alike {
    match (declared, live) {
        (Value::Map(declared), Value::Map(live)) => {
            let more = live
                .iter()
                .any(|(key, value)| *value != Value::Null && !declared.contains_key(key));
            let rest = if more { Alike::Unsure } else { Alike::Same };
            declared
                .iter()
                .map(|(key, value)| match (value, live.get(key)) {
                    (Value::Null, None | Some(Value::Null)) => Alike::Same,
                    (Value::Null, Some(_)) if side == Side::AsWritten => Alike::Unsure,
                    (value, live) => alike(side, value, live.unwrap_or(&Value::Null)),
                })
                .fold(rest, Alike::and)
        }
        (Value::List(declared), Value::List(live)) if declared.len() == live.len() => declared
            .iter()
            .zip(live)
            .map(|(declared, live)| alike(side, declared, live))
            .fold(Alike::Same, Alike::and),
        (declared, live) if declared == live => Alike::Same,
        (_, _) => Alike::Different,
    }
}

/// Declared attributes with what the platform fills in inside of what is declared as a
/// whole. What is not known yet, and what the platform would refuse, stays as it is.
pub(super) fn enrich(collection: &Collection, attributes: &Attributes) -> Attributes {
    let Some(filled) = fill(collection, attributes) else {
        return attributes.clone();
    };
    let is_whole =
        |key: &str| collection.has(key, Rule::Immutable) || collection.has(key, Rule::Whole);
    let is_keyed = |key: &str| collection.keyed_by(std::iter::once(key)).is_some();
    attributes
        .iter()
        .map(|(key, value)| {
            let value = match (value, filled.get(key)) {
                (_, None) | (Value::Null, _) => value.clone(),
                (Value::List(declared), Some(Value::List(filled))) if is_keyed(key) => Value::List(
                    declared
                        .iter()
                        .zip(filled)
                        .map(|(declared, filled)| merge(declared, filled, Place::Outside))
                        .collect(),
                ),
                (value, Some(filled)) if is_whole(key) => merge(value, filled, Place::Inside),
                (value, Some(filled)) => merge(value, filled, Place::Outside),
            };
            (key.clone(), value)
        })
        .collect()
}

/// What the platform would make of a creation with these attributes.
fn fill(collection: &Collection, attributes: &Attributes) -> Option<Attributes> {
    let mut body: serde_json::Value = serde_json::from_str(collection.minimal).ok()?;
    let entries = body.as_object_mut()?;
    for (key, value) in attributes {
        if *value != Value::Null {
            entries.insert(key.clone(), kinds::to_json(&stand_in(value))?);
        }
    }
    match kinds::from_json((collection.normalise)(body).ok()?) {
        Value::Map(filled) => Some(kinds::normal_attributes(collection, filled)),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Ref(_)
        | Value::Late(_) => None,
    }
}

/// A value without nulls, with something in the place of what is not known yet.
fn stand_in(value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => value.clone(),
        Value::List(items) => Value::List(items.iter().map(stand_in).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .filter(|(_, value)| **value != Value::Null)
                .map(|(key, value)| (key.clone(), stand_in(value)))
                .collect(),
        ),
        Value::Ref(_) => Value::Int(0),
        Value::Late(_) => Value::text(""),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In maps, where only what is declared takes part.
    Outside,
    /// In what is declared as a whole: lists, definitions, maps of several forms.
    Inside,
}

fn merge(declared: &Value, filled: &Value, place: Place) -> Value {
    match (declared, filled) {
        (Value::Map(declared), Value::Map(filled)) => {
            let mut merged = match place {
                Place::Outside => Attributes::new(),
                Place::Inside => filled.clone(),
            };
            for (key, value) in declared {
                let value = match filled.get(key) {
                    Some(filled) if place == Place::Inside || *value != Value::Null => {
                        merge(value, filled, place)
                    }
                    Some(_) | None => value.clone(),
                };
                merged.insert(key.clone(), value);
            }
            Value::Map(merged)
        }
        (Value::List(declared), Value::List(filled)) if declared.len() == filled.len() => {
            let items = declared.iter().zip(filled);
            Value::List(
                items
                    .map(|(declared, filled)| merge(declared, filled, Place::Inside))
                    .collect(),
            )
        }
        (Value::Null, filled) if place == Place::Inside => filled.clone(),
        (declared, _) => declared.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{from_json, kind};
    use serde_json::json;

    #[test]
    fn maps_say_what_they_say_and_lists_say_all() {
        let check = |declared, live, expected: Alike| {
            let (declared, live) = (from_json(declared), from_json(live));
            assert_eq!(
                alike(Side::AsWritten, &declared, &live),
                expected,
                "{declared:?} {live:?}"
            );
        };
        check(json!({"a": 1}), json!({"a": 1, "b": null}), Alike::Same);
        check(json!({"a": 1, "b": null}), json!({"a": 1}), Alike::Same);
        check(json!({"a": 1}), json!({"a": 1, "b": 2}), Alike::Unsure);
        check(json!({"a": null}), json!({"a": 1}), Alike::Unsure);
        check(json!({"a": 1}), json!({"a": 2, "b": 2}), Alike::Different);
        check(json!([1, 2]), json!([1, 2, 3]), Alike::Different);
        check(json!([{"a": 1}]), json!([{"a": 1, "b": 2}]), Alike::Unsure);
        let (null, one) = (from_json(json!({"a": null})), from_json(json!({"a": 1})));
        assert_eq!(alike(Side::FilledIn, &null, &one), Alike::Different);
    }

    #[test]
    fn lists_are_filled_in_and_maps_are_not() {
        let check = |kind_id: &str, declared, expected| {
            let Value::Map(declared) = from_json(declared) else {
                panic!("a map")
            };
            let collection = kind(kind_id).unwrap().collection.unwrap();
            let got = Value::Map(enrich(collection, &declared));
            assert_eq!(got, from_json(expected));
        };
        check(
            "scenario",
            json!({"triggers": [{"when": {"registered": {}}, "do": []}]}),
            json!({"triggers": [{
                "when": {"registered": {}}, "wait_before_if": "0m", "if": null, "wait": "0m", "do": []
            }]}),
        );
        check(
            "offer",
            json!({"payment": {"full": true}, "products": [{"course_id": 1, "content": {"all": true}}]}),
            json!({"payment": {"full": true}, "products": [{"course_id": 1, "content": {"all": true}}]}),
        );
        check(
            "list",
            json!({"type": "segment", "where": {"last_purchase": {"more_than": "90d"}}}),
            json!({"type": "segment", "where": {"last_purchase": {"before_at": null, "more_than": "90d"}}}),
        );
    }
}
