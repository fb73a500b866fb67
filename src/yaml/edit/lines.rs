//! Lines and columns of a text, by bytes.

pub(super) fn trimmed_end(text: &str, start: usize, end: usize) -> usize {
    start + text.get(start..end).unwrap_or("").trim_end().len()
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or("");
    before.rfind('\n').map_or(0, |found| found + 1)
}

/// The end of the line, without its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    let end = rest.find('\n').map_or(text.len(), |found| at + found);
    match text.get(at..end) {
        Some(line) if line.ends_with('\r') => end - 1,
        Some(_) | None => end,
    }
}

/// The start of the next line.
pub(super) fn after_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    rest.find('\n').map_or(text.len(), |found| at + found + 1)
}

pub(super) fn column_of(text: &str, at: usize) -> usize {
    at - line_start(text, at)
}

/// The dash of the item that begins at a place.
pub(super) fn dash_before(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?;
    let rest = before.trim_end_matches([' ', '\n', '\r']);
    rest.ends_with('-').then(|| rest.len() - 1)
}

/// The first of the comment lines directly above a line that belong to what begins at a column.
pub(super) fn with_comments_above(text: &str, line: usize, column: usize) -> usize {
    let mut at = line;
    while let Some(end) = at.checked_sub(1) {
        let start = line_start(text, end);
        match text.get(start..end) {
            Some(above)
                if above.trim_start().starts_with('#')
                    && above.len() - above.trim_start().len() <= column =>
            {
                at = start;
            }
            Some(_) | None => break,
        }
    }
    at
}
