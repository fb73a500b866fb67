//! What people and staff do.

use super::World;
use super::eligibility::{Barred, CouponRefusal};
use super::event::{By, What};
use super::person::Buyable;
use super::school::{Id, Occasion, Term};
use crate::model::{Duration, Instant, Money};

/// Something that a person or, for a person, the school's staff does.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Opens the page of an offer, sends its form, or comes back from its payment page.
    OpensOffer(Id),
    /// Pays an order of an offer: the n-th, from 1, or the latest.
    Pays {
        /// The offer.
        offer: Id,
        /// The coupon that is typed.
        coupon: Option<Id>,
        /// Which order.
        order: Option<u64>,
    },
    /// Buys a pass or a pack.
    Buys(Buyable),
    /// Completes a lesson.
    Completes {
        /// The course.
        course: Id,
        /// The lesson.
        lesson: Id,
    },
    /// Visits a page.
    Visits(String),
    /// Logs in.
    LogsIn,
    /// Staff makes an order.
    CreatesOrder {
        /// Of which offer.
        offer: Id,
        /// What it costs; the offer's price, if `None`.
        price: Option<Money>,
        /// Whether it counts as paid.
        paid: bool,
    },
    /// Staff takes an order for paid: the n-th of the offer, from 1, or the latest.
    MarksPaid {
        /// Of which offer.
        offer: Id,
        /// Which one.
        order: Option<u64>,
    },
    /// Staff edits an order: the n-th of the offer, from 1, or the latest.
    EditsOrder {
        /// Of which offer.
        offer: Id,
        /// Which one.
        order: Option<u64>,
        /// Its new price.
        price: Option<Money>,
        /// Its new term of access.
        access: Option<Term>,
    },
    /// Staff extends the access that an offer gave.
    Extends {
        /// The offer.
        offer: Id,
        /// By how long.
        by: Duration,
    },
    /// Staff freezes the access that an offer gave.
    Freezes {
        /// The offer.
        offer: Id,
        /// For how long.
        length: Duration,
    },
    /// Staff gives a tag.
    Tags(String),
    /// Staff takes a tag away.
    Untags(String),
    /// Staff puts the person into a static list.
    AddsToList(Id),
    /// Staff takes the person out of a static list.
    RemovesFromList(Id),
}

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// Nobody knows the person.
    NoPerson,
    /// It cannot be bought.
    Barred(Barred),
    /// The coupon is refused.
    Coupon(CouponRefusal),
    /// There is no such order.
    NoOrder,
    /// There is nothing left to pay.
    Paid,
    /// The offer is not known.
    NoOffer,
    /// The course has no such lesson.
    NoLesson,
    /// The person has no access to the lesson.
    NoAccess,
    /// The lesson is not open yet.
    Closed {
        /// When it opens, if the time alone decides.
        opens: Option<Instant>,
    },
    /// The person has no access that the offer gave.
    NothingToExtend,
    /// The list fills itself.
    Segment,
}

impl World {
    /// Does something, at the present instant, with all that follows from it at once.
    ///
    /// # Errors
    /// The platform refuses it; nothing has happened then, apart from the person having been seen.
    pub fn act(&mut self, person: Id, command: Command) -> Result<(), Refusal> {
        if !self.people.contains_key(&person) {
            return Err(Refusal::NoPerson);
        }
        let by = command.by();
        if by == By::Person {
            self.see(person);
        }
        let done = self.carry_out(person, command);
        self.settle(person);
        self.advance(self.now);
        done
    }

    fn carry_out(&mut self, person: Id, command: Command) -> Result<(), Refusal> {
        match command {
            Command::OpensOffer(offer) => self.open_offer(person, offer),
            Command::Pays {
                offer,
                coupon,
                order,
            } => self.pay(person, offer, coupon, order),
            Command::Buys(what) => self.buy(person, what),
            Command::Completes { course, lesson } => self.complete(person, course, lesson),
            Command::Visits(url) => {
                self.with(person, |person| person.visited.insert(url.clone()));
                self.happen(person, What::Visited { url }, By::Person);
                Ok(())
            }
            Command::LogsIn => {
                self.happen(person, What::LoggedIn, By::Person);
                Ok(())
            }
            Command::CreatesOrder { offer, price, paid } => {
                self.create_order(person, offer, price, paid)
            }
            Command::MarksPaid { offer, order } => self.mark_paid(person, offer, order),
            Command::EditsOrder {
                offer,
                order,
                price,
                access,
            } => self.edit_order(person, offer, order, price, access),
            Command::Extends { offer, by } => self.extend(person, offer, by, By::Staff),
            Command::Freezes { offer, length } => self.freeze(person, offer, length),
            Command::Tags(tag) => {
                if self.with(person, |person| person.tags.insert(tag.clone())) {
                    self.happen(person, What::Tagged { tag }, By::Staff);
                }
                Ok(())
            }
            Command::Untags(tag) => {
                if self.with(person, |person| person.tags.remove(&tag)) {
                    self.happen(person, What::Untagged { tag }, By::Staff);
                }
                Ok(())
            }
            Command::AddsToList(list) => {
                self.by_hand(list)?;
                self.enter(person, list, By::Staff);
                Ok(())
            }
            Command::RemovesFromList(list) => {
                self.by_hand(list)?;
                self.leave(person, list, By::Staff);
                Ok(())
            }
        }
    }

    /// Changes a person. Whether anything was changed is the closure's word.
    pub(super) fn with(&mut self, id: Id, change: impl FnOnce(&mut super::Person) -> bool) -> bool {
        self.people.get_mut(&id).is_some_and(change)
    }

    /// The person does something, so they are there.
    fn see(&mut self, person: Id) {
        let now = self.now;
        self.with(person, |person| {
            person.last_seen = Some(now);
            true
        });
        self.watch(person);
    }

    pub(super) fn register(&mut self, person: Id) {
        let now = self.now;
        self.with(person, |person| {
            person.registers_later = false;
            person.registered = Some(now);
            true
        });
        self.happen(person, What::Registered, By::Time);
        self.occur(person, Occasion::Registered, None);
        self.settle(person);
    }

    fn by_hand(&self, list: Id) -> Result<(), Refusal> {
        match self.school.lists.get(&list) {
            Some(list) if list.segment.is_some() => Err(Refusal::Segment),
            Some(_) | None => Ok(()),
        }
    }
}

impl Command {
    fn by(&self) -> By {
        match self {
            Command::OpensOffer(_)
            | Command::Pays { .. }
            | Command::Buys(_)
            | Command::Completes { .. }
            | Command::Visits(_)
            | Command::LogsIn => By::Person,
            Command::CreatesOrder { .. }
            | Command::MarksPaid { .. }
            | Command::EditsOrder { .. }
            | Command::Extends { .. }
            | Command::Freezes { .. }
            | Command::Tags(_)
            | Command::Untags(_)
            | Command::AddsToList(_)
            | Command::RemovesFromList(_) => By::Staff,
        }
    }
}
