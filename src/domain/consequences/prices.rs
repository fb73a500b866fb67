//! What things cost before and after: at the full price, in the promotion, with each coupon.

use super::said::{Price, Way};
use super::sides::{Change, Deed, Side, Sides, text};
use crate::domain::pricing::discounted;
use crate::domain::world::{Coupon, CouponPolicy, Id, Offer};
use crate::kinds::{WireMoney, money};
use crate::model::{Attributes, Money, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Every price that changes. Where one price of an offer changes, all its prices are told.
pub(super) fn prices(sides: &Sides<'_>) -> Vec<Price> {
    let mut prices = Vec::new();
    let mut told = BTreeSet::new();
    for change in &sides.facts.changes {
        match (&*change.address.kind, change.deed) {
            (_, Deed::Retired | Deed::Deleted) => {}
            ("offer", Deed::Made | Deed::Changed | Deed::Replaced) => {
                told.extend(change.old.into_iter().chain(change.new));
                prices.extend(of_offer(sides, change));
            }
            ("pass" | "pack", Deed::Made | Deed::Changed | Deed::Replaced) => {
                prices.extend(of_pass(change));
            }
            _ => {}
        }
    }
    let coupons: Vec<&Change<'_>> = sides
        .facts
        .changes
        .iter()
        .filter(|change| &*change.address.kind == "coupon")
        .collect();
    if !coupons.is_empty() {
        let accepting = Accepting::new(sides);
        for change in coupons {
            prices.extend(of_coupon(sides, change, &accepting, &told));
        }
    }
    prices
}

/// The prices of an offer that changes.
fn of_offer(sides: &Sides<'_>, change: &Change<'_>) -> Vec<Price> {
    let on = |side, id: Option<Id>| {
        let id = id?;
        sides
            .attributes(side, "offer", id)
            .filter(|it| is_sold(it))?;
        sides.offer(side, id)
    };
    let before = on(Side::Before, change.old);
    let after = on(Side::After, change.new);
    let mut coupons: BTreeSet<Id> = BTreeSet::new();
    for (offer, side) in [(&before, Side::Before), (&after, Side::After)] {
        match offer.as_ref().map(|offer| &offer.coupons) {
            None | Some(CouponPolicy::None) => {}
            Some(CouponPolicy::Any) => {
                let all = sides.ids("coupon").into_iter();
                coupons.extend(all.filter(|id| sides.attributes(side, "coupon", *id).is_some()));
            }
            Some(CouponPolicy::Chosen(chosen)) => coupons.extend(chosen),
        }
    }
    let of = change.address.to_string();
    let row = |way, coupon: Option<&str>, before: Option<Money>, after: Option<Money>| Price {
        address: of.clone(),
        of: of.clone(),
        way,
        coupon: coupon.map(str::to_owned),
        before: before.map(WireMoney),
        after: after.map(WireMoney),
    };
    let now = sides.facts.now;
    let regular = |offer: &Option<Offer>| offer.as_ref()?.price;
    let promoted = |offer: &Option<Offer>| {
        let promotion = offer.as_ref()?.promotion?;
        let is_over = promotion.ends.is_some_and(|ends| ends <= now);
        (!is_over).then_some(promotion.price)
    };
    let mut rows = vec![
        row(Way::Full, None, regular(&before), regular(&after)),
        row(Way::Promotion, None, promoted(&before), promoted(&after)),
    ];
    let mut by_code: BTreeMap<String, Id> = BTreeMap::new();
    by_code.extend(coupons.into_iter().map(|id| (code(sides, id), id)));
    for (code, id) in &by_code {
        let coupon = |side| usable(sides, side, *id);
        let (old, new) = (coupon(Side::Before), coupon(Side::After));
        let with = |offer: &Option<Offer>, coupon: &Option<Coupon>, price: Option<Money>| {
            let accepts = offer.as_ref().is_some_and(|it| accepts(it, *id));
            let coupon = coupon.as_ref().filter(|_| accepts)?;
            discounted(price?, coupon.discount).ok()
        };
        let pairs = [
            (Way::Coupon, regular(&before), regular(&after)),
            (Way::CouponInPromotion, promoted(&before), promoted(&after)),
        ];
        rows.extend(pairs.map(|(way, was, is)| {
            row(
                way,
                Some(code),
                with(&before, &old, was),
                with(&after, &new, is),
            )
        }));
    }
    if rows.iter().all(|row| row.before == row.after) {
        return Vec::new();
    }
    rows.retain(|row| row.before.is_some() || row.after.is_some());
    rows
}

/// The price of what has one price alone.
fn of_pass(change: &Change<'_>) -> Option<Price> {
    let price = |side: &Option<Attributes>| {
        let price = side.as_ref()?.get("price").and_then(Value::as_map)?;
        money(price).map(WireMoney)
    };
    let (before, after) = (price(&change.before), price(&change.after));
    (before != after).then(|| Price {
        address: change.address.to_string(),
        of: change.address.to_string(),
        way: Way::Full,
        coupon: None,
        before,
        after,
    })
}

/// What a coupon that changes makes of the prices of offers that do not.
fn of_coupon(
    sides: &Sides<'_>,
    change: &Change<'_>,
    accepting: &Accepting,
    told: &BTreeSet<Id>,
) -> Vec<Price> {
    let now = sides.facts.now;
    let (Some(id), after) = (change.old.or(change.new), change.new) else {
        return Vec::new();
    };
    let is_odd = |side, id: Option<Id>| {
        id.is_some_and(|id| {
            sides.attributes(side, "coupon", id).is_some() && sides.coupon(side, id).is_none()
        })
    };
    if is_odd(Side::Before, change.old) || is_odd(Side::After, after) {
        return Vec::new();
    }
    let old = change.old.and_then(|id| usable(sides, Side::Before, id));
    let new = after.and_then(|id| usable(sides, Side::After, id));
    if old.as_ref().map(|it| it.discount) == new.as_ref().map(|it| it.discount) {
        return Vec::new();
    }
    let code = code(sides, id);
    let chosen = accepting.chosen.get(&id).into_iter().flatten();
    let offers = chosen.chain(&accepting.any).filter(|id| !told.contains(id));
    let mut rows = Vec::new();
    for offer_id in offers {
        let Some(offer) = sides.offer(Side::After, *offer_id) else {
            continue;
        };
        let promotion = offer
            .promotion
            .filter(|promotion| promotion.ends.is_none_or(|it| it > now));
        let ways = [
            (Way::Coupon, offer.price),
            (Way::CouponInPromotion, promotion.map(|it| it.price)),
        ];
        for (way, price) in ways {
            let with = |coupon: &Option<Coupon>| {
                let price = discounted(price?, coupon.as_ref()?.discount).ok()?;
                Some(WireMoney(price))
            };
            let (before, after) = (with(&old), with(&new));
            if before != after {
                rows.push(Price {
                    address: change.address.to_string(),
                    of: sides.name("offer", *offer_id),
                    way,
                    coupon: Some(code.clone()),
                    before,
                    after,
                });
            }
        }
    }
    rows.sort_by(|one, other| (&one.of, one.way).cmp(&(&other.of, other.way)));
    rows
}

/// The live offers that accept coupons, so that each coupon need not ask them all.
struct Accepting {
    any: Vec<Id>,
    chosen: BTreeMap<Id, Vec<Id>>,
}

impl Accepting {
    fn new(sides: &Sides<'_>) -> Self {
        let mut accepting = Accepting {
            any: Vec::new(),
            chosen: BTreeMap::new(),
        };
        let offers = sides.facts.live.kinds.get("offer").into_iter().flatten();
        for (id, object) in offers {
            let offer = &object.attributes;
            if !is_sold(offer) || sides.copied(offer).is_some() {
                continue;
            }
            match text(offer, "coupon_policy") {
                Some("any") => accepting.any.push(id.0),
                Some("chosen") => {
                    let coupons = offer.get("coupon_ids").and_then(Value::as_list);
                    for coupon in coupons.into_iter().flatten().filter_map(Value::as_int) {
                        accepting.chosen.entry(coupon).or_default().push(id.0);
                    }
                }
                Some(_) | None => {}
            }
        }
        accepting
    }
}

/// Whether an offer can be bought at some time: it is not put away.
fn is_sold(offer: &Attributes) -> bool {
    text(offer, "status") != Some("archived")
}

fn accepts(offer: &Offer, coupon: Id) -> bool {
    match &offer.coupons {
        CouponPolicy::None => false,
        CouponPolicy::Any => true,
        CouponPolicy::Chosen(chosen) => chosen.contains(&coupon),
    }
}

/// A coupon that works: it is active, and its time is not over.
fn usable(sides: &Sides<'_>, side: Side, id: Id) -> Option<Coupon> {
    let coupon = sides.coupon(side, id)?;
    let is_over = coupon.ends.is_some_and(|ends| ends <= sides.facts.now);
    (coupon.active && !is_over).then_some(coupon)
}

/// What clients type.
fn code(sides: &Sides<'_>, id: Id) -> String {
    let on = |side| {
        sides
            .attributes(side, "coupon", id)
            .and_then(|it| text(it, "code"))
    };
    let code = on(Side::After).or_else(|| on(Side::Before));
    code.map_or_else(|| sides.name("coupon", id), str::to_owned)
}
