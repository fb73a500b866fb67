//! Taking out of use: what is replaced, what was left behind, what is no longer declared; each
//! after everything that still refers to it.

use crate::model::{Address, Attributes, BaseObject, LiveObject, RemoteId, Value};
use crate::plan::Operation;
use crate::plan::bindings::bindings;
use crate::plan::compare::Fate;
use crate::plan::order::{Drafts, Slot, circles};
use crate::plan::removals::{End, Leftover, Removal};
use crate::plan::steps::{Swaps, Work};
use std::collections::{BTreeMap, BTreeSet};

/// Drafts every step that takes something out of use.
pub(super) fn draft(drafts: &mut Drafts, work: &Work<'_, '_>, swaps: &Swaps<'_>) {
    let mut leaving: Vec<Leaving<'_>> = Vec::new();
    for (address, referrers) in swaps {
        leaving.extend(replaced(drafts, work, address, referrers));
    }
    for removal in work.removals {
        leaving.extend(removed(drafts, removal));
        if work.settled.made.contains(removal.address) && !drafts.has(removal.address, Slot::Record)
        {
            record_first(drafts, removal);
        }
    }
    for leftover in work.leftovers {
        leaving.push(left_behind(drafts, work, leftover));
    }
    after_referrers(drafts, work, &leaving);
}

/// An object that is taken out of use, and what it is bound to.
struct Leaving<'a> {
    address: &'a Address,
    slot: Slot,
    id: RemoteId,
    bound: BTreeSet<(&'static str, RemoteId)>,
}

fn retire(status: &'static str, id: RemoteId, deposed: bool) -> Operation {
    Operation::Retire {
        id,
        patch: [("status".to_owned(), Value::text(status))]
            .into_iter()
            .collect(),
        deposed,
    }
}

fn replaced<'a>(
    drafts: &mut Drafts,
    work: &Work<'_, 'a>,
    address: &'a Address,
    referrers: &BTreeSet<&'a Address>,
) -> Option<Leaving<'a>> {
    let subject = &work.all.get(address)?.subject;
    let id = subject.id?;
    // Even if it is out of use already: only then is the state through with it.
    let slot = Slot::RetireOld(id);
    let operation = retire(subject.collection.status.retired, id, true);
    drafts.add(address, slot, "retire", operation);
    drafts.needs((address, slot), (address, Slot::Create));
    drafts.needs_ready((address, slot), address);
    for referrer in referrers {
        after_swap(drafts, work, (address, slot), referrer);
    }
    Some(Leaving {
        address,
        slot,
        id,
        bound: bound(subject.live, subject.base()),
    })
}

/// An old object leaves when all that exist and refer to its successor are through with it.
fn after_swap(
    drafts: &mut Drafts,
    work: &Work<'_, '_>,
    step: (&Address, Slot),
    referrer: &Address,
) {
    if work
        .all
        .get(referrer)
        .is_some_and(|object| !object.is_made())
    {
        drafts.needs(step, (referrer, Slot::Update));
        drafts.needs(step, (referrer, Slot::Activate));
    }
}

fn left_behind<'a>(
    drafts: &mut Drafts,
    work: &Work<'_, 'a>,
    leftover: &Leftover<'a>,
) -> Leaving<'a> {
    let Leftover {
        address,
        id,
        collection,
        live,
    } = leftover;
    let slot = Slot::RetireOld(*id);
    let operation = retire(collection.status.retired, *id, true);
    drafts.add(address, slot, "retire", operation);
    drafts.needs((address, slot), (address, Slot::Record));
    drafts.needs_ready((address, slot), address);
    // The entry that remembers it goes last.
    for end in [Slot::Remove, Slot::Forget] {
        drafts.needs((address, end), (address, slot));
    }
    for object in work.all.values() {
        if object.references().contains(address) {
            after_swap(drafts, work, (address, slot), object.subject.address);
        }
    }
    Leaving {
        address,
        slot,
        id: *id,
        bound: bound(*live, None),
    }
}

fn removed<'a>(drafts: &mut Drafts, removal: &Removal<'a>) -> Option<Leaving<'a>> {
    let Removal {
        address,
        entry,
        collection,
        live,
        end,
        reason: _,
    } = removal;
    let status = collection.status.retired;
    let (slot, verb, operation) = match end {
        End::Retire => (Slot::Remove, "retire", retire(status, entry.id, false)),
        End::Delete => (Slot::Remove, "delete", Operation::Delete { id: entry.id }),
        End::Forget => (Slot::Forget, "forget", Operation::Forget),
        End::Remember => {
            let mut object = BaseObject::clone(entry);
            object.retired = true;
            object
                .attributes
                .insert("status".to_owned(), Value::text(status));
            let operation = Operation::Record {
                object: Box::new(object),
                previous: None,
            };
            (Slot::Record, "record", operation)
        }
    };
    drafts.add(address, slot, verb, operation);
    (slot == Slot::Remove).then(|| Leaving {
        address,
        slot,
        id: entry.id,
        bound: bound(*live, Some(entry)),
    })
}

/// What an interrupted run had made, and nothing declares any more, is ours to retire.
fn record_first(drafts: &mut Drafts, removal: &Removal<'_>) {
    let operation = Operation::Record {
        object: Box::new(BaseObject::clone(removal.entry)),
        previous: None,
    };
    drafts.add(removal.address, Slot::Record, "record", operation);
    for end in [Slot::Remove, Slot::Forget] {
        drafts.needs((removal.address, end), (removal.address, Slot::Record));
    }
}

fn bound(
    live: Option<&LiveObject>,
    base: Option<&BaseObject>,
) -> BTreeSet<(&'static str, RemoteId)> {
    let of = |attributes: Option<&Attributes>| attributes.map(bindings).unwrap_or_default();
    let mut found = of(live.map(|live| &live.attributes));
    found.extend(of(base.map(|base| &base.attributes)));
    found
}

/// Each leaves after the steps of all objects that were bound to it.
fn after_referrers(drafts: &mut Drafts, work: &Work<'_, '_>, leaving: &[Leaving<'_>]) {
    if leaving.is_empty() {
        return;
    }
    let by_id: BTreeMap<(&str, RemoteId), &Leaving<'_>> = leaving
        .iter()
        .map(|one| ((&*one.address.kind, one.id), one))
        .collect();
    for object in work.all.values() {
        let from = object.subject.address;
        if object.fate == Fate::Kept || object.fate == Fate::Doubtful {
            continue;
        }
        for binding in bound(object.subject.live, object.subject.base()) {
            if let Some(one) = by_id.get(&binding).filter(|one| one.address != from) {
                for slot in [Slot::Pause, Slot::Update, Slot::Activate] {
                    drafts.needs((one.address, one.slot), (from, slot));
                }
            }
        }
    }
    among_themselves(drafts, leaving, &by_id);
}

/// Among those that leave: the other way round than they were made, and in circles anyhow.
fn among_themselves(
    drafts: &mut Drafts,
    leaving: &[Leaving<'_>],
    by_id: &BTreeMap<(&str, RemoteId), &Leaving<'_>>,
) {
    let name = |kind: &str, id: RemoteId| Address::new(kind, id.to_string());
    let names: BTreeMap<(&str, RemoteId), Address> = by_id
        .keys()
        .map(|(kind, id)| ((*kind, *id), name(kind, *id)))
        .collect();
    let edges: BTreeMap<&Address, BTreeSet<&Address>> = leaving
        .iter()
        .filter_map(|one| {
            let from = names.get(&(&*one.address.kind, one.id))?;
            let targets = one.bound.iter().filter_map(|binding| names.get(binding));
            Some((from, targets.collect()))
        })
        .collect();
    let numbers = circles(&edges);
    let number = |kind: &str, id: RemoteId| numbers.get(&name(kind, id)).copied();
    for one in leaving {
        for (kind, id) in &one.bound {
            if let Some(other) = by_id.get(&(*kind, *id))
                && number(kind, *id) != number(&one.address.kind, one.id)
            {
                drafts.needs((other.address, other.slot), (one.address, one.slot));
            }
        }
    }
}
