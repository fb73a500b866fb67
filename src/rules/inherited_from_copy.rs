//! `inherited-from-copy`: a copied offer keeps dates, coupons or links of the earlier cohort.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::offer::Offer;
use crate::model::Path;
use crate::source::Span;
use crate::yaml::Value;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::InheritedFromCopy,
    check,
};

/// What belongs to one launch: dates, coupons and links.
const OF_A_LAUNCH: &[&[&str]] = &[
    &["promotion", "from"],
    &["promotion", "until"],
    &["payment", "installments", "schedule"],
    &["sale", "opens"],
    &["sale", "closes"],
    &["coupons"],
    &["upgrade"],
    &["renewal"],
    &["cross_sell"],
    &["form", "terms"],
    &["letters", "activation"],
    &["letters", "purchased"],
    &["letters", "failed"],
    &["letters", "accepted_free"],
];

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer) in configuration.offers() {
        let Some((_, copied)) = offer
            .like
            .as_ref()
            .and_then(|like| configuration.index.offer(like))
        else {
            continue;
        };
        // Price levels of one launch share its dates.
        let cohorts = |offer: &Offer| -> BTreeSet<String> {
            let products = offer.products.set().into_iter().flatten();
            let named = products
                .filter_map(|product| Some(product.cohort.set()?.name()?.as_str().to_owned()));
            named.collect()
        };
        let (own, other) = (cohorts(offer), cohorts(copied));
        if own == other || own.is_empty() || other.is_empty() {
            continue;
        }
        let whole = document.node.span;
        let project = configuration.project.span.file;
        let is_taken = |span: Span| {
            let inside =
                span.file == whole.file && whole.start <= span.start && span.end <= whole.end;
            !inside && span.file != project
        };
        let taken: Vec<(String, Span)> = OF_A_LAUNCH
            .iter()
            .filter_map(|keys| {
                let path = keys.iter().fold(Path::root(), |path, key| path.key(key));
                let span = document.node.key_span(&path.0)?;
                let value = document.node.descend(&path.0);
                let says_something = match &value.value {
                    Value::Sequence(items) => !items.is_empty(),
                    _ => !matches!(value.as_str(), Some("none" | "any")) && !value.is_null(),
                };
                (is_taken(span) && says_something).then(|| (format!("`{}`", keys.join(".")), span))
            })
            .collect();
        if taken.is_empty() {
            continue;
        }
        let names: Vec<&str> = taken.iter().map(|(name, _)| name.as_str()).collect();
        let mut finding = Diagnostic::new(
            Code::InheritedFromCopy,
            configuration::value(document, &Path::root().key("like")),
            format!(
                "takes over {} of an earlier cohort unchanged",
                names.join(", ")
            ),
        )
        .label("copied from here")
        .why("a copied offer keeps the dates, coupons and links of the launch it was made for")
        .help("write them in this offer, with this cohort's values")
        .about(&document.address);
        for (name, span) in &taken {
            finding = finding.related(*span, format!("{name} comes from here"));
        }
        findings.push(finding);
    }
}
