//! A platform and a state made of values, and what an apply does to them.

use crate::kinds::{self, KINDS, Rule, from_json, normal_attributes, to_json};
use crate::model::{
    Address, Attributes, BaseObject, BaseState, Deposed, DesiredObject, DesiredState, LiveObject,
    LiveState, OpenIntent, Part, RemoteId, Target, Value,
};
use crate::plan::bindings::bindings;
use crate::plan::{LimitFrom, Operation, Plan, RemovalLimit, Settings, Step, StepId, plan};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::plan) fn at(address: &str) -> Address {
    Address::parse(address).unwrap()
}

/// A declared object; texts `@kind.name` are references.
pub(in crate::plan) fn declare(
    kind: &str,
    name: &str,
    attributes: Json,
) -> (Address, DesiredObject) {
    let Value::Map(attributes) = refer(from_json(attributes)) else {
        panic!("attributes are a map");
    };
    let object = DesiredObject {
        attributes,
        previous: Vec::new(),
        protect: None,
        adopt: None,
    };
    (Address::new(kind, name), object)
}

/// A text that is known once an object has its `url`.
pub(in crate::plan) fn late_url(address: &str) -> String {
    format!("url of @{address}")
}

fn refer(value: Value) -> Value {
    match value {
        Value::Text(text) => match (text.strip_prefix('@'), text.strip_prefix("url of @")) {
            (Some(address), _) => Value::Ref(at(address)),
            (_, Some(address)) => Value::Late(vec![
                Part::Text("see ".to_owned()),
                Part::Output {
                    of: at(address),
                    name: "url".to_owned(),
                },
            ]),
            (None, None) => Value::Text(text),
        },
        Value::List(items) => Value::List(items.into_iter().map(refer).collect()),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(k, v)| (k, refer(v))).collect())
        }
        other => other,
    }
}

pub(in crate::plan) fn state(
    objects: impl IntoIterator<Item = (Address, DesiredObject)>,
) -> DesiredState {
    DesiredState {
        objects: objects.into_iter().collect(),
        ..DesiredState::default()
    }
}

/// How a run ends in the middle of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::plan) enum Cut {
    /// The write was announced and has not happened.
    BeforeTheWrite,
    /// It has happened, and its outcome was not noted.
    AfterTheWrite,
}

#[derive(Clone, Debug)]
pub(in crate::plan) struct World {
    pub live: LiveState,
    pub base: BaseState,
    pub settings: Settings,
    next: i64,
}

impl World {
    pub fn new() -> Self {
        let written = KINDS.iter().filter(|kind| {
            kind.collection
                .is_some_and(|c| c.access == kinds::Access::Write)
        });
        World {
            live: LiveState {
                kinds: written
                    .map(|kind| (kind.id.to_owned(), BTreeMap::new()))
                    .collect(),
            },
            base: BaseState::default(),
            settings: Settings {
                project: "p".to_owned(),
                environment: None,
                target: Target {
                    provider: "sandbox".to_owned(),
                    url: "embedded".to_owned(),
                    account: "a".to_owned(),
                },
                lineage: None,
                serial: 0,
                configuration: "c".to_owned(),
                now: crate::model::parse_instant("2026-01-01T00:00:00Z").unwrap(),
                max_removals: RemovalLimit {
                    count: 1_000,
                    percent: 100,
                    from: LimitFrom::Settings,
                },
                allow_empty: true,
                conflicts_ours: false,
                read_requests: 0,
            },
            next: 100,
        }
    }

    pub fn plan(&self, desired: &DesiredState) -> Plan {
        plan(desired, &self.live, &self.base, &self.settings)
    }

    /// Plans and carries out.
    #[track_caller]
    pub fn settle_into(&mut self, desired: &DesiredState) {
        let plan = self.plan(desired);
        assert_eq!(plan.refusals, []);
        self.apply(&plan);
        self.must_be_done(desired);
    }

    #[track_caller]
    pub fn must_be_done(&self, desired: &DesiredState) {
        let again = self.plan(desired);
        assert_eq!(again.refusals, []);
        assert_eq!(again.changes, []);
        assert_eq!(again.steps, []);
        assert_eq!(again.drift, []);
    }

    #[track_caller]
    pub fn apply(&mut self, plan: &Plan) {
        let mut done = BTreeSet::new();
        for step in &plan.steps {
            self.carry_out(step, &mut done);
        }
        self.base.open_intents.clear();
    }

    /// Carries out the first steps and is cut off in the one after them.
    pub fn apply_cut(&mut self, plan: &Plan, steps: usize, cut: Cut) {
        let mut done = BTreeSet::new();
        for step in &plan.steps[..steps] {
            self.carry_out(step, &mut done);
        }
        let Some(step) = plan.steps.get(steps) else {
            return;
        };
        let Some(intent) = self.intent(step) else {
            return;
        };
        if cut == Cut::AfterTheWrite {
            let base = self.base.clone();
            self.carry_out(step, &mut done);
            self.base = base;
        }
        self.base.open_intents.push(intent);
    }

    fn intent(&self, step: &Step) -> Option<OpenIntent> {
        let address = step.address.clone();
        let own = self.base.objects.get(&address).map(|entry| entry.id);
        let (id, attributes, replaces) = match &step.operation {
            Operation::Create { body, replaces, .. } => (None, body, *replaces),
            Operation::Update { id, patch, .. } => (id.or(own), patch, None),
            Operation::Retire { id, patch, .. } => (Some(*id), patch, None),
            Operation::Delete { id } => (Some(*id), &Attributes::new(), None),
            Operation::Settle { .. } | Operation::Record { .. } | Operation::Forget => return None,
        };
        Some(OpenIntent {
            address,
            id,
            attributes: self.resolve(attributes),
            replaces,
        })
    }

    #[track_caller]
    fn carry_out(&mut self, step: &Step, done: &mut BTreeSet<StepId>) {
        assert!(
            step.depends_on.iter().all(|id| done.contains(id)),
            "{step:?}"
        );
        done.insert(step.id);
        let address = &step.address;
        let kind = &*address.kind;
        match &step.operation {
            Operation::Create {
                body,
                applied,
                replaces,
                protect,
            } => {
                let body = to_json(&Value::Map(self.resolve(body))).expect("all is known");
                self.must_exist(&body);
                let applied = self.resolve(applied);
                let id = self.insert(kind, body);
                let known = self.base.objects.get(address);
                let mut deposed = known.map_or_else(Vec::new, |entry| entry.deposed.clone());
                deposed.extend(replaces.map(|id| Deposed { id }));
                let entry = BaseObject {
                    id,
                    attributes: applied,
                    outputs: [("url".to_owned(), url(kind, id))].into(),
                    protect: *protect,
                    retired: false,
                    deposed,
                };
                self.base.objects.insert(address.clone(), entry);
            }
            Operation::Update {
                id,
                patch,
                applied,
                protect,
            } => {
                let own = self.base.objects[address].id;
                assert!(id.is_none_or(|id| id == own), "{step:?}");
                let patch = to_json(&Value::Map(self.resolve(patch))).expect("all is known");
                self.must_exist(&patch);
                self.patch(kind, own, &patch);
                let applied = self.resolve(applied);
                let entry = self.base.objects.get_mut(address).unwrap();
                entry.attributes = applied;
                entry.protect = *protect;
                entry.retired = false;
            }
            Operation::Settle {
                must_be_empty,
                count,
                applied,
            } => {
                let applied = self.resolve(applied);
                let entry = self.base.objects.get_mut(address).unwrap();
                entry.attributes = applied;
                let count = &self.live.kinds[kind][&entry.id].attributes[count];
                assert!(!must_be_empty || *count == Value::Int(0));
            }
            Operation::Retire { id, patch, deposed } => {
                self.patch(kind, *id, &to_json(&Value::Map(patch.clone())).unwrap());
                let entry = self.base.objects.get_mut(address).unwrap();
                if *deposed {
                    entry.deposed.retain(|old| old.id != *id);
                } else {
                    assert_eq!(entry.id, *id);
                    entry.attributes.extend(patch.clone());
                    entry.retired = true;
                }
            }
            Operation::Delete { id } => {
                self.live
                    .kinds
                    .get_mut(kind)
                    .unwrap()
                    .remove(id)
                    .expect("it exists");
                for object in self.live.kinds.values().flat_map(BTreeMap::values) {
                    assert!(
                        !bindings(&object.attributes)
                            .iter()
                            .any(|b| b.0 == kind && b.1 == *id)
                    );
                }
                self.base.objects.remove(address);
            }
            Operation::Record { object, previous } => {
                if let Some(previous) = previous {
                    self.base.objects.remove(previous);
                }
                let mut object = (**object).clone();
                object.attributes = self.resolve(&object.attributes);
                self.base.objects.insert(address.clone(), object);
            }
            Operation::Forget => {
                self.base.objects.remove(address);
            }
        }
    }

    fn resolve(&self, attributes: &Attributes) -> Attributes {
        let id = |address: &Address| self.base.objects.get(address).map(|entry| entry.id.0);
        let output = |address: &Address, name: &str| {
            self.base.objects.get(address)?.outputs.get(name).cloned()
        };
        attributes
            .iter()
            .map(|(key, value)| (key.clone(), value.resolve(&id, &output)))
            .collect()
    }

    /// A platform refuses what refers to nothing.
    #[track_caller]
    fn must_exist(&self, body: &Json) {
        let Value::Map(attributes) = from_json(body.clone()) else {
            panic!("a body is a map");
        };
        for (kind, id) in bindings(&attributes) {
            let known = self.live.kinds.get(kind);
            assert!(
                known.is_none_or(|objects| objects.contains_key(&id)),
                "{kind} {id}"
            );
        }
    }

    /// Makes an object as a platform does.
    #[track_caller]
    pub fn insert(&mut self, kind: &str, body: Json) -> RemoteId {
        self.next += 1;
        let id = RemoteId(self.next);
        let mut attributes = normalised(kind, body);
        attributes.insert("id".to_owned(), Value::Int(id.0));
        attributes.insert("url".to_owned(), Value::Text(url(kind, id)));
        attributes.insert("members_count".to_owned(), Value::Int(0));
        let objects = self.live.kinds.get_mut(kind).unwrap();
        objects.insert(id, LiveObject { attributes });
        id
    }

    #[track_caller]
    pub fn patch(&mut self, kind: &str, id: RemoteId, patch: &Json) {
        let object = self
            .live
            .kinds
            .get_mut(kind)
            .unwrap()
            .get_mut(&id)
            .expect("it exists");
        let mut body = to_json(&Value::Map(object.attributes.clone())).unwrap();
        let mut computed = Attributes::new();
        for key in ["id", "url", "members_count"] {
            body.as_object_mut().unwrap().remove(key);
            computed.extend(
                object
                    .attributes
                    .remove(key)
                    .map(|value| (key.to_owned(), value)),
            );
        }
        let collection = kinds::kind(kind).unwrap().collection.unwrap();
        for key in collection.with(Rule::Immutable) {
            assert!(patch.get(key).is_none(), "{key} can be saved once");
        }
        merge_patch(&mut body, patch);
        object.attributes = normalised(kind, body);
        object.attributes.extend(computed);
    }

    /// Somebody edits an object by hand.
    #[track_caller]
    pub fn edit(&mut self, kind: &str, name: &str, patch: Json) {
        let id = self.base.objects[&Address::new(kind, name)].id;
        self.patch(kind, id, &patch);
    }

    /// Somebody edits a definition by hand, as only a platform's own people can.
    pub fn overwrite(&mut self, kind: &str, name: &str, key: &str, value: Json) {
        let id = self.base.objects[&Address::new(kind, name)].id;
        let object = self.live.kinds.get_mut(kind).unwrap().get_mut(&id).unwrap();
        object.attributes.insert(key.to_owned(), from_json(value));
    }

    /// The platform counts anew.
    pub fn computed(&mut self, kind: &str, id: RemoteId, key: &str, count: i64) {
        let object = self.live.kinds.get_mut(kind).unwrap().get_mut(&id).unwrap();
        object.attributes.insert(key.to_owned(), Value::Int(count));
    }

    /// Somebody deletes an object by hand.
    pub fn vanish(&mut self, kind: &str, name: &str) {
        let id = self.base.objects[&Address::new(kind, name)].id;
        self.live.kinds.get_mut(kind).unwrap().remove(&id);
    }

    /// An attribute on the platform.
    pub fn seen(&self, kind: &str, name: &str, key: &str) -> Json {
        let id = self.base.objects[&Address::new(kind, name)].id;
        let attributes = &self.live.kinds[kind][&id].attributes;
        to_json(attributes.get(key).unwrap_or(&Value::Null)).unwrap()
    }

    /// Everything on the platform, ids replaced by addresses, so that two worlds can be compared.
    pub fn picture(&self) -> Vec<(String, Json)> {
        let names: BTreeMap<(&str, i64), String> = self
            .base
            .objects
            .iter()
            .map(|(address, entry)| ((&*address.kind, entry.id.0), address.to_string()))
            .collect();
        let mut picture = Vec::new();
        for (kind, objects) in &self.live.kinds {
            for (id, object) in objects {
                let name = names.get(&(kind, id.0));
                let mut attributes = object.attributes.clone();
                for key in ["id", "url"] {
                    attributes.remove(key);
                }
                let mut json = to_json(&Value::Map(attributes)).unwrap();
                rename("", &mut json, &names);
                picture.push((
                    name.cloned().unwrap_or_else(|| format!("some {kind}")),
                    json,
                ));
            }
        }
        picture.sort_by_key(|(name, json)| (name.clone(), json.to_string()));
        picture
    }
}

fn url(kind: &str, id: RemoteId) -> String {
    format!("https://school.test/{kind}/{id}")
}

/// Ids by the names of what they belong to; what nothing manages is `old`.
fn rename(key: &str, json: &mut Json, names: &BTreeMap<(&str, i64), String>) {
    match json {
        Json::Number(number) => {
            let kind = key
                .trim_end_matches('s')
                .trim_end_matches("_id")
                .rsplit('_')
                .next();
            let referred = key.ends_with("_id") || key.ends_with("_ids");
            if let (true, Some(kind), Some(id)) = (referred, kind, number.as_i64()) {
                let name = names.get(&(kind, id)).cloned();
                *json = Json::String(name.unwrap_or_else(|| "old".to_owned()));
            }
        }
        Json::String(text) if text.contains("https://") => *json = json!("a url"),
        Json::Array(items) => {
            items.iter_mut().for_each(|item| rename(key, item, names));
            if key.ends_with("_ids") {
                items.sort_by_key(ToString::to_string);
            }
        }
        Json::Object(entries) => entries
            .iter_mut()
            .for_each(|(key, value)| rename(key, value, names)),
        Json::Null | Json::Bool(_) | Json::String(_) => {}
    }
}

/// What a server makes of a body.
#[track_caller]
fn normalised(kind: &str, body: Json) -> Attributes {
    let collection = kinds::kind(kind).unwrap().collection.unwrap();
    let body = (collection.normalise)(body).expect("the platform takes it");
    match from_json(body) {
        Value::Map(attributes) => normal_attributes(collection, attributes),
        other => panic!("a body is a map, not {other:?}"),
    }
}

/// RFC 7396.
fn merge_patch(target: &mut Json, patch: &Json) {
    let Json::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let entries = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            entries.remove(key);
        } else {
            merge_patch(entries.entry(key.clone()).or_insert(Json::Null), value);
        }
    }
}
