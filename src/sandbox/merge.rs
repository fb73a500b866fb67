//! JSON Merge Patch, RFC 7396.

use serde_json::{Map, Value};

/// Applies a patch to an object: what it does not mention stays, null takes away, lists are
/// replaced. The top-level fields that `whole` names are replaced too.
pub(super) fn merge(
    target: &mut Map<String, Value>,
    patch: Map<String, Value>,
    whole: &dyn Fn(&str) -> bool,
) {
    for (key, value) in patch {
        if whole(&key) {
            target.shift_remove(&key);
        }
        merge_entry(target, key, value);
    }
}

fn merge_entry(target: &mut Map<String, Value>, key: String, value: Value) {
    match value {
        Value::Null => {
            target.shift_remove(&key);
        }
        Value::Object(patch) => {
            let slot = target.entry(key).or_insert(Value::Null);
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            if let Value::Object(inner) = slot {
                for (key, value) in patch {
                    merge_entry(inner, key, value);
                }
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            target.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn merges_as_the_standard_says() {
        // The cases of RFC 7396, appendix A, that are about objects.
        let cases = [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (
                json!({"a":"b","b":"c"}),
                json!({"a":null}),
                json!({"b":"c"}),
            ),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (
                json!({"a":{"b":"c"}}),
                json!({"a":{"b":"d","c":null}}),
                json!({"a":{"b":"d"}}),
            ),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (
                json!({}),
                json!({"a":{"bb":{"ccc":null}}}),
                json!({"a":{"bb":{}}}),
            ),
        ];
        for (mut target, patch, expected) in cases {
            let Value::Object(patch) = patch else {
                panic!()
            };
            merge(target.as_object_mut().unwrap(), patch, &|_| false);
            assert_eq!(target, expected);
        }
    }

    #[test]
    fn order_of_what_stays_is_kept_and_whole_fields_are_replaced() {
        let mut target = json!({"x":{"c":1,"a":2,"b":3},"y":{"a":1}});
        let Value::Object(patch) = json!({"x":{"c":null},"y":{"b":2,"d":null}}) else {
            panic!()
        };
        merge(target.as_object_mut().unwrap(), patch, &|key| key == "y");
        assert_eq!(target.to_string(), r#"{"x":{"a":2,"b":3},"y":{"b":2}}"#);
    }
}
