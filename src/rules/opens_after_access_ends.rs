//! `opens-after-access-ends`: a lesson opens after the offer's access has ended.

use super::configuration::value;
use super::release::{self, Item, Origin, Release};
use super::sale;
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::{Opens, effective, later};
use crate::kinds::Document;
use crate::kinds::offer::{AccessTerm, Content, Offer, Product};
use crate::model::{Instant, Path};
use chrono::TimeDelta;

pub(super) const RULE: Rule = Rule {
    code: Code::OpensAfterAccessEnds,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer) in configuration.offers() {
        let products = offer.products.set().into_iter().flatten();
        for (at, product) in products.enumerate() {
            let Some(release) = release::of_product(configuration, product) else {
                continue;
            };
            let place = Path::root().key("products").index(at).key("access");
            for late in late(configuration, offer, product, release) {
                findings.push(finding(configuration, document, &place, release, &late));
            }
        }
    }
}

/// Something that opens too late.
struct Late<'r> {
    item: &'r Item,
    opens: Instant,
    ends: Instant,
    buyer: &'static str,
}

/// What opens after access has ended: a module for all its lessons, or a lesson.
fn late<'r>(
    configuration: &Configuration<'_>,
    offer: &Offer,
    product: &Product,
    release: &'r Release<'_>,
) -> Vec<Late<'r>> {
    let mut buyers = buyers(configuration, offer);
    // Where the sale has no bounds, only what does not count from the purchase is known.
    let dates_alone = buyers.is_empty();
    if dates_alone && matches!(product.access.set(), Some(AccessTerm::Until(_))) {
        buyers.push(("at any time", configuration.now));
    }
    let is_date = |opens: Opens| match opens {
        Opens::At(_) => true,
        Opens::AfterAccess { .. } => false,
    };
    let mut found: Vec<Late<'r>> = Vec::new();
    for item in &release.items {
        let module = item.lesson.and_then(|_| release.module(item.module));
        let is_told =
            |late: &Late<'_>| late.item.module == item.module && late.item.lesson.is_none();
        if !is_in(product, release, item) || found.iter().any(is_told) {
            continue;
        }
        let counts = !is_date(item.opens) || module.is_some_and(|module| !is_date(module.opens));
        if dates_alone && counts {
            continue;
        }
        let late = buyers.iter().find_map(|(buyer, access)| {
            let ends = match product.access.set()? {
                AccessTerm::Unlimited => return None,
                AccessTerm::Until(until) => configuration.end(&until.0),
                AccessTerm::For(term) => later(*access, *term, configuration.zone)?,
            };
            let module = module.map(|module| module.opens);
            let opens = effective(module, Some(item.opens), *access, configuration.zone)?;
            (opens >= ends).then_some(Late {
                item,
                opens,
                ends,
                buyer,
            })
        });
        found.extend(late);
    }
    found
}

/// The first and the last buyer.
fn buyers(configuration: &Configuration<'_>, offer: &Offer) -> Vec<(&'static str, Instant)> {
    let window = sale::window(configuration, offer);
    let opens = window.opens.map(|at| ("at the opening of sale", at));
    let last = window
        .closes
        .and_then(|at| at.checked_sub_signed(TimeDelta::seconds(1)));
    let closes = last.map(|at| ("at the close of sale", at));
    opens.into_iter().chain(closes).collect()
}

/// Whether an offer gives access to what opens.
fn is_in(product: &Product, release: &Release<'_>, item: &Item) -> bool {
    let Some(Content::Chosen(chosen)) = product.content.set() else {
        return true;
    };
    let Some(module) = release.program.get(item.module) else {
        return false;
    };
    let lesson = item.lesson.and_then(|lesson| module.lessons.get(lesson));
    let mut lessons = chosen.lessons.iter();
    chosen.modules.contains(&module.name)
        || lessons.any(|path| {
            path.module == module.name && lesson.is_none_or(|lesson| lesson.name == path.lesson)
        })
}

fn finding(
    configuration: &Configuration<'_>,
    document: &Document,
    access: &Path,
    release: &Release<'_>,
    late: &Late<'_>,
) -> Diagnostic {
    let opens = configuration.show(late.opens);
    let ends = configuration.show(late.ends);
    let access = value(document, access);
    // A course is a mirror: there it is the offer that can be edited.
    let (place, other, about) = match late.item.origin {
        Origin::Written | Origin::Counted => (late.item.place, access, release.document),
        Origin::Course => (access, late.item.place, document),
    };
    Diagnostic::new(
        Code::OpensAfterAccessEnds,
        place,
        format!(
            "{} opens {opens}, after the access that {} gives ends {ends}",
            release.what(late.item),
            document.address
        ),
    )
    .why(format!(
        "so it is for a buyer {}: what was paid for never opens",
        late.buyer
    ))
    .help(format!(
        "give access past {opens}, or open it before {ends}"
    ))
    .related(other, format!("opens {opens}, access ends {ends}"))
    .about(&about.address)
}
