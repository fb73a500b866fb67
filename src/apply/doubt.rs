//! A write without an answer: looked up once, never repeated.

use super::job::{Verb, Write};
use crate::kinds::{Collection, Status, normal_attributes};
use crate::model::{Attributes, BaseState, RemoteId, Value};
use crate::plan::{Operation, Plan};
use crate::provider::{RemoteObject, Writer};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// What a look at the platform has told.
pub(super) enum Found {
    /// It was done; this is the object, unless it was deleted.
    Done(Option<RemoteObject>),
    /// It was not, or that cannot be told.
    Unclear,
}

/// Which objects are accounted for, so that a lost creation is not taken for one of them.
#[derive(Debug)]
pub(super) struct Ledger<'a> {
    base: &'a BaseState,
    /// How many creations of a kind have the same natural key.
    namesakes: BTreeMap<(&'a str, Value), usize>,
    /// Ids that the plan speaks of: what is replaced, recorded, retired is none that it makes.
    named: BTreeSet<(&'a str, RemoteId)>,
    /// Ids that this run has made.
    made: Mutex<BTreeSet<(&'static str, RemoteId)>>,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(plan: &'a Plan, base: &'a BaseState) -> Self {
        let mut namesakes = BTreeMap::new();
        for step in &plan.steps {
            let Operation::Create { body, .. } = &step.operation else {
                continue;
            };
            let collection =
                crate::kinds::kind(&step.address.kind).and_then(|kind| kind.collection);
            if let Some(key) = collection.and_then(|collection| body.get(collection.natural_key)) {
                *namesakes
                    .entry((&*step.address.kind, key.clone()))
                    .or_insert(0) += 1;
            }
        }
        let named = plan.steps.iter().flat_map(|step| {
            let ids = named(&step.operation).into_iter();
            ids.map(|id| (&*step.address.kind, id))
        });
        Ledger {
            base,
            namesakes,
            named: named.collect(),
            made: Mutex::default(),
        }
    }

    /// Accounts for an object that this run has made.
    pub(super) fn account_for(&self, kind: &'static str, id: RemoteId) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert((kind, id));
    }

    fn is_tracked(&self, kind: &'static str, id: RemoteId) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.contains(&(kind, id))
            || self.named.contains(&(kind, id))
            || self.base.objects.iter().any(|(address, object)| {
                *address.kind == *kind
                    && (object.id == id || object.deposed.iter().any(|old| old.id == id))
            })
    }
}

/// The ids of existing objects in an operation.
fn named(operation: &Operation) -> Vec<RemoteId> {
    match operation {
        Operation::Create { replaces, .. } => replaces.iter().copied().collect(),
        Operation::Update { id, .. } => id.iter().copied().collect(),
        Operation::Retire { id, .. } | Operation::Delete { id } => vec![*id],
        Operation::Record { object, .. } => {
            let deposed = object.deposed.iter().map(|old| old.id);
            std::iter::once(object.id).chain(deposed).collect()
        }
        Operation::Settle { .. } | Operation::Forget => Vec::new(),
    }
}

/// Looks whether a write without an answer has happened.
pub(super) async fn look_up<W: Writer>(provider: &W, write: &Write, ledger: &Ledger<'_>) -> Found {
    match &write.verb {
        Verb::Create { .. } => find_created(provider, write, ledger).await,
        Verb::Update { id, .. } | Verb::Retire { id, .. } => {
            let patch = normal_attributes(write.collection, write.sent.clone());
            match provider.get(write.kind, *id).await {
                Ok(Some(object)) if holds(&object.object.attributes, &patch) => {
                    Found::Done(Some(object))
                }
                Ok(_) | Err(_) => Found::Unclear,
            }
        }
        Verb::Delete { id } => match provider.get(write.kind, *id).await {
            Ok(None) => Found::Done(None),
            Ok(Some(_)) | Err(_) => Found::Unclear,
        },
    }
}

/// The one untracked object with the natural key of a creation that no other creation shares.
async fn find_created<W: Writer>(provider: &W, write: &Write, ledger: &Ledger<'_>) -> Found {
    let Write {
        kind,
        collection,
        sent,
        ..
    } = write;
    let Some(asked) = sent.get(collection.natural_key) else {
        return Found::Unclear;
    };
    if ledger.namesakes.get(&(kind.id, asked.clone())) != Some(&1) {
        return Found::Unclear;
    }
    let key = Attributes::from_iter([(collection.natural_key.to_owned(), asked.clone())]);
    let key = normal_attributes(collection, key);
    let Ok(listing) = provider.list(kind).await else {
        return Found::Unclear;
    };
    let mut candidates = listing.objects.into_iter().filter(|(id, object)| {
        holds(&object.attributes, &key)
            && !is_put_away(collection, &object.attributes)
            && !ledger.is_tracked(kind.id, *id)
    });
    match (candidates.next(), candidates.next()) {
        (Some((id, object)), None) => Found::Done(Some(RemoteObject { id, object })),
        (None, _) | (Some(_), Some(_)) => Found::Unclear,
    }
}

/// Whether an object is retired: natural keys range over what is not, and an earlier object of the same
/// name, replaced long ago, is none that was just made.
fn is_put_away(collection: &Collection, attributes: &Attributes) -> bool {
    let Status {
        retired, resting, ..
    } = &collection.status;
    let status = attributes.get("status").and_then(Value::as_text);
    // Where things rest as they retire, the status does not tell.
    *resting != Some(*retired) && status == Some(*retired)
}

/// Whether attributes have every value of a patch.
fn holds(live: &Attributes, patch: &Attributes) -> bool {
    patch.iter().all(|(key, wanted)| {
        let found = live.get(key).unwrap_or(&Value::Null);
        holds_value(found, wanted)
    })
}

fn holds_value(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Map(found), Value::Map(wanted)) => holds(found, wanted),
        (Value::List(found), Value::List(wanted)) => {
            found.len() == wanted.len()
                && found
                    .iter()
                    .zip(wanted)
                    .all(|(found, wanted)| holds_value(found, wanted))
        }
        (found, wanted) => found == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_away_is_none_that_was_just_made() {
        let away = |kind: &str, status: &str| {
            let collection = crate::kinds::kind(kind).unwrap().collection.unwrap();
            let attributes = Attributes::from_iter([("status".to_owned(), Value::text(status))]);
            is_put_away(collection, &attributes)
        };
        assert!(away("list", "archived"));
        assert!(!away("list", "active"));
        assert!(away("offer", "archived"));
        assert!(!away("offer", "draft"));
        // A coupon is made disabled, and retired as disabled.
        assert!(!away("coupon", "disabled"));
        assert!(!away("scenario", "paused"));
    }

    #[test]
    fn a_patch_is_held_where_it_speaks() {
        let live = Attributes::from_iter([
            ("a".into(), Value::Int(1)),
            (
                "m".into(),
                Value::map([("x", Value::Int(1)), ("y", Value::Int(2))]),
            ),
            ("l".into(), Value::List(vec![Value::Int(1)])),
        ]);
        for (key, wanted, expected) in [
            ("a", Value::Int(1), true),
            ("a", Value::Int(2), false),
            ("none", Value::Null, true),
            ("a", Value::Null, false),
            ("m", Value::map([("y", Value::Int(2))]), true),
            ("m", Value::map([("y", Value::Int(3))]), false),
            ("l", Value::List(vec![]), false),
            ("l", Value::List(vec![Value::Int(1)]), true),
        ] {
            let patch = Attributes::from_iter([(key.to_owned(), wanted)]);
            assert_eq!(holds(&live, &patch), expected, "{patch:?}");
        }
    }
}
