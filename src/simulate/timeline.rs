//! What a configuration does by itself, when and to whom: sales, promotions, openings, ends, letters.

mod events;
mod scenarios;

use crate::model::Instant;
use std::collections::{BTreeMap, BTreeSet};

pub use events::timeline;

/// A configuration's timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The project's time zone.
    pub zone: String,
    /// What happens at instants, in their order.
    pub moments: Vec<Moment>,
    /// What lasts, for charts: lane by lane.
    pub spans: Vec<Span>,
    /// What happens so long after something else.
    pub relative: Vec<Relative>,
}

/// Something that happens at an instant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// When.
    pub at: Instant,
    /// When, on the clocks of the project.
    pub time: String,
    /// The document that it comes from.
    pub of: String,
    /// What, in a word for machines.
    pub what: &'static str,
    /// Which part of the document: a module, a lesson, an instalment.
    pub part: String,
    /// The cohort that it belongs to.
    pub cohort: Option<String>,
    /// What, in a sentence.
    pub text: String,
    /// Whom it reaches, and how.
    pub whom: Option<String>,
}

/// Something that lasts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The document that it comes from.
    pub of: String,
    /// What: `sale`, `promotion`, `discount`, `access`.
    pub what: &'static str,
    /// The cohort that it belongs to.
    pub cohort: Option<String>,
    /// Its beginning; open, if `None`.
    pub from: Option<Instant>,
    /// Its end; open, if `None`.
    pub to: Option<Instant>,
    /// What is written on it.
    pub label: String,
}

/// Something that happens so long after something else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relative {
    /// The document that it comes from.
    pub of: String,
    /// The cohort that it belongs to.
    pub cohort: Option<String>,
    /// When: `30m after an unpaid order of offer …`.
    pub when: String,
    /// What.
    pub text: String,
    /// When it happens to who buys as the sale opens.
    pub first: Option<Shown>,
    /// When it happens to who buys just before the sale closes.
    pub last: Option<Shown>,
}

/// An instant, and how the project's clocks show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    /// The instant.
    pub at: Instant,
    /// The date and the time of day.
    pub time: String,
}

/// What differs between two timelines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// It happens at another time.
    Moved {
        /// As it was.
        before: Moment,
        /// As it is.
        after: Moment,
    },
    /// It did not happen before.
    Appears(Moment),
    /// It does not happen any more.
    Disappears(Moment),
    /// It counts from something else, and did not before.
    Begins(Relative),
    /// It counts from something else, and does not any more.
    Ceases(Relative),
}

impl Move {
    /// Whether it happens, or happened, from an instant on and before another. What counts from
    /// something else has no instant, and is never left out.
    fn is_between(&self, from: Option<Instant>, to: Option<Instant>) -> bool {
        let is_in =
            |it: &Moment| from.is_none_or(|from| it.at >= from) && to.is_none_or(|to| it.at < to);
        match self {
            Move::Moved { before, after } => is_in(before) || is_in(after),
            Move::Appears(moment) | Move::Disappears(moment) => is_in(moment),
            Move::Begins(_) | Move::Ceases(_) => true,
        }
    }
}

impl Timeline {
    /// What happens from an instant on and before another.
    #[must_use]
    pub fn between(self, from: Option<Instant>, to: Option<Instant>) -> Self {
        let is_in = |at: Instant| from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to);
        let meets = |span: &Span| {
            to.is_none_or(|to| span.from.is_none_or(|begins| begins < to))
                && from.is_none_or(|from| span.to.is_none_or(|ends| ends > from))
        };
        Timeline {
            moments: self
                .moments
                .into_iter()
                .filter(|moment| is_in(moment.at))
                .collect(),
            spans: self.spans.into_iter().filter(meets).collect(),
            ..self
        }
    }

    /// What lasts at an instant.
    pub fn lasting(&self, at: Instant) -> Vec<&Span> {
        self.spans
            .iter()
            .filter(|span| {
                span.from.is_none_or(|from| from <= at) && span.to.is_none_or(|to| at < to)
            })
            .collect()
    }

    /// What has moved since an earlier timeline, into, within or out of a stretch of time, in the
    /// order of time; then what counts from something else.
    pub fn moved_since(
        &self,
        before: &Timeline,
        from: Option<Instant>,
        to: Option<Instant>,
    ) -> Vec<Move> {
        let keyed = |timeline: &Timeline| -> BTreeMap<(String, &'static str, String), Moment> {
            let moments = timeline.moments.iter();
            moments
                .map(|it| ((it.of.clone(), it.what, it.part.clone()), it.clone()))
                .collect()
        };
        let (old, new) = (keyed(before), keyed(self));
        let mut moves = Vec::new();
        for (key, after) in &new {
            match old.get(key) {
                None => moves.push((after.at, Move::Appears(after.clone()))),
                Some(before) if before.at != after.at => {
                    let (before, after) = (before.clone(), after.clone());
                    moves.push((after.at, Move::Moved { before, after }));
                }
                Some(_) => {}
            }
        }
        let gone = old.iter().filter(|(key, _)| !new.contains_key(*key));
        moves.extend(gone.map(|(_, moment)| (moment.at, Move::Disappears(moment.clone()))));
        // What is said of one instant stays in the order of the documents.
        moves.sort_by_key(|(at, _)| *at);
        // That buyers come at other times moves no rule.
        let rule = |it: &Relative| (it.of.clone(), it.when.clone(), it.text.clone());
        let rules =
            |timeline: &Timeline| -> BTreeSet<_> { timeline.relative.iter().map(rule).collect() };
        let (old, new) = (rules(before), rules(self));
        let ceased = before.relative.iter().filter(|it| !new.contains(&rule(it)));
        let begun = self.relative.iter().filter(|it| !old.contains(&rule(it)));
        moves
            .into_iter()
            .map(|(_, it)| it)
            .chain(ceased.cloned().map(Move::Ceases))
            .chain(begun.cloned().map(Move::Begins))
            .filter(|it| it.is_between(from, to))
            .collect()
    }
}
