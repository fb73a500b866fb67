//! What a plan will write, for a place that must know before the first write is sent.

use crate::model::{Attributes, OpenIntent, RemoteId};
use crate::plan::{Operation, Plan};

/// The writes of a plan as intents. Values that are known only once other objects exist are left
/// out: what remains is enough to find an object by its natural key.
pub fn announced(plan: &Plan) -> Vec<OpenIntent> {
    plan.steps
        .iter()
        .filter_map(|step| {
            let (id, attributes, replaces) = written(&step.operation)?;
            Some(OpenIntent {
                address: step.address.clone(),
                id,
                attributes: known(attributes),
                replaces,
            })
        })
        .collect()
}

type Written<'a> = (Option<RemoteId>, Option<&'a Attributes>, Option<RemoteId>);

fn written(operation: &Operation) -> Option<Written<'_>> {
    match operation {
        Operation::Create {
            body,
            applied: _,
            replaces,
            protect: _,
        } => Some((None, Some(body), *replaces)),
        // One without an id follows the creation at its address, which is announced.
        Operation::Update {
            id,
            patch,
            applied: _,
            protect: _,
        } => id.map(|id| (Some(id), Some(patch), None)),
        Operation::Retire {
            id,
            patch,
            deposed: _,
        } => Some((Some(*id), Some(patch), None)),
        Operation::Delete { id } => Some((Some(*id), None, None)),
        Operation::Settle { .. } | Operation::Record { .. } | Operation::Forget => None,
    }
}

fn known(attributes: Option<&Attributes>) -> Attributes {
    attributes
        .into_iter()
        .flatten()
        .filter(|(_, value)| {
            let mut unknown = Vec::new();
            value.addresses(&mut unknown);
            unknown.is_empty()
        })
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
