//! GitHub Actions: annotations by workflow commands.

pub mod diagnostics;
