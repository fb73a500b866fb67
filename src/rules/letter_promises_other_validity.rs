//! `letter-promises-other-validity`: a letter promises another validity than the scenario gives.

use super::mailing::{Entry, mailings, same};
use super::{Configuration, Rule, configuration, unpaid};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Reference;
use crate::model::Path;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::LetterPromisesOtherValidity,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    for mailing in mailings(configuration) {
        let (letter, spec) = mailing.letter;
        let (Some(promised), Some(lists)) = (spec.about.valid_for, mailing.coupon.1.lists.set())
        else {
            continue;
        };
        // A letter before the list is said by `letter-before-list`.
        if !matches!(mailing.entry(lists), Entry::Before) {
            continue;
        }
        let gates = |list: &Reference| lists.iter().any(|own| same(own, list));
        let Some((minutes, removal)) = mailing.removal(gates) else {
            continue;
        };
        if promised
            .exact_minutes()
            .is_none_or(|promised| promised == minutes)
            || !said.insert((&letter.address, &mailing.document.address))
        {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::LetterPromisesOtherValidity,
                configuration::value(letter, &Path::root().key("about").key("valid_for")),
                format!(
                    "the letter promises {promised}, and the client leaves the list after {}",
                    unpaid::say(minutes)
                ),
            )
            .label("promised")
            .why("the coupon works as long as the client is in its list")
            .help(format!(
                "write `valid_for: {}`, or let the scenario wait {promised}",
                short(minutes)
            ))
            .related(
                configuration::value(mailing.document, &removal),
                "leaves the list here",
            )
            .about(&letter.address),
        );
    }
}

/// Minutes as the language writes them.
fn short(minutes: u64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes % 1440 / 60, minutes % 60);
    let mut text = String::new();
    for (count, unit) in [(days, "d"), (hours, "h"), (rest, "m")] {
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    if text.is_empty() {
        "0m".to_owned()
    } else {
        text
    }
}
