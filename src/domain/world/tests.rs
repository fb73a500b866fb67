//! Worlds, by the sentences of the seeds. Expected values are from the seeds, the language or
//! arithmetic on paper.

use super::*;
use crate::domain::zone::Zone;
use crate::model::{Duration, Money, parse_instant};
use std::collections::BTreeSet;

mod access;
mod coupons;
mod filters;
mod lists;
mod money;
mod openings;
mod orders;
mod passes;
mod payments;
mod scenarios;
mod switches;

/// The person of most tests.
const ANNA: Id = 1;
/// Somebody else.
const BORIS: Id = 2;
/// The course, offer, coupon, list, letter of most tests; ids of different kinds are independent.
const COURSE: Id = 10;
const OFFER: Id = 20;
const DEARER: Id = 21;
const COUPON: Id = 30;
const LIST: Id = 40;
const SEGMENT: Id = 41;
const LETTER: Id = 50;
const SCENARIO: Id = 60;

/// `2027-03-01T10:00`, in UTC.
fn at(text: &str) -> Instant {
    parse_instant(&format!("{text}:00Z")).unwrap()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn length(text: &str) -> Duration {
    text.parse().unwrap()
}

fn ids(ids: &[Id]) -> BTreeSet<Id> {
    ids.iter().copied().collect()
}

fn words(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A school in UTC without anything.
fn school() -> School {
    School::empty(Zone::utc())
}

/// A school with one offer.
fn selling(offer: Offer) -> School {
    let mut school = school();
    school.courses.insert(COURSE, course(1, 2));
    school.offers.insert(OFFER, offer);
    school
}

/// A published offer, to be paid at once, that gives the whole course without end.
fn offer(price: &str) -> Offer {
    Offer {
        published: true,
        price: Some(money(price)),
        promotion: None,
        payment: Payment {
            full: true,
            ..Payment::default()
        },
        opens: None,
        closes: None,
        products: vec![product(Term::Unlimited)],
        coupons: CouponPolicy::None,
        renewal: None,
        letters: OfferLetters::default(),
    }
}

fn product(access: Term) -> Product {
    Product {
        course: COURSE,
        access,
        content: Content::All,
        schedule: Schedule::default(),
    }
}

/// A course: module 1 has the lessons 11, 12, …, module 2 has 21, 22, …
fn course(modules: Id, lessons: Id) -> Course {
    let lesson = |module: Id| {
        move |number: Id| Lesson {
            id: module * 10 + number,
            opens: None,
            checkpoint: false,
        }
    };
    let modules = (1..=modules).map(|module| Module {
        id: module,
        opens: None,
        lessons: (1..=lessons).map(lesson(module)).collect(),
    });
    Course {
        modules: modules.collect(),
    }
}

fn segment(filter: Filter) -> List {
    List {
        segment: Some(filter),
    }
}

fn static_list() -> List {
    List { segment: None }
}

fn scenario(triggers: Vec<Trigger>) -> Scenario {
    Scenario {
        active: true,
        triggers,
    }
}

/// A link that acts at once.
fn trigger(when: Option<Occasion>, actions: &[Action]) -> Trigger {
    Trigger {
        when,
        wait_before_if: length("0m"),
        condition: None,
        wait: length("0m"),
        actions: actions.to_vec(),
    }
}

/// A world that Anna and Boris have come into on 1 January 2027.
struct Play(World);

impl Play {
    fn of(school: School) -> Self {
        Play::assuming(school, Assumptions::default())
    }

    fn assuming(school: School, assumptions: Assumptions) -> Self {
        let mut play = Play::empty(school, assumptions);
        play.0.arrive(ANNA, Newcomer::default());
        play.0.arrive(BORIS, Newcomer::default());
        play
    }

    /// Nobody is there yet.
    fn empty(school: School, assumptions: Assumptions) -> Self {
        Play(World::new(school, assumptions, at("2027-01-01T00:00")))
    }

    fn at(&mut self, text: &str) -> &mut Self {
        self.0.advance(at(text));
        self
    }

    /// What Anna does must be possible.
    fn does(&mut self, command: Command) -> &mut Self {
        self.0.act(ANNA, command).unwrap();
        self
    }

    fn refuses(&mut self, command: Command) -> Refusal {
        self.0.act(ANNA, command).unwrap_err()
    }

    fn opens(&mut self) -> &mut Self {
        self.does(Command::OpensOffer(OFFER))
    }

    fn pays(&mut self) -> &mut Self {
        self.does(pays(OFFER))
    }

    fn anna(&self) -> &Person {
        self.0.person(ANNA).unwrap()
    }

    fn lists(&self) -> Vec<Id> {
        self.anna().lists.keys().copied().collect()
    }

    fn letters(&self) -> Vec<Id> {
        let letters = self.anna().letters.iter();
        letters.map(|(_, letter)| *letter).collect()
    }

    /// Whether each of Anna's orders is paid.
    fn paid(&self) -> Vec<bool> {
        let orders = self.anna().orders.iter();
        orders
            .map(|order| order.is_paid(self.0.now, &self.0.school.zone))
            .collect()
    }

    fn payments(&self) -> Vec<(Instant, String)> {
        let orders = self.anna().orders.iter();
        orders
            .flat_map(|order| &order.payments)
            .map(|(when, amount)| (*when, amount.unwrap().to_string()))
            .collect()
    }

    fn has_access(&self) -> bool {
        let accesses = self.0.accesses(ANNA, COURSE);
        accesses.iter().any(|access| access.is_active(self.0.now))
    }

    /// The ends of Anna's accesses to the course.
    fn ends(&self) -> Vec<Option<Instant>> {
        let accesses = self.0.accesses(ANNA, COURSE);
        accesses.iter().map(|access| access.ends).collect()
    }

    /// When something of a sort happened to Anna.
    fn when(&self, is: impl Fn(&What) -> bool) -> Vec<Instant> {
        let events = self.0.events().iter();
        events
            .filter(|event| event.person == ANNA && is(&event.what))
            .map(|event| event.at)
            .collect()
    }
}

fn pays(offer: Id) -> Command {
    Command::Pays {
        offer,
        coupon: None,
        order: None,
    }
}

fn pays_with(coupon: Id) -> Command {
    Command::Pays {
        offer: OFFER,
        coupon: Some(coupon),
        order: None,
    }
}

fn edits(price: Option<&str>, access: Option<Term>) -> Command {
    Command::EditsOrder {
        offer: OFFER,
        order: None,
        price: price.map(money),
        access,
    }
}

fn extends(by: &str) -> Command {
    Command::Extends {
        offer: OFFER,
        by: length(by),
    }
}

fn freezes(by: &str) -> Command {
    Command::Freezes {
        offer: OFFER,
        length: length(by),
    }
}

fn completes(lesson: Id) -> Command {
    Command::Completes {
        course: COURSE,
        lesson,
    }
}
