//! `repeated-orders-repeat-letters`: the scenario can fire again for one client.

use super::mailing::action_path;
use super::{Configuration, Rule, configuration, unpaid};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Filter;
use crate::kinds::scenario::Action;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::RepeatedOrdersRepeatLetters,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for waiting in unpaid::all(configuration) {
        let sends = waiting
            .scenario
            .triggers
            .iter()
            .enumerate()
            .find_map(|(at, trigger)| {
                let is_letter = |action: &Action| matches!(action, Action::SendLetter(_));
                let action = trigger.do_.iter().position(is_letter)?;
                Some(action_path(at, action).key("send_letter"))
            });
        let Some(sends) = sends else {
            continue;
        };
        let in_list = |filter: &Filter| matches!(filter, Filter::InList(_));
        let guards = |filter: &Filter| unpaid::leaves_out(filter, &in_list);
        if waiting.trigger.if_.as_ref().is_some_and(guards) {
            continue;
        }
        let event = Path::root().key("triggers").index(0).key("when");
        findings.push(
            Diagnostic::new(
                Code::RepeatedOrdersRepeatLetters,
                configuration::key(waiting.document, &event.key("unpaid_order")),
                "one client can get this letter several times",
            )
            .label("every visit makes an order")
            .why("each time a client opens the offer's page, a new unpaid order is made, and the scenario starts again")
            .help("leave out who is there already: `if: { not: { in_list: … } }` with the list that this scenario adds to")
            .related(configuration::value(waiting.document, &sends), "sent again")
            .about(&waiting.document.address),
        );
    }
}
