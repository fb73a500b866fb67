//! `letter-before-list`: a letter about a coupon is sent before the client may use it.

use super::mailing::{Entry, mailings};
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::LetterBeforeList,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for mailing in mailings(configuration) {
        let Some(lists) = mailing
            .coupon
            .1
            .lists
            .set()
            .filter(|lists| !lists.is_empty())
        else {
            continue;
        };
        // With no list of the coupon anywhere, `coupon-outside-its-list` speaks.
        let Entry::Later(later) = mailing.entry(lists) else {
            continue;
        };
        findings.push(
            Diagnostic::new(
                Code::LetterBeforeList,
                configuration::value(mailing.document, &mailing.path()),
                format!(
                    "the letter about `{}` is sent before the client may use the coupon",
                    mailing.coupon.0.address.name
                ),
            )
            .label("sent first")
            .why("the coupon works for members of its list alone: who clicks at once is refused")
            .help("put `add_to_list` before `send_letter`")
            .related(
                configuration::value(mailing.document, &later),
                "added only here",
            )
            .about(&mailing.document.address),
        );
    }
}
