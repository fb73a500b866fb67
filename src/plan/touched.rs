//! Digests of the live objects that a plan touches, so that a saved plan can be told from a stale
//! one.

use crate::kinds;
use crate::model::{Attributes, LiveObject, LiveState, RemoteId, Value};
use crate::plan::{Operation, Step};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The digest of every existing object that the steps touch, by kind and id.
pub(super) fn touched(
    live: &LiveState,
    steps: &[Step],
    existing: impl Fn(&Step) -> Option<RemoteId>,
) -> BTreeMap<(String, RemoteId), String> {
    let mut touched = BTreeMap::new();
    for step in steps {
        let id = match &step.operation {
            Operation::Update { id, .. } => *id,
            Operation::Retire { id, .. } | Operation::Delete { id } => Some(*id),
            Operation::Create { replaces, .. } => *replaces,
            Operation::Record { object, .. } => Some(object.id),
            Operation::Settle { .. } => existing(step),
            Operation::Forget => None,
        };
        let kind = &*step.address.kind;
        let object = id.and_then(|id| Some((id, live.kinds.get(kind)?.get(&id)?)));
        if let Some((id, object)) = object {
            touched
                .entry((kind.to_owned(), id))
                .or_insert_with(|| live_digest(object));
        }
    }
    touched
}

/// The digest of a live object, without what moves by itself: counts, and when it was updated.
pub fn live_digest(object: &LiveObject) -> String {
    let steady: Attributes = object
        .attributes
        .iter()
        .filter(|(key, _)| !key.ends_with("_count") && *key != "updated_at")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    // Maps are ordered, so the text is canonical; live objects have nothing that is not known.
    let json = kinds::to_json(&Value::Map(steady)).unwrap_or_default();
    sha256(&json.to_string())
}

/// SHA-256 of a text, in hexadecimal digits.
pub(super) fn sha256(text: &str) -> String {
    let mut digits = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing to a `String` cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
