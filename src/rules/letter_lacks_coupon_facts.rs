//! `letter-lacks-coupon-facts`: a letter about a coupon leaves out facts that the client needs.

use super::mailing::{mailings, same};
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::pricing::discounted;
use crate::kinds::Reference;
use crate::kinds::coupon::Validity;
use crate::model::{Address, Money, Path};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::LetterLacksCouponFacts,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let removed: BTreeSet<&Address> = mailings(configuration)
        .into_iter()
        .filter(|mailing| {
            let lists = mailing.coupon.1.lists.set();
            let gates = |list: &Reference| lists.into_iter().flatten().any(|own| same(own, list));
            mailing.removal(gates).is_some()
        })
        .map(|mailing| &mailing.letter.0.address)
        .collect();
    for (document, letter) in configuration.letters() {
        let Some((coupon_document, coupon)) = letter
            .about
            .coupon
            .as_ref()
            .and_then(|coupon| configuration.index.coupon(coupon))
        else {
            continue;
        };
        let text = format!("{}\n{}", letter.subject.0, letter.body.0);
        let uses = |names: &[&str]| names.iter().any(|name| mentions(&text, name));
        let ends = matches!(coupon.valid_until.set(), Some(Validity::Until(_)))
            || letter.about.valid_for.is_some()
            || removed.contains(&document.address);
        let discount = coupon.discount.set().map(ToString::to_string);
        let states_discount = uses(&["coupon.discount"])
            || discount.is_some_and(|discount| {
                text.contains(&discount) || text.contains(&discount.replace('%', " %"))
            });
        let price = letter.about.offer.as_ref();
        let price = price
            .and_then(|offer| configuration.index.offer(offer))
            .and_then(|(_, offer)| offer.price.set().map(|price| price.0));
        let after = price.and_then(|price| discounted(price, *coupon.discount.set()?).ok());
        let writes =
            |money: Option<Money>| money.is_some_and(|money| text.contains(&money.to_string()));
        let writes_time = letter
            .about
            .valid_for
            .is_some_and(|time| text.contains(&time.to_string()));
        let lacks: Vec<&str> = [
            (
                uses(&["coupon.code"]) || text.contains(&*coupon.code.0),
                "the code (`{{ coupon.code }}`)",
            ),
            (
                states_discount,
                "the size of the discount (`{{ coupon.discount }}`)",
            ),
            (
                !ends || writes_time || uses(&["valid_for", "coupon.valid_until"]),
                "how long it works (`{{ valid_for }}`)",
            ),
            (
                writes(price) || uses(&["price.before", "offer.price", ".price"]),
                "the price before (`{{ price.before }}`)",
            ),
            (
                writes(after) || uses(&["price.after"]),
                "the price after (`{{ price.after }}`)",
            ),
        ]
        .into_iter()
        .filter(|(stated, _)| !stated)
        .map(|(_, fact)| fact)
        .collect();
        if lacks.is_empty() {
            continue;
        }
        let path = Path::root().key("body");
        findings.push(
            Diagnostic::new(
                Code::LetterLacksCouponFacts,
                configuration::key(document, &path),
                format!("the letter about `{}` leaves out what the client needs", coupon_document.address.name),
            )
            .label("not all facts are stated")
            .why("a letter that names the coupon, the discount, the time and both prices wins more clients back")
            .help(format!("add {}", lacks.join(", ")))
            .related(
                configuration::value(document, &Path::root().key("about").key("coupon")),
                "the letter is about this coupon",
            )
            .about(&document.address),
        );
    }
}

/// Whether a template uses a value: inside `{{ … }}` or `{% … %}`.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let pieces = text.split('{').skip(1);
    pieces.filter(|piece| !piece.is_empty()).any(|piece| {
        piece
            .split('}')
            .next()
            .is_some_and(|inside| inside.contains(name))
    })
}
