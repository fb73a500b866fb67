//! Orders: how they are made and edited, and what they give.

use super::World;
use super::command::Refusal;
use super::event::{By, What};
use super::person::{Buyable, Grant, MadeBy, Order, Plan, Purchase};
use super::school::{Id, Occasion, Offer, Term};
use crate::model::{Instant, Money};
use std::sync::Arc;

impl World {
    /// The page of an offer is opened: a new unpaid order is made, whatever was ordered before.
    pub(super) fn open_offer(&mut self, person: Id, offer: Id) -> Result<(), Refusal> {
        let Some(of) = self.school.offers.get(&offer) else {
            return Err(Refusal::NoOffer);
        };
        if let Some(because) = self.offer_bars(of) {
            self.happen(person, What::NothingSold { offer, because }, By::Person);
            return Ok(());
        }
        let price = self.price_now(of);
        self.make_order(person, offer, price, MadeBy::Client);
        Ok(())
    }

    /// Makes an unpaid order, and says so.
    pub(super) fn make_order(
        &mut self,
        id: Id,
        offer: Id,
        price: Option<Money>,
        made_by: MadeBy,
    ) -> u64 {
        let number = self.add_order(id, offer, price, made_by, self.now);
        let by = match made_by {
            MadeBy::Client => By::Person,
            MadeBy::Staff => By::Staff,
        };
        let what = What::OrderMade {
            order: number,
            offer,
            price,
        };
        self.happen(id, what, by);
        if made_by == MadeBy::Client {
            self.occur(id, Occasion::UnpaidOrder(offer), Some(number));
        }
        number
    }

    fn add_order(
        &mut self,
        id: Id,
        offer: Id,
        price: Option<Money>,
        made_by: MadeBy,
        made_at: Instant,
    ) -> u64 {
        let number = self.next_order;
        self.next_order += 1;
        self.with(id, |person| {
            person.orders.push(Order {
                number,
                offer,
                made_by,
                made_at,
                price,
                coupon: None,
                payments: Vec::new(),
                plan: Plan::Open,
                terms: None,
                is_copy: false,
                delivered: false,
            });
            true
        });
        number
    }

    /// The position of the n-th order of an offer, from 1, or of the latest.
    pub(super) fn find_order(&self, id: Id, offer: Id, nth: Option<u64>) -> Option<usize> {
        let person = self.people.get(&id)?;
        let orders = person.orders.iter().enumerate();
        let mut orders = orders.filter(|(_, order)| order.offer == offer);
        let found = match nth {
            Some(nth) => orders.nth(usize::try_from(nth.checked_sub(1)?).ok()?),
            None => orders.next_back(),
        };
        found.map(|(at, _)| at)
    }

    pub(super) fn order(&self, id: Id, at: usize) -> Option<&Order> {
        self.people.get(&id)?.orders.get(at)
    }

    pub(super) fn order_mut(&mut self, id: Id, at: usize) -> Option<&mut Order> {
        self.people.get_mut(&id)?.orders.get_mut(at)
    }

    /// An order counts as bought: it gives access and letters, and scenarios hear of it.
    pub(super) fn deliver(&mut self, id: Id, at: usize, is_free: bool) {
        let now = self.now;
        let zone = self.school.zone.clone();
        let Some(order) = self.order_mut(id, at) else {
            return;
        };
        order.delivered = true;
        let (number, offer, terms) = (order.number, order.offer, order.terms.clone());
        let paid_until = order.paid_until(&zone);
        self.with(id, |person| {
            person.purchases.push(Purchase {
                what: Buyable::Offer(offer),
                at: now,
            });
            true
        });
        let Some(of) = self.school.offers.get(&offer).cloned() else {
            return;
        };
        if is_free {
            self.send_if(id, of.letters.accepted_free);
        } else {
            self.send_if(id, of.letters.purchased);
        }
        let renewed = of
            .renewal
            .is_some_and(|(renewed, by)| self.extend(id, renewed, by, By::Time).is_ok());
        if !renewed {
            self.give(id, &of, offer, number, terms, paid_until, false);
        }
        self.send_if(id, of.letters.activation);
        // Not by the order: what its payment starts does not end because it is paid.
        self.occur(id, Occasion::PaidOrder(offer), None);
        self.settle(id);
    }

    #[expect(clippy::too_many_arguments, reason = "what a grant is made of, once")]
    fn give(
        &mut self,
        id: Id,
        of: &Offer,
        offer: Id,
        order: u64,
        terms: Option<Arc<Offer>>,
        paid_until: Option<Instant>,
        silent: bool,
    ) {
        let begins = self.people.get(&id).and_then(|person| {
            let mut bought = person.purchases.iter().rev();
            bought.find(|bought| bought.what == Buyable::Offer(offer))
        });
        let begins = begins.map_or(self.now, |bought| bought.at);
        for product in &of.products {
            let grant = Grant {
                course: product.course,
                offer,
                order,
                bought: Arc::new(product.clone()),
                terms: terms.clone(),
                begins,
                changes: Vec::new(),
                paid_until,
                suspended: false,
                ended: None,
                told: std::collections::BTreeSet::new(),
            };
            self.grant(id, grant, silent);
        }
    }

    fn send_if(&mut self, id: Id, letter: Option<Id>) {
        if let Some(letter) = letter {
            self.send(id, letter, By::Time);
        }
    }

    /// An order that was made and not paid before the world began.
    pub(super) fn had_ordered(&mut self, id: Id, offer: Id, at: Instant, price: Option<Money>) {
        self.add_order(id, offer, price, MadeBy::Client, at);
    }

    /// What a person bought before the world began.
    pub(super) fn has_bought(&mut self, id: Id, what: Buyable, at: Instant) {
        self.with(id, |person| {
            person.purchases.push(Purchase { what, at });
            true
        });
        let Buyable::Offer(offer) = what else {
            return;
        };
        let of = self.school.offers.get(&offer).cloned();
        let price = of.as_ref().and_then(|of| {
            Some(crate::domain::pricing::price_at(
                of.price?,
                of.promotion,
                at,
            ))
        });
        let number = self.next_order;
        self.next_order += 1;
        self.with(id, |person| {
            person.orders.push(Order {
                number,
                offer,
                made_by: MadeBy::Client,
                made_at: at,
                price,
                coupon: None,
                payments: vec![(at, price)],
                plan: Plan::Whole,
                terms: None,
                is_copy: false,
                delivered: true,
            });
            true
        });
        let Some(of) = of else {
            return;
        };
        let renewed = of
            .renewal
            .is_some_and(|(renewed, by)| self.was_extended(id, renewed, by, at));
        if !renewed {
            self.give(id, &of, offer, number, None, None, true);
        }
    }

    /// A purchase that was said beforehand.
    pub(super) fn buy_as_said(&mut self, id: Id, what: Buyable) {
        match what {
            Buyable::Offer(offer) => {
                let price = self
                    .school
                    .offers
                    .get(&offer)
                    .and_then(|of| self.price_now(of));
                self.make_order(id, offer, price, MadeBy::Client);
                if let Some(at) = self.find_order(id, offer, None) {
                    if let Some(order) = self.order_mut(id, at) {
                        order.plan = Plan::Whole;
                    }
                    self.take_payment(id, at, price, By::Person);
                }
            }
            Buyable::Pass(_) | Buyable::Pack(_) => self.take_home(id, what),
        }
        self.settle(id);
    }

    /// A pass or a pack is bought.
    pub(super) fn buy(&mut self, id: Id, what: Buyable) -> Result<(), Refusal> {
        if let Buyable::Offer(offer) = what {
            return self.pay(id, offer, None, None);
        }
        if let Some(barred) = self.barred(id, what) {
            return Err(Refusal::Barred(barred));
        }
        self.take_home(id, what);
        Ok(())
    }

    fn take_home(&mut self, id: Id, what: Buyable) {
        let now = self.now;
        self.with(id, |person| {
            person.purchases.push(Purchase { what, at: now });
            true
        });
        self.happen(id, What::Bought { what }, By::Person);
    }

    /// Staff makes an order.
    pub(super) fn create_order(
        &mut self,
        id: Id,
        offer: Id,
        price: Option<Money>,
        paid: bool,
    ) -> Result<(), Refusal> {
        let of = self.school.offers.get(&offer).ok_or(Refusal::NoOffer)?;
        let price = price.or_else(|| self.price_now(of));
        self.make_order(id, offer, price, MadeBy::Staff);
        let at = self.find_order(id, offer, None).ok_or(Refusal::NoOrder)?;
        if paid {
            if let Some(order) = self.order_mut(id, at) {
                order.plan = Plan::Whole;
            }
            self.take_payment(id, at, price, By::Staff);
        } else if let Some(number) = self.order(id, at).map(|order| order.number) {
            self.occur(id, Occasion::UnpaidOrder(offer), Some(number));
        }
        Ok(())
    }

    /// Staff takes an order for paid.
    pub(super) fn mark_paid(&mut self, id: Id, offer: Id, nth: Option<u64>) -> Result<(), Refusal> {
        let at = self.find_order(id, offer, nth).ok_or(Refusal::NoOrder)?;
        let order = self.order(id, at).ok_or(Refusal::NoOrder)?;
        if order.plan != Plan::Open {
            return Err(Refusal::Paid);
        }
        let price = order.price;
        if let Some(order) = self.order_mut(id, at) {
            order.plan = Plan::Whole;
        }
        self.take_payment(id, at, price, By::Staff);
        Ok(())
    }

    /// Staff edits an order. One that was made automatically and paid leaves its offer for a copy of
    /// its own, whatever is edited.
    pub(super) fn edit_order(
        &mut self,
        id: Id,
        offer: Id,
        nth: Option<u64>,
        price: Option<Money>,
        access: Option<Term>,
    ) -> Result<(), Refusal> {
        let at = self.find_order(id, offer, nth).ok_or(Refusal::NoOrder)?;
        let order = self.order(id, at).ok_or(Refusal::NoOrder)?;
        let number = order.number;
        let forks = order.made_by == MadeBy::Client && !order.payments.is_empty() && !order.is_copy;
        let base = match &order.terms {
            Some(own) => Some(Offer::clone(own)),
            None => self.school.offers.get(&offer).cloned(),
        };
        let terms = base.filter(|_| forks || access.is_some() || order.is_copy);
        let terms = terms.map(|mut own| {
            if let Some(access) = access {
                for product in &mut own.products {
                    product.access = access;
                }
            }
            if let Some(price) = price {
                own.price = Some(price);
            }
            Arc::new(own)
        });
        if let Some(order) = self.order_mut(id, at) {
            order.price = price.or(order.price);
            order.is_copy |= forks;
            order.terms = terms.clone().or(order.terms.take());
        }
        if let Some(terms) = terms {
            self.with(id, |person| {
                for grant in person
                    .grants
                    .iter_mut()
                    .filter(|grant| grant.order == number)
                {
                    grant.terms = Some(terms.clone());
                }
                true
            });
        }
        if forks {
            let what = What::Copied {
                order: number,
                offer,
            };
            self.happen(id, what, By::Staff);
        }
        self.await_ends(id, |grant| grant.order == number);
        self.settle(id);
        Ok(())
    }
}
