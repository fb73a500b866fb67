//! (desired, live, base) → [`Plan`].
//!
//! The planner is a list of passes over values, called one after another in [`plan`]; the plan is
//! plain data that can be shown, saved, checked and carried out. Nothing here knows a provider.

mod step;

pub use step::{
    Action, Change, FieldChange, Operation, Plan, Reason, Refusal, Settings, Side, Step, StepId,
};
