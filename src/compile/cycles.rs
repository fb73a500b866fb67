//! Circles of references that must exist before each other.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::{Document, Index};
use crate::kinds::{DocumentPlaces, Link, Strength};
use crate::source::Span;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Fields whose circles make no sense, although the platform needs no order for them.
const ANCESTRY: &[&str] = &["copy_of", "follows"];

/// Reports every circle of strong references once, with every place in it.
pub(super) fn check(index: &Index<'_>, links: &[Vec<Link>], findings: &mut Diagnostics) {
    let documents = index.documents();
    let mut edges: BTreeMap<usize, BTreeMap<usize, &Link>> = BTreeMap::new();
    for (from, links) in links.iter().enumerate() {
        for link in links.iter().filter(|link| orders(link)) {
            let Some(target) = index.find(link.kind, &link.to) else {
                continue;
            };
            if let Ok(to) = documents.binary_search_by(|d| d.address.cmp(&target.address)) {
                edges.entry(from).or_default().entry(to).or_insert(link);
            }
        }
    }
    for circle in circles(&edges) {
        let places: Vec<(&Document, Span)> = circle
            .iter()
            .zip(circle.iter().cycle().skip(1))
            .filter_map(|(from, to)| {
                let document = documents.get(*from)?;
                let link = edges.get(from)?.get(to)?;
                let places = DocumentPlaces {
                    node: &document.node,
                };
                Some((document, places.link(link)))
            })
            .collect();
        if let Some(finding) = finding(&places) {
            findings.push(finding);
        }
    }
}

/// Whether what a link names must exist first.
fn orders(link: &Link) -> bool {
    let strong = match link.strength {
        Strength::Strong => true,
        Strength::Weak | Strength::Compiler => false,
    };
    link.inside.is_none()
        && (strong
            || link
                .path
                .field()
                .is_some_and(|field| ANCESTRY.contains(&field)))
}

/// One circle for each knot, from its first document by the shortest way back to it.
fn circles(edges: &BTreeMap<usize, BTreeMap<usize, &Link>>) -> Vec<Vec<usize>> {
    let mut graph: DiGraph<usize, ()> = DiGraph::new();
    let mut nodes: BTreeMap<usize, NodeIndex> = BTreeMap::new();
    for (from, targets) in edges {
        for to in targets.keys() {
            let [from, to] =
                [from, to].map(|at| *nodes.entry(*at).or_insert_with(|| graph.add_node(*at)));
            graph.add_edge(from, to, ());
        }
    }
    let mut circles: Vec<Vec<usize>> = tarjan_scc(&graph)
        .into_iter()
        .filter_map(|knot| {
            let knot: BTreeSet<usize> = knot
                .into_iter()
                .filter_map(|node| graph.node_weight(node).copied())
                .collect();
            shortest(&knot, edges)
        })
        .collect();
    circles.sort();
    circles
}

/// The shortest way inside a knot from its first member back to it.
fn shortest(
    knot: &BTreeSet<usize>,
    edges: &BTreeMap<usize, BTreeMap<usize, &Link>>,
) -> Option<Vec<usize>> {
    let start = *knot.first()?;
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        let targets = edges.get(&at).into_iter().flat_map(BTreeMap::keys);
        for &to in targets.filter(|to| knot.contains(to)) {
            if to == start {
                let mut circle = vec![at];
                while let Some(before) = circle.last().and_then(|at| came_from.get(at)) {
                    circle.push(*before);
                }
                circle.reverse();
                return Some(circle);
            }
            if let std::collections::btree_map::Entry::Vacant(entry) = came_from.entry(to) {
                entry.insert(at);
                queue.push_back(to);
            }
        }
    }
    None
}

/// The finding of a circle: at its first place, with all the others.
pub(super) fn finding(circle: &[(&Document, Span)]) -> Option<Diagnostic> {
    let ((first, place), others) = circle.split_first()?;
    let names = circle
        .iter()
        .chain(circle.first())
        .map(|(document, _)| format!("`{}`", document.address));
    let way = names.collect::<Vec<_>>().join(" → ");
    let message = if others.is_empty() {
        format!("`{}` refers to itself", first.address)
    } else {
        format!("references go in a circle: {way}")
    };
    let mut finding = Diagnostic::new(Code::ReferenceCycle, *place, message)
        .why("each must exist before the other")
        .help("take one of these references out")
        .about(&first.address);
    for (document, place) in others {
        finding = finding.related(*place, format!("`{}` refers on here", document.address));
    }
    Some(finding)
}
