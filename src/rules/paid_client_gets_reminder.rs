//! `paid-client-gets-reminder`: clients who have paid meanwhile are not left out.

use super::mailing::{action_path, same};
use super::{Configuration, Rule, configuration, unpaid};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::scenario::Action;
use crate::kinds::{Bought, Filter, OfCourse, Reference};
use crate::model::{Duration, Path};

pub(super) const RULE: Rule = Rule {
    code: Code::PaidClientGetsReminder,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for waiting in unpaid::all(configuration) {
        let reaches = |action: &Action| match action {
            Action::SendLetter(_) | Action::AddToList(_) => true,
            Action::RemoveFromList(_) | Action::AwardPoints(_) | Action::ExtendAccess(_) => false,
        };
        let Some(action) = waiting.trigger.do_.iter().position(reaches) else {
            continue;
        };
        let sells = |course: &Reference| {
            let offer = configuration.index.offer(waiting.offer);
            let products = offer.and_then(|(_, offer)| offer.products.set());
            products
                .is_none_or(|products| products.iter().any(|product| same(&product.course, course)))
        };
        let has_paid = |filter: &Filter| match filter {
            Filter::Bought(Bought::Offer(offer)) => same(offer, waiting.offer),
            Filter::Bought(Bought::Course(course)) | Filter::Access(OfCourse { course }) => {
                sells(course)
            }
            Filter::Purchases(purchases) => purchases.at_least.0 <= 1,
            _ => false,
        };
        let condition = waiting.trigger.if_.as_ref();
        let leaves_out = condition.is_some_and(|filter| unpaid::leaves_out(filter, &has_paid));
        let waits_first = waiting
            .trigger
            .wait_before_if
            .and_then(Duration::exact_minutes)
            .is_some_and(|minutes| minutes > 0);
        if leaves_out && waits_first {
            continue;
        }
        let name = waiting.offer.name().map_or("…", |name| name.as_str());
        let trigger = Path::root().key("triggers").index(0);
        let place = action_path(0, action);
        let mut finding = Diagnostic::new(
            Code::PaidClientGetsReminder,
            if leaves_out {
                configuration::key(waiting.document, &trigger.key("if"))
            } else {
                configuration::value(waiting.document, &place)
            },
            "clients who have paid meanwhile are not left out",
        )
        .about(&waiting.document.address);
        finding = if leaves_out {
            finding
                .label("asked before the wait")
                .why("the condition is asked at once, while the client is still paying; the delay comes after it")
                .help("write the delay as `wait_before_if`, so that the condition is asked after it")
                .related(configuration::value(waiting.document, &place), "reaches them too")
        } else {
            finding
                .label("reaches them too")
                .why("an order that is paid during the wait does not stop the scenario by itself")
                .help(format!(
                    "add `if: {{ not: {{ bought: {{ offer: {name} }} }} }}` after `wait_before_if`"
                ))
        };
        findings.push(finding);
    }
}
