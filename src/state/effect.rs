//! What an outcome does to the state. Pure.

use crate::model::{
    Address, Attributes, BaseObject, BaseState, Deposed, OpenIntent, RemoteId, Value,
};
use std::collections::BTreeMap;

/// What a step has done, as the state remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// An object was made.
    Created {
        /// Its id.
        id: RemoteId,
        /// What was sent.
        attributes: Attributes,
        /// What the platform computed.
        outputs: BTreeMap<String, String>,
        /// Whether it is protected.
        protect: bool,
        /// The object that it replaces, which is left behind.
        replaces: Option<RemoteId>,
        /// Digest of what the platform answered.
        digest: Option<String>,
    },
    /// An object was changed.
    Updated {
        /// Its id.
        id: RemoteId,
        /// All declared attributes, now applied.
        attributes: Attributes,
        /// What the platform computed; what it does not mention stays.
        outputs: BTreeMap<String, String>,
        /// Whether it is protected.
        protect: bool,
        /// Digest of what the platform answered.
        digest: Option<String>,
    },
    /// An object was taken out of use.
    Retired {
        /// Its id.
        id: RemoteId,
        /// What was sent.
        patch: Attributes,
        /// Whether it is one that a replacement left behind.
        deposed: bool,
    },
    /// An object was deleted.
    Deleted {
        /// Its id.
        id: RemoteId,
    },
    /// Only the state's entry was written.
    Recorded {
        /// The entry.
        object: Box<BaseObject>,
        /// The address that it had before.
        previous: Option<Address>,
    },
    /// A new list was found to hold what it may hold.
    Settled {
        /// All declared attributes, now applied.
        attributes: Attributes,
    },
    /// Only the state's entry was dropped.
    Forgotten,
}

/// The state's objects, and the digests of what the platform answered for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entries {
    pub(super) base: BaseState,
    pub(super) digests: BTreeMap<Address, String>,
}

impl Entries {
    /// Takes in what was done to an address. Whatever was open about it is settled.
    pub(super) fn apply(&mut self, address: &Address, effect: Effect) {
        self.base
            .open_intents
            .retain(|intent| intent.address != *address);
        match effect {
            Effect::Created {
                id,
                attributes,
                outputs,
                protect,
                replaces,
                digest,
            } => {
                let mut deposed = self
                    .base
                    .objects
                    .remove(address)
                    .map(|before| before.deposed)
                    .unwrap_or_default();
                if let Some(id) = replaces
                    && deposed.iter().all(|old| old.id != id)
                {
                    deposed.push(Deposed { id });
                }
                let object = BaseObject {
                    id,
                    attributes,
                    outputs,
                    protect,
                    retired: false,
                    deposed,
                };
                self.base.objects.insert(address.clone(), object);
                self.note(address, digest);
            }
            Effect::Updated {
                id,
                attributes,
                outputs,
                protect,
                digest,
            } => {
                let before = self.base.objects.remove(address);
                let (mut kept, deposed) =
                    before.map_or_else(Default::default, |before| (before.outputs, before.deposed));
                kept.extend(outputs);
                let object = BaseObject {
                    id,
                    attributes,
                    outputs: kept,
                    protect,
                    retired: false,
                    deposed,
                };
                self.base.objects.insert(address.clone(), object);
                self.note(address, digest);
            }
            Effect::Retired { id, patch, deposed } => {
                let Some(object) = self.base.objects.get_mut(address) else {
                    return;
                };
                if deposed {
                    object.deposed.retain(|old| old.id != id);
                } else if object.id == id {
                    object.retired = true;
                    merge(&mut object.attributes, patch);
                    self.digests.remove(address);
                }
            }
            Effect::Deleted { id } => {
                let Some(object) = self.base.objects.get_mut(address) else {
                    return;
                };
                if object.id == id {
                    self.drop_entry(address);
                } else {
                    object.deposed.retain(|old| old.id != id);
                }
            }
            Effect::Recorded { object, previous } => {
                if let Some(previous) = previous {
                    self.base
                        .open_intents
                        .retain(|intent| intent.address != previous);
                    self.drop_entry(&previous);
                }
                self.digests.remove(address);
                self.base.objects.insert(address.clone(), *object);
            }
            Effect::Settled { attributes } => {
                if let Some(object) = self.base.objects.get_mut(address) {
                    object.attributes = attributes;
                }
            }
            Effect::Forgotten => self.drop_entry(address),
        }
    }

    /// Remembers a write whose outcome is not known, in place of an older one of the same object.
    pub(super) fn leave_open(&mut self, intent: OpenIntent) {
        self.base
            .open_intents
            .retain(|old| old.address != intent.address || old.id != intent.id);
        self.base.open_intents.push(intent);
    }

    fn note(&mut self, address: &Address, digest: Option<String>) {
        match digest {
            Some(digest) => self.digests.insert(address.clone(), digest),
            None => self.digests.remove(address),
        };
    }

    fn drop_entry(&mut self, address: &Address) {
        self.base.objects.remove(address);
        self.digests.remove(address);
    }
}

/// A merge patch: maps merge, the rest replaces.
fn merge(into: &mut Attributes, patch: Attributes) {
    for (key, value) in patch {
        match (into.get_mut(&key), value) {
            (Some(Value::Map(inner)), Value::Map(patch)) => merge(inner, patch),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(id: i64, status: &str) -> BaseObject {
        BaseObject {
            id: RemoteId(id),
            attributes: Attributes::from_iter([("status".into(), Value::text(status))]),
            outputs: BTreeMap::new(),
            protect: false,
            retired: false,
            deposed: Vec::new(),
        }
    }

    fn created(id: i64, replaces: Option<i64>) -> Effect {
        Effect::Created {
            id: RemoteId(id),
            attributes: object(id, "active").attributes,
            outputs: BTreeMap::new(),
            protect: false,
            replaces: replaces.map(RemoteId),
            digest: Some("d".into()),
        }
    }

    fn check(before: &[(&str, BaseObject)], effect: Effect, after: &[(&str, BaseObject)]) {
        let state = |entries: &[(&str, BaseObject)]| {
            entries
                .iter()
                .map(|(name, object)| (Address::new("offer", *name), object.clone()))
                .collect::<BTreeMap<_, _>>()
        };
        let mut entries = Entries::default();
        entries.base.objects = state(before);
        entries.apply(&Address::new("offer", "a"), effect.clone());
        assert_eq!(entries.base.objects, state(after), "{effect:?}");
    }

    #[test]
    fn effects() {
        let a = object(1, "active");
        let replaced = BaseObject {
            deposed: vec![Deposed { id: RemoteId(1) }],
            ..object(2, "active")
        };
        check(&[], created(1, None), &[("a", a.clone())]);
        check(
            &[("a", a.clone())],
            created(2, Some(1)),
            &[("a", replaced.clone())],
        );
        let retire = |id, deposed| Effect::Retired {
            id: RemoteId(id),
            patch: object(0, "archived").attributes,
            deposed,
        };
        let retired = BaseObject {
            retired: true,
            ..object(1, "archived")
        };
        check(&[("a", a.clone())], retire(1, false), &[("a", retired)]);
        check(
            &[("a", replaced.clone())],
            retire(1, true),
            &[("a", object(2, "active"))],
        );
        check(
            &[("a", a.clone())],
            Effect::Deleted { id: RemoteId(1) },
            &[],
        );
        check(
            &[("a", replaced)],
            Effect::Deleted { id: RemoteId(1) },
            &[("a", object(2, "active"))],
        );
        check(&[("a", a.clone())], Effect::Forgotten, &[]);
        check(
            &[("old", a.clone())],
            Effect::Recorded {
                object: Box::new(a.clone()),
                previous: Some(Address::new("offer", "old")),
            },
            &[("a", a)],
        );
    }

    #[test]
    fn an_update_keeps_outputs_and_what_was_left_behind() {
        let before = BaseObject {
            outputs: BTreeMap::from([("url".into(), "u".into())]),
            deposed: vec![Deposed { id: RemoteId(9) }],
            retired: true,
            ..object(1, "archived")
        };
        let after = BaseObject {
            protect: true,
            retired: false,
            attributes: object(1, "active").attributes,
            ..before.clone()
        };
        let update = Effect::Updated {
            id: RemoteId(1),
            attributes: object(1, "active").attributes,
            outputs: BTreeMap::new(),
            protect: true,
            digest: None,
        };
        check(&[("a", before)], update, &[("a", after)]);
    }
}
