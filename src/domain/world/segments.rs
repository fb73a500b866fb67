//! Lists: who comes and who goes.

use super::World;
use super::assumptions::{SegmentDrops, SegmentTakesBack};
use super::event::{By, What};
use super::filter::Filter;
use super::school::{Id, Occasion, School};
use super::timers::Timer;
use std::sync::Arc;

/// How often the segments of a person are looked at again because others changed. Segments that
/// contradict each other through `in_list` would never settle.
const ROUNDS: usize = 20;

/// The segments of a school, for looking at them while a person changes.
#[derive(Clone, Debug)]
pub(super) struct Segments(Arc<[(Id, Filter)]>);

impl Segments {
    /// Those of a school.
    pub(super) fn of(school: &School) -> Self {
        let lists = school.lists.iter();
        Segments(
            lists
                .filter_map(|(id, list)| Some((*id, list.segment.clone()?)))
                .collect(),
        )
    }
}

impl World {
    /// Brings a person's segments up to date, and sets the timer for when time alone changes them.
    pub(super) fn settle(&mut self, id: Id) {
        let segments = self.segments.clone();
        let mut next = None;
        for _ in 0..ROUNDS {
            let mut changed = false;
            next = None;
            for (list, filter) in segments.0.iter() {
                let Some(person) = self.people.get(&id) else {
                    return;
                };
                let answer = self.answer(filter, person);
                if let Some(until) = answer.until {
                    next = Some(next.map_or(until, |at: crate::model::Instant| at.min(until)));
                }
                let is_in = person.lists.contains_key(list);
                let was_put_in = person.put_in.contains(list);
                let is_kept_out = person.kept_out.contains(list)
                    && self.assumptions.segment_takes_back == SegmentTakesBack::No;
                match (answer.holds, is_in) {
                    (true, false) if !is_kept_out => {
                        self.enter(id, *list, By::Segment);
                        changed = true;
                    }
                    (false, true)
                        if !was_put_in && self.assumptions.segment_drops == SegmentDrops::Yes =>
                    {
                        self.leave(id, *list, By::Segment);
                        changed = true;
                    }
                    (false, false) => {
                        self.with(id, |person| person.kept_out.remove(list));
                    }
                    (true, true) if was_put_in => {
                        self.with(id, |person| person.put_in.remove(list));
                    }
                    (true, _) | (false, true) => {}
                }
            }
            if !changed {
                break;
            }
        }
        self.look_again(id, next);
    }

    /// Puts a person into the segments that they fit, and no scenario begins by it.
    pub(super) fn fill(&mut self, id: Id) {
        let segments = self.segments.clone();
        let now = self.now;
        for _ in 0..ROUNDS {
            let mut changed = false;
            for (list, filter) in segments.0.iter() {
                let Some(person) = self.people.get(&id) else {
                    return;
                };
                let is_out = !person.lists.contains_key(list) && !person.kept_out.contains(list);
                if is_out && self.answer(filter, person).holds {
                    self.with(id, |person| person.lists.insert(*list, now).is_none());
                    self.happen(id, What::Entered { list: *list }, By::Segment);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        // What was said of the person counts, whatever the conditions say.
        let stated = segments.0.iter().filter_map(|(list, filter)| {
            let person = self.people.get(&id)?;
            let is_in = person.lists.contains_key(list);
            (is_in && !self.answer(filter, person).holds).then_some(*list)
        });
        let stated: Vec<Id> = stated.collect();
        self.with(id, |person| {
            person.put_in.extend(stated);
            true
        });
        // What time changes next; nobody has entered anything by it.
        self.settle(id);
    }

    fn look_again(&mut self, id: Id, next: Option<crate::model::Instant>) {
        let Some(next) = next else { return };
        let now = self.now;
        let is_new = self.with(id, |person| {
            // An earlier look stands already, and will set this one.
            let is_new = person.recheck.is_none_or(|at| at > next || at < now);
            if is_new {
                person.recheck = Some(next);
            }
            is_new
        });
        if is_new && next > now {
            self.timers.set(next, Timer::Recheck(id));
        }
    }

    /// A person comes into a list.
    pub(super) fn enter(&mut self, id: Id, list: Id, by: By) {
        let now = self.now;
        let is_new = self.with(id, |person| {
            let is_new = !person.lists.contains_key(&list);
            if is_new {
                person.lists.insert(list, now);
                person.kept_out.remove(&list);
            }
            is_new
        });
        if is_new {
            self.happen(id, What::Entered { list }, by);
            self.occur(id, Occasion::EnteredList(list), None);
        }
    }

    /// A person leaves a list.
    pub(super) fn leave(&mut self, id: Id, list: Id, by: By) {
        let is_segment = self
            .school
            .lists
            .get(&list)
            .is_some_and(|list| list.segment.is_some());
        let was_in = self.with(id, |person| {
            let was_in = person.lists.remove(&list).is_some();
            if was_in && is_segment && by != By::Segment {
                person.kept_out.insert(list);
            }
            was_in
        });
        if was_in {
            self.happen(id, What::Left { list }, by);
        }
    }
}
