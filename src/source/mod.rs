//! Texts, and places in them.
//!
//! A [`SourceMap`] owns the text of every file of a project; a [`Span`] is a range of bytes in one
//! of them. This room opens nothing: `os` reads the files and hands the texts over.

use std::borrow::Cow;
use std::sync::Arc;

/// One file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in one file: `start` included, `end` excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// Whether another span lies within this one.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// A span over the bytes `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            file,
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }

    /// The first byte of `file`, as an empty span.
    pub fn start_of(file: FileId) -> Self {
        Span {
            file,
            start: 0,
            end: 0,
        }
    }

    /// The span as a range of indexes.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as people count: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The byte in the file, from 0.
    pub byte: u32,
}

/// A text and the path it is shown under.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: Arc<str>,
    text: Arc<str>,
    /// Byte offsets at which lines start; the first is 0.
    line_starts: Vec<u32>,
    /// What is shown to nobody.
    hidden: Vec<Span>,
}

/// Every text of a run, by [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under the path that findings show, and returns its id.
    pub fn add(&mut self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let text = text.into();
        let mut line_starts = vec![0];
        line_starts.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)),
        );
        self.files.push(SourceFile {
            path: path.into(),
            text,
            line_starts,
            hidden: Vec::new(),
        });
        id
    }

    /// Says that a text is secret: [`SourceMap::shown`] covers it.
    pub fn hide(&mut self, span: Span) {
        if let Some(file) = self.files.get_mut(span.file.0 as usize) {
            file.hidden.push(span);
        }
    }

    /// A part of a file as it may be shown: a star for each byte that is hidden.
    pub fn shown(&self, file: FileId, range: std::ops::Range<usize>) -> Cow<'_, str> {
        let text = self.text(file).get(range.clone()).unwrap_or("");
        let hidden = self
            .files
            .get(file.0 as usize)
            .map_or(&[][..], |file| &file.hidden);
        let mut shown = Cow::Borrowed(text);
        for span in hidden {
            let start = span.range().start.clamp(range.start, range.end) - range.start;
            let end = span.range().end.clamp(range.start, range.end) - range.start;
            if shown.get(start..end).is_some_and(|part| !part.is_empty()) {
                shown
                    .to_mut()
                    .replace_range(start..end, &"*".repeat(end - start));
            }
        }
        shown
    }

    /// The text of a file; empty for an id of another map.
    pub fn text(&self, file: FileId) -> &str {
        self.files
            .get(file.0 as usize)
            .map_or("", |file| &file.text)
    }

    /// The path of a file as it was given; `<unknown>` for an id of another map.
    pub fn path(&self, file: FileId) -> &str {
        self.files
            .get(file.0 as usize)
            .map_or("<unknown>", |file| &file.path)
    }

    /// All files in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// The text that a span covers; empty if it lies outside.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.range()).unwrap_or("")
    }

    /// The line and column of a byte; past the end it is the end.
    pub fn line_column(&self, file: FileId, byte: u32) -> LineColumn {
        let Some(source) = self.files.get(file.0 as usize) else {
            return LineColumn {
                line: 1,
                column: 1,
                byte: 0,
            };
        };
        let byte = byte.min(u32::try_from(source.text.len()).unwrap_or(u32::MAX));
        let line = source
            .line_starts
            .partition_point(|start| *start <= byte)
            .saturating_sub(1);
        let start = source.line_starts.get(line).copied().unwrap_or(0);
        let before = source.text.get(start as usize..byte as usize).unwrap_or("");
        let number = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        LineColumn {
            line: number(line),
            column: number(before.chars().count()),
            byte,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_not_shown() {
        let mut map = SourceMap::new();
        let file = map.add("a.yaml", "key: pässword # no\n");
        map.hide(Span::new(file, 5, 14));
        assert_eq!(map.shown(file, 0..20), "key: ********* # no\n");
        assert_eq!(map.shown(file, 3..6), ": *");
        assert_eq!(map.shown(file, 14..19), " # no");
        assert_eq!(map.text(file), "key: pässword # no\n");
    }

    #[test]
    fn counts_lines_and_columns_in_characters() {
        let mut map = SourceMap::new();
        let file = map.add("a.yaml", "é: 1\nkey: ü\n");
        // `é` has two bytes: byte 3 is the space behind the colon, the third character.
        let at = map.line_column(file, 3);
        assert_eq!((at.line, at.column, at.byte), (1, 3, 3));
        let at = map.line_column(file, 11);
        assert_eq!((at.line, at.column), (2, 6));
        assert_eq!(map.line_column(file, 9_999).line, 3);
    }
}
