//! Why the sandbox does not start.

use std::io;
use std::path::PathBuf;

/// Why the sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Someone else listens there.
    #[error("port {port} is in use")]
    PortInUse {
        /// The port.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// The port cannot be opened for another reason.
    #[error("cannot listen on port {port} of 127.0.0.1")]
    Listen {
        /// The port.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// The data cannot be kept there.
    #[error("cannot keep data in `{}`", folder.display())]
    DataFolder {
        /// The folder.
        folder: PathBuf,
        /// What the system or the database says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The data is not this version's.
    #[error("`{}` was not made by this version of the sandbox{}", file.display(), layouts(*found, *supported))]
    OtherVersion {
        /// The file.
        file: PathBuf,
        /// The layout that it has, if it is a sandbox's at all.
        found: Option<i64>,
        /// The layout that this version reads.
        supported: i64,
    },
    /// The seed does not fit.
    #[error("the seed cannot be used: {message}")]
    Seed {
        /// Where and why.
        message: String,
    },
    /// A course of the project does not fit.
    #[error("a course cannot be added: {message}")]
    Course {
        /// Which and why.
        message: String,
    },
    /// The store failed while it was being filled.
    #[error("the sandbox's store failed: {message}")]
    Store {
        /// How.
        message: String,
    },
    /// The pages do not compile.
    #[error("the pages of the sandbox are broken")]
    Pages(#[source] minijinja::Error),
}

fn layouts(found: Option<i64>, supported: i64) -> String {
    match found {
        Some(found) => format!(" (its layout is {found}, this version reads {supported})"),
        None => String::new(),
    }
}

impl SandboxError {
    /// What can be done.
    pub fn hint(&self) -> &'static str {
        match self {
            SandboxError::PortInUse { .. } => {
                "stop what listens there, or choose another port with --port (0: a free one)"
            }
            SandboxError::Listen { .. } => "choose another port with --port (0: a free one)",
            SandboxError::DataFolder { .. } => {
                "choose a folder that can be written with --data, or free the one that is used"
            }
            SandboxError::OtherVersion { .. } => {
                "use the version of bursar that made it, or another folder with --data"
            }
            SandboxError::Seed { .. } => {
                "correct the seed; its form is in docs/reference/sandbox-seed.md"
            }
            SandboxError::Course { .. } => "correct the course document, or its id",
            SandboxError::Store { .. } | SandboxError::Pages(_) => {
                "try again with another folder with --data; if it goes on, report it"
            }
        }
    }
}
