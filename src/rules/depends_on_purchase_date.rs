//! `depends-on-purchase-date`: the order of openings depends on when a client buys.

use super::{Configuration, Rule, openings};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::Opens;

pub(super) const RULE: Rule = Rule {
    code: Code::DependsOnPurchaseDate,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        for module in openings::of(configuration, document, cohort)
            .into_iter()
            .flatten()
        {
            let Some(of_module) = module.opening else {
                continue;
            };
            for (lesson, opening) in &module.lessons {
                let Some(opening) = opening else {
                    continue;
                };
                let (which, instant) = match (opening.opens, of_module.opens) {
                    (Opens::AfterAccess { .. }, Opens::At(instant)) => ("its module", instant),
                    (Opens::At(instant), Opens::AfterAccess { .. }) => ("the lesson", instant),
                    (Opens::At(_), Opens::At(_))
                    | (Opens::AfterAccess { .. }, Opens::AfterAccess { .. }) => continue,
                };
                findings.push(
                    Diagnostic::new(
                        Code::DependsOnPurchaseDate,
                        opening.span,
                        format!(
                            "whether `{}` or its module opens first depends on when a client buys",
                            lesson.name.as_str()
                        ),
                    )
                    .label("the one is a date, the other counts from access")
                    .why(format!(
                        "{which} opens {}; the other so many days after each client's access, and the later of both counts",
                        configuration.show(instant)
                    ))
                    .help("count both from access, or give both dates")
                    .related(of_module.span, "its module")
                    .about(&document.address),
                );
            }
        }
    }
}
