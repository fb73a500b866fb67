//! SARIF 2.1.0: findings for code-scanning views.

pub mod diagnostics;
