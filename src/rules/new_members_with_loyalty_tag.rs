//! `new-members-with-loyalty-tag`: new members only, together with a loyalty tag.

use super::{Configuration, Rule, configuration, passes};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::NewMembersWithLoyaltyTag,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let Some(settings) = configuration.settings else {
        return;
    };
    for (document, pass) in configuration.passes() {
        if !passes::is_for_new_members(pass) {
            continue;
        }
        for (at, tag) in passes::allowed(pass).iter().enumerate() {
            if !settings.loyalty_tags.contains(tag) {
                continue;
            }
            let root = Path::root();
            findings.push(
                Diagnostic::new(
                    Code::NewMembersWithLoyaltyTag,
                    configuration::value(document, &root.key("tags").key("allowed").index(at)),
                    format!(
                        "`{}` marks loyal clients, and the pass is for new members only",
                        tag.0
                    ),
                )
                .label("a loyalty tag")
                .why("who has earned this tag has bought before, and is no new member")
                .help("take the tag out, or sell the pass to existing members too")
                .related(
                    configuration::value(document, &root.key("new_members_only")),
                    "for new members only",
                )
                .about(&document.address),
            );
        }
    }
}
