//! `coupon-outside-its-list`: the list a client is added to is none of the coupon's.

use super::mailing::{Entry, mailings};
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::CouponOutsideItsList,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for mailing in mailings(configuration) {
        let (coupon, spec) = mailing.coupon;
        let Some(lists) = spec.lists.set().filter(|lists| !lists.is_empty()) else {
            continue;
        };
        let Entry::Never = mailing.entry(lists) else {
            continue;
        };
        let names: Vec<String> = lists
            .iter()
            .filter_map(|list| Some(format!("`{}`", list.name()?.as_str())))
            .collect();
        let names = if names.is_empty() {
            "its list".to_owned()
        } else {
            names.join(" or ")
        };
        let mut finding = Diagnostic::new(
            Code::CouponOutsideItsList,
            configuration::value(mailing.document, &mailing.path()),
            format!(
                "clients get a letter about `{}`, but are in none of its lists",
                coupon.address.name
            ),
        )
        .label("sent to clients who cannot use it")
        .why(format!("the coupon works for members of {names} alone"))
        .help(format!("add the client to {names} before the letter, or let the coupon name the list that this scenario uses"))
        .related(
            configuration::value(coupon, &Path::root().key("lists")),
            "the coupon's lists",
        )
        .about(&mailing.document.address);
        if let Some((place, _)) = mailing.additions().next() {
            finding = finding.related(
                configuration::value(mailing.document, &place),
                "added to another list",
            );
        }
        findings.push(finding);
    }
}
