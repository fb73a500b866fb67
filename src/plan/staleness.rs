//! Whether a plan would still do what it says: two plans, effect by effect.
//!
//! What matters is what the earlier plan does. That the later one would do more, elsewhere, makes no
//! difference to it.

use crate::model::{Address, Path};
use crate::plan::{Action, Change, FieldChange, Operation, Plan};
use std::collections::BTreeMap;

/// An effect that would not be what the plan says.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The object.
    pub address: Address,
    /// What is different.
    pub what: What,
}

/// What is different about an effect.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Another action is right now; `None`: nothing is left to do.
    Action {
        /// As the plan says.
        planned: Option<Action>,
        /// As it would be now.
        now: Option<Action>,
    },
    /// A field would change from or to something else.
    Field {
        /// Where.
        path: Path,
        /// As the plan says; `None`: not at all.
        planned: Option<Box<FieldChange>>,
        /// As it would be now; `None`: not at all.
        now: Option<Box<FieldChange>>,
    },
    /// The same fields, by other writes: an object was made, or is gone.
    Writes,
    /// It would take something from people that it did not say.
    Unannounced(String),
    /// It is refused now, for this reason.
    Refused(String),
}

/// The effects of a plan that would be others by now, in the order of addresses. Both plans are
/// for one configuration and one state.
pub fn differences(planned: &Plan, now: &Plan) -> Vec<Difference> {
    let effects = effects(planned);
    let effects_now = self::effects(now);
    let nothing = Effects::default();
    let mut found = Vec::new();
    for (address, effect) in &effects {
        let effect_now = effects_now.get(address).unwrap_or(&nothing);
        let before = found.len();
        compare(address, effect, effect_now, &mut found);
        if found.len() == before && effect.writes != effect_now.writes {
            found.push(difference(address, What::Writes));
        }
    }
    let known: Vec<&str> = planned.refusals.iter().map(|old| &*old.message).collect();
    for refusal in &now.refusals {
        let concerned = refusal
            .address
            .as_ref()
            .filter(|of| effects.contains_key(of));
        if let Some(address) = concerned
            && !known.contains(&&*refusal.message)
        {
            found.push(difference(address, What::Refused(refusal.message.clone())));
        }
    }
    found
}

/// What a plan does with one object.
#[derive(Default)]
struct Effects<'a> {
    changes: Vec<&'a Change>,
    writes: Vec<&'a Operation>,
}

fn effects(plan: &Plan) -> BTreeMap<&Address, Effects<'_>> {
    let mut effects: BTreeMap<&Address, Effects<'_>> = BTreeMap::new();
    for change in &plan.changes {
        let effect = effects.entry(&change.address).or_default();
        effect.changes.push(change);
    }
    for step in &plan.steps {
        let effect = effects.entry(&step.address).or_default();
        effect.writes.push(&step.operation);
    }
    effects
}

fn compare(
    address: &Address,
    planned: &Effects<'_>,
    now: &Effects<'_>,
    found: &mut Vec<Difference>,
) {
    for at in 0..planned.changes.len().max(now.changes.len()) {
        let (planned, now) = (planned.changes.get(at), now.changes.get(at));
        let action = |change: Option<&&Change>| change.map(|change| change.action);
        let (planned_action, now_action) = (action(planned), action(now));
        if planned_action != now_action {
            let what = What::Action {
                planned: planned_action,
                now: now_action,
            };
            found.push(difference(address, what));
            continue;
        }
        let (planned, now) = (by_path(planned), by_path(now));
        let mut paths: Vec<&Path> = planned.keys().chain(now.keys()).copied().collect();
        paths.sort();
        paths.dedup();
        for path in paths {
            let (planned, now) = (planned.get(path), now.get(path));
            if planned != now {
                let what = What::Field {
                    path: path.clone(),
                    planned: planned.map(|field| Box::new((*field).clone())),
                    now: now.map(|field| Box::new((*field).clone())),
                };
                found.push(difference(address, what));
            }
        }
    }
}

fn by_path<'a>(change: Option<&&'a Change>) -> BTreeMap<&'a Path, &'a FieldChange> {
    let fields = change.into_iter().flat_map(|change| &change.fields);
    fields.map(|field| (&field.path, field)).collect()
}

fn difference(address: &Address, what: What) -> Difference {
    Difference {
        address: address.clone(),
        what,
    }
}
