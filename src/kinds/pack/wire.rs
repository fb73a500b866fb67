//! A pack on the platform.

use crate::kinds::WireMoney;
use crate::kinds::pass::wire::Status;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pack {
    /// What people call it.
    pub title: String,
    /// `available` or `unavailable` for purchase.
    #[serde(default)]
    pub status: Status,
    /// What it costs.
    pub price: WireMoney,
    /// What is in it.
    #[serde(default)]
    pub items: Vec<Item>,
    /// What the platform keeps with the object and no one else knows.
    #[serde(default)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// Something in a pack: a pass (`pass_id`) or something else (`other_id`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// The pass, if it is one.
    #[serde(default)]
    pub pass_id: Option<i64>,
    /// The other thing, if it is none.
    #[serde(default)]
    pub other_id: Option<i64>,
    /// How many.
    #[serde(default = "one")]
    pub quantity: u64,
    /// Whether the other thing can be bought.
    #[serde(default = "yes")]
    pub for_sale: bool,
}

fn one() -> u64 {
    1
}

fn yes() -> bool {
    true
}
