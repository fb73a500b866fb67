//! `unpaid-delay-too-short`: an unpaid order is acted on in under 10 minutes.

use super::{Configuration, Rule, unpaid};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::UnpaidDelayTooShort,
    check,
};

/// What the guide asks for at the least, in minutes.
pub(super) const LEAST_MINUTES: u64 = 10;

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for waiting in unpaid::all(configuration) {
        if waiting.minutes >= LEAST_MINUTES || waiting.trigger.do_.is_empty() {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::UnpaidDelayTooShort,
                waiting.delay_span(),
                format!(
                    "an unpaid order is acted on after {}",
                    unpaid::say(waiting.minutes)
                ),
            )
            .label("less than 10 minutes")
            .why("payments take time to arrive: who is paying right now would be treated as unpaid")
            .help("wait 30 minutes: `wait_before_if: 30m`; never less than 10")
            .about(&waiting.document.address),
        );
    }
}
