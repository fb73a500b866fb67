//! `pack`: a bsport bundle.

use super::body::Body;
use super::decode::{Fields, From, Inexpressible, Naming};
use super::forms::{by_form, present};
use super::pass::sale_status;
use super::{
    Access, Collection, Field, Kind, Links, Price, Reference, Status, Strength, Surroundings, Text,
    Title, WholeNumber, money_value,
};
use crate::model::{Attributes, Path, Value};
use schemars::JsonSchema;
use serde::Deserialize;

mod decode;
pub mod wire;

/// A bundle of passes and other things. It can be bought where every item can.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// What people call it; its name, if absent.
    pub title: Option<Title>,
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
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Item {
    /// A pass.
    Pass(PassItem),
    /// Something that the project does not manage.
    Other(OtherItem),
}

by_form!(Item, "an item such as `{ pass: discovery }`", map ItemBody => |body| match body {
    ItemBody { pass: Some(pass), other: None, for_sale: Field::Absent, quantity } => {
        Ok(Item::Pass(PassItem { pass, quantity }))
    }
    ItemBody { pass: None, other: Some(other), for_sale, quantity } => {
        let for_sale = for_sale.set().copied();
        Ok(Item::Other(OtherItem { other, for_sale, quantity }))
    }
    ItemBody { pass: Some(_), other: None, for_sale: _, quantity: _ } => {
        Err("whether a pass is for sale stands in its own document".to_owned())
    }
    ItemBody { pass: _, other: _, for_sale: _, quantity: _ } => {
        Err("an item has either `pass` or `other`".to_owned())
    }
});

/// Either item as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemBody {
    #[serde(default, deserialize_with = "present")]
    pass: Option<Reference>,
    #[serde(default, deserialize_with = "present")]
    other: Option<OtherThing>,
    #[serde(default)]
    for_sale: Field<bool>,
    quantity: Option<WholeNumber>,
}

/// A pass in a pack.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PassItem {
    /// The pass.
    pub pass: Reference,
    /// How many; one, if absent.
    pub quantity: Option<WholeNumber>,
}

/// Something else in a pack.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
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
    menu: &[],
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
    pairs: &[],
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

    fn links(&self, links: &mut Links) {
        let items = Path::root().key("items");
        for (at, item) in self.items.set().into_iter().flatten().enumerate() {
            if let Item::Pass(PassItem { pass, quantity: _ }) = item {
                links.push(items.index(at).key("pass"), "pass", pass, Strength::Strong);
            }
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
        let Pack {
            title,
            price,
            for_sale,
            items,
        } = self;
        let mut body = Body::titled(title.as_ref(), surroundings);
        body.field("price", price, |Price(price)| Some(money_value(*price)));
        body.field("status", for_sale, |for_sale| Some(sale_status(*for_sale)));
        body.field("items", items, |items| {
            let items = items.iter().map(|item| item.encode(surroundings));
            Some(Value::List(items.collect()))
        });
        Some(body.into_attributes())
    }
}

impl Item {
    /// Every entry is written out: items are compared as a whole.
    fn encode(&self, surroundings: &dyn Surroundings) -> Value {
        let (pass, other, quantity, for_sale) = match self {
            Item::Pass(PassItem { pass, quantity }) => {
                let pass = surroundings.reference("pass", pass);
                (pass, Value::Null, quantity, true)
            }
            Item::Other(OtherItem {
                other,
                for_sale,
                quantity,
            }) => {
                let other = Value::Int(other.id.0);
                (Value::Null, other, quantity, for_sale.unwrap_or(true))
            }
        };
        Value::map([
            ("pass_id", pass),
            ("other_id", other),
            (
                "quantity",
                Value::Int(quantity.map_or(1, |number| number.0)),
            ),
            ("for_sale", Value::Bool(for_sale)),
        ])
    }
}
