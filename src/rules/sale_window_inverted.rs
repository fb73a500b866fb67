//! `sale-window-inverted`: something ends before it starts.

use super::{Configuration, Rule, configuration, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::offer::AccessTerm;
use crate::model::{Instant, Path};

pub(super) const RULE: Rule = Rule {
    code: Code::SaleWindowInverted,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer) in configuration.offers() {
        let root = Path::root();
        let window = sale::window(configuration, offer);
        let promotion = offer.promotion.set();
        let promoted = (
            promotion
                .and_then(|promotion| promotion.from.as_ref())
                .map(|from| configuration.instant(&from.0)),
            promotion
                .and_then(|promotion| promotion.until.as_ref())
                .map(|until| configuration.end(&until.0)),
        );
        let mut judge =
            |starts: (Option<Instant>, Path), ends: (Option<Instant>, Path), what: [&str; 2]| {
                let (Some(start), Some(end)) = (starts.0, ends.0) else {
                    return;
                };
                if end > start {
                    return;
                }
                let [ends_what, starts_what] = what;
                findings.push(
                    Diagnostic::new(
                        Code::SaleWindowInverted,
                        configuration::value(document, &ends.1),
                        format!("{ends_what} before {starts_what}"),
                    )
                    .label(format!("ends {}", configuration.show(end)))
                    .why("there is no moment at which it holds")
                    .help(format!(
                        "give it an end after {}",
                        configuration.show(start)
                    ))
                    .related(
                        configuration::value(document, &starts.1),
                        format!("starts {}", configuration.show(start)),
                    )
                    .about(&document.address),
                );
            };
        let of_sale = root.key("sale");
        judge(
            (window.opens, of_sale.key("opens")),
            (window.closes, of_sale.key("closes")),
            ["the sale closes", "it opens"],
        );
        let of_promotion = root.key("promotion");
        judge(
            (promoted.0, of_promotion.key("from")),
            (promoted.1, of_promotion.key("until")),
            ["the promotion ends", "it begins"],
        );
        for (at, product) in offer.products.set().into_iter().flatten().enumerate() {
            if let Some(AccessTerm::Until(until)) = product.access.set() {
                let path = root.key("products").index(at).key("access").key("until");
                judge(
                    (window.opens, of_sale.key("opens")),
                    (Some(configuration.end(&until.0)), path),
                    ["access ends", "the sale opens"],
                );
            }
        }
    }
}
