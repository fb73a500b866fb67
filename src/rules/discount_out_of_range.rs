//! `discount-out-of-range`: a discount is not within 1 to 100 % or not above zero.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Discount;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::DiscountOutOfRange,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, coupon) in configuration.coupons() {
        let Some(discount) = coupon.discount.set() else {
            continue;
        };
        let (is_right, why, help) = match discount {
            Discount::Percent(hundredths) => (
                (100..=10_000).contains(hundredths),
                "the platform takes 1 to 100 percent",
                "write a percentage from `1%` to `100%`",
            ),
            Discount::Amount(amount) => (
                amount.minor > 0,
                "an amount is taken off, so it must be above zero",
                "write an amount such as `33.00 USD`",
            ),
        };
        if is_right {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::DiscountOutOfRange,
                configuration::value(document, &Path::root().key("discount")),
                "the discount is out of range",
            )
            .label("not possible")
            .why(why)
            .help(help)
            .about(&document.address),
        );
    }
}
