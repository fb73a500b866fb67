//! A state that is kept elsewhere, worked on in a copy in a folder.
//!
//! The copy makes one machinery of all places: journal, folding, versions are the folder's. What
//! is kept elsewhere always wins over the copy. Before the first write to the platform, the place
//! is told what an apply is about to do, so that a machine that vanishes leaves nothing unknown.

use super::document;
use super::effect::Entries;
use super::error::StateError;
use super::folder::STATE;
use super::journal::Journal;
use super::local::{Closing, LocalState, Locked, Snapshot, Start};
use super::lock::Holder;
use super::store::{Document, Store};
use crate::model::{Address, OpenIntent};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A state that is kept elsewhere.
#[derive(Clone, Debug)]
pub struct RemoteState {
    pub(super) store: Store,
    pub(super) copy: LocalState,
}

/// That state while its lock is held.
#[derive(Debug)]
pub struct RemoteLocked {
    store: Store,
    holder: Holder,
    locked: Locked,
    /// What the place held last, as far as this run knows.
    known: Option<Document>,
    opened: bool,
}

impl RemoteState {
    /// A state in a store, with a folder such as `.bursar/default/remote` for the copy.
    pub fn new(store: Store, copy: LocalState) -> Self {
        RemoteState { store, copy }
    }

    pub(super) async fn read(&self) -> Result<Snapshot, StateError> {
        // The journal first, as in a folder.
        let journal = self.copy.journal_text()?;
        let found = self.store.read().await?;
        let text = found.as_ref().map(|document| document.text.as_slice());
        self.copy
            .read_given(journal, Path::new(self.store.place()), text)
    }

    pub(super) async fn lock(&self, holder: &Holder) -> Result<RemoteLocked, StateError> {
        let lock = self.copy.take_lock(holder)?;
        self.store.lock(holder).await?;
        let locked = async {
            let known = self.store.read().await?;
            match &known {
                Some(Document { text, version: _ }) => {
                    self.copy.parse_state(Path::new(self.store.place()), text)?;
                    self.copy.folder.replace(STATE, text)?;
                }
                None => self.copy.folder.remove(STATE)?,
            }
            let locked = self.copy.fold_in(lock)?;
            let mut remote = RemoteLocked {
                store: self.store.clone(),
                holder: holder.clone(),
                locked,
                known,
                opened: false,
            };
            if remote.locked.snapshot.journal_open {
                remote.push().await?;
                self.copy.folder.remove_journal()?;
            } else {
                self.copy.set_journal_aside()?;
            }
            Ok(remote)
        };
        match locked.await {
            Ok(locked) => Ok(locked),
            Err(error) => {
                // What went wrong first is what is told.
                let _ = self.store.unlock(holder).await;
                Err(error)
            }
        }
    }
}

impl RemoteLocked {
    pub(super) fn snapshot(&self) -> &Snapshot {
        self.locked.snapshot()
    }

    /// Tells the place what is about to be written, as a version of its own, and begins the
    /// journal. Whoever was overtaken learns it here, before anything is sent.
    pub(super) async fn begin(
        &mut self,
        mut start: Start,
        announced: Vec<OpenIntent>,
    ) -> Result<Journal, StateError> {
        self.locked.check_plan(&start)?;
        start.serial += 1;
        let head = self.locked.next_head(&start);
        let mut opened = Entries {
            base: self.locked.snapshot.base.clone(),
            digests: self.locked.snapshot.digests.clone(),
        };
        for intent in announced {
            opened.leave_open(intent);
        }
        let text = document::write(&head, &opened).map_err(|error| {
            StateError::io(
                &self.locked.state.folder.path(STATE),
                "cannot be written",
                error.into(),
            )
        })?;
        self.send(text.into_bytes()).await?;
        // The copy does without what was only announced: the journal says what was sent.
        start.lineage = Some(head.lineage.clone());
        self.locked.snapshot.serial = start.serial;
        self.locked.snapshot.lineage.clone_from(&start.lineage);
        self.locked.snapshot.target = Some(head.target.clone());
        self.locked.head.get_or_insert(head);
        self.locked.write()?;
        self.opened = true;
        self.locked.begin(start)
    }

    pub(super) async fn commit(
        &mut self,
        journal: Journal,
        unfinished: &BTreeSet<Address>,
    ) -> Result<u64, StateError> {
        let closing = match self.opened {
            true => Closing::Always,
            false => Closing::IfChanged,
        };
        let serial = self.locked.fold(journal, unfinished, closing)?;
        self.opened = false;
        self.push().await?;
        self.locked.state.folder.remove_journal()?;
        Ok(serial)
    }

    pub(super) async fn record(
        &mut self,
        changes: Vec<(Address, super::Effect)>,
    ) -> Result<u64, StateError> {
        let serial = self.locked.record(changes)?;
        self.push().await?;
        Ok(serial)
    }

    pub(super) async fn release(self) -> Result<(), StateError> {
        self.store.unlock(&self.holder).await
    }

    /// Sends the copy. If that fails, the version is kept beside it, to be recovered.
    async fn push(&mut self) -> Result<(), StateError> {
        let folder = &self.locked.state.folder;
        let Some(text) = folder.read_file(STATE)? else {
            return Ok(());
        };
        let Err(error) = self.send(text.clone()).await else {
            return Ok(());
        };
        Err(self.keep(&text, error))
    }

    /// Keeps a version that the place has not taken beside the copy, to be recovered.
    fn keep(&self, text: &[u8], error: StateError) -> StateError {
        let name = format!("emergency-{}.json", self.locked.snapshot.serial);
        let folder = &self.locked.state.folder;
        match folder.replace(&name, text) {
            Ok(_) => StateError::NotSaved {
                copy: folder.path(&name),
                source: Box::new(error),
            },
            Err(error) => error,
        }
    }

    /// Keeps what a save that is waited for no longer would have left at the place.
    pub(super) fn set_aside(&self) -> StateError {
        let late = StateError::Unreachable {
            place: self.store.place().to_owned(),
            message: "it had not answered in time after the signal".to_owned(),
        };
        match self.locked.state.folder.read_file(STATE) {
            Ok(Some(text)) => self.keep(&text, late),
            Ok(None) => late,
            Err(error) => error,
        }
    }

    async fn send(&mut self, text: Vec<u8>) -> Result<(), StateError> {
        let known = self.known.as_ref();
        let written = self.store.write(known, text, &self.holder.id).await?;
        self.known = Some(written);
        Ok(())
    }
}

impl RemoteState {
    /// Puts a text in place of what is there, under the lock.
    pub(super) async fn overwrite(
        &self,
        holder: &Holder,
        make: impl FnOnce(Option<&[u8]>) -> Result<(Vec<u8>, u64), StateError>,
    ) -> Result<u64, StateError> {
        let _lock = self.copy.take_lock(holder)?;
        self.store.lock(holder).await?;
        let written = async {
            let known = self.store.read().await?;
            let present = known.as_ref().map(|document| document.text.as_slice());
            let (text, serial) = make(present)?;
            if let Some(present) = present {
                // What was there is kept, damaged or not.
                let name = format!("before-{serial}.json");
                self.copy.folder.replace(&name, present)?;
            }
            self.store.write(known.as_ref(), text, &holder.id).await?;
            Ok(serial)
        };
        let written = written.await;
        let released = self.store.unlock(holder).await;
        let serial = written?;
        released?;
        Ok(serial)
    }

    pub(super) fn folder_path(&self) -> PathBuf {
        self.copy.folder.path("")
    }
}
