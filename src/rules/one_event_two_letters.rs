//! `one-event-two-letters`: two scenarios send one letter on one event.

use super::mailing::action_path;
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::scenario::{Action, ScenarioStatus};
use crate::kinds::{Document, Reference};
use crate::model::Path;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = Rule {
    code: Code::OneEventTwoLetters,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut first: BTreeMap<(String, &str), (&Document, Path)> = BTreeMap::new();
    for (document, scenario) in configuration.scenarios() {
        if scenario.status.set() == Some(&ScenarioStatus::Paused) {
            continue;
        }
        let Some(event) = scenario
            .triggers
            .first()
            .and_then(|first| first.when.as_ref())
        else {
            continue;
        };
        let mut own = BTreeSet::new();
        for (at, trigger) in scenario.triggers.iter().enumerate() {
            for (action, what) in trigger.do_.iter().enumerate() {
                let Action::SendLetter(Reference::Name(letter)) = what else {
                    continue;
                };
                if !own.insert(letter.as_str()) {
                    continue;
                }
                let path = action_path(at, action).key("send_letter");
                let key = (format!("{event:?}"), letter.as_str());
                let Some((other, place)) = first.get(&key) else {
                    first.insert(key, (document, path));
                    continue;
                };
                findings.push(
                    Diagnostic::new(
                        Code::OneEventTwoLetters,
                        configuration::value(document, &path),
                        format!(
                            "`{}` is sent by two scenarios on the same event",
                            letter.as_str()
                        ),
                    )
                    .label("sent a second time")
                    .why("each client would get the letter twice")
                    .help(format!(
                        "take it out of one of them, or pause `{}` or `{}`",
                        other.address.name, document.address.name
                    ))
                    .related(configuration::value(other, place), "also sent here")
                    .about(&document.address),
                );
            }
        }
    }
}
