//! Cohorts: each release schedule compiled once, for every offer that names it.

use super::references::missing_id;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::{Opens, Problem, Timetable, Trouble, timetable};
use crate::domain::zone::{Resolved, Zone};
use crate::kinds::cohort::{Cohort, ScheduleBase};
use crate::kinds::course::Module;
use crate::kinds::{Document, Index};
use crate::kinds::{Reference, Spec, instant_value};
use crate::model::{Address, Path, Value, format_instant};
use crate::source::Span;
use chrono::NaiveDateTime;
use std::collections::BTreeMap;

/// The schedules of a project, by the cohort's address, in the platform contract's form.
pub(super) type Schedules = BTreeMap<Address, Value>;

/// When everything opens for every cohort whose course is known.
pub(super) fn timetables(index: &Index<'_>, zone: &Zone) -> BTreeMap<Address, Timetable> {
    let mut tables = BTreeMap::new();
    for document in index.documents() {
        let Spec::Cohort(cohort) = &document.spec else {
            continue;
        };
        if let Some((mirror, course)) = index.course(&cohort.course) {
            let (_, program) = index.program(mirror, course);
            tables.insert(document.address.clone(), timetable(cohort, program, zone));
        }
    }
    tables
}

/// Writes down the schedule of every cohort. What cannot be computed is reported and left out.
pub(super) fn compile(
    index: &Index<'_>,
    timetables: &BTreeMap<Address, Timetable>,
    zone: &Zone,
    findings: &mut Diagnostics,
) -> Schedules {
    let mut schedules = Schedules::new();
    for document in index.documents() {
        let Spec::Cohort(cohort) = &document.spec else {
            continue;
        };
        let Some((mirror, course)) = index.course(&cohort.course) else {
            continue;
        };
        let (_, program) = index.program(mirror, course);
        let Some(table) = timetables.get(&document.address) else {
            continue;
        };
        for problem in &table.problems {
            if let Some(finding) = finding(problem, document, program, zone) {
                findings.push(finding);
            }
        }
        // Parts that are named are checked where they are; `every` names none.
        let every = cohort
            .schedule
            .as_ref()
            .and_then(|schedule| schedule.every.as_ref());
        let lacks_id = course.id.is_none() || course.modules.iter().any(|m| m.id.is_none());
        if every.is_some() && lacks_id && !program.is_empty() {
            let path = Path::root().key("schedule").key("every");
            findings.push(missing_id(mirror, key(document, &path)));
        }
        let value = schedule(cohort, table, &course.modules);
        schedules.insert(document.address.clone(), value);
    }
    schedules
}

/// Reports offers that sell one course with the cohort of another.
pub(super) fn check_products(index: &Index<'_>, findings: &mut Diagnostics) {
    for document in index.documents() {
        let Spec::Offer(offer) = &document.spec else {
            continue;
        };
        for (at, product) in offer.products.set().into_iter().flatten().enumerate() {
            let Some((cohort_document, cohort)) =
                product.cohort.set().and_then(|cohort| index.cohort(cohort))
            else {
                continue;
            };
            if same_course(index, &product.course, &cohort.course) {
                continue;
            }
            let root = Path::root();
            let path = root.key("products").index(at).key("cohort");
            let launched = cohort_document.node.descend(&root.key("course").0).span;
            findings.push(
                Diagnostic::new(
                    Code::UnknownReference,
                    document.node.descend(&path.0).span,
                    format!(
                        "`{}` is no cohort of this product's course",
                        cohort_document.address.name
                    ),
                )
                .label("launches another course")
                .why("its schedule opens modules that this course does not have")
                .help("name a cohort of the course, or the cohort's course")
                .related(launched, "the cohort's course")
                .about(&document.address),
            );
        }
    }
}

/// Whether two references mean one course. What is not declared is reported where it is named.
fn same_course(index: &Index<'_>, one: &Reference, other: &Reference) -> bool {
    let id = |reference: &Reference| match reference {
        Reference::Outside { id, .. } => Some(*id),
        Reference::Name(_) => index
            .course(reference)
            .and_then(|(_, course)| Some(course.id?.0)),
    };
    let undeclared =
        |reference: &Reference| reference.name().is_some() && index.course(reference).is_none();
    let same_name = one.name().is_some() && one.name() == other.name();
    let same_id = id(one).is_some() && id(one) == id(other);
    same_name || same_id || undeclared(one) || undeclared(other)
}

/// A cohort's schedule as it stands in an offer.
fn schedule(cohort: &Cohort, table: &Timetable, modules: &[Module]) -> Value {
    let Some(written) = &cohort.schedule else {
        return form("product", "scratch", Vec::new());
    };
    let base = match written.base {
        Some(ScheduleBase::Course) => "course",
        Some(ScheduleBase::Scratch) | None => "scratch",
    };
    let openings = table.openings.iter().filter_map(|opening| {
        let module = modules.get(opening.module)?;
        let lesson_id = match opening.lesson {
            Some(lesson) => Value::Int(module.lessons.get(lesson)?.id?.0),
            None => Value::Null,
        };
        let (opens_at, after_days, hour) = match opening.opens {
            Opens::At(instant) => (instant_value(instant), Value::Null, Value::Null),
            Opens::AfterAccess { days, hour } => (
                Value::Null,
                Value::Int(days.into()),
                hour.map_or(Value::Null, |hour| Value::text(hour.to_string())),
            ),
        };
        Some(Value::map([
            ("module_id", Value::Int(module.id?.0)),
            ("lesson_id", lesson_id),
            ("opens_at", opens_at),
            ("after_days", after_days),
            ("hour", hour),
        ]))
    });
    form("own", base, openings.collect())
}

fn form(source: &str, base: &str, openings: Vec<Value>) -> Value {
    Value::map([
        ("source", Value::text(source)),
        ("base", Value::text(base)),
        ("openings", Value::List(openings)),
    ])
}

fn key(document: &Document, path: &Path) -> Span {
    document
        .node
        .key_span(&path.0)
        .unwrap_or_else(|| document.name_span())
}

fn finding(
    problem: &Problem,
    document: &Document,
    program: &[Module],
    zone: &Zone,
) -> Option<Diagnostic> {
    let Problem {
        path,
        module,
        trouble,
    } = problem;
    let module = module.and_then(|module| program.get(module));
    let value = document.node.descend(&path.0).span;
    let finding = match trouble {
        Trouble::ClockChange { local, resolved } => {
            let finding = clock_change(*local, *resolved, zone, value)?;
            match module {
                Some(module) => Diagnostic {
                    span: key(document, path),
                    label: format!("the slot of the module `{}`", module.name),
                    ..finding
                },
                None => finding,
            }
        }
        Trouble::NoStart => Diagnostic::new(
            Code::MissingField,
            document.name_span(),
            "`starts` is missing",
        )
        .label("has no start")
        .why("its schedule counts from there")
        .help("add `starts: 2026-09-07T10:00`")
        .related(value, "counts from `starts`"),
        Trouble::NoFreeSlot => Diagnostic::new(
            Code::UnknownValue,
            key(document, &path.key("skip")),
            "no free slot is left for every module",
        )
        .label("leaves no days")
        .help("shorten the days that are skipped, or the period"),
    };
    Some(finding.about(&document.address))
}

/// The finding of a local time that is no single instant; `None` if it is one.
pub(super) fn clock_change(
    local: NaiveDateTime,
    resolved: Resolved,
    zone: &Zone,
    place: Span,
) -> Option<Diagnostic> {
    let clock = local.format("%Y-%m-%dT%H:%M");
    let reading = |instant| {
        let shown = zone.local(instant);
        let offset = (shown - chrono::DateTime::naive_utc(&instant)).num_minutes();
        let (sign, minutes) = if offset < 0 {
            ('-', -offset)
        } else {
            ('+', offset)
        };
        format!(
            "`{}{sign}{:02}:{:02}` ({})",
            shown.format("%Y-%m-%dT%H:%M"),
            minutes / 60,
            minutes % 60,
            format_instant(instant)
        )
    };
    match resolved {
        Resolved::One(_) => None,
        Resolved::Skipped {
            before_reading,
            after_reading,
        } => Some(
            Diagnostic::new(
                Code::SkippedLocalTime,
                place,
                format!("{clock} does not exist in {}", zone.name()),
            )
            .label("skipped by a clock change")
            .why(format!(
                "by the clock before the change it would be {}, by the clock after it {}",
                reading(before_reading),
                reading(after_reading)
            ))
            .help("write one of these, with its offset"),
        ),
        Resolved::Doubled { first, second } => Some(
            Diagnostic::new(
                Code::DoubledLocalTime,
                place,
                format!("{clock} happens twice in {}", zone.name()),
            )
            .label("doubled by a clock change")
            .why(format!(
                "it is {}, and again {}",
                reading(first),
                reading(second)
            ))
            .help("write one of these, with its offset"),
        ),
    }
}
