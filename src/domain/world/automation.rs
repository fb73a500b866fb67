//! Scenarios: chains that events start, with waits and conditions, one by one and per client.

use super::World;
use super::assumptions::PaymentCancelsWaits;
use super::event::{By, What};
use super::school::{Action, Id, Occasion, School};
use super::timers::{Run, Timer};
use super::times::passed;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which scenarios an occasion starts.
#[derive(Clone, Debug)]
pub(super) struct Starters {
    by_occasion: Arc<BTreeMap<Occasion, Vec<Id>>>,
    of_absence: Arc<[Id]>,
}

impl Starters {
    /// Those of a school: only scenarios that act.
    pub(super) fn of(school: &School) -> Self {
        let mut by_occasion: BTreeMap<Occasion, Vec<Id>> = BTreeMap::new();
        let mut of_absence = Vec::new();
        for (id, scenario) in &school.scenarios {
            let when = scenario.triggers.first().and_then(|first| first.when);
            match when.filter(|_| scenario.active) {
                Some(Occasion::Inactive(..)) => of_absence.push(*id),
                Some(occasion) => by_occasion.entry(occasion).or_default().push(*id),
                None => {}
            }
        }
        Starters {
            by_occasion: Arc::new(by_occasion),
            of_absence: of_absence.into(),
        }
    }
}

impl World {
    /// Something happens that scenarios may wait for.
    pub(super) fn occur(&mut self, person: Id, occasion: Occasion, order: Option<u64>) {
        let started = self.starters.by_occasion.clone();
        for scenario in started.get(&occasion).into_iter().flatten() {
            self.start(person, *scenario, order);
        }
    }

    fn start(&mut self, person: Id, scenario: Id, order: Option<u64>) {
        self.happen(person, What::Started { scenario }, By::Time);
        self.begin(Run {
            person,
            scenario,
            trigger: 0,
            order,
        });
    }

    /// A link's turn: it waits, looks at its condition, waits, acts.
    fn begin(&mut self, run: Run) {
        let Some(trigger) = self.trigger(run) else {
            return;
        };
        let at = passed(self.now, trigger.wait_before_if, &self.school.zone);
        self.wait(run, at);
        self.timers.set(at, Timer::Ask(run));
    }

    pub(super) fn ask(&mut self, run: Run) {
        if self.is_cancelled(run) {
            return;
        }
        let Some(trigger) = self.trigger(run) else {
            return;
        };
        let wait = trigger.wait;
        if let Some(condition) = &trigger.condition {
            let Some(person) = self.people.get(&run.person) else {
                return;
            };
            let holds = self.answer(condition, person).holds;
            let Run {
                scenario, trigger, ..
            } = run;
            let by = By::Scenario { scenario, trigger };
            let what = What::Asked {
                scenario,
                trigger,
                holds,
            };
            self.happen(run.person, what, by);
            if !holds {
                return;
            }
        }
        let at = passed(self.now, wait, &self.school.zone);
        self.wait(run, at);
        self.timers.set(at, Timer::Act(run));
    }

    pub(super) fn act_on(&mut self, run: Run) {
        if self.is_cancelled(run) {
            return;
        }
        let Some(trigger) = self.trigger(run) else {
            return;
        };
        let actions = trigger.actions.clone();
        // A link without actions ends its chain.
        if actions.is_empty() {
            return;
        }
        let Run {
            person,
            scenario,
            trigger,
            order: _,
        } = run;
        let by = By::Scenario { scenario, trigger };
        self.happen(person, What::Acted { scenario, trigger }, by);
        for action in actions {
            self.carry(person, action, by);
        }
        self.settle(person);
        self.begin(Run {
            trigger: trigger + 1,
            ..run
        });
    }

    fn carry(&mut self, person: Id, action: Action, by: By) {
        match action {
            Action::AddToList(list) => self.enter(person, list, by),
            Action::RemoveFromList(list) => self.leave(person, list, by),
            Action::SendLetter(letter) => self.send(person, letter, by),
            Action::AwardPoints(course, points) => {
                self.with(person, |person| {
                    let sum = person.points.entry(course).or_default();
                    *sum = sum.saturating_add(points);
                    true
                });
                self.happen(person, What::Points { course, points }, by);
            }
            Action::ExtendAccess(offer, length) => {
                // Who has none of it has nothing to extend.
                let _ = self.extend(person, offer, length, by);
            }
        }
    }

    /// A letter is sent.
    pub(super) fn send(&mut self, person: Id, letter: Id, by: By) {
        let now = self.now;
        self.with(person, |person| {
            person.letters.push((now, letter));
            true
        });
        self.happen(person, What::LetterSent { letter }, by);
    }

    fn trigger(&self, run: Run) -> Option<&super::Trigger> {
        self.school
            .scenarios
            .get(&run.scenario)
            .filter(|scenario| scenario.active)?
            .triggers
            .get(run.trigger)
    }

    fn wait(&mut self, run: Run, until: crate::model::Instant) {
        let Run {
            person,
            scenario,
            trigger,
            order: _,
        } = run;
        if until > self.now {
            let what = What::Waits {
                scenario,
                trigger,
                until,
            };
            self.happen(person, what, By::Scenario { scenario, trigger });
        }
    }

    /// Whether the order that started a chain was paid meanwhile, if that ends it.
    fn is_cancelled(&mut self, run: Run) -> bool {
        if self.assumptions.payment_cancels_waits == PaymentCancelsWaits::No {
            return false;
        }
        let paid = run.order.is_some_and(|number| {
            self.people.get(&run.person).is_some_and(|person| {
                let mut orders = person.orders.iter();
                orders.any(|order| order.number == number && order.delivered)
            })
        });
        if paid {
            let Run {
                person,
                scenario,
                trigger,
                order: _,
            } = run;
            let what = What::Cancelled { scenario, trigger };
            self.happen(person, what, By::Scenario { scenario, trigger });
        }
        paid
    }

    /// Sets the timers of scenarios that wait for a person to be away.
    pub(super) fn watch(&mut self, person: Id) {
        let scenarios = self.starters.of_absence.clone();
        for scenario in scenarios.iter() {
            let Some((from, at)) = self.absence(person, *scenario) else {
                continue;
            };
            let is_new = at > self.now
                && from <= self.now
                && self.with(person, |person| person.watched.insert(*scenario));
            if is_new {
                let scenario = *scenario;
                self.timers.set(at, Timer::Away { person, scenario });
            }
        }
    }

    /// Since when a person has been away, and when that is long enough for a scenario.
    fn absence(
        &self,
        person: Id,
        scenario: Id,
    ) -> Option<(crate::model::Instant, crate::model::Instant)> {
        let first = self.school.scenarios.get(&scenario)?.triggers.first()?;
        let Some(Occasion::Inactive(length, course)) = first.when else {
            return None;
        };
        let seen = self.last_seen(self.people.get(&person)?, course)?;
        Some((seen, passed(seen, length, &self.school.zone)))
    }

    pub(super) fn look_for_absence(&mut self, person: Id, scenario: Id) {
        self.with(person, |person| person.watched.remove(&scenario));
        match self.absence(person, scenario) {
            // Seen meanwhile: the time counts anew.
            Some((_, at)) if at > self.now => {
                self.with(person, |person| person.watched.insert(scenario));
                self.timers.set(at, Timer::Away { person, scenario });
            }
            Some(_) => self.start(person, scenario, None),
            None => {}
        }
    }
}
