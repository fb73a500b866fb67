//! `scenario-for-closed-offer`: a scenario waits for orders of an offer that is closed.

use super::{Configuration, Rule, configuration, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::offer::OfferStatus;
use crate::kinds::scenario::{Event, ScenarioStatus};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::ScenarioForClosedOffer,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, scenario) in configuration.scenarios() {
        if scenario.status.set() == Some(&ScenarioStatus::Paused) {
            continue;
        }
        let event = scenario
            .triggers
            .first()
            .and_then(|first| first.when.as_ref());
        let (key, reference) = match event {
            Some(Event::UnpaidOrder(of)) => ("unpaid_order", &of.offer),
            Some(Event::PaidOrder(of)) => ("paid_order", &of.offer),
            _ => continue,
        };
        let Some((offer_document, offer)) = configuration.index.offer(reference) else {
            continue;
        };
        let root = Path::root();
        let closes = sale::window(configuration, offer).closes;
        let (because, place) = if offer.status.set() == Some(&OfferStatus::Archived) {
            ("is archived".to_owned(), root.key("status"))
        } else if let Some(closes) = closes.filter(|closes| *closes <= configuration.now) {
            (
                format!("closed on {}", configuration.show(closes)),
                root.key("sale").key("closes"),
            )
        } else {
            continue;
        };
        let path = root
            .key("triggers")
            .index(0)
            .key("when")
            .key(key)
            .key("offer");
        findings.push(
            Diagnostic::new(
                Code::ScenarioForClosedOffer,
                configuration::value(document, &path),
                format!(
                    "the scenario waits for orders of `{}`, which {because}",
                    offer_document.address.name
                ),
            )
            .label("no longer sold")
            .why("no such order will come: the scenario never acts")
            .help("name the offer that is sold now, or pause the scenario")
            .related(
                configuration::value(offer_document, &place),
                "the end of its sale",
            )
            .about(&document.address),
        );
    }
}
