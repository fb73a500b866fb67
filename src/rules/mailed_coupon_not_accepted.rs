//! `mailed-coupon-not-accepted`: a mailed coupon is not accepted by the offer it is mailed for.

use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::MailedCouponNotAccepted,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let _ = (configuration, findings);
}
