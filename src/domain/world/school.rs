//! The school: everything that is for sale and everything that acts, as the platform holds it.
//!
//! Objects are known by the ids that the platform (or whoever builds a school) gives them; names and
//! titles are nobody's business here.

use super::filter::Filter;
use crate::domain::pricing::Promotion;
use crate::domain::schedule::Opens;
use crate::domain::zone::Zone;
use crate::kinds::Discount;
use crate::model::{Duration, Instant, Money};
use std::collections::{BTreeMap, BTreeSet};

mod read;

pub use read::{Incomplete, Unreadable};

/// An object's id; ids of different kinds have nothing to do with each other.
pub type Id = i64;

/// Everything that a world knows of a school beside its people.
#[derive(Clone, Debug)]
pub struct School {
    /// The time zone in which days are counted.
    pub zone: Zone,
    /// Courses.
    pub courses: BTreeMap<Id, Course>,
    /// Offers.
    pub offers: BTreeMap<Id, Offer>,
    /// Coupons.
    pub coupons: BTreeMap<Id, Coupon>,
    /// Contact lists.
    pub lists: BTreeMap<Id, List>,
    /// Scenarios.
    pub scenarios: BTreeMap<Id, Scenario>,
    /// Passes.
    pub passes: BTreeMap<Id, Pass>,
    /// Packs.
    pub packs: BTreeMap<Id, Pack>,
}

impl School {
    /// A school without anything.
    pub fn empty(zone: Zone) -> Self {
        School {
            zone,
            courses: BTreeMap::new(),
            offers: BTreeMap::new(),
            coupons: BTreeMap::new(),
            lists: BTreeMap::new(),
            scenarios: BTreeMap::new(),
            passes: BTreeMap::new(),
            packs: BTreeMap::new(),
        }
    }
}

/// A course's program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Modules in program order.
    pub modules: Vec<Module>,
}

/// A module.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// Its id.
    pub id: Id,
    /// The course's own delay.
    pub opens: Option<Opens>,
    /// Lessons in program order.
    pub lessons: Vec<Lesson>,
}

/// A lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Its id.
    pub id: Id,
    /// The course's own delay.
    pub opens: Option<Opens>,
    /// Whether those behind it wait until it is passed.
    pub checkpoint: bool,
}

impl Course {
    /// Every lesson with its module, in program order.
    pub fn lessons(&self) -> impl Iterator<Item = (&Module, &Lesson)> {
        self.modules
            .iter()
            .flat_map(|module| module.lessons.iter().map(move |lesson| (module, lesson)))
    }

    /// A lesson with its module.
    pub fn lesson(&self, id: Id) -> Option<(&Module, &Lesson)> {
        self.lessons().find(|(_, lesson)| lesson.id == id)
    }
}

/// A price plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Whether it is published.
    pub published: bool,
    /// The regular price; `None` where it is not known.
    pub price: Option<Money>,
    /// A lower price for a time.
    pub promotion: Option<Promotion>,
    /// How it can be paid.
    pub payment: Payment,
    /// The first instant of its sale.
    pub opens: Option<Instant>,
    /// The end of its sale, exclusive.
    pub closes: Option<Instant>,
    /// What it gives access to.
    pub products: Vec<Product>,
    /// Which coupons it accepts.
    pub coupons: CouponPolicy,
    /// The offer whose access it prolongs, and by how long.
    pub renewal: Option<(Id, Duration)>,
    /// What the client is sent.
    pub letters: OfferLetters,
}

/// How an offer can be paid. Of several ways the first in this order is taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Payment {
    /// The whole price at once.
    pub full: bool,
    /// Parts of their own amounts and due instants; a part without one is due at once.
    pub schedule: Vec<(Money, Option<Instant>)>,
    /// Equal parts: how many, and the time from one to the next.
    pub equal: Option<(u32, Duration)>,
    /// Again and again.
    pub subscription: Option<Subscription>,
}

impl Payment {
    /// Whether there is any way to pay.
    pub fn is_possible(&self) -> bool {
        let Payment {
            full,
            schedule,
            equal,
            subscription,
        } = self;
        *full || !schedule.is_empty() || equal.is_some() || subscription.is_some()
    }
}

/// A subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The time from one payment to the next.
    pub every: Duration,
    /// Whether the platform charges by itself.
    pub automatic: bool,
}

/// Access to a course.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// The course.
    pub course: Id,
    /// For how long.
    pub access: Term,
    /// To how much of it.
    pub content: Content,
    /// When its parts open.
    pub schedule: Schedule,
}

/// For how long access lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Without end.
    Unlimited,
    /// Up to an instant, exclusive.
    Until(Instant),
    /// For so many calendar days or months from the participant's access.
    For(Duration),
}

/// To how much of a course access is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Everything.
    All,
    /// Whole modules and single lessons.
    Chosen {
        /// The modules.
        modules: BTreeSet<Id>,
        /// The lessons.
        lessons: BTreeSet<Id>,
    },
}

impl Content {
    /// Whether a lesson is in it.
    pub fn has(&self, module: Id, lesson: Id) -> bool {
        match self {
            Content::All => true,
            Content::Chosen { modules, lessons } => {
                modules.contains(&module) || lessons.contains(&lesson)
            }
        }
    }
}

/// Whose delays count, and which they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule {
    /// Whether the course's own delays count where nothing is said here.
    pub keeps_course: bool,
    /// Openings of modules; `None` takes the course's own away.
    pub modules: BTreeMap<Id, Option<Opens>>,
    /// Openings of lessons.
    pub lessons: BTreeMap<Id, Option<Opens>>,
}

impl Schedule {
    /// When a module opens.
    pub fn module(&self, module: &Module) -> Option<Opens> {
        self.opens(self.modules.get(&module.id), module.opens)
    }

    /// When a lesson opens by itself.
    pub fn lesson(&self, lesson: &Lesson) -> Option<Opens> {
        self.opens(self.lessons.get(&lesson.id), lesson.opens)
    }

    fn opens(&self, said: Option<&Option<Opens>>, own: Option<Opens>) -> Option<Opens> {
        match said {
            Some(said) => *said,
            None if self.keeps_course => own,
            None => None,
        }
    }
}

/// Which coupons an offer accepts.
#[derive(Clone, Debug, PartialEq)]
pub enum CouponPolicy {
    /// None.
    None,
    /// Every one.
    Any,
    /// These.
    Chosen(BTreeSet<Id>),
}

/// Letters of an offer; the platform's own ones are not ours. No payment fails here, so none tells of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfferLetters {
    /// When access begins.
    pub activation: Option<Id>,
    /// When it is paid.
    pub purchased: Option<Id>,
    /// When it is free and accepted.
    pub accepted_free: Option<Id>,
}

/// A discount code.
#[derive(Clone, Debug, PartialEq)]
pub struct Coupon {
    /// Whether it works.
    pub active: bool,
    /// What it takes off.
    pub discount: Discount,
    /// When it ceases to work, exclusive.
    pub ends: Option<Instant>,
    /// How often all clients together can use it.
    pub uses_total: Option<u64>,
    /// How often one client can use it.
    pub uses_per_contact: Option<u64>,
    /// The lists whose members may use it; everyone, if empty.
    pub lists: BTreeSet<Id>,
}

/// A contact list.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// The conditions of a segment; a static list has none.
    pub segment: Option<Filter>,
}

/// An automation.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Whether it acts.
    pub active: bool,
    /// The chain.
    pub triggers: Vec<Trigger>,
}

/// A link of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// The event; only the first has one.
    pub when: Option<Occasion>,
    /// The delay before the condition.
    pub wait_before_if: Duration,
    /// The condition.
    pub condition: Option<Filter>,
    /// The delay before the actions.
    pub wait: Duration,
    /// What is done, in order.
    pub actions: Vec<Action>,
}

/// What starts a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// An order of this offer is made and not paid.
    UnpaidOrder(Id),
    /// An order of this offer is paid.
    PaidOrder(Id),
    /// A contact enters this list.
    EnteredList(Id),
    /// A contact registers.
    Registered,
    /// A participant completes this lesson of this course.
    CompletedLesson(Id, Id),
    /// A participant completes this course.
    CompletedCourse(Id),
    /// A participant has not been seen for a time, in this course or anywhere.
    Inactive(Duration, Option<Id>),
}

/// What a trigger does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Adds the client to a list.
    AddToList(Id),
    /// Removes the client from a list.
    RemoveFromList(Id),
    /// Sends a letter.
    SendLetter(Id),
    /// Awards points in a course.
    AwardPoints(Id, u64),
    /// Extends the access that an offer gave.
    ExtendAccess(Id, Duration),
}

/// An appointment pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Pass {
    /// Whether it can be bought.
    pub for_sale: bool,
    /// What it costs.
    pub price: Option<Money>,
    /// The end of its sale, exclusive.
    pub sale_ends: Option<Instant>,
    /// Only for who has never bought a pass or a pack.
    pub new_members_only: bool,
    /// Members must have one of these; everyone may, if empty.
    pub allowed: BTreeSet<String>,
    /// Members must have none of these.
    pub denied: BTreeSet<String>,
}

/// A bundle.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// Whether it can be bought.
    pub for_sale: bool,
    /// What it costs.
    pub price: Option<Money>,
    /// What is in it, in order.
    pub items: Vec<PackItem>,
}

/// Something in a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackItem {
    /// A pass.
    Pass(Id),
    /// Something else.
    Other {
        /// Its id.
        id: Id,
        /// Whether it can be bought.
        for_sale: bool,
    },
}
