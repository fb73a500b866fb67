//! Declared values with live ones put in, and what differs between two decoded forms.

use super::Wish;
use crate::kinds::Collection;
use crate::model::{Attributes, Path, Seg, Value};
use crate::yaml::{Node, Written, to_json};

/// The live value at a path of what is declared: items of keyed lists are found by their keys.
pub(super) fn live_at<'l>(
    live: &'l Attributes,
    declared: &Attributes,
    collection: &Collection,
    path: &[Seg],
) -> Option<&'l Value> {
    let (Seg::Key(first), rest) = path.split_first()? else {
        return None;
    };
    let mut here = (live.get(&**first)?, declared.get(&**first)?);
    let key = collection.keyed_by(std::iter::once(&**first));
    for segment in rest {
        here = match (segment, here) {
            (Seg::Key(key), (Value::Map(live), Value::Map(declared))) => {
                (live.get(&**key)?, declared.get(&**key)?)
            }
            (Seg::Index(at), (Value::List(live), Value::List(declared))) => {
                let item = declared.get(*at)?;
                let of = |item: &'l Value, key: &str| match item {
                    Value::Map(entries) => entries.get(key),
                    _ => None,
                };
                let wanted = match item {
                    Value::Map(entries) => entries.get(key?)?,
                    _ => return None,
                };
                let mut same = live
                    .iter()
                    .filter(|it| of(it, key.unwrap_or("")) == Some(wanted));
                let found = same.next()?;
                if same.next().is_some() {
                    return None;
                }
                (found, item)
            }
            (Seg::Key(_) | Seg::Index(_), _) => return None,
        };
    }
    Some(here.0)
}

/// Puts a live value where it was found: items that the platform has more are added, those that it
/// lacks are marked by null.
pub(super) fn put(value: &mut Value, path: &[Seg], live: Value, desired: Option<&Value>) {
    let Some((first, rest)) = path.split_first() else {
        *value = live;
        return;
    };
    match (first, value) {
        (Seg::Key(key), Value::Map(entries)) => {
            if rest.is_empty() {
                entries.insert(key.to_string(), live);
            } else {
                if !entries.contains_key(&**key) {
                    entries.insert(key.to_string(), Value::Map(Attributes::new()));
                }
                if let Some(inner) = entries.get_mut(&**key) {
                    put(inner, rest, live, desired);
                }
            }
        }
        (Seg::Index(at), Value::List(items)) => {
            let is_more = rest.is_empty() && desired == Some(&Value::Null);
            match items.get_mut(*at) {
                Some(item) if !is_more => put(item, rest, live, desired),
                Some(_) | None => items.push(live),
            }
        }
        (Seg::Key(_) | Seg::Index(_), _) => {}
    }
}

/// Takes the marked items out of the lists of maps.
pub(super) fn prune(value: &mut Value) {
    match value {
        Value::Map(entries) => {
            for (_, inner) in entries.iter_mut() {
                prune(inner);
            }
        }
        Value::List(items) => {
            items.retain(|item| *item != Value::Null);
            items.iter_mut().for_each(prune);
        }
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Text(_)
        | Value::Ref(_)
        | Value::Late(_) => {}
    }
}

pub(super) fn at<'w>(written: &'w Written, path: &[Seg]) -> Option<&'w Written> {
    path.iter().try_fold(written, |at, seg| match (seg, at) {
        (Seg::Key(key), written) => written.get(key),
        (Seg::Index(index), Written::List(items)) => items.get(*index),
        (Seg::Index(_), _) => None,
    })
}

/// What must change in a document to be the second instead of the first.
pub(super) fn difference(
    path: &Path,
    was: &Written,
    is: &Written,
    node: Option<&Node>,
    wishes: &mut Vec<Wish>,
) {
    if was == is {
        return;
    }
    match (was, is) {
        // Another form altogether.
        (Written::Map(old), Written::Map(_))
            if !path.0.is_empty() && old.iter().all(|(key, _)| is.get(key).is_none()) =>
        {
            wishes.push(Wish::Set(path.clone(), is.clone()));
        }
        (Written::Map(old), Written::Map(new)) => {
            for (key, value) in new {
                let path = path.key(key);
                match was.get(key) {
                    Some(old) => {
                        let node = node.and_then(|node| node.get(key));
                        difference(&path, old, value, node, wishes);
                    }
                    None => wishes.push(Wish::Set(path, value.clone())),
                }
            }
            for (key, _) in old {
                if is.get(key).is_none() {
                    wishes.push(Wish::Remove(path.key(key)));
                }
            }
        }
        (Written::List(old), Written::List(new)) if is_set(old) && is_set(new) => {
            let there = node.and_then(Node::as_sequence).unwrap_or(&[]);
            let mut items: Vec<Written> = there
                .iter()
                .map(written)
                .filter(|item| new.iter().any(|new| same_item(new, item)))
                .collect();
            for item in new {
                if !items.iter().any(|there| same_item(there, item)) {
                    items.push(item.clone());
                }
            }
            wishes.push(Wish::Set(path.clone(), Written::List(items)));
        }
        (Written::List(old), Written::List(new)) => {
            let there = node.and_then(Node::as_sequence).unwrap_or(&[]);
            if old.len() == new.len() && there.len() == old.len() {
                for (index, (old, new)) in old.iter().zip(new).enumerate() {
                    difference(&path.index(index), old, new, there.get(index), wishes);
                }
                return;
            }
            // What stays is kept as it is written.
            let items = new.iter().map(|item| {
                let known = old.iter().position(|old| old == item);
                let node = known.and_then(|at| there.get(at));
                match node {
                    Some(node) if there.len() == old.len() => written(node),
                    Some(_) | None => item.clone(),
                }
            });
            wishes.push(Wish::Set(path.clone(), Written::List(items.collect())));
        }
        (_, is) => wishes.push(Wish::Set(path.clone(), is.clone())),
    }
}

/// Whether a list holds nothing but names, texts and references: their order means nothing.
fn is_set(items: &[Written]) -> bool {
    items.iter().all(|item| match item {
        Written::Text(_) => true,
        Written::Map(_) => item.get("id").is_some(),
        Written::Null | Written::Bool(_) | Written::Int(_) | Written::List(_) => false,
    })
}

fn same_item(one: &Written, other: &Written) -> bool {
    match (one.get("id"), other.get("id")) {
        (Some(one), Some(other)) => one == other,
        (_, _) => one == other,
    }
}

/// What is written, to be written again.
fn written(node: &Node) -> Written {
    fn of(value: serde_json::Value) -> Written {
        match value {
            serde_json::Value::Null => Written::Null,
            serde_json::Value::Bool(truth) => Written::Bool(truth),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(number) => Written::Int(number),
                None => Written::Text(number.to_string()),
            },
            serde_json::Value::String(text) => Written::Text(text),
            serde_json::Value::Array(items) => Written::List(items.into_iter().map(of).collect()),
            serde_json::Value::Object(entries) => Written::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key, of(value)))
                    .collect(),
            ),
        }
    }
    of(to_json(node))
}
