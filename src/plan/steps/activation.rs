//! When what rests may begin to act: once all that it refers to exists, and acts itself.

use crate::model::{Address, Value};
use crate::plan::Operation;
use crate::plan::compare::Compared;
use crate::plan::order::{Drafts, Slot, circles};
use crate::plan::steps::All;
use std::collections::{BTreeMap, BTreeSet};

/// Makes every step that activates something wait for what it refers to.
pub(super) fn wait(drafts: &mut Drafts, all: &All<'_>) {
    let activations: BTreeMap<&Address, Slot> = all
        .iter()
        .filter_map(|(address, object)| Some((*address, activation(drafts, object)?)))
        .collect();
    if activations.is_empty() {
        return;
    }
    let edges: BTreeMap<&Address, BTreeSet<&Address>> = all
        .iter()
        .map(|(address, object)| (*address, object.references().into_iter().collect()))
        .collect();
    let numbers = circles(&edges);
    for (address, slot) in &activations {
        for to in edges.get(address).into_iter().flatten() {
            drafts.needs_ready((address, *slot), to);
        }
        for other in reached(address, all, &edges, &activations) {
            // Within a circle nobody waits for anybody.
            if numbers.get(other) != numbers.get(address)
                && let Some(first) = activations.get(other)
            {
                drafts.needs((address, *slot), (other, *first));
            }
        }
    }
}

/// The step after which an object acts, if it does not yet.
fn activation(drafts: &Drafts, object: &Compared<'_>) -> Option<Slot> {
    let address = object.subject.address;
    let status = &object.subject.collection.status;
    let acts = |value: &Value| {
        let text = value.as_text().unwrap_or(status.default);
        Some(text) != status.resting && text != status.retired
    };
    if drafts.has(address, Slot::Activate) {
        return Some(Slot::Activate);
    }
    match drafts.operation(address, Slot::Update)? {
        Operation::Update { patch, .. } => patch
            .get("status")
            .is_some_and(acts)
            .then_some(Slot::Update),
        Operation::Create { .. }
        | Operation::Settle { .. }
        | Operation::Retire { .. }
        | Operation::Delete { .. }
        | Operation::Record { .. }
        | Operation::Forget => None,
    }
}

/// What an object refers to and is activated, looking through what needs no activation.
fn reached<'e>(
    from: &Address,
    all: &All<'_>,
    edges: &BTreeMap<&'e Address, BTreeSet<&'e Address>>,
    activations: &BTreeMap<&'e Address, Slot>,
) -> BTreeSet<&'e Address> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<&'e Address> = edges.get(from).into_iter().flatten().copied().collect();
    while let Some(address) = open.pop() {
        if !seen.insert(address) {
            continue;
        }
        if activations.contains_key(address) {
            found.insert(address);
        } else if all
            .get(address)
            .is_some_and(|object| object.subject.collection.status.resting.is_none())
        {
            open.extend(edges.get(address).into_iter().flatten());
        }
    }
    found
}
