//! Integration tests, one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests stop at the first surprise and use the machine"
)]

mod adoption;
mod architecture;
mod cli;
mod clock;
mod concurrent;
mod consequences;
mod drift;
mod examples;
mod fixes;
mod fmt;
mod formats;
mod harness;
mod hostile;
mod in_process;
mod killed;
mod launch;
mod lives;
mod lsp;
mod matrix;
mod misses;
mod model;
mod mutants;
mod observability;
mod oracle;
mod outputs;
mod plan_page;
mod plan_schema;
mod pull;
mod recovery;
mod reference;
mod rehearsal;
mod requests;
mod saved_plans;
mod secrets;
mod served;
#[path = "../states/mod.rs"]
mod state_suite;
mod states;
mod suite;
mod timeline;
