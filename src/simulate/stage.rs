//! A compiled configuration as a school, with the names of everything in it.

use crate::compile::Compiled;
use crate::domain::schedule::{Opens, timetable};
use crate::domain::world::{Content, Id, Incomplete, Schedule, School, Unreadable};
use crate::domain::zone::{Resolved, Zone};
use crate::kinds::course::{Course, Module};
use crate::kinds::offer::{self, AccessTerm};
use crate::kinds::{
    At, CourseLesson, Document, Field, Index, Inside, Link, Reference, Spec, Until, kind, to_json,
};
use crate::model::{Address, Instant, Moment, Name, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Where the ids begin that are made up here; the platform's are far smaller.
const FIRST_ID: Id = 1 << 40;

/// A school with names.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The school.
    pub school: School,
    ids: BTreeMap<Address, Id>,
    addresses: BTreeMap<(&'static str, Id), Address>,
    lessons: BTreeMap<(Id, Id), CourseLesson>,
    by_lesson: BTreeMap<CourseLesson, (Id, Id)>,
}

/// A declared object that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{address}` cannot be played: {reason}")]
pub struct Unstageable {
    /// The object.
    pub address: Address,
    /// Why.
    pub reason: String,
}

impl Stage {
    /// The school that a configuration describes.
    ///
    /// # Errors
    /// A declared object is not what the platform takes.
    pub fn of(compiled: &Compiled) -> Result<Self, Unstageable> {
        let mut stage = Stage {
            school: School::empty(compiled.zone.clone()),
            ids: BTreeMap::new(),
            addresses: BTreeMap::new(),
            lessons: BTreeMap::new(),
            by_lesson: BTreeMap::new(),
        };
        let elsewhere = BTreeMap::new();
        let index = Index::new(&compiled.documents, &elsewhere);
        let mut next = FIRST_ID;
        for document in index.documents() {
            let id = match &document.spec {
                Spec::Course(course) => course.id.as_ref().map(|id| id.0),
                _ => None,
            };
            let id = id.unwrap_or_else(|| {
                next += 1;
                next
            });
            stage.ids.insert(document.address.clone(), id);
            if let Some(kind) = kind(document.spec.kind()) {
                stage
                    .addresses
                    .insert((kind.id, id), document.address.clone());
            }
        }
        for document in index.documents() {
            if let Spec::Course(course) = &document.spec {
                stage.add_course(&index, document, course, &mut next)?;
            }
        }
        for (address, object) in &compiled.desired.objects {
            let Some(collection) = kind(&address.kind).and_then(|kind| kind.collection) else {
                continue;
            };
            let attributes = Value::Map(object.attributes.clone());
            let known = attributes.resolve(&|of| stage.ids.get(of).copied(), &|of, name| {
                Some(format!("{of}.{name}"))
            });
            let unstageable = |reason: String| Unstageable {
                address: address.clone(),
                reason,
            };
            let body = to_json(&known)
                .ok_or_else(|| unstageable("it refers to what is not declared".to_owned()))?;
            let id = stage.ids.get(address).copied().unwrap_or_default();
            stage
                .school
                .insert(collection.path, id, body, Incomplete::Allowed)
                .map_err(|Unreadable { message, .. }| unstageable(message))?;
        }
        for document in index.documents() {
            if let Spec::Offer(offer) = &document.spec {
                stage.complete_offer(&index, document, offer);
            }
        }
        Ok(stage)
    }

    /// Adds a course, or the program of the course that it is a copy of, with ids for what has none.
    fn add_course(
        &mut self,
        index: &Index<'_>,
        document: &Document,
        course: &Course,
        next: &mut Id,
    ) -> Result<(), Unstageable> {
        let id = self.ids.get(&document.address).copied().unwrap_or_default();
        let (_, program) = index.program(document, course);
        let mut whole = Course {
            id: Some(crate::kinds::WholeNumber(id)),
            modules: program.to_vec(),
            ..course.clone()
        };
        let mut number = |known: &mut Option<crate::kinds::WholeNumber>| {
            known
                .get_or_insert_with(|| {
                    *next += 1;
                    crate::kinds::WholeNumber(*next)
                })
                .0
        };
        for module in &mut whole.modules {
            number(&mut module.id);
            for lesson in &mut module.lessons {
                let lesson_id = number(&mut lesson.id);
                let name = CourseLesson {
                    course: Name(document.address.name.clone()),
                    module: module.name.clone(),
                    lesson: lesson.name.clone(),
                };
                self.by_lesson.insert(name.clone(), (id, lesson_id));
                self.lessons.insert((id, lesson_id), name);
            }
        }
        let body = Spec::Course(Box::new(whole)).mirror(&document.address.name);
        let path = kind("course").and_then(|kind| kind.collection);
        let path = path.map_or("courses", |collection| collection.path);
        self.school
            .insert(path, id, body.unwrap_or_default(), Incomplete::Allowed)
            .map_err(|Unreadable { message, .. }| Unstageable {
                address: document.address.clone(),
                reason: message,
            })
    }

    /// Content and schedules of a course that the platform has not numbered yet go by names.
    fn complete_offer(&mut self, index: &Index<'_>, document: &Document, offer: &offer::Offer) {
        let Some(id) = self.ids.get(&document.address).copied() else {
            return;
        };
        for (at, product) in offer.products.set().into_iter().flatten().enumerate() {
            let Some((of, course)) = index.course(&product.course) else {
                continue;
            };
            if is_numbered(course) {
                continue;
            }
            let (_, program) = index.program(of, course);
            let course_id = self.ids.get(&of.address).copied().unwrap_or_default();
            let Some(numbered) = self.school.courses.get(&course_id).cloned() else {
                continue;
            };
            let zone = self.school.zone.clone();
            let cohort = product.cohort.set();
            let cohort = cohort.and_then(|cohort| index.cohort(cohort));
            let schedule = cohort.map(|(_, cohort)| by_names(cohort, program, &numbered, &zone));
            let content = chosen(product, program, &numbered);
            let offers = self.school.offers.get_mut(&id);
            if let Some(product) = offers.and_then(|offer| offer.products.get_mut(at)) {
                if let Some(schedule) = schedule {
                    product.schedule = schedule;
                }
                product.content = content;
            }
        }
    }

    /// The id of a declared object.
    pub fn id(&self, address: &Address) -> Option<Id> {
        self.ids.get(address).copied()
    }

    /// The id that a reference means.
    pub fn refer(&self, kind: &str, reference: &Reference) -> Option<Id> {
        match reference {
            Reference::Name(name) => self.named(kind, name),
            Reference::Outside { id, title: _ } => Some(*id),
        }
    }

    /// The id of a name.
    pub fn named(&self, kind: &str, name: &Name) -> Option<Id> {
        self.id(&Address::new(kind, name.0.clone()))
    }

    /// The name of an object, or its number where it has none here.
    pub fn name(&self, kind: &'static str, id: Id) -> String {
        match self.addresses.get(&(kind, id)) {
            Some(address) => address.name.to_string(),
            None => format!("{{ id: {id} }}"),
        }
    }

    /// The names of a kind, in order.
    pub fn names<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        let of_kind = self
            .ids
            .keys()
            .filter(move |address| &*address.kind == kind);
        of_kind.map(|address| &*address.name)
    }

    /// The names of all lessons, in order.
    pub fn lesson_names(&self) -> impl Iterator<Item = String> {
        self.by_lesson.keys().map(ToString::to_string)
    }

    /// Whether a link to a lesson names one.
    pub fn has_part(&self, link: &Link) -> bool {
        match (&link.inside, link.to.name()) {
            (Some(Inside::LessonOf { module, lesson }), Some(course)) => {
                self.by_lesson.keys().any(|known| {
                    known.course == *course
                        && known.module.as_str() == &**module
                        && known.lesson.as_str() == &**lesson
                })
            }
            (Some(Inside::Module(_) | Inside::Lesson(_)) | None, _) | (Some(_), None) => true,
        }
    }

    /// The ids of a lesson: its course's and its own.
    pub fn lesson(&self, lesson: &CourseLesson) -> Option<(Id, Id)> {
        self.by_lesson.get(lesson).copied()
    }

    /// The name of a lesson.
    pub fn lesson_name(&self, course: Id, lesson: Id) -> String {
        match self.lessons.get(&(course, lesson)) {
            Some(name) => name.to_string(),
            None => format!("{}/{lesson}", self.name("course", course)),
        }
    }

    /// The instant of a written time; of one that a clock change skips or doubles, there is none.
    pub fn instant(&self, At(moment): &At) -> Result<Instant, Resolved> {
        self.moment(moment)
    }

    /// The end that is written: a day includes itself.
    pub fn end(&self, Until(moment): &Until) -> Result<Instant, Resolved> {
        match moment {
            Moment::Date(day) => Ok(self.school.zone.end_of_day(*day)),
            Moment::Local(_) | Moment::Offset(_) => self.moment(moment),
        }
    }

    fn moment(&self, moment: &Moment) -> Result<Instant, Resolved> {
        match moment {
            Moment::Offset(time) => Ok(time.to_utc()),
            Moment::Date(day) => Ok(self.school.zone.start_of_day(*day)),
            Moment::Local(local) => match self.school.zone.resolve(*local) {
                Resolved::One(instant) => Ok(instant),
                other @ (Resolved::Skipped { .. } | Resolved::Doubled { .. }) => Err(other),
            },
        }
    }

    /// A term of access as it is written.
    pub fn term(&self, term: &AccessTerm) -> Result<crate::domain::world::Term, Resolved> {
        use crate::domain::world::Term;
        Ok(match term {
            AccessTerm::Unlimited => Term::Unlimited,
            AccessTerm::Until(until) => Term::Until(self.end(until)?),
            AccessTerm::For(length) => Term::For(*length),
        })
    }
}

/// Whether every part of a course has the platform's id.
fn is_numbered(course: &Course) -> bool {
    course.id.is_some()
        && !course.modules.is_empty()
        && course.modules.iter().all(|module| {
            module.id.is_some() && module.lessons.iter().all(|lesson| lesson.id.is_some())
        })
}

/// A cohort's schedule, by the positions of a program.
fn by_names(
    cohort: &crate::kinds::cohort::Cohort,
    program: &[Module],
    numbered: &crate::domain::world::Course,
    zone: &Zone,
) -> Schedule {
    use crate::kinds::cohort::ScheduleBase;
    let base = cohort.schedule.as_ref().and_then(|schedule| schedule.base);
    let mut out = Schedule {
        keeps_course: cohort.schedule.is_none() || base == Some(ScheduleBase::Course),
        ..Schedule::default()
    };
    for opening in timetable(cohort, program, zone).openings {
        let Some(module) = numbered.modules.get(opening.module) else {
            continue;
        };
        let opens: Option<Opens> = Some(opening.opens);
        match opening.lesson {
            Some(lesson) => {
                if let Some(lesson) = module.lessons.get(lesson) {
                    out.lessons.insert(lesson.id, opens);
                }
            }
            None => {
                out.modules.insert(module.id, opens);
            }
        }
    }
    out
}

/// A product's content, by the names of a program.
fn chosen(
    product: &offer::Product,
    program: &[Module],
    numbered: &crate::domain::world::Course,
) -> Content {
    let Field::Set(offer::Content::Chosen(chosen)) = &product.content else {
        return Content::All;
    };
    let mut modules = BTreeSet::new();
    let mut lessons = BTreeSet::new();
    for (module, with_ids) in program.iter().zip(&numbered.modules) {
        if chosen.modules.contains(&module.name) {
            modules.insert(with_ids.id);
        }
        for (lesson, with_id) in module.lessons.iter().zip(&with_ids.lessons) {
            let mut paths = chosen.lessons.iter();
            if paths.any(|path| path.module == module.name && path.lesson == lesson.name) {
                lessons.insert(with_id.id);
            }
        }
    }
    Content::Chosen { modules, lessons }
}
