//! For machines: one JSON value a document.

pub mod diagnostics;
pub mod drift;
pub mod progress;
pub mod pull;
pub mod state;
