//! What was, or would be, accepted of what was done by hand, for showing.

use crate::model::{Address, Path};

/// What the configuration accepts.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// Whether the edits are written.
    pub written: bool,
    /// The files that change.
    pub files: Vec<String>,
    /// The fields that are accepted.
    pub fields: Vec<(Address, Path)>,
    /// What is not.
    pub not: Vec<NotAccepted>,
}

/// What could not be accepted.
#[derive(Clone, Debug)]
pub struct NotAccepted {
    /// The object.
    pub address: Address,
    /// The field; none if it is about the whole object.
    pub path: Option<Path>,
    /// Where it is written: `path:line:column`.
    pub place: Option<String>,
    /// Why.
    pub why: String,
}
