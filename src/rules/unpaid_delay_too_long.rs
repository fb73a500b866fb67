//! `unpaid-delay-too-long`: an unpaid order is acted on after more than a day.

use super::{Configuration, Rule, unpaid};
use crate::diag::{Code, Diagnostic, Diagnostics};

/// A day, in minutes.
const MOST_MINUTES: u64 = 24 * 60;

pub(super) const RULE: Rule = Rule {
    code: Code::UnpaidDelayTooLong,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for waiting in unpaid::all(configuration) {
        if waiting.minutes <= MOST_MINUTES || waiting.trigger.do_.is_empty() {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::UnpaidDelayTooLong,
                waiting.delay_span(),
                format!(
                    "an unpaid order is acted on after {}",
                    unpaid::say(waiting.minutes)
                ),
            )
            .label("more than a day")
            .why("by then the client has forgotten the offer, or bought elsewhere")
            .help("wait between 30 minutes and a day")
            .about(&waiting.document.address),
        );
    }
}
