//! What can stand at the cursor, found by writing a word there and reading the text again.
//!
//! Text that is being written is rarely whole. So the word under the cursor is replaced by one that
//! stands nowhere else, in several ways (as it is, as a key, with the brackets closed), until the
//! text can be read as far as it.

use super::links::descend_mut;
use super::place::documents;
use crate::kinds::Link;
use crate::model::{Path, Seg};
use crate::yaml::{Entry, Mapping, Node, Value};
use std::ops::Range;

/// A name that nobody gives to anything.
const PROBE: &str = "zzz-probe-zzz";

/// Where the cursor is.
#[derive(Clone, Debug)]
pub(super) struct Probed {
    /// The document, with the probe in it.
    pub(super) document: Node,
    /// The steps to the probe; those of a key end in the mapping that has it.
    pub(super) path: Path,
    /// Whether it is a key or a value.
    pub(super) stands: Stands,
    /// The bytes of the word that is being written.
    pub(super) word: Range<usize>,
}

/// What the probe is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// A key; whether its colon is there already.
    AsKey {
        /// It is.
        with_colon: bool,
    },
    /// A value behind a key or in a list.
    AsValue {
        /// Whether a mapping could begin here: nothing but dashes stands before it on its line.
        alone: bool,
    },
}

/// Reads a text with a probe at a byte. `None` where nothing can be completed, as in a comment.
pub(super) fn probe(text: &str, byte: usize) -> Option<Probed> {
    let word = word_at(text, byte);
    let before = text.get(..word.start)?;
    let after = text.get(word.end..)?;
    let line = before.rsplit(['\n', '\r']).next().unwrap_or("");
    let rest = after.split(['\n', '\r']).next().unwrap_or("");
    let with_colon = rest.trim_start().starts_with(':');
    let alone = line.trim_start_matches([' ', '-']).is_empty();
    let brackets = closing(line, rest);
    let mut ways = vec![String::new()];
    if !with_colon {
        ways.push(":".to_owned());
    }
    if !brackets.is_empty() {
        ways.insert(0, format!(" {brackets}"));
        ways.insert(1, format!(": {brackets}"));
    }
    ways.iter().find_map(|way| {
        let tried = format!("{before}{PROBE}{way}{after}");
        documents(&tried).into_iter().find_map(|document| {
            let mut path = Path::root();
            let is_key = find(&document, &mut path)?;
            let stands = if is_key {
                Stands::AsKey { with_colon }
            } else {
                Stands::AsValue { alone }
            };
            Some(Probed {
                document,
                path,
                stands,
                word: word.clone(),
            })
        })
    })
}

/// In what form a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// `name`
    Plain,
    /// `module/lesson`
    InModule,
    /// `course/module/lesson`
    InCourse,
    /// `kind.name`
    Address,
}

/// The probe as the first key of a mapping, where one could begin.
pub(super) fn as_first_key(probed: &Probed) -> Option<Probed> {
    if probed.stands != (Stands::AsValue { alone: true }) {
        return None;
    }
    let mut first = probed.clone();
    first.stands = Stands::AsKey { with_colon: false };
    let node = descend_mut(&mut first.document, &probed.path.0)?;
    let mut nothing = documents("~").pop()?;
    nothing.span = node.span;
    let entry = Entry {
        key: PROBE.into(),
        key_span: node.span,
        value: nothing,
    };
    node.value = Value::Mapping(Mapping::from(vec![entry]));
    Some(first)
}

/// The references that the place takes, each with the form in which it is written there.
pub(super) fn links(probed: &Probed) -> Vec<(Link, Written)> {
    let mut out: Vec<(Link, Written)> = Vec::new();
    let plain = [(PROBE.to_owned(), Written::Plain)];
    let addresses = crate::kinds::KINDS
        .iter()
        .map(|kind| (format!("{}.{PROBE}", kind.id), Written::Address));
    let words = plain.into_iter().chain([
        (format!("{PROBE}/{PROBE}"), Written::InModule),
        (format!("{PROBE}/{PROBE}/{PROBE}"), Written::InCourse),
    ]);
    for (word, written) in words.chain(addresses) {
        for mut document in with_word(probed, &word) {
            let byte = probe_byte(&mut document, probed);
            for (link, span) in super::links::links(&document, byte).into_iter().flatten() {
                let here = super::place::covers(span, byte);
                if here
                    && !out
                        .iter()
                        .any(|(known, _)| known.kind == link.kind && known.inside == link.inside)
                {
                    out.push((link, written));
                }
            }
        }
        // A place takes names in one form.
        if !out.is_empty() && written != Written::Address {
            break;
        }
    }
    out
}

/// The document with another word for the probe; for a key, with several values that could follow.
fn with_word(probed: &Probed, word: &str) -> Vec<Node> {
    let mut document = probed.document.clone();
    match probed.stands {
        Stands::AsValue { .. } => {
            if let Some(node) = descend_mut(&mut document, &probed.path.0)
                && let Value::Scalar(scalar) = &mut node.value
            {
                scalar.text = word.into();
            }
            vec![document]
        }
        Stands::AsKey { .. } => {
            let values = ["{}", "true", "0%", "1"];
            let empty = |value: &str| documents(value).pop().map(|node| node.value);
            let mut all = vec![document.clone()];
            all.extend(values.iter().filter_map(|value| {
                let mut document = document.clone();
                let holder = descend_mut(&mut document, &probed.path.0)?;
                let Value::Mapping(mapping) = &mut holder.value else {
                    return None;
                };
                let entry = mapping
                    .entries
                    .iter_mut()
                    .find(|entry| &*entry.key == PROBE)?;
                if !entry.value.is_null() {
                    return None;
                }
                entry.value.value = empty(value)?;
                Some(document)
            }));
            for document in &mut all {
                if let Some(Node {
                    value: Value::Mapping(mapping),
                    ..
                }) = descend_mut(document, &probed.path.0)
                {
                    for entry in &mut mapping.entries {
                        if &*entry.key == PROBE {
                            entry.key = word.into();
                        }
                    }
                }
            }
            all
        }
    }
}

/// A byte of the probe.
fn probe_byte(document: &mut Node, probed: &Probed) -> usize {
    let node = probed.document.descend(&probed.path.0);
    let span = match probed.stands {
        Stands::AsValue { .. } => document.descend(&probed.path.0).span,
        Stands::AsKey { .. } => node
            .as_mapping()
            .and_then(|mapping| mapping.entry(PROBE))
            .map_or(node.span, |entry| entry.key_span),
    };
    // Inside of it, so that what only touches it is another place.
    span.range().start + 1
}

/// The keys of the mapping that the probe is a key of, without the probe.
pub(super) fn siblings(probed: &Probed) -> Vec<&str> {
    let holder = probed.document.descend(&probed.path.0);
    let entries = holder.as_mapping().into_iter().flat_map(|map| &map.entries);
    entries
        .map(|entry| &*entry.key)
        .filter(|key| *key != PROBE)
        .collect()
}

/// The word around a byte.
fn word_at(text: &str, byte: usize) -> Range<usize> {
    let byte = text.floor_char_boundary(byte);
    let is_part = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '%');
    let (before, after) = text.split_at(byte);
    let length = |letters: &mut dyn Iterator<Item = char>| -> usize {
        letters.take_while(is_part).map(char::len_utf8).sum()
    };
    let mut start = byte - length(&mut before.chars().rev());
    let end = byte + length(&mut after.chars());
    // The dash of a list is no part of a word.
    let word = text.get(start..end).unwrap_or("");
    start += (word.len() - word.trim_start_matches('-').len()).min(byte - start);
    start..end
}

/// The brackets that a line opens before the cursor and does not close behind it.
fn closing(line: &str, rest: &str) -> String {
    let mut open = Vec::new();
    let mut quote = None;
    for letter in line.chars() {
        match (letter, quote) {
            (letter, Some(mark)) if letter == mark => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(letter),
            ('[', None) => open.push(']'),
            ('{', None) => open.push('}'),
            (']' | '}', None) => {
                open.pop();
            }
            (_, None) => {}
        }
    }
    let mut depth = 0_usize;
    for letter in rest.chars() {
        match letter {
            '[' | '{' => depth += 1,
            ']' | '}' if depth > 0 => depth -= 1,
            ']' | '}' if !open.is_empty() => {
                open.remove(0);
            }
            _ => {}
        }
    }
    open.iter().rev().collect()
}

/// Looks for the probe; whether it is a key. The path leads to the value, or to the key's mapping.
fn find(node: &Node, path: &mut Path) -> Option<bool> {
    match &node.value {
        Value::Scalar(scalar) => (&*scalar.text == PROBE).then_some(false),
        Value::Sequence(items) => items.iter().enumerate().find_map(|(at, item)| {
            path.0.push(Seg::Index(at));
            let found = find(item, path);
            if found.is_none() {
                path.0.pop();
            }
            found
        }),
        Value::Mapping(mapping) => mapping.entries.iter().find_map(|entry| {
            if &*entry.key == PROBE {
                return Some(true);
            }
            path.0.push(Seg::Key(entry.key.clone()));
            let found = find(&entry.value, path);
            if found.is_none() {
                path.0.pop();
            }
            found
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` is the cursor.
    #[track_caller]
    fn at(text: &str) -> Option<(String, bool)> {
        let byte = text.find('|').unwrap();
        let probed = probe(&text.replace('|', ""), byte)?;
        let is_key = matches!(probed.stands, Stands::AsKey { .. });
        Some((probed.path.to_string(), is_key))
    }

    #[test]
    fn finds_the_place_in_half_a_text() {
        let cases = [
            ("a: |\n", "a", false),
            ("a: x|y\nb: 1\n", "a", false),
            ("a: 1\nb|\n", "", true),
            ("a: 1\n|\n", "", true),
            ("a:\n  b: 1\n  |\nc: 1\n", "a", true),
            ("a: [x, |\n", "a[1]", false),
            ("a: [{ b: |\n", "a[0].b", false),
            ("a: [{ b: 1, |\n", "a[0]", true),
            ("a: [{ b: 1, | }]\n", "a[0]", true),
            ("a:\n  - |\n", "a[0]", false),
            ("a:\n  - x\n  - b|\nc: 1\n", "a[1]", false),
            ("a: { | : 1 }\n", "a", true),
            ("x: 1\n---\na: |\n", "a", false),
        ];
        for (text, path, is_key) in cases {
            assert_eq!(at(text), Some((path.to_owned(), is_key)), "{text}");
        }
    }

    #[test]
    fn finds_none_in_comments_and_texts() {
        for text in ["a: 1 # |\n", "a: |-\n  b\n".replacen('|', ">", 1).as_str()] {
            if text.contains('|') {
                assert_eq!(at(text), None, "{text}");
            }
        }
        assert_eq!(at("a: two w|ords\n"), None);
    }
}
