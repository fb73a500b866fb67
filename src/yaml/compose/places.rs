//! Where values stand, where the crate says it otherwise.

use super::{Composer, Key, Kind};
use crate::source::Span;
use granit_parser::Span as Place;

impl Composer<'_> {
    /// The first `-` of a block sequence that is the value of the open key. The crate says where
    /// its first item starts, if the dashes are not indented further than the key.
    pub(super) fn dash(&self) -> Option<usize> {
        let Kind::Mapping {
            key: Key::Read(_, key),
            ..
        } = &self.frames.last()?.kind
        else {
            return None;
        };
        let mut at = key.end as usize;
        loop {
            let rest = self.text.get(at..)?;
            at += match rest.chars().next()? {
                '-' => return Some(at),
                ' ' | '\t' | '\r' | '\n' | ':' => 1,
                '#' => rest.find('\n')?,
                '&' | '!' => rest.find(char::is_whitespace)?,
                _ => return None,
            };
        }
    }

    /// A block scalar's span without the blank lines and the indentation behind it; of one
    /// without text, its `|` or `>`.
    pub(super) fn trimmed(&self, span: Span) -> Span {
        const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];
        let text = self.text.get(span.range()).unwrap_or("");
        let length = text.trim_end_matches(BLANK).len();
        let start = span.start as usize;
        if length > 0 {
            return Span::new(self.file, start, start + length);
        }
        let before = self.text.get(..start).unwrap_or("").trim_end_matches(BLANK);
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let header = before.get(line..).unwrap_or("");
        let header = header.split(" #").next().unwrap_or("");
        match header.rfind(['|', '>']) {
            Some(at) => Span::new(self.file, line + at, line + header.trim_end().len()),
            None => Span::new(self.file, start, start),
        }
    }

    pub(super) fn span(&self, place: &Place) -> Span {
        // Both are there: the crate gives bytes whenever it reads from a `&str`.
        let start = place.start.byte_offset().unwrap_or(0);
        let end = place.end.byte_offset().unwrap_or(start);
        Span::new(self.file, start, end)
    }
}
