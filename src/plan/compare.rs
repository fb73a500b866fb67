//! Every declared object against its live one, and what becomes of it.

use crate::kinds::{self, Gate};
use crate::model::{Address, Attributes, BaseObject, DesiredState, Path, RemoteId, Seg, Value};
use crate::plan::matching::{Entries, How, Subject};
use crate::plan::settle::Settled;
use crate::plan::three_way::{self, Comparison};
use crate::plan::{FieldChange, Side};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A declared object, compared.
#[derive(Clone, Debug)]
pub(super) struct Compared<'a> {
    pub subject: Subject<'a>,
    pub comparison: Comparison,
    pub fate: Fate,
}

/// What becomes of a declared object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing is written to the platform.
    Kept,
    /// Some of its attributes are.
    Updated,
    /// It is made.
    Created,
    /// It is made anew, and the old one retired.
    Replaced,
    /// Nothing: a refusal says why.
    Doubtful,
}

impl Compared<'_> {
    /// Whether a new object is made for it.
    pub fn is_made(&self) -> bool {
        matches!(self.fate, Fate::Created | Fate::Replaced)
    }

    /// Whether it is applied with `protect: true`.
    pub fn protect(&self) -> bool {
        let before = self.subject.entry.is_some_and(|entry| entry.protect);
        self.subject.desired.protect.unwrap_or(before)
    }

    /// What is counted before anything is bound to it.
    pub fn gate(&self) -> Option<Gate> {
        let gate = self.subject.collection.gate(&self.comparison.declared)?;
        let needed = match self.fate {
            Fate::Created => gate.must_be_empty,
            Fate::Replaced => true,
            // The run that made it was cut off before it had counted.
            Fate::Kept | Fate::Updated => self.subject.base().is_some_and(|base| {
                base.attributes.is_empty() && (gate.must_be_empty || !base.deposed.is_empty())
            }),
            Fate::Doubtful => false,
        };
        needed.then_some(gate)
    }

    /// The addresses that it refers to.
    pub fn references(&self) -> Vec<&Address> {
        references(self.subject.desired.attributes.values())
    }
}

/// The addresses that values refer to.
pub(super) fn references<'v>(values: impl IntoIterator<Item = &'v Value>) -> Vec<&'v Address> {
    let mut found = Vec::new();
    for value in values {
        value.addresses(&mut found);
    }
    found
}

/// The replaced object, if nothing but references to replaced ones changes.
pub(super) fn repointed<'f>(
    all: &BTreeMap<&Address, Compared<'_>>,
    fields: impl IntoIterator<Item = &'f FieldChange>,
) -> Option<&'f Address> {
    let is_replaced = |address: &Address| {
        all.get(address).is_some_and(|object| {
            object.fate == Fate::Replaced || object.subject.how == How::Vanished
        })
    };
    let mut first = None;
    for field in fields {
        let unknown = references(&field.desired);
        if unknown.is_empty() || !unknown.iter().all(|address| is_replaced(address)) {
            return None;
        }
        first = first.or(unknown.first().copied());
    }
    first
}

/// Compares everything. An object whose definition can be saved once and differs is made anew, so
/// what refers to it is compared again: its reference will be another.
pub(super) fn compare<'a>(
    desired: &'a DesiredState,
    entries: &Entries<'a>,
    subjects: BTreeMap<&'a Address, Subject<'a>>,
    settled: &Settled,
) -> BTreeMap<&'a Address, Compared<'a>> {
    let defaults: BTreeMap<&str, Attributes> = subjects
        .values()
        .map(|subject| (&*subject.address.kind, subject.collection))
        .collect::<BTreeMap<_, _>>()
        .into_iter()
        .map(|(kind, collection)| (kind, collection.defaults()))
        .collect();
    let nothing = Attributes::new();
    let of_kind = |subject: &Subject<'_>| defaults.get(&*subject.address.kind).unwrap_or(&nothing);
    let mut known = Known::new(desired, entries, &subjects);
    let mut compared: BTreeMap<&Address, Compared<'a>> = subjects
        .into_iter()
        .map(|(address, subject)| {
            let comparison = one(&subject, of_kind(&subject), &known, lags(desired, address));
            let fate = fate(&subject, &comparison);
            (
                address,
                Compared {
                    subject,
                    comparison,
                    fate,
                },
            )
        })
        .collect();
    let mut news: BTreeSet<&Address> = replaced(&compared).collect();
    while !news.is_empty() {
        known.forget(&news);
        for object in compared.values_mut() {
            if object
                .references()
                .iter()
                .any(|address| news.contains(address))
            {
                let lags = lags(desired, object.subject.address);
                object.comparison = one(&object.subject, of_kind(&object.subject), &known, lags);
                object.fate = fate(&object.subject, &object.comparison);
            }
        }
        news = replaced(&compared)
            .filter(|address| known.ids.contains_key(address))
            .collect();
    }
    bring_back(&mut compared, entries, settled);
    compared
}

fn replaced<'a>(
    compared: &BTreeMap<&'a Address, Compared<'a>>,
) -> impl Iterator<Item = &'a Address> {
    compared
        .values()
        .filter(|object| object.fate == Fate::Replaced)
        .map(|object| object.subject.address)
}

/// Where a saved object may be behind what is declared.
fn lags<'a>(desired: &'a DesiredState, address: &Address) -> &'a [Path] {
    desired.derived.get(address).map_or(&[], Vec::as_slice)
}

/// Puts the lists as they were saved in place of those that follow from the whole project.
fn keep_saved(declared: &mut Attributes, saved: &Attributes, lags: &[Path]) {
    for path in lags {
        let Some(Seg::Key(field)) = path.0.first() else {
            continue;
        };
        let (Some(ours), Some(theirs)) = (declared.get_mut(&**field), saved.get(&**field)) else {
            continue;
        };
        let rest = &path.0[1..];
        if let (Some(Value::List(ours)), Some(Value::List(theirs))) =
            (inside_mut(ours, rest), inside(theirs, rest))
        {
            ours.clone_from(theirs);
        }
    }
}

fn inside<'v>(value: &'v Value, path: &[Seg]) -> Option<&'v Value> {
    path.iter()
        .try_fold(value, |value, seg| match (seg, value) {
            (Seg::Key(key), Value::Map(entries)) => entries.get(&**key),
            (Seg::Index(at), Value::List(items)) => items.get(*at),
            (Seg::Key(_) | Seg::Index(_), _) => None,
        })
}

fn inside_mut<'v>(value: &'v mut Value, path: &[Seg]) -> Option<&'v mut Value> {
    path.iter()
        .try_fold(value, |value, seg| match (seg, value) {
            (Seg::Key(key), Value::Map(entries)) => entries.get_mut(&**key),
            (Seg::Index(at), Value::List(items)) => items.get_mut(*at),
            (Seg::Key(_) | Seg::Index(_), _) => None,
        })
}

/// Compares one object.
fn one(
    subject: &Subject<'_>,
    defaults: &Attributes,
    known: &Known<'_>,
    lags: &[Path],
) -> Comparison {
    let mut declared = known.declared(subject);
    let saved = subject
        .live
        .map(|live| &live.attributes)
        .or_else(|| subject.base().map(|entry| &entry.attributes));
    if let Some(saved) = saved {
        keep_saved(&mut declared, saved, lags);
    }
    if subject.is_missing() || subject.how == How::Doubtful {
        return Comparison {
            fields: if subject.is_missing() {
                all_fields(&declared)
            } else {
                Vec::new()
            },
            drift: Vec::new(),
            declared,
        };
    }
    let status = &subject.collection.status;
    let base = subject.base().map(|entry| {
        // The usual case, and much the quickest.
        if !entry.retired && entry.attributes == declared {
            return Cow::Borrowed(&declared);
        }
        let mut base = entry.attributes.clone();
        if entry.retired {
            base.insert("status".to_owned(), Value::text(status.retired));
        }
        Cow::Owned(kinds::normal_attributes(subject.collection, base))
    });
    let live = subject.live.map(|live| &live.attributes);
    let mut comparison = three_way::compare(
        subject.collection,
        defaults,
        base.as_deref(),
        live,
        &declared,
    );
    drop(base);
    comparison.declared = declared;
    let comes_back = subject.base().is_some_and(|entry| entry.retired)
        && !comparison.declared.contains_key("status")
        && subject.status() == Some(status.retired)
        && status.default != status.retired;
    if comes_back {
        comparison
            .fields
            .push(status_change(status.retired, status.default));
    }
    comparison
}

fn fate(subject: &Subject<'_>, comparison: &Comparison) -> Fate {
    let forced = comparison
        .fields
        .iter()
        .any(|field| field.forces_replacement);
    match subject.how {
        How::Doubtful => Fate::Doubtful,
        How::Missing | How::Vanished => Fate::Created,
        How::Tracked | How::Interrupted | How::AdoptionDeclared | How::SameNaturalKey => {
            match comparison.fields.is_empty() {
                true => Fate::Kept,
                false if forced => Fate::Replaced,
                false => Fate::Updated,
            }
        }
    }
}

/// A change of a status that is not declared, but was ours.
fn status_change(from: &str, to: &str) -> FieldChange {
    FieldChange {
        path: Path::root().key("status"),
        base: Some(Value::text(from)),
        live: Some(Value::text(from)),
        desired: Some(Value::text(to)),
        side: Side::Configuration,
        forces_replacement: false,
    }
}

/// Resumes what an interrupted run had paused for a replacement and whose status is not declared:
/// the state still says that it was at work, or the journal that it was put to rest, and the
/// replacement is not through.
fn bring_back(
    compared: &mut BTreeMap<&Address, Compared<'_>>,
    entries: &Entries<'_>,
    settled: &Settled,
) {
    let unfinished: BTreeSet<&Address> = compared
        .iter()
        .filter(|(address, object)| {
            object.fate == Fate::Replaced
                || entries
                    .get(*address)
                    .is_some_and(|entry| !entry.deposed.is_empty())
        })
        .map(|(address, _)| *address)
        .collect();
    if unfinished.is_empty() {
        return;
    }
    for object in compared.values_mut() {
        let Compared { subject, .. } = object;
        let status = &subject.collection.status;
        let (Some(resting), Some(base)) = (status.resting, subject.base()) else {
            continue;
        };
        let was = match settled.paused.contains(subject.address) {
            true => status
                .values
                .iter()
                .find(|value| **value != resting)
                .copied(),
            false => base.attributes.get("status").and_then(Value::as_text),
        };
        let Some(was) = was.filter(|was| {
            *was != resting
                && !base.retired
                && status.rests_while_replaced
                && subject.status() == Some(resting)
                && !subject.desired.attributes.contains_key("status")
        }) else {
            continue;
        };
        if object.fate != Fate::Kept && object.fate != Fate::Updated {
            continue;
        }
        if object.references().iter().any(|to| unfinished.contains(to)) {
            object.comparison.fields.push(status_change(resting, was));
            object.fate = Fate::Updated;
        }
    }
}

/// Every declared field of what is made.
fn all_fields(declared: &Attributes) -> Vec<FieldChange> {
    fn visit(path: &Path, value: &Value, fields: &mut Vec<FieldChange>) {
        match value {
            Value::Map(entries) if !entries.is_empty() && kinds::money(entries).is_none() => {
                for (key, value) in entries {
                    visit(&path.key(key), value, fields);
                }
            }
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Ref(_)
            | Value::Late(_) => fields.push(FieldChange {
                path: path.clone(),
                base: None,
                live: None,
                desired: Some(value.clone()),
                side: Side::Configuration,
                forces_replacement: false,
            }),
        }
    }
    let mut fields = Vec::new();
    for (key, value) in declared {
        visit(&Path::root().key(key), value, &mut fields);
    }
    fields
}

/// What is known of the objects that others refer to.
struct Known<'a> {
    ids: BTreeMap<&'a Address, RemoteId>,
    outputs: BTreeMap<&'a Address, (Option<&'a Attributes>, Option<&'a BaseObject>)>,
}

impl<'a> Known<'a> {
    fn new(
        desired: &'a DesiredState,
        entries: &Entries<'a>,
        subjects: &BTreeMap<&'a Address, Subject<'a>>,
    ) -> Self {
        let mut ids = BTreeMap::new();
        let mut outputs = BTreeMap::new();
        for (address, object) in &desired.objects {
            match subjects.get(address) {
                Some(subject) if subject.how == How::Doubtful => {}
                Some(subject) => {
                    ids.extend(subject.id.map(|id| (address, id)));
                    let live = subject.live.map(|live| &live.attributes);
                    outputs.insert(address, (live, subject.base()));
                }
                // What is only read: its document says which one it is.
                None => ids.extend(object.adopt.map(|id| (address, id))),
            }
        }
        for (address, entry) in entries {
            if !desired.objects.contains_key(*address) {
                ids.insert(*address, entry.id);
                outputs.insert(*address, (None, Some(entry)));
            }
        }
        Known { ids, outputs }
    }

    /// Their ids will be others.
    fn forget(&mut self, addresses: &BTreeSet<&Address>) {
        self.ids.retain(|address, _| !addresses.contains(address));
        self.outputs
            .retain(|address, _| !addresses.contains(address));
    }

    /// The declared attributes in normal form, references filled in where they are known.
    fn declared(&self, subject: &Subject<'_>) -> Attributes {
        let id = |address: &Address| self.ids.get(address).map(|id| id.0);
        let output = |address: &Address, name: &str| {
            let (live, entry) = self.outputs.get(address)?;
            let live = live
                .and_then(|live| live.get(name))
                .and_then(Value::as_text);
            let base = || entry.and_then(|entry| entry.outputs.get(name)).cloned();
            live.map(str::to_owned).or_else(base)
        };
        let resolved = subject
            .desired
            .attributes
            .iter()
            .map(|(key, value)| (key.clone(), value.resolve(&id, &output)))
            .collect();
        kinds::normal_attributes(subject.collection, resolved)
    }
}
