//! What the platform keeps unique and another object has: said here, not found half-way.

use crate::kinds::Rule;
use crate::model::{Address, DesiredState, LiveObject, LiveState, RemoteId, Seg, Value};
use crate::plan::Refusal;
use crate::plan::compare::{Compared, Fate};
use crate::plan::hands_off::{hands_off, has_status, put_away};
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
        refusals.extend(confused(object, there, |id| {
            owners.contains_key(&(&*address.kind, id))
        }));
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

/// Refuses texts that an object is given anew and that people would confuse with an object in use that
/// nothing manages. Those of declared objects are compared where they are written.
fn confused(
    object: &Compared<'_>,
    there: &BTreeMap<RemoteId, LiveObject>,
    is_managed: impl Fn(RemoteId) -> bool,
) -> Vec<Refusal> {
    let address = object.subject.address;
    let collection = object.subject.collection;
    let mut refusals = Vec::new();
    for key in collection.with(Rule::Distinct) {
        let is_new = object.fate == Fate::Replaced
            || object.comparison.fields.iter().any(|field| {
                field
                    .path
                    .0
                    .first()
                    .is_some_and(|first| *first == Seg::Key(key.into()))
            });
        let Some(Value::Text(wanted)) = object.comparison.declared.get(key).filter(|_| is_new)
        else {
            continue;
        };
        let other = there.iter().find(|(id, other)| {
            Some(**id) != object.subject.id
                && !is_managed(**id)
                && other.attributes.get(key).and_then(Value::as_text) == Some(wanted)
                && !hands_off(collection, other)
                && !put_away(collection, other)
        });
        if let Some((id, _)) = other {
            refusals.push(Refusal {
                address: Some(address.clone()),
                message: format!(
                    "{address}: id {id}, which is not managed here, has the {key} `{wanted}` already"
                ),
                help: format!("write another {key}, or give id {id} another one on the platform"),
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
