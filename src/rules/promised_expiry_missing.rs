//! `promised-expiry-missing`: a promised time limit is never enforced.

use super::mailing::{Entry, mailings, same};
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Reference;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::PromisedExpiryMissing,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for mailing in mailings(configuration) {
        let (letter, spec) = mailing.letter;
        let Some(promised) = spec.about.valid_for else {
            continue;
        };
        let lists = mailing.coupon.1.lists.set();
        // A coupon for everyone cannot be ended for one client: `mailed-coupon-open-to-all` speaks.
        let Some(lists) = lists.filter(|lists| !lists.is_empty()) else {
            continue;
        };
        // Who never gets into the list is said by `coupon-outside-its-list`.
        if matches!(mailing.entry(lists), Entry::Never) {
            continue;
        }
        let removed = mailing.removal(|list| lists.iter().any(|own| same(own, list)));
        // The wrong list is said where it stands.
        if removed.is_some() || mailing.wrong_expiry(lists).is_some() {
            continue;
        }
        findings.push(
            Diagnostic::new(
                Code::PromisedExpiryMissing,
                configuration::value(mailing.document, &mailing.path()),
                format!(
                    "the letter promises that `{}` works for {promised}, and nothing ends it",
                    mailing.coupon.0.address.name
                ),
            )
            .label("nothing removes the client afterwards")
            .why("the coupon works as long as the client is in its list")
            .help(format!(
                "add a trigger: `- wait: {promised}` and `do: [{{ remove_from_list: {} }}]`",
                lists
                    .first()
                    .and_then(Reference::name)
                    .map_or("…", |name| name.as_str())
            ))
            .related(
                configuration::value(letter, &Path::root().key("about").key("valid_for")),
                "promised here",
            )
            .about(&mailing.document.address),
        );
    }
}
