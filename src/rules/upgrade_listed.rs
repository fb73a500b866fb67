//! `upgrade-listed`: an upgrade or renewal offer is on the public list.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::UpgradeListed,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer) in configuration.offers() {
        let (what, key) = if offer.upgrade.set().is_some() {
            ("an upgrade", "upgrade")
        } else if offer.renewal.set().is_some() {
            ("a renewal", "renewal")
        } else {
            continue;
        };
        if offer.listed.set() != Some(&true) {
            continue;
        }
        let root = Path::root();
        findings.push(
            Diagnostic::new(
                Code::UpgradeListed,
                configuration::value(document, &root.key("listed")),
                format!("{what} is on the public list"),
            )
            .label("everyone sees it")
            .why("new clients could buy the difference without what it builds on")
            .help("write `listed: false` and send the link to those it is for")
            .related(configuration::key(document, &root.key(key)), what)
            .about(&document.address),
        );
    }
}
