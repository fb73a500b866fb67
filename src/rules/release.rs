//! When modules and lessons open by a cohort's schedule, or by the course's own delays.

use super::{Configuration, configuration};
use crate::domain::schedule::{Cause, Opens};
use crate::kinds::cohort::{Cohort, ScheduleBase};
use crate::kinds::course::{Course, Module, OwnOpening};
use crate::kinds::offer::{Offer, Product};
use crate::kinds::{Document, Field};
use crate::model::{Instant, Path};
use crate::source::Span;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// What opens when, and where that is written.
pub(super) struct Release<'a> {
    /// The document whose schedule it is: a cohort, or a course.
    pub(super) document: &'a Document,
    /// The modules in program order.
    pub(super) program: &'a [Module],
    /// The openings that hold, in program order.
    pub(super) items: Vec<Item>,
}

/// One opening.
#[derive(Clone)]
pub(super) struct Item {
    /// The module's position.
    pub(super) module: usize,
    /// The lesson's position in it; the module itself, if `None`.
    pub(super) lesson: Option<usize>,
    /// When.
    pub(super) opens: Opens,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// Where it is written.
    pub(super) place: Span,
}

/// Where an opening comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Written in the cohort as it is.
    Written,
    /// Counted from the cohort's start.
    Counted,
    /// The course's own delay.
    Course,
}

/// What opens when: of every cohort and of every course, by its name.
#[derive(Default)]
pub struct Releases<'a> {
    cohorts: OnceCell<BTreeMap<&'a str, Release<'a>>>,
    courses: OnceCell<BTreeMap<&'a str, Release<'a>>>,
}

/// The openings of a cohort that has a schedule, if its course is known and all can be computed.
pub(super) fn of_cohort<'c, 'a>(
    configuration: &'c Configuration<'a>,
    cohort: &Document,
) -> Option<&'c Release<'a>> {
    let releases = configuration.releases.cohorts.get_or_init(|| {
        let cohorts = configuration.cohorts();
        let releases = cohorts.filter_map(|(document, cohort)| {
            let release = read(configuration, document, cohort)?;
            Some((&*document.address.name, release))
        });
        releases.collect()
    });
    releases.get(&*cohort.address.name)
}

/// The course's own delays.
pub(super) fn of_course<'c, 'a>(
    configuration: &'c Configuration<'a>,
    course: &Document,
) -> Option<&'c Release<'a>> {
    let releases = configuration.releases.courses.get_or_init(|| {
        let courses = configuration.courses();
        let releases = courses.map(|(document, course)| {
            let release = delays(configuration, document, course);
            (&*document.address.name, release)
        });
        releases.collect()
    });
    releases.get(&*course.address.name)
}

fn read<'a>(
    configuration: &Configuration<'a>,
    document: &'a Document,
    cohort: &'a Cohort,
) -> Option<Release<'a>> {
    let schedule = cohort.schedule.as_ref()?;
    let (course, _) = configuration.index.course(&cohort.course)?;
    let table = configuration.timetables.get(&document.address)?;
    if !table.problems.is_empty() {
        return None;
    }
    let own = table.openings.iter().map(|opening| {
        let (origin, path) = match &opening.cause {
            Cause::Written { path } => (Origin::Written, path.clone()),
            Cause::AfterStart { path, .. } => (Origin::Counted, path.clone()),
            Cause::Slot { .. } => (Origin::Counted, Path::root().key("schedule").key("every")),
        };
        Item {
            module: opening.module,
            lesson: opening.lesson,
            opens: opening.opens,
            origin,
            place: configuration::value(document, &path),
        }
    });
    let mut items: Vec<Item> = own.collect();
    let inherited = of_course(configuration, course)?;
    let program = inherited.program;
    if schedule.base == Some(ScheduleBase::Course) {
        for item in &inherited.items {
            let named = program.get(item.module);
            let named = named.and_then(|module| schedule.modules.get(&module.name));
            let removed = item.lesson.is_none()
                && named.is_some_and(|module| matches!(module.opens, Field::Null));
            let replaced = items.iter().any(|own| own.is_of(item));
            if !removed && !replaced {
                items.push(item.clone());
            }
        }
        items.sort_by_key(|item| (item.module, item.lesson.map_or(0, |lesson| lesson + 1)));
    }
    Some(Release {
        document,
        program,
        items,
    })
}

fn delays<'a>(
    configuration: &Configuration<'a>,
    document: &'a Document,
    course: &'a Course,
) -> Release<'a> {
    let (document, program) = configuration.index.program(document, course);
    let mut items = Vec::new();
    let mut add = |module, lesson, opens: &Field<OwnOpening>, path: Path| {
        let delay = opens.set();
        if let Some((delay, days)) =
            delay.and_then(|delay| Some((delay, delay.after_access.whole_days()?)))
        {
            let hour = delay.at;
            items.push(Item {
                module,
                lesson,
                opens: Opens::AfterAccess { days, hour },
                origin: Origin::Course,
                place: configuration::value(document, &path.key("opens")),
            });
        }
    };
    for (at, module) in program.iter().enumerate() {
        let path = Path::root().key("modules").index(at);
        add(at, None, &module.opens, path.clone());
        for (lesson_at, lesson) in module.lessons.iter().enumerate() {
            let path = path.key("lessons").index(lesson_at);
            add(at, Some(lesson_at), &lesson.opens, path);
        }
    }
    Release {
        document,
        program,
        items,
    }
}

/// The openings for who buys a product: its cohort's, or the course's own.
pub(super) fn of_product<'c, 'a>(
    configuration: &'c Configuration<'a>,
    product: &Product,
) -> Option<&'c Release<'a>> {
    if let Field::Set(reference) = &product.cohort {
        let (document, cohort) = configuration.index.cohort(reference)?;
        if cohort.schedule.is_some() {
            return of_cohort(configuration, document);
        }
    }
    let (document, _) = configuration.index.course(&product.course)?;
    of_course(configuration, document)
}

/// Every product that sells a cohort, with its offer and its position there.
pub(super) fn sold<'a>(
    configuration: &Configuration<'a>,
    cohort: &Document,
) -> Vec<(&'a Document, &'a Offer, usize, &'a Product)> {
    configuration.index.sold_with(&cohort.address.name).to_vec()
}

/// When a cohort starts.
pub(super) fn starts(configuration: &Configuration<'_>, cohort: &Cohort) -> Option<Instant> {
    Some(configuration.instant(&cohort.starts.as_ref()?.0))
}

impl Release<'_> {
    /// The opening of a module itself.
    pub(super) fn module(&self, module: usize) -> Option<&Item> {
        let mut items = self.items.iter();
        items.find(|item| item.module == module && item.lesson.is_none())
    }

    /// Each lesson that has an opening in a module that has one: the module's and the lesson's.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Item, &Item)> {
        let lessons = self.items.iter().filter(|item| item.lesson.is_some());
        lessons.filter_map(|lesson| Some((self.module(lesson.module)?, lesson)))
    }

    /// What opens, in words: `module css`, `lesson css/flexbox`.
    pub(super) fn what(&self, item: &Item) -> String {
        let Some(module) = self.program.get(item.module) else {
            return "a module".to_owned();
        };
        match item.lesson.and_then(|lesson| module.lessons.get(lesson)) {
            Some(lesson) => format!("lesson {}/{}", module.name.as_str(), lesson.name.as_str()),
            None => format!("module {}", module.name.as_str()),
        }
    }

    /// Where the cohort is edited to change an opening: there, or where the course's are taken.
    pub(super) fn place(&self, item: &Item) -> Span {
        match item.origin {
            Origin::Written | Origin::Counted => item.place,
            Origin::Course => {
                let base = Path::root().key("schedule").key("base");
                configuration::value(self.document, &base)
            }
        }
    }
}

impl Item {
    /// Whether both open the same thing.
    pub(super) fn is_of(&self, other: &Item) -> bool {
        (self.module, self.lesson) == (other.module, other.lesson)
    }

    /// The instant, if it is written in the cohort as one.
    pub(super) fn written_instant(&self) -> Option<Instant> {
        match (self.origin, self.opens) {
            (Origin::Written, Opens::At(instant)) => Some(instant),
            (Origin::Written | Origin::Counted | Origin::Course, _) => None,
        }
    }
}

/// How a lesson's opening stands to its module's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// It is earlier for everyone.
    Earlier,
    /// It is not.
    NotEarlier,
    /// One is absolute, one is relative.
    Mixed,
}

/// Compares a lesson's opening with its module's.
pub(super) fn order(module: Opens, lesson: Opens) -> Order {
    let earlier = match (module, lesson) {
        (Opens::At(module), Opens::At(lesson)) => lesson < module,
        (
            Opens::AfterAccess { days, hour },
            Opens::AfterAccess {
                days: lesson,
                hour: at,
            },
        ) => {
            let hours = hour.zip(at);
            lesson < days || (lesson == days && hours.is_some_and(|(hour, at)| at.0 < hour.0))
        }
        (Opens::At(_), Opens::AfterAccess { .. }) | (Opens::AfterAccess { .. }, Opens::At(_)) => {
            return Order::Mixed;
        }
    };
    if earlier {
        Order::Earlier
    } else {
        Order::NotEarlier
    }
}

/// An opening in words: `10 April 2026 10:00`, `14 days after access`.
pub(super) fn show(configuration: &Configuration<'_>, opens: Opens) -> String {
    match opens {
        Opens::At(instant) => configuration.show(instant),
        Opens::AfterAccess { days, hour } => {
            let unit = if days == 1 { "day" } else { "days" };
            let hour = hour.map(|hour| format!(" at {}", hour.0.format("%H:%M")));
            format!("{days} {unit} after access{}", hour.unwrap_or_default())
        }
    }
}
