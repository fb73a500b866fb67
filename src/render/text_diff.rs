//! Two texts line by line, and word by word where lines are alike.

use similar::{Algorithm, ChangeTag, InlineChangeMode, InlineChangeOptions, TextDiff};

/// Lines that stay around those that change.
const CONTEXT_LINES: usize = 2;
/// How many characters of an unchanged run stay beside a word that changes, in lines that are long.
const CONTEXT_CHARS: usize = 60;
/// Lines longer than this, in characters, are shown around their changes only.
const LONG_LINE: usize = 200;
/// Changed places larger than this, in bytes, are shown without words: comparing them would take long.
const MOST_BYTES_FOR_WORDS: usize = 20_000;

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// It stays.
    Same,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

/// A line in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// What becomes of it.
    pub(super) tag: Tag,
    /// Its pieces in order; whether the words of each are what changes in the line. A line without a
    /// counterpart is one piece that is not marked.
    pub(super) pieces: Vec<(bool, String)>,
}

/// The places where two texts differ, each with the lines around it.
pub(super) fn places(before: &[String], after: &[String]) -> Vec<Vec<Line>> {
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let after: Vec<&str> = after.iter().map(String::as_str).collect();
    let diff = TextDiff::from_slices(&before, &after);
    let mut options = InlineChangeOptions::default();
    options
        .algorithm(Algorithm::Patience)
        .mode(InlineChangeMode::UnicodeWords)
        .semantic_cleanup(true);
    let grouped = diff.grouped_ops(CONTEXT_LINES);
    grouped
        .iter()
        .map(|group| {
            let mut lines = Vec::new();
            for op in group {
                let bytes = |lines: &[&str]| lines.iter().map(|line| line.len()).sum::<usize>();
                let old = bytes(before.get(op.old_range()).unwrap_or_default());
                let new = bytes(after.get(op.new_range()).unwrap_or_default());
                if old + new > MOST_BYTES_FOR_WORDS {
                    lines.extend(diff.iter_changes(op).map(|change| Line {
                        tag: tag(change.tag()),
                        pieces: vec![(false, change.value().to_owned())],
                    }));
                    continue;
                }
                // Without a deadline, so that the same texts give the same lines.
                let changes = diff.iter_inline_changes_with_options_deadline(op, options, None);
                lines.extend(changes.map(|change| Line {
                    tag: tag(change.tag()),
                    pieces: pieces(change.values()),
                }));
            }
            lines
        })
        .collect()
}

fn tag(tag: ChangeTag) -> Tag {
    match tag {
        ChangeTag::Equal => Tag::Same,
        ChangeTag::Delete => Tag::Removed,
        ChangeTag::Insert => Tag::Added,
    }
}

/// The pieces of a line; of a long one, what is beside the words that change.
fn pieces(values: &[(bool, &str)]) -> Vec<(bool, String)> {
    if values
        .iter()
        .all(|(marked, text)| *marked || text.trim().is_empty())
    {
        // No word stays: the line itself says that it changes.
        let whole = values.iter().map(|(_, text)| *text).collect();
        return vec![(false, whole)];
    }
    let is_long = values
        .iter()
        .map(|(_, text)| text.chars().count())
        .sum::<usize>()
        > LONG_LINE;
    let is_marked = values.iter().any(|(marked, _)| *marked);
    let last = values.len().saturating_sub(1);
    values
        .iter()
        .enumerate()
        .map(|(at, (marked, text))| {
            let text = if *marked || !is_long || !is_marked {
                (*text).to_owned()
            } else {
                beside(text, at > 0, at < last)
            };
            (*marked, text)
        })
        .collect()
}

/// An unchanged run, of which only its ends are kept that stand beside a change.
fn beside(text: &str, after_change: bool, before_change: bool) -> String {
    let count = text.chars().count();
    let kept = CONTEXT_CHARS * (usize::from(after_change) + usize::from(before_change));
    if count <= kept {
        return text.to_owned();
    }
    let mut out = String::new();
    if after_change {
        out.extend(text.chars().take(CONTEXT_CHARS));
    }
    out.push('…');
    if before_change {
        out.extend(text.chars().skip(count - CONTEXT_CHARS));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(before: &[&str], after: &[&str]) -> Vec<String> {
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        let (before, after): (Vec<String>, Vec<String>) = (owned(before), owned(after));
        let shown = |line: Line| {
            let mark = match line.tag {
                Tag::Same => ' ',
                Tag::Removed => '-',
                Tag::Added => '+',
            };
            let pieces = line.pieces.into_iter();
            let pieces = pieces.map(|(marked, text)| match marked {
                true => format!("<{text}>"),
                false => text,
            });
            format!("{mark}{}", pieces.collect::<String>())
        };
        let places = places(&before, &after);
        places.into_iter().flatten().map(shown).collect()
    }

    #[test]
    fn words_are_marked_where_lines_are_alike() {
        assert_eq!(
            marked(
                &["Hello!", "It costs 490 euros until Monday.", "Bye."],
                &["Hello!", "It costs 520 euros until Friday.", "Bye."],
            ),
            [
                " Hello!",
                "-It costs <490> euros until <Monday>.",
                "+It costs <520> euros until <Friday>.",
                " Bye.",
            ]
        );
        assert_eq!(marked(&["  four"], &["  4"]), ["-  four", "+  4"]);
        assert_eq!(
            marked(&["one two three"], &["quite another thing"]),
            ["-one two three", "+quite another thing"]
        );
        assert_eq!(marked(&["same"], &["same"]), Vec::<String>::new());
    }

    #[test]
    fn long_lines_are_shown_around_what_changes() {
        let run = "word ".repeat(100);
        let before = format!("{run}Monday {run}");
        let after = format!("{run}Friday {run}");
        let lines = marked(&[&before], &[&after]);
        let side = "word ".repeat(12);
        assert_eq!(
            lines,
            [
                format!("-…{side}<Monday> {}…", side.trim_end()),
                format!("+…{side}<Friday> {}…", side.trim_end()),
            ]
        );
    }

    #[test]
    fn large_places_are_not_compared_word_by_word() {
        let before = "a b ".repeat(5_000);
        let after = "a c ".repeat(5_000);
        let lines = marked(&[&before], &[&after]);
        assert_eq!(lines, [format!("-{before}"), format!("+{after}")]);
    }
}
