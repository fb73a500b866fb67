//! The fields that every kind has.

use crate::kinds::{Day, Text, WholeNumber};
use crate::model::Name;
use schemars::JsonSchema;
use serde::Deserialize;

/// The names of the fields that every kind has.
pub const META_FIELDS: &[&str] = &[
    "kind",
    "name",
    "previous_names",
    "only_in",
    "protect",
    "adopt",
    "allow",
];

/// The fields that every kind has, apart from `title`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// What the document is.
    pub kind: Box<str>,
    /// The name: lower-case letters, digits and hyphens. With the kind it is the object's address and
    /// its identity; titles and codes may change freely.
    pub name: Name,
    /// Earlier names, newest first: the object is renamed here, not replaced on the platform.
    #[serde(default)]
    pub previous_names: Vec<Name>,
    /// The environments in which the document counts; in all, if absent.
    pub only_in: Option<Vec<Text>>,
    /// `true`: never removed or replaced. Kept in the state, so deleting the document does not lift it.
    pub protect: Option<bool>,
    /// Takes over an object that exists on the platform.
    pub adopt: Option<Adopt>,
    /// Findings that are excused here, with a reason.
    #[serde(default)]
    pub allow: Vec<Allow>,
}

/// An existing object to take over.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adopt {
    /// Its id on the platform.
    pub id: WholeNumber,
}

/// An excused finding.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// The code of the rule.
    pub rule: Text,
    /// Why it is right here.
    pub because: Text,
    /// The last day on which the excuse counts.
    pub until: Option<Day>,
}
