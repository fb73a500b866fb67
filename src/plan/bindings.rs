//! Which objects a platform's own attributes refer to: the contract's convention that keys ending
//! in `_id` or `_ids` hold references, and the kind stands before.

use crate::kinds::{self, KindInfo};
use crate::model::{Attributes, RemoteId, Value};
use std::collections::BTreeSet;

/// Every (kind, id) that attributes refer to.
pub(super) fn bindings(attributes: &Attributes) -> BTreeSet<(&'static str, RemoteId)> {
    let mut found = BTreeSet::new();
    for (key, value) in attributes {
        visit(key, value, &mut found);
    }
    found
}

fn visit(key: &str, value: &Value, found: &mut BTreeSet<(&'static str, RemoteId)>) {
    match value {
        Value::Int(id) => found.extend(kind_of(key).map(|kind| (kind.id, RemoteId(*id)))),
        Value::List(items) => items.iter().for_each(|item| visit(key, item, found)),
        Value::Map(entries) => entries
            .iter()
            .for_each(|(key, value)| visit(key, value, found)),
        Value::Null | Value::Bool(_) | Value::Text(_) | Value::Ref(_) | Value::Late(_) => {}
    }
}

/// The kind that a key refers to: `offer` for `offer_id`, `from_offer_id`, `cross_sell_offer_ids`.
fn kind_of(key: &str) -> Option<&'static KindInfo> {
    let stem = key
        .strip_suffix("_ids")
        .or_else(|| key.strip_suffix("_id"))?;
    kinds::kind(stem.rsplit('_').next()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::from_json;
    use serde_json::json;

    #[test]
    fn keys_name_the_kind() {
        let Value::Map(attributes) = from_json(json!({
            "id": 1,
            "coupon_ids": [3, 4],
            "cross_sell_offer_ids": [5],
            "upgrade": { "from_offer_id": 6, "to_offer_id": 7 },
            "triggers": [{ "do": [{ "add_to_list": { "list_id": 8 } }] }],
            "module_ids": [9],
        })) else {
            panic!("a map");
        };
        let got: Vec<_> = bindings(&attributes)
            .into_iter()
            .map(|(kind, id)| (kind, id.0))
            .collect();
        assert_eq!(
            got,
            [
                ("coupon", 3),
                ("coupon", 4),
                ("list", 8),
                ("offer", 5),
                ("offer", 6),
                ("offer", 7)
            ]
        );
    }
}
