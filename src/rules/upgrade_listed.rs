//! `upgrade-listed`: an upgrade or renewal offer is on the public list.

use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::UpgradeListed,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let _ = (configuration, findings);
}
