//! What an interrupted run had done: open intents against the live state.
//!
//! The journal says what a run was about to write when it was cut off. Whatever of that is found on
//! the platform is ours: it is recorded without a question, and nothing is made twice.

use crate::kinds::{self, Collection};
use crate::model::{
    Address, Attributes, BaseObject, BaseState, Deposed, LiveObject, LiveState, OpenIntent,
    RemoteId, Value,
};
use crate::plan::Refusal;
use crate::plan::hands_off::{hands_off, put_away};
use crate::plan::patch::merge;
use crate::plan::three_way::{Alike, Written, alike};
use std::collections::{BTreeMap, BTreeSet};

/// What the open intents come to.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// Entries that the state would have, had the run ended well.
    pub entries: BTreeMap<Address, BaseObject>,
    /// The addresses among them whose objects the state does not know yet.
    pub made: BTreeSet<Address>,
    /// The addresses of objects that were put to rest by a change of nothing else.
    pub paused: BTreeSet<Address>,
    /// Addresses for which it cannot be told which object is theirs.
    pub doubts: BTreeMap<Address, Refusal>,
    /// Whether something that was announced is not to be seen.
    pub is_unseen: bool,
    /// What was found, one sentence each.
    pub messages: Vec<String>,
}

/// Whether something that an interrupted run announced is not to be seen on the platform: it has not
/// happened, or it is still under way.
pub fn is_unseen(base: &BaseState, live: &LiveState) -> bool {
    settle(base, live).is_unseen
}

/// Looks for the outcome of every open intent.
pub(super) fn settle(base: &BaseState, live: &LiveState) -> Settled {
    let mut settled = Settled::default();
    if base.open_intents.is_empty() {
        return settled;
    }
    let mut tracked: BTreeSet<(&str, RemoteId)> = base
        .objects
        .iter()
        .flat_map(|(address, entry)| {
            std::iter::once(entry.id)
                .chain(entry.deposed.iter().map(|deposed| deposed.id))
                .map(|id| (&*address.kind, id))
        })
        .collect();
    for intent in &base.open_intents {
        let OpenIntent { address, id, .. } = intent;
        let Some(collection) = kinds::kind(&address.kind).and_then(|kind| kind.collection) else {
            continue;
        };
        let Some(objects) = live.kinds.get(&*address.kind) else {
            settled.messages.push(format!(
                "{address}: the interrupted write cannot be looked up, as this kind cannot be read"
            ));
            continue;
        };
        match id {
            None => {
                let found = creation(&mut settled, base, intent, collection, objects, &tracked);
                tracked.extend(found.map(|id| (&*address.kind, id)));
            }
            Some(id) => write(&mut settled, base, intent, collection, objects.get(id), *id),
        }
    }
    settled
}

/// A creation that was announced: finds its object.
fn creation(
    settled: &mut Settled,
    base: &BaseState,
    intent: &OpenIntent,
    collection: &'static Collection,
    objects: &BTreeMap<RemoteId, LiveObject>,
    tracked: &BTreeSet<(&str, RemoteId)>,
) -> Option<RemoteId> {
    let OpenIntent {
        address,
        id: _,
        attributes,
        replaces,
    } = intent;
    let entry = base.objects.get(address);
    // A run before the interrupted one had announced it too, and its object is found already.
    if settled.made.contains(address) {
        return None;
    }
    // The state already knows a living object that the intent was not meant to replace.
    if entry.is_some_and(|entry| objects.contains_key(&entry.id) && Some(entry.id) != *replaces) {
        return None;
    }
    let attributes = kinds::normal_attributes(collection, attributes.clone());
    let candidates: Vec<(RemoteId, &LiveObject)> = objects
        .iter()
        .filter(|(id, object)| {
            !tracked.contains(&(&*address.kind, **id))
                && !hands_off(collection, object)
                && (!put_away(collection, object)
                    || attributes.get("status") == object.attributes.get("status"))
        })
        .filter(|(_, object)| match attributes.get(collection.natural_key) {
            Some(key) => object.attributes.get(collection.natural_key) == Some(key),
            None => covers(object, &attributes),
        })
        .map(|(id, object)| (*id, object))
        .collect();
    let covering: Vec<_> = candidates
        .iter()
        .filter(|(_, object)| covers(object, &attributes))
        .collect();
    let found = match (candidates.as_slice(), covering.as_slice()) {
        ([], _) => {
            settled.is_unseen = true;
            settled.messages.push(format!(
                "{address}: the interrupted creation is not to be seen, and is taken not to have happened"
            ));
            return None;
        }
        ([(id, _)], _) | (_, [(id, _)]) => *id,
        (several, _) => {
            let ids = several.iter().map(|(id, _)| *id);
            settled.doubts.insert(
                address.clone(),
                crate::plan::matching::ambiguous(address, ids),
            );
            return None;
        }
    };
    settled.messages.push(format!(
        "{address}: the interrupted run had created it, id {found}"
    ));
    let mut deposed = entry.map_or_else(Vec::new, |entry| entry.deposed.clone());
    deposed.extend(replaces.map(|id| Deposed { id }));
    let unsettled = collection
        .gate(&attributes)
        .is_some_and(|gate| gate.must_be_empty || replaces.is_some());
    settled.made.insert(address.clone());
    settled.entries.insert(
        address.clone(),
        BaseObject {
            id: found,
            // Nothing counts as applied before the count of people is known.
            attributes: if unsettled {
                Attributes::new()
            } else {
                attributes
            },
            outputs: BTreeMap::new(),
            protect: entry.is_some_and(|entry| entry.protect),
            retired: false,
            deposed,
        },
    );
    Some(found)
}

/// A change that was announced: looks whether the object shows it.
fn write(
    settled: &mut Settled,
    base: &BaseState,
    intent: &OpenIntent,
    collection: &'static Collection,
    object: Option<&LiveObject>,
    id: RemoteId,
) {
    let address = &intent.address;
    let attributes = kinds::normal_attributes(collection, intent.attributes.clone());
    let Some(object) = object else {
        settled.messages.push(format!(
            "{address}: id {id}, which the interrupted run was changing, is gone"
        ));
        return;
    };
    if attributes.is_empty() || !covers(object, &attributes) {
        settled.is_unseen = true;
        settled.messages.push(format!(
            "{address}: the interrupted change of id {id} had not happened"
        ));
        return;
    }
    settled.messages.push(format!(
        "{address}: the interrupted change of id {id} had happened"
    ));
    let entry = settled
        .entries
        .get(address)
        .or_else(|| base.objects.get(address));
    if let Some(entry) = entry.filter(|entry| entry.id == id) {
        let mut entry = entry.clone();
        merge(&mut entry.attributes, &attributes);
        let rests = collection.status.resting.map(Value::text);
        let only = attributes.len() == 1;
        if only && rests.is_some() && attributes.get("status") == rests.as_ref() {
            settled.paused.insert(address.clone());
        }
        settled.entries.insert(address.clone(), entry);
    }
}

/// Whether an object shows everything that was sent.
fn covers(object: &LiveObject, sent: &Attributes) -> bool {
    sent.iter().all(|(key, value)| {
        let live = object.attributes.get(key);
        alike(Written::AsWritten, value, live.unwrap_or(&Value::Null)) != Alike::Different
    })
}
