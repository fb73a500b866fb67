//! `personal-coupon-has-end-date`: a coupon limited per client also has an end date.

use super::mailing::{action_path, delay_minutes, mailings, same};
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::kinds::coupon::Validity;
use crate::kinds::scenario::Action;
use crate::kinds::{Document, Reference};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::PersonalCouponHasEndDate,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let removals = removals(configuration);
    let mailings = mailings(configuration);
    for (document, coupon) in configuration.coupons() {
        let (Some(Validity::Until(until)), Some(lists)) =
            (coupon.valid_until.set(), coupon.lists.set())
        else {
            continue;
        };
        let gates = |list: &Reference| lists.iter().any(|own| same(own, list));
        let Some(removal) = removals.iter().find(|removal| gates(removal.list)) else {
            continue;
        };
        let promise = mailings.iter().find(|mailing| {
            mailing.coupon.0.address == document.address
                && mailing.is_active()
                && mailing.letter.1.about.valid_for.is_some()
        });
        let mut finding = Diagnostic::new(
            Code::PersonalCouponHasEndDate,
            configuration::value(document, &Path::root().key("valid_until")),
            format!("the coupon `{}` is limited for each client, and ends for all", document.address.name),
        )
        .label(format!("ends {}", configuration.show(configuration.end(&until.0))))
        .why("each client may use it until he leaves its list; who gets it shortly before this date is promised more time than there is")
        .help("write `valid_until: never`: leaving the list ends it for each client")
        .related(
            configuration::value(removal.document, &removal.path),
            "ends it for each client",
        )
        .about(&document.address);
        if let Some(mailing) = promise {
            let path = Path::root().key("about").key("valid_for");
            finding = finding.related(
                configuration::value(mailing.letter.0, &path),
                "the full time is promised here",
            );
        } else {
            finding.severity = Severity::Warning;
        }
        findings.push(finding);
    }
}

/// A removal from a list after a delay.
struct Removal<'a> {
    document: &'a Document,
    list: &'a Reference,
    path: Path,
}

fn removals<'a>(configuration: &Configuration<'a>) -> Vec<Removal<'a>> {
    let mut found = Vec::new();
    for (document, scenario) in configuration.scenarios() {
        let mut minutes = 0;
        for (at, trigger) in scenario.triggers.iter().enumerate() {
            if at > 0 {
                minutes += delay_minutes(trigger);
            }
            for (action, what) in trigger.do_.iter().enumerate() {
                if let Action::RemoveFromList(list) = what
                    && minutes > 0
                {
                    found.push(Removal {
                        document,
                        list,
                        path: action_path(at, action).key("remove_from_list"),
                    });
                }
            }
        }
    }
    found
}
