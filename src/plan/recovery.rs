//! A state that was lost, found again: what is declared against what the platform holds.

use crate::kinds::Rule;
use crate::model::{
    Address, Attributes, BaseObject, DesiredState, LiveState, Path, RemoteId, Value,
};
use crate::plan::compare::{self, Compared};
use crate::plan::matching::{self, Entries, How};
use crate::plan::settle::Settled;
use std::collections::BTreeMap;

/// What matching by natural keys comes to, each list in the order of addresses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recovery {
    /// Declared objects of which the platform has exactly one, and those that `adopt` names.
    pub certain: Vec<Match>,
    /// Declared objects of which it cannot be told which one they are.
    pub ambiguous: Vec<Doubt>,
    /// Declared objects that the platform does not have.
    pub missing: Vec<Address>,
    /// Live objects that belong to nothing declared, by kind. Copies that the platform made and what
    /// is put away are not counted.
    pub unmanaged: BTreeMap<String, usize>,
}

/// A declared object and the live one that it certainly is.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The declared object.
    pub address: Address,
    /// The natural key by which it was found, as attribute and value; `None` if `adopt` names it.
    pub key: Option<(String, String)>,
    /// Where the platform differs from what is declared.
    pub differs: Vec<Path>,
    /// The entry that a state would have: the platform's values of what is declared.
    pub entry: BaseObject,
}

/// A declared object that could be several live ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The declared object.
    pub address: Address,
    /// The live objects that it could be.
    pub candidates: Vec<RemoteId>,
    /// Why it cannot be told.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Finds the live object of each declared one, with no state to say which it is.
///
/// The entries hold the platform's own values, so that the next plan shows where these differ from
/// what is declared.
pub fn recovery(desired: &DesiredState, live: &LiveState) -> Recovery {
    let (entries, settled) = (Entries::new(), Settled::default());
    let found = matching::matching(desired, live, &entries, &settled);
    let ambiguous = found
        .refusals
        .into_iter()
        .filter_map(|refusal| {
            let address = refusal.address?;
            Some(Doubt {
                candidates: found.candidates.get(&address).cloned().unwrap_or_default(),
                address,
                message: refusal.message,
                help: refusal.help,
            })
        })
        .collect();
    let all = compare::compare(desired, &entries, found.subjects, &settled);
    Recovery {
        certain: all.values().filter_map(certain).collect(),
        ambiguous,
        missing: all
            .values()
            .filter(|object| object.subject.is_missing())
            .map(|object| object.subject.address.clone())
            .collect(),
        unmanaged: found.unmanaged,
    }
}

fn certain(object: &Compared<'_>) -> Option<Match> {
    let Compared {
        subject,
        comparison,
        fate: _,
    } = object;
    let key = match subject.how {
        How::AdoptionDeclared => None,
        How::SameNaturalKey => {
            let key = subject.collection.natural_key;
            let value = comparison.declared.get(key)?.as_text()?;
            Some((key.to_owned(), value.to_owned()))
        }
        How::Tracked | How::Interrupted | How::Missing | How::Vanished | How::Doubtful => {
            return None;
        }
    };
    // A kind that was not read says nothing of what is there.
    let (id, live) = (subject.id?, &subject.live?.attributes);
    let mut attributes = comparison.declared.clone();
    for path in comparison.fields.iter().map(|it| &it.path) {
        let Some(name) = path.field() else { continue };
        let declared = attributes.remove(name);
        if let (Some(declared), Some(live)) = (declared, live.get(name)) {
            let is_whole = path.0.len() == 1;
            let found = if is_whole {
                live.clone()
            } else {
                there(&declared, live)
            };
            attributes.insert(name.to_owned(), found);
        }
    }
    let outputs = subject
        .collection
        .with(Rule::Computed)
        .filter_map(|key| Some((key.to_owned(), live.get(key)?.as_text()?.to_owned())))
        .collect();
    Some(Match {
        address: subject.address.clone(),
        key,
        differs: comparison.fields.iter().map(|it| it.path.clone()).collect(),
        entry: BaseObject {
            id,
            attributes,
            outputs,
            protect: object.protect(),
            retired: false,
            deposed: Vec::new(),
        },
    })
}

/// The live value of what is declared of a map that is managed in part.
fn there(declared: &Value, live: &Value) -> Value {
    let (Value::Map(declared), Value::Map(live)) = (declared, live) else {
        return live.clone();
    };
    let managed: Attributes = declared
        .iter()
        .filter_map(|(key, declared)| Some((key.clone(), there(declared, live.get(key)?))))
        .collect();
    Value::Map(managed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::world::{World, at, declare, state};
    use crate::plan::{Action, Side};
    use serde_json::json;

    fn addresses(found: &[Match]) -> Vec<String> {
        found.iter().map(|it| it.address.to_string()).collect()
    }

    #[test]
    fn all_that_was_applied_is_certain_and_the_next_plan_is_empty() {
        let desired = state([
            declare("list", "a", json!({ "title": "A", "type": "static" })),
            declare(
                "coupon",
                "b",
                json!({ "title": "B", "code": "B10", "discount": { "percent": "10" }, "list_ids": ["@list.a"] }),
            ),
        ]);
        let mut world = World::new();
        world.settle_into(&desired);
        let applied = std::mem::take(&mut world.base);
        let found = recovery(&desired, &world.live);
        assert_eq!(addresses(&found.certain), ["coupon.b", "list.a"]);
        assert_eq!(
            (&found.ambiguous[..], &found.missing[..]),
            (&[][..], &[][..])
        );
        let keys: Vec<_> = found.certain.iter().map(|it| it.key.clone()).collect();
        let key = |key: &str, value: &str| Some((key.to_owned(), value.to_owned()));
        assert_eq!(keys, [key("code", "B10"), key("title", "A")]);
        for it in found.certain {
            assert_eq!(it.entry.attributes, applied.objects[&it.address].attributes);
            assert_eq!(it.differs, []);
            world.base.objects.insert(it.address, it.entry);
        }
        world.must_be_done(&desired);
    }

    #[test]
    fn what_differs_is_kept_as_the_platform_has_it() {
        let desired = state([declare(
            "coupon",
            "b",
            json!({ "title": "B", "code": "B10", "discount": { "percent": "10" } }),
        )]);
        let mut world = World::new();
        let id = world.insert(
            "coupon",
            json!({ "title": "By hand", "code": "B10", "discount": { "percent": "20" } }),
        );
        let found = recovery(&desired, &world.live);
        let [certain] = &found.certain[..] else {
            panic!("{found:?}");
        };
        let differs: Vec<String> = certain.differs.iter().map(ToString::to_string).collect();
        assert_eq!(differs, ["discount", "title"]);
        assert_eq!(certain.entry.id, id);
        assert_eq!(
            certain.entry.attributes.get("title"),
            Some(&Value::text("By hand"))
        );
        world
            .base
            .objects
            .insert(certain.address.clone(), certain.entry.clone());
        // It is the configuration that wants something else, not the platform that has moved.
        let plan = world.plan(&desired);
        let [change] = &plan.changes[..] else {
            panic!("{plan:?}");
        };
        assert_eq!(change.action, Action::Update);
        assert!(
            change
                .fields
                .iter()
                .all(|it| it.side == Side::Configuration)
        );
        assert_eq!(plan.drift, []);
    }

    #[test]
    fn doubts_and_what_is_not_there_are_left_out() {
        let desired = state([
            declare("list", "twice", json!({ "title": "A", "type": "static" })),
            declare("list", "one", json!({ "title": "B", "type": "static" })),
            declare("list", "other", json!({ "title": "B", "type": "static" })),
            declare(
                "offer",
                "copy",
                json!({ "title": "Copy system of C", "price": { "amount": "1.00", "currency": "EUR" } }),
            ),
            declare("list", "absent", json!({ "title": "D", "type": "static" })),
        ]);
        let mut world = World::new();
        let first = world.insert("list", json!({ "title": "A", "type": "static" }));
        let second = world.insert("list", json!({ "title": " A ", "type": "static" }));
        let third = world.insert("list", json!({ "title": "B", "type": "static" }));
        // Made for one client: nobody's, whatever is declared.
        world.insert("offer", json!({ "title": "Copy system of C", "price": { "amount": "1.00", "currency": "EUR" } }));
        world.insert("list", json!({ "title": "E", "type": "static" }));
        let found = recovery(&desired, &world.live);
        assert_eq!(found.certain, []);
        let doubts: Vec<(String, Vec<RemoteId>)> = found
            .ambiguous
            .iter()
            .map(|it| (it.address.to_string(), it.candidates.clone()))
            .collect();
        assert_eq!(
            doubts,
            [
                ("list.one".to_owned(), vec![third]),
                ("list.other".to_owned(), vec![third]),
                ("list.twice".to_owned(), vec![first, second]),
            ]
        );
        assert_eq!(found.missing, [at("list.absent"), at("offer.copy")]);
        assert_eq!(found.unmanaged.get("list"), Some(&4));
        assert_eq!(found.unmanaged.get("offer"), None);
    }
}
