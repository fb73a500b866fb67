//! Writing objects: what a server does between a request's body and its table.

use super::read::{Row, count_references, exists};
use crate::kinds::Rule;
use crate::sandbox::answer::{Errors, Refusal};
use crate::sandbox::behaviour;
use crate::sandbox::merge::merge;
use crate::sandbox::resource::{Reference, Resource, explain, references, resource};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A transaction.
#[derive(Debug)]
pub(in crate::sandbox) struct Changes<'store> {
    transaction: Transaction<'store>,
    now: String,
    /// Objects whose computed fields may be out of date. They are counted once, at the end.
    touched: BTreeSet<(&'static str, i64)>,
    /// Whether what is written follows from the people's life, and is not to be told to it.
    by_life: bool,
}

/// What is done to an object.
#[derive(Clone, Debug)]
pub(in crate::sandbox) enum Change {
    /// A merge patch.
    Merge(Map<String, Value>),
    /// A whole new body.
    Replace(Map<String, Value>),
}

impl<'store> Changes<'store> {
    pub(super) fn new(transaction: Transaction<'store>) -> Self {
        let now = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S.000000Z");
        Changes {
            transaction,
            now: now.to_string(),
            touched: BTreeSet::new(),
            by_life: false,
        }
    }

    /// For reading what is written so far.
    pub(in crate::sandbox) fn connection(&self) -> &Connection {
        &self.transaction
    }

    /// What is written from now on follows from the people's life.
    pub(in crate::sandbox) fn begin_life(&mut self) {
        self.by_life = true;
    }

    /// What is written from now on does not.
    pub(in crate::sandbox) fn end_life(&mut self) {
        self.by_life = false;
    }

    /// Whether what is written follows from the people's life.
    pub(in crate::sandbox) fn is_life(&self) -> bool {
        self.by_life
    }

    pub(super) fn commit(mut self) -> Result<(), Refusal> {
        self.recount()?;
        Ok(self.transaction.commit()?)
    }

    /// Makes an object and gives its id.
    pub(in crate::sandbox) fn create(
        &mut self,
        resource: &'static Resource,
        body: Map<String, Value>,
    ) -> Result<i64, Refusal> {
        let mut errors = Errors::default();
        for required in resource.collection.required {
            if body.get(*required).is_none_or(Value::is_null) {
                errors.push(*required, "is required");
            }
        }
        errors.into_result()?;
        let body = self.settle(resource, None, body)?;
        self.insert(resource, None, body)
    }

    /// Makes an object that has its id already; `false` if there is one of this id.
    pub(in crate::sandbox) fn adopt(
        &mut self,
        resource: &'static Resource,
        id: i64,
        body: Map<String, Value>,
    ) -> Result<bool, Refusal> {
        if exists(&self.transaction, resource, id)? {
            return Ok(false);
        }
        let body = self.settle(resource, Some(id), body)?;
        self.insert(resource, Some(id), body)?;
        Ok(true)
    }

    /// Changes an object.
    pub(in crate::sandbox) fn update(
        &mut self,
        resource: &'static Resource,
        id: i64,
        change: Change,
    ) -> Result<(), Refusal> {
        let before = parse(&Row::load(&self.transaction, resource, id)?.body)?;
        let immutable = |key: &str| resource.collection.has(key, Rule::Immutable);
        let body = match change {
            Change::Merge(patch) => {
                let mut body = before.clone();
                merge(&mut body, patch, &|key| {
                    immutable(key) || behaviour::is_one_value(resource, key)
                });
                body
            }
            Change::Replace(body) => body,
        };
        let after = self.settle(resource, Some(id), body)?;
        let mut errors = Errors::default();
        for path in resource.collection.with(Rule::Immutable) {
            if at(&before, path) != at(&after, path) {
                errors.push(path, "can be saved once only");
            }
        }
        errors.into_result()?;
        if before == after {
            return Ok(());
        }
        self.transaction
            .prepare_cached(
                "UPDATE objects SET label = ?, status = ?, body = ?, updated_at = ?
                 WHERE collection = ? AND id = ?",
            )?
            .execute(params![
                label(resource, &after),
                status(&after),
                text(&after),
                self.now,
                resource.path(),
                id
            ])?;
        self.link(resource, id, references(&before), references(&after))?;
        behaviour::written(self, resource, id, Some(&before), Some(&after))
    }

    /// Removes an object, unless something refers to it.
    pub(in crate::sandbox) fn delete(
        &mut self,
        resource: &'static Resource,
        id: i64,
    ) -> Result<(), Refusal> {
        let before = parse(&Row::load(&self.transaction, resource, id)?.body)?;
        let (referrers, all) = count_references(&self.transaction, resource, id)?;
        if all > 0 {
            return Err(Refusal::Conflict(
                self.in_use(resource, id, &referrers, all)?,
            ));
        }
        self.transaction
            .prepare_cached("DELETE FROM objects WHERE collection = ? AND id = ?")?
            .execute(params![resource.path(), id])?;
        self.transaction
            .prepare_cached("UPDATE sequences SET count = count - 1 WHERE collection = ?")?
            .execute([resource.path()])?;
        self.link(resource, id, references(&before), Vec::new())?;
        behaviour::written(self, resource, id, Some(&before), None)
    }

    /// Says that an object's computed fields are to be counted again.
    pub(in crate::sandbox) fn touch(&mut self, resource: &'static Resource, id: i64) {
        self.touched.insert((resource.path(), id));
    }

    /// Counts again what was touched.
    pub(in crate::sandbox) fn recount(&mut self) -> Result<(), Refusal> {
        for (path, id) in std::mem::take(&mut self.touched) {
            let Some(resource) = resource(path) else {
                continue;
            };
            let computed = behaviour::computed(&self.transaction, resource, id)?;
            self.transaction
                .prepare_cached("UPDATE objects SET computed = ? WHERE collection = ? AND id = ?")?
                .execute(params![text(&computed), path, id])?;
        }
        Ok(())
    }

    /// The body in normal form, or everything that is wrong with it.
    fn settle(
        &self,
        resource: &'static Resource,
        id: Option<i64>,
        mut body: Map<String, Value>,
    ) -> Result<Map<String, Value>, Refusal> {
        if let Some(Value::String(title)) = body.get_mut("title") {
            let trimmed = title.trim();
            if trimmed.len() != title.len() {
                *title = trimmed.to_owned();
            }
        }
        behaviour::complete(&self.transaction, resource, &mut body)?;
        let body = (resource.collection.normalise)(Value::Object(body)).map_err(|error| {
            let (field, message) = explain(error);
            Refusal::invalid(field, message)
        })?;
        let Value::Object(body) = body else {
            return Err(Refusal::Broken("a normal form is not an object".to_owned()));
        };
        let mut errors = Errors::default();
        if body.get("title").and_then(Value::as_str) == Some("") {
            errors.push("title", "is required");
        }
        let known = resource.collection.status.values;
        let status = status(&body);
        if !known.is_empty() && !known.contains(&status) {
            errors.push("status", format!("is one of {}", known.join(", ")));
        }
        for Reference { field, to, id } in references(&body) {
            if !exists(&self.transaction, to, id)? {
                errors.push(
                    field,
                    format!("refers to {} {id}, which does not exist", to.id),
                );
            }
        }
        behaviour::check(&self.transaction, resource, id, &body, &mut errors)?;
        errors.into_result()?;
        Ok(body)
    }

    fn insert(
        &mut self,
        resource: &'static Resource,
        id: Option<i64>,
        body: Map<String, Value>,
    ) -> Result<i64, Refusal> {
        let next: i64 = self
            .transaction
            .prepare_cached("SELECT next_id FROM sequences WHERE collection = ?")?
            .query_row([resource.path()], |row| row.get(0))
            .optional()?
            .unwrap_or(resource.first_id);
        let id = id.unwrap_or(next);
        self.transaction
            .prepare_cached(
                "INSERT INTO sequences (collection, next_id, count) VALUES (?1, ?2, 1)
                 ON CONFLICT (collection) DO UPDATE SET next_id = ?2, count = count + 1",
            )?
            .execute(params![resource.path(), next.max(id.saturating_add(1))])?;
        self.transaction
            .prepare_cached(
                "INSERT INTO objects
                 (collection, id, label, status, body, computed, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, '{}', ?6, ?6)",
            )?
            .execute(params![
                resource.path(),
                id,
                label(resource, &body),
                status(&body),
                text(&body),
                self.now,
            ])?;
        self.link(resource, id, Vec::new(), references(&body))?;
        self.touch(resource, id);
        behaviour::written(self, resource, id, None, Some(&body))?;
        Ok(id)
    }

    /// Remembers who refers to whom.
    fn link(
        &self,
        resource: &Resource,
        id: i64,
        before: Vec<Reference>,
        after: Vec<Reference>,
    ) -> Result<(), Refusal> {
        let targets = |references: Vec<Reference>| -> BTreeSet<(&'static str, i64)> {
            references
                .into_iter()
                .map(|reference| (reference.to.path(), reference.id))
                .collect()
        };
        let (before, after) = (targets(before), targets(after));
        for (path, to) in before.difference(&after) {
            self.transaction
                .prepare_cached(
                    "DELETE FROM refs WHERE from_collection = ? AND from_id = ?
                     AND to_collection = ? AND to_id = ?",
                )?
                .execute(params![resource.path(), id, path, to])?;
        }
        for (path, to) in after.difference(&before) {
            self.transaction
                .prepare_cached("INSERT OR IGNORE INTO refs VALUES (?, ?, ?, ?)")?
                .execute(params![resource.path(), id, path, to])?;
        }
        Ok(())
    }

    /// `offer 3000001 is in use: scenario 6000001 (Win back) and 2 more refer to it`
    fn in_use(
        &self,
        of: &Resource,
        id: i64,
        referrers: &[(String, i64)],
        all: usize,
    ) -> Result<String, Refusal> {
        let mut names = Vec::with_capacity(referrers.len());
        for (path, id) in referrers {
            let Some(by) = resource(path) else { continue };
            let row = Row::load(&self.transaction, by, *id)?;
            names.push(if row.label.is_empty() {
                format!("{} {id}", by.id)
            } else {
                format!("{} {id} ({})", by.id, row.label)
            });
        }
        let more = match all - referrers.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let verb = if all == 1 { "refers" } else { "refer" };
        Ok(format!(
            "The {} {id} is in use: {}{more} {verb} to it",
            of.id,
            names.join(", ")
        ))
    }
}

/// A body as it is kept.
fn parse(text: &str) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal::Broken(error.to_string()))
}

fn text(body: &Map<String, Value>) -> String {
    // Writing a tree of JSON values to memory cannot fail.
    serde_json::to_string(body).unwrap_or_default()
}

fn label<'a>(resource: &Resource, body: &'a Map<String, Value>) -> &'a str {
    body.get(resource.collection.natural_key)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn status(body: &Map<String, Value>) -> &str {
    body.get("status")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The value at a dotted path.
fn at<'a>(body: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut keys = path.split('.');
    let first = body.get(keys.next()?);
    keys.fold(first, |value, key| value?.get(key))
}
