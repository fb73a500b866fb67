//! Conditions on contacts: what a segment is made of and what a scenario's `if` asks.

use super::durations::{Counts, check_duration};
use super::forms::by_form;
use super::{
    DocumentPlaces, Inside, Links, Percent, Place, Reference, Strength, Surroundings, Text, Times,
    Until, WholeNumber, course, instant_value,
};
use crate::diag::Diagnostics;
use crate::model::{Duration, Name, Path, Value};
use schemars::JsonSchema;
use serde::Deserialize;

pub(in crate::kinds) mod decode;

/// A condition on a contact: a map with exactly one key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Filter {
    /// Every one of these holds.
    All(Vec<Filter>),
    /// At least one of these holds.
    Any(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// Has bought so many products.
    Purchases(Purchases),
    /// Has bought an offer, or a course by any of its offers.
    Bought(Bought),
    /// Has come so far in a course.
    Progress(Progress),
    /// Has not been seen for a time.
    Inactive(Inactive),
    /// Has access to a course.
    Access(OfCourse),
    /// Has paid before or after a time.
    Paid(BeforeOrAfter),
    /// When the last purchase was.
    LastPurchase(LastPurchase),
    /// Has registered before or after a time.
    Registered(BeforeOrAfter),
    /// Has completed so many lessons of a course.
    LessonsCompleted(LessonsCompleted),
    /// Has completed a lesson.
    CompletedLesson(CompletedLesson),
    /// Has taken part in a webinar, by its name.
    Webinar(Text),
    /// Has visited a page, by its address.
    Visited(Text),
    /// A field of the contact equals a value.
    Field(ContactField),
    /// Has a tag.
    Tag(Text),
    /// Is in a list.
    InList(Reference),
}

impl Filter {
    /// Names what the condition at `path` refers to.
    pub(super) fn links(&self, path: &Path, links: &mut Links) {
        let strong = |links: &mut Links, path: Path, kind: &'static str, to: &Reference| {
            links.push(path, kind, to, Strength::Strong);
        };
        match self {
            Filter::All(all) => each(all, &path.key("all"), |filter, at| filter.links(at, links)),
            Filter::Any(any) => each(any, &path.key("any"), |filter, at| filter.links(at, links)),
            Filter::Not(not) => not.links(&path.key("not"), links),
            Filter::Bought(Bought::Offer(offer)) => {
                strong(links, path.key("bought").key("offer"), "offer", offer);
            }
            Filter::Bought(Bought::Course(course)) => {
                strong(links, path.key("bought").key("course"), "course", course);
            }
            Filter::Progress(Progress { course, .. }) => {
                strong(links, path.key("progress").key("course"), "course", course);
            }
            Filter::Inactive(inactive) => inactive.links(&path.key("inactive"), links),
            Filter::Access(OfCourse { course }) => {
                strong(links, path.key("access").key("course"), "course", course);
            }
            Filter::LessonsCompleted(LessonsCompleted { course, .. }) => {
                let at = path.key("lessons_completed").key("course");
                strong(links, at, "course", course);
            }
            Filter::CompletedLesson(lesson) => lesson.links(&path.key("completed_lesson"), links),
            Filter::InList(list) => strong(links, path.key("in_list"), "list", list),
            Filter::Purchases(_)
            | Filter::Paid(_)
            | Filter::LastPurchase(_)
            | Filter::Registered(_)
            | Filter::Webinar(_)
            | Filter::Visited(_)
            | Filter::Field(_)
            | Filter::Tag(_) => {}
        }
    }

    /// Names the times of the condition at `path`.
    pub(super) fn times(&self, path: &Path, times: &mut Times) {
        match self {
            Filter::All(all) => each(all, &path.key("all"), |filter, at| filter.times(at, times)),
            Filter::Any(any) => each(any, &path.key("any"), |filter, at| filter.times(at, times)),
            Filter::Not(not) => not.times(&path.key("not"), times),
            Filter::Paid(when) => when.times(&path.key("paid"), times),
            Filter::Registered(when) => when.times(&path.key("registered"), times),
            Filter::LastPurchase(LastPurchase::Before(until)) => {
                times.end(path.key("last_purchase").key("before"), *until);
            }
            Filter::Purchases(_)
            | Filter::Bought(_)
            | Filter::Progress(_)
            | Filter::Inactive(_)
            | Filter::Access(_)
            | Filter::LastPurchase(LastPurchase::MoreThan(_))
            | Filter::LessonsCompleted(_)
            | Filter::CompletedLesson(_)
            | Filter::Webinar(_)
            | Filter::Visited(_)
            | Filter::Field(_)
            | Filter::Tag(_)
            | Filter::InList(_) => {}
        }
    }

    /// Reports durations that the platform cannot hold.
    pub(super) fn check(
        &self,
        path: &Path,
        document: &DocumentPlaces<'_>,
        findings: &mut Diagnostics,
    ) {
        match self {
            Filter::All(all) => each(all, &path.key("all"), |filter, at| {
                filter.check(at, document, findings);
            }),
            Filter::Any(any) => each(any, &path.key("any"), |filter, at| {
                filter.check(at, document, findings);
            }),
            Filter::Not(not) => not.check(&path.key("not"), document, findings),
            Filter::Inactive(inactive) => {
                inactive.check(&path.key("inactive"), document, findings);
            }
            Filter::LastPurchase(LastPurchase::MoreThan(duration)) => {
                let at = path.key("last_purchase").key("more_than");
                check_duration(*duration, Counts::Exact, document, &at, findings);
            }
            Filter::Purchases(_)
            | Filter::Bought(_)
            | Filter::Progress(_)
            | Filter::Access(_)
            | Filter::Paid(_)
            | Filter::LastPurchase(LastPurchase::Before(_))
            | Filter::Registered(_)
            | Filter::LessonsCompleted(_)
            | Filter::CompletedLesson(_)
            | Filter::Webinar(_)
            | Filter::Visited(_)
            | Filter::Field(_)
            | Filter::Tag(_)
            | Filter::InList(_) => {}
        }
    }

    /// Adds where the encoded form lists the offers of a course.
    pub(super) fn derived(&self, path: &Path, out: &mut Vec<Path>) {
        match self {
            Filter::All(all) => each(all, &path.key("all"), |filter, at| filter.derived(at, out)),
            Filter::Any(any) => each(any, &path.key("any"), |filter, at| filter.derived(at, out)),
            Filter::Not(not) => not.derived(&path.key("not"), out),
            Filter::Bought(Bought::Course(_)) => out.push(path.key("any")),
            Filter::Bought(Bought::Offer(_))
            | Filter::Purchases(_)
            | Filter::Progress(_)
            | Filter::Inactive(_)
            | Filter::Access(_)
            | Filter::Paid(_)
            | Filter::LastPurchase(_)
            | Filter::Registered(_)
            | Filter::LessonsCompleted(_)
            | Filter::CompletedLesson(_)
            | Filter::Webinar(_)
            | Filter::Visited(_)
            | Filter::Field(_)
            | Filter::Tag(_)
            | Filter::InList(_) => {}
        }
    }

    /// The condition at `path` in the platform contract's form, every entry written out. `None` if
    /// a time or lesson in it is not known; that is reported elsewhere.
    pub(super) fn encode(&self, path: &Path, surroundings: &dyn Surroundings) -> Option<Value> {
        let many = |filters: &[Filter], path: &Path| {
            let mut items = Vec::with_capacity(filters.len());
            each(filters, path, |filter, at| {
                items.push(filter.encode(at, surroundings));
            });
            items.into_iter().collect::<Option<_>>().map(Value::List)
        };
        let course_id = |course: &Reference| surroundings.reference("course", course);
        let named = |name: &Text| Value::map([("name", Value::text(&*name.0))]);
        let (key, value) = match self {
            Filter::All(all) => ("all", many(all, &path.key("all"))?),
            Filter::Any(any) => ("any", many(any, &path.key("any"))?),
            Filter::Not(not) => ("not", not.encode(&path.key("not"), surroundings)?),
            Filter::Purchases(Purchases { at_least }) => (
                "purchases",
                Value::map([("at_least", Value::Int(at_least.0))]),
            ),
            Filter::Bought(Bought::Offer(offer)) => (
                "bought",
                bought_offer(surroundings.reference("offer", offer)),
            ),
            Filter::Bought(Bought::Course(course)) => {
                // The platform knows offers only.
                let offers = surroundings.offers_of_course(course).into_iter();
                let any = offers.map(|offer| Value::map([("bought", bought_offer(offer))]));
                ("any", Value::List(any.collect()))
            }
            Filter::Progress(Progress { course, at_least }) => (
                "progress",
                Value::map([
                    ("course_id", course_id(course)),
                    ("at_least_percent", Value::Int(at_least.0.into())),
                ]),
            ),
            Filter::Inactive(inactive) => ("inactive", inactive.encode(surroundings)),
            Filter::Access(course) => ("access", course.encode(surroundings)),
            Filter::Paid(paid) => {
                let at = path.key("paid");
                ("paid", paid.encode(&at, surroundings)?)
            }
            Filter::LastPurchase(last) => {
                let (before, more_than) = match last {
                    LastPurchase::Before(before) => {
                        let at = path.key("last_purchase").key("before");
                        let instant = surroundings.instant(&before.0, &at)?;
                        (instant_value(instant), Value::Null)
                    }
                    LastPurchase::MoreThan(duration) => (Value::Null, exact(*duration)),
                };
                (
                    "last_purchase",
                    Value::map([("before_at", before), ("more_than", more_than)]),
                )
            }
            Filter::Registered(registered) => {
                let at = path.key("registered");
                ("registered", registered.encode(&at, surroundings)?)
            }
            Filter::LessonsCompleted(LessonsCompleted { course, at_least }) => (
                "lessons_completed",
                Value::map([
                    ("course_id", course_id(course)),
                    ("at_least", Value::Int(at_least.0)),
                ]),
            ),
            Filter::CompletedLesson(lesson) => ("completed_lesson", lesson.encode(surroundings)?),
            Filter::Webinar(name) => ("webinar", named(name)),
            Filter::Visited(url) => ("visited", Value::map([("url", Value::text(&*url.0))])),
            Filter::Field(ContactField { name, equals }) => (
                "field",
                Value::map([
                    ("name", Value::text(&*name.0)),
                    ("equals", Value::text(&*equals.0)),
                ]),
            ),
            Filter::Tag(tag) => ("tag", named(tag)),
            Filter::InList(list) => (
                "in_list",
                Value::map([("list_id", surroundings.reference("list", list))]),
            ),
        };
        Some(Value::map([(key, value)]))
    }
}

/// Calls `then` with every filter of a list and its path.
fn each(filters: &[Filter], path: &Path, mut then: impl FnMut(&Filter, &Path)) {
    for (at, filter) in filters.iter().enumerate() {
        then(filter, &path.index(at));
    }
}

fn bought_offer(offer: Value) -> Value {
    Value::map([("offer_id", offer)])
}

/// A duration in which a day is 24 hours, in normal form.
pub(super) fn exact(duration: Duration) -> Value {
    Value::text(duration.normal_exact().to_string())
}

/// A number of purchases.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Purchases {
    /// At least so many.
    pub at_least: WholeNumber,
}

/// What was bought.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bought {
    /// This offer.
    Offer(Reference),
    /// Any offer of this course.
    Course(Reference),
}

/// Progress in a course.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The course.
    pub course: Reference,
    /// At least this share of it.
    pub at_least: Percent,
}

/// Absence.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inactive {
    /// Not seen for so long.
    #[serde(rename = "for")]
    pub for_: Duration,
    /// In this course; anywhere, if absent.
    pub course: Option<Reference>,
}

impl Inactive {
    pub(super) fn links(&self, path: &Path, links: &mut Links) {
        if let Some(course) = &self.course {
            links.push(path.key("course"), "course", course, Strength::Strong);
        }
    }

    pub(super) fn check(
        &self,
        path: &Path,
        document: &DocumentPlaces<'_>,
        findings: &mut Diagnostics,
    ) {
        check_duration(
            self.for_,
            Counts::Exact,
            document,
            &path.key("for"),
            findings,
        );
    }

    pub(super) fn encode(&self, surroundings: &dyn Surroundings) -> Value {
        let Inactive { for_, course } = self;
        let course = course.as_ref().map_or(Value::Null, |course| {
            surroundings.reference("course", course)
        });
        Value::map([("for", exact(*for_)), ("course_id", course)])
    }
}

/// A course.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfCourse {
    /// The course.
    pub course: Reference,
}

impl OfCourse {
    pub(super) fn encode(&self, surroundings: &dyn Surroundings) -> Value {
        Value::map([("course_id", surroundings.reference("course", &self.course))])
    }
}

/// Before or after a time.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BeforeOrAfter {
    /// Before this time; a date: before that day began.
    Before(Until),
    /// After this time; a date: after that day ended.
    After(Until),
}

impl BeforeOrAfter {
    fn times(&self, path: &Path, times: &mut Times) {
        match self {
            BeforeOrAfter::Before(until) => times.end(path.key("before"), *until),
            BeforeOrAfter::After(until) => times.end(path.key("after"), *until),
        }
    }

    fn encode(&self, path: &Path, surroundings: &dyn Surroundings) -> Option<Value> {
        let (before, after) = match self {
            BeforeOrAfter::Before(Until(moment)) => {
                let instant = surroundings.instant(moment, &path.key("before"))?;
                (instant_value(instant), Value::Null)
            }
            BeforeOrAfter::After(Until(moment)) => {
                let instant = surroundings.end(moment, &path.key("after"))?;
                (Value::Null, instant_value(instant))
            }
        };
        Some(Value::map([("before_at", before), ("after_at", after)]))
    }
}

/// When the last purchase was.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LastPurchase {
    /// Before this time; a date: before that day began.
    Before(Until),
    /// Longer ago than this.
    MoreThan(Duration),
}

/// A number of lessons.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LessonsCompleted {
    /// The course.
    pub course: Reference,
    /// At least so many of its lessons.
    pub at_least: WholeNumber,
}

/// A lesson of a course.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletedLesson {
    /// The course.
    pub course: Reference,
    /// The lesson's name, alone or behind its module's: `flexbox`, `css/flexbox`.
    pub lesson: LessonName,
}

impl CompletedLesson {
    pub(super) fn links(&self, path: &Path, links: &mut Links) {
        let CompletedLesson { course, lesson } = self;
        links.push(path.key("course"), "course", course, Strength::Strong);
        let inside = match lesson {
            LessonName::Lesson(lesson) => Inside::Lesson(lesson.as_str().into()),
            LessonName::InModule(path) => Inside::lesson_of(&path.module, &path.lesson),
        };
        links.push_inside(path.key("lesson"), Place::Value, course, inside);
    }

    /// `None` if the course's mirror does not hold the lesson, or not its id.
    pub(super) fn encode(&self, surroundings: &dyn Surroundings) -> Option<Value> {
        let CompletedLesson { course, lesson } = self;
        let mirror = surroundings.course(course)?;
        let lesson: &course::Lesson = match lesson {
            LessonName::Lesson(name) => mirror.lesson(name)?,
            LessonName::InModule(path) => mirror.module(&path.module)?.lesson(&path.lesson)?,
        };
        Some(Value::map([
            ("course_id", surroundings.reference("course", &self.course)),
            ("lesson_id", Value::Int(lesson.id?.0)),
        ]))
    }
}

/// A lesson by its name, or by its module's and its own.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum LessonName {
    /// `flexbox`
    Lesson(Name),
    /// `css/flexbox`
    InModule(super::LessonPath),
}

by_form!(
    LessonName,
    "a lesson such as `flexbox` or `css/flexbox`",
    text | text | {
        if text.contains('/') {
            text.parse().map(LessonName::InModule)
        } else {
            match Name::parse(text) {
                Ok(name) => Ok(LessonName::Lesson(name)),
                Err(error) => Err(error.to_string()),
            }
        }
    }
);

/// A field of a contact.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactField {
    /// The field's name.
    pub name: Text,
    /// Its value.
    pub equals: Text,
}
