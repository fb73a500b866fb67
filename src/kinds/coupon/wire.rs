//! A coupon on the platform.

use crate::kinds::{WireInstant, WireMoney};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A coupon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coupon {
    /// What people call it.
    pub title: String,
    /// What the client types.
    pub code: String,
    /// `active` or `disabled`.
    #[serde(default)]
    pub status: Status,
    /// What it takes off.
    pub discount: Discount,
    /// When it stops to work, exclusive; never, if null.
    #[serde(default)]
    pub ends_at: Option<WireInstant>,
    /// How often all clients together can use it; without end, if null.
    #[serde(default)]
    pub uses_total: Option<u64>,
    /// How often one client can use it; without end, if null.
    #[serde(default)]
    pub uses_per_contact: Option<u64>,
    /// The lists whose members may use it; everyone, if empty.
    #[serde(default)]
    pub list_ids: Vec<i64>,
    /// What the platform keeps with the object and no one else knows.
    #[serde(default)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// Whether a coupon works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "CouponStatus")]
pub enum Status {
    /// It works.
    #[default]
    Active,
    /// It does not.
    Disabled,
}

/// What a coupon takes off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// A percentage as a decimal text, `10` or `12.5`.
    Percent(String),
    /// An amount.
    Amount(WireMoney),
}
