//! Places of a text that name a year, a season or a month.

use super::words::{MONTHS, SEASONS, Words, find};
use std::ops::Range;

/// What stands beside a year.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// Nothing.
    None,
    /// `09`
    Month(u32),
    /// `09-07`
    Day(u32, u32),
    /// `september`
    MonthWord(&'static Words, usize),
    /// `autumn`
    Season(&'static Words, usize),
    /// `q3`
    Quarter(u32),
}

/// A place of a text that speaks of a launch.
#[derive(Clone, Debug)]
pub(super) struct Spoken {
    pub(super) year: Option<(Range<usize>, i32)>,
    pub(super) part: Part,
    /// Where the part stands.
    pub(super) place: Option<Range<usize>>,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// A name: lower case, hyphens.
    Slug,
    /// A title.
    Text,
}

/// The words of a text with their places.
pub(super) fn words(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut out = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        match (character.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                out.extend(text.get(from..at).map(|word| (from..at, word)));
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    out
}

/// Every place of a text that names a year, season or month.
pub(super) fn spoken(text: &str, writing: Writing, language: Option<&str>) -> Vec<Spoken> {
    let words = words(text);
    let mut used = vec![false; words.len()];
    let mut out = Vec::new();
    for (at, (place, word)) in words.iter().enumerate() {
        let Some(year) = year_of(word) else { continue };
        let mut said = Spoken {
            year: Some((place.clone(), year)),
            part: Part::None,
            place: None,
        };
        let around = [at.checked_add(1), at.checked_sub(1)];
        for (side, beside) in around.into_iter().enumerate() {
            let Some(beside) = beside.filter(|beside| used.get(*beside) == Some(&false)) else {
                continue;
            };
            let Some((near, word)) = words.get(beside) else {
                continue;
            };
            let gap = text.get(place.end.min(near.end)..place.start.max(near.start));
            let gap = gap.unwrap_or("\n");
            if gap.chars().count() > 2 || gap.contains('\n') {
                continue;
            }
            let number = matches!(gap, "-" | "/" | ".")
                .then(|| two_digits(word))
                .flatten();
            let part = match number {
                Some(month @ 1..=12) => {
                    let day = words.get(at + 2).filter(|_| side == 0);
                    let day = day.filter(|(next, _)| text.get(near.end..next.start) == Some("-"));
                    match day.and_then(|(next, word)| Some((next, two_digits(word)?))) {
                        Some((next, day @ 1..=31)) => {
                            said.place = Some(near.start..next.end);
                            Some(Part::Day(month, day))
                        }
                        Some(_) | None => Some(Part::Month(month)),
                    }
                }
                Some(_) | None => part_of(word, language),
            };
            if let Some(part) = part {
                said.part = part;
                said.place = said.place.or(Some(near.clone()));
                if let Some(used) = used.get_mut(beside) {
                    *used = true;
                }
                break;
            }
        }
        if let Some(used) = used.get_mut(at) {
            *used = true;
        }
        out.push(said);
    }
    for ((place, word), used) in words.iter().zip(used) {
        let is_word = |part: &Part| match part {
            Part::Season(..) => true,
            // `may`, `mar` and `mars` are words of their own in a text.
            Part::MonthWord(..) => writing == Writing::Text && word.chars().count() > 4,
            Part::None | Part::Month(_) | Part::Day(..) | Part::Quarter(_) => false,
        };
        if let Some(part) = part_of(word, language).filter(is_word).filter(|_| !used) {
            out.push(Spoken {
                year: None,
                part,
                place: Some(place.clone()),
            });
        }
    }
    out
}

fn part_of(word: &str, language: Option<&str>) -> Option<Part> {
    if let Some((words, at)) = find(SEASONS, word, language) {
        return Some(Part::Season(words, at));
    }
    if let Some((words, at)) = find(MONTHS, word, language) {
        return Some(Part::MonthWord(words, at));
    }
    let number = word.strip_prefix(['q', 'Q'])?;
    match number.parse() {
        Ok(quarter @ 1..=4) if number.len() == 1 => Some(Part::Quarter(quarter)),
        Ok(_) | Err(_) => None,
    }
}

fn year_of(word: &str) -> Option<i32> {
    let is_year = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let year = word.parse().ok().filter(|_| is_year)?;
    (1900..2200).contains(&year).then_some(year)
}

fn two_digits(word: &str) -> Option<u32> {
    let is_number = word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|_| is_number)
}
