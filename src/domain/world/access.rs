//! Access to courses: terms, openings of lessons, progress.

use super::World;
use super::assumptions::{Checkpoints, LessonNotices};
use super::command::Refusal;
use super::event::{By, What};
use super::person::{Change, ChangeSort, Grant, Person};
use super::school::{Id, Lesson, Module, Occasion, Product, Term};
use super::timers::Timer;
use super::times::term;
use crate::domain::schedule::effective;
use crate::model::{Duration, Instant};

/// Access to a course that one purchase gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The offer that gave it.
    pub offer: Id,
    /// Its beginning.
    pub begins: Instant,
    /// Its end, exclusive, if it has one.
    pub ends: Option<Instant>,
    /// When it rests: from and to, exclusive.
    pub rests: Vec<(Instant, Instant)>,
    /// Whether it rests because something is overdue.
    pub suspended: bool,
}

impl Access {
    /// Whether there is access at an instant.
    pub fn is_active(&self, at: Instant) -> bool {
        let Access {
            offer: _,
            begins,
            ends,
            rests,
            suspended,
        } = self;
        *begins <= at
            && ends.is_none_or(|ends| at < ends)
            && !suspended
            && !rests.iter().any(|(from, to)| (*from..*to).contains(&at))
    }

    /// The next instant at which time changes that.
    pub(super) fn changes_after(&self, at: Instant) -> Option<Instant> {
        let rests = self.rests.iter().flat_map(|(from, to)| [*from, *to]);
        rests
            .chain([self.begins])
            .chain(self.ends)
            .filter(|change| *change > at)
            .min()
    }
}

/// Why a lesson is not open for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOpen {
    /// The course has no such lesson.
    NoLesson,
    /// Nothing that the person has bought contains it.
    NoAccess,
    /// There was access; it has ended, or rests.
    AccessEnded(Instant),
    /// Access rests.
    Rests,
    /// It opens later.
    Opens(Instant),
    /// A checkpoint before it is not passed.
    Checkpoint(Id),
}

impl World {
    /// The terms of a grant as they are now: those of its order, else those of the offer, else those
    /// that were bought.
    fn product<'a>(&'a self, grant: &'a Grant) -> &'a Product {
        let offer = match &grant.terms {
            Some(own) => Some(&**own),
            None => self.school.offers.get(&grant.offer),
        };
        offer
            .and_then(|offer| {
                let mut products = offer.products.iter();
                products.find(|product| product.course == grant.course)
            })
            .unwrap_or(&grant.bought)
    }

    /// A grant's access as it is now.
    pub(super) fn access_of(&self, grant: &Grant) -> Access {
        let zone = &self.school.zone;
        let mut ends = match self.product(grant).access {
            Term::Unlimited => None,
            Term::Until(ends) => Some(ends),
            Term::For(length) => Some(term(grant.begins, length, zone)),
        };
        if let Some(paid) = grant.paid_until {
            ends = Some(ends.map_or(paid, |ends| ends.min(paid)));
        }
        let mut rests = Vec::new();
        for Change { at, length, sort } in &grant.changes {
            match sort {
                // What has ended goes on from the day on which it is prolonged.
                ChangeSort::Extension => ends = ends.map(|ends| term(ends.max(*at), *length, zone)),
                ChangeSort::Freeze => {
                    rests.push((*at, term(*at, *length, zone)));
                    ends = ends.map(|ends| {
                        if ends > *at {
                            term(ends, *length, zone)
                        } else {
                            ends
                        }
                    });
                }
            }
        }
        Access {
            offer: grant.offer,
            begins: grant.begins,
            ends,
            rests,
            suspended: grant.suspended,
        }
    }

    /// A person's accesses to a course, oldest first.
    pub fn accesses(&self, person: Id, course: Id) -> Vec<Access> {
        let grants = self.people.get(&person).into_iter();
        grants
            .flat_map(|person| &person.grants)
            .filter(|grant| grant.course == course)
            .map(|grant| self.access_of(grant))
            .collect()
    }

    /// When a lesson opens by a grant; `None` if it is open from the beginning.
    fn opening(&self, grant: &Grant, module: &Module, lesson: &Lesson) -> Option<Instant> {
        let schedule = &self.product(grant).schedule;
        effective(
            schedule.module(module),
            schedule.lesson(lesson),
            grant.begins,
            &self.school.zone,
        )
    }

    /// When a lesson opens for a person, by each purchase that contains it: the schedule's instant,
    /// and the one from which access makes it true.
    pub fn openings(&self, person: Id, course: Id, lesson: Id) -> Vec<(Option<Instant>, Instant)> {
        let Some((person, (module, lesson))) = self.people.get(&person).zip(
            self.school
                .courses
                .get(&course)
                .and_then(|c| c.lesson(lesson)),
        ) else {
            return Vec::new();
        };
        let grants = person.grants.iter();
        grants
            .filter(|grant| {
                grant.course == course && self.product(grant).content.has(module.id, lesson.id)
            })
            .map(|grant| {
                let opens = self.opening(grant, module, lesson);
                (opens, opens.map_or(grant.begins, |at| at.max(grant.begins)))
            })
            .collect()
    }

    /// Whether a lesson is open for a person now.
    ///
    /// # Errors
    /// It is not; the reason of the purchase that comes nearest.
    pub fn lesson_open(&self, person: Id, course: Id, lesson: Id) -> Result<(), NotOpen> {
        let Some((module, found)) = self
            .school
            .courses
            .get(&course)
            .and_then(|course| course.lesson(lesson))
        else {
            return Err(NotOpen::NoLesson);
        };
        let Some(person) = self.people.get(&person) else {
            return Err(NotOpen::NoAccess);
        };
        let mut nearest = NotOpen::NoAccess;
        for grant in person.grants.iter().filter(|grant| grant.course == course) {
            if !self.product(grant).content.has(module.id, found.id) {
                continue;
            }
            let access = self.access_of(grant);
            if !access.is_active(self.now) {
                nearest = match access.ends {
                    Some(ends) if ends <= self.now => NotOpen::AccessEnded(ends),
                    Some(_) | None => NotOpen::Rests,
                };
                continue;
            }
            match self.opening(grant, module, found) {
                Some(opens) if opens > self.now => nearest = NotOpen::Opens(opens),
                Some(_) | None => match self.held_by(person, grant, found.id) {
                    Some(checkpoint) => nearest = NotOpen::Checkpoint(checkpoint),
                    None => return Ok(()),
                },
            }
        }
        Err(nearest)
    }

    /// The checkpoint before a lesson that the person has not passed.
    fn held_by(&self, person: &Person, grant: &Grant, lesson: Id) -> Option<Id> {
        if self.assumptions.checkpoints == Checkpoints::Release {
            return None;
        }
        let content = &self.product(grant).content;
        let course = self.school.courses.get(&grant.course)?;
        course
            .lessons()
            .take_while(|(_, before)| before.id != lesson)
            .filter(|(module, before)| before.checkpoint && content.has(module.id, before.id))
            .map(|(_, before)| before.id)
            .find(|before| !person.completed.contains_key(&(grant.course, *before)))
    }

    /// Progress in a course, in whole percent: what was brought along, or the lessons completed.
    pub(super) fn progress(&self, person: &Person, course: Id) -> u8 {
        let brought = person.progress.get(&course).copied().unwrap_or_default();
        let lessons = self
            .school
            .courses
            .get(&course)
            .map_or(0, |course| course.lessons().count() as u64);
        let done = (person.completed_in(course) * 100)
            .checked_div(lessons)
            .unwrap_or_default();
        brought.max(u8::try_from(done.min(100)).unwrap_or(100))
    }

    /// A person's progress in a course, in whole percent.
    pub fn progress_of(&self, person: Id, course: Id) -> u8 {
        let person = self.people.get(&person);
        person.map_or(0, |person| self.progress(person, course))
    }

    /// When a person was last seen: in a course, from the beginning of access on, or anywhere.
    pub(super) fn last_seen(&self, person: &Person, course: Option<Id>) -> Option<Instant> {
        let Some(course) = course else {
            return person.last_seen;
        };
        let begun = person.grants.iter().filter(|grant| grant.course == course);
        let begun = begun.map(|grant| grant.begins).max();
        begun.max(person.seen_in.get(&course).copied())
    }

    /// A grant begins: letters, openings and its end are set going. `before` is of the past.
    pub(super) fn grant(&mut self, id: Id, grant: Grant, silent: bool) {
        let (course, order) = (grant.course, grant.order);
        let Some(person) = self.people.get_mut(&id) else {
            return;
        };
        let at = person.grants.len();
        person.grants.push(grant);
        let Some(grant) = self
            .people
            .get(&id)
            .and_then(|person| person.grants.get(at))
        else {
            return;
        };
        let access = self.access_of(grant);
        let timers = self.opening_timers(id, at, grant);
        if !silent {
            let what = What::AccessBegan {
                course,
                ends: access.ends,
            };
            self.happen(id, what, By::Time);
        }
        for (when, timer) in timers {
            self.timers.set(when, timer);
        }
        if silent {
            // An end that has come before the world began is no event.
            let past = access.ends.filter(|ends| *ends <= self.now);
            self.with(id, |person| {
                let grant = person.grants.get_mut(at);
                grant.is_some_and(|grant| {
                    grant.ended = past;
                    true
                })
            });
        }
        self.await_ends(id, |grant| grant.order == order && grant.course == course);
        if !silent {
            self.tell_of_open_lessons(id, at);
        }
        self.watch(id);
    }

    /// The timers of the lessons of a grant that open later than now.
    fn opening_timers(&self, person: Id, at: usize, grant: &Grant) -> Vec<(Instant, Timer)> {
        let Some(course) = self.school.courses.get(&grant.course) else {
            return Vec::new();
        };
        let content = &self.product(grant).content;
        let lessons = course.lessons().filter(|(module, lesson)| {
            content.has(module.id, lesson.id) && !grant.told.contains(&lesson.id)
        });
        lessons
            .filter_map(|(module, lesson)| {
                let opens = self.opening(grant, module, lesson)?;
                let timer = Timer::Opens {
                    person,
                    grant: at,
                    lesson: lesson.id,
                };
                (opens > self.now).then_some((opens, timer))
            })
            .collect()
    }

    /// Openings and ends as the offers have them now. A lesson whose opening has come to lie in the
    /// past is open, and nobody is told of it.
    pub(super) fn follow_offers(&mut self, id: Id) {
        let Some(person) = self.people.get(&id) else {
            return;
        };
        let grants = person.grants.iter().enumerate();
        let timers: Vec<(Instant, Timer)> = grants
            .flat_map(|(at, grant)| self.opening_timers(id, at, grant))
            .collect();
        for (at, timer) in timers {
            self.timers.set(at, timer);
        }
        self.await_ends(id, |_| true);
    }

    /// Tells of lessons that are open from the beginning, if that is assumed.
    fn tell_of_open_lessons(&mut self, id: Id, at: usize) {
        if self.assumptions.lesson_notices == LessonNotices::WhenItOpens {
            return;
        }
        let Some(grant) = self
            .people
            .get(&id)
            .and_then(|person| person.grants.get(at))
        else {
            return;
        };
        let Some(course) = self.school.courses.get(&grant.course) else {
            return;
        };
        let content = &self.product(grant).content;
        let open: Vec<Id> = course
            .lessons()
            .filter(|(module, lesson)| {
                let opens = self.opening(grant, module, lesson);
                content.has(module.id, lesson.id) && opens.is_none_or(|at| at <= self.now)
            })
            .map(|(_, lesson)| lesson.id)
            .collect();
        for lesson in open {
            self.open_lesson(id, at, lesson);
        }
    }

    /// A lesson opens for whoever has access then.
    pub(super) fn open_lesson(&mut self, id: Id, at: usize, lesson: Id) {
        let now = self.now;
        let Some(grant) = self
            .people
            .get(&id)
            .and_then(|person| person.grants.get(at))
        else {
            return;
        };
        let course = grant.course;
        let found = self
            .school
            .courses
            .get(&course)
            .and_then(|c| c.lesson(lesson));
        let Some((module, found)) = found else {
            return;
        };
        if !self.product(grant).content.has(module.id, found.id) {
            return;
        }
        // The schedule has been moved meanwhile: it opens then.
        if let Some(opens) = self.opening(grant, module, found).filter(|at| *at > now) {
            let timer = Timer::Opens {
                person: id,
                grant: at,
                lesson,
            };
            self.timers.set(opens, timer);
            return;
        }
        if !self.access_of(grant).is_active(now) {
            return;
        }
        let is_new = self.with(id, |person| {
            let told = person
                .told
                .iter()
                .any(|(_, c, l)| (*c, *l) == (course, lesson));
            let Some(grant) = person.grants.get_mut(at) else {
                return false;
            };
            let is_new = grant.told.insert(lesson) && !told;
            if is_new {
                person.told.push((now, course, lesson));
            }
            is_new
        });
        if is_new {
            self.happen(id, What::LessonOpened { course, lesson }, By::Time);
        }
    }

    /// Access ends, unless it was prolonged meanwhile.
    pub(super) fn end_access(&mut self, id: Id, at: usize) {
        let Some(grant) = self
            .people
            .get(&id)
            .and_then(|person| person.grants.get(at))
        else {
            return;
        };
        let course = grant.course;
        match self.access_of(grant).ends {
            Some(ends) if ends > self.now => {
                let timer = Timer::Ends {
                    person: id,
                    grant: at,
                };
                self.timers.set(ends, timer);
            }
            Some(ends) => {
                let is_new = self.with(id, |person| {
                    let grant = person.grants.get_mut(at);
                    grant.is_some_and(|grant| grant.ended.replace(ends) != Some(ends))
                });
                if is_new {
                    self.happen(id, What::AccessEnded { course }, By::Time);
                    self.settle(id);
                }
            }
            None => {}
        }
    }

    /// A lesson is completed.
    pub(super) fn complete(&mut self, id: Id, course: Id, lesson: Id) -> Result<(), Refusal> {
        match self.lesson_open(id, course, lesson) {
            Ok(()) => {}
            Err(NotOpen::NoLesson) => return Err(Refusal::NoLesson),
            Err(NotOpen::NoAccess | NotOpen::AccessEnded(_) | NotOpen::Rests) => {
                return Err(Refusal::NoAccess);
            }
            Err(NotOpen::Opens(at)) => return Err(Refusal::Closed { opens: Some(at) }),
            Err(NotOpen::Checkpoint(_)) => return Err(Refusal::Closed { opens: None }),
        }
        let now = self.now;
        let before = self.progress_of(id, course);
        let is_new = self.with(id, |person| {
            person.seen_in.insert(course, now);
            person.completed.insert((course, lesson), now).is_none()
        });
        self.watch(id);
        if !is_new {
            return Ok(());
        }
        self.happen(id, What::Completed { course, lesson }, By::Person);
        self.occur(id, Occasion::CompletedLesson(course, lesson), None);
        if before < 100 && self.progress_of(id, course) >= 100 {
            self.happen(id, What::CompletedCourse { course }, By::Person);
            self.occur(id, Occasion::CompletedCourse(course), None);
        }
        Ok(())
    }

    /// Access that an offer gave is prolonged.
    pub(super) fn extend(
        &mut self,
        id: Id,
        offer: Id,
        by: Duration,
        who: By,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let extension = Change {
            at: now,
            length: by,
            sort: ChangeSort::Extension,
        };
        self.change_grants(id, offer, |grant| grant.changes.push(extension))?;
        let changed = self.accesses_by(id, offer);
        for (course, access) in changed {
            let what = What::AccessExtended {
                course,
                ends: access.ends,
            };
            self.happen(id, what, who);
        }
        self.await_ends(id, |grant| grant.offer == offer);
        self.settle(id);
        Ok(())
    }

    /// Access that an offer gave rests; its end moves by as much.
    pub(super) fn freeze(&mut self, id: Id, offer: Id, length: Duration) -> Result<(), Refusal> {
        let now = self.now;
        let freeze = Change {
            at: now,
            length,
            sort: ChangeSort::Freeze,
        };
        self.change_grants(id, offer, |grant| grant.changes.push(freeze))?;
        let until = term(now, length, &self.school.zone);
        for (course, _) in self.accesses_by(id, offer) {
            self.happen(id, What::AccessFrozen { course, until }, By::Staff);
        }
        self.await_ends(id, |grant| grant.offer == offer);
        self.settle(id);
        Ok(())
    }

    /// Access that an offer gave was prolonged before the world began. Whether there is any.
    pub(super) fn was_extended(&mut self, id: Id, offer: Id, by: Duration, at: Instant) -> bool {
        let extension = Change {
            at,
            length: by,
            sort: ChangeSort::Extension,
        };
        let extended = self.change_grants(id, offer, |grant| grant.changes.push(extension));
        self.await_ends(id, |grant| grant.offer == offer);
        extended.is_ok()
    }

    fn change_grants(
        &mut self,
        id: Id,
        offer: Id,
        change: impl Fn(&mut Grant),
    ) -> Result<(), Refusal> {
        let changed = self.with(id, |person| {
            let grants = person.grants.iter_mut();
            let mut grants = grants.filter(|grant| grant.offer == offer).peekable();
            let some = grants.peek().is_some();
            grants.for_each(change);
            some
        });
        if changed {
            Ok(())
        } else {
            Err(Refusal::NothingToExtend)
        }
    }

    fn accesses_by(&self, id: Id, offer: Id) -> Vec<(Id, Access)> {
        let person = self.people.get(&id).into_iter();
        person
            .flat_map(|person| &person.grants)
            .filter(|grant| grant.offer == offer)
            .map(|grant| (grant.course, self.access_of(grant)))
            .collect()
    }

    /// Sets the timers of ends that have not come yet. One that has moved into the past comes now; what
    /// has ended and begins anew ends anew.
    pub(super) fn await_ends(&mut self, id: Id, which: impl Fn(&Grant) -> bool) {
        let Some(person) = self.people.get(&id) else {
            return;
        };
        let grants = person.grants.iter().enumerate();
        let ends: Vec<(usize, Instant)> = grants
            .filter(|(_, grant)| which(grant))
            .filter_map(|(at, grant)| {
                let ends = self.access_of(grant).ends?;
                (grant.ended != Some(ends)).then_some((at, ends))
            })
            .collect();
        for (grant, ends) in ends {
            let timer = Timer::Ends { person: id, grant };
            self.timers.set(ends.max(self.now), timer);
        }
    }
}
