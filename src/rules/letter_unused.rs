//! `letter-unused`: nothing refers to the letter.

use super::{Configuration, Rule, uses};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::LetterUnused,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    if uses::is_uncertain(configuration) {
        return;
    }
    let used = uses::of(configuration, "letter");
    for (document, _) in configuration.letters() {
        if used.contains(&*document.address.name) {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::LetterUnused,
                document.name_span(),
                format!("nothing refers to the letter `{}`", document.address.name),
            )
            .label("not used")
            .why("no offer and no scenario sends it")
            .help("send it from an offer or a scenario, or delete it")
            .about(&document.address),
        );
    }
}
