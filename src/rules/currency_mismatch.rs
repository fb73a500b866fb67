//! `currency-mismatch`: a fixed discount has another currency than an offer that accepts it.

use super::{Configuration, Rule, configuration, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Discount;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::CurrencyMismatch,
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
            let Some(price) = spec
                .price
                .set()
                .filter(|price| price.0.currency != amount.currency)
            else {
                continue;
            };
            let place = configuration::value(offer, &root.key("price"));
            let told = finding.take().unwrap_or_else(|| {
                Diagnostic::new(
                    Code::CurrencyMismatch,
                    configuration::value(document, &root.key("discount")),
                    format!(
                        "the discount is in {}, and an offer that accepts it costs {}",
                        amount.currency.code(),
                        price.0
                    ),
                )
                .label(format!("in {}", amount.currency.code()))
                .why("an amount can only be taken off a price in its own currency")
                .help("give the discount in the offer's currency, or as a percentage; or let the offer not accept it")
                .about(&document.address)
            });
            finding = Some(told.related(
                place,
                format!(
                    "the price of `{}`, in {}",
                    offer.address.name,
                    price.0.currency.code()
                ),
            ));
        }
        if let Some(finding) = finding {
            findings.push(finding);
        }
    }
}
