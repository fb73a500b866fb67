//! What people are shown: one change for each object, with its reason.

use crate::model::{Address, RemoteId, Value};
use crate::plan::compare::{Compared, Fate, repointed};
use crate::plan::matching::How;
use crate::plan::removals::{End, Leftover, Removal};
use crate::plan::steps::All;
use crate::plan::{Action, Change, FieldChange, Reason, Side};
use std::collections::BTreeSet;

/// Every change, in the order of addresses.
pub(super) fn changes(
    all: &All<'_>,
    removals: &[Removal<'_>],
    leftovers: &[Leftover<'_>],
    paused: &BTreeSet<Address>,
) -> Vec<Change> {
    let mut changes: Vec<Change> = all
        .values()
        .filter_map(|object| declared(all, object, paused))
        .collect();
    changes.extend(removals.iter().map(removed));
    changes.extend(leftovers.iter().map(left_behind));
    changes.sort_by(|a, b| (&a.address, a.action, a.id).cmp(&(&b.address, b.action, b.id)));
    changes
}

fn declared(all: &All<'_>, object: &Compared<'_>, paused: &BTreeSet<Address>) -> Option<Change> {
    let Compared {
        subject,
        comparison,
        fate,
    } = object;
    let adopted = matches!(subject.how, How::AdoptionDeclared | How::SameNaturalKey);
    let action = match fate {
        Fate::Doubtful => return None,
        Fate::Created => Action::Create,
        Fate::Replaced => Action::Replace,
        Fate::Kept | Fate::Updated if adopted => Action::Adopt,
        Fate::Kept | Fate::Updated if subject.previous.is_some() => Action::Move,
        Fate::Updated => Action::Update,
        Fate::Kept => return None,
    };
    let mut notes = Vec::new();
    if let (Some(id), true, Fate::Replaced) = (subject.id, adopted, fate) {
        notes.push(format!("id {id} is taken over and replaced at once"));
    }
    if let (Some(previous), Fate::Created | Fate::Replaced) = (subject.previous, fate) {
        notes.push(format!("it was {previous}"));
    }
    if paused.contains(subject.address) {
        notes.push("it is paused while what it refers to is replaced".to_owned());
    }
    Some(Change {
        address: subject.address.clone(),
        title: title(object),
        id: subject.id,
        action,
        reason: reason(all, object),
        fields: comparison.fields.clone(),
        notes,
    })
}

fn title(object: &Compared<'_>) -> Option<String> {
    let declared = object.comparison.declared.get("title");
    let live = || object.subject.live?.attributes.get("title");
    let base = || object.subject.entry?.attributes.get("title");
    let title = declared.or_else(live).or_else(base)?.as_text()?;
    Some(title.to_owned())
}

fn reason(all: &All<'_>, object: &Compared<'_>) -> Reason {
    let Compared {
        subject,
        comparison,
        fate,
    } = object;
    let forced = comparison
        .fields
        .iter()
        .find(|field| field.forces_replacement);
    if let (Fate::Replaced, Some(field)) = (fate, forced) {
        return Reason::SavedOnce(field.path.clone());
    }
    match subject.how {
        How::Vanished => return Reason::Vanished,
        How::Missing | How::Doubtful => return Reason::Declared,
        How::AdoptionDeclared => return Reason::AdoptionDeclared,
        How::SameNaturalKey => {
            return Reason::SameNaturalKey {
                key: subject.collection.natural_key.to_owned(),
            };
        }
        How::Interrupted => return Reason::Interrupted,
        How::Tracked => {}
    }
    if let Some(previous) = subject.previous {
        return Reason::Renamed(previous.clone());
    }
    if let Some(replaced) = repointed(all, &comparison.fields) {
        return Reason::Repointed(replaced.clone());
    }
    moved(&comparison.fields)
}

/// Who moved.
fn moved(fields: &[FieldChange]) -> Reason {
    let has = |side| fields.iter().any(|field| field.side == side);
    match (
        has(Side::Configuration),
        has(Side::Drift),
        has(Side::Conflict),
    ) {
        (_, _, true) | (true, true, _) => Reason::ConfigurationChangedAndDrifted,
        (false, true, false) => Reason::Drifted,
        (_, false, false) => Reason::ConfigurationChanged,
    }
}

fn removed(removal: &Removal<'_>) -> Change {
    let action = removal.end.action();
    let status = removal.collection.status.retired;
    let live = removal.live.map(|live| &live.attributes);
    let now = live.unwrap_or(&removal.entry.attributes);
    let title = now.get("title").and_then(Value::as_text);
    Change {
        address: removal.address.clone(),
        title: title.map(str::to_owned),
        id: Some(removal.entry.id),
        action,
        reason: removal.reason.clone(),
        fields: match removal.end {
            End::Retire => vec![status_field(
                removal.entry.attributes.get("status"),
                now.get("status"),
                status,
            )],
            End::Remember | End::Delete | End::Forget => Vec::new(),
        },
        notes: match removal.end {
            End::Remember => vec![format!("it is {status} already: nothing is sent")],
            End::Forget if removal.is_of_one_client() => {
                vec!["the platform made it for one client: it is left alone".to_owned()]
            }
            End::Retire | End::Delete | End::Forget => Vec::new(),
        },
    }
}

fn left_behind(leftover: &Leftover<'_>) -> Change {
    let live = leftover.live.map(|live| &live.attributes);
    let at = |key| live.and_then(|live| live.get(key));
    Change {
        address: leftover.address.clone(),
        title: at("title").and_then(Value::as_text).map(str::to_owned),
        id: Some(RemoteId(leftover.id.0)),
        action: Action::Retire,
        reason: Reason::LeftBehind,
        fields: vec![status_field(
            None,
            at("status"),
            leftover.collection.status.retired,
        )],
        notes: Vec::new(),
    }
}

fn status_field(base: Option<&Value>, live: Option<&Value>, retired: &str) -> FieldChange {
    FieldChange {
        path: crate::model::Path::root().key("status"),
        base: base.cloned(),
        live: live.cloned(),
        desired: Some(Value::text(retired)),
        side: Side::Configuration,
        forces_replacement: false,
    }
}
