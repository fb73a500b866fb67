//! Bodies of answers: capped, checked for depth, and quoted safely.

use super::veil::Veil;
use reqwest::Response;
use serde::Deserialize;
use serde_json::Value;

/// The most that an answer may hold, unpacked.
pub(super) const CAP_BYTES: usize = 8 * 1024 * 1024;
/// How deep an answer may be nested.
pub(super) const MAX_DEPTH: usize = 64;
/// How much of the platform's own words is quoted, in characters.
const QUOTED_CHARS: usize = 300;

/// Why a body could not be had.
#[derive(Debug)]
pub(super) enum BodyError {
    /// The connection ended before it was whole.
    Cut(reqwest::Error),
    /// It is larger than [`CAP_BYTES`].
    TooLarge,
}

/// Reads a body piece by piece, and no further than the cap.
pub(super) async fn read(mut response: Response) -> Result<Vec<u8>, BodyError> {
    let announced = response.content_length().unwrap_or(0);
    if announced > CAP_BYTES as u64 {
        return Err(BodyError::TooLarge);
    }
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Cut)? {
        if body.len() + chunk.len() > CAP_BYTES {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads JSON of the contract's shape.
///
/// # Errors
/// A fragment: what is wrong with it.
pub(super) fn parse<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, String> {
    if !is_shallow(body) {
        return Err(format!("is nested deeper than {MAX_DEPTH}"));
    }
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            format!(
                "is not what the contract says: {}",
                quoted(&error.to_string())
            )
        }
        serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof
        | serde_json::error::Category::Io => "is not JSON".to_owned(),
    })
}

/// Whether no bracket outside of texts is deeper than [`MAX_DEPTH`].
fn is_shallow(body: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_text(&mut bytes),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return false;
        }
    }
    true
}

fn skip_text(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'"' => return,
            _ => {}
        }
    }
}

/// What an error body says: its message and the fields that it names. Empty if it says nothing.
pub(super) fn complaint(body: &[u8], veil: &Veil) -> String {
    let Ok(Value::Object(body)) = parse::<Value>(body) else {
        return String::new();
    };
    let mut said = match body.get("message") {
        Some(Value::String(message)) => message.clone(),
        _ => String::new(),
    };
    if let Some(Value::Object(errors)) = body.get("errors") {
        for (field, texts) in errors {
            let texts: Vec<&str> = match texts {
                Value::String(text) => vec![text],
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                _ => continue,
            };
            if !said.is_empty() {
                said.push_str("; ");
            }
            said.push_str(field);
            said.push_str(": ");
            said.push_str(&texts.join(", "));
            if said.len() > 4 * QUOTED_CHARS {
                break;
            }
        }
    }
    // Before it is cut: a half would be left of what is hidden.
    quoted(&veil.over(said))
}

/// A foreign text that may be shown: one line, no control or direction codes, not too long.
pub(super) fn quoted(text: &str) -> String {
    let mut shown = String::new();
    let mut chars = 0;
    for c in text.chars() {
        let c = match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() || is_invisible(c) => continue,
            c => c,
        };
        if c == ' ' && (shown.is_empty() || shown.ends_with(' ')) {
            continue;
        }
        if chars == QUOTED_CHARS {
            shown.push('…');
            break;
        }
        shown.push(c);
        chars += 1;
    }
    shown.truncate(shown.trim_end().len());
    shown
}

/// Characters that change how others are shown.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_texts_are_quoted_safely() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a\x1b[31mred\x07\n\n b", "a[31mred b"),
            ("\u{202e}abc\u{feff}", "abc"),
            ("", ""),
        ] {
            assert_eq!(quoted(text), expected, "{text:?}");
        }
        let long = quoted(&"ä".repeat(1000));
        assert_eq!(long.chars().count(), 301);
    }

    #[test]
    fn error_bodies_are_read() {
        for (body, expected) in [
            (r#"{"message":"no"}"#, "no"),
            (
                r#"{"message":"invalid","errors":{"title":["is missing","is short"],"code":"taken","x":1}}"#,
                "invalid; title: is missing, is short; code: taken",
            ),
            (r#"{"errors":{"a":["b"]}}"#, "a: b"),
            ("<html>", ""),
            ("[]", ""),
        ] {
            assert_eq!(
                complaint(body.as_bytes(), &Veil::new(&[])),
                expected,
                "{body}"
            );
        }
    }

    #[test]
    fn depth_is_counted_outside_of_texts() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse::<Value>(nested(64).as_bytes()).is_ok());
        assert_eq!(
            parse::<Value>(nested(65).as_bytes()),
            Err("is nested deeper than 64".to_owned())
        );
        let text = format!("\"\\\"{}\"", "[".repeat(100));
        assert!(parse::<Value>(text.as_bytes()).is_ok());
        assert_eq!(parse::<Value>(b"<html>"), Err("is not JSON".to_owned()));
    }
}
