//! `pack`: a bsport bundle.

use super::{Access, Collection, Field, Kind, Price, Reference, Status, Text, WholeNumber};
use schemars::JsonSchema;
use serde::Deserialize;

mod wire;

/// A bundle of passes and other things. It can be bought where every item can.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// What people call it; its name, if absent.
    pub title: Option<Text>,
    /// What it costs.
    #[serde(default)]
    pub price: Field<Price>,
    /// Whether it can be bought.
    #[serde(default)]
    pub for_sale: Field<bool>,
    /// What is in it.
    #[serde(default)]
    pub items: Field<Vec<Item>>,
}

/// Something in a pack.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Item {
    /// A pass.
    Pass(PassItem),
    /// Something that the project does not manage.
    Other(OtherItem),
}

/// A pass in a pack.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PassItem {
    /// The pass.
    pub pass: Reference,
    /// How many; one, if absent.
    pub quantity: Option<WholeNumber>,
}

/// Something else in a pack.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherItem {
    /// The platform's id and title of it.
    pub other: OtherThing,
    /// Whether it can be bought; yes, if absent.
    pub for_sale: Option<bool>,
    /// How many; one, if absent.
    pub quantity: Option<WholeNumber>,
}

/// Something that the project does not manage.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherThing {
    /// The platform's id.
    pub id: WholeNumber,
    /// What people call it.
    pub title: Option<Text>,
}

static COLLECTION: Collection = Collection {
    path: "packs",
    access: Access::Write,
    natural_key: "title",
    status: Status {
        values: &["available", "unavailable"],
        default: "available",
        resting: Some("unavailable"),
        retired: "unavailable",
        rests_while_replaced: false,
    },
    fields: &[],
    required: &["title", "price"],
    minimal: r#"{"title":"x","price":{"amount":"0","currency":"EUR"}}"#,
    schema: <wire::Pack as JsonSchema>::json_schema,
    normalise: super::normalise::<wire::Pack>,
};

impl Kind for Pack {
    const ID: &'static str = "pack";
    const SUMMARY: &'static str = "A bundle of passes and other things";
    const EXAMPLE: &'static str = r#"kind: pack
name: welcome-pack
title: Welcome
price: 99.00 EUR
for_sale: true
items:
  - { pass: discovery, quantity: 1 }
  - { other: { id: 5, title: Mat }, for_sale: true }
"#;
    const COLLECTION: Option<&'static Collection> = Some(&COLLECTION);
}
