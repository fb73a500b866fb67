//! The folder of a state: its files, replaced whole, and its lock.

use super::disk::{Disk, Files, Lock, NotLocked, Tail};
use super::error::StateError;
use super::lock::{AtWork, Holder};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

pub(super) const STATE: &str = "state.json";
pub(super) const JOURNAL: &str = "journal.jsonl";
const LOCK: &str = "lock.json";
const BACKUPS: &str = "backups";
/// How many earlier versions are kept.
const KEPT: usize = 10;

/// A folder that holds one state.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
    disk: Arc<dyn Disk>,
}

impl Folder {
    /// A folder of this machine.
    pub(super) fn new(path: PathBuf) -> Self {
        Folder {
            path,
            disk: Arc::new(Files),
        }
    }

    /// A folder on another disk.
    #[cfg(test)]
    pub(super) fn on(path: PathBuf, disk: Arc<dyn Disk>) -> Self {
        Folder { path, disk }
    }

    /// Makes the folder, if it is missing.
    pub(super) fn make(&self) -> Result<(), StateError> {
        self.disk
            .make_folder(&self.path)
            .map_err(|error| StateError::io(&self.path, "cannot be made", error))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(super) fn read_file(&self, name: &str) -> Result<Option<Vec<u8>>, StateError> {
        let path = self.path(name);
        match self.disk.read(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StateError::io(&path, "cannot be read", error)),
        }
    }

    /// Puts a file in place of another, so that one of the two is there at any instant.
    pub(super) fn replace(&self, name: &str, text: &[u8]) -> Result<Box<dyn Tail>, StateError> {
        let path = self.path(name);
        self.disk
            .replace(&path, text)
            .map_err(|error| StateError::io(&path, "cannot be written", error))
    }

    pub(super) fn remove_journal(&self) -> Result<(), StateError> {
        self.remove(JOURNAL)
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), StateError> {
        let path = self.path(name);
        match self.disk.remove(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(StateError::io(&path, "cannot be removed", error)),
        }
    }

    /// Earlier versions that are kept, newest first.
    pub(super) fn backups(&self) -> Vec<PathBuf> {
        let folder = self.path(BACKUPS);
        let mut found: Vec<(u64, PathBuf)> = self
            .disk
            .names(&folder)
            .into_iter()
            .filter_map(|name| {
                let serial = name
                    .strip_prefix("state-")?
                    .strip_suffix(".json")?
                    .parse()
                    .ok()?;
                Some((serial, folder.join(name)))
            })
            .collect();
        found.sort_by(|a, b| b.cmp(a));
        found.into_iter().map(|(_, path)| path).collect()
    }

    /// Keeps the present version under its serial, and drops the oldest.
    pub(super) fn back_up(&self, serial: u64) -> Result<(), StateError> {
        let folder = self.path(BACKUPS);
        let io = |error| StateError::io(&folder, "cannot be written", error);
        self.disk.make_folder(&folder).map_err(io)?;
        let backup = folder.join(format!("state-{serial}.json"));
        self.disk.keep(&self.path(STATE), &backup).map_err(io)?;
        for old in self.backups().iter().skip(KEPT) {
            self.disk.remove(old).map_err(io)?;
        }
        Ok(())
    }

    /// The run that holds the lock at this instant, if one does.
    pub(super) fn at_work(&self) -> Option<AtWork> {
        let text = self.disk.holder(&self.path(LOCK))?;
        Some(AtWork {
            holder: serde_json::from_slice(&text).ok(),
        })
    }

    /// Returns once what stands in a file is on the disk, whoever wrote it; whether it is there.
    pub(super) fn settle(&self, name: &str) -> Result<bool, StateError> {
        let path = self.path(name);
        match self.disk.settle(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StateError::io(&path, "cannot be synced", error)),
        }
    }

    pub(super) fn take_lock(&self, holder: &Holder) -> Result<Box<dyn Lock>, StateError> {
        let path = self.path(LOCK);
        let io = |error| StateError::io(&path, "cannot be locked", error);
        let text = serde_json::to_vec(holder).map_err(|error| io(error.into()))?;
        self.disk
            .lock(&path, &text)
            .map_err(|not_locked| match not_locked {
                NotLocked::Held(text) => StateError::Locked {
                    path: path.clone(),
                    holder: serde_json::from_slice(&text).ok(),
                },
                NotLocked::Io(error) => io(error),
            })
    }
}
