//! An offer on the platform.

use crate::kinds::{WireInstant, WireMoney};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Offer {
    /// What clients see.
    pub title: String,
    /// `draft`, `published` or `archived`.
    #[serde(default)]
    pub status: Status,
    /// Whether it is on the public list.
    #[serde(default = "yes")]
    pub listed: Option<bool>,
    /// The regular price.
    pub price: WireMoney,
    /// A lower price for a time.
    #[serde(default)]
    pub promotion: Option<Promotion>,
    /// How it can be paid.
    #[serde(default)]
    pub payment: Payment,
    /// When it can be bought.
    #[serde(default)]
    pub sale: Sale,
    /// What it gives access to.
    #[serde(default)]
    pub products: Vec<Product>,
    /// Which coupons it accepts: `none`, `any` or `chosen`.
    #[serde(default)]
    pub coupon_policy: CouponPolicy,
    /// The coupons of the policy `chosen`.
    #[serde(default)]
    pub coupon_ids: Vec<i64>,
    /// A surcharge offer.
    #[serde(default)]
    pub upgrade: Option<Upgrade>,
    /// An offer that renews access.
    #[serde(default)]
    pub renewal: Option<Renewal>,
    /// Offers that are shown beside it.
    #[serde(default)]
    pub cross_sell_offer_ids: Vec<i64>,
    /// Its public page.
    #[serde(default)]
    pub page: Page,
    /// What the client fills in.
    #[serde(default)]
    pub form: Form,
    /// What the client is sent.
    #[serde(default)]
    pub letters: Letters,
    /// What the platform keeps with the object and no one else knows.
    #[serde(default)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

fn yes() -> Option<bool> {
    Some(true)
}

/// Whether an offer is on sale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OfferStatus")]
pub enum Status {
    /// Not yet.
    #[default]
    Draft,
    /// On sale.
    Published,
    /// No longer.
    Archived,
}

/// A lower price for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Promotion {
    /// The price meanwhile.
    pub price: WireMoney,
    /// From this instant; at once, if null.
    #[serde(default)]
    pub starts_at: Option<WireInstant>,
    /// Up to this instant, exclusive; without end, if null.
    #[serde(default)]
    pub ends_at: Option<WireInstant>,
}

/// How an offer can be paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Payment {
    /// The whole price at once.
    #[serde(default = "yes")]
    pub full: Option<bool>,
    /// Equal parts.
    #[serde(default)]
    pub equal_installments: Option<EqualInstallments>,
    /// Parts of their own amounts and dates.
    #[serde(default)]
    pub installments: Vec<Installment>,
    /// Again and again.
    #[serde(default)]
    pub subscription: Option<Subscription>,
    /// Without logging in.
    #[serde(default)]
    pub without_login: Option<bool>,
}

impl Default for Payment {
    fn default() -> Self {
        Payment {
            full: yes(),
            equal_installments: None,
            installments: Vec::new(),
            subscription: None,
            without_login: None,
        }
    }
}

/// Equal parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EqualInstallments {
    /// How many.
    pub count: u64,
    /// The time from one to the next, `1mo`.
    pub every: String,
}

/// One part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Installment {
    /// How much.
    pub price: WireMoney,
    /// When it is due, exclusive; at once, if null.
    #[serde(default)]
    pub due_at: Option<WireInstant>,
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Subscription {
    /// The time from one payment to the next, `1mo`.
    pub every: String,
    /// `automatic` or `manual`.
    #[serde(default)]
    pub charge: Charge,
}

/// Who starts a subscription's payments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    /// The platform.
    #[default]
    Automatic,
    /// The client.
    Manual,
}

/// When an offer can be bought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sale {
    /// From this instant; always, if null.
    #[serde(default)]
    pub opens_at: Option<WireInstant>,
    /// Up to this instant, exclusive; without end, if null.
    #[serde(default)]
    pub closes_at: Option<WireInstant>,
}

/// Access to a course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Product {
    /// The course.
    pub course_id: i64,
    /// For how long.
    #[serde(default)]
    pub access: AccessTerm,
    /// To how much of it.
    #[serde(default)]
    pub content: Content,
    /// When its parts open.
    #[serde(default)]
    pub schedule: Schedule,
}

/// For how long access lasts: `{"kind": "unlimited"}`, `{"kind": "until", "ends_at": …}` or
/// `{"kind": "for", "length": "6mo"}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AccessTerm {
    /// Without end.
    #[default]
    Unlimited,
    /// Up to an instant, exclusive.
    Until {
        /// The instant.
        ends_at: WireInstant,
    },
    /// For a time from each participant's access.
    For {
        /// How long.
        length: String,
    },
}

/// How much of a course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Content {
    /// Everything.
    #[serde(default)]
    pub all: bool,
    /// Whole modules.
    #[serde(default)]
    pub module_ids: Vec<i64>,
    /// Single lessons.
    #[serde(default)]
    pub lesson_ids: Vec<i64>,
    /// Which content is added by itself: `none`, `all` or `modules`.
    #[serde(default)]
    pub new_content: NewContent,
    /// The modules of `modules`.
    #[serde(default)]
    pub new_content_module_ids: Vec<i64>,
}

impl Default for Content {
    fn default() -> Self {
        Content {
            all: true,
            module_ids: Vec::new(),
            lesson_ids: Vec::new(),
            new_content: NewContent::None,
            new_content_module_ids: Vec::new(),
        }
    }
}

/// Which content is added by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NewContent {
    /// Nothing.
    #[default]
    None,
    /// Everything.
    All,
    /// What comes into chosen modules.
    Modules,
}

/// When the parts of a product open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Schedule {
    /// `product`: as in the course; `own`: as in `openings`.
    #[serde(default)]
    pub source: ScheduleSource,
    /// What `own` starts from: `scratch` or `course` (a copy of the course's delays).
    #[serde(default)]
    pub base: ScheduleBase,
    /// The openings of `own`.
    #[serde(default)]
    pub openings: Vec<Opening>,
}

/// Whose delays count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleSource {
    /// The course's.
    #[default]
    Product,
    /// The offer's own.
    Own,
}

/// What own delays start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleBase {
    /// Nothing.
    #[default]
    Scratch,
    /// A copy of the course's.
    Course,
}

/// When a module or lesson opens: at an instant, or days after access.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Opening {
    /// The module.
    pub module_id: i64,
    /// The lesson in it; the module itself, if null.
    #[serde(default)]
    pub lesson_id: Option<i64>,
    /// At this instant.
    #[serde(default)]
    pub opens_at: Option<WireInstant>,
    /// So many days after each participant's access.
    #[serde(default)]
    pub after_days: Option<u32>,
    /// At this hour of that day, `09:00`; at the participant's own hour, if null.
    #[serde(default)]
    pub hour: Option<String>,
}

/// Which coupons an offer accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponPolicy {
    /// None.
    #[default]
    None,
    /// Every one.
    Any,
    /// The ones in `coupon_ids`.
    Chosen,
}

/// From one offer to a better one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Upgrade {
    /// What the client has.
    pub from_offer_id: i64,
    /// What the client gets.
    pub to_offer_id: i64,
}

/// More of the same access.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Renewal {
    /// The offer that is renewed.
    pub offer_id: i64,
    /// By how long, `3mo`.
    pub by: String,
}

/// An offer's public page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page {
    /// Its language, two letters; the client's own, if null.
    #[serde(default)]
    pub language: Option<String>,
}

/// What the client fills in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Form {
    /// The fields beside the e-mail address.
    #[serde(default)]
    pub fields: Vec<FormField>,
    /// Whether the client must consent to the processing of personal data.
    #[serde(default)]
    pub consent: Option<bool>,
    /// The address of the terms.
    #[serde(default)]
    pub terms_url: Option<String>,
}

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FormField {
    /// Its name.
    pub name: String,
    /// Whether it must be filled in.
    #[serde(default)]
    pub required: bool,
}

/// What the client is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Letters {
    /// When access begins.
    #[serde(default)]
    pub activation: LetterChoice,
    /// When the offer is paid.
    #[serde(default)]
    pub purchased: LetterChoice,
    /// When a payment fails.
    #[serde(default)]
    pub failed: LetterChoice,
    /// When a free offer is accepted.
    #[serde(default)]
    pub accepted_free: LetterChoice,
}

/// A letter: `{"mode": "default"}`, `{"mode": "none"}` or `{"mode": "letter", "letter_id": 7}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum LetterChoice {
    /// The platform's own.
    #[default]
    Default,
    /// None.
    None,
    /// This one.
    Letter {
        /// The letter.
        letter_id: i64,
    },
}
