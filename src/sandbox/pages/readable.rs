//! JSON as people read it.

use crate::sandbox::resource::{Resource, referred};
use crate::sandbox::store::Row;
use serde::Serialize;
use serde_json::Value;

/// A line of an object's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Field {
    /// Dotted from the top.
    name: String,
    /// As text.
    value: String,
    /// The page of what it refers to.
    link: Option<String>,
}

/// Every value of an object, one a line; what the platform added first.
pub(super) fn fields(row: &Row) -> Vec<Field> {
    let mut out = Vec::new();
    for text in [&row.computed, &row.body] {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        walk("", "", &value, &mut out);
    }
    out
}

/// The values of a flat object as `name: value`.
pub(super) fn pairs(text: &str) -> String {
    let mut fields = Vec::new();
    walk(
        "",
        "",
        &serde_json::from_str(text).unwrap_or_default(),
        &mut fields,
    );
    let pairs: Vec<String> = fields
        .into_iter()
        .map(|Field { name, value, .. }| format!("{name}: {value}"))
        .collect();
    pairs.join(", ")
}

/// JSON text, one value a line.
pub(super) fn indented(text: &str) -> String {
    serde_json::from_str::<Value>(text)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| text.to_owned())
}

fn walk(name: &str, key: &str, value: &Value, out: &mut Vec<Field>) {
    let below = |part: &str| {
        if name.is_empty() {
            part.to_owned()
        } else {
            format!("{name}.{part}")
        }
    };
    match value {
        Value::Object(entries) if !(entries.is_empty() && name.is_empty()) => {
            if let Some(money) = money(value) {
                out.push(line(name, money, None));
                return;
            }
            if entries.is_empty() {
                out.push(line(name, "none".to_owned(), None));
            }
            for (key, value) in entries {
                walk(&below(key), key, value, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                walk(&below(&(index + 1).to_string()), key, item, out);
            }
        }
        Value::Object(_) => {}
        Value::Array(_) => out.push(line(name, "none".to_owned(), None)),
        Value::Null => out.push(line(name, "–".to_owned(), None)),
        Value::Bool(truth) => {
            let word = if *truth { "yes" } else { "no" };
            out.push(line(name, word.to_owned(), None));
        }
        Value::Number(number) => {
            let link = referred(key).map(|to: &Resource| format!("/ui/{}/{number}", to.path()));
            out.push(line(name, number.to_string(), link));
        }
        Value::String(text) => out.push(line(name, text.clone(), None)),
    }
}

fn line(name: &str, value: String, link: Option<String>) -> Field {
    Field {
        name: name.to_owned(),
        value,
        link,
    }
}

/// `490.00 EUR`, of an object of exactly an amount and a currency.
fn money(value: &Value) -> Option<String> {
    let entries = value.as_object().filter(|entries| entries.len() == 2)?;
    let amount = entries.get("amount")?.as_str()?;
    let currency = entries.get("currency")?.as_str()?;
    Some(format!("{amount} {currency}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_value_a_line() {
        let mut out = Vec::new();
        let value = json!({
            "price": { "amount": "490.00", "currency": "EUR" },
            "products": [{ "course_id": 7, "all": true }],
            "coupon_ids": [],
            "sale": { "opens_at": null },
        });
        walk("", "", &value, &mut out);
        let lines: Vec<_> = out
            .iter()
            .map(|field| (&*field.name, &*field.value, field.link.as_deref()))
            .collect();
        let expected = [
            ("price", "490.00 EUR", None),
            ("products.1.course_id", "7", Some("/ui/courses/7")),
            ("products.1.all", "yes", None),
            ("coupon_ids", "none", None),
            ("sale.opens_at", "–", None),
        ];
        assert_eq!(lines, expected);
    }
}
