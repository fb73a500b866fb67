//! What is said of a plan, as data: it is shown, saved and read back.

use crate::kinds::{WireInstant, WireMoney};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a plan means for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Consequences {
    /// What each change means, in the order of addresses.
    pub of: Vec<Consequence>,
    /// Prices that change, by offer and way to buy.
    pub prices: Vec<Price>,
    /// How many people and orders all changes together reach, by what is counted.
    pub reach: Vec<Reach>,
    /// The first instant at which waiting changes the result.
    pub must_be_applied_before: Option<Deadline>,
}

impl Consequences {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        let Consequences {
            of,
            prices,
            reach,
            must_be_applied_before,
        } = self;
        of.is_empty() && prices.is_empty() && reach.is_empty() && must_be_applied_before.is_none()
    }
}

/// What a change means for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Consequence {
    /// The object that changes.
    pub address: String,
    /// What is meant, as a code.
    pub about: About,
    /// What is counted, if something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<Counted>,
    /// How many; null where the platform does not tell.
    #[serde(default)]
    pub count: Option<u64>,
    /// When, if it is at an instant.
    #[serde(default)]
    pub at: Option<WireInstant>,
    /// The same for people, in the project's time zone.
    pub text: String,
    /// What makes this one different from others of its code, for telling a saved plan from a stale one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<i64>,
}

/// What a consequence is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Who follows what changes.
    Reach,
    /// Clients on a private copy, who do not see the change.
    Copies,
    /// Orders that keep the price that they were made at.
    UnpaidOrders,
    /// It is on sale at the moment of the plan.
    OnSaleNow,
    /// Access ends earlier than it did.
    AccessShortened,
    /// Lessons that are open now close.
    LessonsClosed,
    /// Who is told when what follows opens.
    Notified,
    /// Something opens, or opens at another time.
    Opening,
    /// What buyers of earlier offers on the same course keep.
    EarlierCohort,
    /// How many people are in a list that takes the place of another.
    NewList,
    /// Whether entering a new list counts as an event.
    EntryEvents,
    /// Who is in a list already, or has done already what starts a scenario, and gets nothing.
    NotReached,
    /// Waits that are pending in a scenario.
    PendingWaits,
    /// What clients keep of what leaves.
    Kept,
    /// What will be sent from now on.
    Sent,
}

/// What is counted.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Clients of offers.
    Clients,
    /// Orders that are not paid.
    UnpaidOrders,
    /// Members of lists.
    Members,
    /// Times that coupons were used.
    Uses,
}

impl Counted {
    /// In words, for a number of them.
    pub fn words(self, count: Option<u64>) -> &'static str {
        match (self, count) {
            (Counted::Clients, Some(1)) => "client",
            (Counted::Clients, _) => "clients",
            (Counted::UnpaidOrders, Some(1)) => "unpaid order",
            (Counted::UnpaidOrders, _) => "unpaid orders",
            (Counted::Members, Some(1)) => "list member",
            (Counted::Members, _) => "list members",
            (Counted::Uses, Some(1)) => "use of a coupon",
            (Counted::Uses, _) => "uses of coupons",
        }
    }
}

/// A price before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// The object whose change it follows from.
    pub address: String,
    /// What is bought: an address, or the title of what is not managed.
    pub of: String,
    /// How it is bought.
    pub way: Way,
    /// The coupon's code, where one is used.
    #[serde(default)]
    pub coupon: Option<String>,
    /// The price before; null where it cannot be bought like this.
    pub before: Option<WireMoney>,
    /// The price after; null where it cannot be bought like this.
    pub after: Option<WireMoney>,
}

/// How something is bought.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// At the regular price.
    Full,
    /// While the promotion lasts.
    Promotion,
    /// With a coupon, at the regular price.
    Coupon,
    /// With a coupon, while the promotion lasts.
    CouponInPromotion,
}

/// How many people or orders all changes together reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reach {
    /// What is counted. A client of two offers counts twice.
    pub what: Counted,
    /// As many as the platform tells of.
    pub count: u64,
    /// Whether there may be more, of whom it does not tell.
    pub is_complete: bool,
}

/// Until when a plan must be applied to have the result that it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deadline {
    /// The instant.
    pub at: WireInstant,
    /// The object that changes.
    pub address: String,
    /// What happens then.
    pub why: String,
    /// The instant for people, in the project's time zone.
    pub text: String,
}
