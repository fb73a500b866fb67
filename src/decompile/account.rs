//! A live account → drafts of documents.

use super::choices::Choices;
use super::naming::{Names, Parts};
use super::slug::take;
use crate::domain::zone::Zone;
use crate::kinds::{self, Access, Collection, Inexpressible, KINDS, KindInfo};
use crate::model::{Address, Attributes, LiveObject, LiveState, RemoteId, Value};
use crate::plan::{hands_off, put_away};
use crate::yaml::Written;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What is decompiled.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// Everything on the platform.
    pub live: &'a LiveState,
    /// The project's time zone.
    pub zone: &'a Zone,
    /// What the project declares already, by its id on the platform.
    pub declared: &'a BTreeMap<(String, RemoteId), Address>,
    /// Addresses that are taken.
    pub taken: &'a BTreeSet<Address>,
    /// The parts of the courses that the project mirrors already, by the course's id.
    pub parts: &'a BTreeMap<i64, Parts>,
}

/// A document to be written.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its address.
    pub address: Address,
    /// The live objects that it would manage: of a cohort, those of the offers that name it.
    pub of: Vec<(String, RemoteId)>,
    /// Its own fields.
    pub fields: Vec<(String, Written)>,
    /// What it belongs together with: the cohort of an offer.
    pub group: Option<String>,
    /// The cohorts that it names.
    pub named: BTreeSet<String>,
    /// Attributes that are not managed, because the language cannot say what they are.
    pub unsaid: Vec<String>,
    /// Whether it is a mirror, which is read and not managed.
    pub is_mirror: bool,
}

/// A live object that no document is written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: RemoteId,
    /// What people call it.
    pub title: String,
    /// Why.
    pub why: String,
}

/// What an account comes to.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    /// Documents, mirrors first.
    pub documents: Vec<Draft>,
    /// What cannot be written; it stays unmanaged.
    pub left_out: Vec<LeftOut>,
    /// Copies that the platform made for one client; they are never managed.
    pub copies: usize,
    /// What is put away; it is not managed.
    pub put_away: usize,
}

/// Writes down everything on the platform that the project does not declare yet.
pub fn drafts(account: &Account<'_>, choices: &Choices) -> Drafts {
    let mut out = Drafts::default();
    let mut names = Names {
        zone: account.zone,
        names: BTreeMap::new(),
        titles: BTreeMap::new(),
        course_kind: KINDS
            .iter()
            .find(|kind| kind.collection.is_some_and(|it| it.access == Access::Read))
            .map_or("", |kind| kind.id),
        parts: RefCell::new(account.parts.clone()),
        schedules: RefCell::default(),
        asked: RefCell::default(),
        taken: RefCell::new(account.taken.iter().map(|it| it.name.to_string()).collect()),
    };
    let found = found(account, choices, &mut names, &mut out);
    for (kind, collection, id, object) in found {
        let Some(name) = names.names.get(&(kind.id, id.0)).cloned() else {
            continue;
        };
        let is_mirror = collection.access == Access::Read;
        let attributes = match is_mirror {
            true => object.attributes.clone(),
            false => worth_writing(collection, &object.attributes),
        };
        let before = names.schedules.borrow().len();
        names.asked.borrow_mut().clear();
        match (kind.decode)(id.0, &attributes, &names) {
            Ok(fields) => {
                let named: BTreeSet<String> = names.asked.take().into_iter().collect();
                out.documents.push(Draft {
                    address: Address::new(kind.id, name),
                    of: vec![(kind.id.to_owned(), id)],
                    // What is sold with several cohorts belongs to none of them.
                    group: named.first().filter(|_| named.len() == 1).cloned(),
                    named,
                    fields,
                    unsaid: match is_mirror {
                        true => Vec::new(),
                        false => unsaid(collection, &object.attributes),
                    },
                    is_mirror,
                });
            }
            Err(Inexpressible(why)) => {
                names.schedules.borrow_mut().truncate(before);
                out.left_out.push(left_out(kind.id, id, object, why));
            }
        }
    }
    let cohorts = cohorts(&names, &mut out);
    let at = out.documents.iter().take_while(|it| it.is_mirror).count();
    out.documents.splice(at..at, cohorts);
    out
}

type Found<'a> = (
    &'static KindInfo,
    &'static Collection,
    RemoteId,
    &'a LiveObject,
);

/// What is to be written, mirrors first, each with a name.
fn found<'a>(
    account: &Account<'a>,
    choices: &Choices,
    names: &mut Names<'a>,
    out: &mut Drafts,
) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> = Vec::new();
    let mut taken = account.taken.clone();
    for (kind, id) in account.declared.keys() {
        if let (Some(kind), Some(address)) = (
            kinds::kind(kind),
            account.declared.get(&(kind.clone(), *id)),
        ) {
            names
                .names
                .insert((kind.id, id.0), address.name.to_string());
        }
    }
    for kind in KINDS {
        let (Some(collection), Some(objects)) = (kind.collection, account.live.kinds.get(kind.id))
        else {
            continue;
        };
        for (id, object) in objects {
            let title = text(object, "title").unwrap_or_default();
            names.titles.insert((kind.id, id.0), title);
            let key = (kind.id.to_owned(), *id);
            if account.declared.contains_key(&key) {
                continue;
            }
            if hands_off(collection, object) {
                out.copies += 1;
            } else if collection.access == Access::Write && put_away(collection, object) {
                out.put_away += 1;
            } else if let Some(why) = choices.dropped(&key) {
                out.left_out
                    .push(left_out(kind.id, *id, object, why.to_owned()));
            } else {
                let label = text(object, collection.natural_key).unwrap_or(title);
                let name = take(&mut taken, kind.id, label);
                names.names.insert((kind.id, id.0), name);
                found.push((kind, collection, *id, object));
            }
        }
    }
    found.sort_by_key(|(_, collection, ..)| collection.access != Access::Read);
    *names.taken.borrow_mut() = taken.iter().map(|it| it.name.to_string()).collect();
    found
}

fn text<'a>(object: &'a LiveObject, key: &str) -> Option<&'a str> {
    object.attributes.get(key)?.as_text()
}

fn left_out(kind: &str, id: RemoteId, object: &LiveObject, why: String) -> LeftOut {
    LeftOut {
        kind: kind.to_owned(),
        id,
        title: text(object, "title").unwrap_or_default().to_owned(),
        why,
    }
}

/// What differs from the platform's defaults, and what no document should be without.
fn worth_writing(collection: &Collection, live: &Attributes) -> Attributes {
    let defaults = collection.defaults();
    let pairs = collection.pairs;
    live.iter()
        .filter_map(|(key, value)| {
            let is_needed = matches!(key.as_str(), "title" | "status")
                || collection.required.contains(&key.as_str())
                || pairs.iter().any(|pair| {
                    pair.contains(&key.as_str())
                        && pair.iter().any(|it| live.get(*it) != defaults.get(*it))
                });
            if is_needed {
                return Some((key.clone(), value.clone()));
            }
            let value = without_defaults(value, defaults.get(key)?)?;
            Some((key.clone(), value))
        })
        .collect()
}

/// Attributes that are nothing where the platform's default is something: `null` means the default.
fn unsaid(collection: &Collection, live: &Attributes) -> Vec<String> {
    let defaults = collection.defaults();
    let nothing = live.iter().filter(|(_, value)| **value == Value::Null);
    let cannot = nothing.filter(|(key, _)| {
        defaults
            .get(*key)
            .is_some_and(|default| *default != Value::Null)
    });
    cannot.map(|(key, _)| key.clone()).collect()
}

/// The value without what is the platform's default in it; `None` if nothing is left.
fn without_defaults(value: &Value, default: &Value) -> Option<Value> {
    match (value, default) {
        (value, default) if value == default => None,
        // `null` would mean the default.
        (Value::Null, _) => None,
        (Value::Map(entries), Value::Map(defaults)) if defaults.len() > 1 => {
            let entries = entries
                .iter()
                .filter_map(|(key, value)| match defaults.get(key) {
                    Some(default) => Some((key.clone(), without_defaults(value, default)?)),
                    None => Some((key.clone(), value.clone())),
                });
            Some(Value::Map(entries.collect()))
        }
        (value, _) => Some(value.clone()),
    }
}

/// The cohorts that the documents name.
fn cohorts(names: &Names<'_>, out: &mut Drafts) -> Vec<Draft> {
    let mut cohorts = Vec::new();
    for scheduled in names.schedules.borrow().iter() {
        let users: Vec<(String, RemoteId)> = out
            .documents
            .iter()
            .filter(|draft| draft.named.contains(&scheduled.name))
            .flat_map(|draft| draft.of.clone())
            .collect();
        if users.is_empty() {
            continue;
        }
        let course = Value::Int(scheduled.course);
        match kinds::cohort_of_schedule(&course, &scheduled.schedule, names) {
            Ok((kind, fields)) => cohorts.push(Draft {
                address: Address::new(kind, scheduled.name.as_str()),
                of: users,
                fields,
                group: Some(scheduled.name.clone()),
                named: BTreeSet::new(),
                unsaid: Vec::new(),
                is_mirror: false,
            }),
            Err(Inexpressible(why)) => {
                let (gone, kept) = std::mem::take(&mut out.documents)
                    .into_iter()
                    .partition(|draft| draft.of.iter().any(|it| users.contains(it)));
                out.documents = kept;
                for draft in gone as Vec<Draft> {
                    out.left_out.extend(draft.of.into_iter().map(|(kind, id)| {
                        LeftOut {
                            title: names
                                .titles
                                .get(&(kind.as_str(), id.0))
                                .map(|title| (*title).to_owned())
                                .unwrap_or_default(),
                            kind,
                            id,
                            why: why.clone(),
                        }
                    }));
                }
            }
        }
    }
    cohorts
}
