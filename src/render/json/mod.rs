//! For machines: one JSON value a document.

pub mod diagnostics;
