//! `pass-unsellable`: every allowed tag is denied too.

use super::{Configuration, Rule, configuration, passes};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::PassUnsellable,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, pass) in configuration.passes() {
        if !passes::is_unsellable(pass) {
            continue;
        }
        let tags = Path::root().key("tags");
        findings.push(
            Diagnostic::new(
                Code::PassUnsellable,
                configuration::key(document, &tags.key("allowed")),
                "every allowed tag is denied too: nobody can buy this pass",
            )
            .label("all of them are denied")
            .why("a member must have one of the allowed tags and none of the denied")
            .help("take the tags out of `denied`; to stop the sale, write `for_sale: false`")
            .related(
                configuration::key(document, &tags.key("denied")),
                "denied here",
            )
            .about(&document.address),
        );
    }
}
