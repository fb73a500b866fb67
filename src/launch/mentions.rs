//! Lines of texts and comments that name a date, or the launch before.

use super::label::Naming;
use super::spoken::words;
use super::words::{MONTHS, find};
use crate::yaml::{Node, ScalarStyle, Value};
use std::ops::Range;

/// The lines of a text that name a date or speak of the launch before, trimmed.
pub(super) fn lines<'a>(text: &'a str, naming: &Naming) -> Vec<&'a str> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| has_date(line) || naming.speaks(line))
        .collect()
}

/// Whether a line has a day in it: `2026-09-07`, `07.09.`, `7/09`, `7 septembre`, `September 7`.
fn has_date(line: &str) -> bool {
    let words = words(line);
    let number = |word: &str| {
        let digits = word.trim_end_matches(|letter: char| letter.is_alphabetic());
        let is_short = (1..=2).contains(&digits.len());
        digits.parse::<u32>().ok().filter(|_| is_short)
    };
    let is_day = |word: &str| number(word).is_some_and(|day| (1..=31).contains(&day));
    words.windows(2).any(|pair| {
        let [(first, one), (second, other)] = pair else {
            return false;
        };
        let gap = line.get(first.end..second.start).unwrap_or_default();
        let is_month = |word: &str| find(MONTHS, word, None).is_some();
        let numeric = match gap {
            "-" => one.len() == 4 && other.len() == 2 && is_day(other),
            "." | "/" => {
                let is_whole = one
                    .bytes()
                    .chain(other.bytes())
                    .all(|it| it.is_ascii_digit());
                let is_month = |word| number(word).is_some_and(|it| (1..=12).contains(&it));
                // The day comes first, or, before a slash, the month.
                let in_order = is_day(one) && is_month(other);
                let turned = gap == "/" && is_month(one) && is_day(other);
                is_whole && other.len() == 2 && (in_order || turned)
            }
            _ => false,
        };
        let in_words = gap.trim_matches(['.', ',', ' ']).is_empty();
        numeric || in_words && (is_day(one) && is_month(other) || is_month(one) && is_day(other))
    })
}

/// Where comments stand in a document's text, with what is in quotes and blocks left out.
pub(super) fn comments(text: &str, node: &Node) -> Vec<Range<usize>> {
    let mut quoted = Vec::new();
    collect(node, &mut quoted);
    let mut out = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mut starts = line.match_indices('#').map(|(place, _)| place);
        let comment = starts.find(|place| {
            let before = line.get(..*place).unwrap_or_default();
            let is_apart = before.is_empty() || before.ends_with([' ', '\t']);
            is_apart && !quoted.iter().any(|span| span.contains(&(at + place)))
        });
        out.extend(comment.map(|place| at + place..at + line.trim_end().len()));
        at += line.len();
    }
    out
}

fn collect(node: &Node, out: &mut Vec<Range<usize>>) {
    match &node.value {
        Value::Scalar(scalar) => match scalar.style {
            ScalarStyle::Plain => {}
            ScalarStyle::Quoted | ScalarStyle::Block => out.push(node.span.range()),
        },
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Mapping(mapping) => {
            for entry in &mapping.entries {
                collect(&entry.value, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Diagnostics;
    use crate::source::FileId;
    use crate::yaml::{Limits, parse};

    #[test]
    fn days_are_seen_in_many_forms() {
        for line in [
            "Le direct a lieu le 17 mars à 18 h 30.",
            "commence le lundi 13 septembre à 10 h",
            "We start on September 7th.",
            "on 7th September",
            "Старт 7 сентября",
            "from 2026-09-07 on",
            "am 07.09. um zehn",
            "07/09",
            "until 09/30",
            "1 mai",
        ] {
            assert!(has_date(line), "{line}");
        }
        for line in [
            "un module s'ouvre chaque semaine",
            "you may pay 2 times",
            "Code works for {{ valid_for }}, 24 hours",
            "à 18 h 30",
            "490.00 EUR",
            "version 2.0",
            "",
        ] {
            assert!(!has_date(line), "{line}");
        }
    }

    #[test]
    fn comments_are_told_from_texts() {
        let text = "# one\na: \"# no\" # two\nb: |\n  # no\n\n  x # no\nc: d#no # three\n# four\n";
        let node = parse(FileId(0), text, &Limits::default(), &mut Diagnostics::new()).remove(0);
        let found = comments(text, &node).into_iter();
        let found: Vec<&str> = found.map(|place| &text[place]).collect();
        assert_eq!(found, ["# one", "# two", "# three", "# four"]);
    }
}
