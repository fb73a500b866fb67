//! Looks at every request, at every effect, and at what is left in the end.

use super::network::Letter;
use super::platform::{Answer, Body, references, written};
use super::violation::{Planted, Violation};
use super::world::{Inner, Memory, Process, World};
use crate::kinds::{Collection, Status};
use crate::model::{Address, Attributes, BaseState, DesiredState, Value as Canonical};
use crate::plan::{Action, Operation, Plan, Step};
use crate::state::Snapshot;
use serde_json::Value;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

/// Where the journal of every history is.
pub(super) const JOURNAL: &str = "/state/journal.jsonl";
/// Where its state is.
pub(super) const STATE: &str = "/state/state.json";

/// Looks at a version that a run was given: whoever is given it has the same.
pub(super) fn of_one_version(world: &World, snapshot: &Snapshot) {
    let Snapshot {
        target: _,
        lineage: Some(lineage),
        serial,
        base,
        digests,
        journal_open: _,
        at_work: None,
    } = snapshot
    else {
        return;
    };
    let mut hasher = DefaultHasher::new();
    format!("{base:?}{digests:?}").hash(&mut hasher);
    let content = hasher.finish();
    let version = (lineage.clone(), *serial);
    let known = *world.lock().versions.entry(version).or_insert(content);
    if known != content {
        let what = format!("version {serial} of {lineage}");
        world.accuse(Violation::TwoOfOneVersion(what));
    }
}

/// Looks at a request before it leaves.
pub(super) fn before_sending(world: &World, process: &Process, letter: &Letter) {
    let now_ms = world.now_ms();
    let not_before_ms = process.lock().not_before_ms;
    if now_ms < not_before_ms {
        let early = format!("{} ms", not_before_ms - now_ms);
        world.accuse(Violation::TooSoon(early));
    }
    if !letter.is_write() {
        return;
    }
    let what = format!("{} {} {:?}", letter.method, letter.kind.id, letter.id);
    if process.is_plan {
        world.accuse(Violation::ReadOnly(what));
        return;
    }
    if world.media.holder() != Some(process.id) {
        world.accuse(Violation::TwoWriters(what.clone()));
    }
    match find_step(&process.lock(), letter) {
        Err(violation) => world.accuse(violation),
        Ok((step, operation)) => {
            let journal = world.media.durable(Path::new(JOURNAL));
            if !has_intent(&journal, &step, operation, letter.id) {
                world.accuse(Violation::NoIntent(what));
            }
        }
    }
}

/// The step that says this write, and what its intent is called.
fn find_step(memory: &Memory, letter: &Letter) -> Result<(Step, &'static str), Violation> {
    let what = format!(
        "{} {} {:?} {}",
        letter.method, letter.kind.id, letter.id, letter.body
    );
    let Some((plan, base)) = &memory.work else {
        return Err(Violation::OutsideThePlan(what));
    };
    let of_kind = |step: &&Step| *step.address.kind == *letter.kind.id;
    let sent = letter.body.as_object();
    let within = |named: &Attributes| {
        sent.is_some_and(|sent| sent.keys().all(|key| named.contains_key(key.as_str())))
    };
    let Some(id) = letter.id else {
        let title = letter.body["title"].as_str().unwrap_or_default();
        let step = plan.steps.iter().filter(of_kind).find(|step| {
            *step.address.name == *title
                && matches!(&step.operation, Operation::Create { body, .. } if within(body))
        });
        let step = step.ok_or(Violation::OutsideThePlan(what))?;
        return Ok((step.clone(), "create"));
    };
    if !owns(memory, plan, base, letter.kind.id, id) {
        return Err(Violation::NotOwned(what));
    }
    let own_id = |step: &Step| {
        let made = memory.made.get(&step.address).copied();
        let known = base.objects.get(&step.address).map(|object| object.id.0);
        made.or(known)
    };
    let removes = letter.method == "DELETE" || {
        let status = letter.kind.collection.map(|collection| collection.status);
        status.is_some_and(|status| {
            status.resting != Some(status.retired)
                && letter.body["status"].as_str() == Some(status.retired)
        })
    };
    for step in plan.steps.iter().filter(of_kind) {
        let found = match &step.operation {
            Operation::Update { id: at, patch, .. } if letter.method == "PATCH" && !removes => {
                (at.map(|at| at.0).or_else(|| own_id(step)) == Some(id) && within(patch))
                    .then_some("update")
            }
            Operation::Retire { id: at, patch, .. } if letter.method == "PATCH" => {
                (at.0 == id && within(patch)).then_some("retire")
            }
            Operation::Delete { id: at } if letter.method == "DELETE" => {
                (at.0 == id).then_some("delete")
            }
            _ => None,
        };
        let Some(operation) = found else { continue };
        if removes && !shows_removal(plan, &step.address) {
            return Err(Violation::UnshownRemoval(what));
        }
        return Ok((step.clone(), operation));
    }
    Err(if removes {
        Violation::UnshownRemoval(what)
    } else {
        Violation::OutsideThePlan(what)
    })
}

/// Whether an object is managed by this run: known to the state, adopted, or made.
fn owns(memory: &Memory, plan: &Plan, base: &BaseState, kind: &str, id: i64) -> bool {
    let known = base.objects.iter().any(|(address, object)| {
        *address.kind == *kind
            && (object.id.0 == id || object.deposed.iter().any(|old| old.id.0 == id))
    });
    let recorded = plan.steps.iter().any(|step| {
        *step.address.kind == *kind
            && matches!(&step.operation, Operation::Record { object, .. }
                if object.id.0 == id || object.deposed.iter().any(|old| old.id.0 == id))
    });
    let made = memory.made.iter();
    known
        || recorded
        || made
            .into_iter()
            .any(|(at, made)| *at.kind == *kind && *made == id)
}

fn shows_removal(plan: &Plan, address: &Address) -> bool {
    plan.changes.iter().any(|change| {
        change.address == *address
            && matches!(
                change.action,
                Action::Retire | Action::Delete | Action::Replace
            )
    })
}

/// Whether the intent of a step stands in what would outlive a power cut.
fn has_intent(journal: &[u8], step: &Step, operation: &str, id: Option<i64>) -> bool {
    let address = step.address.to_string();
    let text = String::from_utf8_lossy(journal);
    text.lines()
        .filter(|line| line.contains("\"intent\"") && line.contains(&address))
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .any(|line| {
            let intent = &line["record"]["intent"];
            intent["step"] == step.id.0
                && intent["address"] == address.as_str()
                && intent["operation"] == operation
                && intent["id"].as_i64() == id
        })
}

/// Carries a request out, and looks at what it did.
pub(super) fn effect(world: &World, process: &Process, letter: &Letter) -> Answer {
    let answer = carry_out(world, process, letter);
    world.tell(|| {
        let Letter {
            method,
            kind,
            id,
            page,
            body,
        } = letter;
        let (status, _) = &answer;
        let path = match (id, page) {
            (Some(id), _) => format!("{} {id}", kind.id),
            (None, Some((page, _))) => format!("{} page {page}", kind.id),
            (None, None) => kind.id.to_owned(),
        };
        format!("#{} {method} {path} {body} → {status}", process.id)
    });
    answer
}

fn carry_out(world: &World, process: &Process, letter: &Letter) -> Answer {
    let now_ms = world.now_ms();
    let mut inner = world.lock();
    let Letter {
        method,
        kind,
        id,
        page,
        body,
    } = letter;
    let object = body.as_object().cloned().unwrap_or_default();
    let mut violations = Vec::new();
    let answer = match (method.as_str(), id) {
        ("GET", None) => {
            let (page, per_page) = page.unwrap_or((1, 100));
            // Small pages, so that there are several.
            let per_page = per_page.min(3);
            let made_before_ms = now_ms.saturating_sub(inner.weather.lag_ms);
            return inner.platform.page(kind.id, page, per_page, made_before_ms);
        }
        ("GET", Some(id)) => return inner.platform.show(kind.id, *id),
        ("POST", None) => {
            violations.extend(is_there(&inner.platform.kinds, process, letter));
            let times = 1 + usize::from(world.plants(Planted::SendsTwice));
            let mut answer = (500, Value::Null);
            for time in 0..times {
                if time > 0 {
                    violations.extend(is_there(&inner.platform.kinds, process, letter));
                }
                answer = inner.platform.create(kind, &object, now_ms, true);
            }
            let made = answer.1["data"]["id"].as_i64();
            if let (Some(id), Some(title)) = (made, body["title"].as_str()) {
                process.lock().made.insert(Address::new(kind.id, title), id);
            }
            answer
        }
        ("PATCH", Some(id)) => {
            let lost = world.plants(Planted::LosesChanges);
            let patch = if lost { Body::new() } else { object };
            let before = inner
                .platform
                .find(kind.id, *id)
                .map(|kept| kept.body.clone());
            let answer = inner.platform.update(kind, *id, &patch);
            inner.rested.remove(&(kind.id.to_owned(), *id));
            let note = inner.notes.get(&(kind.id.to_owned(), *id));
            let now = inner.platform.find(kind.id, *id);
            if let (Some(note), Some(now)) = (note, now)
                && now.body.get("extra") != Some(note)
            {
                violations.push(Violation::Unmanaged(format!("{} {id}", kind.id)));
            }
            if let (Some(before), Some(now)) = (before, now) {
                let acted = kind
                    .collection
                    .is_some_and(|collection| acts(&collection.status, &before));
                if !acted {
                    violations.extend(too_soon(&inner, process, kind.id, &now.body));
                }
            }
            answer
        }
        ("DELETE", Some(id)) => inner.platform.delete(kind, *id),
        _ => (405, Value::Null),
    };
    if method == "POST"
        && let Some(id) = answer.1["data"]["id"].as_i64()
        && let Some(made) = inner.platform.find(kind.id, id)
    {
        violations.extend(too_soon(&inner, process, kind.id, &made.body));
    }
    inner.count("writes");
    inner.violations.extend(violations);
    answer
}

type Kinds = std::collections::BTreeMap<
    &'static str,
    std::collections::BTreeMap<i64, super::platform::Kept>,
>;

/// Whether what is to be made is there already, by a run's hand, and in use.
fn is_there(kinds: &Kinds, process: &Process, letter: &Letter) -> Option<Violation> {
    let collection = letter.kind.collection?;
    let key = letter.body.get(collection.natural_key)?;
    let memory = process.lock();
    let (plan, base) = memory.work.as_ref()?;
    let left_behind = |id: i64| {
        let replaced = plan.steps.iter().any(|step| match &step.operation {
            Operation::Create { replaces, .. } => replaces.is_some_and(|old| old.0 == id),
            Operation::Retire {
                id: old, deposed, ..
            } => *deposed && old.0 == id,
            _ => false,
        });
        replaced
            || base
                .objects
                .values()
                .any(|object| object.deposed.iter().any(|old| old.id.0 == id))
    };
    let twin = kinds.get(letter.kind.id)?.iter().find(|(id, kept)| {
        kept.is_ours
            && kept.body.get(collection.natural_key) == Some(key)
            && kept.body["status"] != collection.status.retired
            && !left_behind(**id)
    })?;
    Some(Violation::Twice(format!(
        "{} {key} is there as {}",
        letter.kind.id, twin.0
    )))
}

/// Whether an object acts: is neither at rest nor out of use.
pub(super) fn acts(status: &Status, body: &Body) -> bool {
    let text = body
        .get("status")
        .and_then(Value::as_str)
        .unwrap_or(status.default);
    Some(text) != status.resting && text != status.retired
}

/// Something that begins to act although what it refers to does not yet, and is to. A request of a run
/// that was killed may arrive after a person has put to rest what it refers to: that is nobody's doing.
fn too_soon(inner: &Inner, process: &Process, kind: &str, body: &Body) -> Option<Violation> {
    let collection_of = |kind: &str| -> Option<&'static Collection> {
        written().find(|(it, _)| it.id == kind).map(|(_, it)| it)
    };
    let status = &collection_of(kind)?.status;
    if status.resting.is_none() || !acts(status, body) {
        return None;
    }
    let from = Address::new(kind, body.get("title")?.as_str()?);
    for (of, id) in references(body) {
        if process.is_dead() && inner.rested.contains(&(of.to_owned(), id)) {
            continue;
        }
        let Some(target) = inner.platform.find(of, id) else {
            return Some(Violation::ActsTooSoon(format!(
                "{from} refers to no {of} {id}"
            )));
        };
        let status = &collection_of(of)?.status;
        let Some(title) = target.body.get("title").and_then(Value::as_str) else {
            continue;
        };
        let to = Address::new(of, title);
        let wanted = process
            .desired
            .objects
            .get(&to)
            .and_then(|object| object.attributes.get("status")?.as_text());
        let is_to_act =
            wanted.is_some_and(|wanted| Some(wanted) != status.resting && wanted != status.retired);
        if status.resting.is_some()
            && is_to_act
            && refers(&process.desired, &from, &to)
            && !acts(status, &target.body)
            && !in_a_circle(&process.desired, &from, &to)
        {
            return Some(Violation::ActsTooSoon(format!("{from} before {to}")));
        }
    }
    None
}

/// Whether the configuration says that one refers to the other. What was let go of is a person's.
fn refers(desired: &DesiredState, from: &Address, to: &Address) -> bool {
    let object = desired.objects.get(from);
    let values = object
        .into_iter()
        .flat_map(|object| object.attributes.values());
    let mut addresses = Vec::new();
    values.for_each(|value| Canonical::addresses(value, &mut addresses));
    addresses.contains(&to)
}

fn in_a_circle(desired: &DesiredState, from: &Address, to: &Address) -> bool {
    let mut seen: BTreeSet<&Address> = BTreeSet::new();
    let mut open = vec![to];
    while let Some(next) = open.pop() {
        if next == from {
            return true;
        }
        if seen.insert(next)
            && let Some(object) = desired.objects.get(next)
        {
            let mut addresses = Vec::new();
            for value in object.attributes.values() {
                Canonical::addresses(value, &mut addresses);
            }
            open.extend(addresses);
        }
    }
    false
}

/// Looks at what is left when everything is quiet and done.
pub(super) fn in_the_end(world: &World) {
    let mut inner = world.lock();
    let mut violations = Vec::new();
    for (kind, collection) in written() {
        let mut keys = BTreeSet::new();
        let all = inner.platform.kinds.get(kind.id).into_iter().flatten();
        for (id, kept) in all.filter(|(_, kept)| kept.is_ours) {
            let key = kept.body.get(collection.natural_key).map(Value::to_string);
            let is_put_away = kept.body["status"] == collection.status.retired;
            if !is_put_away && !keys.insert(key.clone()) {
                violations.push(Violation::Twice(format!("{} {id}: {key:?}", kind.id)));
            }
        }
    }
    for ((kind, id), body) in &inner.strangers {
        let now = inner.platform.find(kind, *id);
        if now.is_some_and(|now| now.body != *body) {
            violations.push(Violation::Unmanaged(format!("stranger {kind} {id}")));
        }
        if now.is_none() {
            violations.push(Violation::NotOwned(format!("stranger {kind} {id} is gone")));
        }
    }
    for ((kind, id), note) in &inner.notes {
        if let Some(now) = inner.platform.find(kind, *id)
            && now.body.get("extra") != Some(note)
        {
            violations.push(Violation::Unmanaged(format!("{kind} {id}")));
        }
    }
    inner.violations.extend(violations);
}
