//! The state, wherever it is kept.

use super::document;
use super::effect::{Effect, Entries};
use super::error::StateError;
use super::folder::STATE;
use super::journal::Journal;
use super::local::{LocalState, Locked, Snapshot, Start, fold};
use super::lock::Holder;
use super::remote::{RemoteLocked, RemoteState};
use crate::model::{Address, OpenIntent};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The state of one project and environment.
#[derive(Clone, Debug)]
pub enum State {
    /// In a folder of this machine.
    Local(LocalState),
    /// Elsewhere.
    Remote(Box<RemoteState>),
}

/// The state while its lock is held. [`Session::release`] lets go of it.
#[derive(Debug)]
pub enum Session {
    /// In a folder of this machine.
    Local(Box<Locked>),
    /// Elsewhere.
    Remote(Box<RemoteLocked>),
}

impl State {
    /// Reads without locking.
    ///
    /// # Errors
    /// Damaged, of another version, of another project or environment, or not readable.
    pub async fn read(&self) -> Result<Snapshot, StateError> {
        match self {
            State::Local(state) => state.read(),
            State::Remote(state) => state.read().await,
        }
    }

    /// Takes the lock, and folds in what a run that was cut off has left here.
    ///
    /// # Errors
    /// [`StateError::Locked`], or as [`State::read`].
    pub async fn lock(&self, holder: &Holder) -> Result<Session, StateError> {
        Ok(match self {
            State::Local(state) => Session::Local(Box::new(state.lock(holder)?)),
            State::Remote(state) => Session::Remote(Box::new(state.lock(holder).await?)),
        })
    }

    /// Earlier versions that this machine keeps, newest first.
    pub fn backups(&self) -> Vec<PathBuf> {
        self.copy().backups()
    }

    /// Lets go of a lock that may have been taken, by a request of which nothing came back.
    ///
    /// # Errors
    /// The place refuses: then it is another run's, or stays until it is taken away.
    pub async fn abandon(&self, holder: &Holder) -> Result<(), StateError> {
        match self {
            State::Local(_) => Ok(()),
            State::Remote(state) => state.store.unlock(holder).await,
        }
    }

    /// Takes a lock away from the run that holds it. `holder` names who does this.
    ///
    /// # Errors
    /// [`StateError::NotTheLock`] unless the id is the one of the lock.
    pub async fn unlock(&self, id: &str, holder: &Holder) -> Result<Unlocked, StateError> {
        let found = match self {
            State::Local(state) => state.take_lock(holder).map(drop),
            State::Remote(state) => state.store.lock(holder).await,
        };
        let found = match (found, self) {
            (Ok(()), State::Local(_)) => return Ok(Unlocked::WasFree),
            (Ok(()), State::Remote(state)) => {
                state.store.unlock(holder).await?;
                return Ok(Unlocked::WasFree);
            }
            (
                Err(StateError::Locked {
                    holder: Some(found),
                    ..
                }),
                _,
            ) => found,
            // The place does not name the holder: it judges the id by itself.
            (Err(StateError::Locked { holder: None, .. }), State::Remote(state)) => {
                let named = Holder {
                    id: id.to_owned(),
                    ..holder.clone()
                };
                state.store.unlock(&named).await?;
                return Ok(Unlocked::FreedUnnamed);
            }
            (Err(error), _) => return Err(error),
        };
        match self {
            State::Remote(state) if found.id == id => {
                state.store.unlock(&found).await?;
                Ok(Unlocked::Freed(found))
            }
            State::Remote(_) => Err(StateError::NotTheLock { holder: found }),
            // The operating system's lock cannot be taken away: that process is alive.
            State::Local(state) => Err(StateError::Locked {
                path: state.folder.path("lock.json"),
                holder: Some(found),
            }),
        }
    }

    /// Puts a kept version in place as the newest one. What the present version and the journal
    /// have left open stays open. Gives the serial.
    ///
    /// # Errors
    /// The version is damaged, another state's, or the present one is of another lineage.
    pub async fn recover(
        &self,
        file: &Path,
        text: &[u8],
        holder: &Holder,
    ) -> Result<u64, StateError> {
        match self {
            State::Local(state) => {
                let _lock = state.take_lock(holder)?;
                let present = state.folder.read_file(STATE)?;
                let (text, serial) = recovered(state, file, text, present.as_deref())?;
                if let Some(present) = &present {
                    // What was there is kept, damaged or not.
                    let name = format!("before-{serial}.json");
                    state.folder.replace(&name, present)?;
                }
                state.folder.replace(STATE, &text)?;
                state.folder.remove_journal()?;
                Ok(serial)
            }
            State::Remote(state) => {
                let serial = state
                    .overwrite(holder, |present| {
                        recovered(&state.copy, file, text, present)
                    })
                    .await?;
                state.copy.set_journal_aside()?;
                Ok(serial)
            }
        }
    }

    /// The folder of this machine.
    pub fn folder(&self) -> PathBuf {
        match self {
            State::Local(state) => state.folder.path(""),
            State::Remote(state) => state.folder_path(),
        }
    }

    fn copy(&self) -> &LocalState {
        match self {
            State::Local(state) => state,
            State::Remote(state) => &state.copy,
        }
    }
}

/// What came of unlocking.
#[derive(Debug)]
pub enum Unlocked {
    /// Nobody held it.
    WasFree,
    /// It was taken from this run.
    Freed(Box<Holder>),
    /// It was taken from a run that the place does not name.
    FreedUnnamed,
}

impl Session {
    /// What was last applied, as of taking the lock.
    pub fn snapshot(&self) -> &Snapshot {
        match self {
            Session::Local(locked) => locked.snapshot(),
            Session::Remote(locked) => locked.snapshot(),
        }
    }

    /// Begins an apply that will write what is `announced`.
    ///
    /// # Errors
    /// [`StateError::Stale`] if the plan is not for this version and target; [`StateError::Overtaken`]
    /// if the lock was lost; the place refuses.
    pub async fn begin(
        &mut self,
        start: Start,
        announced: Vec<OpenIntent>,
    ) -> Result<Journal, StateError> {
        match self {
            Session::Local(locked) => locked.begin(start),
            Session::Remote(locked) => locked.begin(start, announced).await,
        }
    }

    /// Ends an apply, a failed one too; see [`Locked::commit`].
    ///
    /// # Errors
    /// [`StateError::NotSaved`] if a place elsewhere did not take it.
    pub async fn commit(
        &mut self,
        journal: Journal,
        unfinished: &BTreeSet<Address>,
    ) -> Result<u64, StateError> {
        match self {
            Session::Local(locked) => locked.commit(journal, unfinished),
            Session::Remote(locked) => locked.commit(journal, unfinished).await,
        }
    }

    /// Says what becomes of a [`Session::commit`] or [`Session::record`] that is waited for no longer:
    /// where its version is kept.
    pub fn set_aside(&self) -> Option<StateError> {
        match self {
            // What a folder holds was written before it could be waited for.
            Session::Local(_) => None,
            Session::Remote(locked) => Some(locked.set_aside()),
        }
    }

    /// Changes the state alone, as one new version. Gives the serial.
    ///
    /// # Errors
    /// As [`Session::commit`].
    pub async fn record(&mut self, changes: Vec<(Address, Effect)>) -> Result<u64, StateError> {
        match self {
            Session::Local(locked) => locked.record(changes),
            Session::Remote(locked) => locked.record(changes).await,
        }
    }

    /// Lets go of the lock.
    ///
    /// # Errors
    /// The place refuses; then the lock stays, until it is taken away.
    pub async fn release(self) -> Result<(), StateError> {
        match self {
            Session::Local(_) => Ok(()),
            Session::Remote(locked) => locked.release().await,
        }
    }
}

/// The text of the version that a recovery makes, and its serial.
fn recovered(
    state: &LocalState,
    path: &Path,
    text: &[u8],
    present: Option<&[u8]>,
) -> Result<(Vec<u8>, u64), StateError> {
    let kept = state.parse_state(path, text)?;
    let (mut head, mut entries) = (kept.head, kept.entries);
    let shown = state.folder.path(STATE);
    let present = match present.map(|text| state.parse_state(&shown, text)) {
        None => None,
        Some(Ok(present)) => Some(present),
        // That is what there is to recover from.
        Some(Err(StateError::Damaged { .. })) => None,
        Some(Err(error)) => return Err(error),
    };
    let mut newest = head.serial.max(newest_backup(state));
    if let Some(present) = present {
        if present.head.lineage != head.lineage || present.head.target != head.target {
            return Err(StateError::OtherLineage {
                path: path.to_owned(),
            });
        }
        newest = newest.max(present.head.serial);
        let Entries { base, digests: _ } = present.entries;
        for intent in base.open_intents {
            entries.leave_open(intent);
        }
    }
    if let Some(journal) = state.read_journal()?
        && journal.head.lineage == head.lineage
        && journal.head.serial >= head.serial
    {
        newest = newest.max(journal.head.serial);
        fold(&mut entries, journal.records);
    }
    head.serial = newest + 1;
    let text = document::write(&head, &entries)
        .map_err(|error| StateError::io(path, "cannot be written", error.into()))?;
    Ok((text.into_bytes(), head.serial))
}

fn newest_backup(state: &LocalState) -> u64 {
    state
        .backups()
        .first()
        .and_then(|path| {
            let name = path.file_name()?.to_str()?;
            name.strip_prefix("state-")?
                .strip_suffix(".json")?
                .parse()
                .ok()
        })
        .unwrap_or(0)
}
