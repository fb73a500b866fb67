//! `mailed-coupon-open-to-all`: a coupon mailed to chosen clients is bound to no list.

use super::mailing::mailings;
use super::{Configuration, Rule, configuration, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::MailedCouponOpenToAll,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    for mailing in mailings(configuration) {
        let (document, coupon) = mailing.coupon;
        if sale::is_bound(coupon) || !said.insert(&document.address) {
            continue;
        }
        let lists = Path::root().key("lists");
        let place = if coupon.lists.set().is_some() {
            configuration::value(document, &lists)
        } else {
            document.name_span()
        };
        findings.push(
            Diagnostic::new(
                Code::MailedCouponOpenToAll,
                place,
                format!(
                    "the mailed coupon `{}` is bound to no list",
                    document.address.name
                ),
            )
            .label("everyone may use it")
            .why("it is mailed to chosen clients, who can pass it on")
            .help("bind it to a list that the scenario adds them to: `lists: [NAME]`")
            .related(
                configuration::value(mailing.document, &mailing.path()),
                "mailed here",
            )
            .about(&document.address),
        );
    }
}
