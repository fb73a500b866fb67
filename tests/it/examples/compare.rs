//! Comparing what is on the platform with bodies that were written by hand.

use bursar::model::parse_instant;
use serde_json::Value;
use std::collections::BTreeMap;

/// The live object of every address.
pub(super) struct Known<'a>(pub(super) BTreeMap<&'a str, &'a Value>);

impl Known<'_> {
    /// Every value that is expected must be there; what else the platform keeps is its own matter.
    pub(super) fn compare(
        &self,
        at: &str,
        key: &str,
        expected: &Value,
        live: &Value,
        differences: &mut Vec<String>,
    ) {
        let expected = self.resolve(expected);
        let same = match (&expected, live) {
            (Value::String(any), _) if any == "*" => true,
            (Value::Object(expected), Value::Object(live)) => {
                for (key, value) in expected {
                    let at = format!("{at}.{key}");
                    self.compare(
                        &at,
                        key,
                        value,
                        live.get(key).unwrap_or(&Value::Null),
                        differences,
                    );
                }
                true
            }
            (Value::Array(expected), Value::Array(live)) if expected.len() == live.len() => {
                let is_set =
                    key.ends_with("_ids") || matches!(key, "allowed" | "denied" | "openings");
                let mut pairs: (Vec<Value>, Vec<Value>) = (
                    expected.iter().map(|item| self.resolve(item)).collect(),
                    live.clone(),
                );
                if is_set {
                    pairs.0.sort_by_key(Value::to_string);
                    pairs.1.sort_by_key(Value::to_string);
                }
                for (index, (expected, live)) in pairs.0.iter().zip(&pairs.1).enumerate() {
                    self.compare(&format!("{at}[{index}]"), "", expected, live, differences);
                }
                true
            }
            (Value::String(expected), Value::String(live)) if key.ends_with("_at") => {
                parse_instant(expected).is_some() && parse_instant(expected) == parse_instant(live)
            }
            (expected, live) => expected == live,
        };
        if !same {
            differences.push(format!(
                "{at}: expected {expected}, the platform has {live}"
            ));
        }
    }

    /// References as ids, texts with late pieces as texts.
    fn resolve(&self, expected: &Value) -> Value {
        let Some(object) = expected.as_object().filter(|object| object.len() == 1) else {
            return expected.clone();
        };
        if let Some(address) = object.get("$ref") {
            return self.0[address.as_str().unwrap()]["id"].clone();
        }
        let Some(pieces) = object.get("$late") else {
            return expected.clone();
        };
        let piece = |piece: &Value| match piece {
            Value::String(text) => text.clone(),
            other => {
                let address = other["url"].as_str().unwrap();
                self.0[address]["url"].as_str().unwrap().to_owned()
            }
        };
        Value::String(pieces.as_array().unwrap().iter().map(piece).collect())
    }
}
