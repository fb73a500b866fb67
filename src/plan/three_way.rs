//! Base, desired and live, field by field.

mod alike;

use crate::kinds::{self, Collection, Rule};
use crate::model::{Attributes, Path, Seg, Value};
use crate::plan::{FieldChange, Side};
use alike::enrich;
pub(super) use alike::{Alike, Side as Written, alike};
use std::collections::BTreeMap;

/// What a comparison of one object finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Comparison {
    /// The declared attributes in normal form, references filled in where they are known.
    pub declared: Attributes,
    /// What must change on the platform.
    pub fields: Vec<FieldChange>,
    /// What was changed there since the last apply.
    pub drift: Vec<FieldChange>,
}

/// What the three sides of one field come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing to do.
    Same,
    /// Not managed any more; the platform may have moved.
    LetGo {
        /// Whether it has.
        drifted: bool,
    },
    /// The platform has it as declared, whoever did that.
    Found,
    /// To be written.
    Change(Side),
}

/// The three ways.
///
/// `base` and `desired` are `None` where the field was not, or is not, managed.
fn judge(base: Option<&Value>, live: &Value, desired: Option<&Value>) -> Verdict {
    match (base, desired) {
        (None, None) => Verdict::Same,
        // What is neither declared nor there is nobody's.
        (Some(base), None) => Verdict::LetGo {
            drifted: base != live && *live != NULL,
        },
        (None, Some(desired)) if live == desired => Verdict::Found,
        (None, Some(_)) => Verdict::Change(Side::Configuration),
        (Some(base), Some(desired)) => match (base == live, base == desired, live == desired) {
            (true, true, _) => Verdict::Same,
            (_, _, true) => Verdict::Found,
            (true, false, false) => Verdict::Change(Side::Configuration),
            (false, true, false) => Verdict::Change(Side::Drift),
            (false, false, false) => Verdict::Change(Side::Conflict),
        },
    }
}

/// Compares one object. `base` is `None` if it was never applied; `live` is `None` if it cannot be
/// read, and base stands in for it. `base` and `desired` are in normal form. The caller says what
/// is declared.
pub(super) fn compare(
    collection: &Collection,
    defaults: &Attributes,
    base: Option<&Attributes>,
    live: Option<&Attributes>,
    desired: &Attributes,
) -> Comparison {
    let nothing = Attributes::new();
    let live = live.or(base).unwrap_or(&nothing);
    let mut walk = Walk::new(collection, defaults, Written::AsWritten);
    walk.object(base, live, desired);
    if walk.unsure {
        // The platform has filled in what lists do not mention: fill it in here too.
        let rich_base = base.map(|base| enrich(collection, base));
        let rich_desired = enrich(collection, desired);
        walk = Walk::new(collection, defaults, Written::FilledIn);
        walk.object(rich_base.as_ref(), live, &rich_desired);
    }
    Comparison {
        declared: Attributes::new(),
        fields: walk.fields,
        drift: walk.drift,
    }
}

struct Walk<'a> {
    collection: &'a Collection,
    defaults: &'a Attributes,
    written: Written,
    fields: Vec<FieldChange>,
    drift: Vec<FieldChange>,
    unsure: bool,
}

static NULL: Value = Value::Null;

impl<'a> Walk<'a> {
    fn new(collection: &'a Collection, defaults: &'a Attributes, written: Written) -> Self {
        Walk {
            collection,
            defaults,
            written,
            fields: Vec::new(),
            drift: Vec::new(),
            unsure: false,
        }
    }

    fn object(&mut self, base: Option<&Attributes>, live: &Attributes, desired: &Attributes) {
        let mut path = Path::root();
        for key in keys(base, Some(desired)) {
            if self.collection.has(key, Rule::Computed) {
                continue;
            }
            path.0.push(Seg::Key(key.as_str().into()));
            self.value(
                &mut path,
                base.and_then(|base| base.get(key)),
                live.get(key).unwrap_or(&NULL),
                desired.get(key),
            );
            path.0.pop();
        }
    }

    fn value(
        &mut self,
        path: &mut Path,
        base: Option<&Value>,
        live: &Value,
        desired: Option<&Value>,
    ) {
        match desired.or(base) {
            Some(Value::Map(entries)) if !self.is_leaf(path, entries) => {
                self.map(path, base, live, desired);
            }
            Some(Value::List(_)) if let Some(key) = self.keyed(path) => {
                self.keyed_list(path, key, base, live, desired);
            }
            Some(_) => self.leaf(path, base, live, desired),
            None => {}
        }
    }

    fn map(
        &mut self,
        path: &mut Path,
        base: Option<&Value>,
        live: &Value,
        desired: Option<&Value>,
    ) {
        for key in keys(base.and_then(entries), desired.and_then(entries)) {
            path.0.push(Seg::Key(key.as_str().into()));
            let base = match base {
                None => None,
                Some(Value::Map(entries)) => entries.get(key),
                Some(_) => Some(&NULL),
            };
            let live = entries(live)
                .and_then(|entries| entries.get(key))
                .unwrap_or(&NULL);
            let desired = desired
                .and_then(entries)
                .and_then(|entries| entries.get(key));
            self.value(path, base, live, desired);
            path.0.pop();
        }
    }

    /// A list whose items are recognised by a key: which items there are is managed as a whole, in
    /// each item only what is declared.
    fn keyed_list(
        &mut self,
        path: &mut Path,
        key: &str,
        base: Option<&Value>,
        live: &Value,
        desired: Option<&Value>,
    ) {
        let (Some(Value::List(wanted)), true) = (desired, matches!(live, Value::List(_))) else {
            return self.leaf(path, base, live, desired);
        };
        let there = identified(live, key);
        let before = base.map(|base| identified(base, key));
        let mut named = Vec::with_capacity(wanted.len());
        for (at, (identity, item)) in identities(wanted, key).into_iter().enumerate() {
            path.0.push(Seg::Index(at));
            let base = before.as_ref().map(|items| items.get(&identity).copied());
            match there.get(&identity) {
                Some(live) => self.value(path, base.flatten(), live, Some(item)),
                None => self.leaf(
                    path,
                    base.map(|base| base.unwrap_or(&NULL)),
                    &NULL,
                    Some(item),
                ),
            }
            named.push(identity);
            path.0.pop();
        }
        let listed = match live {
            Value::List(items) => identities(items, key),
            _ => Vec::new(),
        };
        for (at, (identity, item)) in listed.into_iter().enumerate() {
            if named.contains(&identity) {
                continue;
            }
            path.0.push(Seg::Index(at));
            let base = before
                .as_ref()
                .map(|items| items.get(&identity).copied().unwrap_or(&NULL));
            self.leaf(path, base, item, Some(&NULL));
            path.0.pop();
        }
    }

    fn leaf(&mut self, path: &Path, base: Option<&Value>, live: &Value, desired: Option<&Value>) {
        let shown = (base, live, desired);
        let base = base.map(|value| self.or_default(path, value));
        let desired = desired.map(|value| self.or_default(path, value));
        // What means the same is made the same, so that `judge` can compare plainly.
        let live = match desired {
            Some(desired) if self.same(desired, live) => desired,
            Some(_) | None => live,
        };
        let base = match (base, desired) {
            (Some(base), Some(desired)) if alike(self.written, base, desired) == Alike::Same => {
                Some(desired)
            }
            (Some(base), _) if self.same(base, live) => Some(live),
            (base, _) => base,
        };
        let change = |side, forces_replacement| FieldChange {
            path: path.clone(),
            base: shown.0.cloned(),
            live: Some(shown.1.clone()).filter(|live| *live != Value::Null || shown.0.is_some()),
            desired: shown.2.cloned(),
            side,
            forces_replacement,
        };
        match judge(base, live, desired) {
            // What the platform has as declared is settled, whoever did that.
            Verdict::Same | Verdict::Found | Verdict::LetGo { drifted: false } => {}
            Verdict::LetGo { drifted: true } => self.drift.push(change(Side::Drift, false)),
            Verdict::Change(side) => {
                let change = change(side, self.rule(path, Rule::Immutable));
                match side {
                    Side::Configuration => {}
                    Side::Drift | Side::Conflict => self.drift.push(change.clone()),
                }
                self.fields.push(change);
            }
        }
    }

    fn same(&mut self, declared: &Value, live: &Value) -> bool {
        match alike(self.written, declared, live) {
            Alike::Same => true,
            Alike::Different => false,
            Alike::Unsure => {
                self.unsure = true;
                true
            }
        }
    }

    /// `null` means the platform's default.
    fn or_default<'v>(&self, path: &Path, value: &'v Value) -> &'v Value
    where
        'a: 'v,
    {
        if *value != Value::Null {
            return value;
        }
        let mut keys = path.0.iter().map(|segment| match segment {
            Seg::Key(key) => Some(&**key),
            Seg::Index(_) => None,
        });
        let first = keys.next().flatten().and_then(|key| self.defaults.get(key));
        keys.try_fold(first, |at, key| {
            Some(at.and_then(entries).and_then(|entries| entries.get(key?)))
        })
        .flatten()
        .unwrap_or(&NULL)
    }

    /// Whether a map is compared as one value.
    fn is_leaf(&self, path: &Path, entries: &Attributes) -> bool {
        self.rule(path, Rule::Immutable)
            || self.rule(path, Rule::Whole)
            || kinds::money(entries).is_some()
    }

    fn keyed(&self, path: &Path) -> Option<&'static str> {
        // Items of lists are not at a path of keys alone.
        let keys = path.0.iter().map(|segment| match segment {
            Seg::Key(key) => &**key,
            Seg::Index(_) => "",
        });
        self.collection.keyed_by(keys)
    }

    fn rule(&self, path: &Path, rule: Rule) -> bool {
        self.collection
            .fields
            .iter()
            .any(|field| field.rule == rule && is_at(path, field.path))
    }
}

/// Whether a path is this dotted one.
fn is_at(path: &Path, dotted: &str) -> bool {
    let mut keys = dotted.split('.');
    path.0.iter().all(|segment| match segment {
        Seg::Key(key) => keys.next() == Some(key),
        Seg::Index(_) => false,
    }) && keys.next().is_none()
}

fn entries(value: &Value) -> Option<&Attributes> {
    match value {
        Value::Map(entries) => Some(entries),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Ref(_)
        | Value::Late(_) => None,
    }
}

/// The keys of both, in order, each once.
fn keys<'v>(base: Option<&'v Attributes>, desired: Option<&'v Attributes>) -> Vec<&'v String> {
    let mut keys: Vec<&String> = desired.into_iter().flat_map(|map| map.keys()).collect();
    let more = base.into_iter().flat_map(|map| map.keys());
    keys.extend(more.filter(|key| desired.is_none_or(|desired| !desired.contains_key(*key))));
    keys.sort();
    keys
}

/// What an item is recognised by: its key's value, and how many items before it have the same.
pub(super) type Identity<'v> = (&'v Value, usize);

/// The items of a keyed list with what they are recognised by, in their order.
pub(super) fn identities<'v>(items: &'v [Value], key: &str) -> Vec<(Identity<'v>, &'v Value)> {
    let mut seen: BTreeMap<&Value, usize> = BTreeMap::new();
    items
        .iter()
        .map(|item| {
            let value = entries(item)
                .and_then(|entries| entries.get(key))
                .unwrap_or(&NULL);
            let nth = seen.entry(value).or_default();
            *nth += 1;
            ((value, *nth), item)
        })
        .collect()
}

/// The items of a keyed list by what they are recognised by.
pub(super) fn identified<'v>(list: &'v Value, key: &str) -> BTreeMap<Identity<'v>, &'v Value> {
    match list {
        Value::List(items) => identities(items, key).into_iter().collect(),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Text(_)
        | Value::Map(_)
        | Value::Ref(_)
        | Value::Late(_) => BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests;
