//! `no-way-to-pay`: no payment method is on for a price above zero.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Field;
use crate::kinds::offer::Payment;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::NoWayToPay,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer) in configuration.offers() {
        let Some(price) = offer.price.set().filter(|price| price.0.minor > 0) else {
            continue;
        };
        let Some(Payment {
            full,
            installments,
            subscription,
            without_login: _,
        }) = offer.payment.set()
        else {
            continue;
        };
        // What is absent is left as it is on the platform: only a `full` that is off is known.
        let in_parts = installments.set().is_some_and(|parts| {
            let rows = parts.schedule.set().is_some_and(|rows| !rows.is_empty());
            parts.equal.set().is_some() || rows
        });
        let full_is_off = matches!(full, Field::Set(false));
        let is_on = *full == Field::Set(true) || in_parts || subscription.set().is_some();
        if is_on || !full_is_off {
            continue;
        }
        let path = Path::root().key("payment");
        findings.push(
            Diagnostic::new(
                Code::NoWayToPay,
                configuration::key(document, &path),
                format!("no way to pay is on for {}", price.0),
            )
            .label("nothing here takes the money")
            .why("clients would reach the page and could not buy")
            .help("write `full: true`, or `installments`, or `subscription`")
            .related(
                configuration::value(document, &Path::root().key("price")),
                "the price",
            )
            .about(&document.address),
        );
    }
}
