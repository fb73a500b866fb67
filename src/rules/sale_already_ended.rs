//! `sale-already-ended`: the last day of sale has passed.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::SaleAlreadyEnded,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, pass) in configuration.passes() {
        let Some(last) = pass.sale_ends.set() else {
            continue;
        };
        if pass.for_sale.set() == Some(&false)
            || configuration.zone.end_of_day(last.0) > configuration.now
        {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::SaleAlreadyEnded,
                configuration::value(document, &Path::root().key("sale_ends")),
                format!("the sale of `{}` has ended", document.address.name),
            )
            .label("this day has passed")
            .why("after this day the checkout is blocked")
            .help(
                "give it a later day, or write `for_sale: false` to say that it is no longer sold",
            )
            .about(&document.address),
        );
    }
}
