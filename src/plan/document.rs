//! The plan as others read it: `plan --json`, and the file of `plan --out`.
//!
//! One versioned form for both, Terraform's where that fits, and complete: what a file says can be
//! carried out. A digest over the content guards against edits and cuts. The schema is
//! `schemas/plan.schema.json`.

mod read;
mod saved;
mod value;
mod write;

use crate::plan::touched::sha256;
use crate::plan::{Consequences, Counts, Drifts, Plan};
pub use saved::Saved;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
pub use value::{JsonAttributes, JsonValue};

/// The version of the form. Readers take any `1.x`.
pub const FORMAT_VERSION: &str = "1.0";

/// A plan: what an apply would do, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "bursar plan")]
pub struct PlanDocument {
    /// The version of this form.
    pub format_version: String,
    /// The version of bursar that made it.
    pub tool_version: String,
    /// The project's name.
    pub project: String,
    /// The environment, if the project has some.
    pub environment: Option<String>,
    /// The platform and account.
    pub target: TargetDocument,
    /// The state's lineage; null before the first apply.
    pub lineage: Option<String>,
    /// The state's serial that it was made from; 0 before the first apply.
    pub serial: u64,
    /// Digest of the compiled configuration.
    pub configuration_digest: String,
    /// What changes, by object.
    pub resource_changes: Vec<ResourceChange>,
    /// What was changed on the platform since the last apply: `before` is as it was applied, `after` as
    /// it is on the platform.
    pub resource_drift: Vec<ResourceChange>,
    /// What is done, each step after those that it depends on.
    pub steps: Vec<StepDocument>,
    /// Why the plan must not be applied.
    pub refusals: Vec<RefusalDocument>,
    /// How many objects change, by action.
    pub summary: Counts,
    /// How much has changed on the platform since the last apply, conflicts among it.
    pub drift_summary: Drifts,
    /// Live objects that nothing manages, by kind.
    pub unmanaged: BTreeMap<String, usize>,
    /// What it costs.
    pub requests: Requests,
    /// What an interrupted run had done.
    pub settled: Vec<String>,
    /// The live objects that the steps touch.
    pub touched: Vec<Touched>,
    /// What it means for people. Numbers of people change all the time, so it is not part of the digest.
    #[serde(default, skip_serializing_if = "Consequences::is_empty")]
    pub consequences: Consequences,
    /// SHA-256 of this document without this field, `consequences`, `pace` and `saved`, as JSON with
    /// sorted keys and no spaces. The same inputs give the same digest.
    pub digest: String,
    /// How long it takes at the platform's limit; absent where there is none, and from saved plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
    /// When it was saved, and for how long it is good; absent from `plan --json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved: Option<Saved>,
}

/// How long reading and writing take at the platform's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pace {
    /// The limit, as the platform tells it.
    pub requests_per_minute: u32,
    /// Minutes that have begun.
    pub minutes: u64,
}

/// A platform and an account on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetDocument {
    /// The provider: `sandbox`, `kwiga` …
    pub provider: String,
    /// The platform's base address, or `embedded`.
    pub url: String,
    /// The account, as a digest.
    pub account: String,
}

/// What happens to one object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResourceChange {
    /// `kind.name`.
    pub address: String,
    /// The kind.
    pub kind: String,
    /// The name.
    pub name: String,
    /// Its title, for people.
    pub title: Option<String>,
    /// Its id on the platform, if it exists.
    pub id: Option<i64>,
    /// Why.
    pub action_reason: ReasonCode,
    /// What the reason speaks of: a field's path, an address, an attribute.
    pub action_reason_detail: Option<String>,
    /// Before and after, as Terraform writes them: the fields that change.
    pub change: Before,
    /// Field by field, with the three sides.
    pub fields: Vec<FieldDocument>,
    /// What else people should know.
    pub notes: Vec<String>,
}

/// Why something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// It is declared and does not exist.
    Declared,
    /// Its declaration changed since the last apply.
    ConfigurationChanged,
    /// It was changed on the platform since the last apply and is put back.
    Drifted,
    /// Both.
    ConfigurationChangedAndDrifted,
    /// It is gone from the platform.
    Vanished,
    /// A field changed that can be saved once only; the detail is its path.
    SavedOnce,
    /// An object that it refers to is replaced; the detail is its address.
    Repointed,
    /// It is no longer declared.
    NoLongerDeclared,
    /// A `removed` document says so; the detail is its address.
    Removed,
    /// A replacement has left it behind.
    LeftBehind,
    /// `adopt` names it.
    AdoptionDeclared,
    /// It alone has the natural key; the detail is the attribute.
    SameNaturalKey,
    /// It had another name; the detail is the address.
    Renamed,
    /// An interrupted run had started it.
    Interrupted,
}

/// The change in Terraform's form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Before {
    /// What is done: `["create"]`, `["update"]`, `["create", "retire"]` for a replacement …
    pub actions: Vec<ActionWord>,
    /// The changing fields before; null if there was no object.
    pub before: JsonValue,
    /// The changing fields after; null if there is no object then. What is not known yet is null.
    pub after: JsonValue,
    /// `true` at each field whose value is known after the apply only.
    pub after_unknown: JsonValue,
    /// `true` at each field whose value before must not be shown.
    pub before_sensitive: JsonValue,
    /// `true` at each field whose value after must not be shown.
    pub after_sensitive: JsonValue,
}

/// A word for an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionWord {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It is taken out of use.
    Retire,
    /// It is deleted.
    Delete,
    /// An existing object is taken over.
    Adopt,
    /// It has a new name in the configuration.
    Move,
    /// The state forgets it.
    Forget,
    /// A person does it.
    Manual,
}

/// One field, with its three sides; a side that has no value is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldDocument {
    /// Where: `products[0].access.length`.
    pub path: String,
    /// As last applied.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "value::present"
    )]
    pub base: Option<JsonValue>,
    /// On the platform.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "value::present"
    )]
    pub live: Option<JsonValue>,
    /// As declared.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "value::present"
    )]
    pub desired: Option<JsonValue>,
    /// Who moved.
    pub side: SideWord,
    /// Whether the field makes the change a replacement.
    pub forces_replacement: bool,
}

/// Who moved since the last apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SideWord {
    /// The configuration.
    Configuration,
    /// The platform.
    Drift,
    /// Both, to different values.
    Conflict,
}

/// One thing that is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepDocument {
    /// Its number, from 1 without gaps.
    pub id: u32,
    /// The object.
    pub address: String,
    /// What is done, in words.
    pub verb: String,
    /// What is sent.
    pub operation: OperationDocument,
    /// The steps that must have succeeded before; their numbers are lower.
    pub depends_on: Vec<u32>,
}

/// What is sent to the platform, or written to the state. In values, `{"$ref": "offer.a"}` is the
/// id of an object and `{"$late": [..]}` a text, both known once other steps are done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OperationDocument {
    /// Makes an object.
    Create {
        /// The body.
        body: JsonAttributes,
        /// What the state records.
        applied: JsonAttributes,
        /// The object that it replaces.
        replaces: Option<i64>,
        /// Whether it is protected from then on.
        protect: bool,
    },
    /// Changes an object.
    Update {
        /// The object; null: the one that an earlier step makes.
        id: Option<i64>,
        /// A merge patch.
        patch: JsonAttributes,
        /// What the state records.
        applied: JsonAttributes,
        /// Whether it is protected from then on.
        protect: bool,
    },
    /// Counts the people of an object before anything is bound to it.
    Settle {
        /// Whether it must be empty to go on.
        must_be_empty: bool,
        /// The computed attribute that counts.
        count: String,
        /// What the state records.
        applied: JsonAttributes,
    },
    /// Takes an object out of use.
    Retire {
        /// The object.
        id: i64,
        /// A merge patch.
        patch: JsonAttributes,
        /// Whether a replacement left it behind.
        deposed: bool,
    },
    /// Deletes an object.
    Delete {
        /// The object.
        id: i64,
    },
    /// Writes the state only.
    Record {
        /// The entry to write.
        object: EntryDocument,
        /// The address that it had before.
        previous: Option<String>,
    },
    /// Drops the state's entry only.
    Forget {},
}

/// An entry of the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntryDocument {
    /// The object's id on the platform.
    pub id: i64,
    /// The attributes that were applied.
    pub attributes: JsonAttributes,
    /// What the platform computed.
    pub outputs: BTreeMap<String, String>,
    /// Whether it is protected.
    pub protect: bool,
    /// Whether it was retired.
    pub retired: bool,
    /// The ids of objects that replacements have left behind.
    pub deposed: Vec<i64>,
}

/// Why the plan must not be applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RefusalDocument {
    /// The object, if it is one.
    pub address: Option<String>,
    /// What is refused and why.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What a plan costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requests {
    /// Requests that reading took.
    pub read: u64,
    /// Requests that the steps take.
    pub write: u64,
}

/// A live object that the steps touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Touched {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: i64,
    /// The digest of its attributes when the plan was made.
    pub digest: String,
}

/// Why a file is no plan that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// It is no JSON: another file, or a cut one.
    #[error("it is not complete JSON: {0}")]
    NotJson(String),
    /// It is of another version of the form.
    #[error("its format is {found}, and this version reads {FORMAT_VERSION}")]
    Version {
        /// What it says, or `unknown`.
        found: String,
    },
    /// It was changed after it was written.
    #[error("its content does not match its digest: it was changed after it was written")]
    Digest,
    /// It was printed, not saved.
    #[error("it was not saved with `--out`")]
    NotSaved,
    /// It does not have the form.
    #[error("{at}: {message}")]
    Form {
        /// Where.
        at: String,
        /// What is wrong.
        message: String,
    },
}

impl PlanDocument {
    /// The document as text, indented, with a line end.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads a document and checks that nobody has changed it.
    ///
    /// # Errors
    /// See [`PlanFileError`].
    pub fn from_text(text: &str) -> Result<Self, PlanFileError> {
        Self::checked(text).and_then(Self::of_form)
    }

    /// The JSON of a document that nobody has changed.
    fn checked(text: &str) -> Result<Json, PlanFileError> {
        let json: Json = serde_json::from_str(text)
            .map_err(|error| PlanFileError::NotJson(error.to_string()))?;
        let version = json.get("format_version").and_then(Json::as_str);
        if !version.is_some_and(|version| version.starts_with("1.")) {
            let found = version.unwrap_or("unknown").chars().take(20).collect();
            return Err(PlanFileError::Version { found });
        }
        if json.get("digest").and_then(Json::as_str) != Some(&content_digest(&json)) {
            return Err(PlanFileError::Digest);
        }
        Ok(json)
    }

    fn of_form(json: Json) -> Result<Self, PlanFileError> {
        serde_path_to_error::deserialize(json).map_err(|error| PlanFileError::Form {
            at: error.path().to_string(),
            message: error.inner().to_string(),
        })
    }
}

impl PlanDocument {
    /// The same, with the time that it takes at a limit of so many requests a minute.
    #[must_use]
    pub fn at_limit(mut self, requests_per_minute: Option<u32>) -> Self {
        let Requests { read, write } = self.requests;
        self.pace = requests_per_minute
            .filter(|limit| *limit > 0)
            .map(|limit| Pace {
                requests_per_minute: limit,
                minutes: (read + write).div_ceil(u64::from(limit)),
            });
        self
    }
}

/// The digest of a plan: SHA-256 over everything that its document says.
pub fn digest(plan: &Plan) -> String {
    PlanDocument::from(plan).digest
}

/// The JSON Schema of [`PlanDocument`].
pub fn plan_schema() -> Json {
    schemars::schema_for!(PlanDocument).to_value()
}

/// What may change without the plan doing anything else.
fn is_aside(key: &str) -> bool {
    matches!(key, "digest" | "consequences" | "pace" | "saved")
}

fn content_digest(document: &Json) -> String {
    let mut text = String::new();
    match document {
        Json::Object(entries) => {
            canonical_map(entries.iter().filter(|(key, _)| !is_aside(key)), &mut text)
        }
        other => canonical(other, &mut text),
    }
    sha256(&text)
}

/// JSON with sorted keys and no spaces.
fn canonical(json: &Json, text: &mut String) {
    match json {
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            text.push_str(&json.to_string());
        }
        Json::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                canonical(item, text);
            }
            text.push(']');
        }
        Json::Object(entries) => canonical_map(entries.iter(), text),
    }
}

fn canonical_map<'j>(entries: impl Iterator<Item = (&'j String, &'j Json)>, text: &mut String) {
    let sorted: BTreeMap<&String, &Json> = entries.collect();
    text.push('{');
    for (at, (key, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&Json::from(key.as_str()).to_string());
        text.push(':');
        canonical(value, text);
    }
    text.push('}');
}

#[cfg(test)]
mod tests;
