//! Credentials that the platform repeats: never said again, in whatever form.

use crate::model::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use std::fmt::Write as _;

/// From how many bytes on a credential is looked for: a shorter one is a word like others, and what
/// is no secret would be hidden with it.
const LEAST_BYTES: usize = 8;

/// What must not be said.
#[derive(Clone, Debug)]
pub(super) struct Veil {
    /// The longest first, so that no form leaves a part of another.
    forms: Vec<Secret>,
}

impl Veil {
    /// Hides these credentials.
    pub(super) fn new(secrets: &[&Secret]) -> Self {
        let mut forms: Vec<String> = secrets
            .iter()
            .map(|secret| secret.expose())
            .filter(|text| text.len() >= LEAST_BYTES)
            .flat_map(forms)
            .collect();
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Veil {
            forms: forms.into_iter().map(Secret::new).collect(),
        }
    }

    /// A text of the platform without them.
    pub(super) fn over(&self, text: String) -> String {
        let mut text = text;
        for form in &self.forms {
            if text.contains(form.expose()) {
                text = text.replace(form.expose(), "***");
            }
        }
        text
    }
}

impl Veil {
    /// An answer of the platform without them.
    pub(super) fn over_bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        match String::from_utf8(bytes) {
            Ok(text) => self.over(text).into_bytes(),
            // No JSON, which is told of it later.
            Err(error) => error.into_bytes(),
        }
    }
}

/// A text as it is, in JSON, in an address, in base64, in hexadecimal digits.
fn forms(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let quoted = serde_json::Value::from(text).to_string();
    let in_json = quoted.trim_matches('"').to_owned();
    let hex = |upper: bool| {
        bytes.iter().fold(String::new(), |mut out, byte| {
            // Writing to a string cannot fail.
            let _ = if upper {
                write!(out, "{byte:02X}")
            } else {
                write!(out, "{byte:02x}")
            };
            out
        })
    };
    let mut all = vec![text.to_owned(), in_json, hex(false), hex(true)];
    for upper in [true, false] {
        for space in ["%20", "+"] {
            all.push(in_address(bytes, upper, space));
        }
    }
    for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
        all.push(engine.encode(bytes));
    }
    all
}

/// Percent-encoded, as RFC 3986 has it.
fn in_address(bytes: &[u8], upper: bool, space: &str) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(*byte));
            }
            b' ' => out.push_str(space),
            byte => {
                // Writing to a string cannot fail.
                let _ = if upper {
                    write!(out, "%{byte:02X}")
                } else {
                    write!(out, "%{byte:02x}")
                };
            }
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_hidden_in_every_form() {
        // `printf '%s' 'to"ken/+ 12' | base64`, `xxd -p` and a URL encoder by hand.
        let veil = Veil::new(&[&Secret::new("to\"ken/+ 12")]);
        for said in [
            "to\"ken/+ 12",
            "to\\\"ken/+ 12",
            "to%22ken%2F%2B%2012",
            "to%22ken%2f%2b%2012",
            "to%22ken%2F%2B+12",
            "dG8ia2VuLysgMTI=",
            "746f226b656e2f2b203132",
            "746F226B656E2F2B203132",
        ] {
            assert_eq!(veil.over(format!("a {said} b")), "a *** b", "{said}");
        }
        assert_eq!(veil.over("token".to_owned()), "token");
    }

    #[test]
    fn a_short_word_is_no_secret() {
        let veil = Veil::new(&[&Secret::new("sandbox")]);
        assert_eq!(veil.over("the sandbox".to_owned()), "the sandbox");
    }
}
