//! `chained-trigger-with-event`: a later trigger has an event.

use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::ChainedTriggerWithEvent,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let _ = (configuration, findings);
}
