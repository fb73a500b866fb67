//! The machine: the project's folder, environment variables, the clock, the terminal.
//!
//! Everything that is read from a folder goes through [`ProjectFolder`], which opens nothing outside
//! of it.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the room that asks the machine"
)]

mod append;
mod credentials;
mod earlier;
mod folder;
mod identity;
mod pattern;
mod revision;
#[cfg(feature = "otel")]
mod telemetry;
mod terminal;
mod write;

pub use append::AppendFile;
pub use credentials::{Credentials, CredentialsError, credentials, secret};
pub use earlier::{EarlierError, earlier};
pub use folder::{
    FileRead, FolderError, Found, PROJECT_FILE, ProjectFolder, Refusal, find_project,
    project_above, read_named,
};
pub use identity::{host, user};
pub use revision::revision;
#[cfg(feature = "otel")]
pub use telemetry::{TelemetryWish, telemetry_wish};
pub use terminal::{colours_wanted, stderr_is_terminal, stdin_is_terminal, stdout_is_terminal};
pub use write::{NewFilesError, WriteFileError, write_new, write_new_files, write_over, write_own};

use crate::model::Instant;

/// The clock's instant, to the second.
pub fn now() -> Instant {
    use chrono::SubsecRound as _;
    chrono::Utc::now().trunc_subsecs(0)
}
