//! Names for ids, and local times for instants.

use super::slug::{free, slug};
use crate::compile;
use crate::domain::zone::{Resolved, Zone, previous_day};
use crate::kinds::{Naming, Part};
use crate::model::{Instant, Moment, Value, written_instant};
use crate::yaml::Written;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The modules and lessons of a course by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The names of modules.
    pub modules: BTreeMap<i64, String>,
    /// The names of lessons.
    pub lessons: BTreeMap<i64, String>,
    /// The module of each lesson.
    pub of: BTreeMap<i64, i64>,
    /// The module whose lessons are being named.
    pub(super) current: Option<i64>,
}

/// A schedule that stands in offers, and the name of the cohort that says it.
#[derive(Clone, Debug)]
pub(super) struct Scheduled {
    pub course: i64,
    pub schedule: Value,
    pub name: String,
}

/// An account's names.
pub(super) struct Names<'a> {
    pub zone: &'a Zone,
    /// What is, or will be, managed: its name.
    pub names: BTreeMap<(&'a str, i64), String>,
    /// Titles of everything.
    pub titles: BTreeMap<(&'a str, i64), &'a str>,
    /// The kind of what is only read, whose names other names are made of.
    pub course_kind: &'a str,
    pub parts: RefCell<BTreeMap<i64, Parts>>,
    pub schedules: RefCell<Vec<Scheduled>>,
    /// The cohorts that were asked for since this was emptied.
    pub asked: RefCell<Vec<String>>,
    /// Names that cohorts must not have.
    pub taken: RefCell<Vec<String>>,
}

impl Names<'_> {
    /// A name for a new cohort: the course's, and the month in which it begins.
    fn cohort_name(&self, course: i64, schedule: &Value) -> String {
        let course = self
            .names
            .get(&(self.course_kind, course))
            .map_or(self.course_kind, String::as_str);
        let first = instants(schedule).into_iter().min();
        let name = match first.and_then(|text| crate::model::parse_instant(&text)) {
            Some(first) => format!("{course}-{}", self.zone.local(first).format("%Y-%m")),
            None => format!("{course}-schedule"),
        };
        let mut taken = self.taken.borrow_mut();
        let name = free(&slug(&name, "launch"), |name| {
            taken.iter().all(|other| other != name)
        });
        taken.push(name.clone());
        name
    }
}

/// Every instant in a value.
fn instants(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) if crate::model::is_normal_instant(text) => vec![text.clone()],
        Value::List(items) => items.iter().flat_map(instants).collect(),
        Value::Map(entries) => entries.values().flat_map(instants).collect(),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Text(_)
        | Value::Ref(_)
        | Value::Late(_) => Vec::new(),
    }
}

impl Naming for Names<'_> {
    fn reference(&self, kind: &str, to: &Value) -> Option<Written> {
        if let Value::Ref(address) = to {
            return Some(Written::text(&*address.name));
        }
        let id = to.as_int()?;
        if let Some(name) = self.names.get(&(kind, id)) {
            return Some(Written::text(name.as_str()));
        }
        let mut fields = vec![("id".to_owned(), Written::Int(id))];
        if let Some(title) = self.titles.get(&(kind, id)) {
            fields.push(("title".to_owned(), Written::text(*title)));
        }
        Some(Written::Map(fields))
    }

    fn module(&self, course: &Value, module: &Value) -> Option<String> {
        let parts = self.parts.borrow();
        let parts = parts.get(&course.as_int()?)?;
        parts.modules.get(&module.as_int()?).cloned()
    }

    fn lesson(&self, course: &Value, lesson: &Value) -> Option<String> {
        let parts = self.parts.borrow();
        let parts = parts.get(&course.as_int()?)?;
        let lesson = lesson.as_int()?;
        let module = parts.modules.get(parts.of.get(&lesson)?)?;
        Some(format!("{module}/{}", parts.lessons.get(&lesson)?))
    }

    fn part(&self, course: i64, part: Part, id: Option<i64>, title: &str) -> String {
        let mut all = self.parts.borrow_mut();
        let parts = all.entry(course).or_default();
        if part == Part::Module {
            parts.current = id;
        }
        let module = parts.current;
        let known = id.and_then(|id| match part {
            Part::Module => parts.modules.get(&id),
            Part::Lesson => parts.lessons.get(&id),
        });
        let name = known.cloned().unwrap_or_else(|| match part {
            Part::Module => free(&slug(title, "module"), |name| {
                parts.modules.values().all(|other| other != name)
            }),
            Part::Lesson => free(&slug(title, "lesson"), |name| {
                let beside = parts.of.iter().filter(|(_, of)| Some(**of) == module);
                let mut beside = beside.filter_map(|(lesson, _)| parts.lessons.get(lesson));
                beside.all(|other| other != name)
            }),
        });
        if let Some(id) = id {
            match part {
                Part::Module => parts.modules.insert(id, name.clone()),
                Part::Lesson => {
                    parts.of.extend(module.map(|module| (id, module)));
                    parts.lessons.insert(id, name.clone())
                }
            };
        }
        name
    }

    fn at(&self, instant: Instant) -> String {
        let local = self.zone.local(instant);
        let text = local.format("%Y-%m-%dT%H:%M:%S").to_string();
        // Clocks show a time twice, and in the last year that can be written, one of the next.
        let is_said = text.parse::<Moment>().is_ok();
        if !is_said || self.zone.resolve(local) != Resolved::One(instant) {
            return written_instant(instant);
        }
        text.strip_suffix(":00").unwrap_or(&text).to_owned()
    }

    fn until(&self, instant: Instant) -> String {
        self.last_day(instant).unwrap_or_else(|| self.at(instant))
    }

    fn last_day(&self, instant: Instant) -> Option<String> {
        let day = previous_day(self.zone.local(instant).date());
        let text = day.format("%Y-%m-%d").to_string();
        (self.zone.end_of_day(day) == instant && text.parse::<Moment>().is_ok()).then_some(text)
    }

    fn since(&self, instant: Instant) -> String {
        let day = self.zone.local(instant).date();
        let text = day.format("%Y-%m-%d").to_string();
        if self.zone.start_of_day(day) == instant && text.parse::<Moment>().is_ok() {
            return text;
        }
        self.at(instant)
    }

    fn cohort(&self, course: &Value, schedule: &Value) -> Option<Written> {
        let course = course.as_int()?;
        let known = self.schedules.borrow().iter().find_map(|known| {
            (known.course == course && known.schedule == *schedule).then(|| known.name.clone())
        });
        let name = known.unwrap_or_else(|| {
            let name = self.cohort_name(course, schedule);
            self.schedules.borrow_mut().push(Scheduled {
                course,
                schedule: schedule.clone(),
                name: name.clone(),
            });
            name
        });
        self.asked.borrow_mut().push(name.clone());
        Some(Written::Text(name))
    }

    fn letter(&self, subject: &str, html: &str, text: &str) -> Option<(String, String)> {
        compile::unrendered(subject, html, text)
    }
}
