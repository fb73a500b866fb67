//! `scenario`: an automation, a chain of triggers.

use super::body::Body;
use super::decode::{Fields, From, Inexpressible, Naming};
use super::durations::{Counts, check_duration};
use super::{
    Access, Collection, DocumentPlaces, Field, Filter, Kind, Links, Reference, Status, Strength,
    Surroundings, Times, Title, WholeNumber,
    filter::{CompletedLesson, Inactive, OfCourse, exact},
};
use crate::diag::Diagnostics;
use crate::model::{Attributes, Duration, Path, Value};
use schemars::JsonSchema;
use serde::Deserialize;

mod decode;
pub mod wire;

/// An automation: a chain of triggers.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What people call it; its name, if absent.
    pub title: Option<Title>,
    /// Whether it acts.
    #[serde(default)]
    pub status: Field<ScenarioStatus>,
    /// The chain. The first has an event; the next start when the one before has acted.
    pub triggers: Vec<Trigger>,
}

/// Whether a scenario acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScenarioStatus {
    /// It acts.
    Active,
    /// It does not.
    Paused,
}

/// A link of the chain.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The event that starts the chain; on the first trigger only.
    pub when: Option<Event>,
    /// The delay before the condition.
    pub wait_before_if: Option<Duration>,
    /// The condition; when false, the chain ends for this client.
    #[serde(rename = "if")]
    pub if_: Option<Filter>,
    /// The delay before the actions.
    pub wait: Option<Duration>,
    /// The actions, in order.
    #[serde(rename = "do", default)]
    pub do_: Vec<Action>,
}

/// What starts a chain: a map with exactly one key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// An order of this offer is made and not paid: each visit to its page makes one.
    UnpaidOrder(OfOffer),
    /// An order of this offer is paid.
    PaidOrder(OfOffer),
    /// A contact enters this list.
    EnteredList(Reference),
    /// A contact registers.
    Registered(Nothing),
    /// A participant completes this lesson.
    CompletedLesson(CompletedLesson),
    /// A participant completes this course.
    CompletedCourse(OfCourse),
    /// A participant has not been seen for a time.
    Inactive(Inactive),
}

/// An offer.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfOffer {
    /// The offer.
    pub offer: Reference,
}

/// `{}`
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// What a trigger does: a map with exactly one key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Adds the client to a static list.
    AddToList(Reference),
    /// Removes the client from a list.
    RemoveFromList(Reference),
    /// Sends the client a letter.
    SendLetter(Reference),
    /// Awards points in a course.
    AwardPoints(AwardPoints),
    /// Extends the client's access to what an offer sold.
    ExtendAccess(ExtendAccess),
}

/// Points in a course.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardPoints {
    /// The course.
    pub course: Reference,
    /// How many.
    pub points: WholeNumber,
}

/// More access.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendAccess {
    /// The offer that gave the access.
    pub offer: Reference,
    /// By how long.
    pub by: Duration,
}

static COLLECTION: Collection = Collection {
    path: "scenarios",
    menu: &["Courses", "Process settings", "Process automation"],
    access: Access::Write,
    natural_key: "title",
    status: Status {
        values: &["active", "paused"],
        default: "paused",
        resting: Some("paused"),
        retired: "paused",
        rests_while_replaced: true,
    },
    fields: &[],
    pairs: &[],
    required: &["title", "triggers"],
    minimal: r#"{"title":"x","triggers":[]}"#,
    schema: <wire::Scenario as JsonSchema>::json_schema,
    normalise: super::normalise::<wire::Scenario>,
};

impl Kind for Scenario {
    const ID: &'static str = "scenario";
    const SUMMARY: &'static str = "An automation: a chain of triggers";
    const EXAMPLE: &'static str = r#"kind: scenario
name: win-back-unpaid
status: active
triggers:
  - when: { unpaid_order: { offer: web-dev-2026-09-standard } }
    wait_before_if: 30m
    if: { not: { bought: { offer: web-dev-2026-09-standard } } }
    do:
      - add_to_list: unpaid-web-dev
      - send_letter: unpaid-reminder
  - wait: 24h
    do: [{ remove_from_list: unpaid-web-dev }]
"#;
    const COLLECTION: Option<&'static Collection> = Some(&COLLECTION);

    fn links(&self, links: &mut Links) {
        let triggers = Path::root().key("triggers");
        for (at, trigger) in self.triggers.iter().enumerate() {
            let path = triggers.index(at);
            if let Some(event) = &trigger.when {
                event.links(&path.key("when"), links);
            }
            if let Some(filter) = &trigger.if_ {
                filter.links(&path.key("if"), links);
            }
            for (at, action) in trigger.do_.iter().enumerate() {
                action.links(&path.key("do").index(at), links);
            }
        }
    }

    fn times(&self, times: &mut Times) {
        let triggers = Path::root().key("triggers");
        for (at, trigger) in self.triggers.iter().enumerate() {
            if let Some(filter) = &trigger.if_ {
                filter.times(&triggers.index(at).key("if"), times);
            }
        }
    }

    fn check(&self, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        let triggers = Path::root().key("triggers");
        for (at, trigger) in self.triggers.iter().enumerate() {
            trigger.check(&triggers.index(at), document, findings);
        }
    }

    fn decode(
        _: i64,
        attributes: &Attributes,
        naming: &dyn Naming,
    ) -> Result<Fields, Inexpressible> {
        decode::decode(From { attributes, naming })
    }

    fn encode(&self, surroundings: &dyn Surroundings) -> Option<Attributes> {
        let Scenario {
            title,
            status,
            triggers,
        } = self;
        let mut body = Body::titled(title.as_ref(), surroundings);
        body.field("status", status, |status| {
            Some(Value::text(match status {
                ScenarioStatus::Active => "active",
                ScenarioStatus::Paused => "paused",
            }))
        });
        let path = Path::root().key("triggers");
        let triggers: Option<Vec<Value>> = triggers
            .iter()
            .enumerate()
            .map(|(at, trigger)| trigger.encode(&path.index(at), surroundings))
            .collect();
        body.put("triggers", triggers.map(Value::List));
        Some(body.into_attributes())
    }
}

impl Trigger {
    fn check(&self, path: &Path, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        for (key, wait) in [("wait_before_if", self.wait_before_if), ("wait", self.wait)] {
            if let Some(wait) = wait {
                check_duration(wait, Counts::Exact, document, &path.key(key), findings);
            }
        }
        if let Some(Event::Inactive(inactive)) = &self.when {
            inactive.check(&path.key("when").key("inactive"), document, findings);
        }
        if let Some(filter) = &self.if_ {
            filter.check(&path.key("if"), document, findings);
        }
        for (at, action) in self.do_.iter().enumerate() {
            if let Action::ExtendAccess(ExtendAccess { offer: _, by }) = action {
                let path = path.key("do").index(at).key("extend_access").key("by");
                check_duration(*by, Counts::CalendarFromOneDay, document, &path, findings);
            }
        }
    }

    /// Every entry is written out: a chain is compared as a whole.
    fn encode(&self, path: &Path, surroundings: &dyn Surroundings) -> Option<Value> {
        let Trigger {
            when,
            wait_before_if,
            if_,
            wait,
            do_,
        } = self;
        let when = match when {
            Some(event) => event.encode(surroundings)?,
            None => Value::Null,
        };
        let condition = match if_ {
            Some(filter) => filter.encode(&path.key("if"), surroundings)?,
            None => Value::Null,
        };
        let actions = do_.iter().map(|action| action.encode(surroundings));
        Some(Value::map([
            ("when", when),
            ("wait_before_if", exact(wait_before_if.unwrap_or_default())),
            ("if", condition),
            ("wait", exact(wait.unwrap_or_default())),
            ("do", Value::List(actions.collect())),
        ]))
    }
}

impl Event {
    fn links(&self, path: &Path, links: &mut Links) {
        let mut strong = |path: Path, kind, to: &Reference| {
            links.push(path, kind, to, Strength::Strong);
        };
        match self {
            Event::UnpaidOrder(OfOffer { offer }) => {
                strong(path.key("unpaid_order").key("offer"), "offer", offer);
            }
            Event::PaidOrder(OfOffer { offer }) => {
                strong(path.key("paid_order").key("offer"), "offer", offer);
            }
            Event::EnteredList(list) => strong(path.key("entered_list"), "list", list),
            Event::Registered(Nothing {}) => {}
            Event::CompletedLesson(lesson) => lesson.links(&path.key("completed_lesson"), links),
            Event::CompletedCourse(OfCourse { course }) => {
                strong(path.key("completed_course").key("course"), "course", course);
            }
            Event::Inactive(inactive) => inactive.links(&path.key("inactive"), links),
        }
    }

    fn encode(&self, surroundings: &dyn Surroundings) -> Option<Value> {
        let of_offer = |OfOffer { offer }: &OfOffer| {
            Value::map([("offer_id", surroundings.reference("offer", offer))])
        };
        let (key, value) = match self {
            Event::UnpaidOrder(offer) => ("unpaid_order", of_offer(offer)),
            Event::PaidOrder(offer) => ("paid_order", of_offer(offer)),
            Event::EnteredList(list) => (
                "entered_list",
                Value::map([("list_id", surroundings.reference("list", list))]),
            ),
            Event::Registered(Nothing {}) => ("registered", Body::new().into_value()),
            Event::CompletedLesson(lesson) => ("completed_lesson", lesson.encode(surroundings)?),
            Event::CompletedCourse(course) => ("completed_course", course.encode(surroundings)),
            Event::Inactive(inactive) => ("inactive", inactive.encode(surroundings)),
        };
        Some(Value::map([(key, value)]))
    }
}

impl Action {
    fn links(&self, path: &Path, links: &mut Links) {
        let (path, kind, to) = match self {
            Action::AddToList(list) => (path.key("add_to_list"), "list", list),
            Action::RemoveFromList(list) => (path.key("remove_from_list"), "list", list),
            Action::SendLetter(letter) => (path.key("send_letter"), "letter", letter),
            Action::AwardPoints(AwardPoints { course, points: _ }) => {
                (path.key("award_points").key("course"), "course", course)
            }
            Action::ExtendAccess(ExtendAccess { offer, by: _ }) => {
                (path.key("extend_access").key("offer"), "offer", offer)
            }
        };
        links.push(path, kind, to, Strength::Strong);
    }

    fn encode(&self, surroundings: &dyn Surroundings) -> Value {
        let (key, entries) = match self {
            Action::AddToList(list) => (
                "add_to_list",
                vec![("list_id", surroundings.reference("list", list))],
            ),
            Action::RemoveFromList(list) => (
                "remove_from_list",
                vec![("list_id", surroundings.reference("list", list))],
            ),
            Action::SendLetter(letter) => (
                "send_letter",
                vec![("letter_id", surroundings.reference("letter", letter))],
            ),
            Action::AwardPoints(AwardPoints { course, points }) => (
                "award_points",
                vec![
                    ("course_id", surroundings.reference("course", course)),
                    ("points", Value::Int(points.0)),
                ],
            ),
            Action::ExtendAccess(ExtendAccess { offer, by }) => (
                "extend_access",
                vec![
                    ("offer_id", surroundings.reference("offer", offer)),
                    ("by", Value::text(by.to_string())),
                ],
            ),
        };
        Value::map([(key, Value::map(entries))])
    }
}
