//! `letter-unused`: nothing refers to the letter.

use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::LetterUnused,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let _ = (configuration, findings);
}
