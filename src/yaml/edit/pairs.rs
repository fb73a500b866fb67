//! What is written beside what is wanted.

use crate::model::Seg;
use crate::yaml::{Node, ScalarType, Value, Written, to_json};

/// Maps around a value, along a path of keys.
pub(super) fn nested(path: &[Seg], value: &Written) -> Written {
    path.iter()
        .rev()
        .fold(value.clone(), |inside, segment| match segment {
            Seg::Key(key) => Written::map([(key.to_string(), inside)]),
            Seg::Index(_) => Written::List(vec![inside]),
        })
}

/// Whether what is written means what is wanted.
pub fn is_same(node: &Node, wanted: &Written) -> bool {
    fn json(wanted: &Written) -> serde_json::Value {
        match wanted {
            Written::Null => serde_json::Value::Null,
            Written::Bool(truth) => (*truth).into(),
            Written::Int(number) => (*number).into(),
            Written::Text(text) => text.clone().into(),
            Written::List(items) => items.iter().map(json).collect(),
            Written::Map(entries) => entries
                .iter()
                .map(|(key, value)| (key.clone(), json(value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
    to_json(node) == json(wanted)
}

pub(super) fn says_nothing(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(scalar) => node.is_null() || scalar.ty == ScalarType::Bool(false),
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(mapping) => mapping.entries.is_empty(),
    }
}

pub(super) fn ids_of_nodes(items: &[Node]) -> Option<Vec<i64>> {
    let id = |node: &Node| match &node.get("id")?.value {
        Value::Scalar(scalar) => match scalar.ty {
            ScalarType::Int(id) => Some(id),
            ScalarType::Null | ScalarType::Bool(_) | ScalarType::Float | ScalarType::String => None,
        },
        Value::Sequence(_) | Value::Mapping(_) => None,
    };
    items.iter().map(id).collect()
}

pub(super) fn ids_of_written(items: &[Written]) -> Option<Vec<i64>> {
    let id = |item: &Written| match item.get("id")? {
        Written::Int(id) => Some(*id),
        Written::Null
        | Written::Bool(_)
        | Written::Text(_)
        | Written::List(_)
        | Written::Map(_) => None,
    };
    items.iter().map(id).collect()
}

/// For each new item the old one of its id; `None` if they stand in another order.
pub(super) fn pair_by_id(old: &[i64], new: &[i64]) -> Option<Vec<Option<usize>>> {
    let pairs: Vec<Option<usize>> = new
        .iter()
        .map(|id| old.iter().position(|other| other == id))
        .collect();
    let kept: Vec<usize> = pairs.iter().flatten().copied().collect();
    kept.is_sorted_by(|a, b| a < b).then_some(pairs)
}

/// For each new item an old one: the same at both ends, in between one after the other.
pub(super) fn pair_by_place(old: &[Node], new: &[Written]) -> Option<Vec<Option<usize>>> {
    let most = old.len().min(new.len());
    let same = |(a, b): (&Node, &Written)| is_same(a, b);
    let head = old
        .iter()
        .zip(new)
        .take_while(|(a, b)| same((a, b)))
        .count();
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(most - head)
        .take_while(|(a, b)| same((a, b)))
        .count();
    let (old_middle, new_middle) = (old.len() - head - tail, new.len() - head - tail);
    let middle = (0..new_middle).map(|at| (at < old_middle).then_some(head + at));
    let tail = (old.len() - tail..old.len()).map(Some);
    Some((0..head).map(Some).chain(middle).chain(tail).collect())
}
