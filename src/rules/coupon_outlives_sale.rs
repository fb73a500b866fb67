//! `coupon-outlives-sale`: a promised coupon can outlast the sale.

use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::CouponOutlivesSale,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let _ = (configuration, findings);
}
