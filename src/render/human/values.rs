//! Values as people read them.

use crate::model::{Address, Attributes, Part, RemoteId, Value};
use crate::render::terminal::{escape, escape_lines};
use std::collections::BTreeMap;

/// What the ids of known objects stand for, by kind.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_kind: BTreeMap<String, BTreeMap<RemoteId, Address>>,
}

impl Names {
    /// Remembers an object.
    pub fn add(&mut self, address: &Address, id: RemoteId) {
        self.by_kind
            .entry(address.kind.to_string())
            .or_default()
            .insert(id, address.clone());
    }

    /// The object that an attribute called `key` means by a number: keys that end in `_id` or
    /// `_ids` hold references, and the word before names the kind.
    fn of(&self, key: &str, id: i64) -> Option<&Address> {
        let stem = key
            .strip_suffix("_ids")
            .or_else(|| key.strip_suffix("_id"))?;
        let (_, ids) = self.by_kind.iter().find(|(kind, _)| {
            stem.strip_suffix(kind.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
        })?;
        ids.get(&RemoteId(id))
    }
}

/// The value under an attribute's name, as lines; the first belongs behind `name = `, the others
/// carry their own indentation below the name.
pub(super) fn lines(key: &str, value: &Value, names: &Names) -> Vec<String> {
    let mut out = Vec::new();
    write(&mut out, String::new(), 0, key, value, names);
    out
}

/// The attributes, one below the other, each line indented by `indent`.
pub(super) fn block(attributes: &Attributes, indent: usize, names: &Names) -> String {
    let mut out = Vec::new();
    for (key, value) in attributes {
        write(
            &mut out,
            format!("{} = ", escape(key)),
            0,
            key,
            value,
            names,
        );
    }
    let margin = " ".repeat(indent);
    out.iter().map(|line| format!("{margin}{line}\n")).collect()
}

/// The longest list or map that stands on one line.
const LINE_WIDTH: usize = 80;

fn write(
    out: &mut Vec<String>,
    before: String,
    depth: usize,
    key: &str,
    value: &Value,
    names: &Names,
) {
    let margin = "    ".repeat(depth);
    if let Some(text) = on_one_line(key, value, names) {
        out.push(format!("{before}{text}"));
        return;
    }
    match value {
        Value::List(items) => {
            out.push(format!("{before}["));
            for item in items {
                let at = out.len();
                write(out, format!("{margin}    "), depth + 1, key, item, names);
                if let Some(last) = out.last_mut().filter(|_| at > 0) {
                    last.push(',');
                }
            }
            out.push(format!("{margin}]"));
        }
        Value::Map(entries) => {
            out.push(format!("{before}{{"));
            for (key, value) in set(entries) {
                let before = format!("{margin}    {} = ", escape(key));
                write(out, before, depth + 1, key, value, names);
            }
            out.push(format!("{margin}}}"));
        }
        Value::Text(text) => long_text(out, &before, &margin, text),
        Value::Late(parts) => long_text(out, &before, &margin, &late(parts)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Ref(_) => {}
    }
}

/// Text of several lines, between marks as in Terraform.
fn long_text(out: &mut Vec<String>, before: &str, margin: &str, text: &str) {
    out.push(format!("{before}<<TEXT"));
    out.extend(text.trim_end_matches('\n').split('\n').map(|line| {
        let line = format!("{margin}    {}", escape_lines(line.trim_end_matches('\r')));
        line.trim_end().to_owned()
    }));
    out.push(format!("{margin}TEXT"));
}

fn on_one_line(key: &str, value: &Value, names: &Names) -> Option<String> {
    match value {
        Value::Null => Some("null".to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(number) => Some(match names.of(key, *number) {
            Some(address) => address.to_string(),
            None => number.to_string(),
        }),
        Value::Text(text) => (!text.contains('\n')).then(|| quoted(text)),
        Value::Ref(address) => Some(address.to_string()),
        Value::Late(parts) => match parts.as_slice() {
            [Part::Output { .. }] => Some("(known after apply)".to_owned()),
            parts => {
                let text = late(parts);
                (!text.contains('\n')).then(|| quoted(&text))
            }
        },
        Value::List(items) => {
            let items: Option<Vec<String>> = items
                .iter()
                .map(|item| on_one_line(key, item, names))
                .collect();
            short(format!("[{}]", items?.join(", ")))
        }
        Value::Map(entries) => money(value).or_else(|| {
            let entries: Option<Vec<String>> = set(entries)
                .map(|(key, value)| {
                    let value = on_one_line(key, value, names)?;
                    Some(format!("{} = {value}", escape(key)))
                })
                .collect();
            let entries = entries?;
            if entries.is_empty() {
                Some("{}".to_owned())
            } else {
                short(format!("{{ {} }}", entries.join(", ")))
            }
        }),
    }
}

fn short(text: String) -> Option<String> {
    (text.chars().count() <= LINE_WIDTH).then_some(text)
}

/// The entries that say something.
fn set(entries: &Attributes) -> impl Iterator<Item = (&String, &Value)> {
    entries.iter().filter(|(_, value)| **value != Value::Null)
}

/// A map of exactly `amount` and `currency` is money.
fn money(value: &Value) -> Option<String> {
    let Value::Map(entries) = value else {
        return None;
    };
    let (amount, currency) = (entries.get("amount")?, entries.get("currency")?);
    (entries.len() == 2)
        .then(|| {
            Some(quoted(&format!(
                "{} {}",
                amount.as_text()?,
                currency.as_text()?
            )))
        })
        .flatten()
}

fn late(parts: &[Part]) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Output { of, name } => format!("({name} of {of}, known after apply)"),
        })
        .collect()
}

fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        escape(&text.replace('\\', "\\\\").replace('"', "\\\""))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &str, value: Value, expected: &str) {
        let mut names = Names::default();
        names.add(&Address::new("list", "unpaid"), RemoteId(5));
        assert_eq!(lines(key, &value, &names).join("\n"), expected);
    }

    #[test]
    fn short_values_stand_on_one_line() {
        let price = Value::map([
            ("amount", Value::text("490.00")),
            ("currency", Value::text("EUR")),
        ]);
        check("price", price, "\"490.00 EUR\"");
        check(
            "title",
            Value::text("a \"b\"\u{1b}"),
            "\"a \\\"b\\\"\\u{1b}\"",
        );
        check("uses", Value::Int(5), "5");
        check("list_id", Value::Int(5), "list.unpaid");
        check(
            "gate_list_ids",
            Value::List(vec![Value::Int(5), Value::Int(6)]),
            "[list.unpaid, 6]",
        );
        check(
            "offer_id",
            Value::Ref(Address::new("offer", "a")),
            "offer.a",
        );
        check("page", Value::map::<&str>([]), "{}");
        check(
            "url",
            Value::Late(vec![Part::Output {
                of: Address::new("offer", "a"),
                name: "url".into(),
            }]),
            "(known after apply)",
        );
    }

    #[test]
    fn long_values_stand_below() {
        let long = "x".repeat(50);
        let nested = Value::map([
            (
                "all",
                Value::List(vec![
                    Value::map([("tag", Value::text("vip")), ("not", Value::Null)]),
                    Value::map([("tag", Value::text(&long))]),
                ]),
            ),
            ("kind", Value::text("all")),
        ]);
        let expected = format!(
            "{{\n    all = [\n        {{ tag = \"vip\" }},\n        {{ tag = \"{long}\" }},\n    ]\n    kind = \"all\"\n}}"
        );
        check("where", nested, &expected);
        check(
            "html",
            Value::text("a\n\nb\n"),
            "<<TEXT\n    a\n\n    b\nTEXT",
        );
    }
}
