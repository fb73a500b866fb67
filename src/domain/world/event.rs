//! What happens, and by whom.

use super::person::Buyable;
use super::school::Id;
use crate::kinds::test::Because;
use crate::model::{Instant, Money};

/// Something that happened to a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// To whom.
    pub person: Id,
    /// What.
    pub what: What,
    /// By whom or what.
    pub by: By,
}

/// By whom or what something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The person.
    Person,
    /// The school's staff.
    Staff,
    /// The platform, because the time has come.
    Time,
    /// A segment, because its conditions hold or no longer hold.
    Segment,
    /// A link of a scenario's chain.
    Scenario {
        /// The scenario.
        scenario: Id,
        /// The link, from 0.
        trigger: usize,
    },
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// An order is made.
    OrderMade {
        /// Its number.
        order: u64,
        /// Of which offer.
        offer: Id,
        /// What it costs, where that is known.
        price: Option<Money>,
    },
    /// The page of an offer sells nothing: no order is made.
    NothingSold {
        /// Of which offer.
        offer: Id,
        /// Why.
        because: Because,
    },
    /// A payment arrives.
    Paid {
        /// Of which order.
        order: u64,
        /// Of which offer.
        offer: Id,
        /// How much, where that is known.
        amount: Option<Money>,
        /// The coupon that was used.
        coupon: Option<Id>,
    },
    /// A part of a price or a period of a subscription is due and not paid.
    Overdue {
        /// Of which order.
        order: u64,
        /// Of which offer.
        offer: Id,
        /// How much, where that is known.
        amount: Option<Money>,
    },
    /// A pass or a pack is bought.
    Bought {
        /// What.
        what: Buyable,
    },
    /// Access to a course begins.
    AccessBegan {
        /// The course.
        course: Id,
        /// Its end, if it has one.
        ends: Option<Instant>,
    },
    /// Access to a course is prolonged.
    AccessExtended {
        /// The course.
        course: Id,
        /// Its new end, if it has one.
        ends: Option<Instant>,
    },
    /// Access to a course rests.
    AccessFrozen {
        /// The course.
        course: Id,
        /// Until then.
        until: Instant,
    },
    /// Access to a course ends.
    AccessEnded {
        /// The course.
        course: Id,
    },
    /// A lesson opens, and the person is told of it by e-mail and by the bell.
    LessonOpened {
        /// The course.
        course: Id,
        /// The lesson.
        lesson: Id,
    },
    /// A lesson is completed.
    Completed {
        /// The course.
        course: Id,
        /// The lesson.
        lesson: Id,
    },
    /// The last lesson of a course is completed.
    CompletedCourse {
        /// The course.
        course: Id,
    },
    /// The person registers.
    Registered,
    /// The person visits a page.
    Visited {
        /// Its address.
        url: String,
    },
    /// The person logs in.
    LoggedIn,
    /// The person gets a tag.
    Tagged {
        /// The tag.
        tag: String,
    },
    /// The person loses a tag.
    Untagged {
        /// The tag.
        tag: String,
    },
    /// The person comes into a list.
    Entered {
        /// The list.
        list: Id,
    },
    /// The person leaves a list.
    Left {
        /// The list.
        list: Id,
    },
    /// A letter is sent.
    LetterSent {
        /// The letter.
        letter: Id,
    },
    /// Points are awarded.
    Points {
        /// The course.
        course: Id,
        /// How many.
        points: u64,
    },
    /// An order gets its own "Copy system" of its offer.
    Copied {
        /// The order.
        order: u64,
        /// The offer.
        offer: Id,
    },
    /// A scenario begins for the person.
    Started {
        /// The scenario.
        scenario: Id,
    },
    /// A link of a chain waits.
    Waits {
        /// The scenario.
        scenario: Id,
        /// The link, from 0.
        trigger: usize,
        /// Until then.
        until: Instant,
    },
    /// A link's condition is looked at.
    Asked {
        /// The scenario.
        scenario: Id,
        /// The link, from 0.
        trigger: usize,
        /// Whether it holds; if not, the chain ends for this person.
        holds: bool,
    },
    /// A link acts.
    Acted {
        /// The scenario.
        scenario: Id,
        /// The link, from 0.
        trigger: usize,
    },
    /// A chain ends before its last link, because its order was paid.
    Cancelled {
        /// The scenario.
        scenario: Id,
        /// The link that did not act, from 0.
        trigger: usize,
    },
    /// More happens at one instant than ever should: the rest of it is left out.
    Runaway,
}

impl What {
    /// A word for machines.
    pub fn word(&self) -> &'static str {
        match self {
            What::OrderMade { .. } => "order_made",
            What::NothingSold { .. } => "nothing_sold",
            What::Paid { .. } => "paid",
            What::Overdue { .. } => "overdue",
            What::Bought { .. } => "bought",
            What::AccessBegan { .. } => "access_began",
            What::AccessExtended { .. } => "access_extended",
            What::AccessFrozen { .. } => "access_frozen",
            What::AccessEnded { .. } => "access_ended",
            What::LessonOpened { .. } => "lesson_opened",
            What::Completed { .. } => "lesson_completed",
            What::CompletedCourse { .. } => "course_completed",
            What::Registered => "registered",
            What::Visited { .. } => "visited",
            What::LoggedIn => "logged_in",
            What::Tagged { .. } => "tagged",
            What::Untagged { .. } => "untagged",
            What::Entered { .. } => "entered_list",
            What::Left { .. } => "left_list",
            What::LetterSent { .. } => "letter_sent",
            What::Points { .. } => "points",
            What::Copied { .. } => "copied",
            What::Started { .. } => "scenario_started",
            What::Waits { .. } => "waits",
            What::Asked { .. } => "condition",
            What::Acted { .. } => "acted",
            What::Cancelled { .. } => "cancelled",
            What::Runaway => "runaway",
        }
    }

    /// What it is about, by kind: the objects' ids, the order's number, the trigger from 1.
    pub fn about(&self) -> Vec<(&'static str, Id)> {
        let number = |number: u64| Id::try_from(number).unwrap_or(Id::MAX);
        let nth = |trigger: usize| Id::try_from(trigger).map_or(Id::MAX, |at| at + 1);
        match self {
            What::OrderMade { order, offer, .. }
            | What::Overdue { order, offer, .. }
            | What::Copied { order, offer } => vec![("order", number(*order)), ("offer", *offer)],
            What::Paid {
                order,
                offer,
                amount: _,
                coupon,
            } => {
                let mut about = vec![("order", number(*order)), ("offer", *offer)];
                about.extend(coupon.map(|coupon| ("coupon", coupon)));
                about
            }
            What::NothingSold { offer, .. } => vec![("offer", *offer)],
            What::Bought { what } => vec![match what {
                Buyable::Offer(id) => ("offer", *id),
                Buyable::Pass(id) => ("pass", *id),
                Buyable::Pack(id) => ("pack", *id),
            }],
            What::AccessBegan { course, .. }
            | What::AccessExtended { course, .. }
            | What::AccessFrozen { course, .. }
            | What::AccessEnded { course }
            | What::CompletedCourse { course }
            | What::Points { course, .. } => vec![("course", *course)],
            What::LessonOpened { course, lesson } | What::Completed { course, lesson } => {
                vec![("course", *course), ("lesson", *lesson)]
            }
            What::Entered { list } | What::Left { list } => vec![("list", *list)],
            What::LetterSent { letter } => vec![("letter", *letter)],
            What::Started { scenario } => vec![("scenario", *scenario)],
            What::Waits {
                scenario, trigger, ..
            }
            | What::Asked {
                scenario, trigger, ..
            }
            | What::Acted { scenario, trigger }
            | What::Cancelled { scenario, trigger } => {
                vec![("scenario", *scenario), ("trigger", nth(*trigger))]
            }
            What::Registered
            | What::Visited { .. }
            | What::LoggedIn
            | What::Tagged { .. }
            | What::Untagged { .. }
            | What::Runaway => Vec::new(),
        }
    }

    /// The scenario that it is a step of.
    pub fn scenario(&self) -> Option<Id> {
        let mut about = self.about().into_iter();
        about
            .find(|(kind, _)| *kind == "scenario")
            .map(|(_, id)| id)
    }

    /// The money in it, where it is known.
    pub fn amount(&self) -> Option<Money> {
        if let What::OrderMade { price: amount, .. }
        | What::Paid { amount, .. }
        | What::Overdue { amount, .. } = self
        {
            *amount
        } else {
            None
        }
    }
}
