//! `new-members-only-in-pack`: a pack holds a pass for new members only.

use super::{Configuration, Rule, configuration, passes};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Spec;
use crate::kinds::pack::Item;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::NewMembersOnlyInPack,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, pack) in configuration.packs() {
        for (at, item) in pack.items.set().into_iter().flatten().enumerate() {
            let Item::Pass(item) = item else {
                continue;
            };
            let named = item
                .pass
                .name()
                .and_then(|name| configuration.index.get("pass", name.as_str()));
            let Some(pass) = named else {
                continue;
            };
            let Spec::Pass(spec) = &pass.spec else {
                continue;
            };
            if !passes::is_for_new_members(spec) {
                continue;
            }
            let path = Path::root().key("items").index(at).key("pass");
            findings.push(
                Diagnostic::new(
                    Code::NewMembersOnlyInPack,
                    configuration::value(document, &path),
                    format!("`{}` is for new members only", pass.address.name),
                )
                .label("blocks the pack for everyone else")
                .why("every item must pass its own checks: who has bought a pass before cannot buy this pack")
                .help("sell it outside of the pack, or excuse this with `allow` if the pack is for new members")
                .related(
                    configuration::value(pass, &Path::root().key("new_members_only")),
                    "for new members only",
                )
                .about(&document.address),
            );
        }
    }
}
