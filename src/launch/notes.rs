//! What is left to decide: read off the new documents.

use super::calendar::{self, Clock};
use super::decision::{Decision, Topic};
use super::follows;
use super::journeys::Placed;
use super::label::Naming;
use super::mentions;
use super::release::{Release, is_pause};
use super::standalone::Standalone;
use crate::domain::zone::{Zone, next_day};
use crate::kinds::cohort::Cohort;
use crate::kinds::offer::Offer;
use crate::kinds::{Document, Reference, Spec, Time};
use crate::model::{Address, Moment, Path};
use crate::yaml::Node;
use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Weekday};

/// The most characters of a line that is quoted.
const MOST_QUOTED: usize = 80;

/// A new document and what it was made from.
pub(super) struct Noted<'a> {
    pub(super) address: &'a Address,
    pub(super) document: &'a Document,
    pub(super) text: &'a str,
    pub(super) naming: &'a Naming,
    pub(super) zone: &'a Zone,
    pub(super) redated: &'a [Placed],
    /// The code that was made up.
    pub(super) code: Option<&'a str>,
}

impl Noted<'_> {
    /// Everything to decide about the document.
    pub(super) fn all(&self) -> Vec<Decision> {
        let mut out = Vec::new();
        let mut note = |topic, path: Option<Path>, message: String| {
            out.push(Decision {
                topic,
                address: self.address.clone(),
                path,
                message,
            });
        };
        let root = Path::root();
        if let Some(offer) = follows::offer(self.document) {
            self.of_offer(offer, &mut note);
        }
        if let Some(code) = self.code {
            let message = format!("`{code}` is made up: choose what clients type");
            note(Topic::Code, Some(root.key("code")), message);
        }
        self.of_times(&mut note);
        if let Some(read) = Standalone::read(self.text.to_owned()) {
            self.of_texts(&read.node, &mut note);
            for place in mentions::comments(&read.text, &read.node) {
                let comment = read.text.get(place).unwrap_or_default();
                for line in mentions::lines(comment, self.naming) {
                    note(Topic::Comment, None, quoted(line));
                }
            }
        }
        for (at, allow) in self.document.meta.allow.iter().enumerate() {
            let message = format!(
                "`{}` is excused as before: {}",
                allow.rule.0, allow.because.0
            );
            note(Topic::Excuse, Some(root.key("allow").index(at)), message);
        }
        if self.document.meta.protect == Some(true) {
            let message = "protected, as the earlier one is".to_owned();
            note(Topic::Protection, Some(root.key("protect")), message);
        }
        out
    }

    fn of_offer(&self, offer: &Offer, note: &mut impl FnMut(Topic, Option<Path>, String)) {
        let root = Path::root();
        if let Some(price) = offer.price.set() {
            let message = format!("{} as before", price.0);
            note(Topic::Price, Some(root.key("price")), message);
        }
        if let Some(promotion) = offer.promotion.set() {
            let message = format!("{} for as long as before", promotion.price.0);
            note(Topic::Promotion, Some(root.key("promotion")), message);
        }
        let products = offer.products.set().into_iter().flatten();
        let cohorts = products.filter_map(|product| product.cohort.set());
        for name in cohorts.filter_map(Reference::name) {
            if self.still_sells(name.as_str()) {
                let message = format!("it sells cohort.{name} too, as before");
                note(Topic::Left, Some(root.key("products")), message);
            }
        }
    }

    /// Whether a product of the new offer names a cohort.
    fn still_sells(&self, cohort: &str) -> bool {
        let Some(read) = Standalone::read(self.text.to_owned()) else {
            return false;
        };
        let products = read.node.get("products").and_then(Node::as_sequence);
        let names = |product: &Node| product.get("cohort").and_then(Node::as_str) == Some(cohort);
        products.into_iter().flatten().any(names)
    }

    fn of_times(&self, note: &mut impl FnMut(Topic, Option<Path>, String)) {
        let times = self.document.spec.times();
        let is_test = matches!(self.document.spec, Spec::Test(_));
        for (path, new) in self.redated {
            if let Some(clock) = new.clock {
                note(
                    Topic::Clock,
                    Some(path.clone()),
                    clock_words(clock, &new.text),
                );
            }
            let Some(time) = times.iter().find(|time| time.path == *path) else {
                continue;
            };
            if is_test {
                continue;
            }
            let old = calendar::local(&time.moment, self.zone).date();
            let new_day = new.local.date();
            if is_weekend(new_day) && !is_weekend(old) {
                let message = format!(
                    "{} is a {}, was a {}",
                    new_day,
                    day_name(new_day),
                    day_name(old)
                );
                note(Topic::Weekday, Some(path.clone()), message);
            }
            if is_end_of_month(time, old) && next_day(new_day).day() != 1 {
                let message = format!("{old} was the end of a month, {new_day} is not");
                note(Topic::MonthEnd, Some(path.clone()), message);
            }
        }
    }

    fn of_texts(&self, node: &Node, note: &mut impl FnMut(Topic, Option<Path>, String)) {
        // Other titles say the new launch already.
        let texts: &[&str] = match self.document.spec {
            Spec::Letter(_) => &["subject", "body"],
            Spec::Test(_) => &["title"],
            _ => &[],
        };
        for key in texts {
            let text = node.get(key).and_then(Node::as_str).unwrap_or_default();
            for line in mentions::lines(text, self.naming) {
                note(Topic::Text, Some(Path::root().key(key)), quoted(line));
            }
        }
    }
}

/// What to decide about the schedule of the new cohort.
pub(super) fn of_schedule(
    release: &Release,
    old: &Cohort,
    address: &Address,
    documents: &[Document],
    (started, starts): (NaiveDateTime, NaiveDateTime),
    out: &mut Vec<Decision>,
) {
    let mut note = |topic, path: Path, message: String| {
        out.push(Decision {
            topic,
            address: address.clone(),
            path: Some(path),
            message,
        });
    };
    let root = Path::root();
    let (before, after) = (started.date(), starts.date());
    if before.weekday() != after.weekday() {
        let message = format!(
            "{after} is a {}, {before} was a {}: every day moves along",
            day_name(after),
            day_name(before)
        );
        note(Topic::Weekday, root.key("starts"), message);
    }
    let every = old.schedule.as_ref().and_then(|all| all.every.as_ref());
    let skip = root.key("schedule").key("every").key("skip");
    let met = release.pauses.as_deref().unwrap_or_default();
    for (at, pause) in met.iter().enumerate().filter(|(_, pause)| pause.years != 0) {
        let message = format!(
            "{} to {} are the days of an earlier pause in another year: look at the calendar",
            pause.from, pause.to
        );
        note(Topic::Pause, skip.index(at), message);
    }
    if let Some(pause) = met.iter().find(|it| (it.from..=it.to).contains(&after)) {
        let message = format!(
            "{after} falls into the pause {} to {}: the first module opens after it",
            pause.from, pause.to
        );
        note(Topic::Pause, root.key("starts"), message);
    }
    let missed = every.iter().flat_map(|every| &every.skip).filter(|skip| {
        let is_same = |from: NaiveDate| {
            (from.month(), from.day()) == (skip.from.0.month(), skip.from.0.day())
        };
        !met.iter().any(|pause| is_same(pause.from))
    });
    for skip in missed {
        let message = format!(
            "the pause {} to {} does not fall into these dates and is left out: are there others?",
            skip.from.0, skip.to.0
        );
        note(Topic::Pause, root.key("schedule").key("every"), message);
    }
    let known = known_pauses(documents, release);
    for (path, new) in &release.openings {
        let day = new.local.date();
        if let Some((from, to)) = known.iter().find(|(from, to)| (*from..=*to).contains(&day)) {
            let message = format!("{day} falls into the pause {from} to {to}");
            note(Topic::Weekday, path.clone(), message);
        }
    }
    for (path, new) in &release.settled {
        let message = match new.clock {
            Some(clock) => clock_words(clock, &new.text),
            None => format!("written out as {}", new.text),
        };
        note(Topic::Clock, path.clone(), message);
    }
}

/// The pauses of all cohorts, and of the new one.
fn known_pauses(documents: &[Document], release: &Release) -> Vec<(NaiveDate, NaiveDate)> {
    let all = documents
        .iter()
        .filter_map(|document| match &document.spec {
            Spec::Cohort(cohort) => Some(&**cohort),
            _ => None,
        });
    let all = all.chain([&release.cohort]);
    let skips = all.flat_map(|cohort| {
        let schedule = cohort.schedule.iter();
        schedule.flat_map(|schedule| schedule.every.iter().flat_map(|every| &every.skip))
    });
    skips.map(|skip| (skip.from.0, skip.to.0)).collect()
}

fn clock_words(clock: Clock, new: &str) -> String {
    match clock {
        Clock::Skipped { due } => format!(
            "a clock change skips {}: {new} is written",
            due.format("%Y-%m-%dT%H:%M")
        ),
        Clock::Doubled { due } => format!(
            "a clock change makes {} come twice: the first is written, {new}",
            due.format("%Y-%m-%dT%H:%M")
        ),
        Clock::OtherOffset => {
            format!("{new} keeps the hour of the project's zone, not that of its own offset")
        }
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Whether a bare date that is no pause is the last day of a month.
fn is_end_of_month(time: &Time, day: NaiveDate) -> bool {
    matches!(time.moment, Moment::Date(_)) && !is_pause(&time.path) && next_day(day).day() == 1
}

fn day_name(day: NaiveDate) -> &'static str {
    match day.weekday() {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// A line as it is quoted: not too long.
fn quoted(line: &str) -> String {
    if line.chars().count() <= MOST_QUOTED {
        return format!("\u{201c}{line}\u{201d}");
    }
    let short: String = line.chars().take(MOST_QUOTED).collect();
    format!("\u{201c}{}…\u{201d}", short.trim_end())
}
