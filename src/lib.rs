//! bursar: the configuration of a school that sells courses, as code.
//!
//! ```text
//!  files ─os→ source ─yaml→ nodes ─kinds,schema→ documents ─compile→ desired ─┐
//!                                                                            ├─plan→ Plan ─apply→ platform
//!  platform ─provider→ live ─────────────────────────────────────────────────┤            │
//!  state file ─state→ base ──────────────────────────────────────────────────┘←───────────┘
//! ```
//!
//! The rooms from `source` to `render` are pure: texts, values, instants in, values out. `provider`,
//! `state`, `apply`, `sandbox`, `lsp`, `telemetry` and `os` do IO; `cli` alone knows every room. See
//! `docs/architecture.md`.

pub mod source;

pub mod diag;

pub mod model;

pub mod yaml;

pub mod kinds;

pub mod schema;

pub mod rules;

pub mod domain;

pub mod compile;

pub mod launch;

pub mod simulate;

pub mod plan;

pub mod decompile;

pub mod render;

pub mod provider;

pub mod state;

pub mod apply;

pub mod sandbox;

pub mod lsp;

pub mod os;

#[cfg(feature = "otel")]
pub mod telemetry;

pub mod cli;

#[cfg(test)]
mod campaign;
