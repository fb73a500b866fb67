//! Why a state cannot be read or written, and what to do.

use super::Holder;
use super::folder::JOURNAL;
use std::path::{Path, PathBuf};

/// Why a state cannot be read or written. [`StateError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It is not what was written: cut, edited, or not ours.
    #[error("{}: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
        /// Whole versions, newest first.
        backups: Vec<PathBuf>,
    },
    /// Another version of the format.
    #[error("{}: written in format {found}; this is bursar {}, which reads format {known}", path.display(), env!("CARGO_PKG_VERSION"))]
    Version {
        /// The file.
        path: PathBuf,
        /// The format that it is in.
        found: u64,
        /// The format that is read.
        known: u64,
    },
    /// Another project's, or another environment's.
    #[error("{}: is the state of {found}, not of {expected}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose it should be.
        expected: String,
    },
    /// Another run holds the lock.
    #[error("{}: locked{}", path.display(), holder.as_ref().map(|holder| format!(" by {holder}")).unwrap_or_default())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who holds it, if that can be read.
        holder: Option<Box<Holder>>,
    },
    /// The plan was made from another version of the state, or for another platform.
    #[error("the plan was made for {planned}; now it is {found}")]
    Stale {
        /// What the plan was made for.
        planned: String,
        /// What is there.
        found: String,
    },
    /// The place holds another version than this run has left there: the lock was lost.
    #[error("{place}: another run has written there since; this run no longer holds the lock")]
    Overtaken {
        /// The place.
        place: String,
    },
    /// The place does not accept who we are.
    #[error("{place}: answers {answer}: it does not accept the credentials")]
    Credentials {
        /// The place.
        place: String,
        /// What it answers.
        answer: String,
        /// The environment variables that they come from.
        variables: &'static str,
    },
    /// The place cannot be reached, or fails.
    #[error("{place}: cannot be used: {message}")]
    Unreachable {
        /// The place.
        place: String,
        /// Why.
        message: String,
    },
    /// The place does not do what a state needs.
    #[error("{place}: {what}")]
    Refused {
        /// The place.
        place: String,
        /// What it does instead.
        what: String,
    },
    /// The settings of the place are wrong.
    #[error("{0}")]
    Settings(String),
    /// The new version could not be kept where it belongs.
    #[error("the new version of the state could not be saved; it was kept in {}", copy.display())]
    NotSaved {
        /// Where it is now.
        copy: PathBuf,
        /// Why.
        source: Box<StateError>,
    },
    /// The lock is another one than was named.
    #[error("the lock has another id: it is held by {holder}")]
    NotTheLock {
        /// Who holds it.
        holder: Box<Holder>,
    },
    /// A version of another state.
    #[error("{}: belongs to another state than the one that is in place", path.display())]
    OtherLineage {
        /// The file.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{}: {what}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
}

impl StateError {
    pub(super) fn io(path: &Path, what: &'static str, source: std::io::Error) -> Self {
        StateError::Io {
            path: path.to_owned(),
            what,
            source,
        }
    }

    /// What to do about it, as a sentence that can be followed.
    pub fn hint(&self) -> String {
        match self {
            StateError::Damaged { path, backups, .. } => damaged_hint(path, backups),
            StateError::Version { found, known, .. } if found > known => {
                "use the version of bursar that wrote it, or a newer one".to_owned()
            }
            StateError::Version { path, .. } => format!(
                "move {} away and plan again: existing objects are found by title and code and proposed for adoption",
                path.display()
            ),
            StateError::Foreign { path, .. } => format!(
                "correct `project` and `--env`, or move {} away if the project was renamed",
                path.display()
            ),
            StateError::Locked { path, holder: Some(holder) } if is_elsewhere(path) => format!(
                "wait until that run has ended; if it is certainly dead: bursar state unlock --id {}",
                holder.id
            ),
            StateError::Locked { .. } => {
                "wait until that run has ended; the lock of a run that was killed is free"
                    .to_owned()
            }
            StateError::Stale { .. } => "plan again".to_owned(),
            StateError::Overtaken { .. } => {
                "plan again once the other run has ended: it looks up what this one has done"
                    .to_owned()
            }
            StateError::Credentials { variables, .. } => format!("set {variables}"),
            StateError::Unreachable { .. } => {
                "run the command again later; bursar tried several times".to_owned()
            }
            StateError::Refused { .. } | StateError::Settings(_) => {
                "correct `state` in bursar.yaml".to_owned()
            }
            StateError::NotSaved { copy, .. } => {
                format!("bursar state recover {}", copy.display())
            }
            StateError::NotTheLock { holder } => format!(
                "if that run is certainly dead: bursar state unlock --id {}",
                holder.id
            ),
            StateError::OtherLineage { .. } => {
                "recover a version of this state; `bursar state backups` lists those of this machine"
                    .to_owned()
            }
            StateError::Io { .. } => {
                "make the folder readable and writable, with room on the disk; nothing was lost"
                    .to_owned()
            }
        }
    }
}

/// Whether a state stands at an address, not in a file.
fn is_elsewhere(path: &Path) -> bool {
    path.to_string_lossy().contains("://")
}

fn damaged_hint(path: &Path, backups: &[PathBuf]) -> String {
    let shown = path.display();
    match backups {
        [] => format!(
            "restore {shown} from a backup, or move it away and find it again on the platform: bursar state recover"
        ),
        [newest, older @ ..] => {
            let newest = newest.display();
            let older: Vec<String> = older
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            let older = match older.as_slice() {
                [] => String::new(),
                older => format!(" (older ones: {})", older.join(", ")),
            };
            let way = if path.file_name().is_some_and(|name| name == JOURNAL) {
                format!("move {shown} away, and put the newest version in place")
            } else {
                "put the newest version in place".to_owned()
            };
            format!(
                "nothing was changed; {way}: bursar state recover {newest}{older}; what it does not know is found by title and code and proposed for adoption"
            )
        }
    }
}
