//! `copied-schedule-mostly-replaced`: over half of a copied schedule differs from the course's.

use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::CopiedScheduleMostlyReplaced,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let _ = (configuration, findings);
}
