//! A person, as the platform knows them.

use super::school::{Id, Offer, Product};
use crate::model::{Duration, Instant, Money};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a person is when the world first hears of them. Nothing of it is an event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Newcomer {
    /// Tags.
    pub tags: BTreeSet<String>,
    /// What was bought and paid, and when; later than now, it happens then.
    pub bought: Vec<(Buyable, Instant)>,
    /// Orders that were made and not paid: of which offers, when, for how much.
    pub ordered: Vec<(Id, Instant, Option<Money>)>,
    /// Lists that the person is in.
    pub lists: BTreeSet<Id>,
    /// Progress by course, in percent.
    pub progress: BTreeMap<Id, u8>,
    /// Completed lessons, by course.
    pub completed: BTreeSet<(Id, Id)>,
    /// When the person registered, long ago, if `None`; later than now, it happens then.
    pub registered: Option<Instant>,
    /// When the person was last seen; now, if `None`.
    pub last_seen: Option<Instant>,
    /// Pages visited.
    pub visited: BTreeSet<String>,
    /// Webinars taken part in.
    pub webinars: BTreeSet<String>,
    /// Fields and their values.
    pub fields: BTreeMap<String, String>,
}

/// Something that can be bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Buyable {
    /// An offer.
    Offer(Id),
    /// A pass.
    Pass(Id),
    /// A pack.
    Pack(Id),
}

/// A person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// Tags.
    pub tags: BTreeSet<String>,
    /// Fields and their values.
    pub fields: BTreeMap<String, String>,
    /// Pages visited.
    pub visited: BTreeSet<String>,
    /// Webinars taken part in.
    pub webinars: BTreeSet<String>,
    /// When the person registered; long ago, if `None`.
    pub registered: Option<Instant>,
    /// Whether the registration still lies ahead.
    pub(super) registers_later: bool,
    /// When the person was last seen anywhere.
    pub last_seen: Option<Instant>,
    /// When the person was last active in a course.
    pub seen_in: BTreeMap<Id, Instant>,
    /// What was bought, oldest first.
    pub purchases: Vec<Purchase>,
    /// Orders, oldest first.
    pub orders: Vec<Order>,
    /// Access to courses.
    pub(super) grants: Vec<Grant>,
    /// Lists, and since when.
    pub lists: BTreeMap<Id, Instant>,
    /// Segments that a scenario has taken the person out of while their conditions hold.
    pub(super) kept_out: BTreeSet<Id>,
    /// Segments that the person was said to be in though their conditions do not hold.
    pub(super) put_in: BTreeSet<Id>,
    /// Progress that was brought along, by course.
    pub(super) progress: BTreeMap<Id, u8>,
    /// Completed lessons by course, and when.
    pub completed: BTreeMap<(Id, Id), Instant>,
    /// Points by course.
    pub points: BTreeMap<Id, u64>,
    /// Letters sent, oldest first.
    pub letters: Vec<(Instant, Id)>,
    /// Lessons that the person was told of, oldest first: course and lesson.
    pub told: Vec<(Instant, Id, Id)>,
    /// Coupons used, and how often.
    pub(super) coupons: BTreeMap<Id, u64>,
    /// The next instant at which time alone may change a segment.
    pub(super) recheck: Option<Instant>,
    /// Scenarios that wait for the person to be away.
    pub(super) watched: BTreeSet<Id>,
}

/// A purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// What.
    pub what: Buyable,
    /// When it was paid.
    pub at: Instant,
}

/// Who made an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeBy {
    /// The platform, when the client opened the offer's page or sent its form.
    Client,
    /// The school's staff.
    Staff,
}

/// An order.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Its number, in the world.
    pub number: u64,
    /// The offer that it was made from.
    pub offer: Id,
    /// Who made it.
    pub made_by: MadeBy,
    /// When.
    pub made_at: Instant,
    /// What it costs: the price when it was made, less the coupon's discount. `None` where the
    /// offer's price is not known.
    pub price: Option<Money>,
    /// The coupon that was used.
    pub coupon: Option<Id>,
    /// What was paid, and when.
    pub payments: Vec<(Instant, Option<Money>)>,
    /// How it is paid, from the first payment on.
    pub(super) plan: Plan,
    /// Terms of its own, once staff has edited them.
    pub(super) terms: Option<Arc<Offer>>,
    /// Whether it follows a "Copy system" of the offer.
    pub is_copy: bool,
    /// Whether it has given access and counts as bought.
    pub(super) delivered: bool,
}

/// How an order is paid.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Plan {
    /// Nothing is paid yet.
    #[default]
    Open,
    /// At once.
    Whole,
    /// In parts: how much, and when each is due.
    Parts(Vec<(Option<Money>, Option<Instant>)>),
    /// Again and again; from when, and how many periods are paid.
    Periods {
        /// The time of one.
        every: Duration,
        /// Whether the platform charges.
        automatic: bool,
        /// Where the periods are counted from.
        from: Instant,
        /// How many of them are paid.
        paid: u32,
    },
}

impl Order {
    /// Whether nothing of it is left to pay: of a subscription, whether the present period is paid.
    pub fn is_paid(&self, now: Instant, zone: &crate::domain::zone::Zone) -> bool {
        match &self.plan {
            Plan::Open => false,
            Plan::Whole => true,
            Plan::Parts(parts) => self.payments.len() >= parts.len(),
            Plan::Periods { .. } => self.paid_until(zone).is_some_and(|until| now < until),
        }
    }

    /// Until when a subscription is paid.
    pub(super) fn paid_until(&self, zone: &crate::domain::zone::Zone) -> Option<Instant> {
        match &self.plan {
            Plan::Periods {
                every, from, paid, ..
            } => Some(super::times::terms(*from, *every, *paid, zone)),
            Plan::Open | Plan::Whole | Plan::Parts(_) => None,
        }
    }

    /// The next part that is not paid: its position, what it costs, when it is due.
    pub(super) fn next_part(&self) -> Option<(usize, Option<Money>, Option<Instant>)> {
        match &self.plan {
            Plan::Parts(parts) => {
                let at = self.payments.len();
                parts.get(at).map(|(amount, due)| (at, *amount, *due))
            }
            Plan::Open | Plan::Whole | Plan::Periods { .. } => None,
        }
    }
}

/// Access to one course that one purchase gave.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grant {
    /// The course.
    pub course: Id,
    /// The offer that gave it.
    pub offer: Id,
    /// The order that gave it.
    pub order: u64,
    /// What was bought: counts where the offer does not say it any more.
    pub bought: Arc<Product>,
    /// Terms of this order's own, if staff has edited it.
    pub terms: Option<Arc<Offer>>,
    /// When it began.
    pub begins: Instant,
    /// Extensions and freezes, in the order in which they were given.
    pub changes: Vec<Change>,
    /// Until when a subscription is paid.
    pub paid_until: Option<Instant>,
    /// Whether it rests because something is overdue.
    pub suspended: bool,
    /// The end that has come already.
    pub ended: Option<Instant>,
    /// Lessons that the person was told of.
    pub told: BTreeSet<Id>,
}

/// A change of one person's access.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    /// When it was made.
    pub at: Instant,
    /// How much longer, or for how long.
    pub length: Duration,
    /// Which.
    pub sort: ChangeSort,
}

/// How one person's access is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChangeSort {
    /// It lasts longer.
    Extension,
    /// It rests, and lasts as much longer.
    Freeze,
}

impl Person {
    /// Whether the person has paid for an offer.
    pub fn has_bought(&self, offer: Id) -> bool {
        let mut purchases = self.purchases.iter();
        purchases.any(|bought| bought.what == Buyable::Offer(offer))
    }

    /// Whether the person has ever bought a pass or a pack.
    pub fn is_member(&self) -> bool {
        self.purchases
            .iter()
            .any(|bought| matches!(bought.what, Buyable::Pass(_) | Buyable::Pack(_)))
    }

    /// Whether the person is registered.
    pub fn is_registered(&self) -> bool {
        !self.registers_later
    }

    /// How many lessons of a course the person has completed.
    pub fn completed_in(&self, course: Id) -> u64 {
        self.completed
            .range((course, Id::MIN)..=(course, Id::MAX))
            .count() as u64
    }
}
