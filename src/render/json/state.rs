//! The state as JSON.

use crate::kinds;
use crate::model::{Address, BaseObject, BaseState, Value};
use serde_json::json;

/// Every address with its id.
pub fn list(state: &BaseState) -> String {
    let objects: Vec<serde_json::Value> = state
        .objects
        .iter()
        .map(|(address, object)| {
            json!({
                "address": address.to_string(), "id": object.id.0, "retired": object.retired,
            })
        })
        .collect();
    format!(
        "{:#}\n",
        json!({ "format_version": "1.0", "objects": objects })
    )
}

/// One object as it was last applied.
pub fn show(address: &Address, object: &BaseObject) -> String {
    let BaseObject {
        id,
        attributes,
        outputs,
        protect,
        retired,
        deposed,
    } = object;
    let deposed: Vec<i64> = deposed.iter().map(|old| old.id.0).collect();
    let value = json!({
        "format_version": "1.0",
        "address": address.to_string(),
        "id": id.0,
        "protect": protect,
        "retired": retired,
        "left_behind": deposed,
        "attributes": kinds::to_json(&Value::Map(attributes.clone())),
        "outputs": outputs,
    });
    format!("{value:#}\n")
}
