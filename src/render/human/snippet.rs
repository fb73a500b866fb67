//! Lines of a file with labels under them.

use crate::diag::Label;
use crate::render::Style;
use crate::render::terminal::{escape, mask};
use crate::source::{FileId, SourceMap, Span};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};
use std::fmt;

/// The most bytes of one line that are shown around a place.
const LINE_BYTES: usize = 400;

/// Lines that are shown above and below a place.
const CONTEXT_LINES: usize = 1;

/// Writes the lines around every label, with the labels.
pub(super) fn render(
    out: &mut String,
    sources: &SourceMap,
    file: FileId,
    labels: &[Label],
    style: Style,
) {
    if sources.text(file).is_empty() {
        return;
    }
    let theme = match style {
        Style::Plain => GraphicalTheme::unicode_nocolor(),
        Style::Coloured => GraphicalTheme::unicode(),
    };
    let report = Report::new(sources, file, labels);
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .without_cause_chain()
        .without_primary_span_start()
        .with_context_lines(CONTEXT_LINES)
        .with_width(usize::MAX >> 1);
    // Writing to a string fails only if a place lies outside of the text, and then there is no
    // snippet to show.
    if handler.render_report(&mut text, &report).is_err() {
        return;
    }
    // The report opens with its message, which is empty: only what follows it is wanted.
    let start = text.find("╭─").map_or(text.len(), |at| {
        text.get(..at)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |end| end + 1)
    });
    out.push_str(text.get(start..).unwrap_or("").trim_end());
    out.push('\n');
}

/// The nearest start of a character at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What miette is shown: the part of the file around the labels, and the labels in it.
struct Report {
    part: FilePart,
    labels: Vec<LabeledSpan>,
}

impl Report {
    fn new(sources: &SourceMap, file: FileId, labels: &[Label]) -> Self {
        let text = sources.text(file);
        let places: Vec<(usize, usize, &str)> = labels
            .iter()
            .map(|label| {
                let (start, length) = on_one_line(text, label.span);
                (start, length, label.text.as_str())
            })
            .collect();
        let first = places.iter().map(|(start, ..)| *start).min().unwrap_or(0);
        let last = places
            .iter()
            .map(|(start, length, _)| start + length)
            .max()
            .unwrap_or(0);
        let start = lines_before(text, first, CONTEXT_LINES);
        let stop = lines_after(text, last, CONTEXT_LINES);
        let at = sources.line_column(file, u32::try_from(start).unwrap_or(u32::MAX));
        let mut shown = mask(&sources.shown(file, start..stop)).into_owned();
        if !shown.ends_with('\n') {
            // Without it, a place at the end of the text would have no line.
            shown.push('\n');
        }
        Report {
            part: FilePart {
                text: shown,
                line: (at.line - 1) as usize,
                column: (at.column - 1) as usize,
            },
            labels: places
                .into_iter()
                .map(|(place, length, note)| {
                    let note = (!note.is_empty()).then(|| escape(note).into_owned());
                    LabeledSpan::new(note, place - start, length)
                })
                .collect(),
        }
    }
}

/// Start and length of a span, cut to its first line, to characters and to what can be shown.
fn on_one_line(text: &str, span: Span) -> (usize, usize) {
    let start = floor(text, span.start as usize);
    let end = floor(text, span.end as usize).max(start);
    let covered = text.get(start..end).unwrap_or("");
    let line = covered.lines().next().unwrap_or("").trim_end();
    if start == text.len() {
        // Behind the last line end there is no line to show.
        return (text.trim_end_matches(['\n', '\r']).len(), 0);
    }
    (start, floor(line, LINE_BYTES / 2))
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Report")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.part)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// Lines of a file, and where in it they start (from 0).
struct FilePart {
    text: String,
    line: usize,
    column: usize,
}

impl SourceCode for FilePart {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_before: usize,
        context_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset().saturating_add(span.len());
        if end > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let start = lines_before(&self.text, span.offset(), context_before);
        let stop = lines_after(&self.text, end, context_after);
        let above = self.text.get(..start).unwrap_or("").matches('\n').count();
        let shown = self.text.get(start..stop).unwrap_or("");
        Ok(Box::new(MietteSpanContents::new(
            shown.as_bytes(),
            SourceSpan::from((start, stop - start)),
            self.line + above,
            if start == 0 { self.column } else { 0 },
            shown.matches('\n').count(),
        )))
    }
}

/// The start of the line of a byte, and of `context` lines further up. Where a line is too long,
/// only its part before the byte is taken, or nothing of it.
fn lines_before(text: &str, at: usize, context: usize) -> usize {
    let mut start = at;
    for round in 0..=context {
        // From the second round on, `start` is behind a line end.
        let before = text.get(..start - usize::from(round > 0)).unwrap_or("");
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        if before.len() - line > LINE_BYTES {
            return match round {
                0 => floor(text, at - LINE_BYTES / 4),
                _ => start,
            };
        }
        start = line;
        if start == 0 {
            break;
        }
    }
    start
}

/// The end of the line of a byte (its line end included), and of `context` lines further down.
fn lines_after(text: &str, at: usize, context: usize) -> usize {
    let mut stop = at;
    for round in 0..=context {
        let after = text.get(stop..).unwrap_or("");
        let line = after.find('\n').map_or(after.len(), |end| end + 1);
        if line > LINE_BYTES {
            return match round {
                0 => floor(text, stop + LINE_BYTES / 2),
                _ => stop,
            };
        }
        stop += line;
    }
    stop
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, places: &[(usize, usize, &str)], expected: &str) {
        let mut sources = SourceMap::new();
        let file = sources.add("a.yaml", text);
        let labels: Vec<Label> = places
            .iter()
            .map(|(start, end, text)| Label {
                span: Span::new(file, *start, *end),
                text: (*text).to_owned(),
            })
            .collect();
        let mut out = String::new();
        render(&mut out, &sources, file, &labels, Style::Plain);
        assert_eq!(out, expected);
    }

    #[test]
    fn a_place_at_the_end_of_the_text() {
        check(
            "a: 1\nb:",
            &[(7, 7, "nothing here")],
            "   ╭────\n 1 │ a: 1\n 2 │ b:\n   ·   ▲\n   ·   ╰── nothing here\n   ╰────\n",
        );
    }

    #[test]
    fn a_place_of_several_lines_is_shown_by_its_first() {
        check(
            "a:\n  b: 1\n  c: 2\n",
            &[(5, 17, "this")],
            "   ╭────\n 1 │ a:\n 2 │   b: 1\n   ·   ──┬─\n   ·     ╰── this\n 3 │   c: 2\n   ╰────\n",
        );
    }

    #[test]
    fn long_lines_are_cut() {
        let text = format!(
            "a: {}\nb: {}!{}\n",
            "x".repeat(9_000),
            "y".repeat(9_000),
            "z".repeat(9_000)
        );
        let mut sources = SourceMap::new();
        let file = sources.add("a.yaml", text);
        let label = Label {
            span: Span::new(file, 18_007, 18_008),
            text: "here".into(),
        };
        let mut out = String::new();
        render(&mut out, &sources, file, &[label], Style::Plain);
        assert!(
            out.contains("yyy!zzz") && out.contains(" 2 │ ") && out.len() < 2_000,
            "{out}"
        );
    }

    #[test]
    fn an_empty_text_has_no_snippet() {
        check("", &[(0, 0, "")], "");
    }
}
