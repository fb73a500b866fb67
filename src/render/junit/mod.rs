//! JUnit XML: results for CI test views.

pub mod diagnostics;
pub mod tests;
