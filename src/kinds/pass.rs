//! `pass`: a bsport appointment pass ("Carte de RDV") and who may buy it.

use super::body::Body;
use super::decode::{Fields, From, Inexpressible, Naming};
use super::durations::{Counts, check_duration};
use super::filter::exact;
use super::{
    Access, Collection, Day, DocumentPlaces, Field, FieldRule, Kind, Price, Rule, Status,
    Surroundings, Text, Times, Title, WholeNumber, instant_value, money_value,
};
use crate::diag::Diagnostics;
use crate::model::{Attributes, Duration, Moment, Path, Value};
use schemars::JsonSchema;
use serde::Deserialize;

pub(in crate::kinds) mod decode;
pub mod wire;

/// An appointment pass and who may buy it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pass {
    /// What people call it; its name, if absent.
    pub title: Option<Title>,
    /// What it costs.
    #[serde(default)]
    pub price: Field<Price>,
    /// How many appointments it holds.
    #[serde(default)]
    pub credits: Field<WholeNumber>,
    /// How long it is valid once bought.
    #[serde(default)]
    pub valid_for: Field<Duration>,
    /// Whether it can be bought. Passes already held stay.
    #[serde(default)]
    pub for_sale: Field<bool>,
    /// The last day of sale, in the project's time zone.
    #[serde(default)]
    pub sale_ends: Field<Day>,
    /// Only for who has never bought a pass or a pack.
    #[serde(default)]
    pub new_members_only: Field<bool>,
    /// Which members may buy it.
    #[serde(default)]
    pub tags: Field<Tags>,
}

/// Who may buy, by tags: at least one of `allowed` (if any) and none of `denied`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tags {
    /// Members must have one of these; everyone may, if empty.
    #[serde(default)]
    pub allowed: Field<Vec<Text>>,
    /// Members must have none of these.
    #[serde(default)]
    pub denied: Field<Vec<Text>>,
}

static COLLECTION: Collection = Collection {
    path: "passes",
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
    fields: &[
        FieldRule {
            path: "tags.allowed",
            rule: Rule::Set,
        },
        FieldRule {
            path: "tags.denied",
            rule: Rule::Set,
        },
    ],
    pairs: &[],
    required: &["title", "price"],
    minimal: r#"{"title":"x","price":{"amount":"0","currency":"EUR"}}"#,
    schema: <wire::Pass as JsonSchema>::json_schema,
    normalise: super::normalise::<wire::Pass>,
};

impl Kind for Pass {
    const ID: &'static str = "pass";
    const SUMMARY: &'static str = "An appointment pass and who may buy it";
    const EXAMPLE: &'static str = r#"kind: pass
name: discovery
title: Discovery, 3 sessions
price: 45.00 EUR
credits: 3
valid_for: 90d
for_sale: true
sale_ends: 2026-12-31
new_members_only: true
tags: { allowed: [student], denied: [suspended] }
"#;
    const COLLECTION: Option<&'static Collection> = Some(&COLLECTION);

    fn times(&self, times: &mut Times) {
        if let Some(day) = self.sale_ends.set() {
            times.day(Path::root().key("sale_ends"), *day);
        }
    }

    fn check(&self, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        if let Some(valid_for) = self.valid_for.set() {
            let path = Path::root().key("valid_for");
            check_duration(*valid_for, Counts::Exact, document, &path, findings);
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
        let Pass {
            title,
            price,
            credits,
            valid_for,
            for_sale,
            sale_ends,
            new_members_only,
            tags,
        } = self;
        let mut body = Body::titled(title.as_ref(), surroundings);
        body.field("price", price, |Price(price)| Some(money_value(*price)));
        body.number("credits", credits);
        body.field("valid_for", valid_for, |duration| Some(exact(*duration)));
        body.field("status", for_sale, |for_sale| Some(sale_status(*for_sale)));
        body.field("sale_ends_at", sale_ends, |Day(day)| {
            let last = Moment::Date(*day);
            surroundings
                .end(&last, &Path::root().key("sale_ends"))
                .map(instant_value)
        });
        body.flag("new_members_only", new_members_only);
        body.field("tags", tags, |Tags { allowed, denied }| {
            let mut tags = Body::new();
            for (key, texts) in [("allowed", allowed), ("denied", denied)] {
                tags.field(key, texts, |texts| {
                    let texts = texts.iter().map(|text| Value::text(&*text.0));
                    Some(Value::List(texts.collect()))
                });
            }
            Some(tags.into_value())
        });
        Some(body.into_attributes())
    }
}

/// `for_sale` as a status.
pub(super) fn sale_status(for_sale: bool) -> Value {
    Value::text(if for_sale { "available" } else { "unavailable" })
}
