//! The suite of places that keep a state, on real servers. `.ci/servers/run` starts them and says in
//! `BURSAR_TEST_…` where they are; one that is not there is a failure.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests stop at the first surprise and use the machine"
)]

mod command;
mod postgres;
mod s3;
#[path = "../states/mod.rs"]
mod state_suite;

use bursar::model::Secret;
use std::time::Duration;

/// Long enough for a server to notice that a session is gone.
const PAUSE: Duration = Duration::from_millis(40);

/// What the script says of its servers.
fn told(name: &str) -> String {
    std::env::var(format!("BURSAR_TEST_{name}"))
        .unwrap_or_else(|_| panic!("BURSAR_TEST_{name} is not set: run .ci/servers/run"))
}

fn secret() -> Secret {
    Secret::new(&*told("SECRET"))
}

/// A name that no other test has.
fn unique() -> String {
    format!("t{:032x}", fastrand::u128(..))
}
