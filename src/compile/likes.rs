//! `like`: the fields of another offer, merged under an offer's own.

use super::merge;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Document;
use crate::kinds::{META_FIELDS, Reference, Spec};
use crate::model::Path;
use crate::source::Span;
use crate::yaml::{Entry, Node};
use std::collections::{BTreeMap, BTreeSet};

/// The trees of every offer with `like`, the copied fields merged in, by position.
///
/// An offer copies another as that is when all is merged. Identity is not copied: `kind`, `name`,
/// `previous_names`, `only_in`, `protect`, `adopt`, `allow` and `like` itself. The offer copied may
/// be one that does not count in the chosen environment; its text is what matters. Circles are
/// reported, and their offers are left as they are. So are offers like one that is not declared.
pub(super) fn merged(documents: &[Document], findings: &mut Diagnostics) -> BTreeMap<usize, Node> {
    let next = targets(documents, findings);
    let in_circles = report_circles(documents, &next, findings);
    let mut merged: BTreeMap<usize, Node> = BTreeMap::new();
    for &start in next.keys() {
        let mut chain = vec![start];
        let mut at = start;
        while let Some(&target) = next.get(&at) {
            if in_circles.contains(&at) || merged.contains_key(&at) {
                break;
            }
            chain.push(target);
            at = target;
        }
        for pair in chain.windows(2).rev() {
            let &[upper, lower] = pair else { continue };
            let Some(own) = documents.get(upper) else {
                continue;
            };
            let mut node = own.node.clone();
            let below = merged
                .get(&lower)
                .or(documents.get(lower).map(|below| &below.node));
            if let Some(fields) = below.and_then(Node::as_mapping) {
                merge::entries_under(&mut node, fields.entries.iter().filter(|e| is_copied(e)));
            }
            merged.insert(upper, node);
        }
    }
    merged
}

fn is_copied(entry: &Entry) -> bool {
    &*entry.key != "like" && !META_FIELDS.contains(&&*entry.key)
}

/// For each offer with `like`, the position of the offer that it names.
fn targets(documents: &[Document], findings: &mut Diagnostics) -> BTreeMap<usize, usize> {
    let mut next = BTreeMap::new();
    for (at, document) in documents.iter().enumerate() {
        let Spec::Offer(offer) = &document.spec else {
            continue;
        };
        match &offer.like {
            None => {}
            Some(Reference::Name(name)) => {
                let found = documents.binary_search_by(|other| {
                    (&*other.address.kind, &*other.address.name).cmp(&("offer", name.as_str()))
                });
                if let Ok(target) = found {
                    next.insert(at, target);
                }
            }
            Some(Reference::Outside { .. }) => findings.push(
                Diagnostic::new(
                    Code::UnknownReference,
                    place(document),
                    "`like` must name an offer of this project",
                )
                .label("not declared here, so its fields are not known")
                .help("declare that offer, or write its fields out")
                .about(&document.address),
            ),
        }
    }
    next
}

fn place(document: &Document) -> Span {
    document.node.descend(&Path::root().key("like").0).span
}

/// Reports each circle once, and returns everything that is in one.
fn report_circles(
    documents: &[Document],
    next: &BTreeMap<usize, usize>,
    findings: &mut Diagnostics,
) -> BTreeSet<usize> {
    let mut in_circles = BTreeSet::new();
    let mut settled = BTreeSet::new();
    for &start in next.keys() {
        let mut way = Vec::new();
        let mut at = Some(start);
        while let Some(position) = at.filter(|at| settled.insert(*at)) {
            way.push(position);
            at = next.get(&position).copied();
        }
        let Some(from) = at.and_then(|at| way.iter().position(|on_way| *on_way == at)) else {
            continue;
        };
        let circle: Vec<&Document> = way
            .iter()
            .skip(from)
            .filter_map(|at| documents.get(*at))
            .collect();
        in_circles.extend(way.iter().skip(from).copied());
        let places = circle.iter().map(|document| (*document, place(document)));
        if let Some(finding) = super::cycles::finding(&places.collect::<Vec<_>>()) {
            findings.push(finding);
        }
    }
    in_circles
}
