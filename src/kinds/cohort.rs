//! `cohort`: one launch of a course, compiled into each offer that names it.

use super::durations::{Counts, check_duration};
use super::forms::{by_form, present};
use super::{
    At, Day, DocumentPlaces, Field, Inside, Kind, Links, Place, Reference, Strength, Times, Title,
};
use crate::diag::Diagnostics;
use crate::model::{Duration, Name, Path, TimeOfDay};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub mod decode;

/// One launch of a course: its start and its release schedule.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    /// What people call it; its name, if absent.
    pub title: Option<Title>,
    /// The course that is launched.
    pub course: Reference,
    /// The cohort before it.
    pub follows: Option<Reference>,
    /// How it is launched: only dates change, content changes in a copy, or the course itself changes.
    pub launch: Option<Launch>,
    /// When it starts; may be absent if nothing counts from it.
    pub starts: Option<At>,
    /// When modules and lessons open; the product's own delays, if absent.
    pub schedule: Option<Schedule>,
}

/// The form of a launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Launch {
    /// Only dates change: new offers on the same course.
    ScheduleOnly,
    /// Content changes: a copy of the course, and new offers on it.
    CourseCopy,
    /// The earlier cohort keeps no access: the course itself changes.
    CourseEdited,
}

/// A release schedule.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// What it starts from; `scratch`, if absent.
    pub base: Option<ScheduleBase>,
    /// Modules open one after another from `starts`.
    pub every: Option<Every>,
    /// Openings of single modules, by the module's name.
    #[serde(default)]
    pub modules: IndexMap<Name, ModuleOpening>,
}

/// What a schedule starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleBase {
    /// Nothing: what is not named here is open at once.
    Scratch,
    /// A copy of the course's own delays, taken when the plan is applied.
    Course,
}

/// One module after another.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Every {
    /// Calendar days, weeks or months from one module to the next.
    pub period: Duration,
    /// Days on which nothing opens; a slot in one moves to the next free one, and so do all later ones.
    #[serde(default)]
    pub skip: Vec<Skip>,
}

/// Days on which nothing opens.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

/// When a module opens, and its lessons.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModuleOpening {
    /// When it opens; at once, or by `every`, if absent.
    #[serde(default)]
    pub opens: Field<Opening>,
    /// Openings of single lessons, by the lesson's name.
    #[serde(default)]
    pub lessons: IndexMap<Name, LessonOpening>,
}

/// When a lesson opens.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LessonOpening {
    /// When it opens: at the later of this and its module's opening.
    pub opens: Opening,
}

/// An opening: an instant, or a delay.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Opening {
    /// `2026-09-14T10:00`
    At(At),
    /// Calendar days, weeks or months from the cohort's `starts`.
    AfterStart(AfterStart),
    /// Whole days from each participant's access.
    AfterAccess(AfterAccess),
}

by_form!(
    Opening,
    "a time such as `2026-09-14T10:00`, or a delay such as `{ after_start: 14d }`",
    text |text| text.parse().map(Opening::At).map_err(str::to_owned),
    map OpeningBody => |body| match body {
        OpeningBody { after_start: Some(after_start), after_access: None, at } => {
            Ok(Opening::AfterStart(AfterStart { after_start, at }))
        }
        OpeningBody { after_start: None, after_access: Some(after_access), at } => {
            Ok(Opening::AfterAccess(AfterAccess { after_access, at }))
        }
        OpeningBody { after_start: _, after_access: _, at: _ } => {
            Err("an opening has either `after_start` or `after_access`".to_owned())
        }
    },
);

/// Either delay as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpeningBody {
    #[serde(default, deserialize_with = "present")]
    after_start: Option<Duration>,
    #[serde(default, deserialize_with = "present")]
    after_access: Option<Duration>,
    at: Option<TimeOfDay>,
}

/// A delay from the cohort's start.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AfterStart {
    /// Calendar days, weeks or months.
    pub after_start: Duration,
    /// The hour; that of `starts`, if absent.
    pub at: Option<TimeOfDay>,
}

/// A delay from each participant's access.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AfterAccess {
    /// Whole days.
    pub after_access: Duration,
    /// The hour; each participant's own hour, if absent.
    pub at: Option<TimeOfDay>,
}

impl Kind for Cohort {
    const ID: &'static str = "cohort";
    const SUMMARY: &'static str = "One launch of a course: its start and its release schedule";
    const EXAMPLE: &'static str = r#"kind: cohort
name: web-dev-2026-09
course: web-dev
follows: web-dev-2026-04
launch: schedule-only
starts: 2026-09-07T10:00
schedule:
  base: scratch
  every: { period: 7d, skip: [{ from: 2026-12-21, to: 2027-01-03 }] }
  modules:
    html: { opens: 2026-09-14T10:00 }
    css:
      opens: { after_start: 14d, at: "09:00" }
      lessons: { flexbox: { opens: { after_access: 30d, at: "09:00" } } }
"#;

    fn links(&self, links: &mut Links) {
        let root = Path::root();
        links.push(
            root.key("course"),
            "course",
            &self.course,
            Strength::Compiler,
        );
        if let Some(before) = &self.follows {
            links.push(root.key("follows"), "cohort", before, Strength::Compiler);
        }
        let Some(schedule) = &self.schedule else {
            return;
        };
        let modules = root.key("schedule").key("modules");
        for (module, opening) in &schedule.modules {
            let at = modules.key(module.as_str());
            let inside = Inside::module(module);
            links.push_inside(at.clone(), Place::Key, &self.course, inside);
            for lesson in opening.lessons.keys() {
                let at = at.key("lessons").key(lesson.as_str());
                let inside = Inside::lesson_of(module, lesson);
                links.push_inside(at, Place::Key, &self.course, inside);
            }
        }
    }

    fn times(&self, times: &mut Times) {
        let root = Path::root();
        if let Some(starts) = self.starts {
            times.at(root.key("starts"), starts);
        }
        let Some(schedule) = &self.schedule else {
            return;
        };
        let root = root.key("schedule");
        let skips = schedule.every.iter().flat_map(|every| &every.skip);
        for (at, skip) in skips.enumerate() {
            let path = root.key("every").key("skip").index(at);
            times.day(path.key("from"), skip.from);
            times.day(path.key("to"), skip.to);
        }
        let mut opening = |opens: &Opening, path: Path| match opens {
            Opening::At(at) => times.at(path, *at),
            Opening::AfterStart(_) | Opening::AfterAccess(_) => {}
        };
        for (module, of_module) in &schedule.modules {
            let path = root.key("modules").key(module.as_str());
            if let Field::Set(opens) = &of_module.opens {
                opening(opens, path.key("opens"));
            }
            for (lesson, of_lesson) in &of_module.lessons {
                let path = path.key("lessons").key(lesson.as_str());
                opening(&of_lesson.opens, path.key("opens"));
            }
        }
    }

    fn check(&self, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        let Some(schedule) = &self.schedule else {
            return;
        };
        let root = Path::root().key("schedule");
        if let Some(every) = &schedule.every {
            let at = root.key("every").key("period");
            check_duration(
                every.period,
                Counts::CalendarFromOneDay,
                document,
                &at,
                findings,
            );
        }
        for (module, opening) in &schedule.modules {
            let at = root.key("modules").key(module.as_str());
            if let Field::Set(opens) = &opening.opens {
                opens.check(&at.key("opens"), document, findings);
            }
            for (lesson, opening) in &opening.lessons {
                let at = at.key("lessons").key(lesson.as_str()).key("opens");
                opening.opens.check(&at, document, findings);
            }
        }
    }
}

impl Opening {
    fn check(&self, path: &Path, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        match self {
            Opening::At(_) => {}
            Opening::AfterStart(AfterStart { after_start, at: _ }) => {
                let path = path.key("after_start");
                check_duration(*after_start, Counts::Calendar, document, &path, findings);
            }
            Opening::AfterAccess(AfterAccess {
                after_access,
                at: _,
            }) => {
                let path = path.key("after_access");
                check_duration(*after_access, Counts::WholeDays, document, &path, findings);
            }
        }
    }
}
