//! What the state has to learn, without a request.

use crate::kinds::{Rule, normal_attributes};
use crate::model::{BaseObject, Deposed};
use crate::plan::Operation;
use crate::plan::compare::{Compared, Fate};
use crate::plan::matching::How;
use crate::plan::order::{Drafts, Slot};
use crate::plan::steps::Work;
use std::collections::BTreeMap;

/// Lets the state learn what it does not know: whose object it is, under which name, and what was
/// found as declared.
pub(super) fn draft(drafts: &mut Drafts, object: &Compared<'_>, work: &Work<'_, '_>) {
    let subject = &object.subject;
    let address = subject.address;
    if object.fate == Fate::Doubtful {
        return;
    }
    let Some(id) = subject.id else {
        if let Some(previous) = subject.previous {
            drafts.add(previous, Slot::Forget, "forget", Operation::Forget);
            drafts.needs((address, Slot::Create), (previous, Slot::Forget));
        }
        return;
    };
    // Steps that say what was applied, and whether with protection.
    let written = [Slot::Pause, Slot::Create, Slot::Update, Slot::Activate]
        .iter()
        .any(|slot| drafts.has(address, *slot));
    let followed = written || drafts.has(address, Slot::Settle);
    let adopted = matches!(subject.how, How::AdoptionDeclared | How::SameNaturalKey);
    let attributes = match (subject.base(), followed) {
        (_, false) => object.comparison.declared.clone(),
        (Some(base), true) => base.attributes.clone(),
        (None, true) => {
            let mut found = object.comparison.declared.clone();
            for field in &object.comparison.fields {
                found.remove(field.path.field().unwrap_or_default());
            }
            found
        }
    };
    let mut outputs = subject
        .base()
        .map_or_else(BTreeMap::new, |base| base.outputs.clone());
    let computed = subject.live.into_iter().flat_map(|live| {
        let value = |key| Some((key, live.attributes.get(key)?.as_text()?));
        subject.collection.with(Rule::Computed).filter_map(value)
    });
    outputs.extend(computed.map(|(key, text)| (key.to_owned(), text.to_owned())));
    let deposed: Vec<Deposed> = subject
        .entry
        .iter()
        .flat_map(|entry| &entry.deposed)
        .filter(|deposed| !work.struck.contains(&(address, deposed.id)))
        .cloned()
        .collect();
    let entry = BaseObject {
        id,
        attributes,
        outputs,
        protect: if written {
            subject.entry.is_some_and(|entry| entry.protect)
        } else {
            object.protect()
        },
        retired: followed && subject.base().is_some_and(|base| base.retired),
        deposed,
    };
    // A replacement brings its own entry.
    let needed = match subject.how {
        How::AdoptionDeclared | How::SameNaturalKey => object.fate != Fate::Replaced,
        How::Interrupted => true,
        How::Tracked => {
            // What an interrupted run had written, the state does not know yet.
            let unknown = !followed && work.settled.entries.contains_key(address);
            subject.previous.is_some()
                || unknown
                || subject.entry.is_some_and(|known| {
                    known.deposed != entry.deposed
                        || !written && known.protect != entry.protect
                        || !followed && known.retired != entry.retired
                        || !followed && !means_the_same(object, known)
                })
        }
        How::Missing | How::Vanished | How::Doubtful => false,
    };
    if !needed {
        return;
    }
    let verb = match (adopted, subject.previous) {
        (true, _) => "adopt",
        (false, Some(_)) => "move",
        (false, None) => "record",
    };
    let operation = Operation::Record {
        object: Box::new(entry),
        previous: subject.previous.cloned(),
    };
    drafts.add(address, Slot::Record, verb, operation);
}

/// Whether the state has what is declared, in whatever order.
fn means_the_same(object: &Compared<'_>, known: &BaseObject) -> bool {
    let declared = &object.comparison.declared;
    known.attributes == *declared
        || normal_attributes(object.subject.collection, known.attributes.clone()) == *declared
}
