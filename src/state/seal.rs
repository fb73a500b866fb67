//! Checksums over bytes as they stand: any changed byte breaks them.

use super::form;
use crate::model::Attributes;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// What stands before a text's own seal.
const STATE_MARK: &str = ",\n  \"checksum\": \"";
const STATE_END: &str = "\"\n}\n";
const LINE_MARK: &str = ",\"sum\":\"";
const LINE_END: &str = "\"}";
const LINE_SUM_CHARS: usize = 16;

/// The digest of what a platform holds for an object.
pub fn digest(attributes: &Attributes) -> String {
    let mut digest = hex(form::text_of(attributes).as_bytes(), "");
    digest.truncate(32);
    digest
}

fn hex(bytes: &[u8], before: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(before.as_bytes());
    hash.update(bytes);
    hash.finalize()
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Ends a state file, given all of it but its last brace.
pub(super) fn seal_state(mut text: String) -> String {
    let sum = hex(text.as_bytes(), "");
    text.push_str(STATE_MARK);
    text.push_str(&sum);
    text.push_str(STATE_END);
    text
}

/// Whether a state file is exactly what was written.
pub(super) fn is_whole_state(text: &[u8]) -> bool {
    let tail = STATE_MARK.len() + 64 + STATE_END.len();
    text.len()
        .checked_sub(tail)
        .and_then(|at| text.split_at_checked(at))
        .is_some_and(|(content, seal)| {
            seal == format!("{STATE_MARK}{}{STATE_END}", hex(content, "")).as_bytes()
        })
}

/// Ends a line of the journal, given all of it but its last brace and the sum of the line before.
/// Gives the line's own sum.
pub(super) fn seal_line(line: &mut String, before: &str) -> String {
    let mut sum = hex(line.as_bytes(), before);
    sum.truncate(LINE_SUM_CHARS);
    line.push_str(LINE_MARK);
    line.push_str(&sum);
    line.push_str(LINE_END);
    sum
}

/// A line's content as JSON and its sum, if it is exactly what was written after `before`.
pub(super) fn open_line(line: &[u8], before: &str) -> Option<(String, String)> {
    let tail = LINE_MARK.len() + LINE_SUM_CHARS + LINE_END.len();
    let (content, seal) = line.split_at_checked(line.len().checked_sub(tail)?)?;
    let mut sum = hex(content, before);
    sum.truncate(LINE_SUM_CHARS);
    if seal != format!("{LINE_MARK}{sum}{LINE_END}").as_bytes() {
        return None;
    }
    let mut json = std::str::from_utf8(content).ok()?.to_owned();
    json.push('}');
    Some((json, sum))
}

/// Whether a text begins with a whole line that is followed by something else: then a line break
/// was lost, and it is not one cut line.
pub(super) fn begins_with_line(text: &[u8], before: &str) -> bool {
    let end = LINE_END.as_bytes();
    text.windows(end.len())
        .enumerate()
        .filter(|(_, window)| *window == end)
        .filter_map(|(at, _)| text.split_at_checked(at + end.len()))
        .any(|(line, rest)| rest.len() > 1 && open_line(line, before).is_some())
}
