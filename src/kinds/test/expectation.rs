//! What must be so in a test.

use super::super::forms::by_form;
use super::{link_address, link_address_key, link_lesson, link_lesson_key};
use crate::kinds::{
    At, BuyableAddress, CourseLesson, Links, PassAddress, Points, Price, Reference, Strength,
    Times, Until,
};
use crate::model::{Name, Path};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

/// What must be so of a person. What is not named is not looked at; `[]` means "none".
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expectation {
    /// The lists that the person is in now, all of them, in any order.
    pub lists: Option<Vec<Reference>>,
    /// The letters that the person has been sent so far, all of them, in the order sent.
    pub letters: Option<Vec<Reference>>,
    /// What an offer costs the person now.
    pub price: Option<PriceExpectation>,
    /// Whether the person can use a coupon now, by the coupon's name.
    pub can_use: Option<IndexMap<Name, bool>>,
    /// Whether the person can buy something now, by its address.
    pub can_buy: Option<IndexMap<BuyableAddress, CanBuy>>,
    /// Whether a lesson is open for the person now: `web-dev/css/flexbox`.
    pub lessons: Option<IndexMap<CourseLesson, bool>>,
    /// When a lesson opens for the person: `web-dev/css/flexbox`.
    pub opens: Option<IndexMap<CourseLesson, At>>,
    /// What the person has been told of so far.
    pub notified: Option<Notified>,
    /// The person's orders, all of them, oldest first.
    pub orders: Option<Vec<OrderExpectation>>,
    /// The person's access now, by course.
    pub access: Option<IndexMap<Name, AccessExpectation>>,
    /// The person's points, by course.
    pub points: Option<IndexMap<Name, Points>>,
}

/// What an offer costs.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceExpectation {
    /// The offer.
    pub offer: Reference,
    /// With this coupon; without one, if absent.
    pub coupon: Option<Reference>,
    /// The price.
    pub is: Price,
}

/// Whether something can be bought: `true`, `false`, or with the reason.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum CanBuy {
    /// Whether it can.
    Is(bool),
    /// Whether it can, and why not.
    Because(Purchase),
}

by_form!(
    CanBuy,
    "`true`, `false`, or `{ is: false, because: … }`",
    truth CanBuy::Is,
    map Purchase => |purchase| Ok(CanBuy::Because(purchase)),
);

/// Whether something can be bought, and why not.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Purchase {
    /// Whether it can.
    pub is: bool,
    /// The first reason that holds.
    pub because: Option<Because>,
    /// In a pack, the item that is in the way.
    pub item: Option<PassAddress>,
}

/// Why something cannot be bought. Of several reasons the first in this order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// It is not for sale.
    NotForSale,
    /// Its sale has not begun.
    SaleNotOpen,
    /// Its sale has ended.
    SaleEnded,
    /// It is for new members only.
    NewMembersOnly,
    /// The person has none of the tags allowed.
    TagRequired,
    /// The person has a tag that is denied.
    TagDenied,
    /// It has a price and no payment method is on.
    NoWayToPay,
}

/// What a person has been told of: lessons that opened.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Notified {
    /// By e-mail.
    pub email: Option<Vec<CourseLesson>>,
    /// By the bell on the page.
    pub bell: Option<Vec<CourseLesson>>,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderExpectation {
    /// The offer, or the one that its copy was made from.
    pub offer: Reference,
    /// What it costs.
    pub price: Option<Price>,
    /// Whether it is paid.
    pub paid: Option<bool>,
    /// Whether it follows its own "Copy system" of the offer.
    pub copy_of_offer: Option<bool>,
}

/// Access to a course: `true`, `false`, `unlimited`, or its end.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum AccessExpectation {
    /// Whether there is any.
    Is(bool),
    /// The word `unlimited`.
    Unlimited(UnlimitedWord),
    /// Up to this end.
    Until(AccessUntil),
}

by_form!(
    AccessExpectation,
    "`true`, `false`, `unlimited`, or `{ until: … }`",
    text |text| match text {
        "unlimited" => Ok(AccessExpectation::Unlimited(UnlimitedWord::Unlimited)),
        _ => Err("access is `true`, `false`, `unlimited`, or `{ until: … }`".to_owned()),
    },
    truth AccessExpectation::Is,
    map AccessUntil => |until| Ok(AccessExpectation::Until(until)),
);

/// The word `unlimited`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum UnlimitedWord {
    /// Without end.
    Unlimited,
}

/// Access that ends.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessUntil {
    /// Its end.
    pub until: Until,
}

impl Expectation {
    /// Names the times of the expectation at `path`.
    pub(super) fn times(&self, path: &Path, times: &mut Times) {
        for (lesson, opens) in self.opens.iter().flatten() {
            times.at(path.key("opens").key(&lesson.to_string()), *opens);
        }
        for (course, access) in self.access.iter().flatten() {
            if let AccessExpectation::Until(AccessUntil { until }) = access {
                let path = path.key("access").key(course.as_str());
                times.end(path.key("until"), *until);
            }
        }
    }

    /// Names what the expectation at `path` refers to.
    pub(super) fn links(&self, path: &Path, links: &mut Links) {
        let Expectation {
            lists,
            letters,
            price,
            can_use,
            can_buy,
            lessons,
            opens,
            notified,
            orders,
            access,
            points,
        } = self;
        for (key, kind, all) in [("lists", "list", lists), ("letters", "letter", letters)] {
            for (at, to) in all.iter().flatten().enumerate() {
                links.push(path.key(key).index(at), kind, to, Strength::Compiler);
            }
        }
        if let Some(PriceExpectation {
            offer,
            coupon,
            is: _,
        }) = price
        {
            let path = path.key("price");
            links.push(path.key("offer"), "offer", offer, Strength::Compiler);
            if let Some(coupon) = coupon {
                links.push(path.key("coupon"), "coupon", coupon, Strength::Compiler);
            }
        }
        for coupon in can_use.iter().flat_map(IndexMap::keys) {
            let path = path.key("can_use").key(coupon.as_str());
            links.push_key(path, "coupon", coupon, Strength::Compiler);
        }
        for (address, answer) in can_buy.iter().flatten() {
            let path = path.key("can_buy").key(&address.0.to_string());
            link_address_key(path.clone(), &address.0, links);
            if let CanBuy::Because(Purchase {
                item: Some(item), ..
            }) = answer
            {
                link_address(path.key("item"), &item.0, links);
            }
        }
        let open = lessons.iter().flat_map(IndexMap::keys);
        for lesson in open {
            link_lesson_key(path.key("lessons").key(&lesson.to_string()), lesson, links);
        }
        for lesson in opens.iter().flat_map(IndexMap::keys) {
            link_lesson_key(path.key("opens").key(&lesson.to_string()), lesson, links);
        }
        if let Some(Notified { email, bell }) = notified {
            for (key, told) in [("email", email), ("bell", bell)] {
                for (at, lesson) in told.iter().flatten().enumerate() {
                    link_lesson(path.key("notified").key(key).index(at), lesson, links);
                }
            }
        }
        for (at, order) in orders.iter().flatten().enumerate() {
            let path = path.key("orders").index(at).key("offer");
            links.push(path, "offer", &order.offer, Strength::Compiler);
        }
        let by_course = [
            (
                "access",
                access.as_ref().map(|map| map.keys().collect::<Vec<_>>()),
            ),
            ("points", points.as_ref().map(|map| map.keys().collect())),
        ];
        for (key, courses) in by_course {
            for course in courses.into_iter().flatten() {
                let path = path.key(key).key(course.as_str());
                links.push_key(path, "course", course, Strength::Compiler);
            }
        }
    }
}
