//! What was changed on the platform since the last apply, whether or not it is put back.

use crate::kinds;
use crate::model::{Attributes, Value};
use crate::plan::matching::How;
use crate::plan::removals::Removal;
use crate::plan::steps::All;
use crate::plan::{Action, Change, Reason, Side, three_way};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drifts {
    /// Objects that have changed or are gone.
    pub objects: usize,
    /// Those that are gone.
    pub gone: usize,
    /// Fields that were changed on the platform alone.
    #[serde(rename = "drifted_fields")]
    pub drifted: usize,
    /// Fields that were changed on both sides, to different values.
    #[serde(rename = "conflicting_fields")]
    pub conflicts: usize,
}

/// Counts what has changed.
pub fn drifts(changes: &[Change]) -> Drifts {
    let fields = changes.iter().flat_map(|change| &change.fields);
    let (conflicts, drifted): (Vec<_>, Vec<_>) =
        fields.partition(|field| field.side == Side::Conflict);
    Drifts {
        objects: changes.len(),
        gone: changes
            .iter()
            .filter(|change| change.reason == Reason::Vanished)
            .count(),
        drifted: drifted.len(),
        conflicts: conflicts.len(),
    }
}

/// Every drift, in the order of addresses.
pub(super) fn drift(all: &All<'_>, removals: &[Removal<'_>]) -> Vec<Change> {
    let mut drift: Vec<Change> = Vec::new();
    for (address, object) in all {
        let subject = &object.subject;
        // A missing object has vanished if the state knows one, even if another takes its place.
        let vanished = match subject.how {
            How::Vanished => true,
            How::SameNaturalKey | How::AdoptionDeclared => subject.entry.is_some(),
            How::Tracked | How::Interrupted | How::Missing | How::Doubtful => false,
        };
        let entry = subject.entry.filter(|_| vanished);
        if vanished || !object.comparison.drift.is_empty() {
            let title = object.comparison.declared.get("title");
            drift.push(Change {
                address: (*address).clone(),
                title: title.and_then(Value::as_text).map(str::to_owned),
                id: entry.map(|entry| entry.id).or(subject.id),
                action: if vanished {
                    Action::Delete
                } else {
                    Action::Update
                },
                reason: if vanished {
                    Reason::Vanished
                } else {
                    Reason::Drifted
                },
                fields: object.comparison.drift.clone(),
                notes: Vec::new(),
            });
        }
    }
    drift.extend(removals.iter().filter_map(of_removed));
    drift.sort_by(|a, b| a.address.cmp(&b.address));
    drift
}

fn of_removed(removal: &Removal<'_>) -> Option<Change> {
    if removal.entry.retired {
        return None;
    }
    let base = kinds::normal_attributes(removal.collection, removal.entry.attributes.clone());
    let fields = removal.live.map(|live| {
        let live = Some(&live.attributes);
        let defaults = removal.collection.defaults();
        let nothing = Attributes::new();
        three_way::compare(removal.collection, &defaults, Some(&base), live, &nothing).drift
    });
    let vanished = removal.live.is_none() && removal.end == crate::plan::removals::End::Forget;
    let title = base.get("title").and_then(Value::as_text);
    (vanished || fields.as_ref().is_some_and(|fields| !fields.is_empty())).then(|| Change {
        address: removal.address.clone(),
        title: title.map(str::to_owned),
        id: Some(removal.entry.id),
        action: if vanished {
            Action::Delete
        } else {
            Action::Update
        },
        reason: if vanished {
            Reason::Vanished
        } else {
            Reason::Drifted
        },
        fields: fields.unwrap_or_default(),
        notes: Vec::new(),
    })
}
