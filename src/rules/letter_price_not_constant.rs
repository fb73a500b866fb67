//! `letter-price-not-constant`: a letter can be sent after the price it names has changed.

use super::letter_lacks_coupon_facts::mentions;
use super::mailing::action_path;
use super::{Configuration, Rule, configuration, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::letter::About;
use crate::kinds::offer::Offer;
use crate::kinds::scenario::{Action, ScenarioStatus};
use crate::model::{Instant, Path};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::LetterPriceNotConstant,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    for (document, scenario) in configuration.scenarios() {
        if scenario.status.set() == Some(&ScenarioStatus::Paused) {
            continue;
        }
        for (at, trigger) in scenario.triggers.iter().enumerate() {
            for (action, what) in trigger.do_.iter().enumerate() {
                let Action::SendLetter(reference) = what else {
                    continue;
                };
                let Some((letter, spec)) = configuration.letter(reference) else {
                    continue;
                };
                let text = format!("{}\n{}", spec.subject.0, spec.body.0);
                let About { offer, offers, .. } = &spec.about;
                let about = offer.iter().chain(offers.iter().flatten());
                for (offer, of) in about.filter_map(|offer| configuration.index.offer(offer)) {
                    if !names_price(&text, of) {
                        continue;
                    }
                    let Some((change, key)) = change(configuration, of) else {
                        continue;
                    };
                    if !said.insert((&letter.address, &offer.address)) {
                        continue;
                    }
                    let sends = action_path(at, action).key("send_letter");
                    findings.push(
                        Diagnostic::new(
                            Code::LetterPriceNotConstant,
                            configuration::key(letter, &Path::root().key("body")),
                            format!("the price of `{}` changes while the letter is sent", offer.address.name),
                        )
                        .label("names a price")
                        .why(format!(
                            "it is sent before and after {}, and one of them is wrong",
                            configuration.show(change)
                        ))
                        .help("leave the prices out of the letter, or send it only while one of them holds")
                        .related(
                            configuration::value(offer, &Path::root().key("promotion").key(key)),
                            "the price changes here",
                        )
                        .related(configuration::value(document, &sends), "sent here")
                        .about(&letter.address),
                    );
                }
            }
        }
    }
}

/// Whether a letter names what is paid: the price after the coupon, or a price of the offer in so many
/// words. `price.before` is the regular price, which stays.
fn names_price(text: &str, offer: &Offer) -> bool {
    let regular = offer.price.set().map(|price| price.0);
    let promoted = offer.promotion.set().map(|promotion| promotion.price.0);
    let mut prices = regular.into_iter().chain(promoted);
    mentions(text, "price.after") || prices.any(|price| text.contains(&price.to_string()))
}

/// The first change of an offer's price inside its sale, and the key that says it.
fn change(configuration: &Configuration<'_>, offer: &Offer) -> Option<(Instant, &'static str)> {
    let promotion = offer.promotion.set()?;
    if offer
        .price
        .set()
        .is_some_and(|price| price.0 == promotion.price.0)
    {
        return None;
    }
    let window = sale::window(configuration, offer);
    let inside = |at: &Instant| {
        window.opens.is_none_or(|opens| opens < *at)
            && window.closes.is_none_or(|closes| *at < closes)
    };
    let from = promotion
        .from
        .as_ref()
        .map(|from| configuration.instant(&from.0));
    let until = promotion
        .until
        .as_ref()
        .map(|until| configuration.end(&until.0));
    let from = from.filter(inside).map(|from| (from, "from"));
    from.or_else(|| until.filter(inside).map(|until| (until, "until")))
}
