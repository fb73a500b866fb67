//! `chained-trigger-with-event`: a later trigger has an event.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::ChainedTriggerWithEvent,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, scenario) in configuration.scenarios() {
        for (at, trigger) in scenario.triggers.iter().enumerate().skip(1) {
            if trigger.when.is_none() {
                continue;
            }
            let path = Path::root().key("triggers").index(at).key("when");
            let before = Path::root().key("triggers").index(at - 1);
            findings.push(
                Diagnostic::new(
                    Code::ChainedTriggerWithEvent,
                    configuration::key(document, &path),
                    format!("trigger {} has an event of its own", at + 1),
                )
                .label("a later trigger takes no event")
                .why("it is started by the actions of the trigger before it")
                .help("take `when` out, or make it the first trigger of another scenario")
                .related(
                    configuration::value(document, &before),
                    "this trigger starts it",
                )
                .about(&document.address),
            );
        }
    }
}
