//! `coupon`: a discount code.

use super::body::Body;
use super::decode::{Fields, From, Inexpressible, Naming};
use super::forms::by_form;
use super::{
    Access, Collection, Discount, Field, FieldRule, Kind, Links, Reference, Rule, Status, Strength,
    Surroundings, Times, Title, Until, WholeNumber, instant_value, money_value, scalars,
};
use crate::model::{Attributes, Path, Value};
use schemars::JsonSchema;
use serde::Deserialize;

mod decode;
pub mod link;
pub mod wire;

/// A discount code.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coupon {
    /// What people call it; its name, if absent.
    pub title: Option<Title>,
    /// What the client types.
    pub code: Title,
    /// Whether it works.
    #[serde(default)]
    pub status: Field<CouponStatus>,
    /// What it takes off: 1% to 100%, or an amount.
    #[serde(default)]
    pub discount: Field<Discount>,
    /// When it stops to work, for everyone.
    #[serde(default)]
    pub valid_until: Field<Validity>,
    /// How often it can be used.
    #[serde(default)]
    pub uses: Field<Uses>,
    /// The lists whose members may use it; everyone, if empty.
    #[serde(default)]
    pub lists: Field<Vec<Reference>>,
}

/// Whether a coupon works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponStatus {
    /// It works.
    Active,
    /// It does not work.
    Disabled,
}

/// When a coupon stops to work.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Validity {
    /// Never.
    Never(Never),
    /// At this time; a date: after that day.
    Until(Until),
}

by_form!(
    Validity,
    "`never`, a date or a time",
    text | text
        | match text {
            "never" => Ok(Validity::Never(Never::Never)),
            _ => match text.parse() {
                Ok(until) => Ok(Validity::Until(until)),
                Err(error) => Err(error.to_string()),
            },
        }
);

/// The word `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Never {
    /// Not at any time.
    Never,
}

/// How often a coupon can be used.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uses {
    /// By all clients together.
    #[serde(default)]
    pub total: Field<WholeNumber>,
    /// By one client.
    #[serde(default)]
    pub per_contact: Field<WholeNumber>,
}

static COLLECTION: Collection = Collection {
    path: "coupons",
    menu: &["Courses", "Sales settings", "Coupons"],
    access: Access::Write,
    natural_key: "code",
    status: Status {
        values: &["active", "disabled"],
        default: "active",
        resting: Some("disabled"),
        retired: "disabled",
        rests_while_replaced: false,
    },
    fields: &[
        FieldRule {
            path: "code",
            rule: Rule::Unique,
        },
        FieldRule {
            path: "discount",
            rule: Rule::Whole,
        },
        FieldRule {
            path: "used_count",
            rule: Rule::Computed,
        },
    ],
    pairs: &[],
    required: &["code", "discount"],
    minimal: r#"{"title":"x","code":"X","discount":{"percent":"1"}}"#,
    schema: <wire::Coupon as JsonSchema>::json_schema,
    normalise: super::normalise::<wire::Coupon>,
};

impl Kind for Coupon {
    const ID: &'static str = "coupon";
    const SUMMARY: &'static str = "A discount code";
    const EXAMPLE: &'static str = r#"kind: coupon
name: come-back
code: COMEBACK10
status: active
discount: 10%
valid_until: never
uses: { total: 500, per_contact: 1 }
lists: [unpaid-web-dev]
"#;
    const COLLECTION: Option<&'static Collection> = Some(&COLLECTION);

    fn times(&self, times: &mut Times) {
        if let Some(Validity::Until(until)) = self.valid_until.set() {
            times.end(Path::root().key("valid_until"), *until);
        }
    }

    fn links(&self, links: &mut Links) {
        let lists = Path::root().key("lists");
        for (at, list) in self.lists.set().into_iter().flatten().enumerate() {
            links.push(lists.index(at), "list", list, Strength::Strong);
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
        let Coupon {
            title,
            code,
            status,
            discount,
            valid_until,
            uses,
            lists,
        } = self;
        let mut body = Body::titled(title.as_ref(), surroundings);
        body.set("code", Value::text(&*code.0));
        body.field("status", status, |status| {
            Some(Value::text(match status {
                CouponStatus::Active => "active",
                CouponStatus::Disabled => "disabled",
            }))
        });
        body.field("discount", discount, |discount| {
            Some(discount_value(*discount))
        });
        body.field("ends_at", valid_until, |validity| match validity {
            Validity::Never(Never::Never) => Some(Value::Null),
            Validity::Until(Until(moment)) => surroundings
                .end(moment, &Path::root().key("valid_until"))
                .map(instant_value),
        });
        match uses {
            Field::Absent => {}
            Field::Null => {
                body.set("uses_total", Value::Null);
                body.set("uses_per_contact", Value::Null);
            }
            Field::Set(Uses { total, per_contact }) => {
                body.number("uses_total", total);
                body.number("uses_per_contact", per_contact);
            }
        }
        body.references("list_ids", lists, "list", surroundings);
        Some(body.into_attributes())
    }
}

/// `{"percent": "10"}` or `{"amount": {…}}`.
fn discount_value(discount: Discount) -> Value {
    match discount {
        Discount::Percent(hundredths) => {
            Value::map([("percent", Value::Text(scalars::percent_text(hundredths)))])
        }
        Discount::Amount(money) => Value::map([("amount", money_value(money))]),
    }
}
