//! Payments: whole, in parts, period by period; what is due and what is overdue.

use super::World;
use super::assumptions::{AccessFrom, CouponInParts, LatePayment, Overdue};
use super::command::Refusal;
use super::eligibility::{Barred, no_way_to_pay, reduced};
use super::event::{By, What};
use super::person::{MadeBy, Order, Plan};
use super::school::{Id, Offer, Payment};
use super::timers::Timer;
use super::times::terms;
use crate::kinds::test::Because;
use crate::model::{Instant, Money};

impl World {
    /// The person pays: the whole price, the next part, or the next period.
    pub(super) fn pay(
        &mut self,
        id: Id,
        offer: Id,
        coupon: Option<Id>,
        nth: Option<u64>,
    ) -> Result<(), Refusal> {
        let Some(of) = self.school.offers.get(&offer) else {
            return Err(Refusal::NoOffer);
        };
        let found = self.find_order(id, offer, nth);
        let at = match found {
            Some(at) => at,
            None if nth.is_some() => return Err(Refusal::NoOrder),
            None => {
                self.may_pay(of, None)?;
                if let Some(refusal) = coupon.and_then(|c| self.coupon_refused(id, c, Some(offer)))
                {
                    return Err(Refusal::Coupon(refusal));
                }
                // Whoever pays has opened the page.
                let price = self.price_now(of);
                self.make_order(id, offer, price, MadeBy::Client);
                self.find_order(id, offer, None).ok_or(Refusal::NoOrder)?
            }
        };
        let order = self.order(id, at).ok_or(Refusal::NoOrder)?;
        match &order.plan {
            Plan::Open => {
                let of = self.school.offers.get(&offer).ok_or(Refusal::NoOffer)?;
                self.may_pay(of, Some(order))?;
                self.first_payment(id, at, offer, coupon)
            }
            Plan::Whole => Err(Refusal::Paid),
            Plan::Parts(_) if coupon.is_some() => Err(Refusal::Paid),
            Plan::Parts(_) => match order.next_part() {
                Some((_, amount, _)) => {
                    self.take_payment(id, at, amount, By::Person);
                    Ok(())
                }
                None => Err(Refusal::Paid),
            },
            Plan::Periods { .. } => {
                let price = order.price;
                self.take_payment(id, at, price, By::Person);
                Ok(())
            }
        }
    }

    /// Whether an offer's price can be paid now, for the first time.
    fn may_pay(&self, offer: &Offer, order: Option<&Order>) -> Result<(), Refusal> {
        let barred = |because| {
            Err(Refusal::Barred(Barred {
                because,
                item: None,
            }))
        };
        // What staff has made can be paid while there is a way to pay.
        if order.is_some_and(|order| order.made_by == MadeBy::Staff) {
            return no_way_to_pay(offer).map_or(Ok(()), barred);
        }
        match self.offer_bars(offer) {
            None => Ok(()),
            Some(Because::SaleEnded | Because::NotForSale)
                if order.is_some() && self.assumptions.late_payment == LatePayment::Accepted =>
            {
                no_way_to_pay(offer).map_or(Ok(()), barred)
            }
            Some(because) => barred(because),
        }
    }

    fn first_payment(
        &mut self,
        id: Id,
        at: usize,
        offer: Id,
        coupon: Option<Id>,
    ) -> Result<(), Refusal> {
        if let Some(coupon) = coupon {
            if let Some(refusal) = self.coupon_refused(id, coupon, Some(offer)) {
                return Err(Refusal::Coupon(refusal));
            }
            let discount = self
                .school
                .coupons
                .get(&coupon)
                .map(|coupon| coupon.discount);
            let before = self.order(id, at).and_then(|order| order.price);
            let price = match before {
                Some(price) => Some(reduced(price, discount).map_err(Refusal::Coupon)?),
                None => None,
            };
            if let Some(order) = self.order_mut(id, at) {
                order.price = price;
                order.coupon = Some(coupon);
            }
            *self.coupon_uses.entry(coupon).or_default() += 1;
            self.with(id, |person| {
                *person.coupons.entry(coupon).or_default() += 1;
                true
            });
        }
        self.plan_payment(id, at);
        let amount = match self.order(id, at) {
            Some(order) => order
                .next_part()
                .map_or(order.price, |(_, amount, _)| amount),
            None => None,
        };
        self.take_payment(id, at, amount, By::Person);
        Ok(())
    }

    /// Decides how an order is paid, by what its offer allows now.
    fn plan_payment(&mut self, id: Id, at: usize) {
        let now = self.now;
        let Some(order) = self.order(id, at) else {
            return;
        };
        let Some(offer) = self.school.offers.get(&order.offer) else {
            return;
        };
        let plan = plan(
            &offer.payment,
            offer.price,
            order.price,
            self.assumptions.coupon_in_parts,
            now,
            &self.school.zone,
        );
        if let Some(order) = self.order_mut(id, at) {
            order.plan = plan;
        }
    }

    /// A payment arrives.
    pub(super) fn take_payment(&mut self, id: Id, at: usize, amount: Option<Money>, by: By) {
        let now = self.now;
        let zone = self.school.zone.clone();
        let Some(order) = self.order_mut(id, at) else {
            return;
        };
        order.payments.push((now, amount));
        let lapsed = order.paid_until(&zone).is_some_and(|until| until < now);
        if let Plan::Periods { from, paid, .. } = &mut order.plan {
            // A period that is paid after a pause begins when it is paid.
            if lapsed {
                (*from, *paid) = (now, 1);
            } else {
                *paid += 1;
            }
        }
        let (number, offer, coupon) = (order.number, order.offer, order.coupon);
        let is_first = order.payments.len() == 1;
        let is_whole = order.is_paid(now, &zone);
        let delivered = order.delivered;
        let is_free = order.price.is_some_and(|price| price.minor == 0);
        self.happen(
            id,
            What::Paid {
                order: number,
                offer,
                amount,
                coupon: coupon.filter(|_| is_first),
            },
            by,
        );
        let delivers =
            !delivered && (is_whole || self.assumptions.access_from == AccessFrom::FirstPayment);
        // Before access is given: a period that is charged when it is due is charged before the old
        // one ends.
        self.await_next(id, at);
        if delivers {
            self.deliver(id, at, is_free);
        } else if delivered {
            self.renew_periods(id, at);
        }
    }

    /// A paid period prolongs access; what was overdue is settled.
    fn renew_periods(&mut self, id: Id, at: usize) {
        let zone = self.school.zone.clone();
        let Some(order) = self.order(id, at) else {
            return;
        };
        let (number, until) = (order.number, order.paid_until(&zone));
        self.with(id, |person| {
            for grant in person
                .grants
                .iter_mut()
                .filter(|grant| grant.order == number)
            {
                grant.paid_until = until;
                grant.suspended = false;
            }
            true
        });
        let Some(person) = self.people.get(&id) else {
            return;
        };
        let grants = person.grants.iter();
        let prolonged: Vec<(Id, Option<Instant>)> = grants
            .filter(|grant| grant.order == number && until.is_some())
            .map(|grant| (grant.course, self.access_of(grant).ends))
            .collect();
        for (course, ends) in prolonged {
            self.happen(id, What::AccessExtended { course, ends }, By::Time);
        }
        self.await_ends(id, |grant| grant.order == number);
    }

    /// Sets the timer of the next part or period.
    fn await_next(&mut self, id: Id, at: usize) {
        let zone = self.school.zone.clone();
        let Some(order) = self.order(id, at) else {
            return;
        };
        let due = match &order.plan {
            Plan::Periods { .. } => order.paid_until(&zone),
            Plan::Parts(_) => order.next_part().and_then(|(_, _, due)| due),
            Plan::Open | Plan::Whole => None,
        };
        let timer = Timer::Due {
            person: id,
            order: order.number,
            after: order.payments.len(),
        };
        if let Some(due) = due {
            self.timers.set(due.max(self.now), timer);
        }
    }

    /// A part or a period is due: the platform charges it, or it is overdue.
    pub(super) fn fall_due(&mut self, id: Id, number: u64, after: usize) {
        let Some(person) = self.people.get(&id) else {
            return;
        };
        let found = person
            .orders
            .iter()
            .position(|order| order.number == number);
        let Some((at, order)) = found.and_then(|at| Some((at, person.orders.get(at)?))) else {
            return;
        };
        if order.payments.len() != after {
            return;
        }
        let offer = order.offer;
        let (amount, automatic) = match &order.plan {
            Plan::Periods { automatic, .. } => (order.price, *automatic),
            Plan::Parts(_) => (order.next_part().and_then(|(_, amount, _)| amount), false),
            Plan::Open | Plan::Whole => return,
        };
        if automatic {
            self.take_payment(id, at, amount, By::Time);
            return;
        }
        let what = What::Overdue {
            order: number,
            offer,
            amount,
        };
        self.happen(id, what, By::Time);
        if self.assumptions.overdue == Overdue::SuspendsAccess {
            self.with(id, |person| {
                for grant in person
                    .grants
                    .iter_mut()
                    .filter(|grant| grant.order == number)
                {
                    grant.suspended = true;
                }
                true
            });
        }
        self.settle(id);
    }
}

/// How an order of a price is paid: the whole at once where the offer allows it, else its own parts,
/// else equal parts, else period by period.
fn plan(
    payment: &Payment,
    full: Option<Money>,
    price: Option<Money>,
    reduces: CouponInParts,
    now: Instant,
    zone: &crate::domain::zone::Zone,
) -> Plan {
    let Payment {
        full: at_once,
        schedule,
        equal,
        subscription,
    } = payment;
    let is_free = price.is_some_and(|price| price.minor == 0);
    if *at_once || is_free {
        return Plan::Whole;
    }
    if !schedule.is_empty() {
        let off = match (full, price) {
            (Some(full), Some(price)) => full.minor.saturating_sub(price.minor).max(0),
            (_, _) => 0,
        };
        let amounts = schedule.iter().map(|(amount, _)| amount.minor);
        let amounts = take_off(amounts.collect(), off, reduces);
        let parts = schedule.iter().zip(amounts);
        return Plan::Parts(
            parts
                .map(|((amount, due), minor)| (Some(Money { minor, ..*amount }), *due))
                .collect(),
        );
    }
    if let Some((count, every)) = equal {
        let count = (*count).max(1);
        let parts = (0..count).map(|at| {
            let amount = price.map(|price| equal_part(price, count, at));
            (amount, Some(terms(now, *every, at, zone)))
        });
        return Plan::Parts(parts.collect());
    }
    match subscription {
        Some(subscription) => Plan::Periods {
            every: subscription.every,
            automatic: subscription.automatic,
            from: now,
            paid: 0,
        },
        None => Plan::Whole,
    }
}

/// The `at`-th of equal parts, from 0: what does not divide is paid with the first.
fn equal_part(price: Money, count: u32, at: u32) -> Money {
    let count = i64::from(count);
    let part = price.minor.div_euclid(count);
    let rest = if at == 0 {
        price.minor.rem_euclid(count)
    } else {
        0
    };
    Money {
        minor: part + rest,
        ..price
    }
}

/// Takes a discount off parts, from the last or from the first, none below zero.
fn take_off(mut amounts: Vec<i64>, mut off: i64, from: CouponInParts) -> Vec<i64> {
    let mut take = |amount: &mut i64| {
        let taken = off.min(*amount).max(0);
        *amount -= taken;
        off -= taken;
    };
    match from {
        CouponInParts::Last => amounts.iter_mut().rev().for_each(&mut take),
        CouponInParts::First => amounts.iter_mut().for_each(&mut take),
    }
    amounts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_parts_add_up_and_the_first_takes_the_rest() {
        let cases = [
            ("100.00 EUR", 3, ["33.34 EUR", "33.33 EUR", "33.33 EUR"]),
            ("490.00 EUR", 3, ["163.34 EUR", "163.33 EUR", "163.33 EUR"]),
            ("300.00 EUR", 3, ["100.00 EUR", "100.00 EUR", "100.00 EUR"]),
            ("100 JPY", 3, ["34 JPY", "33 JPY", "33 JPY"]),
            ("1.000 KWD", 3, ["0.334 KWD", "0.333 KWD", "0.333 KWD"]),
            ("0.02 EUR", 3, ["0.02 EUR", "0.00 EUR", "0.00 EUR"]),
        ];
        for (price, count, expected) in cases {
            let price: Money = price.parse().unwrap();
            let parts = (0..count).map(|at| equal_part(price, count, at).to_string());
            assert_eq!(parts.collect::<Vec<_>>(), expected, "{price}");
        }
    }

    #[test]
    fn a_discount_comes_off_the_last_parts_or_the_first() {
        let parts = vec![9_000, 43_000];
        assert_eq!(
            take_off(parts.clone(), 5_200, CouponInParts::Last),
            [9_000, 37_800]
        );
        assert_eq!(
            take_off(parts.clone(), 5_200, CouponInParts::First),
            [3_800, 43_000]
        );
        assert_eq!(
            take_off(parts.clone(), 45_000, CouponInParts::Last),
            [7_000, 0]
        );
        assert_eq!(take_off(parts, 60_000, CouponInParts::Last), [0, 0]);
    }
}
