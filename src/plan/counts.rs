//! How many objects change, by action.

use crate::plan::{Action, Plan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many objects change, by action. A replacement is one to add and one to retire; what is
/// adopted or moved and changed too is also one to change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// To make, replacements too.
    pub add: usize,
    /// To change, re-pointing too.
    pub change: usize,
    /// To replace.
    pub replace: usize,
    /// To take out of use, replaced ones too.
    pub retire: usize,
    /// To delete.
    pub delete: usize,
    /// To take over.
    pub adopt: usize,
    /// To go under a new name.
    #[serde(rename = "move")]
    pub moved: usize,
    /// To forget.
    pub forget: usize,
    /// To do by hand.
    pub manual: usize,
}

/// Counts the changes of a plan.
pub fn counts(plan: &Plan) -> Counts {
    let mut counts = Counts::default();
    for change in &plan.changes {
        match change.action {
            Action::Create => counts.add += 1,
            Action::Update => counts.change += 1,
            Action::Replace => {
                counts.add += 1;
                counts.replace += 1;
                counts.retire += 1;
            }
            Action::Retire => counts.retire += 1,
            Action::Delete => counts.delete += 1,
            Action::Adopt => counts.adopt += 1,
            Action::Move => counts.moved += 1,
            Action::Forget => counts.forget += 1,
            Action::Manual => counts.manual += 1,
        }
        if matches!(change.action, Action::Adopt | Action::Move) && !change.fields.is_empty() {
            counts.change += 1;
        }
    }
    counts
}
