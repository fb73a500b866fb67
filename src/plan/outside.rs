//! What is referred to by its id must be there: a plan that needs it would fail half-way.

use crate::kinds::KINDS;
use crate::model::{Attributes, DesiredState, LiveState, RemoteId, Value};
use crate::plan::Refusal;
use std::collections::BTreeSet;

/// Refuses ids that the platform does not have. Where a kind was not read, nothing is said; missing
/// mirrors are told about once, where they are declared.
pub(super) fn refusals(desired: &DesiredState, live: &LiveState) -> Vec<Refusal> {
    let mut out = Vec::new();
    for (address, object) in &desired.objects {
        let mut found = BTreeSet::new();
        in_entries(&object.attributes, &mut found);
        for (kind, id) in found {
            let is_missing = live
                .kinds
                .get(kind)
                .is_some_and(|objects| !objects.contains_key(&id));
            let is_mirror = desired
                .mirrors
                .iter()
                .any(|(mirror, of)| &*mirror.kind == kind && *of == id);
            if is_missing && !is_mirror {
                out.push(Refusal {
                    address: Some(address.clone()),
                    message: format!("{address} refers to the {kind} with the id {id}, which the platform does not have"),
                    help: "correct the id, or declare the object and refer to it by its name".to_owned(),
                });
            }
        }
    }
    out
}

/// The kind that an attribute refers to by ids: keys that end in `_id` or `_ids` hold references, and
/// the word before names the kind.
fn referred(key: &str) -> Option<&'static str> {
    let stem = key
        .strip_suffix("_ids")
        .or_else(|| key.strip_suffix("_id"))?;
    let kind = KINDS.iter().find(|kind| {
        stem.strip_suffix(kind.id)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    })?;
    kind.collection.map(|_| kind.id)
}

fn in_entries(entries: &Attributes, found: &mut BTreeSet<(&'static str, RemoteId)>) {
    for (key, value) in entries {
        let kind = referred(key);
        match (kind, value) {
            (Some(kind), Value::Int(id)) => {
                found.insert((kind, RemoteId(*id)));
            }
            (Some(kind), Value::List(items)) => {
                found.extend(items.iter().filter_map(|item| match item {
                    Value::Int(id) => Some((kind, RemoteId(*id))),
                    _ => None,
                }));
            }
            (_, value) => in_value(value, found),
        }
    }
}

fn in_value(value: &Value, found: &mut BTreeSet<(&'static str, RemoteId)>) {
    match value {
        Value::Map(entries) => in_entries(entries, found),
        Value::List(items) => {
            for item in items {
                in_value(item, found);
            }
        }
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Text(_)
        | Value::Ref(_)
        | Value::Late(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_name_kinds() {
        let cases = [
            ("offer_id", Some("offer")),
            ("from_offer_id", Some("offer")),
            ("cross_sell_offer_ids", Some("offer")),
            ("coupon_ids", Some("coupon")),
            ("other_id", None),
            ("module_ids", None),
            ("title", None),
        ];
        for (key, kind) in cases {
            assert_eq!(referred(key), kind, "{key}");
        }
    }
}
