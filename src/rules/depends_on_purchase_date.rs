//! `depends-on-purchase-date`: a module and its lesson mix absolute and relative openings.

use super::release::{self, Order, Origin};
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::DependsOnPurchaseDate,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, _) in configuration.cohorts() {
        let Some(release) = release::of_cohort(configuration, document) else {
            continue;
        };
        for (module, lesson) in release.pairs() {
            if release::order(module.opens, lesson.opens) != Order::Mixed {
                continue;
            }
            let (place, other) = match lesson.origin {
                Origin::Written | Origin::Counted => (lesson.place, module.place),
                Origin::Course => (module.place, lesson.place),
            };
            findings.push(
                Diagnostic::new(
                    Code::DependsOnPurchaseDate,
                    place,
                    format!(
                        "when {} opens depends on when a client buys",
                        release.what(lesson)
                    ),
                )
                .why(format!(
                    "its module opens {}, the lesson {}: which is later differs from client to client",
                    release::show(configuration, module.opens),
                    release::show(configuration, lesson.opens)
                ))
                .help("make both absolute, or count both from access")
                .related(other, "the other opening")
                .about(&document.address),
            );
        }
    }
}
