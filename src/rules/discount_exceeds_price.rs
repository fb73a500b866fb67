//! `discount-exceeds-price`: a fixed discount reaches or exceeds a price.

use super::{Configuration, Rule, configuration, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Discount;
use crate::model::{Money, Path};

pub(super) const RULE: Rule = Rule {
    code: Code::DiscountExceedsPrice,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, coupon) in configuration.coupons() {
        let Some(Discount::Amount(amount)) = coupon.discount.set() else {
            continue;
        };
        let root = Path::root();
        let mut finding: Option<Diagnostic> = None;
        for (offer, spec) in sale::accepting(configuration, document) {
            let regular = spec.price.set().map(|price| (price.0, root.key("price")));
            let promotion = spec
                .promotion
                .set()
                .map(|promotion| (promotion.price.0, root.key("promotion").key("price")));
            let reached = |(price, _): &(Money, Path)| {
                price.currency == amount.currency && price.minor > 0 && amount.minor >= price.minor
            };
            let Some((price, path)) = regular.into_iter().chain(promotion).find(reached) else {
                continue;
            };
            let told = finding.take().unwrap_or_else(|| {
                Diagnostic::new(
                    Code::DiscountExceedsPrice,
                    configuration::value(document, &root.key("discount")),
                    format!(
                        "the discount of {amount} reaches the price of `{}`",
                        offer.address.name
                    ),
                )
                .label("nothing is left to pay")
                .why(format!(
                    "{price} less {amount}: clients get the course for nothing"
                ))
                .help(format!(
                    "take off less than {price}, or let the offer not accept the coupon"
                ))
                .about(&document.address)
            });
            finding = Some(told.related(
                configuration::value(offer, &path),
                format!("`{}` costs {price}", offer.address.name),
            ));
        }
        if let Some(finding) = finding {
            findings.push(finding);
        }
    }
}
