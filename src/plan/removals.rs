//! What becomes of objects that are no longer declared.

use crate::kinds::{self, Collection};
use crate::model::{
    Address, BaseObject, DesiredState, LiveObject, LiveState, RemoteId, RemovalKind,
};
use crate::plan::hands_off::{hands_off, has_status};
use crate::plan::{Action, Reason};

/// An object of the state that nothing declares.
#[derive(Clone, Debug)]
pub(super) struct Removal<'a> {
    pub address: &'a Address,
    pub entry: &'a BaseObject,
    pub collection: &'static Collection,
    pub live: Option<&'a LiveObject>,
    pub end: End,
    pub reason: Reason,
}

impl Removal<'_> {
    /// Whether it is one of those that are left alone.
    pub fn is_of_one_client(&self) -> bool {
        self.live
            .is_some_and(|live| hands_off(self.collection, live))
    }
}

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It is taken out of use.
    Retire,
    /// It is out of use already; the state learns it.
    Remember,
    /// It is deleted.
    Delete,
    /// The state forgets it.
    Forget,
}

impl End {
    /// How people are told.
    pub fn action(self) -> Action {
        match self {
            End::Retire | End::Remember => Action::Retire,
            End::Delete => Action::Delete,
            End::Forget => Action::Forget,
        }
    }
}

/// Decides for every entry that belongs to nothing declared.
pub(super) fn removals<'a>(
    desired: &DesiredState,
    live: &'a LiveState,
    orphans: Vec<(&'a Address, &'a BaseObject)>,
) -> Vec<Removal<'a>> {
    orphans
        .into_iter()
        .filter_map(|(address, entry)| {
            let collection = kinds::kind(&address.kind)?.collection?;
            let instruction = desired.removals.get(address);
            let then = instruction.map(|instruction| instruction.then);
            let objects = live.kinds.get(&*address.kind);
            let object = objects.and_then(|objects| objects.get(&entry.id));
            let gone = objects.is_some() && object.is_none();
            let end = match (then, gone) {
                (Some(RemovalKind::Forget), _) => End::Forget,
                (None | Some(RemovalKind::Retire), _) if entry.retired => return None,
                (_, true) => End::Forget,
                (_, false) if object.is_some_and(|object| hands_off(collection, object)) => {
                    End::Forget
                }
                (Some(RemovalKind::Delete), false) => End::Delete,
                (None | Some(RemovalKind::Retire), false) => match object {
                    Some(object) if has_status(object, collection.status.retired) => End::Remember,
                    Some(_) | None => End::Retire,
                },
            };
            Some(Removal {
                address,
                entry,
                collection,
                live: object,
                end,
                reason: match instruction {
                    Some(instruction) => Reason::Removed(instruction.document.clone()),
                    None => Reason::NoLongerDeclared,
                },
            })
        })
        .collect()
}

/// An object that a replacement of an earlier run has left behind.
#[derive(Clone, Debug)]
pub(super) struct Leftover<'a> {
    pub address: &'a Address,
    pub id: RemoteId,
    pub collection: &'static Collection,
    pub live: Option<&'a LiveObject>,
}

/// What is left behind and still in use, of the entries given; and the entries from which something
/// can be struck off because it is out of use or gone.
pub(super) fn leftovers<'a>(
    live: &'a LiveState,
    entries: impl Iterator<Item = (&'a Address, &'a BaseObject)>,
) -> (Vec<Leftover<'a>>, Vec<(&'a Address, RemoteId)>) {
    let (mut left, mut done) = (Vec::new(), Vec::new());
    for (address, entry) in entries {
        let Some(collection) = kinds::kind(&address.kind).and_then(|kind| kind.collection) else {
            continue;
        };
        let objects = live.kinds.get(&*address.kind);
        for deposed in &entry.deposed {
            let object = objects.and_then(|objects| objects.get(&deposed.id));
            match (objects, object) {
                (Some(_), None) => done.push((address, deposed.id)),
                (_, Some(object)) if has_status(object, collection.status.retired) => {
                    done.push((address, deposed.id));
                }
                (_, live) => left.push(Leftover {
                    address,
                    id: deposed.id,
                    collection,
                    live,
                }),
            }
        }
    }
    (left, done)
}
