//! The times of a test in the next launch: each keeps its place among what happens to its people.

use super::anchors::Anchors;
use super::calendar::{self, Redated, redate};
use super::release::{self, Opened, day_before};
use crate::domain::schedule::later;
use crate::domain::zone::{Zone, next_day};
use crate::kinds::offer::{AccessTerm, Offer};
use crate::kinds::test::{
    AccessExpectation, AccessUntil, BoughtBefore, BoughtOffer, Deed, Expectation, Pays, Person,
    Test,
};
use crate::kinds::{CourseLesson, PersonName, Reference, Time, Until};
use crate::model::{Instant, Moment, Name, Path};
use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use std::collections::BTreeMap;

/// Both launches, as people meet them.
#[derive(Debug)]
pub(super) struct Journeys<'a> {
    /// The project's zone.
    pub(super) zone: &'a Zone,
    /// Moments of the documents.
    pub(super) anchors: Anchors,
    /// The offers of the launch, by their names.
    pub(super) offers: BTreeMap<&'a str, &'a Offer>,
    /// The cohort's name.
    pub(super) cohort: &'a str,
    /// The course of the launch before.
    pub(super) course: &'a Name,
    /// Its lessons, by module.
    pub(super) lessons: Vec<(&'a Name, &'a Name)>,
    /// What opens for the launch before.
    pub(super) before: &'a [Opened],
    /// What opens for the new one.
    pub(super) after: &'a [Opened],
}

/// A new time and its place.
pub(super) type Placed = (Path, Redated);

impl Journeys<'_> {
    /// Every time of a test, by its place.
    pub(super) fn of(&self, test: &Test, times: &[Time]) -> Vec<Placed> {
        let mut walk = Walk {
            journeys: self,
            anchors: self.anchors.clone(),
            openings: BTreeMap::new(),
            out: Vec::new(),
        };
        walk.test(test);
        // What is left stands beside the timeline: when a person registered or was last seen.
        for Time { path, moment, .. } in times {
            if walk.out.iter().all(|(done, _)| done != path) {
                walk.plain(path.clone(), moment);
            }
        }
        walk.out
    }
}

struct Walk<'j, 'a> {
    journeys: &'j Journeys<'a>,
    anchors: Anchors,
    /// When lessons open for a person: before, after.
    openings: BTreeMap<(PersonName, CourseLesson), (Instant, Instant)>,
    out: Vec<Placed>,
}

impl Walk<'_, '_> {
    fn test(&mut self, test: &Test) {
        let root = Path::root();
        let first = test.timeline.first().and_then(|entry| entry.at);
        for (name, person) in &test.people {
            let path = root.key("people").key(name.0.as_str()).key("bought");
            self.bought(name, person, &path, first.map(|first| first.0));
        }
        let timeline = root.key("timeline");
        let mut now: Option<(Instant, Instant)> = None;
        for (at, entry) in test.timeline.iter().enumerate() {
            let path = timeline.index(at);
            now = match (entry.at, entry.after, now) {
                (Some(at), _, _) => {
                    let new = self.plain(path.key("at"), &at.0);
                    let old = calendar::local(&at.0, self.journeys.zone);
                    Some((self.instant(old), self.instant(new)))
                }
                (None, Some(after), Some((old, new))) => {
                    let wait = after.exact_minutes().and_then(|it| i64::try_from(it).ok());
                    let wait = TimeDelta::minutes(wait.unwrap_or(0));
                    Some((old + wait, new + wait))
                }
                (None, _, now) => now,
            };
            let Some(now) = now else { continue };
            for (name, deed) in &entry.do_.people {
                if let Deed::Pays(Pays { offer, .. }) = deed {
                    self.has_access(name, offer, now);
                }
            }
            for (name, expectation) in &entry.expect {
                let path = path.key("expect").key(name.0.as_str());
                self.expectation(name, expectation, &path);
            }
        }
    }

    fn bought(&mut self, name: &PersonName, person: &Person, path: &Path, first: Option<Moment>) {
        for (at, bought) in person.bought.iter().enumerate() {
            let (offer, begins) = match bought {
                BoughtBefore::Offer(BoughtOffer { offer, at: begins }) => {
                    let new = self.plain(path.index(at).key("at"), &begins.0);
                    (offer.clone(), Some((begins.0, new)))
                }
                BoughtBefore::Address(address) if &*address.0.kind == "offer" => {
                    let new = first.map(|first| (first, self.moved(&first)));
                    (Reference::Name(Name(address.0.name.clone())), new)
                }
                BoughtBefore::Address(_) | BoughtBefore::Pass(_) | BoughtBefore::Pack(_) => {
                    continue;
                }
            };
            if let Some((old, new)) = begins {
                let old = calendar::local(&old, self.journeys.zone);
                let now = (self.instant(old), self.instant(new));
                self.has_access(name, &offer, now);
            }
        }
    }

    /// What follows for a person who has access to an offer from an instant on.
    fn has_access(&mut self, name: &PersonName, offer: &Reference, begins: (Instant, Instant)) {
        let journeys = self.journeys;
        let Some(offer) = offer.name().and_then(|it| journeys.offers.get(it.as_str())) else {
            return;
        };
        for product in offer.products.set().into_iter().flatten() {
            if let Some(AccessTerm::For(term)) = product.access.set() {
                let end = |begins| later(begins, *term, journeys.zone);
                if let (Some(old), Some(new)) = (end(begins.0), end(begins.1)) {
                    self.anchor(old, new);
                }
            }
            let cohort = product.cohort.set().and_then(Reference::name);
            if cohort.is_none_or(|cohort| cohort.as_str() != journeys.cohort) {
                continue;
            }
            for (module, lesson) in &journeys.lessons {
                let opens = |openings, begins| {
                    release::effective(openings, module, lesson, begins, journeys.zone)
                };
                let old = opens(journeys.before, begins.0);
                let new = opens(journeys.after, begins.1);
                if let (Some(old), Some(new)) = (old, new) {
                    self.anchor(old, new);
                    let lesson = CourseLesson {
                        course: journeys.course.clone(),
                        module: (*module).clone(),
                        lesson: (*lesson).clone(),
                    };
                    let key = (name.clone(), lesson);
                    self.openings.entry(key).or_insert((old, new));
                }
            }
        }
    }

    fn expectation(&mut self, name: &PersonName, expectation: &Expectation, path: &Path) {
        let zone = self.journeys.zone;
        for (lesson, at) in expectation.opens.iter().flatten() {
            let path = path.key("opens").key(&lesson.to_string());
            let written = self.instant(calendar::local(&at.0, zone));
            match self.openings.get(&(name.clone(), lesson.clone())) {
                Some((old, new)) if *old == written => {
                    let new = redate(&at.0, zone.local(*new), zone);
                    self.out.push((path, new));
                }
                Some(_) | None => {
                    self.plain(path, &at.0);
                }
            }
        }
        for (course, access) in expectation.access.iter().flatten() {
            if let AccessExpectation::Until(AccessUntil {
                until: Until(until),
            }) = access
            {
                let path = path.key("access").key(course.as_str()).key("until");
                match until {
                    Moment::Date(day) => {
                        let end = next_day(*day).and_time(NaiveTime::MIN);
                        let end = self.anchors.moved(end);
                        let new = redate(until, day_before(end.date()).and_time(end.time()), zone);
                        self.out.push((path, new));
                    }
                    Moment::Local(_) | Moment::Offset(_) => {
                        self.plain(path, until);
                    }
                }
            }
        }
    }

    /// Moves a time by what is known, and gives what the clocks show then.
    fn plain(&mut self, path: Path, moment: &Moment) -> NaiveDateTime {
        let new = redate(moment, self.moved(moment), self.journeys.zone);
        let local = new.local;
        self.out.push((path, new));
        local
    }

    fn moved(&self, moment: &Moment) -> NaiveDateTime {
        let local = calendar::local(moment, self.journeys.zone);
        self.anchors.moved(local)
    }

    fn anchor(&mut self, old: Instant, new: Instant) {
        let local = |instant| self.journeys.zone.local(instant);
        self.anchors.add(local(old), local(new));
    }

    fn instant(&self, local: NaiveDateTime) -> Instant {
        self.journeys.zone.instant(local)
    }
}
