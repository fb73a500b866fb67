//! `list-unused`: nothing refers to the list.

use super::{Configuration, Rule, uses};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::ListUnused,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    if uses::is_uncertain(configuration) {
        return;
    }
    let used = uses::of(configuration, "list");
    for (document, _) in configuration.lists() {
        if used.contains(&*document.address.name) {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::ListUnused,
                document.name_span(),
                format!("nothing refers to the list `{}`", document.address.name),
            )
            .label("not used")
            .why("no coupon is bound to it, and no scenario or condition names it")
            .help("bind a coupon to it, use it in a scenario, or delete it")
            .about(&document.address),
        );
    }
}
