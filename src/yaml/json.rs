//! A tree → a JSON value, for the validation of schemas.

use crate::yaml::{Node, ScalarType, Value, scalar};

/// The JSON value of a tree.
///
/// Floats become numbers, so that a schema that takes text refuses them; what JSON has no number
/// for (`.inf`, `.nan`) becomes the largest one.
pub fn to_json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Scalar(scalar) => match scalar.ty {
            ScalarType::Null => serde_json::Value::Null,
            ScalarType::Bool(value) => value.into(),
            ScalarType::Int(value) => value.into(),
            ScalarType::Float => {
                let value = scalar::float(&scalar.text);
                let value = if value.is_finite() {
                    value
                } else {
                    f64::MAX.copysign(value)
                };
                value.into()
            }
            ScalarType::String => serde_json::Value::String(scalar.text.to_string()),
        },
        Value::Sequence(items) => serde_json::Value::Array(items.iter().map(to_json).collect()),
        Value::Mapping(mapping) => serde_json::Value::Object(
            mapping
                .entries
                .iter()
                .map(|entry| (entry.key.to_string(), to_json(&entry.value)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse::tests::read;
    use serde_json::json;

    #[test]
    fn keeps_types_and_order() {
        let node = read("b: [1, -2, 1.5, no, '3', ~, null, true, 010, 1e3]\na: {x: }\n1: y\n");
        let value = to_json(&node);
        assert_eq!(
            value,
            json!({"b": [1, -2, 1.5, "no", "3", null, null, true, 10, 1000.0], "a": {"x": null}, "1": "y"})
        );
        let keys: Vec<_> = value.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["b", "a", "1"]);
        assert!(to_json(&read("1e3")).is_f64());
        for infinite in [".inf", "-.inf", ".nan", "1e999"] {
            assert!(to_json(&read(infinite)).is_number(), "{infinite}");
        }
    }
}
