//! What is told while a plan is carried out, and what came of it. Plain data.

use crate::model::{Address, RemoteId};
use crate::plan::{Plan, Step, StepId};
use crate::provider::ProviderError;
use crate::state::StateError;
use std::collections::BTreeSet;

/// Something that happened, for progress bars, lines and streams.
#[derive(Debug)]
pub enum Event<'a> {
    /// It begins.
    Started {
        /// How many steps there are.
        steps: usize,
        /// How many requests they take.
        requests: u64,
    },
    /// A step begins.
    StepStarted {
        /// The step.
        step: &'a Step,
    },
    /// A step has succeeded.
    StepDone {
        /// The step.
        step: &'a Step,
        /// The object's id, if there is one now.
        id: Option<RemoteId>,
    },
    /// A step has failed.
    StepFailed {
        /// The step.
        step: &'a Step,
        /// Why.
        error: &'a StepError,
    },
    /// A step is not tried.
    StepSkipped {
        /// The step.
        step: &'a Step,
        /// Why.
        because: &'a Because,
    },
    /// It has ended.
    Finished {
        /// With this.
        outcome: &'a Outcome,
    },
}

/// What came of a plan. Every step is in exactly one of the three lists.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Steps that succeeded, in the order in which they did.
    pub done: Vec<StepId>,
    /// Steps that failed.
    pub failed: Vec<Failed>,
    /// Steps that were not tried.
    pub skipped: Vec<Skipped>,
    /// Whether it was told to stop.
    pub interrupted: bool,
}

impl Outcome {
    /// Whether every step succeeded.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.skipped.is_empty()
    }

    /// The addresses with steps that did not succeed.
    pub fn unfinished(&self, plan: &Plan) -> BTreeSet<Address> {
        let done: BTreeSet<StepId> = self.done.iter().copied().collect();
        plan.steps
            .iter()
            .filter(|step| !done.contains(&step.id))
            .map(|step| step.address.clone())
            .collect()
    }
}

/// A step that failed.
#[derive(Debug)]
pub struct Failed {
    /// Its number.
    pub step: StepId,
    /// The object.
    pub address: Address,
    /// Why.
    pub error: StepError,
}

/// A step that was not tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its number.
    pub step: StepId,
    /// The object.
    pub address: Address,
    /// Why.
    pub because: Because,
}

/// Why a step was not tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Because {
    /// It depends on a step that failed.
    #[error("step {} failed", .0.0)]
    Failed(StepId),
    /// An earlier error struck everything: credentials, the budget, the journal.
    #[error("nothing more can be sent")]
    Halted,
    /// It was told to stop.
    #[error("interrupted")]
    Interrupted,
    /// The plan's order has no beginning for it; a plan that was made here has none such.
    #[error("its order in the plan is a circle or names a step that is not there")]
    Unordered,
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The platform: nothing was changed.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The platform did not answer, and looking did not tell. The next run settles it.
    #[error("it is not known whether it was done: {0}; the next run looks it up")]
    InDoubt(ProviderError),
    /// A list holds contacts already.
    #[error("{address} holds {count} contacts and must hold none before anything is bound to it")]
    NotEmpty {
        /// The list.
        address: Address,
        /// How many.
        count: i64,
    },
    /// The platform does not say what the step must know.
    #[error("the platform does not say how many contacts {0} holds")]
    CountUnknown(Address),
    /// An object is not there.
    #[error("{0} is not on the platform")]
    Missing(Address),
    /// An id or output that is not known, though the plan says it would be.
    #[error("the id or output of {0} is not known")]
    Unresolved(Address),
    /// A kind without objects on the platform.
    #[error("`{0}` is no kind that is written")]
    Kind(String),
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] StateError),
    /// It was told to stop. `in_doubt`: while the request was under way.
    #[error("interrupted{}", if *in_doubt { " while the platform had not answered; the next run looks it up" } else { "" })]
    Interrupted {
        /// Whether it may have happened.
        in_doubt: bool,
    },
}

impl StepError {
    /// Whether every other step would meet it too.
    pub fn strikes_all(&self) -> bool {
        match self {
            StepError::Provider(error) => match error {
                ProviderError::Credentials(_)
                | ProviderError::Exhausted(_)
                | ProviderError::Untrusted(_) => true,
                ProviderError::Refused { .. }
                | ProviderError::Stopped
                | ProviderError::Answer(_)
                | ProviderError::Unreachable(_) => false,
            },
            StepError::Journal(_) => true,
            StepError::InDoubt(_)
            | StepError::NotEmpty { .. }
            | StepError::CountUnknown(_)
            | StepError::Missing(_)
            | StepError::Unresolved(_)
            | StepError::Kind(_)
            | StepError::Interrupted { .. } => false,
        }
    }
}
