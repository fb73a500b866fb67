//! Bytes ↔ the protocol's lines and characters.

use crate::source::{SourceMap, Span};
use lsp_types::{Position, PositionEncodingKind, Range};

/// In what the client counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16, which every client understands.
    Utf16,
}

impl Encoding {
    /// Bytes if the client offers them: nothing has to be counted then.
    pub(super) fn chosen(offered: Option<&[PositionEncodingKind]>) -> Self {
        if offered.is_some_and(|all| all.contains(&PositionEncodingKind::UTF8)) {
            Encoding::Utf8
        } else {
            Encoding::Utf16
        }
    }

    /// The protocol's name for it.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn length(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 => text.encode_utf16().count(),
        }
    }
}

/// A text by its lines.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'t> Lines<'t> {
    /// The lines of a text. They end in `\n`, `\r\n` or `\r`.
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0)
            .chain(ends.map(|(at, _)| at + 1))
            .collect();
        Lines {
            text,
            starts,
            encoding,
        }
    }

    /// The place of a byte; past the end it is the end.
    pub(super) fn position(&self, byte: usize) -> Position {
        let byte = self.text.floor_char_boundary(byte);
        let line = self.starts.partition_point(|start| *start <= byte);
        let line = line.saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..byte).unwrap_or("");
        Position {
            line: number(line),
            character: number(self.encoding.length(before)),
        }
    }

    /// The byte of a place; past the end of a line it is that end.
    pub(super) fn byte(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line).copied() else {
            return self.text.len();
        };
        let end = self.starts.get(line + 1).copied();
        let whole = self.text.get(start..end.unwrap_or(self.text.len()));
        let content = whole.unwrap_or("").trim_end_matches(['\n', '\r']);
        let wanted = position.character as usize;
        let mut passed = 0;
        for (at, letter) in content.char_indices() {
            if passed >= wanted {
                return start + at;
            }
            passed += match self.encoding {
                Encoding::Utf8 => letter.len_utf8(),
                Encoding::Utf16 => letter.len_utf16(),
            };
        }
        start + content.len()
    }

    /// The place of bytes.
    pub(super) fn range(&self, bytes: std::ops::Range<usize>) -> Range {
        Range {
            start: self.position(bytes.start),
            end: self.position(bytes.end),
        }
    }
}

/// The place of a span.
pub(super) fn range(sources: &SourceMap, span: Span, encoding: Encoding) -> Range {
    Lines::new(sources.text(span.file), encoding).range(span.range())
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_in_both_encodings() {
        let text = "a: 😀b\r\nü: 1\rc\n";
        for (encoding, b, one) in [(Encoding::Utf16, 5, 3), (Encoding::Utf8, 7, 4)] {
            let lines = Lines::new(text, encoding);
            let at = |what: char| text.find(what).unwrap();
            for (byte, line, character) in [(at('b'), 0, b), (at('1'), 1, one), (at('c'), 2, 0)] {
                let position = Position { line, character };
                assert_eq!(lines.position(byte), position);
                assert_eq!(lines.byte(position), byte);
            }
        }
    }

    #[test]
    fn takes_any_place() {
        let text = "ü😀\nb";
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let lines = Lines::new(text, encoding);
            for line in 0..4 {
                for character in 0..9 {
                    let byte = lines.byte(Position { line, character });
                    assert!(text.is_char_boundary(byte));
                }
            }
            for byte in 0..20 {
                lines.position(byte);
            }
        }
    }
}
