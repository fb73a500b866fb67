//! What is told while a plan is carried out, ready to be shown in any form.

use crate::model::{Address, RemoteId};
use crate::plan::{Action, Change};
use std::collections::BTreeSet;

/// Something that happened while a plan was carried out.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// It begins: so many steps, so many requests.
    Started {
        /// Steps.
        steps: usize,
        /// Requests that they take.
        requests: u64,
    },
    /// A step begins.
    StepStarted {
        /// The object.
        address: &'a Address,
        /// What is done, in words.
        verb: &'a str,
    },
    /// A step has succeeded.
    StepDone {
        /// The object.
        address: &'a Address,
        /// What was done, in words.
        verb: &'a str,
        /// Its id, if there is one.
        id: Option<RemoteId>,
    },
    /// A step has failed.
    StepFailed {
        /// The object.
        address: &'a Address,
        /// What was tried, in words.
        verb: &'a str,
        /// Why.
        why: &'a str,
    },
    /// A step was not tried.
    StepSkipped {
        /// The object.
        address: &'a Address,
        /// What was not tried, in words.
        verb: &'a str,
        /// Why.
        why: &'a str,
    },
    /// It has ended.
    Finished {
        /// Whether every step succeeded.
        complete: bool,
        /// What was done.
        tally: Tally,
    },
}

/// How many objects something happened to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Created.
    pub added: usize,
    /// Updated.
    pub changed: usize,
    /// Retired.
    pub retired: usize,
    /// Replaced.
    pub replaced: usize,
    /// Deleted.
    pub deleted: usize,
    /// Adopted.
    pub adopted: usize,
    /// Renamed.
    pub renamed: usize,
    /// Forgotten.
    pub forgotten: usize,
    /// Left to be done by hand.
    pub by_hand: usize,
}

impl Tally {
    /// Counts the changes of all objects but those left unfinished.
    pub fn of<'a>(
        changes: impl IntoIterator<Item = &'a Change>,
        unfinished: &BTreeSet<Address>,
    ) -> Self {
        let mut tally = Tally::default();
        for change in changes {
            if unfinished.contains(&change.address) {
                continue;
            }
            let count = match change.action {
                Action::Create => &mut tally.added,
                Action::Update => &mut tally.changed,
                Action::Retire => &mut tally.retired,
                Action::Replace => &mut tally.replaced,
                Action::Delete => &mut tally.deleted,
                Action::Adopt => &mut tally.adopted,
                Action::Move => &mut tally.renamed,
                Action::Forget => &mut tally.forgotten,
                Action::Manual => &mut tally.by_hand,
            };
            *count += 1;
        }
        tally
    }

    /// What is not said of every plan, with its words: to do, and done.
    pub(super) fn rarer(self) -> [(usize, &'static str, &'static str); 6] {
        let Tally {
            added: _,
            changed: _,
            retired: _,
            replaced,
            deleted,
            adopted,
            renamed,
            forgotten,
            by_hand,
        } = self;
        [
            (replaced, "to replace", "replaced"),
            (deleted, "to delete", "deleted"),
            (adopted, "to adopt", "adopted"),
            (renamed, "to rename", "renamed"),
            (forgotten, "to forget", "forgotten"),
            (by_hand, "by hand", "by hand"),
        ]
    }
}
