//! Contacts and orders: what the platform knows of people. bursar only counts them.

use crate::kinds::{Access, Collection, Status, WireMoney, normalise};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of one, what they are, and the rules of their collections.
pub(super) static COLLECTIONS: &[(&str, &str, &Collection)] = &[
    ("contact", "A person known to the school", &CONTACTS),
    ("order", "A contact's order of an offer", &ORDERS),
];

/// They have no status of their own.
const NO_STATUS: Status = Status {
    values: &[],
    default: "",
    resting: None,
    retired: "",
    rests_while_replaced: false,
};

static CONTACTS: Collection = Collection {
    path: "contacts",
    menu: &[],
    access: Access::Write,
    natural_key: "email",
    status: NO_STATUS,
    fields: &[],
    pairs: &[],
    required: &["email"],
    minimal: r#"{"email":"someone@school.example"}"#,
    schema: <Contact as JsonSchema>::json_schema,
    normalise: normalise::<Contact>,
};

static ORDERS: Collection = Collection {
    path: "orders",
    menu: &[],
    access: Access::Write,
    natural_key: "",
    status: NO_STATUS,
    fields: &[],
    pairs: &[],
    required: &["contact_id", "offer_id"],
    minimal: r#"{"contact_id":0,"offer_id":0}"#,
    schema: <Order as JsonSchema>::json_schema,
    normalise: normalise::<Order>,
};

/// A person.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Contact {
    /// The e-mail address, by which the platform tells people apart.
    email: String,
    /// What people call them.
    #[serde(default)]
    name: String,
    /// Marks that the school gave them.
    #[serde(default)]
    tags: Vec<String>,
    /// What the platform keeps with the object and no one else knows.
    #[serde(default)]
    extra: serde_json::Map<String, serde_json::Value>,
}

/// An order.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Order {
    /// Who ordered.
    contact_id: i64,
    /// What they ordered.
    offer_id: i64,
    /// The coupon that they used, if any.
    #[serde(default)]
    coupon_id: Option<i64>,
    /// `unpaid` or `paid`.
    #[serde(default)]
    paid_status: PaidStatus,
    /// What it costs; the offer's price at the time, if it is not said.
    #[serde(default)]
    price: Option<WireMoney>,
    /// What the platform keeps with the object and no one else knows.
    #[serde(default)]
    extra: serde_json::Map<String, serde_json::Value>,
}

/// Whether an order is paid.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PaidStatus {
    /// It is not.
    #[default]
    Unpaid,
    /// It is.
    Paid,
}
