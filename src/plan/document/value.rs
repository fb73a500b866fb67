//! Values in a plan document: JSON, with `{"$ref": …}` and `{"$late": …}` for what is not known.

use crate::model::{Address, Attributes, Part, Value};
use crate::plan::PlanFileError;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Any JSON value; what a plan cannot know yet is `{"$ref": "offer.a"}` or `{"$late": [..]}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonValue(pub Json);

/// Attributes by name.
pub type JsonAttributes = BTreeMap<String, JsonValue>;

impl JsonSchema for JsonValue {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "title": "Value",
            "description": "Any value. `{\"$ref\": \"offer.a\"}` is the id of an object and `{\"$late\": [..]}` a text, both known once other steps are done.",
        })
    }
}

/// A field that is there, even if it is null.
pub(super) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<JsonValue>, D::Error> {
    JsonValue::deserialize(deserializer).map(Some)
}

/// Writes a value.
pub(super) fn write(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::List(items) => items.iter().map(write).collect(),
        Value::Map(entries) => {
            let map: Map<String, Json> = entries
                .iter()
                .map(|(key, value)| (key.clone(), write(value)))
                .collect();
            // What looks like our own marks is wrapped.
            match map.keys().any(|key| key.starts_with('$')) {
                true => json!({ "$map": map }),
                false => Json::Object(map),
            }
        }
        Value::Ref(address) => json!({ "$ref": address.to_string() }),
        Value::Late(parts) => {
            let parts: Vec<Json> = parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => text.clone().into(),
                    Part::Output { of, name } => json!({ "of": of.to_string(), "output": name }),
                })
                .collect();
            json!({ "$late": parts })
        }
    }
}

/// Writes attributes.
pub(super) fn write_attributes(attributes: &Attributes) -> JsonAttributes {
    attributes
        .iter()
        .map(|(key, value)| (key.clone(), JsonValue(write(value))))
        .collect()
}

/// Reads a value.
///
/// # Errors
/// A number with a fraction, a mark that is none of ours.
pub(super) fn read(json: &Json) -> Result<Value, PlanFileError> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => return Err(odd("value", "numbers are whole")),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(read).collect::<Result<_, _>>()?),
        Json::Object(entries) => read_map(entries)?,
    })
}

fn read_map(entries: &Map<String, Json>) -> Result<Value, PlanFileError> {
    let plain = |entries: &Map<String, Json>| {
        entries
            .iter()
            .map(|(key, value)| Ok((key.clone(), read(value)?)))
            .collect::<Result<_, PlanFileError>>()
            .map(Value::Map)
    };
    if !entries.keys().any(|key| key.starts_with('$')) {
        return plain(entries);
    }
    let mut pairs = entries.iter();
    match (pairs.next(), pairs.next()) {
        (Some((key, Json::Object(entries))), None) if key == "$map" => plain(entries),
        (Some((key, Json::String(name))), None) if key == "$ref" => Ok(Value::Ref(address(name)?)),
        (Some((key, Json::Array(parts))), None) if key == "$late" => parts
            .iter()
            .map(read_part)
            .collect::<Result<_, _>>()
            .map(Value::Late),
        _ => Err(odd("value", "a key that starts with `$` is not known")),
    }
}

fn read_part(json: &Json) -> Result<Part, PlanFileError> {
    let text = |key: &str| json.get(key).and_then(Json::as_str);
    match (json, text("of"), text("output")) {
        (Json::String(text), _, _) => Ok(Part::Text(text.clone())),
        (_, Some(of), Some(name)) => Ok(Part::Output {
            of: address(of)?,
            name: name.to_owned(),
        }),
        _ => Err(odd("$late", "a piece is a text, or an output of an object")),
    }
}

/// Reads attributes.
///
/// # Errors
/// See [`read`].
pub(super) fn read_attributes(attributes: &JsonAttributes) -> Result<Attributes, PlanFileError> {
    attributes
        .iter()
        .map(|(key, value)| Ok((key.clone(), read(&value.0)?)))
        .collect()
}

/// Reads an address.
///
/// # Errors
/// It is none.
pub(super) fn address(text: &str) -> Result<Address, PlanFileError> {
    Address::parse(text).map_err(|error| odd("address", &error.to_string()))
}

/// Something that the form does not allow.
pub(super) fn odd(at: &str, message: &str) -> PlanFileError {
    PlanFileError::Form {
        at: at.to_owned(),
        message: message.to_owned(),
    }
}
