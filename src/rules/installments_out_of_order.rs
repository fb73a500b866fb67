//! `installments-out-of-order`: due dates are not strictly increasing.

use super::{Configuration, Rule, configuration, instalments};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::InstallmentsOutOfOrder,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, _, rows) in instalments::all(configuration) {
        let mut latest = None;
        for (at, row) in rows.iter().enumerate() {
            let path = instalments::path(at);
            let Some(due) = &row.due else {
                // A first row without a date is paid at once.
                if at > 0 {
                    findings.push(
                        Diagnostic::new(
                            Code::InstallmentsOutOfOrder,
                            configuration::value(document, &path),
                            format!("payment {} has no due date", at + 1),
                        )
                        .label("only the first is paid at once")
                        .why("a payment without a date is due with the purchase, before the ones above it")
                        .help("give it a `due` after the payment before it")
                        .about(&document.address),
                    );
                }
                continue;
            };
            let due = configuration.end(&due.0);
            let place = configuration::value(document, &path.key("due"));
            if let Some((before, span)) = latest
                && due <= before
            {
                findings.push(
                    Diagnostic::new(
                        Code::InstallmentsOutOfOrder,
                        place,
                        format!("payment {} is due no later than the one before it", at + 1),
                    )
                    .label("not later")
                    .why("due dates are strictly increasing: the platform takes the payments in this order")
                    .help("give it a later date, or order the payments by date")
                    .related(span, "the payment before it")
                    .about(&document.address),
                );
            }
            latest = Some((due, place));
        }
    }
}
