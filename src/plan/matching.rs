//! Which live object belongs to which address.

use crate::kinds::{self, Access, Collection};
use crate::model::{
    Address, BaseObject, DesiredObject, DesiredState, LiveObject, LiveState, RemoteId, Value,
};
use crate::plan::hands_off::{hands_off, has_status, put_away};
use crate::plan::settle::Settled;
use crate::plan::{Namesake, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// A declared object and the live one that belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    pub address: &'a Address,
    pub desired: &'a DesiredObject,
    pub collection: &'static Collection,
    pub how: How,
    /// The object on the platform, if there is one.
    pub id: Option<RemoteId>,
    /// What it is like; `None` if there is none, or if its kind cannot be read.
    pub live: Option<&'a LiveObject>,
    /// The state's entry, whatever has become of its object.
    pub entry: Option<&'a BaseObject>,
    /// The address that the entry stands under, if it is another.
    pub previous: Option<&'a Address>,
}

/// How the live object was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The state knows it.
    Tracked,
    /// An interrupted run had made it.
    Interrupted,
    /// `adopt:` names it.
    AdoptionDeclared,
    /// It alone has the natural key.
    SameNaturalKey,
    /// There is none.
    Missing,
    /// There was one.
    Vanished,
    /// It cannot be told: a refusal says why.
    Doubtful,
}

impl<'a> Subject<'a> {
    /// The entry, if it speaks of the object that was found.
    pub fn base(&self) -> Option<&'a BaseObject> {
        match self.how {
            How::Tracked | How::Interrupted => self.entry,
            How::AdoptionDeclared
            | How::SameNaturalKey
            | How::Missing
            | How::Vanished
            | How::Doubtful => None,
        }
    }

    /// Whether it is to be made.
    pub fn is_missing(&self) -> bool {
        matches!(self.how, How::Missing | How::Vanished)
    }

    /// Its status on the platform, or the last applied one where that cannot be read.
    pub fn status(&self) -> Option<&'a str> {
        let attributes = match (self.live, self.base()) {
            (Some(live), _) => Some(&live.attributes),
            (None, base) => base.map(|base| &base.attributes),
        };
        attributes?.get("status")?.as_text()
    }
}

/// The state's entries as they would be, had every run ended well.
pub(super) type Entries<'a> = BTreeMap<&'a Address, &'a BaseObject>;

/// What matching finds.
#[derive(Debug, Default)]
pub(super) struct Matching<'a> {
    /// Every declared object that is written.
    pub subjects: BTreeMap<&'a Address, Subject<'a>>,
    /// Entries that belong to nothing declared.
    pub orphans: Vec<(&'a Address, &'a BaseObject)>,
    /// Doubts.
    pub refusals: Vec<Refusal>,
    /// What the ambiguous ones among them could be.
    pub candidates: BTreeMap<&'a Address, Vec<RemoteId>>,
    /// How many live objects nothing manages, by kind. Copies that the platform made and what is
    /// put away are not counted.
    pub unmanaged: BTreeMap<String, usize>,
    /// Those of them that have the natural key of a managed object.
    pub namesakes: Vec<Namesake>,
}

/// Finds the live object of each address: by the state, by `adopt`, by natural key.
pub(super) fn matching<'a>(
    desired: &'a DesiredState,
    live: &'a LiveState,
    entries: &Entries<'a>,
    settled: &Settled,
) -> Matching<'a> {
    let tracked: BTreeMap<(&str, RemoteId), &Address> = entries
        .iter()
        .flat_map(|(address, entry)| {
            std::iter::once(entry.id)
                .chain(entry.deposed.iter().map(|deposed| deposed.id))
                .map(|id| ((&*address.kind, id), *address))
        })
        .collect();
    let mut matching = Matching::default();
    let mut claimed: BTreeSet<&Address> = BTreeSet::new();
    let mut adopted: BTreeMap<(&str, RemoteId), &Address> = BTreeMap::new();
    let mut open: Vec<Subject<'a>> = Vec::new();
    for (address, object) in &desired.objects {
        let Some(collection) = kinds::kind(&address.kind)
            .and_then(|kind| kind.collection)
            .filter(|collection| collection.access == Access::Write)
        else {
            continue;
        };
        let mut subject = by_state(address, object, collection, desired, live, entries, settled);
        claimed.extend(subject.entry.map(|_| subject.previous.unwrap_or(address)));
        if let Some(refusal) = settled.doubts.get(address) {
            matching.refusals.push(refusal.clone());
            subject.how = How::Doubtful;
        } else if let Some(refusal) = of_one_client(&subject) {
            matching.refusals.push(refusal);
            subject.how = How::Doubtful;
        } else if let Some(id) = object
            .adopt
            .filter(|id| subject.entry.map(|entry| entry.id) != Some(*id))
        {
            match by_adoption(&subject, id, live, &tracked, &mut adopted) {
                Ok(object) => {
                    subject.how = How::AdoptionDeclared;
                    subject.id = Some(id);
                    subject.live = object;
                }
                Err(refusal) => {
                    matching.refusals.push(refusal);
                    subject.how = How::Doubtful;
                }
            }
        }
        if subject.is_missing() {
            open.push(subject);
        } else {
            matching.subjects.insert(address, subject);
        }
    }
    by_natural_key(&mut matching, open, live, &tracked, &mut adopted);
    matching.orphans = entries
        .iter()
        .filter(|(address, _)| !claimed.contains(**address))
        .map(|(address, entry)| (*address, *entry))
        .collect();
    let is_taken = |key: &(&str, RemoteId)| tracked.contains_key(key) || adopted.contains_key(key);
    matching.unmanaged = unmanaged(live, is_taken);
    matching.namesakes = namesakes(&matching.subjects, live, is_taken);
    matching
}

/// What the state knows of an address, under its name or an earlier one.
fn by_state<'a>(
    address: &'a Address,
    object: &'a DesiredObject,
    collection: &'static Collection,
    desired: &'a DesiredState,
    live: &'a LiveState,
    entries: &Entries<'a>,
    settled: &Settled,
) -> Subject<'a> {
    let own = entries.get(address).map(|entry| (*entry, None));
    let earlier = || {
        object.previous.iter().find_map(|previous| {
            let entry = entries.get(previous)?;
            (!desired.objects.contains_key(previous)).then_some((*entry, Some(previous)))
        })
    };
    let (entry, previous) = match own.or_else(earlier) {
        Some((entry, previous)) => (Some(entry), previous),
        None => (None, None),
    };
    let objects = live.kinds.get(&*address.kind);
    let (how, id, live) = match (entry, objects) {
        (None, _) => (How::Missing, None, None),
        (Some(entry), None) => (How::Tracked, Some(entry.id), None),
        (Some(entry), Some(objects)) => match objects.get(&entry.id) {
            Some(object) => (How::Tracked, Some(entry.id), Some(object)),
            None => (How::Vanished, None, None),
        },
    };
    let made = settled.made.contains(previous.unwrap_or(address));
    Subject {
        address,
        desired: object,
        collection,
        how: if made && how == How::Tracked {
            How::Interrupted
        } else {
            how
        },
        id,
        live,
        entry,
        previous,
    }
}

/// The object that the state knows is one of those that are left alone by now.
fn of_one_client(subject: &Subject<'_>) -> Option<Refusal> {
    let live = subject
        .live
        .filter(|live| hands_off(subject.collection, live))?;
    let address = subject.address;
    let title = live.attributes.get("title").and_then(Value::as_text);
    Some(Refusal {
        address: Some(address.clone()),
        message: format!(
            "{address} is titled `{}` on the platform: what is called so is made for one client, and left alone",
            title.unwrap_or_default()
        ),
        help: format!(
            "give it its own title back on the platform, or let go of it: `bursar state rm {address}`"
        ),
    })
}

/// The object that `adopt:` names.
fn by_adoption<'a>(
    subject: &Subject<'a>,
    id: RemoteId,
    live: &'a LiveState,
    tracked: &BTreeMap<(&str, RemoteId), &'a Address>,
    adopted: &mut BTreeMap<(&'a str, RemoteId), &'a Address>,
) -> Result<Option<&'a LiveObject>, Refusal> {
    let address = subject.address;
    let refuse = |message: String, help: String| {
        Err(Refusal {
            address: Some(address.clone()),
            message,
            help,
        })
    };
    if let Some(own) = subject.id {
        return refuse(
            format!("{address} is id {own} in the state, and `adopt` names id {id}"),
            format!(
                "remove `adopt`, or let go of id {own} first, by a `removed` document with `then: forget`"
            ),
        );
    }
    if let Some(other) = tracked.get(&(&*address.kind, id)) {
        return refuse(
            format!("`adopt` names id {id}, which is managed as {other}"),
            format!("write `previous_names: [{}]` if it was renamed", other.name),
        );
    }
    if let Some(other) = adopted.insert((&address.kind, id), address) {
        return refuse(
            format!("`adopt` names id {id}, which {other} adopts too"),
            "let one of the two adopt it".to_owned(),
        );
    }
    let Some(objects) = live.kinds.get(&*address.kind) else {
        return Ok(None);
    };
    match objects.get(&id) {
        Some(object) if !hands_off(subject.collection, object) => Ok(Some(object)),
        Some(_) => refuse(
            format!("`adopt` names id {id}, which the platform made for one client"),
            "adopt the original, not its copy".to_owned(),
        ),
        None => refuse(
            format!("`adopt` names id {id}, which the platform does not have"),
            "correct the id, or remove `adopt` to create the object".to_owned(),
        ),
    }
}

/// Finds what is left by natural key; nothing is created while a match is in doubt.
fn by_natural_key<'a>(
    matching: &mut Matching<'a>,
    open: Vec<Subject<'a>>,
    live: &'a LiveState,
    tracked: &BTreeMap<(&str, RemoteId), &'a Address>,
    adopted: &mut BTreeMap<(&'a str, RemoteId), &'a Address>,
) {
    if open.is_empty() {
        return;
    }
    let free = free_objects(live, |key| {
        tracked.contains_key(key) || adopted.contains_key(key)
    });
    let keys: Vec<Option<Value>> = open.iter().map(natural_key).collect();
    let mut wanted: BTreeMap<(&str, &Value), Vec<&Address>> = BTreeMap::new();
    for (subject, key) in open.iter().zip(&keys) {
        if let Some(key) = key {
            let entry = wanted.entry((&subject.address.kind, key)).or_default();
            entry.push(subject.address);
        }
    }
    for (mut subject, key) in open.into_iter().zip(&keys) {
        let address = subject.address;
        let Some(lookup) = key.as_ref().map(|key| (&*address.kind, key)) else {
            matching.subjects.insert(address, subject);
            continue;
        };
        let candidates = prefer_in_use(subject.collection, free.get(&lookup));
        let rivals = wanted.get(&lookup).map_or(0, Vec::len);
        match candidates.as_slice() {
            [] => {}
            [(id, object)] if rivals == 1 => {
                subject.how = How::SameNaturalKey;
                subject.id = Some(*id);
                subject.live = Some(object);
                adopted.insert((&address.kind, *id), address);
            }
            several => {
                let ids: Vec<RemoteId> = several.iter().map(|(id, _)| *id).collect();
                matching
                    .refusals
                    .push(ambiguous(address, ids.iter().copied()));
                matching.candidates.insert(address, ids);
                subject.how = How::Doubtful;
            }
        }
        matching.subjects.insert(address, subject);
    }
}

/// The declared natural key in normal form.
fn natural_key(subject: &Subject<'_>) -> Option<Value> {
    let key = subject.collection.natural_key;
    let value = subject.desired.attributes.get(key)?.clone();
    let alone = [(key.to_owned(), value)].into_iter().collect();
    let mut normal = kinds::normal_attributes(subject.collection, alone);
    normal.remove(key).filter(Value::is_known)
}

type Found<'a> = (RemoteId, &'a LiveObject);

/// Live objects that nothing manages and that could be someone's, by kind and natural key.
fn free_objects<'a>(
    live: &'a LiveState,
    taken: impl Fn(&(&str, RemoteId)) -> bool,
) -> BTreeMap<(&'a str, &'a Value), Vec<Found<'a>>> {
    let mut free: BTreeMap<(&str, &Value), Vec<Found<'a>>> = BTreeMap::new();
    for (kind, collection, id, object) in free_standing(live, taken) {
        if let Some(key) = object.attributes.get(collection.natural_key) {
            free.entry((kind, key)).or_default().push((id, object));
        }
    }
    free
}

fn free_standing(
    live: &LiveState,
    taken: impl Fn(&(&str, RemoteId)) -> bool,
) -> impl Iterator<Item = (&str, &'static Collection, RemoteId, &LiveObject)> {
    live.kinds
        .iter()
        .filter_map(|(kind, objects)| {
            let collection = kinds::kind(kind)?.collection?;
            (collection.access == Access::Write).then_some((kind.as_str(), collection, objects))
        })
        .flat_map(|(kind, collection, objects)| {
            objects
                .iter()
                .map(move |(id, object)| (kind, collection, *id, object))
        })
        .filter(move |(kind, collection, id, object)| {
            !taken(&(kind, *id)) && !hands_off(collection, object) && !put_away(collection, object)
        })
}

/// Where a kind has no status of its own for what is put away, those in use come first.
fn prefer_in_use<'a>(collection: &Collection, found: Option<&Vec<Found<'a>>>) -> Vec<Found<'a>> {
    let all = found.cloned().unwrap_or_default();
    let in_use: Vec<_> = all
        .iter()
        .filter(|(_, object)| !has_status(object, collection.status.retired))
        .copied()
        .collect();
    if in_use.is_empty() { all } else { in_use }
}

fn namesakes(
    subjects: &BTreeMap<&Address, Subject<'_>>,
    live: &LiveState,
    taken: impl Fn(&(&str, RemoteId)) -> bool,
) -> Vec<Namesake> {
    let free = free_objects(live, taken);
    let mut namesakes = Vec::new();
    if free.is_empty() {
        return namesakes;
    }
    for subject in subjects.values().filter(|subject| subject.live.is_some()) {
        let key = subject.collection.natural_key;
        let value = subject.live.and_then(|live| live.attributes.get(key));
        let Some(Value::Text(text)) = value else {
            continue;
        };
        let found = value.and_then(|value| free.get(&(&*subject.address.kind, value)));
        namesakes.extend(found.into_iter().flatten().map(|(id, _)| Namesake {
            address: subject.address.clone(),
            id: *id,
            key: key.to_owned(),
            value: text.clone(),
        }));
    }
    namesakes
}

fn unmanaged(
    live: &LiveState,
    taken: impl Fn(&(&str, RemoteId)) -> bool,
) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (kind, _, _, _) in free_standing(live, taken) {
        *counts.entry(kind.to_owned()).or_default() += 1;
    }
    counts
}

/// Several objects could be this one.
pub(super) fn ambiguous(address: &Address, ids: impl Iterator<Item = RemoteId>) -> Refusal {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    let one = ids.first().cloned().unwrap_or_default();
    Refusal {
        address: Some(address.clone()),
        message: match ids.as_slice() {
            [id] => format!("id {id} could be {address}, or another object that is declared"),
            _ => format!("{address} could be any of the ids {}", ids.join(", ")),
        },
        help: format!("say which: `adopt: {{ id: {one} }}`"),
    }
}
