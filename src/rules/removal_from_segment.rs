//! `removal-from-segment`: a client is removed from a segment whose conditions still hold.

use super::mailing::action_path;
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::list::ListType;
use crate::kinds::scenario::Action;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::RemovalFromSegment,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, scenario) in configuration.scenarios() {
        for (at, trigger) in scenario.triggers.iter().enumerate() {
            for (action, what) in trigger.do_.iter().enumerate() {
                let Action::RemoveFromList(reference) = what else {
                    continue;
                };
                let Some((segment, list)) = configuration.list(reference) else {
                    continue;
                };
                if list.type_ != ListType::Segment {
                    continue;
                }
                let path = action_path(at, action).key("remove_from_list");
                findings.push(
                    Diagnostic::new(
                        Code::RemovalFromSegment,
                        configuration::value(document, &path),
                        format!("`{}` fills itself", segment.address.name),
                    )
                    .label("a segment")
                    .why("its conditions may still hold for the client, and the platform may put him back")
                    .help("add the client to a static list too, bind the coupon to that list, and remove him from there")
                    .related(configuration::value(segment, &Path::root().key("type")), "its type")
                    .about(&document.address),
                );
            }
        }
    }
}
