//! The schedule of the new cohort: pauses, and absolute openings that keep their place in it.

use super::calendar::{self, Redated, redate};
use super::pauses::{self, Pause};
use crate::domain::schedule::{self, Opens, Timetable, Trouble, timetable};
use crate::domain::zone::Zone;
use crate::kinds::cohort::{Cohort, ModuleOpening, Opening, Schedule, ScheduleBase, Skip};
use crate::kinds::course::{Module, OwnOpening};
use crate::kinds::{At, Field};
use crate::model::{Instant, Name, Path, Seg};
use chrono::{Days, NaiveDate, NaiveDateTime};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Pauses make a schedule longer, and a longer one may meet more pauses: so often at the most.
const MOST_ROUNDS: usize = 8;

/// The schedule of the new cohort.
#[derive(Debug)]
pub(super) struct Release {
    /// The cohort with its new times.
    pub(super) cohort: Cohort,
    /// The pauses it meets; `None` if the schedule has no `every`.
    pub(super) pauses: Option<Vec<Pause>>,
    /// The absolute openings as they are written now.
    pub(super) openings: Vec<(Path, Redated)>,
    /// Openings that are written out because a clock change makes what they were counted to unclear.
    pub(super) settled: Vec<(Path, Redated)>,
}

/// A cohort, the program of its course, and the zone.
#[derive(Clone, Copy)]
pub(super) struct Launched<'a> {
    pub(super) cohort: &'a Cohort,
    pub(super) program: &'a [Module],
    pub(super) zone: &'a Zone,
}

/// Makes the schedule of a launch that starts at another time. What is relative stays; an absolute
/// opening moves with the slot of its module, so that it keeps its place between the pauses, else by
/// `days`.
pub(super) fn next(before: Launched<'_>, program: &[Module], starts: At, days: i64) -> Release {
    let Launched {
        cohort: old,
        program: old_program,
        zone,
    } = before;
    let mut cohort = old.clone();
    cohort.starts = Some(starts);
    let old_slots = slots(old, old_program, zone);
    let earlier = old.schedule.as_ref().and_then(|all| all.every.as_ref());
    let pauses = earlier.map(|every| meet(old, &every.skip, starts, program, zone));
    let every = cohort.schedule.as_mut().and_then(|all| all.every.as_mut());
    if let (Some(every), Some(pauses)) = (every, &pauses) {
        every.skip = pauses.iter().map(|pause| pause.skip()).collect();
    }
    let new_slots = slots(&cohort, program, zone);
    let shift = |module: &Name| match (old_slots.get(module), new_slots.get(module)) {
        (Some(old), Some(new)) => (*new - *old).num_days(),
        (_, _) => days,
    };
    let mut openings = Vec::new();
    let schedule = cohort.schedule.iter_mut();
    for (module, path, opening) in schedule.flat_map(|all| absolute(&mut all.modules)) {
        if let Opening::At(At(moment)) = opening {
            let new = calendar::later(calendar::local(moment, zone), shift(&module));
            let new = redate(moment, new, zone);
            if let Ok(written) = new.text.parse() {
                *moment = written;
            }
            openings.push((path, new));
        }
    }
    let settled = settle(&mut cohort, program, zone);
    Release {
        cohort,
        pauses,
        openings,
        settled,
    }
}

/// The absolute openings of a schedule, with their modules and places.
fn absolute(
    modules: &mut IndexMap<Name, ModuleOpening>,
) -> impl Iterator<Item = (Name, Path, &mut Opening)> {
    let root = Path::root().key("schedule").key("modules");
    modules.iter_mut().flat_map(move |(module, opening)| {
        let path = root.key(module.as_str());
        let ModuleOpening { opens, lessons } = opening;
        let own = match opens {
            Field::Set(opens) => Some((module.clone(), path.key("opens"), opens)),
            Field::Absent | Field::Null => None,
        };
        let lessons = lessons.iter_mut().map(move |(lesson, opening)| {
            let path = path.key("lessons").key(lesson.as_str()).key("opens");
            (module.clone(), path, &mut opening.opens)
        });
        own.into_iter().chain(lessons)
    })
}

/// A cohort as if no module had an opening of its own.
fn bare(cohort: &Cohort, skip: Vec<Skip>) -> Cohort {
    let mut bare = cohort.clone();
    let every = bare.schedule.and_then(|schedule| schedule.every);
    bare.schedule = Some(Schedule {
        every: every.map(|every| crate::kinds::cohort::Every { skip, ..every }),
        ..Schedule::default()
    });
    bare
}

fn skips(cohort: &Cohort) -> Vec<Skip> {
    let schedule = cohort.schedule.as_ref();
    let every = schedule.and_then(|schedule| schedule.every.as_ref());
    every.map_or_else(Vec::new, |every| every.skip.clone())
}

/// The day of each module's slot, whether the module uses it or not.
fn slots(cohort: &Cohort, program: &[Module], zone: &Zone) -> BTreeMap<Name, NaiveDate> {
    let bare = bare(cohort, skips(cohort));
    let table = timetable(&bare, program, zone);
    let mut out = BTreeMap::new();
    for (at, local) in locals(&table, zone) {
        if let Some(module) = program.get(at) {
            out.insert(module.name.clone(), local.date());
        }
    }
    out
}

/// The local times of a bare timetable, those that a clock change makes unclear included.
fn locals(table: &Timetable, zone: &Zone) -> Vec<(usize, NaiveDateTime)> {
    let clear = table.openings.iter().filter_map(|opening| {
        let Opens::At(instant) = opening.opens else {
            return None;
        };
        Some((opening.module, zone.local(instant)))
    });
    let unclear = table.problems.iter().filter_map(|problem| {
        let Trouble::ClockChange { local, .. } = problem.trouble else {
            return None;
        };
        Some((problem.module?, local))
    });
    clear.chain(unclear).collect()
}

/// The pauses that a launch meets between its start and its last slot.
fn meet(old: &Cohort, earlier: &[Skip], starts: At, program: &[Module], zone: &Zone) -> Vec<Pause> {
    let first = calendar::local(&starts.0, zone).date();
    let mut met: Vec<Pause> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let mut bare = bare(old, met.iter().map(|pause| pause.skip()).collect());
        bare.starts = Some(starts);
        let table = timetable(&bare, program, zone);
        let days = locals(&table, zone).into_iter().map(|(_, it)| it.date());
        let last = days.max().unwrap_or(first);
        let more = pauses::between(earlier, first, last);
        if more == met {
            break;
        }
        met = more;
    }
    met
}

/// Writes out what a clock change makes unclear: the reading of the clock before the change, or the
/// first of two.
fn settle(cohort: &mut Cohort, program: &[Module], zone: &Zone) -> Vec<(Path, Redated)> {
    let table = timetable(cohort, program, zone);
    let mut settled = Vec::new();
    let Some(schedule) = &mut cohort.schedule else {
        return settled;
    };
    for problem in table.problems {
        let Trouble::ClockChange { local, .. } = problem.trouble else {
            continue;
        };
        let new = redate(&crate::model::Moment::Local(local), local, zone);
        let Ok(at) = new.text.parse() else { continue };
        let opening = Opening::At(At(at));
        let module = problem.module.and_then(|at| program.get(at));
        let path = match module {
            Some(module) => {
                let own = schedule.modules.entry(module.name.clone());
                let own = own.or_insert_with(|| ModuleOpening {
                    opens: Field::Absent,
                    lessons: IndexMap::new(),
                });
                own.opens = Field::Set(opening);
                let path = Path::root().key("schedule").key("modules");
                path.key(module.name.as_str()).key("opens")
            }
            None => {
                let place = absolute(&mut schedule.modules).find(|(_, at, _)| *at == problem.path);
                let Some((_, path, own)) = place else {
                    continue;
                };
                *own = opening;
                path
            }
        };
        settled.push((path, new));
    }
    settled
}

/// An opening of a module, or of a lesson in it, by their names.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    module: Name,
    lesson: Option<Name>,
    opens: Opens,
}

/// Everything that opens by a cohort's schedule, the course's own delays included where it starts
/// from them.
pub(super) fn openings(launched: Launched<'_>) -> Vec<Opened> {
    let Launched {
        cohort,
        program,
        zone,
    } = launched;
    let mut out = Vec::new();
    for opening in timetable(cohort, program, zone).openings {
        let Some(module) = program.get(opening.module) else {
            continue;
        };
        let lesson = opening.lesson.and_then(|at| module.lessons.get(at));
        out.push(Opened {
            module: module.name.clone(),
            lesson: lesson.map(|lesson| lesson.name.clone()),
            opens: opening.opens,
        });
    }
    let base = match &cohort.schedule {
        None => ScheduleBase::Course,
        Some(schedule) => schedule.base.unwrap_or(ScheduleBase::Scratch),
    };
    match base {
        ScheduleBase::Scratch => {}
        ScheduleBase::Course => inherit(cohort, program, &mut out),
    }
    out
}

fn inherit(cohort: &Cohort, program: &[Module], out: &mut Vec<Opened>) {
    let mut add = |module: &Module, lesson: Option<&Name>, own: &Field<OwnOpening>| {
        let written = cohort.schedule.as_ref();
        let written = written.and_then(|schedule| schedule.modules.get(&module.name));
        let removed = lesson.is_none() && written.is_some_and(|it| matches!(it.opens, Field::Null));
        let is_same = |it: &Opened| it.module == module.name && it.lesson.as_ref() == lesson;
        let delay = own.set();
        let days = delay.and_then(|own| own.after_access.whole_days());
        if let (Some(own), Some(days)) = (delay, days)
            && !removed
            && !out.iter().any(is_same)
        {
            out.push(Opened {
                module: module.name.clone(),
                lesson: lesson.cloned(),
                opens: Opens::AfterAccess { days, hour: own.at },
            });
        }
    };
    for module in program {
        add(module, None, &module.opens);
        for lesson in &module.lessons {
            add(module, Some(&lesson.name), &lesson.opens);
        }
    }
}

/// The absolute openings of both launches, paired.
pub(super) fn paired(old: &[Opened], new: &[Opened]) -> Vec<(Instant, Instant)> {
    let at = |opened: &Opened| match opened.opens {
        Opens::At(instant) => Some(instant),
        Opens::AfterAccess { .. } => None,
    };
    let pairs = old.iter().filter_map(|before| {
        let after = new
            .iter()
            .find(|after| after.module == before.module && after.lesson == before.lesson)?;
        Some((at(before)?, at(after)?))
    });
    pairs.collect()
}

/// When a lesson opens for who has access from an instant on; `None`: at once.
pub(super) fn effective(
    openings: &[Opened],
    module: &Name,
    lesson: &Name,
    access: Instant,
    zone: &Zone,
) -> Option<Instant> {
    let of = |lesson: Option<&Name>| {
        let mut all = openings.iter();
        let found = all.find(|it| it.module == *module && it.lesson.as_ref() == lesson);
        found.map(|found| found.opens)
    };
    schedule::effective(of(None), of(Some(lesson)), access, zone)
}

/// Whether a path leads to a day of a pause.
pub(super) fn is_pause(path: &Path) -> bool {
    let skip = ["schedule", "every", "skip"].map(|key| Seg::Key(key.into()));
    path.0.starts_with(&skip)
}

/// The day before.
pub(super) fn day_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}

#[cfg(test)]
mod tests;
