//! Release schedules: what a cohort's schedule means in instants and delays.

use super::zone::{Resolved, Zone};
use crate::kinds::cohort::{Cohort, Every, Opening as Written};
use crate::kinds::course::Module;
use crate::kinds::{At, Field};
use crate::model::{Duration, Instant, Moment, Path, TimeOfDay};
use chrono::{Days, Months, NaiveDate, NaiveDateTime};

/// The most places of the grid of `every` that are tried for one schedule.
const MAX_SLOTS: u32 = 20_000;

/// When the modules and lessons of a course open for a cohort.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timetable {
    /// The openings in program order, a module before its lessons. What has none is open at once.
    pub openings: Vec<Opening>,
    /// What could not be computed; the openings concerned are left out.
    pub problems: Vec<Problem>,
}

/// One opening.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// The module's position in the program.
    pub module: usize,
    /// The lesson's position in the module; the module itself, if `None`.
    pub lesson: Option<usize>,
    /// When.
    pub opens: Opens,
    /// Why then.
    pub cause: Cause,
}

/// When something opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// At an instant.
    At(Instant),
    /// A number of days after each participant's access.
    AfterAccess {
        /// Whole calendar days.
        days: u32,
        /// The hour of that day; the participant's own, if `None`.
        hour: Option<TimeOfDay>,
    },
}

/// What an opening comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// It is written as it is.
    Written {
        /// Where in the cohort.
        path: Path,
    },
    /// It is counted from `starts`.
    AfterStart {
        /// Where in the cohort.
        path: Path,
        /// The delay.
        delay: Duration,
    },
    /// It is a slot of `every`.
    Slot {
        /// The slot's number in the program, from 1.
        number: usize,
        /// How many places of the grid before it lie in skipped days.
        skipped: u32,
    },
}

/// What could not be computed, and where in the cohort it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Where in the cohort.
    pub path: Path,
    /// The module that the problem is about, by its position, if it is not clear from the place.
    pub module: Option<usize>,
    /// What is wrong.
    pub trouble: Trouble,
}

/// What is wrong with an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A clock change skips or doubles the local time.
    ClockChange {
        /// The local time.
        local: NaiveDateTime,
        /// What it could mean.
        resolved: Resolved,
    },
    /// It counts from `starts`, which is absent.
    NoStart,
    /// Every place of the grid lies in skipped days.
    NoFreeSlot,
}

impl Opens {
    /// The instant for a participant whose access begins at `access`. A local time that a clock
    /// change skips is that much later; of a doubled one it is the first.
    pub fn instant(self, access: Instant, zone: &Zone) -> Instant {
        match self {
            Opens::At(instant) => instant,
            Opens::AfterAccess { days, hour } => {
                let begins = zone.local(access);
                let day = begins
                    .date()
                    .checked_add_days(Days::new(days.into()))
                    .unwrap_or(NaiveDate::MAX);
                zone.instant(day.and_time(hour.map_or(begins.time(), |hour| hour.0)))
            }
        }
    }
}

/// The instant a calendar duration after another one: the hour stays across a clock change.
pub fn later(instant: Instant, delay: Duration, zone: &Zone) -> Option<Instant> {
    let local = after(zone.local(instant), delay, 1)?;
    let minutes = chrono::TimeDelta::minutes(i64::from(delay.minutes));
    zone.instant(local).checked_add_signed(minutes)
}

/// When a lesson really opens for a participant: at the later of its own and its module's opening;
/// `None` if neither has one, and it is open at once.
pub fn effective(
    module: Option<Opens>,
    lesson: Option<Opens>,
    access: Instant,
    zone: &Zone,
) -> Option<Instant> {
    let instant = |opens: Opens| opens.instant(access, zone);
    match (module.map(instant), lesson.map(instant)) {
        (Some(module), Some(lesson)) => Some(module.max(lesson)),
        (module, lesson) => module.or(lesson),
    }
}

/// Compiles a cohort's schedule over a course's program. Names that the program does not have are
/// passed over.
pub fn timetable(cohort: &Cohort, program: &[Module], zone: &Zone) -> Timetable {
    let mut out = Compiler {
        zone,
        start: Start::Absent,
        table: Timetable::default(),
    };
    out.start = out.read_start(cohort.starts.as_ref());
    let Some(schedule) = &cohort.schedule else {
        return out.table;
    };
    let root = Path::root().key("schedule");
    let slots = match &schedule.every {
        Some(every) => out.slots(every, program.len(), &root.key("every")),
        None => Vec::new(),
    };
    for (at, module) in program.iter().enumerate() {
        let own = schedule.modules.get(&module.name);
        let path = root.key("modules").key(module.name.as_str());
        match own.map_or(&Field::Absent, |own| &own.opens) {
            Field::Absent => {
                if let Some(slot) = slots.get(at) {
                    out.open_slot(at, slot, &root.key("every"));
                }
            }
            Field::Null => {}
            Field::Set(opens) => out.open_written(at, None, opens, &path.key("opens")),
        }
        let Some(own) = own.filter(|own| !own.lessons.is_empty()) else {
            continue;
        };
        for (lesson_at, lesson) in module.lessons.iter().enumerate() {
            if let Some(written) = own.lessons.get(&lesson.name) {
                let path = path.key("lessons").key(lesson.name.as_str()).key("opens");
                out.open_written(at, Some(lesson_at), &written.opens, &path);
            }
        }
    }
    out.table
}

/// `starts`, read.
#[derive(Clone, Copy)]
enum Start {
    /// Not written.
    Absent,
    /// Its local time. Whether that is one instant is said where it stands, once.
    Local {
        local: NaiveDateTime,
        resolved: Option<Instant>,
    },
}

/// A place of the grid of `every` that is free.
struct Slot {
    number: usize,
    skipped: u32,
    local: NaiveDateTime,
    /// Whether it is `starts` itself.
    is_start: bool,
}

struct Compiler<'a> {
    zone: &'a Zone,
    start: Start,
    table: Timetable,
}

impl Compiler<'_> {
    fn read_start(&mut self, starts: Option<&At>) -> Start {
        match starts.map(|starts| starts.0) {
            None => Start::Absent,
            Some(Moment::Offset(time)) => Start::Local {
                local: self.zone.local(time.to_utc()),
                resolved: Some(time.to_utc()),
            },
            Some(Moment::Local(local)) => Start::Local {
                local,
                resolved: self.resolve(local, &Path::root().key("starts"), None),
            },
            Some(Moment::Date(day)) => {
                let instant = self.zone.start_of_day(day);
                Start::Local {
                    local: self.zone.local(instant),
                    resolved: Some(instant),
                }
            }
        }
    }

    /// The one instant of a local time, or a problem.
    fn resolve(
        &mut self,
        local: NaiveDateTime,
        path: &Path,
        module: Option<usize>,
    ) -> Option<Instant> {
        match self.zone.resolve(local) {
            Resolved::One(instant) => Some(instant),
            resolved @ (Resolved::Skipped { .. } | Resolved::Doubled { .. }) => {
                self.problem(path, module, Trouble::ClockChange { local, resolved });
                None
            }
        }
    }

    fn problem(&mut self, path: &Path, module: Option<usize>, trouble: Trouble) {
        self.table.problems.push(Problem {
            path: path.clone(),
            module,
            trouble,
        });
    }

    /// The free places of the grid, one a module. Each is counted from the start itself, so that
    /// months do not drift: 31 January, 28 February, 31 March.
    fn slots(&mut self, every: &Every, count: usize, path: &Path) -> Vec<Slot> {
        let Start::Local { local: start, .. } = self.start else {
            self.problem(path, None, Trouble::NoStart);
            return Vec::new();
        };
        if every.period.minutes > 0 || every.period.is_zero() {
            // Said by the cohort's own check.
            return Vec::new();
        }
        let is_skipped = |day: NaiveDate| {
            let mut skips = every.skip.iter();
            skips.any(|skip| (skip.from.0..=skip.to.0).contains(&day))
        };
        let mut slots = Vec::with_capacity(count);
        let mut skipped = 0;
        for step in 0..MAX_SLOTS {
            if slots.len() == count {
                break;
            }
            let Some(local) = after(start, every.period, step) else {
                break;
            };
            if is_skipped(local.date()) {
                skipped += 1;
            } else {
                slots.push(Slot {
                    number: slots.len() + 1,
                    skipped,
                    local,
                    is_start: step == 0,
                });
            }
        }
        if slots.len() < count {
            self.problem(path, None, Trouble::NoFreeSlot);
        }
        slots
    }

    fn open_slot(&mut self, module: usize, slot: &Slot, path: &Path) {
        let instant = match self.start {
            Start::Local { resolved, .. } if slot.is_start => resolved,
            Start::Local { .. } | Start::Absent => self.resolve(slot.local, path, Some(module)),
        };
        if let Some(instant) = instant {
            self.table.openings.push(Opening {
                module,
                lesson: None,
                opens: Opens::At(instant),
                cause: Cause::Slot {
                    number: slot.number,
                    skipped: slot.skipped,
                },
            });
        }
    }

    fn open_written(
        &mut self,
        module: usize,
        lesson: Option<usize>,
        written: &Written,
        path: &Path,
    ) {
        let opening = match written {
            Written::At(at) => {
                let instant = match at.0 {
                    Moment::Offset(time) => Some(time.to_utc()),
                    Moment::Local(local) => self.resolve(local, path, None),
                    Moment::Date(day) => Some(self.zone.start_of_day(day)),
                };
                instant.map(|instant| (Opens::At(instant), Cause::Written { path: path.clone() }))
            }
            Written::AfterStart(delay) => {
                self.after_start(delay.after_start, delay.at, path)
                    .map(|instant| {
                        let cause = Cause::AfterStart {
                            path: path.clone(),
                            delay: delay.after_start,
                        };
                        (Opens::At(instant), cause)
                    })
            }
            Written::AfterAccess(delay) => delay.after_access.whole_days().map(|days| {
                let hour = delay.at;
                (
                    Opens::AfterAccess { days, hour },
                    Cause::Written { path: path.clone() },
                )
            }),
        };
        if let Some((opens, cause)) = opening {
            self.table.openings.push(Opening {
                module,
                lesson,
                opens,
                cause,
            });
        }
    }

    fn after_start(
        &mut self,
        delay: Duration,
        hour: Option<TimeOfDay>,
        path: &Path,
    ) -> Option<Instant> {
        let Start::Local { local, resolved } = self.start else {
            self.problem(path, None, Trouble::NoStart);
            return None;
        };
        if delay.minutes > 0 {
            return None;
        }
        if delay.is_zero() && hour.is_none() {
            return resolved;
        }
        let day = after(local, delay, 1)?.date();
        let local = day.and_time(hour.map_or(local.time(), |hour| hour.0));
        self.resolve(local, path, None)
    }
}

/// The local time `times` delays later, by the calendar: months first, 31 January + 1mo = 28
/// February; the hour stays.
pub fn after(local: NaiveDateTime, delay: Duration, times: u32) -> Option<NaiveDateTime> {
    let months = Months::new(delay.months.checked_mul(times)?);
    let days = Days::new(u64::from(delay.days) * u64::from(times));
    local.checked_add_months(months)?.checked_add_days(days)
}

#[cfg(test)]
mod tests;
