//! `coupon-accepted-nowhere`: no offer accepts the coupon.

use super::{Configuration, Rule, mailed_coupon_not_accepted, sale};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::kinds::coupon::CouponStatus;

pub(super) const RULE: Rule = Rule {
    code: Code::CouponAcceptedNowhere,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    // An offer that could not be read may accept it; so may one that misspells a coupon.
    let mut offers = configuration.offers();
    if configuration.index.has_unread("offer")
        || offers.any(|(_, offer)| sale::names_unknown_coupon(configuration, offer))
    {
        return;
    }
    let mut offers = configuration.offers();
    let unmanaged = offers.find(|(_, offer)| offer.coupons.set().is_none());
    let refused = mailed_coupon_not_accepted::coupons(configuration);
    for (document, coupon) in configuration.coupons() {
        // A coupon out of use is to be accepted nowhere; a mailed one is said where it is refused.
        if coupon.status.set() == Some(&CouponStatus::Disabled)
            || refused.contains(&document.address)
        {
            continue;
        }
        let mut accepting = configuration.index.accepting(&document.address.name);
        if accepting.next().is_some() {
            continue;
        }
        let name = &document.address.name;
        let mut finding = Diagnostic::new(
            Code::CouponAcceptedNowhere,
            document.name_span(),
            format!("no offer accepts the coupon `{name}`"),
        )
        .label("accepted nowhere")
        .why("creating a coupon is not enough: the offer must allow it, else clients who type the code are refused")
        .help(format!("name it in the offer it is for: `coupons: [{name}]`"))
        .about(&document.address);
        if let Some((offer, _)) = unmanaged {
            finding.severity = Severity::Warning;
            finding = finding.related(
                offer.name_span(),
                "leaves `coupons` as they are on the platform, and may accept it there",
            );
        }
        findings.push(finding);
    }
}
