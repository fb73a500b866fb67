//! The folder of a state: its files, replaced whole, and its lock.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the file system's side of the state"
)]

use super::error::StateError;
use super::lock::Holder;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

pub(super) const STATE: &str = "state.json";
pub(super) const JOURNAL: &str = "journal.jsonl";
const LOCK: &str = "lock.json";
const BACKUPS: &str = "backups";
/// How many earlier versions are kept.
const KEPT: usize = 10;
/// How often a lock is tried, since a reader may hold it for an instant.
const LOCK_TRIES: usize = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// A folder that holds one state.
#[derive(Clone, Debug)]
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    /// Makes the folder, if it is missing.
    pub(super) fn make(&self) -> Result<(), StateError> {
        fs::create_dir_all(&self.0)
            .map_err(|error| StateError::io(&self.0, "cannot be made", error))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn read_file(&self, name: &str) -> Result<Option<Vec<u8>>, StateError> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StateError::io(&path, "cannot be read", error)),
        }
    }

    /// Puts a file in place of another, so that one of the two is there at any instant.
    pub(super) fn replace(&self, name: &str, text: &[u8]) -> Result<File, StateError> {
        let path = self.path(name);
        let io = |error| StateError::io(&path, "cannot be written", error);
        let mut file = tempfile::NamedTempFile::new_in(&self.0).map_err(io)?;
        file.write_all(text).map_err(io)?;
        file.as_file().sync_all().map_err(io)?;
        let file = file.persist(&path).map_err(|error| io(error.error))?;
        self.sync_folder()?;
        Ok(file)
    }

    pub(super) fn remove_journal(&self) -> Result<(), StateError> {
        let path = self.path(JOURNAL);
        match fs::remove_file(&path) {
            Ok(()) => self.sync_folder(),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(StateError::io(&path, "cannot be removed", error)),
        }
    }

    /// Earlier versions that are kept, newest first.
    pub(super) fn backups(&self) -> Vec<PathBuf> {
        let mut found: Vec<(u64, PathBuf)> = fs::read_dir(self.0.join(BACKUPS))
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let serial = path
                    .file_name()?
                    .to_str()?
                    .strip_prefix("state-")?
                    .strip_suffix(".json")?
                    .parse()
                    .ok()?;
                Some((serial, path))
            })
            .collect();
        found.sort_by(|a, b| b.cmp(a));
        found.into_iter().map(|(_, path)| path).collect()
    }

    /// Makes renames and removals in the folder durable. Windows does that by itself.
    fn sync_folder(&self) -> Result<(), StateError> {
        if cfg!(unix) {
            File::open(&self.0)
                .and_then(|folder| folder.sync_all())
                .map_err(|error| StateError::io(&self.0, "cannot be synced", error))?;
        }
        Ok(())
    }

    /// Keeps the present version under its serial, and drops the oldest.
    pub(super) fn back_up(&self, serial: u64) -> Result<(), StateError> {
        let folder = self.path(BACKUPS);
        let io = |error| StateError::io(&folder, "cannot be written", error);
        fs::create_dir_all(&folder).map_err(io)?;
        let (state, backup) = (
            self.path(STATE),
            folder.join(format!("state-{serial}.json")),
        );
        match fs::remove_file(&backup) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(io(error)),
        }
        if fs::hard_link(&state, &backup).is_err() {
            fs::copy(&state, &backup).map_err(io)?;
        }
        for old in self.backups().iter().skip(KEPT) {
            fs::remove_file(old).map_err(io)?;
        }
        Ok(())
    }

    /// Whether some run holds the lock at this instant.
    pub(super) fn is_locked(&self) -> bool {
        let Ok(file) = File::open(self.path(LOCK)) else {
            return false;
        };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    pub(super) fn take_lock(&self, holder: &Holder) -> Result<File, StateError> {
        let path = self.path(LOCK);
        let io = |error| StateError::io(&path, "cannot be locked", error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => {
                    let text = serde_json::to_vec(holder).map_err(|error| io(error.into()))?;
                    file.set_len(0).map_err(io)?;
                    file.rewind().map_err(io)?;
                    file.write_all(&text).map_err(io)?;
                    return Ok(file);
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(error)) => return Err(io(error)),
            }
        }
        let mut text = String::new();
        let holder = file
            .take(16 * 1024)
            .read_to_string(&mut text)
            .ok()
            .and_then(|_| serde_json::from_str(&text).ok());
        Err(StateError::Locked { path, holder })
    }
}
