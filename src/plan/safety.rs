//! Why a plan must not be applied, judged for the whole of it before the first write.

use crate::kinds::{self, Rule};
use crate::model::{Address, DesiredState, LiveState, RemoteId, Value};
use crate::plan::bindings::bindings;
use crate::plan::compare::Fate;
use crate::plan::matching::Entries;
use crate::plan::patch::merge;
use crate::plan::removals::{End, Removal};
use crate::plan::steps::All;
use crate::plan::{LimitFrom, Operation, Refusal, Settings, Side, Step};
use std::collections::{BTreeMap, BTreeSet};

/// From how many managed objects on a percentage counts.
const PERCENT_COUNTS_FROM: u64 = 10;

/// Every refusal that the whole plan deserves.
pub(super) fn refusals(
    desired: &DesiredState,
    live: &LiveState,
    entries: &Entries<'_>,
    all: &All<'_>,
    removals: &[Removal<'_>],
    steps: &[Step],
    settings: &Settings,
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    refusals.extend(unknown_kinds(entries));
    refusals.extend(conflicts(all, settings));
    refusals.extend(protection(all, removals));
    refusals.extend(emptied(desired, entries, settings));
    refusals.extend(too_many(entries, all, removals, settings));
    refusals.extend(held(removals));
    refusals.extend(still_referred_to(live, entries, removals, steps));
    refusals
}

fn unknown_kinds(entries: &Entries<'_>) -> Vec<Refusal> {
    entries
        .keys()
        .filter(|address| kinds::kind(&address.kind).is_none_or(|kind| kind.collection.is_none()))
        .map(|address| Refusal {
            address: Some((*address).clone()),
            message: format!("the state holds {address}, a kind that this version does not know"),
            help: format!("use the version of bursar that wrote the state, which knows {address}"),
        })
        .collect()
}

fn conflicts(all: &All<'_>, settings: &Settings) -> Vec<Refusal> {
    if settings.conflicts_ours {
        return Vec::new();
    }
    all.values()
        .filter_map(|object| {
            let paths: Vec<String> = object
                .comparison
                .fields
                .iter()
                .filter(|field| field.side == Side::Conflict)
                .map(|field| format!("`{}`", field.path))
                .collect();
            let address = object.subject.address;
            (!paths.is_empty()).then(|| Refusal {
                address: Some(address.clone()),
                message: format!(
                    "{address}: changed both here and on the platform since the last apply: {}",
                    paths.join(", ")
                ),
                help: "write what is declared with `--on-conflict ours`, or accept what is on the platform with `bursar drift --propose`".to_owned(),
            })
        })
        .collect()
}

fn protection(all: &All<'_>, removals: &[Removal<'_>]) -> Vec<Refusal> {
    let refuse = |address: &Address, what: &str| Refusal {
        address: Some(address.clone()),
        message: format!("{address} is protected and would be {what}"),
        help: "set `protect: false` on it and apply that first".to_owned(),
    };
    let replaced = all.values().filter_map(|object| {
        let before = object.subject.entry.is_some_and(|entry| entry.protect);
        let protected = before || object.subject.desired.protect == Some(true);
        (protected && object.fate == Fate::Replaced)
            .then(|| refuse(object.subject.address, "replaced"))
    });
    let removed = removals.iter().filter_map(|removal| {
        let what = match removal.end {
            End::Retire => "retired",
            End::Delete => "deleted",
            End::Remember | End::Forget => return None,
        };
        let declared = format!(
            "declare {} again with `protect: false`, apply, then remove it",
            removal.address
        );
        removal.entry.protect.then(|| Refusal {
            help: declared,
            ..refuse(removal.address, what)
        })
    });
    replaced.chain(removed).collect()
}

fn emptied(desired: &DesiredState, entries: &Entries<'_>, settings: &Settings) -> Option<Refusal> {
    let left = entries
        .iter()
        .filter(|(address, entry)| !entry.retired && !desired.removals.contains_key(**address))
        .count();
    (desired.objects.is_empty() && left > 0 && !settings.allow_empty).then(|| Refusal {
        address: None,
        message: format!(
            "nothing is declared, and the state has {left} objects: all would be retired"
        ),
        help: "check `--dir` and `--env`; if it is meant, `--allow-empty`".to_owned(),
    })
}

/// What is replaced is removed too: another object takes its place, and what people had in it is left.
fn too_many(
    entries: &Entries<'_>,
    all: &All<'_>,
    removals: &[Removal<'_>],
    settings: &Settings,
) -> Vec<Refusal> {
    let removed = removals
        .iter()
        .filter(|removal| matches!(removal.end, End::Retire | End::Delete))
        .count() as u64;
    let replaced = all
        .values()
        .filter(|object| object.fate == Fate::Replaced)
        .count() as u64;
    let count = removed + replaced;
    let managed = entries.values().filter(|entry| !entry.retired).count() as u64;
    let what = match (removed, replaced) {
        (_, 0) => "retired or deleted",
        (0, _) => "replaced",
        (_, _) => "retired, deleted or replaced",
    };
    let limit = settings.max_removals;
    let refuse = |shown: String, setting: &str| Refusal {
        address: None,
        message: format!("{count} of {managed} objects would be {what}, more than {shown}"),
        help: match limit.from {
            LimitFrom::Settings => format!(
                "raise `safety.max_removals.{setting}`, or allow it once: `--max-removals {count}`"
            ),
            LimitFrom::Flag => format!("allow it: `--max-removals {count}`"),
        },
    };
    let mut refusals = Vec::new();
    if count > limit.count {
        refusals.push(refuse(format!("{}", limit.count), "count"));
    }
    if managed >= PERCENT_COUNTS_FROM
        && u128::from(count) * 100 > u128::from(limit.percent) * u128::from(managed)
    {
        refusals.push(refuse(format!("{} %", limit.percent), "percent"));
    }
    refusals
}

/// The platform does not delete what people have: it says so in counts.
fn held(removals: &[Removal<'_>]) -> Vec<Refusal> {
    let deleted = removals.iter().filter(|removal| removal.end == End::Delete);
    let refuse = |removal: &Removal<'_>| {
        let live = &removal.live?.attributes;
        let counts = removal.collection.with(Rule::Holders).filter_map(|key| {
            let count = live
                .get(key)
                .and_then(Value::as_int)
                .filter(|count| *count > 0)?;
            Some(format!("`{key}` is {count}"))
        });
        let counts: Vec<String> = counts.collect();
        let address = removal.address;
        (!counts.is_empty()).then(|| Refusal {
            address: Some(address.clone()),
            message: format!(
                "{address} cannot be deleted: people have it ({})",
                counts.join(", ")
            ),
            help: "write `then: retire`: it is sold no longer, and what people own stays"
                .to_owned(),
        })
    };
    deleted.filter_map(refuse).collect()
}

/// The platform refuses to delete what something still refers to.
fn still_referred_to(
    live: &LiveState,
    entries: &Entries<'_>,
    removals: &[Removal<'_>],
    steps: &[Step],
) -> Vec<Refusal> {
    let deleted: BTreeMap<(&str, RemoteId), &Address> = removals
        .iter()
        .filter(|removal| removal.end == End::Delete)
        .map(|removal| ((&*removal.address.kind, removal.entry.id), removal.address))
        .collect();
    if deleted.is_empty() {
        return Vec::new();
    }
    let mut patches: BTreeMap<(&str, RemoteId), Vec<_>> = BTreeMap::new();
    for step in steps {
        if let Operation::Update {
            id: Some(id),
            patch,
            ..
        } = &step.operation
        {
            let patches = patches.entry((&*step.address.kind, *id)).or_default();
            patches.push(patch);
        }
    }
    let mut refusals = Vec::new();
    for (kind, objects) in &live.kinds {
        for (id, object) in objects {
            if deleted.contains_key(&(kind.as_str(), *id)) {
                continue;
            }
            let bound: BTreeSet<_> = match patches.get(&(kind.as_str(), *id)) {
                None => bindings(&object.attributes),
                Some(patches) => {
                    let mut attributes = object.attributes.clone();
                    patches
                        .iter()
                        .for_each(|patch| merge(&mut attributes, patch));
                    bindings(&attributes)
                }
            };
            for binding in bound {
                if let Some(address) = deleted.get(&binding) {
                    let managed = entries
                        .iter()
                        .find(|(at, entry)| &*at.kind == kind.as_str() && entry.id == *id);
                    let (referrer, way) = match managed {
                        Some((at, _)) => (
                            at.to_string(),
                            "take the reference out of it, delete it too",
                        ),
                        None => (
                            format!("{kind} {id}"),
                            "change that one on the platform first",
                        ),
                    };
                    refusals.push(Refusal {
                        address: Some((*address).clone()),
                        message: format!("{address} cannot be deleted: {referrer} refers to it"),
                        help: format!("{way}, or write `then: retire`"),
                    });
                }
            }
        }
    }
    refusals
}
