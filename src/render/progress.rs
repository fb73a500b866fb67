//! What is told while a plan is carried out, ready to be shown in any form.

use crate::model::{Address, RemoteId};
use crate::plan::Counts;

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
        counts: Counts,
    },
}
