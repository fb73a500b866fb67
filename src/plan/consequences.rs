//! What a plan means for people: its steps carried out on paper, and both sides held together.

use crate::domain::consequences::{self as meaning, About, Change, Consequences, Deed, Facts};
use crate::domain::zone::Zone;
use crate::kinds::{self, Rule, fill_nulls, normal_attributes};
use crate::model::{
    Address, Attributes, BaseState, DesiredState, Instant, LiveState, RemoteId, Value,
};
use crate::plan::patch::merge;
use crate::plan::{Action, Difference, Operation, Plan, Reason, Refusal, Step, What};
use std::collections::{BTreeMap, BTreeSet};

/// What consequences are judged by.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The project's time zone.
    pub zone: &'a Zone,
    /// The clock.
    pub now: Instant,
    /// Whether access of clients may shorten (`--accept-shortened-access`).
    pub accept_shortened_access: bool,
    /// Whether lessons that are open may close (`--accept-closed-lessons`).
    pub accept_closed_lessons: bool,
}

/// The same plan with what it means for people, and with what must not happen to them unasked among
/// its refusals. What is done stays as it is.
#[must_use]
pub fn with_consequences(
    mut plan: Plan,
    desired: &DesiredState,
    live: &LiveState,
    base: &BaseState,
    circumstances: Circumstances<'_>,
) -> Plan {
    if plan.changes.is_empty() {
        return plan;
    }
    let steps = by_address(&plan.steps);
    let made = made(&plan.steps);
    let mut names = BTreeMap::new();
    for (address, id) in &desired.mirrors {
        names.insert((&*address.kind, id.0), address);
    }
    for (address, object) in &base.objects {
        names.insert((&*address.kind, object.id.0), address);
    }
    for change in &plan.changes {
        if let (Some(id), false) = (change.id, change.reason == Reason::LeftBehind) {
            names.insert((&*change.address.kind, id.0), &change.address);
        }
    }
    for (address, id) in &made {
        names.insert((&*address.kind, *id), address);
    }
    let id = |address: &Address| {
        let known = || base.objects.get(address).map(|object| object.id.0);
        let mirror = || desired.mirrors.get(address).map(|id| id.0);
        made.get(address).copied().or_else(known).or_else(mirror)
    };
    let changes = plan.changes.iter().filter_map(|change| {
        let steps = steps.get(&change.address).map_or(&[][..], Vec::as_slice);
        on_paper(change, steps, live, base, &id)
    });
    let facts = Facts {
        live,
        changes: changes.collect(),
        names,
        copies: copies(),
        zone: circumstances.zone,
        now: circumstances.now,
    };
    let consequences = meaning::consequences(&facts);
    drop(facts);
    plan.refusals.extend(refusals(&consequences, circumstances));
    plan.consequences = consequences;
    plan
}

/// How the titles of private copies begin, by kind.
fn copies() -> BTreeMap<&'static str, &'static str> {
    let prefix = |kind: &'static kinds::KindInfo| {
        let fields = kind.collection?.fields.iter();
        let mut prefixes = fields.filter_map(|field| match field.rule {
            Rule::HandsOff(prefix) => Some(prefix),
            Rule::Immutable
            | Rule::Computed
            | Rule::Set
            | Rule::Weak
            | Rule::Keyed(_)
            | Rule::Whole
            | Rule::Unique
            | Rule::Distinct
            | Rule::Holders
            | Rule::Gate { .. } => None,
        });
        Some((kind.id, prefixes.next()?))
    };
    kinds::KINDS.iter().filter_map(prefix).collect()
}

fn by_address(steps: &[Step]) -> BTreeMap<&Address, Vec<&Operation>> {
    let mut by_address: BTreeMap<&Address, Vec<&Operation>> = BTreeMap::new();
    for step in steps {
        let operations = by_address.entry(&step.address).or_default();
        operations.push(&step.operation);
    }
    by_address
}

/// What the plan makes, with a number that no object of the platform has.
fn made(steps: &[Step]) -> BTreeMap<&Address, i64> {
    let created = steps
        .iter()
        .filter(|step| matches!(step.operation, Operation::Create { .. }));
    (1..)
        .zip(created)
        .map(|(number, step): (i64, _)| (&step.address, -number))
        .collect()
}

/// An object before and after, as the steps leave it. Nothing for what changes in the state alone.
fn on_paper<'a>(
    change: &'a crate::plan::Change,
    operations: &[&Operation],
    live: &LiveState,
    base: &BaseState,
    id: &dyn Fn(&Address) -> Option<i64>,
) -> Option<Change<'a>> {
    let address = &change.address;
    let deed = match change.action {
        Action::Create => Deed::Made,
        Action::Update | Action::Adopt | Action::Move => Deed::Changed,
        Action::Replace => Deed::Replaced,
        // What was left behind was told of when it was replaced.
        Action::Retire if change.reason == Reason::LeftBehind => return None,
        Action::Retire => Deed::Retired,
        Action::Delete => Deed::Deleted,
        Action::Forget | Action::Manual => return None,
    };
    let collection = kinds::kind(&address.kind)?.collection?;
    let old = change.id.filter(|_| deed != Deed::Made);
    let before = old.and_then(|old| known(address, old, live, base));
    let mut after = match deed {
        Deed::Made | Deed::Replaced => collection.defaults(),
        Deed::Changed | Deed::Retired => before.clone()?,
        Deed::Deleted => Attributes::new(),
    };
    for operation in operations {
        match operation {
            Operation::Create { body, .. } => merge(&mut after, body),
            Operation::Update {
                id: None, patch, ..
            } => merge(&mut after, patch),
            Operation::Update { patch, .. } if deed == Deed::Changed => merge(&mut after, patch),
            Operation::Retire {
                patch,
                deposed: false,
                ..
            } => merge(&mut after, patch),
            // These concern the object that was there before, or the state.
            Operation::Update { .. }
            | Operation::Settle { .. }
            | Operation::Retire { .. }
            | Operation::Delete { .. }
            | Operation::Record { .. }
            | Operation::Forget => {}
        }
    }
    let output = |_: &Address, _: &str| Some(String::new());
    let mut after: Attributes = after
        .iter()
        .map(|(key, value)| (key.clone(), value.resolve(id, &output)))
        .collect();
    for path in collection.with(Rule::Whole) {
        without_nulls(&mut after, path);
    }
    fill_nulls(collection, &mut after);
    let after = normal_attributes(collection, after);
    if deed == Deed::Changed && before.as_ref() == Some(&after) {
        return None;
    }
    let new = match deed {
        Deed::Made | Deed::Replaced => id(address),
        Deed::Changed | Deed::Retired => old.map(|id| id.0),
        Deed::Deleted => None,
    };
    Some(Change {
        address,
        deed,
        old: old.map(|id| id.0),
        new,
        before,
        after: (deed != Deed::Deleted).then_some(after),
    })
}

/// A map of one of several forms: what the form before had was taken out with nulls.
fn without_nulls(attributes: &mut Attributes, dotted: &str) {
    let (key, rest) = dotted.split_once('.').unwrap_or((dotted, ""));
    let Some(Value::Map(entries)) = attributes.get_mut(key) else {
        return;
    };
    if rest.is_empty() {
        let kept = entries.iter().filter(|(_, value)| **value != Value::Null);
        *entries = kept
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
    } else {
        without_nulls(entries, rest);
    }
}

/// What an object is like: on the platform, or as it was last applied where that cannot be read.
fn known(
    address: &Address,
    id: RemoteId,
    live: &LiveState,
    base: &BaseState,
) -> Option<Attributes> {
    let there = live.kinds.get(&*address.kind).and_then(|it| it.get(&id));
    let applied = || {
        let entry = base.objects.get(address).filter(|entry| entry.id == id)?;
        Some(entry.attributes.clone())
    };
    there
        .map(|object| object.attributes.clone())
        .or_else(applied)
}

/// What must not happen to people who are in already without being asked for.
fn refusals(consequences: &Consequences, circumstances: Circumstances<'_>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for one in &consequences.of {
        let (accepted, flag, instead) = match one.about {
            About::AccessShortened => (
                circumstances.accept_shortened_access,
                "--accept-shortened-access",
                "leave `access` as it is",
            ),
            About::LessonsClosed => (
                circumstances.accept_closed_lessons,
                "--accept-closed-lessons",
                "leave open what is open",
            ),
            _ => continue,
        };
        if !accepted {
            refusals.push(Refusal {
                address: Address::parse(&one.address).ok(),
                message: format!("{}; the limit without a flag is 0 clients", one.text),
                help: format!("{instead}, or allow it for this plan: `{flag}`"),
            });
        }
    }
    refusals
}

/// What would happen to people now that the plan did not say: it takes something from them that it
/// did not take when it was made. Numbers of people alone make no difference.
pub fn unannounced(planned: &Plan, now: &Plan) -> Vec<Difference> {
    let takes = |plan: &'_ Plan| -> BTreeSet<(String, About, Vec<i64>)> {
        let of = plan.consequences.of.iter();
        of.filter(|one| one.about.takes_away())
            .flat_map(|one| match one.ids.as_slice() {
                [] => vec![(one.address.clone(), one.about, Vec::new())],
                ids => ids
                    .iter()
                    .map(|id| (one.address.clone(), one.about, vec![*id]))
                    .collect(),
            })
            .collect()
    };
    let announced = takes(planned);
    let changed: BTreeSet<&Address> = planned.changes.iter().map(|it| &it.address).collect();
    let mut found = Vec::new();
    for one in &now.consequences.of {
        let is_new =
            |id: &[i64]| !announced.contains(&(one.address.clone(), one.about, id.to_vec()));
        let differs = match one.ids.as_slice() {
            [] => is_new(&[]),
            ids => ids.iter().any(|id| is_new(&[*id])),
        };
        let address = Address::parse(&one.address).ok();
        let address = address.filter(|address| changed.contains(address));
        if let (true, true, Some(address)) = (one.about.takes_away(), differs, address) {
            found.push(Difference {
                address,
                what: What::Unannounced(one.text.clone()),
            });
        }
    }
    found
}

/// The instant from which on a plan has another result than it says, if that has come.
pub fn too_late(plan: &Plan, now: Instant) -> Option<&meaning::Deadline> {
    let deadline = plan.consequences.must_be_applied_before.as_ref()?;
    (deadline.at.0 <= now).then_some(deadline)
}
