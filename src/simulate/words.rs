//! What happens, in words.

use super::stage::Stage;
use crate::domain::world::{
    Barred, Buyable, By, CouponRefusal, Event, Id, NoPrice, NotOpen, PackItem, Refusal, What,
};
use crate::kinds::test::Because;
use crate::model::{Instant, Money};

/// A reason, as it is written in a test.
pub(super) fn because(because: Because) -> &'static str {
    match because {
        Because::NotForSale => "not-for-sale",
        Because::SaleNotOpen => "sale-not-open",
        Because::SaleEnded => "sale-ended",
        Because::NewMembersOnly => "new-members-only",
        Because::TagRequired => "tag-required",
        Because::TagDenied => "tag-denied",
        Because::NoWayToPay => "no-way-to-pay",
    }
}

impl Stage {
    /// An instant on the clocks of the project.
    pub fn time(&self, at: Instant) -> String {
        self.school
            .zone
            .local(at)
            .format("%Y-%m-%d %H:%M")
            .to_string()
    }

    /// What can be bought, by its address.
    pub(super) fn buyable(&self, what: Buyable) -> String {
        match what {
            Buyable::Offer(id) => format!("offer.{}", self.name("offer", id)),
            Buyable::Pass(id) => format!("pass.{}", self.name("pass", id)),
            Buyable::Pack(id) => format!("pack.{}", self.name("pack", id)),
        }
    }

    /// An item of a pack.
    pub(super) fn item(&self, item: PackItem) -> String {
        match item {
            PackItem::Pass(id) => format!("pass.{}", self.name("pass", id)),
            PackItem::Other { id, for_sale: _ } => format!("{{ other: {{ id: {id} }} }}"),
        }
    }

    /// Why something cannot be bought.
    pub(super) fn barred(&self, barred: Barred) -> String {
        let Barred { because: why, item } = barred;
        match item {
            Some(item) => format!("{} ({})", because(why), self.item(item)),
            None => because(why).to_owned(),
        }
    }

    /// Why a coupon is refused.
    pub(super) fn coupon_refusal(&self, refusal: &CouponRefusal) -> String {
        match refusal {
            CouponRefusal::Unknown => "there is no such coupon".to_owned(),
            CouponRefusal::Disabled => "it is disabled".to_owned(),
            CouponRefusal::Ended(at) => format!("it ended on {}", self.time(*at)),
            CouponRefusal::UsedUp(most) => format!("it has been used {most} times, its total"),
            CouponRefusal::UsedByContact(most) => {
                format!("this person has used it {most} times, as often as one may")
            }
            CouponRefusal::NotInList(lists) => {
                let lists: Vec<String> = lists
                    .iter()
                    .map(|list| format!("`{}`", self.name("list", *list)))
                    .collect();
                format!("not in list {}", lists.join(" nor "))
            }
            CouponRefusal::NotAccepted => "the offer does not accept it".to_owned(),
            CouponRefusal::NothingAccepts => "no offer that is on sale accepts it".to_owned(),
            CouponRefusal::OtherCurrency => {
                "its discount is in another currency than the price".to_owned()
            }
            CouponRefusal::OnPromotion => "a promotion lasts, and takes no coupons".to_owned(),
        }
    }

    /// Why there is no price.
    pub(super) fn no_price(&self, no: &NoPrice) -> String {
        match no {
            NoPrice::NoOffer => "the offer is not declared here".to_owned(),
            NoPrice::Unmanaged => "its `price` is not managed here".to_owned(),
            NoPrice::Coupon(refusal) => {
                format!("the coupon is refused: {}", self.coupon_refusal(refusal))
            }
        }
    }

    /// Why a lesson is not open.
    pub(super) fn not_open(&self, no: NotOpen, course: Id) -> String {
        match no {
            NotOpen::NoLesson => "the course has no such lesson".to_owned(),
            NotOpen::NoAccess => "nothing that was bought contains it".to_owned(),
            NotOpen::AccessEnded(at) => format!("access ended on {}", self.time(at)),
            NotOpen::Rests => "access rests".to_owned(),
            NotOpen::Opens(at) => format!("it opens on {}", self.time(at)),
            NotOpen::Checkpoint(lesson) => format!(
                "the checkpoint {} is not passed",
                self.lesson_name(course, lesson)
            ),
        }
    }

    /// Why something could not be done.
    pub(super) fn refusal(&self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::NoPerson => "nobody knows this person".to_owned(),
            Refusal::Barred(barred) => format!("it cannot be bought: {}", self.barred(*barred)),
            Refusal::Coupon(refusal) => {
                format!("the coupon is refused: {}", self.coupon_refusal(refusal))
            }
            Refusal::NoOrder => "there is no such order".to_owned(),
            Refusal::Paid => "there is nothing left to pay".to_owned(),
            Refusal::NoOffer => "the offer is not declared here".to_owned(),
            Refusal::NoLesson => "the course has no such lesson".to_owned(),
            Refusal::NoAccess => "there is no access to the lesson".to_owned(),
            Refusal::Closed { opens: Some(at) } => {
                format!("the lesson opens on {}", self.time(*at))
            }
            Refusal::Closed { opens: None } => "a checkpoint before it is not passed".to_owned(),
            Refusal::NothingToExtend => "the offer has given no access".to_owned(),
            Refusal::Segment => "the list fills itself".to_owned(),
        }
    }

    /// By what something happens, where it is no deed of the person's own.
    pub(super) fn by(&self, by: By) -> Option<String> {
        match by {
            By::Person | By::Time => None,
            By::Staff => Some("by the school".to_owned()),
            By::Segment => Some("by its conditions".to_owned()),
            By::Scenario { scenario, trigger } => Some(format!(
                "by scenario `{}`, trigger {}",
                self.name("scenario", scenario),
                trigger + 1
            )),
        }
    }

    /// What happened, as a sentence without its subject.
    pub(super) fn happened(&self, event: &Event) -> String {
        let money = |amount: &Option<Money>| match amount {
            Some(amount) => amount.to_string(),
            None => "a price that is not managed here".to_owned(),
        };
        let text = match &event.what {
            What::OrderMade {
                order,
                offer,
                price,
            } => format!(
                "order {order} of offer `{}` is made, for {}",
                self.name("offer", *offer),
                money(price)
            ),
            What::NothingSold {
                offer,
                because: why,
            } => format!(
                "the page of offer `{}` sells nothing: {}",
                self.name("offer", *offer),
                because(*why)
            ),
            What::Paid {
                order,
                offer,
                amount,
                coupon,
            } => {
                let with = match coupon {
                    Some(coupon) => {
                        format!(" with coupon `{}`", self.name("coupon", *coupon))
                    }
                    None => String::new(),
                };
                format!(
                    "{} is paid for order {order} of offer `{}`{with}",
                    money(amount),
                    self.name("offer", *offer)
                )
            }
            What::Overdue {
                order,
                offer,
                amount,
            } => format!(
                "{} of order {order} of offer `{}` is due and not paid",
                money(amount),
                self.name("offer", *offer)
            ),
            What::Bought { what } => format!("`{}` is bought", self.buyable(*what)),
            What::AccessBegan { course, ends } => format!(
                "access to course `{}` begins{}",
                self.name("course", *course),
                self.until(*ends)
            ),
            What::AccessExtended { course, ends } => format!(
                "access to course `{}` is prolonged{}",
                self.name("course", *course),
                self.until(*ends)
            ),
            What::AccessFrozen { course, until } => format!(
                "access to course `{}` rests until {}",
                self.name("course", *course),
                self.time(*until)
            ),
            What::AccessEnded { course } => {
                format!("access to course `{}` ends", self.name("course", *course))
            }
            What::LessonOpened { course, lesson } => format!(
                "lesson `{}` opens: an e-mail and a bell",
                self.lesson_name(*course, *lesson)
            ),
            What::Completed { course, lesson } => format!(
                "lesson `{}` is completed",
                self.lesson_name(*course, *lesson)
            ),
            What::CompletedCourse { course } => {
                format!("course `{}` is completed", self.name("course", *course))
            }
            What::Registered => "registers".to_owned(),
            What::Visited { url } => format!("visits {url}"),
            What::LoggedIn => "logs in".to_owned(),
            What::Tagged { tag } => format!("gets the tag `{tag}`"),
            What::Untagged { tag } => format!("loses the tag `{tag}`"),
            What::Entered { list } => format!("enters list `{}`", self.name("list", *list)),
            What::Left { list } => format!("leaves list `{}`", self.name("list", *list)),
            What::LetterSent { letter } => {
                format!("letter `{}` is sent", self.name("letter", *letter))
            }
            What::Points { course, points } => format!(
                "{points} points in course `{}`",
                self.name("course", *course)
            ),
            What::Copied { order, offer } => format!(
                "order {order} gets its own \"Copy system\" of offer `{}`",
                self.name("offer", *offer)
            ),
            What::Started { scenario } => {
                format!("scenario `{}` begins", self.name("scenario", *scenario))
            }
            What::Waits {
                scenario,
                trigger,
                until,
            } => format!(
                "scenario `{}`, trigger {}, waits until {}",
                self.name("scenario", *scenario),
                trigger + 1,
                self.time(*until)
            ),
            What::Asked {
                scenario,
                trigger,
                holds,
            } => format!(
                "scenario `{}`, trigger {}: its condition {}",
                self.name("scenario", *scenario),
                trigger + 1,
                if *holds {
                    "holds"
                } else {
                    "does not hold, the chain ends"
                }
            ),
            What::Acted { scenario, trigger } => format!(
                "scenario `{}`, trigger {}, acts",
                self.name("scenario", *scenario),
                trigger + 1
            ),
            What::Cancelled { scenario, trigger } => format!(
                "scenario `{}`, trigger {}: the order is paid, the chain ends",
                self.name("scenario", *scenario),
                trigger + 1
            ),
            What::Runaway => "too much happens at one instant: the rest is left out".to_owned(),
        };
        // A scenario's own steps say whose they are.
        let says_itself = matches!(
            event.what,
            What::Waits { .. } | What::Asked { .. } | What::Acted { .. } | What::Cancelled { .. }
        );
        match self.by(event.by).filter(|_| !says_itself) {
            Some(by) => format!("{text}, {by}"),
            None => text,
        }
    }

    fn until(&self, ends: Option<Instant>) -> String {
        match ends {
            Some(ends) => format!(", until {}", self.time(ends)),
            None => ", without end".to_owned(),
        }
    }
}
