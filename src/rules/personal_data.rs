//! `personal-data`: personal data stands in the configuration.

use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::PersonalData,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let _ = (configuration, findings);
}
