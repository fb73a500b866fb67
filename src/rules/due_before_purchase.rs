//! `due-before-purchase`: an instalment is due before the sale closes.

use super::{Configuration, Rule, configuration, instalments, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::DueBeforePurchase,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer, rows) in instalments::all(configuration) {
        let Some(closes) = sale::window(configuration, offer).closes else {
            continue;
        };
        for (at, row) in rows.iter().enumerate() {
            let Some(due) = row.due.as_ref().map(|due| configuration.end(&due.0)) else {
                continue;
            };
            if due >= closes {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    Code::DueBeforePurchase,
                    configuration::value(document, &instalments::path(at).key("due")),
                    format!("payment {} is due while the offer is still sold", at + 1),
                )
                .label("a late buyer would owe it in the past")
                .why(format!("the sale closes {}", configuration.show(closes)))
                .help("let it be due after the sale closes, or close the sale earlier")
                .related(
                    configuration::value(document, &Path::root().key("sale").key("closes")),
                    "the sale closes here",
                )
                .about(&document.address),
            );
        }
    }
}
