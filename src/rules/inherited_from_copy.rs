//! `inherited-from-copy`: an offer takes over dates, coupons or links of an earlier cohort's offer.

use super::configuration::value;
use super::release;
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::offer::Offer;
use crate::kinds::{Document, Reference};
use crate::model::Path;
use crate::yaml::{Node, Value};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::InheritedFromCopy,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer) in configuration.offers() {
        let like = offer.like.as_ref();
        let Some((from, other)) = like.and_then(|like| configuration.index.offer(like)) else {
            continue;
        };
        if !is_of_later_cohort(configuration, &cohorts(offer), &cohorts(other)) {
            continue;
        }
        for (path, what) in fields() {
            if !is_taken_over(configuration, document, from, &path) {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    Code::InheritedFromCopy,
                    value(document, &Path::root().key("like")),
                    format!("`{path}` is taken over from {} unchanged", from.address),
                )
                .label(format!("{what} of an earlier cohort"))
                .why("a copied offer keeps the dates, coupons and links of the cohort that it was made for")
                .help(format!("write `{path}` for this cohort, or `null`"))
                .related(value(document, &path), "taken over from here")
                .about(&document.address),
            );
        }
    }
}

/// The names of the cohorts that an offer sells.
fn cohorts(offer: &Offer) -> BTreeSet<&str> {
    let products = offer.products.set().into_iter().flatten();
    let cohorts = products.filter_map(|product| product.cohort.set());
    cohorts
        .filter_map(Reference::name)
        .map(|name| name.as_str())
        .collect()
}

/// Whether some cohorts are others than those of the copied offer, and start no earlier. Price
/// levels of one launch share their dates.
fn is_of_later_cohort(
    configuration: &Configuration<'_>,
    own: &BTreeSet<&str>,
    copied: &BTreeSet<&str>,
) -> bool {
    if own.is_empty() || copied.is_empty() || !own.is_disjoint(copied) {
        return false;
    }
    let start = |names: &BTreeSet<&str>| {
        let of = configuration.cohorts();
        let of = of.filter(|(document, _)| names.contains(&*document.address.name));
        of.filter_map(|(_, cohort)| release::starts(configuration, cohort))
            .max()
    };
    match (start(own), start(copied)) {
        (Some(own), Some(copied)) => own >= copied,
        (_, _) => true,
    }
}

/// Whether the value at a path is the copied offer's own. Values keep the place where they were
/// written; what the project's defaults give is nobody's copy.
fn is_taken_over(
    configuration: &Configuration<'_>,
    document: &Document,
    from: &Document,
    path: &Path,
) -> bool {
    if document.node.key_span(&path.0).is_none() {
        return false;
    }
    let own = document.node.descend(&path.0);
    let is_copied = own.span == from.node.descend(&path.0).span;
    let is_default = own.span.file == configuration.project.span.file;
    let is_dated = path.to_string() != "payment.installments.schedule" || has_due(own);
    is_copied && !is_default && is_dated && !is_empty(own)
}

/// Where dates, coupons and links stand in an offer.
fn fields() -> impl Iterator<Item = (Path, &'static str)> {
    [
        ("promotion.from", "a date"),
        ("promotion.until", "a date"),
        ("sale.opens", "a date"),
        ("sale.closes", "a date"),
        ("payment.installments.schedule", "due dates"),
        ("coupons", "coupons"),
        ("upgrade", "a link"),
        ("renewal", "a link"),
        ("cross_sell", "links"),
        ("form.terms", "a link"),
        ("letters.activation", "a link"),
        ("letters.purchased", "a link"),
        ("letters.failed", "a link"),
        ("letters.accepted_free", "a link"),
    ]
    .into_iter()
    .map(|(path, what)| (Path::parse(path), what))
}

fn has_due(schedule: &Node) -> bool {
    let mut rows = schedule.as_sequence().into_iter().flatten();
    rows.any(|row| row.get("due").is_some())
}

/// Whether a value names nothing: `none`, `any`, `null` or an empty list.
fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(_) => node.is_null() || matches!(node.as_str(), Some("none" | "any")),
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(mapping) => mapping.entries.is_empty(),
    }
}
