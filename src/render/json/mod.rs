//! For machines: one JSON value a document.

pub mod audit;
pub mod diagnostics;
pub mod drift;
pub mod explain;
pub mod graph;
pub mod journey;
pub mod launch;
pub mod log;
pub mod output;
pub mod progress;
pub mod pull;
pub mod recovery;
pub mod state;
pub mod tests;
pub mod timeline;

/// The version of these documents; a new field does not change it.
const FORMAT_VERSION: &str = "1.0";
