//! `first-trigger-without-event`: the first trigger has no event.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::FirstTriggerWithoutEvent,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, scenario) in configuration.scenarios() {
        let Some(first) = scenario.triggers.first() else {
            continue;
        };
        if first.when.is_some() {
            continue;
        }
        let place = Path::root().key("triggers").index(0);
        findings.push(
            Diagnostic::new(
                Code::FirstTriggerWithoutEvent,
                document.name_span(),
                "the first trigger has no event",
            )
            .label("nothing starts it")
            .why("a chain starts with an event; without one the scenario never acts")
            .help("give the first trigger a `when`, like `when: { unpaid_order: { offer: … } }`")
            .related(configuration::value(document, &place), "the first trigger")
            .about(&document.address),
        );
    }
}
