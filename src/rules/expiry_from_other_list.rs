//! `expiry-from-other-list`: the client is removed from another list than the coupon's.

use super::mailing::mailings;
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Reference;
use crate::model::Path;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::ExpiryFromOtherList,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    for mailing in mailings(configuration) {
        let (coupon, spec) = mailing.coupon;
        let Some(lists) = spec.lists.set().filter(|lists| !lists.is_empty()) else {
            continue;
        };
        let Some(other) = mailing.wrong_expiry(lists) else {
            continue;
        };
        let place = configuration::value(mailing.document, &other);
        if !said.insert((place, &coupon.address)) {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::ExpiryFromOtherList,
                place,
                format!(
                    "the client is removed from a list that does not gate `{}`",
                    coupon.address.name
                ),
            )
            .label("none of the coupon's lists")
            .why("the client stays in the coupon's list, so the coupon never stops working")
            .help(match lists.first().and_then(Reference::name) {
                Some(name) => format!("remove the client from `{}`", name.as_str()),
                None => "remove the client from the coupon's list".to_owned(),
            })
            .related(
                configuration::value(coupon, &Path::root().key("lists")),
                "the coupon's lists",
            )
            .about(&mailing.document.address),
        );
    }
}
