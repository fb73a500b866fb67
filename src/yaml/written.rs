//! A tree → text, in the one layout of `format`.

use super::ScalarType;
use super::scalar::resolve;
use std::fmt::Write as _;

/// A value to write. Nothing in it knows a place: it has not been written yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text, quoted where a plain one would be read as something else.
    Text(String),
    /// A sequence.
    List(Vec<Written>),
    /// A mapping, in this order.
    Map(Vec<(String, Written)>),
}

/// The longest collection that stands on one line, with what stands before it.
const LINE_WIDTH: usize = 90;

impl Written {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Written::Text(text.into())
    }

    /// A mapping.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Written)>) -> Self {
        Written::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }

    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Written> {
        match self {
            Written::Map(entries) => entries
                .iter()
                .find(|(own, _)| own == key)
                .map(|(_, value)| value),
            Written::Null
            | Written::Bool(_)
            | Written::Int(_)
            | Written::Text(_)
            | Written::List(_) => None,
        }
    }

    /// The same tree with every text of its values, but no key, put through `change`.
    #[must_use]
    pub fn with_texts(self, change: &dyn Fn(String) -> String) -> Self {
        match self {
            Written::Text(text) => Written::Text(change(text)),
            Written::List(items) => Written::List(
                items
                    .into_iter()
                    .map(|item| item.with_texts(change))
                    .collect(),
            ),
            Written::Map(entries) => Written::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key, value.with_texts(change)))
                    .collect(),
            ),
            Written::Null | Written::Bool(_) | Written::Int(_) => self,
        }
    }

    /// On one line: `{ a: [b, c] }`.
    pub fn on_one_line(&self) -> String {
        let mut out = String::new();
        self.flow(&mut out);
        out
    }

    /// A whole document: each entry of a mapping on lines of its own.
    pub fn document(&self) -> String {
        let mut out = String::new();
        match self {
            Written::Map(entries) if !entries.is_empty() => block_entries(&mut out, entries, 0),
            other => {
                other.flow(&mut out);
                out.push('\n');
            }
        }
        out
    }

    /// What stands behind `key:`, with the blank or line break before it and the line break at the
    /// end; the key stands at this column.
    pub fn behind_key(&self, key: &str, column: usize) -> String {
        let mut out = String::new();
        behind_key(&mut out, key.len(), self, column);
        out
    }

    /// What stands behind the dash of an item, with the line break at the end; the dash stands at
    /// this column.
    pub fn behind_dash(&self, column: usize) -> String {
        let mut out = String::new();
        behind_dash(&mut out, self, column);
        out
    }

    fn flow(&self, out: &mut String) {
        match self {
            Written::Null => out.push_str("null"),
            Written::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Written::Int(number) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "{number}");
            }
            Written::Text(text) => scalar(out, text, Within::Flow),
            Written::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    item.flow(out);
                }
                out.push(']');
            }
            Written::Map(entries) if entries.is_empty() => out.push_str("{}"),
            Written::Map(entries) => {
                out.push_str("{ ");
                for (at, (key, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    scalar(out, key, Within::Flow);
                    out.push_str(": ");
                    value.flow(out);
                }
                out.push_str(" }");
            }
        }
    }

    fn is_long(&self) -> bool {
        match self {
            Written::Text(text) => literal(text).is_some(),
            Written::List(items) => items.iter().any(Written::is_long),
            Written::Map(entries) => entries.iter().any(|(_, value)| value.is_long()),
            Written::Null | Written::Bool(_) | Written::Int(_) => false,
        }
    }
}

fn block_entries(out: &mut String, entries: &[(String, Written)], column: usize) {
    for (at, (key, value)) in entries.iter().enumerate() {
        if at > 0 {
            out.push_str(&" ".repeat(column));
        }
        let before = out.len();
        scalar(out, key, Within::Flow);
        out.push(':');
        let width = out.len() - before;
        behind_key(out, width, value, column);
    }
}

fn behind_key(out: &mut String, width: usize, value: &Written, column: usize) {
    if let Written::Text(text) = value
        && let Some(literal) = literal(text)
    {
        out.push(' ');
        block_scalar(out, literal, column + 2);
        return;
    }
    if let Some(line) = one_line(value, column + width + 1) {
        out.push(' ');
        out.push_str(&line);
        out.push('\n');
        return;
    }
    out.push('\n');
    let column = column + 2;
    match value {
        Written::List(items) => {
            for item in items {
                out.push_str(&" ".repeat(column));
                out.push('-');
                behind_dash(out, item, column);
            }
        }
        Written::Map(entries) => {
            out.push_str(&" ".repeat(column));
            block_entries(out, entries, column);
        }
        Written::Null | Written::Bool(_) | Written::Int(_) | Written::Text(_) => {}
    }
}

fn behind_dash(out: &mut String, value: &Written, column: usize) {
    // One short entry needs no braces.
    if let Written::Map(entries) = value
        && let [(_, Written::Null | Written::Bool(_) | Written::Int(_) | Written::Text(_))] =
            entries.as_slice()
    {
        out.push(' ');
        return block_entries(out, entries, column + 2);
    }
    if let Some(line) = one_line(value, column + 2) {
        out.push(' ');
        out.push_str(&line);
        out.push('\n');
        return;
    }
    out.push(' ');
    match value {
        Written::Map(entries) => block_entries(out, entries, column + 2),
        Written::List(items) => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(&" ".repeat(column + 2));
                }
                out.push('-');
                behind_dash(out, item, column + 2);
            }
        }
        Written::Text(text) => match literal(text) {
            Some(literal) => block_scalar(out, literal, column + 2),
            None => {
                scalar(out, text, Within::Block);
                out.push('\n');
            }
        },
        Written::Null | Written::Bool(_) | Written::Int(_) => {}
    }
}

/// A value on one line, if it is short enough for that.
fn one_line(value: &Written, before: usize) -> Option<String> {
    if value.is_long() {
        return None;
    }
    if let Written::Text(text) = value {
        let mut out = String::new();
        scalar(&mut out, text, Within::Block);
        return Some(out);
    }
    let line = value.on_one_line();
    let is_scalar = matches!(value, Written::Null | Written::Bool(_) | Written::Int(_));
    let is_empty = matches!(line.as_str(), "[]" | "{}");
    (is_scalar || is_empty || before + line.chars().count() <= LINE_WIDTH).then_some(line)
}

/// What a scalar stands in.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Flow,
    Block,
}

fn scalar(out: &mut String, text: &str, within: Within) {
    if is_plain(text, within) {
        out.push_str(text);
    } else {
        quoted(out, text);
    }
}

/// Whether a text needs no quotes. Rather quoted than misread: only what is certain is plain.
fn is_plain(text: &str, within: Within) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    if !first.is_alphanumeric() || text.ends_with(' ') || resolve(text) != ScalarType::String {
        return false;
    }
    // A time of day is a number of base 60 to older readers.
    let is_clock = text.len() <= 8 && text.contains(':') && first.is_ascii_digit();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_fine = match character {
            ' ' => characters.peek() != Some(&'#'),
            '-' | '_' | '.' | '/' | '+' | '%' | '(' | ')' | '!' | '=' | ';' | '\'' | '—' | '–'
            | '’' | '…' => true,
            ':' => characters
                .peek()
                .is_some_and(|next| next.is_alphanumeric() || *next == '/'),
            ',' => within == Within::Block,
            other => other.is_alphanumeric(),
        };
        if !is_fine {
            return false;
        }
    }
    !is_clock
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if is_printable(other) => out.push(other),
            other => {
                let code = u32::from(other);
                // Writing to a string cannot fail.
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push('"');
}

/// Whether a character can be seen and stands in any YAML text as it is.
fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        && (u32::from(character) & 0xfffe) != 0xfffe
}

/// A text of several lines that can be written as it is below `|`: its header and lines.
fn literal(text: &str) -> Option<(&'static str, &str)> {
    let (header, lines) = match text.strip_suffix('\n') {
        Some(lines) => ("|", lines),
        None => ("|-", text),
    };
    let is_literal = text.contains('\n')
        && !lines.ends_with('\n')
        && !lines.is_empty()
        && !lines.starts_with([' ', '\t', '\n'])
        && lines
            .chars()
            .all(|character| character == '\n' || is_printable(character))
        && lines
            .split('\n')
            .all(|line| line.is_empty() || !line.trim().is_empty());
    is_literal.then_some((header, lines))
}

fn block_scalar(out: &mut String, (header, lines): (&str, &str), column: usize) {
    out.push_str(header);
    for line in lines.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&" ".repeat(column));
            out.push_str(line);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Diagnostics;
    use crate::source::FileId;
    use crate::yaml::{Limits, format, parse, to_json};
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> serde_json::Value {
        let mut findings = Diagnostics::new();
        let documents = parse(FileId(0), text, &Limits::default(), &mut findings);
        assert!(findings.is_empty(), "{findings:?}\n{text}");
        assert_eq!(documents.len(), 1, "{text}");
        to_json(&documents[0])
    }

    fn as_json(value: &Written) -> serde_json::Value {
        match value {
            Written::Null => json!(null),
            Written::Bool(truth) => json!(truth),
            Written::Int(number) => json!(number),
            Written::Text(text) => json!(text),
            Written::List(items) => items.iter().map(as_json).collect(),
            Written::Map(entries) => entries
                .iter()
                .map(|(key, value)| (key.clone(), as_json(value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    #[test]
    fn short_collections_stand_on_one_line() {
        let offer = Written::map([
            ("kind", Written::text("offer")),
            ("title", Written::text("Course: \"A\"")),
            ("price", Written::text("490.00 EUR")),
            ("at", Written::text("09:00")),
            (
                "sale",
                Written::map([("opens", Written::text("2026-07-01T00:00"))]),
            ),
            ("empty", Written::List(Vec::new())),
            ("body", Written::text("one\n\n  two\n")),
        ]);
        assert_eq!(
            offer.document(),
            "kind: offer\n\
             title: \"Course: \\\"A\\\"\"\n\
             price: 490.00 EUR\n\
             at: \"09:00\"\n\
             sale: { opens: 2026-07-01T00:00 }\n\
             empty: []\n\
             body: |\n  one\n\n    two\n"
        );
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ -~\\n]{0,40}",
            "\\PC{0,20}",
            proptest::collection::vec(any::<char>(), 0..12)
                .prop_map(|characters| characters.into_iter().collect()),
            Just("true".to_owned()),
            Just("- a".to_owned()),
            Just("a: b".to_owned()),
            Just("0x1f".to_owned()),
            Just("~".to_owned()),
            Just(String::new()),
            Just("a\n b\n".to_owned()),
            Just("x #y".to_owned()),
        ]
    }

    fn trees() -> impl Strategy<Value = Written> {
        let leaf = prop_oneof![
            Just(Written::Null),
            any::<bool>().prop_map(Written::Bool),
            any::<i64>().prop_map(Written::Int),
            texts().prop_map(Written::Text),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Written::List),
                proptest::collection::btree_map(texts(), inner, 0..5)
                    .prop_map(|entries| Written::Map(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again_and_in_the_one_layout(
            entries in proptest::collection::btree_map("[a-z]{1,8}", trees(), 1..5)
        ) {
            let tree = Written::Map(entries.into_iter().collect());
            let text = tree.document();
            prop_assert_eq!(read(&text), as_json(&tree), "{}", text);
            let formatted = format(&text, &Limits::default());
            prop_assert_eq!(formatted.as_deref(), Ok(text.as_str()));
            let line = tree.on_one_line();
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(read(&line), as_json(&tree), "{}", line);
        }
    }
}
