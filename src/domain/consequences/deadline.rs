//! Until when a plan must be applied: the first instant at which waiting changes the result.

use super::said::Deadline;
use super::sides::{Change, Deed, Side, Sides, text};
use crate::domain::schedule::Opens;
use crate::domain::world::{Id, Occasion, Offer, Term};
use crate::kinds::WireInstant;
use crate::model::{Attributes, Instant, parse_instant};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The first of all instants, if there is one.
pub(super) fn deadline(sides: &Sides<'_>) -> Option<Deadline> {
    let mut first = First(None);
    for change in &sides.facts.changes {
        let mut turns = Vec::new();
        match &*change.address.kind {
            "offer" => offer(sides, change, &mut turns),
            "coupon" => coupon(change, &mut turns),
            "scenario" => scenario(sides, change, &mut turns),
            "pass" if change.changes("sale_ends_at") => {
                for side in [&change.before, &change.after] {
                    turns.extend(turn(instant(side, "sale_ends_at"), "its sale ends"));
                }
            }
            _ => {}
        }
        let ahead = turns.into_iter().filter(|(at, _)| *at > sides.facts.now);
        for (at, why) in ahead {
            first.consider(at, change, why);
        }
    }
    let (at, change, why) = first.0?;
    Some(Deadline {
        at: WireInstant(at),
        address: change.address.to_string(),
        why: why.into_owned(),
        text: format!("{} ({})", sides.show(at), sides.facts.zone.name()),
    })
}

/// An instant, and what happens then.
type Turn = (Instant, Cow<'static, str>);

/// The earliest of several; of two at one instant the first that was considered.
struct First<'f>(Option<(Instant, &'f Change<'f>, Cow<'static, str>)>);

impl<'f> First<'f> {
    fn consider(&mut self, at: Instant, change: &'f Change<'f>, why: Cow<'static, str>) {
        if self.0.as_ref().is_none_or(|(earliest, ..)| at < *earliest) {
            self.0 = Some((at, change, why));
        }
    }
}

fn turn(at: Option<Instant>, why: &'static str) -> Option<Turn> {
    Some((at?, Cow::Borrowed(why)))
}

fn instant(side: &Option<Attributes>, key: &str) -> Option<Instant> {
    parse_instant(text(side.as_ref()?, key)?)
}

fn offer(sides: &Sides<'_>, change: &Change<'_>, turns: &mut Vec<Turn>) {
    let read = |side, id: Option<i64>| sides.offer(side, id?);
    let before = read(Side::Before, change.old);
    let after = match change.deed {
        Deed::Retired | Deed::Deleted => None,
        Deed::Made | Deed::Changed | Deed::Replaced => read(Side::After, change.new),
    };
    let both = || [&before, &after].into_iter().flatten();
    for offer in both().filter(|offer| offer.published) {
        turns.extend(turn(offer.opens, "its sale opens"));
    }
    if change.changes("sale") {
        for offer in both() {
            turns.extend(turn(offer.closes, "its sale closes"));
        }
    }
    if change.changes("promotion") || change.changes("price") {
        for promotion in both().filter_map(|offer| offer.promotion) {
            turns.extend(turn(promotion.starts, "its promotion begins"));
            turns.extend(turn(promotion.ends, "its promotion ends"));
        }
    }
    // What both sides have alike happens anyhow.
    let (old, new) = (of_products(before.as_ref()), of_products(after.as_ref()));
    for (at, why, ..) in old.symmetric_difference(&new) {
        turns.extend(turn(Some(*at), why));
    }
}

/// The instants at which a product's access ends or a part of it opens, with the course and the part.
fn of_products(offer: Option<&Offer>) -> BTreeSet<(Instant, &'static str, Id, Option<Id>)> {
    let mut turns = BTreeSet::new();
    for product in offer.iter().flat_map(|offer| &offer.products) {
        if let Term::Until(ends) = product.access {
            turns.insert((ends, "access ends", product.course, None));
        }
        let schedule = &product.schedule;
        for (part, opens) in schedule.modules.iter().chain(&schedule.lessons) {
            if let Some(Opens::At(at)) = opens {
                turns.insert((*at, "a part of a course opens", product.course, Some(*part)));
            }
        }
    }
    turns
}

fn coupon(change: &Change<'_>, turns: &mut Vec<Turn>) {
    let takes_effect = ["discount", "status", "ends_at", "list_ids", "code"];
    if takes_effect.iter().any(|key| change.changes(key)) {
        for side in [&change.before, &change.after] {
            turns.extend(turn(instant(side, "ends_at"), "it ceases to work"));
        }
    }
}

/// Who orders before a scenario acts gets nothing from it.
fn scenario(sides: &Sides<'_>, change: &Change<'_>, turns: &mut Vec<Turn>) {
    let (Some(id), Some(body)) = (change.new.or(change.old), change.after.as_ref()) else {
        return;
    };
    if text(body, "status") != Some("active") {
        return;
    }
    let scenario = sides.scenario(id, body);
    let when = scenario.and_then(|scenario| scenario.triggers.first()?.when);
    if let Some(Occasion::UnpaidOrder(offer) | Occasion::PaidOrder(offer)) = when {
        let opens = sides
            .offer(Side::After, offer)
            .and_then(|offer| offer.opens);
        let why = || format!("the sale of {} opens", sides.name("offer", offer));
        turns.extend(opens.map(|opens| (opens, Cow::Owned(why()))));
    }
}
