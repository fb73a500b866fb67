//! `cohort-without-offer`: a cohort is sold by no offer.

use super::{Configuration, Rule, openings};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::CohortWithoutOffer,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    // An offer that could not be read may sell it.
    if configuration.index.has_unread("offer") {
        return;
    }
    for (document, _) in configuration.cohorts() {
        if openings::sellers(configuration, document).is_empty() {
            findings.push(
                Diagnostic::new(
                    Code::CohortWithoutOffer,
                    document.name_span(),
                    format!("no offer sells the cohort `{}`", document.address.name),
                )
                .label("sold by nothing")
                .why("a schedule takes effect through the offers that name the cohort")
                .help(format!(
                    "name it in an offer: `products: [{{ course: …, cohort: {} }}]`",
                    document.address.name
                ))
                .about(&document.address),
            );
        }
    }
}
