//! What follows from the form of a launch.

use crate::domain::schedule::later;
use crate::domain::zone::Zone;
use crate::kinds::Document;
use crate::kinds::Spec;
use crate::kinds::cohort::Launch;
use crate::kinds::offer::{AccessTerm, Offer};
use crate::model::{Instant, Moment};

/// The forms, in the order in which they are asked for.
pub const FORMS: &[Launch] = &[
    Launch::ScheduleOnly,
    Launch::CourseCopy,
    Launch::CourseEdited,
];

/// A form as it is written.
pub fn form_name(form: Launch) -> &'static str {
    match form {
        Launch::ScheduleOnly => "schedule-only",
        Launch::CourseCopy => "course-copy",
        Launch::CourseEdited => "course-edited",
    }
}

/// When a form applies, in a few words.
pub fn form_means(form: Launch) -> &'static str {
    match form {
        Launch::ScheduleOnly => "only dates change: new offers on the same course",
        Launch::CourseCopy => {
            "the content changes and the earlier cohort keeps its access: a copy of the course, and new offers on it"
        }
        Launch::CourseEdited => {
            "the content changes and the earlier cohort keeps no access: the course itself is edited, and new offers"
        }
    }
}

/// Until when a cohort has access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// To this instant.
    Until(Instant),
    /// Without end, or to who buys from a sale that does not close.
    Open,
}

/// The longest access that offers give; `None` if none says.
pub(super) fn reach<'a>(offers: impl Iterator<Item = &'a Offer>, zone: &Zone) -> Option<Reach> {
    let end = |moment: &Moment| match moment {
        Moment::Local(local) => zone.instant(*local),
        Moment::Offset(time) => time.to_utc(),
        Moment::Date(day) => zone.end_of_day(*day),
    };
    let reaches = offers.flat_map(|offer| {
        let closes = offer.sale.set().and_then(|sale| sale.closes.set());
        let products = offer.products.set().into_iter().flatten();
        products.filter_map(move |product| match product.access.set()? {
            AccessTerm::Unlimited => Some(Reach::Open),
            AccessTerm::Until(until) => Some(Reach::Until(end(&until.0))),
            AccessTerm::For(term) => match closes {
                None => Some(Reach::Open),
                Some(closes) => later(end(&closes.0), *term, zone).map(Reach::Until),
            },
        })
    });
    reaches.max()
}

/// What follows from a form, a sentence each.
pub(super) fn of(
    form: Launch,
    before: &Document,
    course: &str,
    copy: Option<&str>,
    starts: Instant,
    reach: Option<Reach>,
    zone: &Zone,
) -> Vec<String> {
    let earlier = &before.address;
    match form {
        Launch::ScheduleOnly => vec![
            format!("the course {course} stays as it is; the new offers have their own dates"),
            format!("{earlier} keeps its offers, its dates and its access"),
        ],
        Launch::CourseCopy => vec![
            format!(
                "the new offers sell {}, a copy of {course}: change the content there",
                copy.unwrap_or("the copy")
            ),
            format!("{earlier} keeps {course} as it is; progress does not go over to the copy"),
        ],
        Launch::CourseEdited => {
            let reaches = match reach {
                Some(Reach::Until(until)) if until <= starts => format!(
                    "the access of {earlier} ends {}, before the start: edit the course after that",
                    zone.local(until).format("%Y-%m-%d %H:%M")
                ),
                Some(Reach::Until(until)) => format!(
                    "the access of {earlier} reaches to {}, past the start: its clients see every edit until then",
                    zone.local(until).format("%Y-%m-%d %H:%M")
                ),
                Some(Reach::Open) => format!(
                    "the access of {earlier} has no end: its clients see every edit; `course-copy` would spare them"
                ),
                None => format!("until when {earlier} has access is not said in its offers"),
            };
            vec![
                format!("the course {course} itself changes, for everyone who has access to it"),
                reaches,
            ]
        }
    }
}

/// The typed offer of a document.
pub(super) fn offer(document: &Document) -> Option<&Offer> {
    match &document.spec {
        Spec::Offer(offer) => Some(offer),
        _ => None,
    }
}
