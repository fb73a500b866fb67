//! `subscription-payment-limits`: some payment systems limit subscriptions.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::SubscriptionPaymentLimits,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer) in configuration.offers() {
        let subscription = offer
            .payment
            .set()
            .and_then(|payment| payment.subscription.set());
        if subscription.is_none() {
            continue;
        }
        let path = Path::root().key("payment").key("subscription");
        findings.push(
            Diagnostic::new(
                Code::SubscriptionPaymentLimits,
                configuration::key(document, &path),
                "some payment systems limit subscriptions",
            )
            .label("a subscription")
            .why("with some of them clients can turn the automatic charge off, and one-tap wallets pay once")
            .help("see what your payment system does, then excuse this with `allow` and the reason")
            .about(&document.address),
        );
    }
}
