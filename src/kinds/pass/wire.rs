//! A pass on the platform.

use crate::kinds::{WireInstant, WireMoney};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An appointment pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pass {
    /// What people call it.
    pub title: String,
    /// `available` or `unavailable` for purchase.
    #[serde(default)]
    pub status: Status,
    /// What it costs.
    pub price: WireMoney,
    /// How many appointments it holds.
    #[serde(default = "one")]
    pub credits: Option<u64>,
    /// How long it is valid once bought, `90d`; without end, if null.
    #[serde(default)]
    pub valid_for: Option<String>,
    /// When its sale ends, exclusive; never, if null.
    #[serde(default)]
    pub sale_ends_at: Option<WireInstant>,
    /// Only for who has never bought a pass or a pack.
    #[serde(default)]
    pub new_members_only: Option<bool>,
    /// Who may buy, by tags.
    #[serde(default)]
    pub tags: Tags,
    /// What the platform keeps with the object and no one else knows.
    #[serde(default)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

fn one() -> Option<u64> {
    Some(1)
}

/// Whether something can be bought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Availability")]
pub enum Status {
    /// It can.
    #[default]
    Available,
    /// It cannot.
    Unavailable,
}

/// Tags of members.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tags {
    /// Members must have one of these; everyone may, if empty.
    #[serde(default)]
    pub allowed: Vec<String>,
    /// Members must have none of these.
    #[serde(default)]
    pub denied: Vec<String>,
}
