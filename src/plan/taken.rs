//! What the platform keeps unique and another object has: said here, not found half-way.

use crate::kinds::Rule;
use crate::model::{Address, DesiredState, LiveState, RemoteId, Value};
use crate::plan::Refusal;
use crate::plan::compare::{Compared, Fate};
use crate::plan::hands_off::has_status;
use crate::plan::matching::Entries;
use std::collections::BTreeMap;

/// Refuses texts that are new to an object and taken by another one in use.
pub(super) fn refusals(
    desired: &DesiredState,
    live: &LiveState,
    entries: &Entries<'_>,
    all: &BTreeMap<&Address, Compared<'_>>,
) -> Vec<Refusal> {
    let owners: BTreeMap<(&str, RemoteId), &Address> = entries
        .iter()
        .map(|(address, entry)| ((&*address.kind, entry.id), *address))
        .collect();
    let mut refusals = Vec::new();
    for (address, object) in all {
        if matches!(object.fate, Fate::Kept | Fate::Doubtful) {
            continue;
        }
        let Some(there) = live.kinds.get(&*address.kind) else {
            continue;
        };
        let collection = object.subject.collection;
        for field in collection.with(Rule::Unique) {
            let Some(Value::Text(wanted)) = object.comparison.declared.get(field) else {
                continue;
            };
            let taken = there.iter().find(|(id, other)| {
                Some(**id) != object.subject.id
                    && other.attributes.get(field).and_then(Value::as_text) == Some(wanted)
                    && !has_status(other, collection.status.retired)
            });
            let Some((id, _)) = taken else { continue };
            let owner = owners.get(&(&*address.kind, *id));
            refusals.push(Refusal {
                address: Some((*address).clone()),
                message: match owner {
                    Some(owner) => {
                        format!("{address}: the {field} `{wanted}` is taken by {owner} (id {id})")
                    }
                    None => format!("{address}: the {field} `{wanted}` is taken by id {id}"),
                },
                help: help(desired, owner.copied(), field, *id),
            });
        }
    }
    refusals
}

fn help(desired: &DesiredState, owner: Option<&Address>, field: &str, id: RemoteId) -> String {
    match owner {
        Some(owner) if desired.objects.contains_key(owner) => {
            format!("change the {field} of {owner} and apply that first, or write another one")
        }
        Some(owner) => format!(
            "if it is the same one, write `previous_names: [{}]`",
            owner.name
        ),
        None => format!("write another {field}, or take that one over: `adopt: {{ id: {id} }}`"),
    }
}
