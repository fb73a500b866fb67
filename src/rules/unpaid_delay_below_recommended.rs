//! `unpaid-delay-below-recommended`: an unpaid order is acted on in under 30 minutes.

use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::UnpaidDelayBelowRecommended,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let _ = (configuration, findings);
}
