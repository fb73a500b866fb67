//! A platform in memory, for tests.

use super::decode::Decoded;
use super::{Listing, ProviderError, Reader, RemoteObject, WriteError, Writer};
use crate::kinds::{Collection, KindInfo, Rule};
use crate::model::{RemoteId, Target};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

type Body = Map<String, Value>;

/// A platform that holds its objects in memory and normalises them as servers do.
#[derive(Debug, Default)]
pub struct Memory {
    store: Mutex<Store>,
    /// How long each request takes.
    latency: Duration,
}

#[derive(Debug, Default)]
struct Store {
    objects: BTreeMap<&'static str, BTreeMap<RemoteId, Body>>,
    last_id: i64,
    requests: u64,
    in_flight: usize,
    most_in_flight: usize,
    faults: Vec<Fault>,
    writes: Vec<Written>,
}

/// A write that reached the platform, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// `create`, `update`, `delete`.
    pub verb: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// The object; `None` for a creation that was refused.
    pub id: Option<RemoteId>,
    /// What was sent.
    pub body: Value,
}

/// Something that goes wrong once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The title of the creation, or the id of the object as text, that it strikes.
    pub on: String,
    /// How.
    pub how: Mishap,
}

/// How a write goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Refused with 422; nothing happens.
    Refused,
    /// The credentials are refused; nothing happens.
    Credentials,
    /// No answer, and nothing happened.
    LostBefore,
    /// No answer, and it happened.
    LostAfter,
}

impl Memory {
    /// An empty platform whose every request takes `latency`.
    pub fn new(latency: Duration) -> Self {
        Memory {
            store: Mutex::default(),
            latency,
        }
    }

    /// Lets a write go wrong, once.
    pub fn fail(&self, fault: Fault) {
        self.lock().faults.push(fault);
    }

    /// Puts an object there as if by hand, and says its id. The body is taken as it is.
    pub fn put(&self, kind: &'static KindInfo, body: &Value) -> RemoteId {
        let mut store = self.lock();
        let id = store.next_id();
        let body = body.as_object().cloned().unwrap_or_default();
        store.objects.entry(kind.id).or_default().insert(id, body);
        id
    }

    /// Changes attributes of an object as if by hand.
    pub fn edit(&self, kind: &'static KindInfo, id: RemoteId, patch: &Value) {
        let mut store = self.lock();
        if let (Some(body), Some(patch)) = (store.find(kind, id), patch.as_object()) {
            merge(body, patch);
        }
    }

    /// Every object's body, by kind and id.
    pub fn bodies(&self) -> BTreeMap<(&'static str, RemoteId), Value> {
        let store = self.lock();
        store
            .objects
            .iter()
            .flat_map(|(kind, objects)| {
                objects
                    .iter()
                    .map(|(id, body)| ((*kind, *id), Value::Object(body.clone())))
            })
            .collect()
    }

    /// The writes that reached the platform, in order.
    pub fn writes(&self) -> Vec<Written> {
        self.lock().writes.clone()
    }

    /// Requests so far.
    pub fn requests(&self) -> u64 {
        self.lock().requests
    }

    /// The most requests that were under way at the same time.
    pub fn most_in_flight(&self) -> usize {
        self.lock().most_in_flight
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes as long as a request does.
    async fn travel(&self) {
        {
            let mut store = self.lock();
            store.requests += 1;
            store.in_flight += 1;
            store.most_in_flight = store.most_in_flight.max(store.in_flight);
        }
        let _arrival = Arrival(self);
        if self.latency.is_zero() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(self.latency).await;
        }
    }

    /// Carries out a write, unless a fault strikes it.
    async fn write<T>(
        &self,
        on: &str,
        act: impl FnOnce(&mut Store) -> Result<T, ProviderError>,
    ) -> Result<T, WriteError> {
        self.travel().await;
        let mut store = self.lock();
        let struck = store.faults.iter().position(|fault| fault.on == on);
        let Some(fault) = struck.map(|at| store.faults.remove(at)) else {
            return act(&mut store).map_err(WriteError::NotDone);
        };
        let lost = || ProviderError::Unreachable("the connection was cut".to_owned());
        match fault.how {
            Mishap::Refused => Err(WriteError::NotDone(refused(422, "it may not be"))),
            Mishap::Credentials => Err(WriteError::NotDone(ProviderError::Credentials(
                "the token is not known".to_owned(),
            ))),
            Mishap::LostBefore => Err(WriteError::InDoubt(lost())),
            Mishap::LostAfter => {
                act(&mut store).map_err(WriteError::NotDone)?;
                Err(WriteError::InDoubt(lost()))
            }
        }
    }
}

struct Arrival<'a>(&'a Memory);

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        let mut store = self.0.lock();
        store.in_flight = store.in_flight.saturating_sub(1);
    }
}

impl Store {
    fn next_id(&mut self) -> RemoteId {
        self.last_id += 1;
        RemoteId(self.last_id)
    }

    fn find(&mut self, kind: &KindInfo, id: RemoteId) -> Option<&mut Body> {
        self.objects.get_mut(kind.id)?.get_mut(&id)
    }

    /// Keeps a body as a server does: normalised, with what it computes itself.
    fn keep(
        &mut self,
        kind: &'static KindInfo,
        id: RemoteId,
        body: Body,
    ) -> Result<RemoteObject, ProviderError> {
        let collection = collection_of(kind)?;
        let before = self.find(kind, id).cloned().unwrap_or_default();
        let normal = (collection.normalise)(Value::Object(body))
            .map_err(|error| refused(422, &error.to_string()))?;
        let mut body = normal.as_object().cloned().unwrap_or_default();
        for path in collection.with(Rule::Computed) {
            let value = match before.get(path) {
                Some(value) => value.clone(),
                None if path.ends_with("_count") => json!(0),
                None => json!(format!("https://school.example/{}/{id}/{path}", kind.id)),
            };
            body.insert(path.to_owned(), value);
        }
        self.objects
            .entry(kind.id)
            .or_default()
            .insert(id, body.clone());
        sent(collection, id, &body)
    }
}

impl Reader for Memory {
    fn target(&self) -> Target {
        Target {
            provider: "memory".to_owned(),
            url: "memory".to_owned(),
            account: "memory".to_owned(),
        }
    }

    async fn list(&self, kind: &'static KindInfo) -> Result<Listing, ProviderError> {
        let collection = collection_of(kind)?;
        self.travel().await;
        let store = self.lock();
        let objects = store
            .objects
            .get(kind.id)
            .into_iter()
            .flatten()
            .map(|(id, body)| sent(collection, *id, body).map(|object| (object.id, object.object)))
            .collect::<Result<_, _>>()?;
        Ok(Listing {
            objects,
            requests: 1,
        })
    }

    async fn get(
        &self,
        kind: &'static KindInfo,
        id: RemoteId,
    ) -> Result<Option<RemoteObject>, ProviderError> {
        let collection = collection_of(kind)?;
        self.travel().await;
        let mut store = self.lock();
        store
            .find(kind, id)
            .map(|body| sent(collection, id, body))
            .transpose()
    }
}

impl Writer for Memory {
    async fn create(
        &self,
        kind: &'static KindInfo,
        body: &Value,
    ) -> Result<RemoteObject, WriteError> {
        let title = body.get("title").and_then(Value::as_str).unwrap_or("");
        self.write(title, |store| {
            let id = store.next_id();
            let made = store.keep(kind, id, body.as_object().cloned().unwrap_or_default());
            store.writes.push(Written {
                verb: "create",
                kind: kind.id,
                id: made.is_ok().then_some(id),
                body: body.clone(),
            });
            made
        })
        .await
    }

    async fn update(
        &self,
        kind: &'static KindInfo,
        id: RemoteId,
        patch: &Value,
    ) -> Result<RemoteObject, WriteError> {
        self.write(&id.to_string(), |store| {
            store.writes.push(Written {
                verb: "update",
                kind: kind.id,
                id: Some(id),
                body: patch.clone(),
            });
            let collection = collection_of(kind)?;
            let mut body = store
                .find(kind, id)
                .cloned()
                .ok_or_else(|| refused(404, "there is no such object"))?;
            let mut patch = patch.as_object().cloned().unwrap_or_default();
            merge_keyed(collection, &body, &mut patch);
            merge(&mut body, &patch);
            store.keep(kind, id, body)
        })
        .await
    }

    async fn delete(&self, kind: &'static KindInfo, id: RemoteId) -> Result<(), WriteError> {
        self.write(&id.to_string(), |store| {
            store.writes.push(Written {
                verb: "delete",
                kind: kind.id,
                id: Some(id),
                body: Value::Null,
            });
            store
                .objects
                .get_mut(kind.id)
                .and_then(|objects| objects.remove(&id))
                .map(|_| ())
                .ok_or_else(|| refused(404, "there is no such object"))
        })
        .await
    }
}

fn collection_of(kind: &'static KindInfo) -> Result<&'static Collection, ProviderError> {
    kind.collection
        .ok_or_else(|| refused(404, "there are no objects of this kind"))
}

fn refused(status: u16, message: &str) -> ProviderError {
    ProviderError::Refused {
        status,
        message: message.to_owned(),
    }
}

fn sent(collection: &Collection, id: RemoteId, body: &Body) -> Result<RemoteObject, ProviderError> {
    let mut body = body.clone();
    body.insert("id".to_owned(), json!(id.0));
    serde_json::from_value::<Decoded>(Value::Object(body))
        .map(|object| object.finish(collection))
        .map_err(|error| ProviderError::Answer(error.to_string()))
}

/// RFC 7396: `null` removes, maps merge, the rest replaces.
pub(crate) fn merge(body: &mut Body, patch: &Body) {
    for (key, value) in patch {
        match (value, body.get_mut(key)) {
            (Value::Null, _) => {
                body.shift_remove(key);
            }
            (Value::Object(patch), Some(Value::Object(inner))) => merge(inner, patch),
            (value, _) => {
                body.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Fills items of keyed lists in the patch with what they do not mention.
pub(crate) fn merge_keyed(collection: &Collection, body: &Body, patch: &mut Body) {
    for field in collection.fields {
        let Rule::Keyed(key) = field.rule else {
            continue;
        };
        let Some(Value::Array(before)) = body.get(field.path) else {
            continue;
        };
        let Some(Value::Array(items)) = patch.get_mut(field.path) else {
            continue;
        };
        for item in items {
            let same = before.iter().find(|old| old.get(key) == item.get(key));
            if let (Some(Value::Object(old)), Value::Object(new)) = (same, &*item) {
                let mut whole = old.clone();
                merge(&mut whole, new);
                *item = Value::Object(whole);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::kind;
    use crate::model::Value as Canonical;

    #[tokio::test]
    async fn it_creates_merges_and_deletes() {
        let memory = Memory::default();
        let pass = kind("pass").unwrap();
        let made = memory
            .create(
                pass,
                &json!({"title": " A ", "price": {"amount": "45", "currency": "EUR"}, "credits": 3}),
            )
            .await
            .unwrap();
        assert_eq!(made.id, RemoteId(1));
        assert_eq!(
            made.object.attributes[&"title".to_owned()],
            Canonical::text("A")
        );
        let changed = memory
            .update(pass, made.id, &json!({"credits": 5}))
            .await
            .unwrap();
        assert_eq!(
            changed.object.attributes[&"credits".to_owned()],
            Canonical::Int(5)
        );
        assert_eq!(
            changed.object.attributes[&"price".to_owned()],
            made.object.attributes[&"price".to_owned()]
        );
        memory.delete(pass, made.id).await.unwrap();
        assert_eq!(memory.get(pass, made.id).await.unwrap(), None);
        assert!(matches!(
            memory.delete(pass, made.id).await,
            Err(WriteError::NotDone(ProviderError::Refused {
                status: 404,
                ..
            }))
        ));
    }

    #[tokio::test]
    async fn a_keyed_list_keeps_what_an_update_does_not_mention() {
        let memory = Memory::default();
        let offer = kind("offer").unwrap();
        let id = memory.put(
            offer,
            &json!({"title": "A", "products": [{"course_id": 1, "extra": {"x": 1}}, {"course_id": 2}]}),
        );
        let patch = json!({"products": [{"course_id": 1, "opens": true}]});
        let mut patch = patch.as_object().cloned().unwrap();
        let body = memory.bodies()[&("offer", id)]
            .as_object()
            .cloned()
            .unwrap();
        merge_keyed(offer.collection.unwrap(), &body, &mut patch);
        assert_eq!(
            Value::Object(patch),
            json!({"products": [{"course_id": 1, "extra": {"x": 1}, "opens": true}]})
        );
    }
}
