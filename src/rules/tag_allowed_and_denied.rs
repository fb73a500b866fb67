//! `tag-allowed-and-denied`: a tag is both allowed and denied.

use super::{Configuration, Rule, configuration, passes};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::TagAllowedAndDenied,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, pass) in configuration.passes() {
        // Where nobody is left, `pass-unsellable` speaks.
        if passes::is_unsellable(pass) {
            continue;
        }
        let allowed = passes::allowed(pass);
        for (at, tag) in passes::denied(pass).iter().enumerate() {
            let Some(same) = allowed.iter().position(|other| other == tag) else {
                continue;
            };
            let tags = Path::root().key("tags");
            findings.push(
                Diagnostic::new(
                    Code::TagAllowedAndDenied,
                    configuration::value(document, &tags.key("denied").index(at)),
                    format!("the tag `{}` is both allowed and denied", tag.0),
                )
                .label("denied here")
                .why("a member must have an allowed tag and no denied one: this tag only ever blocks")
                .help("take it out of one of the two")
                .related(
                    configuration::value(document, &tags.key("allowed").index(same)),
                    "allowed here",
                )
                .about(&document.address),
            );
        }
    }
}
