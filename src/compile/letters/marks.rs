//! Marks: pieces of a letter that must come through templates and Markdown untouched.
//!
//! While a letter is rendered, a value is not text: it is a mark, so that nothing in it can be read
//! as Markdown or HTML, and what is only known later keeps its place. Marks are made of Unicode
//! noncharacters, which letters may not contain, so they cannot be forged.

use crate::model::{Address, Part, Value};

/// Around a value, written in hexadecimal.
const VALUE: (char, char) = ('\u{fdd0}', '\u{fdd1}');
/// Around the number of a late piece.
const LATE: (char, char) = ('\u{fdd2}', '\u{fdd3}');
/// Around the name of a contact's field, filled up to the bytes it was written in.
const CONTACT: (char, char) = ('\u{fdd4}', '\u{fdd5}');
/// Behind the name in a contact mark; no name holds it.
const FILL: char = '\'';

/// A text that is known once an object exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Late {
    /// The object.
    pub(super) of: Address,
    /// The computed attribute.
    pub(super) name: &'static str,
}

/// What a piece is escaped for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Nothing.
    Text,
    /// One line of nothing.
    Line,
    /// HTML text and attributes.
    Html,
}

/// A mark was changed on its way: a filter was applied to what is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// The first character that marks are made of, and that a letter may not contain.
pub(super) fn forbidden(text: &str) -> Option<(usize, char)> {
    text.char_indices()
        .find(|(_, character)| ('\u{fdd0}'..='\u{fdef}').contains(character))
}

/// The mark of a value.
pub(super) fn value(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'));
    let mut out = String::with_capacity(text.len() * 2 + 6);
    out.push(VALUE.0);
    for byte in text.bytes() {
        out.push(digit(byte >> 4));
        out.push(digit(byte & 15));
    }
    out.push(VALUE.1);
    out
}

/// The mark of late piece number `index`; it may stand inside a value.
pub(super) fn late(index: usize) -> String {
    format!("{}{index}{}", LATE.0, LATE.1)
}

/// A template in which each `{{ contact.NAME }}` is a mark of the same length, so that places in
/// it stay where they are.
pub(super) fn contacts(template: &str) -> std::borrow::Cow<'_, str> {
    if !template.contains("contact") {
        return template.into();
    }
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find("{{") {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let inner = tail.get(2..).unwrap_or("");
        let whole = inner.find("}}").and_then(|end| {
            let name = contact_field(inner.get(..end)?)?;
            Some((name, end + 4))
        });
        match whole {
            Some((name, length)) => {
                // 6 bytes of marks; the shortest form, `{{contact.x}}`, has 12 besides the name.
                let fill = length.saturating_sub(name.len() + 6);
                out.push(CONTACT.0);
                out.push_str(name);
                out.extend(std::iter::repeat_n(FILL, fill));
                out.push(CONTACT.1);
                rest = tail.get(length..).unwrap_or("");
            }
            None => {
                out.push_str("{{");
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out.into()
}

/// ` contact.first_name ` → `first_name`; one line, no filters.
fn contact_field(expression: &str) -> Option<&str> {
    let name = expression
        .trim_matches([' ', '\t'])
        .strip_prefix("contact.")?;
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

/// Replaces every mark by what it stands for.
///
/// # Errors
/// A mark is not whole.
pub(super) fn expand(marked: &str, target: Target, late: &[Late]) -> Result<Value, Broken> {
    let mut parts = Parts {
        parts: Vec::new(),
        text: String::with_capacity(marked.len()),
    };
    expand_into(marked, None, target, late, &mut parts)?;
    let Parts { mut parts, text } = parts;
    if parts.is_empty() {
        return Ok(Value::Text(text));
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(Value::Late(parts))
}

struct Parts {
    parts: Vec<Part>,
    text: String,
}

/// `escape` is the target for what stands in a value; markup outside of values is already right.
fn expand_into(
    marked: &str,
    escape: Option<Target>,
    target: Target,
    late: &[Late],
    out: &mut Parts,
) -> Result<(), Broken> {
    let mut rest = marked;
    while let Some((at, open)) = forbidden(rest) {
        let (before, tail) = rest.split_at(at);
        push(before, escape, &mut out.text);
        let inner = tail.get(open.len_utf8()..).unwrap_or("");
        let close = match open {
            _ if open == VALUE.0 => VALUE.1,
            _ if open == LATE.0 => LATE.1,
            _ if open == CONTACT.0 => CONTACT.1,
            _ => return Err(Broken),
        };
        let (inside, tail) = inner.split_once(close).ok_or(Broken)?;
        if open == VALUE.0 {
            let text = decode(inside).ok_or(Broken)?;
            expand_into(&text, Some(target), target, late, out)?;
        } else if open == LATE.0 {
            let index: usize = inside.parse().map_err(|_| Broken)?;
            let Late { of, name } = late.get(index).ok_or(Broken)?;
            if !out.text.is_empty() {
                out.parts.push(Part::Text(std::mem::take(&mut out.text)));
            }
            out.parts.push(Part::Output {
                of: of.clone(),
                name: (*name).to_owned(),
            });
        } else {
            let name = inside.trim_end_matches(FILL);
            out.text.push_str("{{ contact.");
            out.text.push_str(name);
            out.text.push_str(" }}");
        }
        rest = tail;
    }
    push(rest, escape, &mut out.text);
    Ok(())
}

fn push(text: &str, escape: Option<Target>, out: &mut String) {
    match escape {
        None | Some(Target::Text) => out.push_str(text),
        Some(Target::Line) => {
            out.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
        }
        Some(Target::Html) => {
            for character in text.chars() {
                match character {
                    '&' => out.push_str("&amp;"),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    '"' => out.push_str("&quot;"),
                    '\'' => out.push_str("&#39;"),
                    _ => out.push(character),
                }
            }
        }
    }
}

fn decode(hexadecimal: &str) -> Option<String> {
    let digits = hexadecimal.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let bytes: Option<Vec<u8>> = digits
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> Late {
        Late {
            of: Address::new("offer", "a"),
            name: "url",
        }
    }

    #[test]
    fn values_are_escaped_for_where_they_go() {
        let cases = [
            (Target::Text, "<b>\n", "x <b>\n y"),
            (Target::Line, "<b>\n", "x <b>  y"),
            (
                Target::Html,
                "<b a='1'>&\"",
                "x &lt;b a=&#39;1&#39;&gt;&amp;&quot; y",
            ),
            (Target::Html, "été", "x été y"),
        ];
        for (target, text, expected) in cases {
            let marked = format!("x {} y", value(text));
            assert_eq!(expand(&marked, target, &[]), Ok(Value::text(expected)));
        }
        let nested = value(&format!("a {}", value("<")));
        assert_eq!(
            expand(&nested, Target::Html, &[]),
            Ok(Value::text("a &lt;"))
        );
    }

    #[test]
    fn late_pieces_keep_their_place() {
        let marked = format!("see {}.", value(&format!("{}?coupon=A&b", late(0))));
        let expected = Value::Late(vec![
            Part::Text("see ".into()),
            Part::Output {
                of: Address::new("offer", "a"),
                name: "url".into(),
            },
            Part::Text("?coupon=A&amp;b.".into()),
        ]);
        assert_eq!(expand(&marked, Target::Html, &[url()]), Ok(expected));
        let cut: String = late(0).chars().take(2).collect();
        assert_eq!(expand(&value(&cut), Target::Text, &[url()]), Err(Broken));
        assert_eq!(
            expand(&value(&late(1)), Target::Text, &[url()]),
            Err(Broken)
        );
    }

    #[test]
    fn contact_fields_come_out_unchanged_and_keep_their_length() {
        let cases = [
            (
                "Hi {{ contact.first_name }}!",
                "Hi {{ contact.first_name }}!",
            ),
            ("{{contact.x}}", "{{ contact.x }}"),
            (
                "{{  contact.a_1}} {{ contact.b }}",
                "{{ contact.a_1 }} {{ contact.b }}",
            ),
        ];
        for (template, expected) in cases {
            let marked = contacts(template);
            assert_eq!(marked.len(), template.len());
            assert_eq!(
                expand(&marked, Target::Html, &[]),
                Ok(Value::text(expected))
            );
        }
        for untouched in [
            "{{ contact.x|upper }}",
            "{{ contact }}",
            "{{ contact.",
            "{{ contacts.x }}",
        ] {
            assert_eq!(contacts(untouched), untouched);
        }
    }
}
