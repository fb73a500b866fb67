//! One step, made ready: references resolved, the kind found.

use super::event::StepError;
use crate::kinds::{Collection, KindInfo, Rule, kind, to_json};
use crate::model::{Address, Attributes, BaseObject, BaseState, LiveObject, RemoteId, Value};
use crate::plan::{Operation, Step};
use std::collections::BTreeMap;

/// What is known of every object that another may refer to.
#[derive(Debug)]
pub(super) struct Known<'a> {
    base: &'a BaseState,
    /// What this run has made or written, which comes before the base.
    landed: BTreeMap<Address, Landed>,
}

/// An object's id and outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Landed {
    pub(super) id: Option<RemoteId>,
    pub(super) outputs: BTreeMap<String, String>,
}

impl<'a> Known<'a> {
    pub(super) fn new(base: &'a BaseState) -> Self {
        Known {
            base,
            landed: BTreeMap::new(),
        }
    }

    /// Takes in what a step has brought.
    pub(super) fn learn(&mut self, address: &Address, landed: Landed) {
        let Landed { id, outputs } = landed;
        let known = self.landed.entry(address.clone()).or_default();
        known.id = id.or(known.id);
        known.outputs.extend(outputs);
    }

    fn id(&self, address: &Address) -> Option<RemoteId> {
        self.landed
            .get(address)
            .and_then(|landed| landed.id)
            .or_else(|| self.base.objects.get(address).map(|object| object.id))
    }

    fn output(&self, address: &Address, name: &str) -> Option<String> {
        self.landed
            .get(address)
            .and_then(|landed| landed.outputs.get(name))
            .or_else(|| self.base.objects.get(address)?.outputs.get(name))
            .cloned()
    }

    fn resolve(&self, attributes: &Attributes) -> Attributes {
        attributes
            .iter()
            .map(|(key, value)| {
                let value = value.resolve(
                    &|address| self.id(address).map(|id| id.0),
                    &|address, name| self.output(address, name),
                );
                (key.clone(), value)
            })
            .collect()
    }

    /// Attributes with nothing left to be known.
    fn resolve_all(&self, attributes: &Attributes) -> Result<Attributes, StepError> {
        let resolved = self.resolve(attributes);
        let mut unknown = Vec::new();
        for value in resolved.values() {
            value.addresses(&mut unknown);
        }
        match unknown.first() {
            Some(address) => Err(StepError::Unresolved((*address).clone())),
            None => Ok(resolved),
        }
    }
}

/// A step that can be carried out as it stands.
#[derive(Debug)]
pub(super) enum Job {
    Write(Box<Write>),
    Settle {
        kind: &'static KindInfo,
        id: RemoteId,
        must_be_empty: bool,
        count: String,
        applied: Attributes,
    },
    Record {
        object: Box<BaseObject>,
        previous: Option<Address>,
    },
    Forget,
}

/// A write, announced before it is sent.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) kind: &'static KindInfo,
    pub(super) collection: &'static Collection,
    /// What is sent, in canonical form.
    pub(super) sent: Attributes,
    /// What is sent, as JSON.
    pub(super) body: serde_json::Value,
    pub(super) verb: Verb,
}

#[derive(Debug)]
pub(super) enum Verb {
    Create {
        applied: Attributes,
        replaces: Option<RemoteId>,
        protect: bool,
    },
    Update {
        id: RemoteId,
        applied: Attributes,
        protect: bool,
    },
    Retire {
        id: RemoteId,
        deposed: bool,
    },
    Delete {
        id: RemoteId,
    },
}

impl Verb {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Verb::Create { .. } => "create",
            Verb::Update { .. } => "update",
            Verb::Retire { .. } => "retire",
            Verb::Delete { .. } => "delete",
        }
    }

    pub(super) fn id(&self) -> Option<RemoteId> {
        match self {
            Verb::Create { .. } => None,
            Verb::Update { id, .. } | Verb::Retire { id, .. } | Verb::Delete { id } => Some(*id),
        }
    }
}

impl Job {
    /// Makes a step ready.
    ///
    /// # Errors
    /// Something is not known that the steps before should have brought.
    pub(super) fn prepare(step: &Step, known: &Known<'_>) -> Result<Self, StepError> {
        let address = &step.address;
        let id_here = || {
            known
                .id(address)
                .ok_or_else(|| StepError::Unresolved(address.clone()))
        };
        let none = Attributes::new();
        let (verb, sent) = match &step.operation {
            Operation::Create {
                body,
                applied,
                replaces,
                protect,
            } => (
                Verb::Create {
                    applied: known.resolve_all(applied)?,
                    replaces: *replaces,
                    protect: *protect,
                },
                body,
            ),
            Operation::Update {
                id,
                patch,
                applied,
                protect,
            } => (
                Verb::Update {
                    id: id.map_or_else(id_here, Ok)?,
                    applied: known.resolve_all(applied)?,
                    protect: *protect,
                },
                patch,
            ),
            Operation::Retire { id, patch, deposed } => (
                Verb::Retire {
                    id: *id,
                    deposed: *deposed,
                },
                patch,
            ),
            Operation::Delete { id } => (Verb::Delete { id: *id }, &none),
            Operation::Settle {
                must_be_empty,
                count,
                applied,
            } => {
                return Ok(Job::Settle {
                    kind: find(address)?.0,
                    id: id_here()?,
                    must_be_empty: *must_be_empty,
                    count: count.clone(),
                    applied: known.resolve_all(applied)?,
                });
            }
            Operation::Record { object, previous } => {
                let mut object = object.clone();
                object.attributes = known.resolve(&object.attributes);
                return Ok(Job::Record {
                    object,
                    previous: previous.clone(),
                });
            }
            Operation::Forget => return Ok(Job::Forget),
        };
        let (kind, collection) = find(address)?;
        let sent = known.resolve_all(sent)?;
        let body = sent
            .iter()
            .map(|(key, value)| Some((key.clone(), to_json(value)?)))
            .collect::<Option<serde_json::Map<_, _>>>()
            .ok_or_else(|| StepError::Unresolved(address.clone()))?;
        Ok(Job::Write(Box::new(Write {
            kind,
            collection,
            sent,
            body: serde_json::Value::Object(body),
            verb,
        })))
    }
}

fn find(address: &Address) -> Result<(&'static KindInfo, &'static Collection), StepError> {
    kind(&address.kind)
        .and_then(|kind| Some((kind, kind.collection?)))
        .ok_or_else(|| StepError::Kind(address.kind.to_string()))
}

/// What the platform computed and others may refer to.
pub(super) fn outputs(collection: &Collection, object: &LiveObject) -> BTreeMap<String, String> {
    collection
        .with(Rule::Computed)
        .filter_map(|path| {
            let text = object.attributes.get(path).and_then(Value::as_text)?;
            Some((path.to_owned(), text.to_owned()))
        })
        .collect()
}
