//! The language server: the same findings while typing, names that complete, pages on hover.
//!
//! ```text
//! client ─messages→ server ─buffers→ Projects::check ─findings→ client
//!                     └─ text and place → definition, completion, hover, actions
//! ```
//!
//! The room speaks the protocol and answers from texts. It opens no file: who starts it gives a
//! [`Projects`] that reads and compiles.

mod actions;
mod answers;
mod completion;
mod declared;
mod definition;
mod findings;
mod hover;
mod links;
mod place;
mod positions;
mod probe;
mod server;
mod transport;

use crate::diag::Diagnostics;
use crate::source::SourceMap;
use crate::yaml::Node;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Texts that are open in the editor and may differ from the disk, by path.
pub type Buffers = BTreeMap<PathBuf, String>;

/// Projects on this machine, as the server needs them.
pub trait Projects {
    /// The project that a file, or a folder, belongs to: the nearest folder upward with a
    /// bursar.yaml.
    fn root_of(&self, path: &Path) -> Option<PathBuf>;

    /// Everything that is to be said about the project in a folder, with open texts over its files.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    fn check(&self, root: &Path, buffers: &Buffers) -> Result<Checked, String>;
}

/// A project, checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Every text, under its path on this machine.
    pub sources: SourceMap,
    /// The documents as they were written.
    pub documents: Vec<Node>,
    /// What was found.
    pub findings: Diagnostics,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The client said goodbye.
    Orderly,
    /// The client left without a `shutdown`.
    Abruptly,
}

/// Serves one client over standard input and output until it leaves.
///
/// # Errors
/// What the client sends is not the protocol, or it cannot be answered.
pub fn serve(projects: &dyn Projects) -> std::io::Result<Ended> {
    let (connection, threads) = transport::stdio();
    let ended = server::run(&connection, projects);
    // The writing thread ends when nobody can send any more.
    drop(connection);
    threads.join()?;
    Ok(ended)
}
