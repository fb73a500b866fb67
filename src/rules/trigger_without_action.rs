//! `trigger-without-action`: a trigger has no action.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::TriggerWithoutAction,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, scenario) in configuration.scenarios() {
        let last = scenario.triggers.len().saturating_sub(1);
        for (at, trigger) in scenario.triggers.iter().enumerate() {
            if !trigger.do_.is_empty() {
                continue;
            }
            let path = Path::root().key("triggers").index(at);
            // Without a `do`, this is the document's name.
            let place = configuration::key(document, &path.key("do"));
            let mut finding = Diagnostic::new(
                Code::TriggerWithoutAction,
                place,
                format!("trigger {} does nothing", at + 1),
            )
            .help("give it an action under `do`, or take the trigger out")
            .about(&document.address);
            if at == last {
                finding.severity = Severity::Warning;
                finding = finding.why("its wait and its condition change nothing");
            } else {
                finding =
                    finding.why("the next trigger is started by an action: the chain stops here");
            }
            findings.push(finding.related(configuration::value(document, &path), "the trigger"));
        }
    }
}
