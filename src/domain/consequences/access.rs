//! Offers reach back: what their clients have, lose, get to see, and when (planner rules 1, 4, 5, 10).

mod lessons;
mod terms;

use super::said::{About, Consequence, Counted};
use super::sides::{Change, Deed, Side, Sides, many, text};
use crate::domain::world::{Id, Offer, Product};
use std::collections::BTreeMap;

/// The offers on the same course that are named one by one.
const MOST_NAMED: usize = 3;

/// What a change of an offer means for who has bought it, and for who buys it.
pub(super) fn say(sides: &Sides<'_>, change: &Change<'_>, out: &mut Vec<Consequence>) {
    if &*change.address.kind != "offer" {
        return;
    }
    let read = |side, id: Option<Id>| sides.offer(side, id?);
    let before = read(Side::Before, change.old);
    let after = read(Side::After, change.new);
    match change.deed {
        Deed::Made => {
            if let Some(after) = &after {
                on_sale(sides, change, None, after, out);
                earlier_cohorts(sides, change, after, out);
                lessons::openings(sides, change, &[], &after.products, Some(0), out);
            }
        }
        Deed::Changed | Deed::Replaced => {
            if let (Some(before), Some(after), Some(id)) = (&before, &after, change.old) {
                followers(sides, change, id, before, after, out);
                on_sale(sides, change, Some(before), after, out);
            } else if let Some(id) = change.old {
                unreadable(sides, change, id, out);
            }
        }
        Deed::Retired | Deed::Deleted => {
            if let Some(id) = change.old {
                leaves(sides, change, id, out);
            }
        }
    }
}

/// Who follows an offer that changes.
fn followers(
    sides: &Sides<'_>,
    change: &Change<'_>,
    id: Id,
    before: &Offer,
    after: &Offer,
    out: &mut Vec<Consequence>,
) {
    let clients = sides.count("offer", id, "clients_count");
    let words = many(clients, Counted::Clients);
    let verb = |one: &'static str, more: &'static str| if clients == Some(1) { one } else { more };
    let (about, text) = match (before.products == after.products, clients) {
        (_, Some(0)) => (About::Reach, "nobody has bought it yet".to_owned()),
        (true, _) => (
            About::Kept,
            format!(
                "{words} {} it; what they bought stays as it is",
                verb("has bought", "have bought")
            ),
        ),
        (false, _) => (
            About::Reach,
            format!(
                "{words} {} it and {} the new terms at once",
                verb("follows", "follow"),
                verb("has", "have")
            ),
        ),
    };
    out.push(change.say(about, text).counting(Counted::Clients, clients));
    copies(sides, change, out);
    let priced = ["price", "promotion", "payment"];
    if priced.iter().any(|key| change.changes(key)) {
        unpaid(sides, change, id, out);
    }
    if clients != Some(0) {
        terms::shortened(sides, change, [before, after], clients, out);
        lessons::closed(sides, change, [before, after], clients, out);
    }
    lessons::openings(
        sides,
        change,
        &before.products,
        &after.products,
        clients,
        out,
    );
}

/// What cannot be read may take something from people who are in: that is not known to be harmless.
fn unreadable(sides: &Sides<'_>, change: &Change<'_>, id: Id, out: &mut Vec<Consequence>) {
    let clients = sides.count("offer", id, "clients_count");
    if clients == Some(0) {
        return;
    }
    let whose = many(clients, Counted::Clients);
    let mut say = |about, what: &str| {
        let text = format!("{whose}: {what} is unknown, for the platform's answer is odd");
        out.push(change.say(about, text).counting(Counted::Clients, clients));
    };
    if change.changes("products") {
        say(About::AccessShortened, "whether their access ends earlier");
        say(
            About::LessonsClosed,
            "whether lessons that are open now close",
        );
    } else {
        say(About::Reach, "what it means for them");
    }
}

/// Clients on private copies of an offer do not see what happens to it.
fn copies(sides: &Sides<'_>, change: &Change<'_>, out: &mut Vec<Consequence>) {
    let title = change.before.as_ref().and_then(|it| text(it, "title"));
    let copies = title.map_or(&[][..], |title| sides.copies_of(title));
    if copies.is_empty() {
        return;
    }
    let counts = copies
        .iter()
        .map(|id| sides.count("offer", *id, "clients_count"));
    let clients: Option<u64> = counts.sum();
    let (follow, see) = if clients == Some(1) {
        ("follows", "does not see")
    } else {
        ("follow", "do not see")
    };
    let which = match copies.len() {
        1 => "a private copy of it".to_owned(),
        count => format!("{count} private copies of it"),
    };
    let text = format!(
        "{} {follow} {which} (\"Copy system …\") and {see} the change",
        many(clients, Counted::Clients)
    );
    out.push(
        change
            .say(About::Copies, text)
            .counting(Counted::Clients, clients),
    );
}

/// Orders freeze their price.
fn unpaid(sides: &Sides<'_>, change: &Change<'_>, id: Id, out: &mut Vec<Consequence>) {
    let count = sides.count("offer", id, "unpaid_orders_count");
    let text = match count {
        Some(0) => return,
        Some(1) => "1 unpaid order keeps the price that it was made at".to_owned(),
        _ => format!(
            "{} keep the price that they were made at",
            many(count, Counted::UnpaidOrders)
        ),
    };
    out.push(
        change
            .say(About::UnpaidOrders, text)
            .counting(Counted::UnpaidOrders, count),
    );
}

/// Whether somebody may be buying it while the plan is looked at.
fn on_sale(
    sides: &Sides<'_>,
    change: &Change<'_>,
    before: Option<&Offer>,
    after: &Offer,
    out: &mut Vec<Consequence>,
) {
    let now = sides.facts.now;
    let sells = |offer: &Offer| {
        offer.published
            && offer.opens.is_none_or(|opens| opens <= now)
            && offer.closes.is_none_or(|closes| now < closes)
    };
    let text = match (before.is_some_and(sells), sells(after)) {
        (true, true) => {
            let buys = [
                "price",
                "promotion",
                "payment",
                "coupon_policy",
                "coupon_ids",
                "products",
            ];
            if !buys.iter().any(|key| change.changes(key)) {
                return;
            }
            "it is on sale now: who orders before this is applied does so at the terms of before"
        }
        (false, true) => "it is on sale as soon as this is applied",
        (true, false) => "it is on sale now, and no longer once this is applied",
        (false, false) => return,
    };
    out.push(change.say(About::OnSaleNow, text));
}

/// What the clients of earlier offers on the same courses keep.
fn earlier_cohorts(
    sides: &Sides<'_>,
    change: &Change<'_>,
    after: &Offer,
    out: &mut Vec<Consequence>,
) {
    let mut earlier: BTreeMap<String, Option<u64>> = BTreeMap::new();
    for product in &after.products {
        for id in sides.offers_on(product.course) {
            let is_copy = sides
                .live("offer", id)
                .is_some_and(|it| sides.copied(it).is_some());
            let stays = sides
                .attributes(Side::After, "offer", id)
                .is_some_and(|is| {
                    sides.live("offer", id).map(|was| was.get("products"))
                        == Some(is.get("products"))
                });
            let clients = sides.count("offer", id, "clients_count");
            if !is_copy && stays && clients != Some(0) {
                earlier.insert(sides.name("offer", id), clients);
            }
        }
    }
    for (name, clients) in earlier.iter().take(MOST_NAMED) {
        let keep = if *clients == Some(1) { "keeps" } else { "keep" };
        let text = format!(
            "{} of {name} on the same course {keep} access and dates",
            many(*clients, Counted::Clients)
        );
        out.push(
            change
                .say(About::EarlierCohort, text)
                .counting(Counted::Clients, *clients),
        );
    }
    if earlier.len() > MOST_NAMED {
        let rest: Option<u64> = earlier.values().skip(MOST_NAMED).copied().sum();
        let text = format!(
            "so do {} of {} more offers on the same course",
            many(rest, Counted::Clients),
            earlier.len() - MOST_NAMED
        );
        out.push(
            change
                .say(About::EarlierCohort, text)
                .counting(Counted::Clients, rest),
        );
    }
}

/// What people keep of an offer that leaves.
fn leaves(sides: &Sides<'_>, change: &Change<'_>, id: Id, out: &mut Vec<Consequence>) {
    let clients = sides.count("offer", id, "clients_count");
    if clients != Some(0) {
        let words = many(clients, Counted::Clients);
        let text = match (change.deed, clients) {
            (Deed::Deleted, Some(1)) => {
                format!("{words} has bought it; what is left of that is unknown")
            }
            (Deed::Deleted, _) => {
                format!("{words} have bought it; what is left of that is unknown")
            }
            (_, Some(1)) => format!("{words} has bought it and keeps access"),
            (_, _) => format!("{words} have bought it and keep access"),
        };
        out.push(
            change
                .say(About::Kept, text)
                .counting(Counted::Clients, clients),
        );
    }
    let unpaid = sides.count("offer", id, "unpaid_orders_count");
    if unpaid != Some(0) {
        let text = format!(
            "{}: whether they can still be paid is unknown",
            many(unpaid, Counted::UnpaidOrders)
        );
        out.push(
            change
                .say(About::UnpaidOrders, text)
                .counting(Counted::UnpaidOrders, unpaid),
        );
    }
    copies(sides, change, out);
}

/// The products of both sides that give access to the same course.
fn pairs<'p>(
    before: &'p [Product],
    after: &'p [Product],
) -> impl Iterator<Item = (&'p Product, Option<&'p Product>)> {
    before.iter().map(|product| {
        let mut same = after.iter().filter(|other| other.course == product.course);
        (product, same.next())
    })
}
