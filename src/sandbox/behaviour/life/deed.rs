//! What a person does, as a request says it.

use crate::domain::world::{Buyable, Command, CouponRefusal, Id, Refusal as Refused};
use crate::kinds::test::Because;
use crate::model::Duration;
use crate::sandbox::answer::Refusal;
use serde::Deserialize;
use serde_json::Value;

/// A deed: a map with one key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Deed {
    OpensOffer(Id),
    SubmitsForm(Id),
    ReturnsFromPayment(Id),
    Pays(Pays),
    Buys(Buys),
    Completes(Completes),
    Visits(String),
    LogsIn(Nothing),
    Extends(Extends),
    Freezes(Freezes),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pays {
    offer_id: Id,
    #[serde(default)]
    coupon_id: Option<Id>,
    #[serde(default)]
    order: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Buys {
    PassId(Id),
    PackId(Id),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Completes {
    course_id: Id,
    lesson_id: Id,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extends {
    offer_id: Id,
    by: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Freezes {
    offer_id: Id,
    #[serde(rename = "for")]
    length: String,
}

/// The command that a request means.
pub(in crate::sandbox) fn command(deed: &Value) -> Result<Command, Refusal> {
    let deed: Deed = serde_path_to_error::deserialize(deed).map_err(|error| {
        let field = match error.path().to_string().as_str() {
            "" | "." => "deed".to_owned(),
            path => format!("deed.{path}"),
        };
        Refusal::invalid(field, error.inner().to_string())
    })?;
    let duration = |field: &str, text: &str| -> Result<Duration, Refusal> {
        text.parse()
            .map_err(|_| Refusal::invalid(field, "is no length of time: `7d`, `6mo`"))
    };
    Ok(match deed {
        Deed::OpensOffer(offer) | Deed::SubmitsForm(offer) | Deed::ReturnsFromPayment(offer) => {
            Command::OpensOffer(offer)
        }
        Deed::Pays(Pays {
            offer_id,
            coupon_id,
            order,
        }) => Command::Pays {
            offer: offer_id,
            coupon: coupon_id,
            order,
        },
        Deed::Buys(Buys::PassId(id)) => Command::Buys(Buyable::Pass(id)),
        Deed::Buys(Buys::PackId(id)) => Command::Buys(Buyable::Pack(id)),
        Deed::Completes(Completes {
            course_id,
            lesson_id,
        }) => Command::Completes {
            course: course_id,
            lesson: lesson_id,
        },
        Deed::Visits(url) => Command::Visits(url),
        Deed::LogsIn(Nothing {}) => Command::LogsIn,
        Deed::Extends(Extends { offer_id, by }) => Command::Extends {
            offer: offer_id,
            by: duration("deed.extends.by", &by)?,
        },
        Deed::Freezes(Freezes { offer_id, length }) => Command::Freezes {
            offer: offer_id,
            length: duration("deed.freezes.for", &length)?,
        },
    })
}

/// Why the platform does not do it, as a fragment.
pub(super) fn refused(refusal: &Refused) -> String {
    match refusal {
        Refused::NoPerson => "is of a contact that does not exist".to_owned(),
        Refused::Barred(barred) => format!("cannot be done: {}", because(barred.because)),
        Refused::Coupon(refusal) => format!("is refused the coupon: {}", coupon(refusal)),
        Refused::NoOrder => "names an order that does not exist".to_owned(),
        Refused::Paid => "finds nothing left to pay".to_owned(),
        Refused::NoOffer => "names an offer that does not exist".to_owned(),
        Refused::NoLesson => "names a lesson that does not exist".to_owned(),
        Refused::NoAccess => "is of a lesson to which there is no access".to_owned(),
        Refused::Closed { .. } => "is of a lesson that is not open".to_owned(),
        Refused::NothingToExtend => "finds no access that the offer has given".to_owned(),
        Refused::Segment => "names a list that fills itself".to_owned(),
    }
}

fn because(because: Because) -> &'static str {
    match because {
        Because::NotForSale => "it is not for sale",
        Because::SaleNotOpen => "its sale has not begun",
        Because::SaleEnded => "its sale has ended",
        Because::NewMembersOnly => "it is for new members only",
        Because::TagRequired => "it asks for a tag",
        Because::TagDenied => "it denies a tag",
        Because::NoWayToPay => "there is no way to pay",
    }
}

fn coupon(refusal: &CouponRefusal) -> &'static str {
    match refusal {
        CouponRefusal::Unknown => "it does not exist",
        CouponRefusal::Disabled => "it is disabled",
        CouponRefusal::Ended(_) => "it has ended",
        CouponRefusal::UsedUp(_) => "it is used up",
        CouponRefusal::UsedByContact(_) => "the contact has used it already",
        CouponRefusal::NotInList(_) => "the contact is in none of its lists",
        CouponRefusal::NotAccepted => "the offer does not accept it",
        CouponRefusal::NothingAccepts => "nothing on sale accepts it",
        CouponRefusal::OtherCurrency => "it is in another currency",
        CouponRefusal::OnPromotion => "a promotion lasts",
    }
}
