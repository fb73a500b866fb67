//! A school that lives: people, time, and what a configuration makes of them.
//!
//! A [`World`] steps over commands and time and writes down what happens. It is what `bursar test`,
//! `bursar simulate` and the embedded platform have in common. No clock, no chance: the same school,
//! people and commands make the same events.
//!
//! What the sources leave open is a switch of [`Assumptions`].

mod access;
mod assumptions;
mod automation;
mod command;
mod eligibility;
mod event;
mod filter;
mod orders;
mod payments;
mod person;
mod school;
mod segments;
mod timers;
mod times;

pub use access::{Access, NotOpen};
pub use assumptions::{
    AccessFrom, Assumption, Assumptions, Checkpoints, CouponInParts, CouponOnPromotion,
    LatePayment, LessonNotices, Overdue, PaymentCancelsWaits, SWITCHES, SegmentDrops,
    SegmentTakesBack, Switch, UnknownSwitch,
};
pub use command::{Command, Refusal};
pub use eligibility::{Barred, CouponRefusal, NoPrice};
pub use event::{By, Event, What};
pub use filter::{Answer, Filter};
pub use person::{Buyable, MadeBy, Newcomer, Order, Person, Purchase};
pub use school::{
    Action, Content, Coupon, CouponPolicy, Course, Id, Incomplete, Lesson, List, Module, Occasion,
    Offer, OfferLetters, Pack, PackItem, Pass, Payment, Product, Scenario, Schedule, School,
    Subscription, Term, Trigger, Unreadable,
};

use crate::model::Instant;
use std::collections::BTreeMap;
use timers::{Timer, Timers};

/// How much may happen at one instant. A scenario that feeds itself without a wait would never end.
const MOST_AT_ONCE: u32 = 100_000;

/// A school, its people and the time.
#[derive(Clone, Debug)]
pub struct World {
    school: School,
    assumptions: Assumptions,
    now: Instant,
    people: BTreeMap<Id, Person>,
    timers: Timers,
    events: Vec<Event>,
    starters: automation::Starters,
    segments: segments::Segments,
    coupon_uses: BTreeMap<Id, u64>,
    next_order: u64,
}

impl World {
    /// A world without people.
    pub fn new(school: School, assumptions: Assumptions, now: Instant) -> Self {
        World {
            starters: automation::Starters::of(&school),
            segments: segments::Segments::of(&school),
            school,
            assumptions,
            now,
            people: BTreeMap::new(),
            timers: Timers::default(),
            events: Vec::new(),
            coupon_uses: BTreeMap::new(),
            next_order: 1,
        }
    }

    /// The present instant.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The school.
    pub fn school(&self) -> &School {
        &self.school
    }

    /// Everything that has happened, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// A person.
    pub fn person(&self, id: Id) -> Option<&Person> {
        self.people.get(&id)
    }

    /// Everyone.
    pub fn people(&self) -> impl Iterator<Item = (Id, &Person)> {
        self.people.iter().map(|(id, person)| (*id, person))
    }

    /// Takes a person in, as they are: nothing of it is an event, and no scenario begins. What is
    /// said to happen later than now happens then.
    pub fn arrive(&mut self, id: Id, newcomer: Newcomer) {
        let Newcomer {
            tags,
            mut bought,
            ordered,
            lists,
            progress,
            completed,
            registered,
            last_seen,
            visited,
            webinars,
            fields,
        } = newcomer;
        let now = self.now;
        // What a person is from the beginning is no event.
        let heard = self.events.len();
        let later = registered.filter(|at| *at > now);
        let person = Person {
            tags,
            fields,
            visited,
            webinars,
            registered: registered.filter(|at| *at <= now),
            registers_later: later.is_some(),
            last_seen: Some(last_seen.unwrap_or(now)),
            lists: lists.into_iter().map(|list| (list, now)).collect(),
            progress,
            completed: completed.into_iter().map(|lesson| (lesson, now)).collect(),
            ..Person::default()
        };
        self.people.insert(id, person);
        if let Some(at) = later {
            self.timers.set(at, Timer::Registers(id));
        }
        bought.sort_by_key(|(_, at)| *at);
        for (what, at) in bought {
            if at > now {
                self.timers.set(at, Timer::Buys { person: id, what });
            } else {
                self.has_bought(id, what, at);
            }
        }
        for (offer, at, price) in ordered {
            self.had_ordered(id, offer, at, price);
        }
        self.fill(id);
        self.events.truncate(heard);
        self.watch(id);
    }

    /// Takes a person in who has just registered: that is an event.
    pub fn registers(&mut self, id: Id, newcomer: Newcomer) {
        self.arrive(id, newcomer);
        self.register(id);
        self.advance(self.now);
    }

    /// The school is another from now on. What is pending goes on under it; whoever fits a new
    /// segment is in it at once, and no scenario begins by that. The openings and the ends of
    /// accesses follow their offers.
    pub fn reconfigure(&mut self, school: School) {
        self.starters = automation::Starters::of(&school);
        self.segments = segments::Segments::of(&school);
        self.school = school;
        let people: Vec<Id> = self.people.keys().copied().collect();
        for id in people {
            self.follow_offers(id);
            self.fill(id);
            self.watch(id);
        }
    }

    /// Lets time pass: everything up to that instant, included, happens.
    pub fn advance(&mut self, to: Instant) {
        let mut at_once = 0_u32;
        while let Some((at, timer)) = self.timers.due(to) {
            if at > self.now {
                self.now = at;
                at_once = 0;
            }
            at_once += 1;
            if at_once > MOST_AT_ONCE {
                self.runaway();
                continue;
            }
            self.fire(timer);
        }
        self.now = self.now.max(to);
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Recheck(person) => {
                if let Some(of) = self.people.get_mut(&person) {
                    of.recheck = None;
                }
                self.settle(person);
            }
            Timer::Away { person, scenario } => self.look_for_absence(person, scenario),
            Timer::Ask(run) => self.ask(run),
            Timer::Act(run) => self.act_on(run),
            Timer::Opens {
                person,
                grant,
                lesson,
            } => self.open_lesson(person, grant, lesson),
            Timer::Ends { person, grant } => self.end_access(person, grant),
            Timer::Due {
                person,
                order,
                after,
            } => self.fall_due(person, order, after),
            Timer::Registers(person) => self.register(person),
            Timer::Buys { person, what } => self.buy_as_said(person, what),
        }
    }

    /// Says once that an instant is too full.
    fn runaway(&mut self) {
        let said = self
            .events
            .last()
            .is_some_and(|last| last.what == What::Runaway && last.at == self.now);
        if !said {
            self.events.push(Event {
                at: self.now,
                person: 0,
                what: What::Runaway,
                by: By::Time,
            });
        }
    }

    fn happen(&mut self, person: Id, what: What, by: By) {
        self.events.push(Event {
            at: self.now,
            person,
            what,
            by,
        });
    }
}

#[cfg(test)]
mod tests;
