//! Which steps may run: pure bookkeeping, constant work a dependency.

use super::event::Because;
use crate::plan::{Step, StepId};
use std::collections::{BTreeMap, BTreeSet};

/// Steps by what they wait for. Steps are named by their place in the plan.
#[derive(Debug)]
pub(super) struct Schedule {
    /// For each step, how many it still waits for; `None` once it is ready or out.
    waiting_for: Vec<Option<usize>>,
    dependants: Vec<Vec<usize>>,
    /// Steps that may run, the plan's first ones first.
    ready: BTreeSet<usize>,
    ids: Vec<StepId>,
}

impl Schedule {
    pub(super) fn new(steps: &[Step]) -> Self {
        let places: BTreeMap<StepId, usize> = steps
            .iter()
            .enumerate()
            .map(|(at, step)| (step.id, at))
            .collect();
        let mut schedule = Schedule {
            waiting_for: Vec::with_capacity(steps.len()),
            dependants: vec![Vec::new(); steps.len()],
            ready: BTreeSet::new(),
            ids: steps.iter().map(|step| step.id).collect(),
        };
        for (at, step) in steps.iter().enumerate() {
            let before: BTreeSet<StepId> = step.depends_on.iter().copied().collect();
            for id in &before {
                // A step that is not there is waited for without end.
                let dependants = places
                    .get(id)
                    .and_then(|place| schedule.dependants.get_mut(*place));
                if let Some(dependants) = dependants {
                    dependants.push(at);
                }
            }
            if before.is_empty() {
                schedule.ready.insert(at);
                schedule.waiting_for.push(None);
            } else {
                schedule.waiting_for.push(Some(before.len()));
            }
        }
        schedule
    }

    /// The next step that may run.
    pub(super) fn next(&mut self) -> Option<usize> {
        self.ready.pop_first()
    }

    /// A step has succeeded.
    pub(super) fn succeeded(&mut self, at: usize) {
        for dependant in self.take_dependants(at) {
            let Some(waiting) = self.waiting_for.get_mut(dependant) else {
                continue;
            };
            *waiting = match *waiting {
                Some(0 | 1) => {
                    self.ready.insert(dependant);
                    None
                }
                Some(count) => Some(count - 1),
                None => None,
            };
        }
    }

    /// A step has failed: everything that depends on it is out. Gives what was not out before.
    pub(super) fn failed(&mut self, at: usize) -> Vec<(usize, Because)> {
        let Some(id) = self.ids.get(at).copied() else {
            return Vec::new();
        };
        let mut out = Vec::new();
        let mut next = self.take_dependants(at);
        while let Some(dependant) = next.pop() {
            let waited = self
                .waiting_for
                .get_mut(dependant)
                .and_then(Option::take)
                .is_some();
            if waited {
                out.push((dependant, Because::Failed(id)));
                next.extend(self.take_dependants(dependant));
            }
        }
        out.sort_by_key(|(at, _)| *at);
        out
    }

    /// Every step that was not given out and is not out: the ready ones, then those that wait.
    pub(super) fn rest(self) -> (Vec<usize>, Vec<usize>) {
        let ready = self.ready.into_iter().collect();
        let waiting = self
            .waiting_for
            .iter()
            .enumerate()
            .filter(|(_, waiting)| waiting.is_some())
            .map(|(at, _)| at)
            .collect();
        (ready, waiting)
    }

    fn take_dependants(&mut self, at: usize) -> Vec<usize> {
        self.dependants
            .get_mut(at)
            .map(std::mem::take)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Address;
    use crate::plan::Operation;

    /// A plan of steps `(id, depends on)`.
    fn steps(plan: &[(u32, &[u32])]) -> Vec<Step> {
        plan.iter()
            .map(|(id, before)| Step {
                id: StepId(*id),
                address: Address::new("offer", format!("o{id}")),
                verb: "forget".into(),
                operation: Operation::Forget,
                depends_on: before.iter().copied().map(StepId).collect(),
            })
            .collect()
    }

    /// Runs a schedule in which some steps fail; gives the order of the tried and the skipped.
    fn check(
        plan: &[(u32, &[u32])],
        failing: &[u32],
        tried: &[u32],
        skipped: &[u32],
        rest: &[u32],
    ) {
        let steps = steps(plan);
        let id = |at: usize| steps[at].id.0;
        let mut schedule = Schedule::new(&steps);
        let (mut was_tried, mut was_skipped) = (Vec::new(), Vec::new());
        while let Some(at) = schedule.next() {
            was_tried.push(id(at));
            if failing.contains(&id(at)) {
                was_skipped.extend(schedule.failed(at).into_iter().map(|(at, _)| id(at)));
            } else {
                schedule.succeeded(at);
            }
        }
        was_skipped.sort_unstable();
        let (ready, waiting) = schedule.rest();
        assert_eq!(was_tried, tried, "{plan:?}");
        assert_eq!(was_skipped, skipped, "{plan:?}");
        assert!(ready.is_empty());
        assert_eq!(
            waiting.into_iter().map(id).collect::<Vec<_>>(),
            rest,
            "{plan:?}"
        );
    }

    #[test]
    fn orders() {
        check(&[], &[], &[], &[], &[]);
        check(
            &[(1, &[]), (2, &[1]), (3, &[1, 1])],
            &[],
            &[1, 2, 3],
            &[],
            &[],
        );
        check(&[(5, &[9]), (9, &[])], &[], &[9, 5], &[], &[]);
        // A diamond with a bystander.
        let diamond: &[(u32, &[u32])] = &[(1, &[]), (2, &[1]), (3, &[1]), (4, &[2, 3]), (5, &[])];
        check(diamond, &[], &[1, 2, 3, 4, 5], &[], &[]);
        check(diamond, &[2], &[1, 2, 3, 5], &[4], &[]);
        check(diamond, &[2, 3], &[1, 2, 3, 5], &[4], &[]);
        check(diamond, &[1], &[1, 5], &[2, 3, 4], &[]);
        // A circle, and a step that is not there.
        check(&[(1, &[2]), (2, &[1]), (3, &[])], &[], &[3], &[], &[1, 2]);
        check(&[(1, &[7])], &[], &[], &[], &[1]);
    }
}
