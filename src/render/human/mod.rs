//! For people, on a terminal or in a log.

pub mod apply;
pub mod diagnostics;
pub mod explain;
pub mod plan;
mod snippet;
pub mod staleness;
pub mod state;
mod values;

pub use values::Names;
