//! `segment-misses-new-offer`: a live segment was saved before one of the course's offers existed.

use super::mailing::same;
use super::{Configuration, Rule, configuration, filters};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::{Bought, Document, Filter};
use crate::model::{Address, Path, Value};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::SegmentMissesNewOffer,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let Some(applied) = configuration.applied else {
        return;
    };
    for (document, list) in configuration.lists() {
        let Some(saved) = applied.objects.get(&document.address) else {
            continue;
        };
        let Some(filter) = list.where_.set() else {
            continue;
        };
        let mut known = BTreeSet::new();
        for value in saved.attributes.values() {
            offers_in(value, &mut known);
        }
        let is_known = |offer: &Address| {
            let offer = applied.objects.get(offer);
            offer.is_some_and(|offer| known.contains(&offer.id.0))
        };
        filters::walk(filter, &Path::root().key("where"), &mut |filter, path| {
            let Filter::Bought(Bought::Course(course)) = filter else {
                return;
            };
            let missing: Vec<&Document> = configuration
                .offers()
                .filter(|(offer, spec)| {
                    let mut products = spec.products.set().into_iter().flatten();
                    products.any(|product| same(&product.course, course))
                        && !is_known(&offer.address)
                })
                .map(|(offer, _)| offer)
                .collect();
            let Some(first) = missing.first() else {
                return;
            };
            let mut finding = Diagnostic::new(
                Code::SegmentMissesNewOffer,
                configuration::value(document, &path.key("bought").key("course")),
                format!("the segment was saved before `{}` existed", first.address.name),
            )
            .label("means the offers of that time")
            .why("the platform knows offers, not courses, and a segment can be saved once: who buys the new offer does not enter it")
            .help("give the list another name, so that it is made anew, and name it where the old one was used")
            .about(&document.address);
            for offer in missing {
                finding = finding.related(offer.name_span(), "not in the segment");
            }
            findings.push(finding);
        });
    }
}

/// The ids of the offers that a saved segment asks for.
fn offers_in(value: &Value, ids: &mut BTreeSet<i64>) {
    match value {
        Value::Map(entries) => {
            for (key, value) in entries.iter() {
                match value {
                    Value::Int(id) if *key == "offer_id" => {
                        ids.insert(*id);
                    }
                    _ => offers_in(value, ids),
                }
            }
        }
        Value::List(items) => items.iter().for_each(|item| offers_in(item, ids)),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Text(_)
        | Value::Ref(_)
        | Value::Late(_) => {}
    }
}
