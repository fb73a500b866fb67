//! The form of values on the platform's side, and its normal form.
//!
//! The platform contract names things by four conventions, so that no table has to: a key ending
//! in `_at` holds an instant in UTC; a key ending in `_id` or `_ids` holds references, and `_ids`
//! are sets; an object of exactly `amount` and `currency` is money; lengths of time are texts
//! (`1d12h`, `6mo`).

use super::{Collection, Rule};
use crate::model::{
    Attributes, Instant, Money, Value, format_instant, is_normal_instant, parse_instant,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Why a wire body is refused (422): the field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct WireError {
    /// The field, dotted from the top.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

/// Reads a body as type `T` and writes it again: what a server does to a request.
///
/// # Errors
/// A field that is not what `T` takes.
pub fn normalise<T: DeserializeOwned + Serialize>(
    body: serde_json::Value,
) -> Result<serde_json::Value, WireError> {
    let typed: T = serde_path_to_error::deserialize(body).map_err(|error| WireError {
        field: error.path().to_string(),
        message: error.inner().to_string(),
    })?;
    serde_json::to_value(typed).map_err(|error| WireError {
        field: String::new(),
        message: error.to_string(),
    })
}

/// Money in a wire body: `{"amount": "490.00", "currency": "EUR"}`. Amounts are also read as
/// numbers and with other decimals, and always written with the currency's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireMoney(pub Money);

impl Serialize for WireMoney {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        BTreeMap::from([
            ("amount", self.0.amount()),
            ("currency", self.0.currency.code().to_owned()),
        ])
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WireMoney {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Body {
            amount: serde_json::Value,
            currency: String,
        }
        let Body { amount, currency } = Body::deserialize(deserializer)?;
        let amount = match amount {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_) => {
                return Err(de::Error::custom("the amount must be a decimal text"));
            }
        };
        Money::from_wire(&amount, &currency)
            .map(WireMoney)
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for WireMoney {
    fn schema_name() -> Cow<'static, str> {
        "WireMoney".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "title": "Money",
            "description": "An amount as a decimal text and an ISO 4217 currency.",
            "type": "object",
            "properties": {
                "amount": { "type": "string", "pattern": "^-?[0-9]{1,12}(\\.[0-9]+)?$", "examples": ["490.00"] },
                "currency": { "type": "string", "pattern": "^[A-Z]{3}$", "examples": ["EUR"] },
            },
            "required": ["amount", "currency"],
        })
    }
}

/// An instant in a wire body: read as RFC 3339 or `YYYY-MM-DD HH:mm:ss` in UTC, written as
/// `2026-12-31T23:59:59.000000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WireInstant(pub Instant);

impl Serialize for WireInstant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
    }
}

impl<'de> Deserialize<'de> for WireInstant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_instant(&text)
            .map(WireInstant)
            .ok_or_else(|| de::Error::custom("the time must be RFC 3339 or `YYYY-MM-DD HH:mm:ss`"))
    }
}

impl JsonSchema for WireInstant {
    fn schema_name() -> Cow<'static, str> {
        "WireInstant".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "title": "Instant",
            "description": "An instant, in UTC.",
            "type": "string",
            "format": "date-time",
            "examples": ["2026-12-31T23:59:59.000000Z"],
        })
    }
}

/// A wire value as a canonical one, in normal form. Numbers with a fraction become text.
pub fn from_json(value: serde_json::Value) -> Value {
    normal("", decode(value))
}

fn decode(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(truth),
        serde_json::Value::Number(number) => number
            .as_i64()
            .map_or_else(|| Value::Text(number.to_string()), Value::Int),
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(items) => Value::List(items.into_iter().map(decode).collect()),
        serde_json::Value::Object(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, decode(value)))
                .collect(),
        ),
    }
}

/// A canonical value as a wire value. `None` if a reference or late text in it is not known yet.
pub fn to_json(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::List(items) => {
            serde_json::Value::Array(items.iter().map(to_json).collect::<Option<_>>()?)
        }
        Value::Map(entries) => serde_json::Value::Object(
            entries
                .iter()
                .map(|(key, value)| Some((key.clone(), to_json(value)?)))
                .collect::<Option<_>>()?,
        ),
        Value::Ref(_) | Value::Late(_) => return None,
    })
}

/// Attributes in normal form: instants, money, trimmed titles, sets in order.
pub fn normal_attributes(collection: &Collection, mut attributes: Attributes) -> Attributes {
    normal_entries(&mut attributes);
    for path in collection.with(Rule::Set) {
        sort_at(&mut attributes, path);
    }
    attributes
}

/// Sorts the list at a dotted path; lists on the way are passed through, item by item.
fn sort_at(attributes: &mut Attributes, path: &str) {
    let (key, rest) = match path.split_once('.') {
        Some((key, rest)) => (key, Some(rest)),
        None => (path, None),
    };
    let Some(value) = attributes.get_mut(key) else {
        return;
    };
    match (rest, value) {
        (None, Value::List(items)) => {
            items.sort_by(by_what_is_said);
            items.dedup();
        }
        (Some(rest), Value::Map(entries)) => sort_at(entries, rest),
        (Some(rest), Value::List(items)) => {
            for item in items {
                if let Value::Map(entries) = item {
                    sort_at(entries, rest);
                }
            }
        }
        (None | Some(_), _) => {}
    }
}

/// The order of items of a set: maps by their entries that are not null, so that one stands where it
/// stands when the platform has filled its nulls in.
fn by_what_is_said(one: &Value, other: &Value) -> std::cmp::Ordering {
    match (one, other) {
        (Value::Map(one), Value::Map(other)) => {
            let said = |entry: &(&String, &Value)| *entry.1 != Value::Null;
            one.iter().filter(said).cmp(other.iter().filter(said))
        }
        (one, other) => one.cmp(other),
    }
}

/// The normal form of a value under a key.
fn normal(key: &str, value: Value) -> Value {
    match value {
        Value::Text(text) if key.ends_with("_at") && is_normal_instant(&text) => Value::Text(text),
        Value::Text(text) if key.ends_with("_at") => match parse_instant(&text) {
            Some(instant) => Value::Text(format_instant(instant)),
            None => Value::Text(text),
        },
        Value::Text(text) if key == "title" => Value::Text(text.trim().to_owned()),
        Value::List(items) => {
            let mut items: Vec<Value> = items.into_iter().map(|item| normal("", item)).collect();
            if key.ends_with("_ids") {
                items.sort();
                items.dedup();
            }
            Value::List(items)
        }
        Value::Map(mut entries) => match money(&entries) {
            Some(money) => money_value(money),
            None => {
                normal_entries(&mut entries);
                Value::Map(entries)
            }
        },
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Text(_)
        | Value::Ref(_)
        | Value::Late(_) => value,
    }
}

/// In place: tens of thousands of objects pass here, and a map costs more to make than to walk.
fn normal_entries(entries: &mut Attributes) {
    for (key, value) in entries {
        *value = normal(key, std::mem::replace(value, Value::Null));
    }
}

/// The money that a map of exactly `amount` and `currency` is.
pub fn money(entries: &Attributes) -> Option<Money> {
    if entries.len() != 2 {
        return None;
    }
    let currency = entries.get("currency")?.as_text()?;
    match entries.get("amount")? {
        Value::Text(amount) => Money::from_wire(amount, currency).ok(),
        Value::Int(amount) => Money::from_wire(&amount.to_string(), currency).ok(),
        Value::Null
        | Value::Bool(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Ref(_)
        | Value::Late(_) => None,
    }
}

/// Money as a canonical value.
pub fn money_value(money: Money) -> Value {
    Value::map([
        ("amount", Value::text(money.amount())),
        ("currency", Value::text(money.currency.code())),
    ])
}

/// An instant as a canonical value.
pub fn instant_value(instant: Instant) -> Value {
    Value::Text(format_instant(instant))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn normal_forms() {
        let value = from_json(json!({
            "title": "  A ",
            "opens_at": "2026-07-01T00:00:00.000000Z",
            "price": { "amount": 490, "currency": "EUR" },
            "coupon_ids": [3, 1, 2, 1],
            "order": [3, 1],
        }));
        let expected = Value::map([
            ("title", Value::text("A")),
            ("opens_at", Value::text("2026-07-01T00:00:00Z")),
            (
                "price",
                Value::map([
                    ("amount", Value::text("490.00")),
                    ("currency", Value::text("EUR")),
                ]),
            ),
            (
                "coupon_ids",
                Value::List(vec![Value::Int(1), Value::Int(2), Value::Int(3)]),
            ),
            ("order", Value::List(vec![Value::Int(3), Value::Int(1)])),
        ]);
        assert_eq!(value, expected);
    }
}
