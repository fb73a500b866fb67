//! Text from anywhere, made harmless for a terminal.

use super::ci;
use std::borrow::Cow;
use std::fmt::Write as _;

/// The text on one line, without anything that a terminal or a CI system would obey: control codes,
/// line ends, marks that change the direction of writing, and a sign of each command are shown as
/// `\n`, `\t` or `\u{1b}`.
pub fn escape(text: &str) -> Cow<'_, str> {
    escape_all_but(text, &[])
}

/// As [`escape`], but line ends and tabs stay.
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    escape_all_but(text, &['\n', '\t'])
}

/// The text with every character that a terminal or a CI system would obey replaced by one that it shows, of the
/// same number of bytes, so that places in the text stay where they are. Line ends and tabs stay.
pub fn mask(text: &str) -> Cow<'_, str> {
    let keep = |char: char| !is_obeyed(char) || matches!(char, '\n' | '\t' | '\r');
    let signs = ci::signs(text);
    if signs.is_empty() && text.chars().all(keep) {
        return Cow::Borrowed(text);
    }
    let shown = text.char_indices().map(|(at, char)| match char {
        _ if signs.binary_search(&at).is_ok() => '?',
        char if keep(char) => char,
        char if char.len_utf8() == 1 => '?',
        char if char.len_utf8() == 2 => '\u{bf}',
        _ => char::REPLACEMENT_CHARACTER,
    });
    Cow::Owned(shown.collect())
}

fn escape_all_but<'a>(text: &'a str, keep: &[char]) -> Cow<'a, str> {
    let harmless = |char: char| !is_obeyed(char) || keep.contains(&char);
    let signs = ci::signs(text);
    if signs.is_empty() && text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (at, char) in text.char_indices() {
        match char {
            char if harmless(char) && signs.binary_search(&at).is_err() => out.push(char),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(char));
            }
        }
    }
    Cow::Owned(out)
}

/// C0, DEL, C1, line and paragraph separators, marks of direction, the byte order mark.
pub(super) fn is_obeyed(char: char) -> bool {
    matches!(
        char,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_would_be_obeyed() {
        for (text, expected) in [
            ("Zürich 日本", "Zürich 日本"),
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("abc\u{202e}fdp", "abc\\u{202e}fdp"),
            ("::error::x", "\\u{3a}:error::x"),
            ("a ##vso[x]", "a #\\u{23}vso[x]"),
        ] {
            assert_eq!(escape(text), expected);
        }
        assert_eq!(escape_lines("a\n\tb\u{7}"), "a\n\tb\\u{7}");
        assert_eq!(escape_lines("a\n ::x"), "a\n \\u{3a}:x");
    }

    #[test]
    fn masking_keeps_places() {
        let text = "a\u{1b}b\u{9b}c\u{202e}d\n";
        let masked = mask(text);
        assert_eq!(masked, "a?b\u{bf}c\u{fffd}d\n");
        assert_eq!(masked.len(), text.len());
        assert_eq!(mask("a\n  ::x ##[y]"), "a\n  ?:x #?[y]");
    }
}
