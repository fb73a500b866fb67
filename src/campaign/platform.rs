//! The simulated platform: objects that servers would keep, with a clock for listings that lag.

use crate::kinds::{self, Access, Collection, KINDS, KindInfo, Rule};
use crate::provider::memory::{merge, merge_keyed};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(super) type Body = Map<String, Value>;

/// An object and how it came there.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) body: Body,
    /// When, in simulated milliseconds.
    pub(super) made_ms: u64,
    /// Whether a run has made it, and not a person.
    pub(super) is_ours: bool,
}

/// The objects of an account.
#[derive(Clone, Debug, Default)]
pub(super) struct Platform {
    pub(super) kinds: BTreeMap<&'static str, BTreeMap<i64, Kept>>,
    last_id: i64,
}

/// What a server answers.
pub(super) type Answer = (u16, Value);

/// The kinds that are written.
pub(super) fn written() -> impl Iterator<Item = (&'static KindInfo, &'static Collection)> {
    KINDS
        .iter()
        .filter_map(|kind| Some((kind, kind.collection?)))
        .filter(|(_, collection)| collection.access == Access::Write)
}

/// The kind at a path.
pub(super) fn at_path(path: &str) -> Option<(&'static KindInfo, &'static Collection)> {
    written().find(|(_, collection)| collection.path == path)
}

impl Platform {
    pub(super) fn find(&self, kind: &str, id: i64) -> Option<&Kept> {
        self.kinds.get(kind)?.get(&id)
    }

    /// Makes an object.
    pub(super) fn create(
        &mut self,
        kind: &'static KindInfo,
        body: &Body,
        now_ms: u64,
        is_ours: bool,
    ) -> Answer {
        if let Err(refused) = self.must_exist(body) {
            return refused;
        }
        self.last_id += 1;
        let id = self.last_id;
        match normal(kind, id, body.clone(), None) {
            Ok(body) => {
                let shown = shown(id, &body);
                let kept = Kept {
                    body,
                    made_ms: now_ms,
                    is_ours,
                };
                self.kinds.entry(kind.id).or_default().insert(id, kept);
                (201, json!({ "data": shown }))
            }
            Err(message) => (422, json!({ "message": message })),
        }
    }

    /// Changes an object.
    pub(super) fn update(&mut self, kind: &'static KindInfo, id: i64, patch: &Body) -> Answer {
        if let Err(refused) = self.must_exist(patch) {
            return refused;
        }
        let Some(kept) = self.find(kind.id, id) else {
            return unknown();
        };
        let Some(collection) = kind.collection else {
            return unknown();
        };
        let (before, mut body, mut patch) = (&kept.body, kept.body.clone(), patch.clone());
        merge_keyed(collection, &body, &mut patch);
        merge(&mut body, &patch);
        match normal(kind, id, body, Some(before)) {
            Ok(body) => {
                let shown = shown(id, &body);
                if let Some(kept) = self.kinds.get_mut(kind.id).and_then(|it| it.get_mut(&id)) {
                    kept.body = body;
                }
                (200, json!({ "data": shown }))
            }
            Err(message) => (422, json!({ "message": message })),
        }
    }

    /// Removes an object that nothing refers to.
    pub(super) fn delete(&mut self, kind: &'static KindInfo, id: i64) -> Answer {
        let is_used = self.kinds.values().flat_map(BTreeMap::values).any(|kept| {
            references(&kept.body)
                .iter()
                .any(|(of, to)| *of == kind.id && *to == id)
        });
        if is_used {
            return (409, json!({ "message": "something refers to it" }));
        }
        self.vanish(kind.id, id)
    }

    /// Removes an object, whatever refers to it.
    pub(super) fn vanish(&mut self, kind: &str, id: i64) -> Answer {
        match self.kinds.get_mut(kind).and_then(|all| all.remove(&id)) {
            Some(_) => (204, Value::Null),
            None => unknown(),
        }
    }

    /// One object.
    pub(super) fn show(&self, kind: &str, id: i64) -> Answer {
        match self.find(kind, id) {
            Some(kept) => (200, json!({ "data": shown(id, &kept.body) })),
            None => unknown(),
        }
    }

    /// A page of the objects that are at least so old.
    pub(super) fn page(&self, kind: &str, page: u64, per_page: u64, made_before_ms: u64) -> Answer {
        let all: Vec<Value> = self
            .kinds
            .get(kind)
            .into_iter()
            .flatten()
            .filter(|(_, kept)| kept.made_ms <= made_before_ms)
            .map(|(id, kept)| shown(*id, &kept.body))
            .collect();
        let total = all.len() as u64;
        let size = usize::try_from(per_page).unwrap_or(1).max(1);
        let skip = usize::try_from(page.saturating_sub(1)).unwrap_or(0) * size;
        let data: Vec<Value> = all.into_iter().skip(skip).take(size).collect();
        let meta = json!({
            "current_page": page,
            "last_page": total.div_ceil(per_page).max(1),
            "per_page": per_page,
            "total": total,
        });
        (200, json!({ "data": data, "meta": meta }))
    }

    fn must_exist(&self, body: &Body) -> Result<(), Answer> {
        for (kind, id) in references(body) {
            if self.find(kind, id).is_none() {
                let message = format!("there is no {kind} {id}");
                return Err((422, json!({ "message": message })));
            }
        }
        Ok(())
    }
}

/// A body as a server keeps it, with what it computes itself.
fn normal(
    kind: &'static KindInfo,
    id: i64,
    body: Body,
    before: Option<&Body>,
) -> Result<Body, String> {
    let collection = kind.collection.ok_or("no objects")?;
    // What people keep beside is nobody's business.
    let extra = body.get("extra").cloned();
    let normal = (collection.normalise)(Value::Object(body)).map_err(|error| error.to_string())?;
    let mut body = normal.as_object().cloned().unwrap_or_default();
    if let Some(extra) = extra.filter(|extra| !extra.is_null()) {
        body.insert("extra".to_owned(), extra);
    }
    for path in collection.with(Rule::Computed) {
        let value = match before.and_then(|before| before.get(path)) {
            Some(value) => value.clone(),
            None if path.ends_with("_count") => json!(0),
            None => json!(format!("https://school.example/{}/{id}/{path}", kind.id)),
        };
        body.insert(path.to_owned(), value);
    }
    Ok(body)
}

fn shown(id: i64, body: &Body) -> Value {
    let mut shown = body.clone();
    shown.insert("id".to_owned(), id.into());
    Value::Object(shown)
}

fn unknown() -> Answer {
    (404, json!({ "message": "there is no such object" }))
}

/// Every written object that a body refers to, by the contract's convention.
pub(super) fn references(body: &Body) -> Vec<(&'static str, i64)> {
    let mut found = Vec::new();
    for (key, value) in body {
        if key != "extra" {
            collect(key, value, &mut found);
        }
    }
    found
}

fn collect(key: &str, value: &Value, found: &mut Vec<(&'static str, i64)>) {
    match value {
        Value::Number(number) => {
            let stem = key.strip_suffix("_ids").or_else(|| key.strip_suffix("_id"));
            let kind = stem
                .and_then(|stem| kinds::kind(stem.rsplit('_').next()?))
                .filter(|kind| kind.collection.is_some_and(|it| it.access == Access::Write));
            if let (Some(kind), Some(id)) = (kind, number.as_i64()) {
                found.push((kind.id, id));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(key, item, found)),
        Value::Object(entries) => entries
            .iter()
            .for_each(|(key, value)| collect(key, value, found)),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
