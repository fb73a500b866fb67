//! `mailed-coupon-not-accepted`: a mailed coupon is not accepted by the offer it is mailed for.

use super::mailing::{Mailing, mailings};
use super::sale::Acceptance;
use super::{Configuration, Rule, configuration, sale};
use crate::diag::{Code, Diagnostic, Diagnostics, Edit, Fix, Safety};
use crate::kinds::Document;
use crate::model::{Address, Path};
use crate::source::Span;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::MailedCouponNotAccepted,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    for refusal in refusals(configuration) {
        let (coupon, offer) = (refusal.mailing.coupon.0, refusal.offer);
        if !said.insert((&coupon.address, &offer.address)) {
            continue;
        }
        let name = &coupon.address.name;
        let fix = accept(offer, name);
        let mut finding = Diagnostic::new(
            Code::MailedCouponNotAccepted,
            configuration::value(offer, &Path::root().key("coupons")),
            format!(
                "`{}` does not accept the coupon `{name}`, which is mailed for it",
                offer.address.name
            ),
        )
        .label("not among these")
        .why("the client gets the letter, types the code and is refused")
        .help(format!("add `{name}` to the offer's `coupons`"))
        .related(
            configuration::value(refusal.mailing.document, &refusal.mailing.path()),
            "mailed here",
        )
        .related(coupon.name_span(), "the coupon")
        .about(&offer.address);
        finding.fix = fix;
        findings.push(finding);
    }
}

/// The cure by which an offer names a coupon too. It changes what clients pay: a person decides.
fn accept(offer: &Document, name: &str) -> Option<Fix> {
    let node = offer.node.get("coupons")?;
    let (span, text) = match node.as_sequence() {
        // Behind the last of a list in one line; other lists are left to people.
        Some(items) => match items.last() {
            Some(last) => {
                let end = last.span.end as usize;
                (Span::new(last.span.file, end, end), format!(", {name}"))
            }
            None => (node.span, format!("[{name}]")),
        },
        None => (node.span, format!("[{name}]")),
    };
    // A list in brackets ends behind its last item, one of dashes with it.
    let is_flow = node
        .as_sequence()
        .and_then(|items| items.last())
        .is_none_or(|last| last.span.end < node.span.end);
    is_flow.then(|| Fix {
        title: format!("let the offer accept `{name}`"),
        safety: Safety::Unsafe,
        edits: vec![Edit { span, text }],
    })
}

/// A mailing, and an offer that refuses its coupon.
struct Refusal<'a> {
    mailing: Mailing<'a>,
    offer: &'a Document,
}

fn refusals<'a>(configuration: &Configuration<'a>) -> Vec<Refusal<'a>> {
    let mut found = Vec::new();
    for mailing in mailings(configuration) {
        for (offer, spec) in mailing.offers(configuration) {
            if sale::accepts(configuration, spec, mailing.coupon.0) == Acceptance::Refused {
                found.push(Refusal { mailing, offer });
            }
        }
    }
    found
}

/// The coupons that are mailed for an offer that refuses them.
pub(super) fn coupons<'a>(configuration: &Configuration<'a>) -> BTreeSet<&'a Address> {
    let refusals = refusals(configuration).into_iter();
    refusals
        .map(|refusal| &refusal.mailing.coupon.0.address)
        .collect()
}
