//! What is done, step by step: what is made is made at rest and activated last, what refers to a
//! replaced object is re-pointed, what leaves is retired after all that refers to it.

mod activation;
mod record;
mod retirement;

use crate::kinds::Rule;
use crate::model::{Address, Attributes, RemoteId, Value};
use crate::plan::compare::{Compared, Fate, references, repointed};
use crate::plan::order::{Drafts, Slot, circle, circles};
use crate::plan::patch;
use crate::plan::removals::{Leftover, Removal};
use crate::plan::settle::Settled;
use crate::plan::{FieldChange, Operation, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// All objects, compared, by address.
pub(super) type All<'a> = BTreeMap<&'a Address, Compared<'a>>;

/// What the steps are made from.
#[derive(Debug)]
pub(super) struct Work<'p, 'a> {
    /// Every declared object.
    pub all: &'p All<'a>,
    /// Every object that leaves.
    pub removals: &'p [Removal<'a>],
    /// What earlier replacements have left behind.
    pub leftovers: &'p [Leftover<'a>],
    /// What they have left behind and is out of use.
    pub struck: &'p [(&'a Address, RemoteId)],
    /// What an interrupted run had done.
    pub settled: &'p Settled,
}

/// Drafts every step.
pub(super) fn draft(work: &Work<'_, '_>) -> (Drafts, Vec<Refusal>) {
    let mut drafts = Drafts::default();
    let mut refusals = Vec::new();
    let swaps = swaps(work.all);
    let (circular, stuck) = circular(work.all);
    refusals.extend(circle(&stuck));
    for object in work.all.values() {
        match object.fate {
            Fate::Doubtful => {}
            Fate::Created | Fate::Replaced => {
                refusals.extend(missing(object));
                create(&mut drafts, object, &circular);
            }
            Fate::Updated => update(&mut drafts, work.all, object, &swaps),
            Fate::Kept => settle(&mut drafts, object, Followed::No),
        }
        record::draft(&mut drafts, object, work);
    }
    bind(&mut drafts, work.all, &swaps);
    activation::wait(&mut drafts, work.all);
    retirement::draft(&mut drafts, work, &swaps);
    (drafts, refusals)
}

/// Which objects refer to each replaced one.
pub(super) type Swaps<'a> = BTreeMap<&'a Address, BTreeSet<&'a Address>>;

fn swaps<'a>(all: &All<'a>) -> Swaps<'a> {
    let mut swaps: Swaps<'a> = all
        .values()
        .filter(|object| object.fate == Fate::Replaced)
        .map(|object| (object.subject.address, BTreeSet::new()))
        .collect();
    if swaps.is_empty() {
        return swaps;
    }
    for object in all.values() {
        let from = object.subject.address;
        for to in object.references() {
            if let Some(referrers) = swaps.get_mut(to).filter(|_| to != from) {
                referrers.insert(from);
            }
        }
    }
    swaps
}

/// For each object to be made, the weak attributes that close a circle; and the addresses of
/// circles that no weak attribute opens.
fn circular<'a>(
    all: &All<'a>,
) -> (
    BTreeMap<&'a Address, Vec<&'static str>>,
    BTreeSet<&'a Address>,
) {
    let made = |address: &Address| all.get(address).is_some_and(Compared::is_made);
    let edges = |left_out: &BTreeMap<&'a Address, Vec<&'static str>>| {
        all.values()
            .filter(|object| object.is_made())
            .map(|object| {
                let mut attributes = object.subject.desired.attributes.clone();
                for path in left_out.get(object.subject.address).into_iter().flatten() {
                    patch::take(&mut attributes, path);
                }
                let targets = references(attributes.values())
                    .into_iter()
                    .filter(|to| made(to))
                    .filter_map(|to| all.get_key_value(to).map(|(address, _)| *address))
                    .collect();
                (object.subject.address, targets)
            })
            .collect::<BTreeMap<&Address, BTreeSet<&Address>>>()
    };
    let whole = edges(&BTreeMap::new());
    let numbers = circles(&whole);
    let mut left_out = BTreeMap::new();
    for object in all.values().filter(|object| object.is_made()) {
        let from = object.subject.address;
        let closes = |path: &&'static str| {
            let keys: Vec<&str> = path.split('.').collect();
            let value = patch::value_at(&object.subject.desired.attributes, &keys);
            references(value)
                .into_iter()
                .any(|to| made(to) && numbers.get(to) == numbers.get(from))
        };
        let paths: Vec<_> = object
            .subject
            .collection
            .with(Rule::Weak)
            .filter(closes)
            .collect();
        if !paths.is_empty() {
            left_out.insert(from, paths);
        }
    }
    let rest = edges(&left_out);
    let numbers = circles(&rest);
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    numbers
        .values()
        .for_each(|number| *sizes.entry(*number).or_default() += 1);
    let stuck = rest
        .iter()
        .filter(|(from, targets)| {
            let size = numbers.get(*from).and_then(|number| sizes.get(number));
            size.is_some_and(|size| *size > 1) || targets.contains(*from)
        })
        .map(|(from, _)| *from)
        .collect();
    (left_out, stuck)
}

/// Attributes that a creation must have and that are not declared.
fn missing(object: &Compared<'_>) -> impl Iterator<Item = Refusal> {
    let address = object.subject.address;
    let declared = &object.comparison.declared;
    object
        .subject
        .collection
        .required
        .iter()
        .filter(|key| {
            declared
                .get(**key)
                .is_none_or(|value| *value == Value::Null)
        })
        .map(move |key| Refusal {
            address: Some(address.clone()),
            message: format!("{address} cannot be created without `{key}`"),
            help: format!(
                "declare `{key}`, or take over an existing object with `adopt: {{ id: … }}`"
            ),
        })
}

fn create(
    drafts: &mut Drafts,
    object: &Compared<'_>,
    circular: &BTreeMap<&Address, Vec<&'static str>>,
) {
    let subject = &object.subject;
    let address = subject.address;
    let status = &subject.collection.status;
    let declared = &object.comparison.declared;
    let mut now = declared.clone();
    let mut later = Attributes::new();
    for path in circular.get(address).into_iter().flatten() {
        if let Some(value) = patch::take(&mut now, path) {
            patch::set(&mut later, &path.split('.').collect::<Vec<_>>(), value);
        }
    }
    let wanted = declared.get("status").and_then(Value::as_text);
    let activates = status
        .resting
        .filter(|resting| wanted.is_some_and(|wanted| wanted != *resting));
    if let Some(resting) = activates
        && let Some(value) = now.insert("status".to_owned(), Value::text(resting))
    {
        later.insert("status".to_owned(), value);
    }
    let gate = object.gate();
    let old = subject.id.filter(|_| object.fate == Fate::Replaced);
    drafts.add(
        address,
        Slot::Create,
        "create",
        Operation::Create {
            body: patch::body(&now),
            applied: if gate.is_some() {
                Attributes::new()
            } else {
                now.clone()
            },
            replaces: old,
            protect: object.protect(),
        },
    );
    if let Some(gate) = gate {
        drafts.add(
            address,
            Slot::Settle,
            "settle",
            Operation::Settle {
                must_be_empty: gate.must_be_empty,
                count: gate.count.to_owned(),
                applied: now,
            },
        );
    }
    if !later.is_empty() {
        drafts.add(
            address,
            Slot::Activate,
            if activates.is_some() {
                "activate"
            } else {
                "link"
            },
            Operation::Update {
                id: None,
                patch: later,
                applied: declared.clone(),
                protect: object.protect(),
            },
        );
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Followed {
    /// By an update, which says what was applied.
    ByUpdate,
    No,
}

/// Counts what an interrupted run had made and not counted.
fn settle(drafts: &mut Drafts, object: &Compared<'_>, followed: Followed) {
    if let Some(gate) = object.gate() {
        drafts.add(
            object.subject.address,
            Slot::Settle,
            "settle",
            Operation::Settle {
                must_be_empty: gate.must_be_empty,
                count: gate.count.to_owned(),
                applied: match followed {
                    Followed::ByUpdate => Attributes::new(),
                    Followed::No => object.comparison.declared.clone(),
                },
            },
        );
    }
}

fn update(drafts: &mut Drafts, all: &All<'_>, object: &Compared<'_>, swaps: &Swaps<'_>) {
    let Compared {
        subject,
        comparison,
        fate: _,
    } = object;
    let address = subject.address;
    let status = &subject.collection.status;
    let protect = object.protect();
    let live = subject.live.map(|live| &live.attributes);
    let is_status = |field: &&FieldChange| field.path.to_string() == "status";
    let changed = comparison.fields.iter().find(is_status);
    let target = changed.and_then(|field| field.desired.as_ref());
    // `null` is the default.
    let target = target.map(|value| value.as_text().unwrap_or(status.default));
    let now = subject.status();
    let under_swap = status.rests_while_replaced
        && (swaps.values().any(|referrers| referrers.contains(address))
            || comparison.fields.iter().any(|field| is_status(&field))
                && !comparison.declared.contains_key("status"));
    let rest = status.resting.filter(|_| under_swap);
    let at_work = |status: Option<&str>| status.is_some() && status != rest;
    let pauses = rest.filter(|_| at_work(now) && swaps.values().any(|r| r.contains(address)));
    // What it is to be in the end, if that is not at rest.
    let resumed = rest.and(target.or(now)).filter(|end| at_work(Some(end)));
    let resumed = resumed.filter(|_| pauses.is_some() || target.is_some());
    let mut between = comparison.declared.clone();
    if let (Some(resting), Some(end)) = (rest, resumed) {
        // Where the status is not declared, the state remembers what it is to be again.
        let shown = if comparison.declared.contains_key("status") {
            resting
        } else {
            end
        };
        between.insert("status".to_owned(), Value::text(shown));
    }
    settle(drafts, object, Followed::ByUpdate);
    if let Some(resting) = pauses {
        let mut applied = subject
            .base()
            .map_or_else(Attributes::new, |base| base.attributes.clone());
        if let Some(value) = between.get("status") {
            applied.insert("status".to_owned(), value.clone());
        }
        let operation = Operation::Update {
            id: subject.id,
            patch: [("status".to_owned(), Value::text(resting))]
                .into_iter()
                .collect(),
            applied,
            protect,
        };
        drafts.add(address, Slot::Pause, "pause", operation);
    }
    let split = pauses.is_some() || resumed.is_some();
    let fields: Vec<&FieldChange> = comparison
        .fields
        .iter()
        .filter(|field| !split || !is_status(field))
        .collect();
    if !fields.is_empty() {
        let repointed = repointed(all, fields.iter().copied()).is_some();
        let operation = Operation::Update {
            id: subject.id,
            patch: patch::patch(
                subject.collection,
                fields.iter().copied(),
                &comparison.declared,
                live,
            ),
            applied: between,
            protect,
        };
        let verb = if repointed { "re-point" } else { "update" };
        drafts.add(address, Slot::Update, verb, operation);
    }
    if let Some(end) = resumed {
        let operation = Operation::Update {
            id: subject.id,
            patch: [("status".to_owned(), Value::text(end))]
                .into_iter()
                .collect(),
            applied: comparison.declared.clone(),
            protect,
        };
        drafts.add(address, Slot::Activate, "resume", operation);
    }
}

/// Each object's own steps follow each other, and come after what they refer to is ready.
fn bind(drafts: &mut Drafts, all: &All<'_>, swaps: &Swaps<'_>) {
    const SEQUENCE: [Slot; 6] = [
        Slot::Record,
        Slot::Pause,
        Slot::Create,
        Slot::Settle,
        Slot::Update,
        Slot::Activate,
    ];
    for (address, object) in all {
        let own: Vec<Slot> = SEQUENCE
            .into_iter()
            .filter(|slot| drafts.has(address, *slot))
            .collect();
        for pair in own.windows(2) {
            if let [before, after] = pair {
                drafts.needs((address, *after), (address, *before));
            }
        }
        let attributes = &object.subject.desired.attributes;
        if drafts.has(address, Slot::Create) {
            let later = drafts.deferred(address);
            let now = attributes
                .iter()
                .filter(|(key, _)| !later.contains(key.as_str()));
            let needed = references(now.map(|(_, value)| value));
            for to in needed {
                drafts.needs_ready((address, Slot::Create), to);
            }
        }
        if drafts.has(address, Slot::Update) {
            for field in &object.comparison.fields {
                let value = field.path.field().and_then(|key| attributes.get(key));
                for to in references(value) {
                    drafts.needs_ready((address, Slot::Update), to);
                }
            }
        }
    }
    for (replaced, referrers) in swaps {
        for referrer in referrers {
            drafts.needs((replaced, Slot::Create), (referrer, Slot::Pause));
            // What does not rest meanwhile may begin to act before others are re-pointed: these can be
            // waiting for it themselves.
            let rests = all
                .get(referrer)
                .is_some_and(|object| object.subject.collection.status.rests_while_replaced);
            for other in referrers.iter().filter(|_| rests) {
                drafts.needs((referrer, Slot::Activate), (other, Slot::Update));
            }
        }
    }
}
