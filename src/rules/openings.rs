//! When the modules and lessons of a cohort open, with the places where that is written.

use super::Configuration;
use crate::domain::schedule::{Cause, Opens, after};
use crate::kinds::cohort::{Cohort, ScheduleBase};
use crate::kinds::course::{Lesson, Module, OwnOpening};
use crate::kinds::offer::{AccessTerm, Offer, Product};
use crate::kinds::{Document, DocumentPlaces, Field};
use crate::model::{Instant, Path};
use crate::source::Span;

/// One opening.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Opening {
    /// When.
    pub(super) opens: Opens,
    /// What must be edited to change it.
    pub(super) span: Span,
    /// Where it comes from.
    pub(super) origin: Origin,
}

/// Where an opening comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// An instant, written as it is.
    Absolute,
    /// A delay that the cohort writes, from its start or from access.
    Delay,
    /// A slot of `every`.
    Slot,
    /// The course's own delay, copied.
    Course,
}

/// A module with its openings.
pub(super) struct ModuleOpenings<'a> {
    /// The module.
    pub(super) module: &'a Module,
    /// Its own opening.
    pub(super) opening: Option<Opening>,
    /// Its lessons with theirs.
    pub(super) lessons: Vec<(&'a Lesson, Option<Opening>)>,
}

/// The openings of a cohort in program order, a copied schedule of the course included. `None` if
/// the course is not known.
pub(super) fn of<'a>(
    configuration: &Configuration<'a>,
    document: &'a Document,
    cohort: &'a Cohort,
) -> Option<Vec<ModuleOpenings<'a>>> {
    let table = configuration.timetables.get(&document.address)?;
    let (mirror, course) = configuration.index.course(&cohort.course)?;
    let (_, program) = configuration.index.program(mirror, course);
    let schedule = cohort.schedule.as_ref();
    let copies = schedule.is_some_and(|schedule| schedule.base == Some(ScheduleBase::Course));
    let places = DocumentPlaces {
        node: &document.node,
    };
    let own = |module: usize, lesson: Option<usize>| {
        let found = table
            .openings
            .iter()
            .find(|opening| opening.module == module && opening.lesson == lesson)?;
        let (span, origin) = match &found.cause {
            Cause::Written { path } => {
                let origin = match found.opens {
                    Opens::At(_) => Origin::Absolute,
                    Opens::AfterAccess { .. } => Origin::Delay,
                };
                (places.span(path), origin)
            }
            Cause::AfterStart { path, .. } => (places.span(path), Origin::Delay),
            Cause::Slot { .. } => {
                let path = Path::root().key("schedule").key("every");
                (places.key(&path), Origin::Slot)
            }
        };
        Some(Opening {
            opens: found.opens,
            span,
            origin,
        })
    };
    let copied = |opens: &Field<OwnOpening>| {
        let opens = opens.set().filter(|_| copies)?;
        Some(Opening {
            opens: Opens::AfterAccess {
                days: opens.after_access.whole_days()?,
                hour: opens.at,
            },
            span: places.key(&Path::root().key("schedule").key("base")),
            origin: Origin::Course,
        })
    };
    let modules = program.iter().enumerate().map(|(at, module)| {
        let lessons = module.lessons.iter().enumerate();
        ModuleOpenings {
            module,
            opening: own(at, None).or_else(|| copied(&module.opens)),
            lessons: lessons
                .map(|(lesson_at, lesson)| {
                    let opening = own(at, Some(lesson_at)).or_else(|| copied(&lesson.opens));
                    (lesson, opening)
                })
                .collect(),
        }
    });
    Some(modules.collect())
}

/// The order of two openings of one participant, if it is the same for every participant: both
/// absolute, or both counted from access by days that differ or by the same days and known hours.
pub(super) fn order(one: Opens, other: Opens) -> Option<std::cmp::Ordering> {
    match (one, other) {
        (Opens::At(one), Opens::At(other)) => Some(one.cmp(&other)),
        (
            Opens::AfterAccess { days, hour },
            Opens::AfterAccess {
                days: other_days,
                hour: other_hour,
            },
        ) => match (days.cmp(&other_days), hour, other_hour) {
            (std::cmp::Ordering::Equal, Some(hour), Some(other)) => Some(hour.0.cmp(&other.0)),
            (std::cmp::Ordering::Equal, None, None) => Some(std::cmp::Ordering::Equal),
            (std::cmp::Ordering::Equal, _, _) => None,
            (unequal, _, _) => Some(unequal),
        },
        (Opens::At(_), Opens::AfterAccess { .. }) | (Opens::AfterAccess { .. }, Opens::At(_)) => {
            None
        }
    }
}

/// The products by which offers sell a cohort, with each product's position.
pub(super) fn sellers<'a>(
    configuration: &Configuration<'a>,
    cohort: &Document,
) -> Vec<(&'a Document, &'a Offer, usize, &'a Product)> {
    let mut found = Vec::new();
    for (document, offer) in configuration.offers() {
        for (at, product) in offer.products.set().into_iter().flatten().enumerate() {
            let named = product.cohort.set().and_then(|cohort| cohort.name());
            if named.is_some_and(|name| name.as_str() == &*cohort.address.name) {
                found.push((document, offer, at, product));
            }
        }
    }
    found
}

/// The exclusive end of access that begins at an instant; `None` if it has none or is not managed.
pub(super) fn access_ends(
    configuration: &Configuration<'_>,
    product: &Product,
    begins: Instant,
) -> Option<Instant> {
    match product.access.set()? {
        AccessTerm::Unlimited => None,
        AccessTerm::Until(until) => Some(configuration.end(&until.0)),
        AccessTerm::For(length) => {
            let local = after(configuration.zone.local(begins), *length, 1)?;
            Some(configuration.zone.instant(local))
        }
    }
}
