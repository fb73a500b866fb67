//! What people and the school do in a test.

use super::super::durations::{Counts, check_duration};
use super::super::forms::by_form;
use super::{link_address, link_lesson};
use crate::diag::Diagnostics;
use crate::kinds::offer::AccessTerm;
use crate::kinds::scenario::Nothing;
use crate::kinds::{
    CourseLesson, DocumentPlaces, Links, PassAddress, PersonName, Price, Reference, Strength, Text,
    Times, WholeNumber,
};
use crate::model::{Duration, Path};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// What happens at one moment: one deed of each person, by name, and one of the school's staff.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub struct Deeds {
    /// What the school does.
    pub staff: Option<StaffDeed>,
    /// What people do.
    #[schemars(flatten)]
    pub people: IndexMap<PersonName, Deed>,
}

/// By hand: below serde's `flatten` errors lose their places.
impl<'de> Deserialize<'de> for Deeds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DeedsVisitor;

        impl<'de> Visitor<'de> for DeedsVisitor {
            type Value = Deeds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping of people to what they do")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Deeds, A::Error> {
                let mut deeds = Deeds::default();
                while let Some(doer) = map.next_key()? {
                    match doer {
                        Doer::Staff => deeds.staff = map.next_value()?,
                        Doer::Person(name) => {
                            deeds.people.insert(name, map.next_value()?);
                        }
                    }
                }
                Ok(deeds)
            }
        }

        deserializer.deserialize_map(DeedsVisitor)
    }
}

/// Who does something.
enum Doer {
    Staff,
    Person(PersonName),
}

by_form!(
    Doer,
    "the name of a person of this test, or `staff`",
    text | text
        | match text {
            "staff" => Ok(Doer::Staff),
            _ => text.parse().map(Doer::Person),
        }
);

/// What a person does: a map with exactly one key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Opens the page of this offer: an unpaid order is made.
    OpensOffer(Reference),
    /// Fills in the form of this offer: an unpaid order is made.
    SubmitsForm(Reference),
    /// Comes back from the payment page of this offer without having paid: a new order is made.
    ReturnsFromPayment(Reference),
    /// Pays an order.
    Pays(Pays),
    /// Buys a pass or a pack: `pass.discovery`.
    Buys(PassAddress),
    /// Completes a lesson: `web-dev/css/flexbox`.
    Completes(CourseLesson),
    /// Visits a page, by its address.
    Visits(Text),
    /// Logs in.
    LogsIn(Nothing),
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pays {
    /// The offer.
    pub offer: Reference,
    /// The coupon that the person types.
    pub coupon: Option<Reference>,
    /// Which of the person's orders of this offer, from 1; the latest, if absent.
    pub order: Option<WholeNumber>,
}

/// What the school does to a person: a map with exactly one key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StaffDeed {
    /// Makes an order by hand.
    CreatesOrder(OrderByStaff),
    /// Edits an order: one that was made automatically gets its own copy of the offer.
    EditsOrder(EditsOrder),
    /// Extends access.
    Extends(Extends),
    /// Freezes access.
    Freezes(Freezes),
    /// Gives a tag.
    Tags(TagsPerson),
    /// Takes a tag away.
    Untags(TagsPerson),
}

/// An order that the school makes.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderByStaff {
    /// For whom.
    pub person: PersonName,
    /// Of which offer.
    pub offer: Reference,
    /// What it costs; the offer's price, if absent.
    pub price: Option<Price>,
    /// Whether it counts as paid at once; no, if absent.
    pub paid: Option<bool>,
}

/// An edit of an order.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditsOrder {
    /// Whose order.
    pub person: PersonName,
    /// Of which offer.
    pub offer: Reference,
    /// Which of the person's orders of this offer, from 1; the latest, if absent.
    pub order: Option<WholeNumber>,
    /// The new price of the order.
    pub price: Option<Price>,
    /// The new term of access.
    pub access: Option<AccessTerm>,
}

/// More access for one person.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extends {
    /// Whose access.
    pub person: PersonName,
    /// The offer that gave it.
    pub offer: Reference,
    /// By how many calendar days, weeks or months.
    pub by: Duration,
}

/// Access that rests.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freezes {
    /// Whose access.
    pub person: PersonName,
    /// The offer that gave it.
    pub offer: Reference,
    /// For how many calendar days, weeks or months; its end moves by as much.
    #[serde(rename = "for")]
    pub for_: Duration,
}

/// A tag of a person.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TagsPerson {
    /// Whose.
    pub person: PersonName,
    /// The tag.
    pub tag: Text,
}

impl Deeds {
    /// Reports durations that the platform cannot hold.
    pub(super) fn check(
        &self,
        path: &Path,
        document: &DocumentPlaces<'_>,
        findings: &mut Diagnostics,
    ) {
        let Some(deed) = &self.staff else { return };
        let path = path.key("staff").key(deed.verb());
        let (duration, path) = match deed {
            StaffDeed::Extends(Extends { by, .. }) => (*by, path.key("by")),
            StaffDeed::Freezes(Freezes { for_, .. }) => (*for_, path.key("for")),
            StaffDeed::EditsOrder(EditsOrder {
                access: Some(AccessTerm::For(length)),
                ..
            }) => (*length, path.key("access").key("for")),
            StaffDeed::EditsOrder(_)
            | StaffDeed::CreatesOrder(_)
            | StaffDeed::Tags(_)
            | StaffDeed::Untags(_) => return,
        };
        let counts = Counts::CalendarFromOneDay;
        check_duration(duration, counts, document, &path, findings);
    }

    /// Names the times of the deeds at `path`.
    pub(super) fn times(&self, path: &Path, times: &mut Times) {
        if let Some(
            deed @ StaffDeed::EditsOrder(EditsOrder {
                access: Some(AccessTerm::Until(until)),
                ..
            }),
        ) = &self.staff
        {
            let path = path.key("staff").key(deed.verb());
            times.end(path.key("access").key("until"), *until);
        }
    }

    /// Names what the deeds at `path` refer to.
    pub(super) fn links(&self, path: &Path, links: &mut Links) {
        let Deeds { staff, people } = self;
        for (name, deed) in people {
            deed.links(&path.key(name.0.as_str()), links);
        }
        if let Some(deed) = staff {
            let path = path.key("staff").key(deed.verb()).key("offer");
            if let Some(offer) = deed.offer() {
                links.push(path, "offer", offer, Strength::Compiler);
            }
        }
    }
}

impl Deed {
    fn links(&self, path: &Path, links: &mut Links) {
        let mut offer = |key: &str, offer: &Reference| {
            links.push(path.key(key), "offer", offer, Strength::Compiler);
        };
        match self {
            Deed::OpensOffer(to) => offer("opens_offer", to),
            Deed::SubmitsForm(to) => offer("submits_form", to),
            Deed::ReturnsFromPayment(to) => offer("returns_from_payment", to),
            Deed::Pays(Pays {
                offer,
                coupon,
                order: _,
            }) => {
                let path = path.key("pays");
                links.push(path.key("offer"), "offer", offer, Strength::Compiler);
                if let Some(coupon) = coupon {
                    links.push(path.key("coupon"), "coupon", coupon, Strength::Compiler);
                }
            }
            Deed::Buys(address) => link_address(path.key("buys"), &address.0, links),
            Deed::Completes(lesson) => link_lesson(path.key("completes"), lesson, links),
            Deed::Visits(_) | Deed::LogsIn(Nothing {}) => {}
        }
    }
}

impl StaffDeed {
    /// The key under which it is written.
    pub fn verb(&self) -> &'static str {
        match self {
            StaffDeed::CreatesOrder(_) => "creates_order",
            StaffDeed::EditsOrder(_) => "edits_order",
            StaffDeed::Extends(_) => "extends",
            StaffDeed::Freezes(_) => "freezes",
            StaffDeed::Tags(_) => "tags",
            StaffDeed::Untags(_) => "untags",
        }
    }

    /// To whom it is done.
    pub fn person(&self) -> &PersonName {
        match self {
            StaffDeed::CreatesOrder(OrderByStaff { person, .. })
            | StaffDeed::EditsOrder(EditsOrder { person, .. })
            | StaffDeed::Extends(Extends { person, .. })
            | StaffDeed::Freezes(Freezes { person, .. })
            | StaffDeed::Tags(TagsPerson { person, .. })
            | StaffDeed::Untags(TagsPerson { person, .. }) => person,
        }
    }

    fn offer(&self) -> Option<&Reference> {
        match self {
            StaffDeed::CreatesOrder(OrderByStaff { offer, .. })
            | StaffDeed::EditsOrder(EditsOrder { offer, .. })
            | StaffDeed::Extends(Extends { offer, .. })
            | StaffDeed::Freezes(Freezes { offer, .. }) => Some(offer),
            StaffDeed::Tags(_) | StaffDeed::Untags(_) => None,
        }
    }
}
