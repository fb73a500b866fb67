//! `prepayment-after-start`: the payment after a prepayment is due after the cohort starts.

use super::{Configuration, Rule, configuration, instalments};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Instant, Moment, Path};

pub(super) const RULE: Rule = Rule {
    code: Code::PrepaymentAfterStart,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer, rows) in instalments::all(configuration) {
        let [first, second, ..] = rows else {
            continue;
        };
        let (None, Some(due)) = (&first.due, &second.due) else {
            continue;
        };
        let is_day = matches!(due.0, Moment::Date(_));
        let due = configuration.end(&due.0);
        let starts = offer
            .products
            .set()
            .into_iter()
            .flatten()
            .find_map(|product| {
                let (cohort, spec) = configuration.index.cohort(product.cohort.set()?)?;
                let starts = configuration.instant(&spec.starts.as_ref()?.0);
                (due > starts && !(is_day && is_that_day(configuration, due, starts)))
                    .then_some((cohort, starts))
            });
        let Some((cohort, starts)) = starts else {
            continue;
        };
        findings.push(
            Diagnostic::new(
                Code::PrepaymentAfterStart,
                configuration::value(document, &instalments::path(1).key("due")),
                "after a prepayment, the rest is due only after the cohort has started",
            )
            .label("after the start")
            .why("clients would study for the prepayment alone")
            .help(format!(
                "let it be due before {}",
                configuration.show(starts)
            ))
            .related(
                configuration::value(cohort, &Path::root().key("starts")),
                "the cohort starts here",
            )
            .about(&document.address),
        );
    }
}

/// Whether an exclusive end is that of the day on which something starts.
fn is_that_day(configuration: &Configuration<'_>, end: Instant, starts: Instant) -> bool {
    end == configuration
        .zone
        .end_of_day(configuration.zone.local(starts).date())
}
