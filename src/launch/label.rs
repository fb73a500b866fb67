//! What tells one launch from the next in names and titles: year and month, year and season, a
//! number.

use super::spoken::{Part, Spoken, Writing, spoken};
use super::words::Words;
use crate::model::Name;
use chrono::{Datelike as _, NaiveDate};
use std::ops::Range;

/// Days around the day of a year earlier on which a launch is of the same season, whatever the
/// calendar calls it: a school's autumn may begin at the end of August.
const SAME_SEASON_DAYS: i64 = 45;

/// The longest name.
const MOST_BYTES: usize = 63;

/// A launch as names and titles speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Era {
    year: i32,
    /// From 1.
    month: u32,
    day: u32,
    /// From 0, winter.
    season: usize,
}

/// How the next launch is called, everywhere.
#[derive(Clone, Debug)]
pub(super) struct Naming {
    old_name: String,
    new_name: String,
    old: Era,
    new: Era,
    /// What the old cohort's name says of its launch.
    style: Part,
    /// Whether the year comes first there.
    year_first: bool,
    language: Option<&'static str>,
}

impl Naming {
    /// How the launch on `new` is called after the one on `old`; `name`, if it is chosen.
    pub(super) fn new(
        old_name: &str,
        old: NaiveDate,
        new: NaiveDate,
        name: Option<&str>,
        language: Option<&'static str>,
    ) -> Self {
        let said = spoken(old_name, Writing::Slug, language);
        let said = said.into_iter().find(|said| said.year.is_some());
        let mut era = Era::of(old);
        let (style, year_first) = match &said {
            Some(said) => {
                era.year = said.year.as_ref().map_or(era.year, |(_, year)| *year);
                match said.part {
                    Part::Month(month) => era.month = month,
                    Part::Day(month, day) => (era.month, era.day) = (month, day),
                    Part::MonthWord(_, at) => {
                        era.month = u32::try_from(at).map_or(era.month, |at| at + 1);
                    }
                    Part::Season(_, season) => era.season = season,
                    Part::Quarter(_) | Part::None => {}
                }
                let year = said.year.as_ref().map_or(0, |(place, _)| place.start);
                let first = said.place.as_ref().is_none_or(|part| year < part.start);
                (said.part, first)
            }
            None => (Part::None, true),
        };
        let mut naming = Naming {
            old_name: old_name.to_owned(),
            new_name: String::new(),
            old: era,
            new: Era::after(old, era.season, new),
            style,
            year_first,
            language,
        };
        naming.new_name = match name {
            Some(name) => name.to_owned(),
            None => naming.next_name(new),
        };
        naming
    }

    /// The name of the new cohort.
    pub(super) fn cohort(&self) -> &str {
        &self.new_name
    }

    /// `web-dev-2026-09` → `web-dev-2027-01`; `photo-3` → `photo-4`; else the month behind it.
    fn next_name(&self, new: NaiveDate) -> String {
        let old = &self.old_name;
        match self.relabelled(old, Writing::Slug) {
            Some(name) if name != *old => return name,
            // The same month or season: the day tells them apart.
            Some(_) => {
                let behind = match self.style {
                    Part::Month(_) => format!("{:02}", new.day()),
                    _ => format!("{:02}-{:02}", new.month(), new.day()),
                };
                return joined(old, &behind);
            }
            None => {}
        }
        if let Some((stem, number)) = old.rsplit_once('-')
            && number.len() <= 3
            && let Ok(number) = number.parse::<u32>()
        {
            return format!("{stem}-{}", number + 1);
        }
        joined(old, &format!("{:04}-{:02}", new.year(), new.month()))
    }

    /// The new name of a document: what is in it of the old launch becomes of the new one; what has
    /// nothing of it gets it at its end. The first that is free, and other than the old name.
    pub(super) fn name(&self, old: &str, is_free: &dyn Fn(&str) -> bool) -> String {
        let is_good = |name: &str| name != old && Name::check(name).is_ok() && is_free(name);
        let whole = replaced_whole(old, &self.old_name, &self.new_name);
        let spoken = whole.or_else(|| self.relabelled(old, Writing::Slug));
        let alone = || self.relabelled_alone(old);
        if let Some(name) = spoken.or_else(alone).filter(|name| is_good(name)) {
            return name;
        }
        let wanted = joined(old, &self.slug());
        if is_good(&wanted) {
            return wanted;
        }
        let mut number = 2usize;
        loop {
            let name = joined(&wanted, &number.to_string());
            if is_good(&name) {
                return name;
            }
            number += 1;
        }
    }

    /// A folder or file with what it says of the old launch said of the new one.
    pub(super) fn folder(&self, old: &str) -> String {
        let whole = replaced_whole(old, &self.old_name, &self.new_name);
        let spoken = whole.or_else(|| self.relabelled(old, Writing::Slug));
        spoken.unwrap_or_else(|| old.to_owned())
    }

    /// A title, as it stands in a text, quotes and all: the first that is free.
    pub(super) fn title(&self, raw: &str, is_free: &dyn Fn(&str) -> bool) -> String {
        let is_free = |raw: &String| is_free(unquoted(raw));
        let labels = [self.text(), self.new_name.clone()];
        let labelled = labels.iter().map(|label| labelled(raw, label));
        let numbered = (2usize..).map(|n| labelled_with(raw, &self.new_name, n));
        let all = self.spoken_title(raw).into_iter().chain(labelled);
        let mut all = all.chain(numbered);
        // There is always one more number.
        all.find(is_free).unwrap_or_default()
    }

    /// A title that speaks of the old launch with its year; `None` if it does not.
    pub(super) fn spoken_title(&self, raw: &str) -> Option<String> {
        self.relabelled(raw, Writing::Text)
            .filter(|title| title != raw)
    }

    /// A code that clients type: short, and free.
    pub(super) fn code(&self, old: &str, is_free: &dyn Fn(&str) -> bool) -> String {
        let plain = self.relabelled(old, Writing::Text);
        if let Some(code) = plain.filter(|code| code != old && is_free(code)) {
            return code;
        }
        let short = format!("{old}-{:02}{:02}", self.new.year % 100, self.new.month);
        if is_free(&short) {
            return short;
        }
        let mut number = 2usize;
        loop {
            let code = format!("{short}-{number}");
            if is_free(&code) {
                return code;
            }
            number += 1;
        }
    }

    /// Whether a text has a season, month or year of the old launch in it, alone or together.
    pub(super) fn speaks(&self, text: &str) -> bool {
        spoken(text, Writing::Text, self.language)
            .iter()
            .any(|said| self.is_old(said))
    }

    /// The launch in a name: `2027-01`, `2028-printemps`.
    fn slug(&self) -> String {
        let Era { year, month, .. } = self.new;
        let part = match self.style {
            Part::Season(words, _) => words.slug.get(self.new.season).copied(),
            Part::MonthWord(words, _) => words.slug.get(month_at(month)).copied(),
            Part::None | Part::Month(_) | Part::Day(..) | Part::Quarter(_) => None,
        };
        match part {
            Some(part) if self.year_first => format!("{year:04}-{part}"),
            Some(part) => format!("{part}-{year:04}"),
            None => format!("{year:04}-{month:02}"),
        }
    }

    /// The launch in a title: `2027-01`, `printemps 2028`.
    fn text(&self) -> String {
        let Era { year, month, .. } = self.new;
        let part = match self.style {
            Part::Season(words, _) => words.text.get(self.new.season).copied(),
            Part::MonthWord(words, _) => words.text.get(month_at(month)).copied(),
            Part::None | Part::Month(_) | Part::Day(..) | Part::Quarter(_) => None,
        };
        match part {
            Some(part) => format!("{part} {year:04}"),
            None => format!("{year:04}-{month:02}"),
        }
    }

    fn is_old(&self, said: &Spoken) -> bool {
        let Era {
            year,
            month,
            day,
            season,
        } = self.old;
        let is_year = said.year.as_ref().is_none_or(|(_, said)| *said == year);
        let is_part = match said.part {
            Part::None => true,
            Part::Month(said) => said == month,
            Part::Day(in_month, said) => in_month == month && said == day,
            Part::MonthWord(_, at) => at == month_at(month),
            Part::Season(_, said) => said == season,
            Part::Quarter(said) => said == quarter(month),
        };
        is_year && is_part
    }

    /// A text with each place that has the year of the old launch said of the new one; `None` if
    /// there is none.
    fn relabelled(&self, text: &str, writing: Writing) -> Option<String> {
        let mut said = spoken(text, writing, self.language);
        said.retain(|said| said.year.is_some() && self.is_old(said));
        self.replaced(text, &said, writing)
    }

    /// A name with a season or month that has no year beside it: `prix-de-l-automne`.
    fn relabelled_alone(&self, text: &str) -> Option<String> {
        let mut said = spoken(text, Writing::Slug, self.language);
        said.retain(|said| said.year.is_none() && self.is_old(said));
        self.replaced(text, &said, Writing::Slug)
    }

    fn replaced(&self, text: &str, said: &[Spoken], writing: Writing) -> Option<String> {
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for said in said {
            let part = said.place.clone().and_then(|place| {
                let old = text.get(place.clone())?;
                Some((place, alike(old, &self.part(said.part, writing)?)))
            });
            match (&said.year, part) {
                (Some((year, _)), part) => {
                    edits.push((year.clone(), format!("{:04}", self.new.year)));
                    edits.extend(part);
                }
                (None, Some((place, part))) => {
                    edits.push((place, format!("{part}-{:04}", self.new.year)));
                }
                (None, None) => {}
            }
        }
        if edits.is_empty() {
            return None;
        }
        edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
        let mut out = text.to_owned();
        for (place, new) in edits {
            out.replace_range(place, &new);
        }
        Some(out)
    }

    /// What takes the place of a part.
    fn part(&self, part: Part, writing: Writing) -> Option<String> {
        let Era {
            year: _,
            month,
            day,
            season,
        } = self.new;
        let word = |words: &Words, at: usize| {
            let row = match writing {
                Writing::Slug => words.slug,
                Writing::Text => words.text,
            };
            row.get(at).map(|word| (*word).to_owned())
        };
        match part {
            Part::None => None,
            Part::Month(_) => Some(format!("{month:02}")),
            Part::Day(..) => Some(format!("{month:02}-{day:02}")),
            Part::MonthWord(words, _) => word(words, month_at(month)),
            Part::Season(words, _) => word(words, season),
            Part::Quarter(_) => Some(format!("q{}", quarter(month))),
        }
    }
}

impl Era {
    fn of(day: NaiveDate) -> Self {
        Era {
            year: day.year(),
            month: day.month(),
            day: day.day(),
            // December, January and February are winter.
            season: (day.month() as usize % 12) / 3,
        }
    }

    /// The era of a launch after one on `old` that is called after a season.
    fn after(old: NaiveDate, season: usize, new: NaiveDate) -> Self {
        let anniversary = old.with_day(old.day().min(28));
        let anniversary = anniversary.and_then(|day| day.with_year(new.year()));
        let near = |day: NaiveDate| (new - day).num_days().abs() <= SAME_SEASON_DAYS;
        let mut era = Era::of(new);
        if anniversary.is_some_and(near) {
            era.season = season;
        }
        era
    }
}

/// A title with something behind it, in signs that need no quotes anywhere.
fn labelled(raw: &str, label: &str) -> String {
    match raw.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let open = raw.strip_suffix(quote).unwrap_or(raw);
            format!("{open} ({label}){quote}")
        }
        Some(_) | None => format!("{raw} ({label})"),
    }
}

fn labelled_with(raw: &str, label: &str, number: usize) -> String {
    labelled(raw, &format!("{label} {number}"))
}

fn unquoted(raw: &str) -> &str {
    raw.trim_matches(['"', '\''])
}

fn month_at(month: u32) -> usize {
    month.saturating_sub(1) as usize
}

fn quarter(month: u32) -> u32 {
    month.saturating_sub(1) / 3 + 1
}

/// A name and what comes behind it, within the length of a name.
fn joined(name: &str, behind: &str) -> String {
    let room = MOST_BYTES.saturating_sub(behind.len() + 1);
    let name = name.get(..name.len().min(room)).unwrap_or(name);
    format!("{}-{behind}", name.trim_end_matches('-'))
}

/// A name with another one in it replaced, where that stands between hyphens.
fn replaced_whole(text: &str, old: &str, new: &str) -> Option<String> {
    let is_edge = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let (at, _) = text.match_indices(old).find(|(at, _)| {
        let bytes = text.as_bytes();
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        is_edge(before) && is_edge(bytes.get(at + old.len()))
    })?;
    let (before, rest) = text.split_at(at);
    Some(format!("{before}{new}{}", rest.get(old.len()..)?))
}

/// The new word with the letter case of the old one: `Autumn` → `Spring`, `AUTUMN` → `SPRING`.
fn alike(old: &str, new: &str) -> String {
    let letters = || old.chars().filter(|letter| letter.is_alphabetic());
    let is_upper = letters().next().is_some_and(char::is_uppercase);
    if is_upper && letters().count() > 1 && letters().all(char::is_uppercase) {
        return new.to_uppercase();
    }
    let mut rest = new.chars();
    match rest.next() {
        Some(first) if is_upper => first.to_uppercase().chain(rest).collect(),
        Some(_) | None => new.to_owned(),
    }
}

#[cfg(test)]
mod tests;
