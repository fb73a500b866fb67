//! `scenario`: an automation, a chain of triggers.

use super::{
    Access, Collection, Field, Filter, Kind, Reference, Status, Text, WholeNumber,
    filter::{CompletedLesson, Inactive, OfCourse},
};
use crate::model::Duration;
use schemars::JsonSchema;
use serde::Deserialize;

mod wire;

/// An automation: a chain of triggers.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What people call it; its name, if absent.
    pub title: Option<Text>,
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
}
