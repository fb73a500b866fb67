//! `mini-product-without-progress`: a coupon is mailed on purchase alone.

use super::mailing::{Mailing, mailings, same};
use super::{Configuration, Rule, configuration, filters};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::offer::Offer;
use crate::kinds::scenario::Event;
use crate::kinds::{Bought, Document, Filter};
use crate::model::Path;
use crate::source::Span;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::MiniProductWithoutProgress,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    for mailing in mailings(configuration) {
        // A condition on the way to the letter may ask for progress.
        let on_the_way = mailing.scenario.triggers.iter().take(mailing.trigger + 1);
        if on_the_way
            .filter_map(|trigger| trigger.if_.as_ref())
            .any(filters::asks_for_progress)
        {
            continue;
        }
        let Some((place, bought)) = purchase(configuration, &mailing) else {
            continue;
        };
        let offers = mailing.offers_of_letter(configuration);
        let is_other = |(document, offer): &(&Document, &Offer)| match &bought {
            Bought::Offer(bought) => bought
                .name()
                .is_some_and(|name| name.as_str() != &*document.address.name),
            Bought::Course(course) => {
                let products = offer.products.set();
                products.is_some_and(|products| {
                    products
                        .iter()
                        .all(|product| !same(&product.course, course))
                })
            }
        };
        if !offers.iter().any(is_other) || !said.insert(place) {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::MiniProductWithoutProgress,
                place,
                format!("`{}` is mailed on a purchase alone", mailing.coupon.0.address.name),
            )
            .label("bought, and perhaps never opened")
            .why("a client who has finished a lesson has seen what the course is worth; who has only paid has not")
            .help("ask for at least one lesson: `lessons_completed: { course: …, at_least: 1 }`")
            .related(
                configuration::value(mailing.document, &mailing.path()),
                "a coupon for another offer",
            )
            .about(&mailing.document.address),
        );
    }
}

/// The purchase on which a mailing hangs, and where it is written.
fn purchase(configuration: &Configuration<'_>, mailing: &Mailing<'_>) -> Option<(Span, Bought)> {
    match mailing.event()? {
        Event::PaidOrder(of) => {
            let when = Path::root().key("triggers").index(0).key("when");
            let place = configuration::key(mailing.document, &when.key("paid_order"));
            Some((place, Bought::Offer(of.offer.clone())))
        }
        Event::EnteredList(list) => {
            let (segment, spec) = configuration.list(list)?;
            let filter = spec.where_.set()?;
            if filters::asks_for_progress(filter) {
                return None;
            }
            let mut bought = Vec::new();
            let mut several = false;
            filters::walk_asked(
                filter,
                &Path::root().key("where"),
                &mut |filter, path| match filter {
                    Filter::Bought(what) => bought.push((path.key("bought"), what)),
                    Filter::Purchases(purchases) => several |= purchases.at_least.0 >= 2,
                    _ => {}
                },
            );
            let [(path, what)] = bought.as_slice() else {
                return None;
            };
            (!several).then(|| (configuration::key(segment, path), (*what).clone()))
        }
        Event::UnpaidOrder(_)
        | Event::Registered(_)
        | Event::CompletedLesson(_)
        | Event::CompletedCourse(_)
        | Event::Inactive(_) => None,
    }
}
