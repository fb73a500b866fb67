//! Conditions on contacts, and until when their answer holds by itself.

use super::World;
use super::person::Person;
use super::school::Id;
use super::times::passed;
use crate::kinds::list::wire;
use crate::model::{Duration, Instant};

/// A condition on a contact.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every one of these holds.
    All(Vec<Filter>),
    /// At least one of these holds.
    Any(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// Has bought at least so many things.
    Purchases(u64),
    /// Has bought an offer.
    Bought(Id),
    /// Has come at least so far in a course, in percent.
    Progress(Id, u8),
    /// Has not been seen for so long, in a course or anywhere.
    Inactive(Duration, Option<Id>),
    /// Has access to a course.
    Access(Id),
    /// Has paid before this instant.
    PaidBefore(Instant),
    /// Has paid at or after this instant.
    PaidAfter(Instant),
    /// Has paid last before this instant.
    LastPurchaseBefore(Instant),
    /// Has paid last longer ago than this.
    LastPurchaseMoreThan(Duration),
    /// Has registered before this instant.
    RegisteredBefore(Instant),
    /// Has registered at or after this instant.
    RegisteredAfter(Instant),
    /// Has completed at least so many lessons of a course.
    LessonsCompleted(Id, u64),
    /// Has completed a lesson of a course.
    CompletedLesson(Id, Id),
    /// Has taken part in a webinar.
    Webinar(String),
    /// Has visited a page.
    Visited(String),
    /// A field has a value.
    Field(String, String),
    /// Has a tag.
    Tag(String),
    /// Is in a list.
    InList(Id),
}

/// An answer, and the first instant at which time alone may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the condition holds.
    pub holds: bool,
    /// Until then, unless something happens; for ever, if `None`.
    pub until: Option<Instant>,
}

impl Answer {
    fn always(holds: bool) -> Self {
        Answer { holds, until: None }
    }
}

/// The earlier of two instants, of which either may be missing.
fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Filter {
    /// Reads a condition of the platform.
    pub(super) fn read(filter: wire::Filter) -> Result<Self, String> {
        use wire::Filter as Wire;
        let many = |filters: Vec<Wire>| -> Result<Vec<Filter>, String> {
            filters.into_iter().map(Filter::read).collect()
        };
        let duration = |text: &str| -> Result<Duration, String> {
            text.parse().map_err(|error| format!("`{text}`: {error}"))
        };
        Ok(match filter {
            Wire::All(all) => Filter::All(many(all)?),
            Wire::Any(any) => Filter::Any(many(any)?),
            Wire::Not(not) => Filter::Not(Box::new(Filter::read(*not)?)),
            Wire::Purchases { at_least } => Filter::Purchases(at_least),
            Wire::Bought { offer_id } => Filter::Bought(offer_id),
            Wire::Progress {
                course_id,
                at_least_percent,
            } => Filter::Progress(course_id, at_least_percent),
            Wire::Inactive { for_, course_id } => Filter::Inactive(duration(&for_)?, course_id),
            Wire::Access { course_id } => Filter::Access(course_id),
            Wire::Paid {
                before_at,
                after_at,
            } => both(
                before_at.map(|at| Filter::PaidBefore(at.0)),
                after_at.map(|at| Filter::PaidAfter(at.0)),
            ),
            Wire::LastPurchase {
                before_at,
                more_than,
            } => both(
                before_at.map(|at| Filter::LastPurchaseBefore(at.0)),
                match more_than {
                    Some(more_than) => Some(Filter::LastPurchaseMoreThan(duration(&more_than)?)),
                    None => None,
                },
            ),
            Wire::Registered {
                before_at,
                after_at,
            } => both(
                before_at.map(|at| Filter::RegisteredBefore(at.0)),
                after_at.map(|at| Filter::RegisteredAfter(at.0)),
            ),
            Wire::LessonsCompleted {
                course_id,
                at_least,
            } => Filter::LessonsCompleted(course_id, at_least),
            Wire::CompletedLesson {
                course_id,
                lesson_id,
            } => Filter::CompletedLesson(course_id, lesson_id),
            Wire::Webinar { name } => Filter::Webinar(name),
            Wire::Visited { url } => Filter::Visited(url),
            Wire::Field { name, equals } => Filter::Field(name, equals),
            Wire::Tag { name } => Filter::Tag(name),
            Wire::InList { list_id } => Filter::InList(list_id),
        })
    }
}

fn both(one: Option<Filter>, other: Option<Filter>) -> Filter {
    match (one, other) {
        (Some(one), Some(other)) => Filter::All(vec![one, other]),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => Filter::All(Vec::new()),
    }
}

impl World {
    /// Whether a condition holds for a person now.
    pub(super) fn answer(&self, filter: &Filter, person: &Person) -> Answer {
        let now = self.now;
        match filter {
            Filter::All(all) => self.fold(all, person, true),
            Filter::Any(any) => self.fold(any, person, false),
            Filter::Not(not) => {
                let Answer { holds, until } = self.answer(not, person);
                Answer {
                    holds: !holds,
                    until,
                }
            }
            Filter::Purchases(at_least) => {
                Answer::always(person.purchases.len() as u64 >= *at_least)
            }
            Filter::Bought(offer) => Answer::always(person.has_bought(*offer)),
            Filter::Progress(course, at_least) => {
                Answer::always(self.progress(person, *course) >= *at_least)
            }
            Filter::Inactive(length, course) => match self.last_seen(person, *course) {
                Some(seen) => since(now, passed(seen, *length, &self.school.zone)),
                None => Answer::always(false),
            },
            Filter::Access(course) => self.access_answer(person, *course),
            Filter::PaidBefore(instant) => {
                Answer::always(person.purchases.iter().any(|bought| bought.at < *instant))
            }
            Filter::PaidAfter(instant) => {
                Answer::always(person.purchases.iter().any(|bought| bought.at >= *instant))
            }
            Filter::LastPurchaseBefore(instant) => {
                let last = person.purchases.iter().map(|bought| bought.at).max();
                Answer::always(last.is_some_and(|last| last < *instant))
            }
            Filter::LastPurchaseMoreThan(length) => {
                match person.purchases.iter().map(|bought| bought.at).max() {
                    // Longer ago than this: the instant itself is not.
                    Some(last) => since(
                        now,
                        passed(last, *length, &self.school.zone)
                            .checked_add_signed(chrono::TimeDelta::seconds(1))
                            .unwrap_or(Instant::MAX_UTC),
                    ),
                    None => Answer::always(false),
                }
            }
            Filter::RegisteredBefore(instant) => {
                // Whose registration nobody knows registered long ago.
                let registered = person.registered;
                Answer::always(person.is_registered() && registered.is_none_or(|at| at < *instant))
            }
            Filter::RegisteredAfter(instant) => Answer::always(
                person
                    .registered
                    .is_some_and(|at| at >= *instant && at <= now),
            ),
            Filter::LessonsCompleted(course, at_least) => {
                Answer::always(person.completed_in(*course) >= *at_least)
            }
            Filter::CompletedLesson(course, lesson) => {
                Answer::always(person.completed.contains_key(&(*course, *lesson)))
            }
            Filter::Webinar(name) => Answer::always(person.webinars.contains(name)),
            Filter::Visited(url) => Answer::always(person.visited.contains(url)),
            Filter::Field(name, value) => Answer::always(person.fields.get(name) == Some(value)),
            Filter::Tag(tag) => Answer::always(person.tags.contains(tag)),
            Filter::InList(list) => Answer::always(person.lists.contains_key(list)),
        }
    }

    /// `all` (neutral: true) or `any` (neutral: false) of several conditions.
    fn fold(&self, filters: &[Filter], person: &Person, neutral: bool) -> Answer {
        let mut until = None;
        let mut holds = neutral;
        for filter in filters {
            let answer = self.answer(filter, person);
            until = earlier(until, answer.until);
            if answer.holds != neutral {
                holds = !neutral;
            }
        }
        Answer { holds, until }
    }

    /// Whether a person has access to a course, and until when that stays so.
    fn access_answer(&self, person: &Person, course: Id) -> Answer {
        let mut answer = Answer::always(false);
        for grant in person.grants.iter().filter(|grant| grant.course == course) {
            let access = self.access_of(grant);
            answer.holds |= access.is_active(self.now);
            let changes = access.changes_after(self.now);
            answer.until = earlier(answer.until, changes);
        }
        answer
    }
}

/// From an instant on.
fn since(now: Instant, from: Instant) -> Answer {
    if now < from {
        Answer {
            holds: false,
            until: Some(from),
        }
    } else {
        Answer::always(true)
    }
}
