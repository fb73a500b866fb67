//! Until when a plan must be applied: the first instant at which waiting changes the result.

use super::said::Deadline;
use super::sides::{Change, Deed, Side, Sides, text};
use crate::domain::schedule::Opens;
use crate::domain::world::{Occasion, Offer, Term};
use crate::kinds::WireInstant;
use crate::model::{Attributes, Instant, parse_instant};
use std::collections::BTreeSet;

/// The first of all instants, if there is one.
pub(super) fn deadline(sides: &Sides<'_>) -> Option<Deadline> {
    let mut first: Option<(Instant, &Change<'_>, String)> = None;
    for change in &sides.facts.changes {
        let mut consider = |at: Option<Instant>, why: &dyn Fn() -> String| {
            let Some(at) = at.filter(|at| *at > sides.facts.now) else {
                return;
            };
            if first.as_ref().is_none_or(|(earliest, ..)| at < *earliest) {
                first = Some((at, change, why()));
            }
        };
        match &*change.address.kind {
            "offer" => offer(sides, change, &mut consider),
            "coupon" => coupon(change, &mut consider),
            "scenario" => scenario(sides, change, &mut consider),
            "pass" => {
                for side in [&change.before, &change.after] {
                    if change.changes("sale_ends_at") {
                        consider(instant(side, "sale_ends_at"), &|| {
                            "its sale ends".to_owned()
                        });
                    }
                }
            }
            _ => {}
        }
    }
    let (at, change, why) = first?;
    Some(Deadline {
        at: WireInstant(at),
        address: change.address.to_string(),
        why,
        text: format!("{} ({})", sides.show(at), sides.facts.zone.name()),
    })
}

fn instant(side: &Option<Attributes>, key: &str) -> Option<Instant> {
    parse_instant(text(side.as_ref()?, key)?)
}

fn offer(
    sides: &Sides<'_>,
    change: &Change<'_>,
    consider: &mut dyn FnMut(Option<Instant>, &dyn Fn() -> String),
) {
    let read = |side, id: Option<i64>| sides.offer(side, id?);
    let before = read(Side::Before, change.old);
    let after = match change.deed {
        Deed::Retired | Deed::Deleted => None,
        Deed::Made | Deed::Changed | Deed::Replaced => read(Side::After, change.new),
    };
    let both = || [&before, &after].into_iter().flatten();
    for offer in both().filter(|offer| offer.published) {
        consider(offer.opens, &|| "its sale opens".to_owned());
    }
    if change.changes("sale") {
        for offer in both() {
            consider(offer.closes, &|| "its sale closes".to_owned());
        }
    }
    if change.changes("promotion") || change.changes("price") {
        for promotion in both().filter_map(|offer| offer.promotion) {
            consider(promotion.starts, &|| "its promotion begins".to_owned());
            consider(promotion.ends, &|| "its promotion ends".to_owned());
        }
    }
    // What both sides have alike happens anyhow.
    let (old, new) = (turns(before.as_ref()), turns(after.as_ref()));
    for (at, why) in old.symmetric_difference(&new) {
        consider(Some(*at), &|| (*why).to_owned());
    }
}

/// The instants at which a product's access ends or a part of it opens.
fn turns(offer: Option<&Offer>) -> BTreeSet<(Instant, &'static str)> {
    let mut turns = BTreeSet::new();
    for product in offer.iter().flat_map(|offer| &offer.products) {
        if let Term::Until(ends) = product.access {
            turns.insert((ends, "access ends"));
        }
        let schedule = &product.schedule;
        for opens in schedule.modules.values().chain(schedule.lessons.values()) {
            if let Some(Opens::At(at)) = opens {
                turns.insert((*at, "a part of a course opens"));
            }
        }
    }
    turns
}

fn coupon(change: &Change<'_>, consider: &mut dyn FnMut(Option<Instant>, &dyn Fn() -> String)) {
    let takes_effect = ["discount", "status", "ends_at", "list_ids", "code"];
    if takes_effect.iter().any(|key| change.changes(key)) {
        for side in [&change.before, &change.after] {
            consider(instant(side, "ends_at"), &|| "it ceases to work".to_owned());
        }
    }
}

/// Who orders before a scenario acts gets nothing from it.
fn scenario(
    sides: &Sides<'_>,
    change: &Change<'_>,
    consider: &mut dyn FnMut(Option<Instant>, &dyn Fn() -> String),
) {
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
        consider(opens, &|| {
            format!("the sale of {} opens", sides.name("offer", offer))
        });
    }
}
