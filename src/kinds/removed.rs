//! `removed`: what to do with an address that is no longer declared.

use super::{Kind, Title, WrittenAddress};
use schemars::JsonSchema;
use serde::Deserialize;

/// What to do with an address that is no longer declared.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Removed {
    /// What people call it; its name, if absent.
    pub title: Option<Title>,
    /// The address: `coupon.black-friday-2025`.
    pub address: WrittenAddress,
    /// What to do with the object on the platform.
    pub then: Then,
}

/// What to do with an object that left the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// Archive, disable, pause or make unavailable. What clients own stays.
    Retire,
    /// Delete it on the platform.
    Delete,
    /// Leave it as it is and manage it no more.
    Forget,
}

impl Kind for Removed {
    const ID: &'static str = "removed";
    const SUMMARY: &'static str = "What to do with an address that is no longer declared";
    const EXAMPLE: &'static str = "kind: removed
name: drop-black-friday
address: coupon.black-friday-2025
then: retire
";
}
