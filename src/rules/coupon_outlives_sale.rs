//! `coupon-outlives-sale`: a promised coupon can outlast the sale.

use super::mailing::mailings;
use super::{Configuration, Rule, configuration, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::CouponOutlivesSale,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    for mailing in mailings(configuration) {
        let (letter, spec) = mailing.letter;
        let Some(promised) = spec.about.valid_for else {
            continue;
        };
        let closing = mailing
            .offers(configuration)
            .into_iter()
            .find_map(|(offer, spec)| Some((offer, sale::window(configuration, spec).closes?)));
        let Some((offer, closes)) = closing else {
            continue;
        };
        if !said.insert(&letter.address) {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::CouponOutlivesSale,
                configuration::value(letter, &Path::root().key("about").key("valid_for")),
                format!("the promised {promised} can run past the end of the sale"),
            )
            .label("promised to everyone")
            .why(format!(
                "the sale of `{}` closes {}; who gets the letter in the last {promised} has less time",
                offer.address.name,
                configuration.show(closes)
            ))
            .help("pause the scenario that long before the sale closes, or say in the letter when the sale ends")
            .related(
                configuration::value(offer, &Path::root().key("sale").key("closes")),
                "the sale closes here",
            )
            .about(&letter.address),
        );
    }
}
