//! Drafts of steps, named by what they are for, and the order that their needs give.

use crate::model::{Address, RemoteId};
use crate::plan::{Operation, Refusal, Step, StepId};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};

/// What a step of an object is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// The state learns what it did not know.
    Record,
    /// The state forgets it.
    Forget,
    /// It stops acting while what it refers to is replaced.
    Pause,
    /// It is made.
    Create,
    /// Its people are counted.
    Settle,
    /// It is changed.
    Update,
    /// It begins to act.
    Activate,
    /// An object that was replaced is retired.
    RetireOld(RemoteId),
    /// It is retired or deleted.
    Remove,
}

/// A step's name before it has a number.
pub(super) type Key = (Address, Slot);

/// A step before it has a number.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub verb: &'static str,
    pub operation: Operation,
    pub needs: BTreeSet<Key>,
}

/// All steps, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Drafts(BTreeMap<Key, Draft>);

impl Drafts {
    /// Adds a step.
    pub fn add(&mut self, address: &Address, slot: Slot, verb: &'static str, operation: Operation) {
        let draft = Draft {
            verb,
            operation,
            needs: BTreeSet::new(),
        };
        self.0.insert((address.clone(), slot), draft);
    }

    /// Whether there is such a step.
    pub fn has(&self, address: &Address, slot: Slot) -> bool {
        self.0.contains_key(&(address.clone(), slot))
    }

    /// Says that a step comes after another, if both exist.
    pub fn needs(&mut self, step: (&Address, Slot), before: (&Address, Slot)) {
        let before: Key = (before.0.clone(), before.1);
        if step.0 == &before.0 && step.1 == before.1 || !self.0.contains_key(&before) {
            return;
        }
        if let Some(draft) = self.0.get_mut(&(step.0.clone(), step.1)) {
            draft.needs.insert(before);
        }
    }

    /// Says that a step comes after an object is ready to be bound to: made, and settled.
    pub fn needs_ready(&mut self, step: (&Address, Slot), object: &Address) {
        let slot = if self.has(object, Slot::Settle) {
            Slot::Settle
        } else {
            Slot::Create
        };
        self.needs(step, (object, slot));
    }

    /// What a step does.
    pub fn operation(&self, address: &Address, slot: Slot) -> Option<&Operation> {
        let draft = self.0.get(&(address.clone(), slot))?;
        Some(&draft.operation)
    }

    /// The objects that have such a step.
    pub fn addresses_with(&self, slot: Slot) -> BTreeSet<Address> {
        self.0
            .keys()
            .filter(|key| key.1 == slot)
            .map(|(address, _)| address.clone())
            .collect()
    }

    /// The top-level attributes that are set only when an object is activated.
    pub fn deferred(&self, address: &Address) -> BTreeSet<&str> {
        match self.operation(address, Slot::Activate) {
            Some(Operation::Update { patch, .. }) => patch.keys().map(String::as_str).collect(),
            Some(
                Operation::Create { .. }
                | Operation::Settle { .. }
                | Operation::Retire { .. }
                | Operation::Delete { .. }
                | Operation::Record { .. }
                | Operation::Forget,
            )
            | None => BTreeSet::new(),
        }
    }

    /// Numbers the steps: each after those that it needs, otherwise by address and verb. A circle,
    /// which a valid configuration cannot have, is a refusal.
    pub fn into_steps(self) -> (Vec<Step>, Option<Refusal>) {
        let mut waiting: BTreeMap<&Key, usize> = BTreeMap::new();
        let mut waiters: BTreeMap<&Key, Vec<&Key>> = BTreeMap::new();
        let mut ready: BTreeSet<(&Address, &str, &Key)> = BTreeSet::new();
        for (key, draft) in &self.0 {
            waiting.insert(key, draft.needs.len());
            for need in &draft.needs {
                waiters.entry(need).or_default().push(key);
            }
            if draft.needs.is_empty() {
                ready.insert((&key.0, draft.verb, key));
            }
        }
        let mut numbers: BTreeMap<&Key, StepId> = BTreeMap::new();
        let mut steps = Vec::with_capacity(self.0.len());
        while let Some((_, _, key)) = ready.pop_first() {
            let Some(draft) = self.0.get(key) else {
                continue;
            };
            let id = StepId(u32::try_from(steps.len() + 1).unwrap_or(u32::MAX));
            numbers.insert(key, id);
            let mut depends_on: Vec<StepId> = draft
                .needs
                .iter()
                .filter_map(|need| numbers.get(need).copied())
                .collect();
            depends_on.sort();
            steps.push(Step {
                id,
                address: key.0.clone(),
                verb: draft.verb.to_owned(),
                operation: draft.operation.clone(),
                depends_on,
            });
            for waiter in waiters.remove(key).unwrap_or_default() {
                if let Some(left) = waiting.get_mut(waiter) {
                    *left -= 1;
                    if *left == 0 {
                        let verb = self.0.get(waiter).map_or("", |draft| draft.verb);
                        ready.insert((&waiter.0, verb, waiter));
                    }
                }
            }
        }
        let stuck: BTreeSet<&Address> = self
            .0
            .keys()
            .filter(|key| !numbers.contains_key(key))
            .map(|(address, _)| address)
            .collect();
        (steps, circle(&stuck))
    }
}

/// A refusal that names a circle.
pub(super) fn circle(addresses: &BTreeSet<&Address>) -> Option<Refusal> {
    let first = addresses.first()?;
    let names: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    Some(Refusal {
        address: Some((*first).clone()),
        message: format!(
            "these refer to each other in a circle, so none can be made first: {}",
            names.join(", ")
        ),
        help: "take one of the references out".to_owned(),
    })
}

/// The number of the circle that each address is in; an address in no circle is alone in its own.
pub(super) fn circles<'a>(
    edges: &BTreeMap<&'a Address, BTreeSet<&'a Address>>,
) -> BTreeMap<&'a Address, usize> {
    let mut graph: DiGraph<&Address, ()> = DiGraph::new();
    let mut nodes: BTreeMap<&Address, NodeIndex> = BTreeMap::new();
    for (from, targets) in edges {
        for address in std::iter::once(from).chain(targets) {
            nodes
                .entry(address)
                .or_insert_with(|| graph.add_node(address));
        }
    }
    for (from, targets) in edges {
        for to in targets {
            if let (Some(from), Some(to)) = (nodes.get(from), nodes.get(to)) {
                graph.add_edge(*from, *to, ());
            }
        }
    }
    let mut numbers = BTreeMap::new();
    for (number, members) in kosaraju_scc(&graph).into_iter().enumerate() {
        for member in members {
            if let Some(address) = graph.node_weight(member) {
                numbers.insert(*address, number);
            }
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_after_what_they_need_and_else_by_address() {
        let mut drafts = Drafts::default();
        let [a, b, c] = ["a", "b", "c"].map(|name| Address::new("offer", name));
        for address in [&a, &b, &c] {
            drafts.add(address, Slot::Forget, "forget", Operation::Forget);
        }
        drafts.needs((&a, Slot::Forget), (&c, Slot::Forget));
        drafts.needs((&a, Slot::Forget), (&c, Slot::Create));
        let (steps, refusal) = drafts.clone().into_steps();
        let got: Vec<_> = steps
            .iter()
            .map(|step| (step.id.0, step.address.to_string(), step.depends_on.len()))
            .collect();
        let expected = [(1, "offer.b", 0), (2, "offer.c", 0), (3, "offer.a", 1)];
        assert_eq!(
            got,
            expected.map(|(id, name, needs)| (id, name.to_owned(), needs))
        );
        assert_eq!(refusal, None);
        drafts.needs((&c, Slot::Forget), (&a, Slot::Forget));
        let (steps, refusal) = drafts.into_steps();
        assert_eq!(steps.len(), 1);
        assert!(refusal.is_some_and(|refusal| refusal.message.ends_with("offer.a, offer.c")));
    }
}
