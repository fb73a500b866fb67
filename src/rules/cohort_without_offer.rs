//! `cohort-without-offer`: a cohort is sold by no offer.

use super::release;
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::CohortWithoutOffer,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, _) in configuration.cohorts() {
        if release::sold(configuration, document).is_empty() {
            findings.push(
                Diagnostic::new(
                    Code::CohortWithoutOffer,
                    document.name_span(),
                    format!("{} is sold by no offer", document.address),
                )
                .why("a cohort's schedule reaches the platform only in the offers that name it")
                .help(format!(
                    "write `cohort: {}` in a product of an offer",
                    document.address.name
                ))
                .about(&document.address),
            );
        }
    }
}
