//! `unpaid-delay-below-recommended`: an unpaid order is acted on in under 30 minutes.

use super::unpaid_delay_too_short::LEAST_MINUTES;
use super::{Configuration, Rule, unpaid};
use crate::diag::{Code, Diagnostic, Diagnostics};

/// What the guide recommends, in minutes.
const RECOMMENDED_MINUTES: u64 = 30;

pub(super) const RULE: Rule = Rule {
    code: Code::UnpaidDelayBelowRecommended,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for waiting in unpaid::all(configuration) {
        // Under the least, the stronger rule speaks.
        if !(LEAST_MINUTES..RECOMMENDED_MINUTES).contains(&waiting.minutes)
            || waiting.trigger.do_.is_empty()
        {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::UnpaidDelayBelowRecommended,
                waiting.delay_span(),
                format!(
                    "an unpaid order is acted on after {}",
                    unpaid::say(waiting.minutes)
                ),
            )
            .label("less than the recommended 30 minutes")
            .why("some payment systems report late, and clients need time to enter their card")
            .help("wait 30 minutes: `wait_before_if: 30m`")
            .about(&waiting.document.address),
        );
    }
}
