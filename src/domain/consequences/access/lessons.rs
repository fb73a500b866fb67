//! Lessons that close, and what opens when for whom.

use super::super::said::{About, Consequence, Counted};
use super::super::sides::{Change, Sides, Titles, many};
use super::pairs;
use crate::domain::schedule::{Opens, effective};
use crate::domain::world::{Course, Id, Lesson, Module, Offer, Product};
use crate::model::Instant;
use chrono::TimeDelta;
use std::collections::BTreeSet;

/// The lessons that are named one by one.
const MOST_NAMED: usize = 5;

/// Says which lessons are open now for somebody and would close.
pub(super) fn closed(
    sides: &Sides<'_>,
    change: &Change<'_>,
    [before, after]: [&Offer; 2],
    clients: Option<u64>,
    out: &mut Vec<Consequence>,
) {
    for (was, is) in pairs(&before.products, &after.products) {
        let Some(is) = is.filter(|is| was.content != is.content || was.schedule != is.schedule)
        else {
            continue;
        };
        let whose = many(clients, Counted::Clients);
        let Some((course, titles)) = sides.course(was.course) else {
            let text = format!(
                "{} cannot be read: whether lessons that are open now close for {whose} is unknown",
                sides.name("course", was.course)
            );
            let said = change.say(About::LessonsClosed, text);
            out.push(said.counting(Counted::Clients, clients));
            continue;
        };
        let mut lessons: Vec<(Id, String)> = Vec::new();
        let mut for_all = true;
        for (module, lesson) in course.lessons() {
            match closes(sides, [was, is], module, lesson) {
                Closes::No => {}
                Closes::ForAll => lessons.push((lesson.id, titles.lesson(lesson.id))),
                Closes::ForSome => {
                    for_all = false;
                    lessons.push((lesson.id, titles.lesson(lesson.id)));
                }
            }
        }
        if lessons.is_empty() {
            continue;
        }
        let named: Vec<&str> = lessons
            .iter()
            .take(MOST_NAMED)
            .map(|(_, name)| &**name)
            .collect();
        let more = match lessons.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let whose = match (for_all, clients) {
            (true, _) => whose,
            (false, Some(count)) => format!("some of {}", many(Some(count), Counted::Clients)),
            (false, None) => whose,
        };
        let what = match lessons.len() {
            1 => "1 lesson that is open now closes".to_owned(),
            count => format!("{count} lessons that are open now close"),
        };
        let text = format!("{what} for {whose}: {}{more}", named.join(", "));
        let mut said = change
            .say(About::LessonsClosed, text)
            .counting(Counted::Clients, clients);
        said.ids = lessons.into_iter().map(|(id, _)| id).collect();
        out.push(said);
    }
}

enum Closes {
    No,
    ForAll,
    ForSome,
}

/// Whether a lesson that is open now for somebody would not be afterwards. When clients bought is not
/// known, so every day on which it makes a difference is tried.
fn closes(sides: &Sides<'_>, [was, is]: [&Product; 2], module: &Module, lesson: &Lesson) -> Closes {
    if !was.content.has(module.id, lesson.id) {
        return Closes::No;
    }
    let (now, zone) = (sides.facts.now, sides.facts.zone);
    let stays = is.content.has(module.id, lesson.id);
    let of = |product: &Product| {
        let schedule = &product.schedule;
        (schedule.module(module), schedule.lesson(lesson))
    };
    let (old, new) = (of(was), of(is));
    let opens = [old.0, old.1, new.0, new.1];
    let days: BTreeSet<u32> = opens.into_iter().flatten().filter_map(days).collect();
    let is_open = |(module, lesson): (Option<Opens>, Option<Opens>), bought: Instant| {
        effective(module, lesson, bought, zone).is_none_or(|at| at <= now)
    };
    let mut bought: BTreeSet<u32> = BTreeSet::from([0]);
    for day in &days {
        bought.extend([
            day.saturating_sub(1),
            *day,
            day.saturating_add(1),
            day.saturating_add(2),
        ]);
    }
    let (mut open, mut shut) = (0_u32, 0_u32);
    for day in bought {
        let Some(bought) = now.checked_sub_signed(TimeDelta::days(i64::from(day))) else {
            continue;
        };
        if is_open(old, bought) {
            open += 1;
            if !stays || !is_open(new, bought) {
                shut += 1;
            }
        }
    }
    match (open, shut) {
        (_, 0) => Closes::No,
        // On whom it depends is known only where nothing is counted from a purchase.
        (open, shut) if open == shut && days.is_empty() => Closes::ForAll,
        (_, _) => Closes::ForSome,
    }
}

fn days(opens: Opens) -> Option<u32> {
    match opens {
        Opens::At(_) => None,
        Opens::AfterAccess { days, .. } => Some(days),
    }
}

/// Says what opens when, with the cause, and who is told of it then.
pub(super) fn openings(
    sides: &Sides<'_>,
    change: &Change<'_>,
    before: &[Product],
    after: &[Product],
    clients: Option<u64>,
    out: &mut Vec<Consequence>,
) {
    for is in after {
        let mut same = before.iter().filter(|was| was.course == is.course);
        let was = same.next();
        if was.is_some_and(|was| was.schedule == is.schedule && was.content == is.content) {
            continue;
        }
        let Some((course, titles)) = sides.course(is.course) else {
            continue;
        };
        let rows = rows(&course, &titles, was, is);
        let lines: Vec<(Option<Instant>, String)> = rows
            .into_iter()
            .filter_map(|row| line(sides, &row))
            .collect();
        if lines.is_empty() {
            continue;
        }
        let whom = match (change.old, clients) {
            (None, _) => "whoever has bought it by then".to_owned(),
            (Some(_), Some(count)) => {
                format!(
                    "whoever has access then ({} now)",
                    many(Some(count), Counted::Clients)
                )
            }
            (Some(_), None) => "whoever has access then (unknown how many clients)".to_owned(),
        };
        let text = format!("an e-mail and a bell notice tell {whom} of each opening:");
        let head = change.say(About::Notified, text);
        out.push(match change.old {
            Some(_) => head.counting(Counted::Clients, clients),
            None => head,
        });
        for (at, text) in lines {
            let said = change.say(About::Opening, text);
            out.push(match at {
                Some(at) => said.at(at),
                None => said,
            });
        }
    }
}

/// When something really opens, and what that comes from.
#[derive(Clone, Copy, Debug)]
struct Effective {
    module: Option<Opens>,
    lesson: Option<Opens>,
    cause: Cause,
}

/// Why something opens when it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// The offer says so.
    Own,
    /// The course does.
    Course,
    /// Its module does; a date of its own is earlier and has no effect.
    Module,
}

impl Effective {
    fn of(product: &Product, module: &Module, lesson: &Lesson) -> Self {
        let schedule = &product.schedule;
        let (opens, own) = (schedule.module(module), schedule.lesson(lesson));
        let is_said = match own {
            Some(_) => schedule.lessons.contains_key(&lesson.id),
            None => schedule.modules.contains_key(&module.id),
        };
        let cause = if is_said { Cause::Own } else { Cause::Course };
        match (opens, own) {
            (Some(Opens::At(module)), Some(Opens::At(lesson))) if lesson <= module => Effective {
                module: opens,
                lesson: None,
                cause: Cause::Module,
            },
            _ => Effective {
                module: opens,
                lesson: own,
                cause,
            },
        }
    }

    fn is_alike(self, other: Self) -> bool {
        (self.module, self.lesson) == (other.module, other.lesson)
    }
}

/// Parts of a course that open together.
struct Row {
    name: String,
    lessons: usize,
    /// `None`: it was not in the product.
    before: Option<Effective>,
    after: Effective,
}

/// A lesson with its opening before, if it was in the product, and after.
type Moved<'c> = (&'c Lesson, Option<Effective>, Effective);

/// The openings that are new or others than before.
fn rows(course: &Course, titles: &Titles, was: Option<&Product>, is: &Product) -> Vec<Row> {
    let alike = |one: Option<Effective>, other: Option<Effective>| match (one, other) {
        (Some(one), Some(other)) => one.is_alike(other),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    let mut rows: Vec<Row> = Vec::new();
    for module in &course.modules {
        let lessons = module.lessons.iter();
        let moved: Vec<Moved<'_>> = lessons
            .filter(|lesson| is.content.has(module.id, lesson.id))
            .map(|lesson| {
                let before = was.filter(|was| was.content.has(module.id, lesson.id));
                let before = before.map(|was| Effective::of(was, module, lesson));
                (lesson, before, Effective::of(is, module, lesson))
            })
            .filter(|(_, before, after)| !alike(*before, Some(*after)))
            .collect();
        // Those that open with their module stand on one line.
        let first = moved.iter().find(|(_, before, after)| {
            let with_module = |it: &Effective| it.lesson.is_none() && it.cause != Cause::Module;
            with_module(after) && before.as_ref().is_none_or(with_module)
        });
        let with_first = |one: &Moved<'_>| {
            first.is_some_and(|first| {
                alike(one.1, first.1) && one.2.is_alike(first.2) && one.2.cause == first.2.cause
            })
        };
        if let Some((_, before, after)) = first {
            rows.push(Row {
                name: titles.module(module.id),
                lessons: moved.iter().filter(|one| with_first(one)).count(),
                before: *before,
                after: *after,
            });
        }
        for (lesson, before, after) in moved.iter().filter(|one| !with_first(one)) {
            rows.push(Row {
                name: titles.lesson(lesson.id),
                lessons: 1,
                before: *before,
                after: *after,
            });
        }
    }
    rows
}

/// A row in words, with its instant; nothing for what is open as soon as somebody buys.
fn line(sides: &Sides<'_>, row: &Row) -> Option<(Option<Instant>, String)> {
    let Row {
        name,
        lessons,
        before,
        after,
    } = row;
    let what = match lessons {
        1 => name.clone(),
        count => format!("{name}, {count} lessons"),
    };
    let was = match before {
        None => String::new(),
        Some(before) => format!(", before: {}", show(sides, *before)),
    };
    match (after.module, after.lesson) {
        (None, None) if before.is_none() => None,
        (None, None) => Some((None, format!("{what}: open at once{was}"))),
        _ => {
            let at = match (after.module, after.lesson) {
                (Some(Opens::At(at)), None) | (None, Some(Opens::At(at))) => Some(at),
                (Some(Opens::At(module)), Some(Opens::At(lesson))) => Some(module.max(lesson)),
                _ => None,
            };
            let past = at.is_some_and(|at| at <= sides.facts.now);
            if past && before.is_none() {
                return None;
            }
            let told = if past {
                " (in the past: open at once; whether anybody is told is unknown)"
            } else {
                ""
            };
            Some((at, format!("{what}: {}{told}{was}", show(sides, *after))))
        }
    }
}

fn show(sides: &Sides<'_>, effective: Effective) -> String {
    let one = |opens: Opens| match opens {
        Opens::At(at) => sides.show(at),
        Opens::AfterAccess { days, hour } => {
            let unit = if days == 1 { "day" } else { "days" };
            let hour = hour.map(|hour| format!(" at {}", hour.0.format("%H:%M")));
            format!("{days} {unit} after access{}", hour.unwrap_or_default())
        }
    };
    let cause = match effective.cause {
        Cause::Own => "",
        Cause::Course => " (as in the course)",
        Cause::Module => " (with its module: its own date is not later)",
    };
    match (effective.module, effective.lesson) {
        (None, None) => "open at once".to_owned(),
        (Some(opens), None) | (None, Some(opens)) => format!("{}{cause}", one(opens)),
        (Some(Opens::At(_)), Some(lesson @ Opens::At(_))) => {
            format!("{}{cause}, later than its module", one(lesson))
        }
        (Some(module), Some(lesson)) => format!(
            "at the later of {} (its module) and {} (its own{cause})",
            one(module),
            one(lesson)
        ),
    }
}
