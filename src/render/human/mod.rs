//! For people, on a terminal or in a log.

pub mod apply;
pub mod diagnostics;
pub mod drift;
pub mod explain;
pub mod journey;
pub mod launch;
pub mod output;
pub mod plan;
pub mod pull;
pub mod recovery;
mod snippet;
pub mod staleness;
pub mod state;
pub mod tests;
pub mod timeline;
mod values;

pub use values::Names;
