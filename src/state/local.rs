//! The state in a folder: `state.json`, `lock.json`, `journal.jsonl`, `backups/`.

use super::disk::Lock;
use super::document::{self, FORMAT, Head, StateFile, Version};
use super::effect::{Effect, Entries};
use super::error::StateError;
use super::folder::{Folder, JOURNAL, STATE};
use super::journal::Journal;
use super::lock::{AtWork, Holder};
use super::record::{self, Chain, JournalFile, Record};
use super::seal;
use crate::model::{Address, BaseState, OpenIntent, Target};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The state of one project and environment in a folder. Nothing is touched until it is used.
#[derive(Clone, Debug)]
pub struct LocalState {
    pub(super) folder: Folder,
    project: String,
    environment: Option<String>,
}

/// What was last applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The platform and account; `None` before the first apply.
    pub target: Option<Target>,
    /// The state's own random name; `None` before the first apply.
    pub lineage: Option<String>,
    /// The version: 0 before the first apply. A journal that a run left behind counts as one more,
    /// which is what locking makes of it.
    pub serial: u64,
    /// The objects, the journal folded in.
    pub base: BaseState,
    /// Digests of what the platform answered, by address.
    pub digests: BTreeMap<Address, String>,
    /// Whether a journal was folded in.
    pub journal_open: bool,
    /// The run that is at work on this, if one is: what it has done so far is folded in, and there
    /// will be no such version.
    pub at_work: Option<AtWork>,
}

/// What an apply begins with.
#[derive(Clone, Debug)]
pub struct Start {
    /// The platform and account that the plan was made for.
    pub target: Target,
    /// The lineage that the plan was made from; `None` before the first apply.
    pub lineage: Option<String>,
    /// The serial that the plan was made from.
    pub serial: u64,
    /// A random name, used if there is no lineage yet.
    pub new_lineage: String,
    /// The plan's digest.
    pub plan: String,
}

/// The state while its lock is held. Dropping it lets go of the lock.
#[derive(Debug)]
pub struct Locked {
    pub(super) state: LocalState,
    /// Goes with this.
    pub(super) _lock: Box<dyn Lock>,
    pub(super) head: Option<Head>,
    pub(super) snapshot: Snapshot,
    /// The head of the journal that was begun.
    begun: Option<Head>,
}

impl LocalState {
    /// The state in a folder such as `.bursar/default`.
    pub fn open(
        folder: impl Into<PathBuf>,
        project: impl Into<String>,
        environment: Option<String>,
    ) -> Self {
        LocalState {
            folder: Folder::new(folder.into()),
            project: project.into(),
            environment,
        }
    }

    /// The same on a disk that is simulated.
    #[cfg(test)]
    pub(crate) fn open_on(
        disk: std::sync::Arc<dyn super::disk::Disk>,
        folder: impl Into<PathBuf>,
        project: &str,
    ) -> Self {
        LocalState {
            folder: Folder::on(folder.into(), disk),
            project: project.to_owned(),
            environment: None,
        }
    }

    /// Reads without locking.
    ///
    /// # Errors
    /// Damaged, of another version, of another project or environment, or not readable.
    pub fn read(&self) -> Result<Snapshot, StateError> {
        // The journal first: if it is folded in between, its serial gives it away.
        let journal = self.journal_text()?;
        let state = self.read_state()?;
        self.read_as(journal, state)
    }

    /// The state that a state file and the text of a journal make together.
    fn read_as(
        &self,
        journal: Option<Vec<u8>>,
        state: Option<StateFile>,
    ) -> Result<Snapshot, StateError> {
        let parsed = match &journal {
            Some(text) => self.parse_journal(text)?,
            None => None,
        };
        let (_, mut snapshot) = self.combine(state, parsed)?;
        if snapshot.journal_open {
            snapshot.at_work = self.at_work(journal.as_deref())?;
        }
        if snapshot.at_work.is_some() {
            // The journal will become a version of its own, which this is not.
            snapshot.serial -= 1;
        }
        Ok(snapshot)
    }

    /// The run that writes a journal, if it is not one that was left behind. One that was is on the
    /// disk for good when this returns: the version that is told of it is the one that locking makes,
    /// even if the power goes in between.
    fn at_work(&self, journal: Option<&[u8]>) -> Result<Option<AtWork>, StateError> {
        let running = self.folder.at_work();
        if running.is_some() {
            return Ok(running);
        }
        let is_there = self.folder.settle(JOURNAL)?;
        if is_there && self.journal_text()?.as_deref() == journal {
            return Ok(None);
        }
        // Someone has gone on meanwhile.
        Ok(Some(
            self.folder.at_work().unwrap_or(AtWork { holder: None }),
        ))
    }

    /// Takes the lock, and folds in what a run that was cut off has left.
    ///
    /// # Errors
    /// [`StateError::Locked`], or as [`LocalState::read`].
    pub fn lock(&self, holder: &Holder) -> Result<Locked, StateError> {
        let lock = self.take_lock(holder)?;
        let locked = self.fold_in(lock)?;
        self.folder.remove_journal()?;
        Ok(locked)
    }

    /// Takes the lock of the folder alone.
    pub(super) fn take_lock(&self, holder: &Holder) -> Result<Box<dyn Lock>, StateError> {
        self.folder.make()?;
        self.folder.take_lock(holder)
    }

    /// Writes what a run that was cut off has left as a version; its journal is still there.
    pub(super) fn fold_in(&self, lock: Box<dyn Lock>) -> Result<Locked, StateError> {
        let journal = self.read_journal()?;
        let state = self.read_state()?;
        let (head, snapshot) = self.combine(state, journal)?;
        let mut locked = Locked {
            state: self.clone(),
            _lock: lock,
            head,
            snapshot,
            begun: None,
        };
        if locked.snapshot.journal_open {
            locked.write()?;
        }
        Ok(locked)
    }

    /// As [`LocalState::read`], with a state file that is kept elsewhere and a journal's text that
    /// was read before it.
    pub(super) fn read_given(
        &self,
        journal: Option<Vec<u8>>,
        path: &Path,
        text: Option<&[u8]>,
    ) -> Result<Snapshot, StateError> {
        let state = text.map(|text| self.parse_state(path, text)).transpose()?;
        self.read_as(journal, state)
    }

    /// Earlier versions that are kept, newest first.
    pub fn backups(&self) -> Vec<PathBuf> {
        self.folder.backups()
    }

    pub(super) fn read_state(&self) -> Result<Option<StateFile>, StateError> {
        let Some(text) = self.folder.read_file(STATE)? else {
            return Ok(None);
        };
        self.parse_state(&self.folder.path(STATE), &text).map(Some)
    }

    /// Reads the text of a state file that stands at a path, or is said to.
    pub(super) fn parse_state(&self, path: &Path, text: &[u8]) -> Result<StateFile, StateError> {
        let version = serde_json::from_slice::<Version>(text)
            .map_err(|_| self.damaged_at(path, "is cut or not a state file"))?;
        Self::check_version(path, version.format_version)?;
        if !seal::is_whole_state(text) {
            return Err(self.damaged_at(path, "its checksum is wrong: it was cut or edited"));
        }
        let file = document::read(text).map_err(|what| self.damaged_at(path, &what))?;
        self.check_owner(path, &file.head)?;
        Ok(file)
    }

    pub(super) fn journal_text(&self) -> Result<Option<Vec<u8>>, StateError> {
        self.folder.read_file(JOURNAL)
    }

    pub(super) fn read_journal(&self) -> Result<Option<JournalFile>, StateError> {
        match self.journal_text()? {
            Some(text) => self.parse_journal(&text),
            None => Ok(None),
        }
    }

    fn parse_journal(&self, text: &[u8]) -> Result<Option<JournalFile>, StateError> {
        let journal = record::read(text).map_err(|what| self.damaged(JOURNAL, &what))?;
        if let Some(journal) = &journal {
            let path = self.folder.path(JOURNAL);
            Self::check_version(&path, journal.head.format_version)?;
            self.check_owner(&path, &journal.head)?;
        }
        Ok(journal)
    }

    /// Keeps a journal that no version was made of and none will be: another run has gone on since, and
    /// what this one did is written nowhere else.
    pub(super) fn set_journal_aside(&self) -> Result<(), StateError> {
        if let Some(journal) = self.read_journal()?
            && !journal.records.is_empty()
            && let Some(text) = self.journal_text()?
        {
            let name = format!("overtaken-{}.jsonl", journal.head.serial);
            self.folder.replace(&name, &text)?;
        }
        self.folder.remove_journal()
    }

    fn check_version(path: &Path, found: u64) -> Result<(), StateError> {
        if found == FORMAT {
            return Ok(());
        }
        Err(StateError::Version {
            path: path.to_owned(),
            found,
            known: FORMAT,
        })
    }

    fn check_owner(&self, path: &Path, head: &Head) -> Result<(), StateError> {
        if head.project == self.project && head.environment == self.environment {
            return Ok(());
        }
        Err(StateError::Foreign {
            path: path.to_owned(),
            found: owner(&head.project, head.environment.as_deref()),
            expected: owner(&self.project, self.environment.as_deref()),
        })
    }

    fn damaged(&self, name: &str, what: &str) -> StateError {
        self.damaged_at(&self.folder.path(name), what)
    }

    fn damaged_at(&self, path: &Path, what: &str) -> StateError {
        StateError::Damaged {
            path: path.to_owned(),
            what: what.to_owned(),
            backups: self.folder.backups(),
        }
    }

    /// The state with what its journal adds. The head is that of the state file, or of the journal
    /// that begins one.
    fn combine(
        &self,
        state: Option<StateFile>,
        journal: Option<JournalFile>,
    ) -> Result<(Option<Head>, Snapshot), StateError> {
        let (mut head, mut entries) = match state {
            Some(StateFile { head, entries }) => (Some(head), entries),
            None => (None, Entries::default()),
        };
        let mut serial = head.as_ref().map_or(0, |head| head.serial);
        let mut journal_open = false;
        if let Some(journal) = journal {
            if let Some(head) = &head
                && head.lineage != journal.head.lineage
            {
                return Err(self.damaged(
                    JOURNAL,
                    "belongs to another state than `state.json`; move it away if that one is right",
                ));
            }
            if journal.head.serial > serial {
                return Err(self.damaged(
                    JOURNAL,
                    &format!(
                        "builds on version {} of the state, and `state.json` is version {serial}; put version {} back, or move the journal away",
                        journal.head.serial, journal.head.serial
                    ),
                ));
            }
            // One for an earlier version was folded already, and the crash came before its removal.
            if journal.head.serial == serial && !journal.records.is_empty() {
                journal_open = true;
                serial += 1;
                fold(&mut entries, journal.records);
                head.get_or_insert(journal.head);
            }
        }
        let Entries { base, digests } = entries;
        let snapshot = Snapshot {
            target: head.as_ref().map(|head| head.target.clone()),
            lineage: head.as_ref().map(|head| head.lineage.clone()),
            serial,
            base,
            digests,
            journal_open,
            at_work: None,
        };
        Ok((head, snapshot))
    }
}

impl Locked {
    /// What was last applied, as of taking the lock.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Begins the journal of an apply.
    ///
    /// # Errors
    /// [`StateError::Stale`] if the plan is not for this version and target; the file system.
    pub fn begin(&mut self, start: Start) -> Result<Journal, StateError> {
        self.check_plan(&start)?;
        let head = self.next_head(&start);
        let path = self.state.folder.path(JOURNAL);
        let (line, chain) = Chain::open(&head, &start.plan)
            .map_err(|error| StateError::io(&path, "cannot be written", error.into()))?;
        let tail = self.state.folder.replace(JOURNAL, line.as_bytes())?;
        self.begun = Some(head);
        Journal::start(&path, tail, chain)
    }

    /// Ends an apply, a failed one too: folds the journal into a new version. Intents of earlier
    /// runs are settled by then, except at addresses with steps that were `unfinished`. Gives the
    /// serial.
    ///
    /// # Errors
    /// The file system. The journal is still there, and the next run folds it.
    pub fn commit(
        &mut self,
        journal: Journal,
        unfinished: &BTreeSet<Address>,
    ) -> Result<u64, StateError> {
        let serial = self.fold(journal, unfinished, Closing::IfChanged)?;
        self.state.folder.remove_journal()?;
        Ok(serial)
    }

    /// As [`Locked::commit`], and the journal is still there.
    pub(super) fn fold(
        &mut self,
        journal: Journal,
        unfinished: &BTreeSet<Address>,
        closing: Closing,
    ) -> Result<u64, StateError> {
        // Waits for the writer.
        drop(journal);
        let Some(head) = self.begun.take() else {
            return Ok(self.snapshot.serial);
        };
        let before = self.snapshot.base.open_intents.len();
        self.snapshot
            .base
            .open_intents
            .retain(|intent| unfinished.contains(&intent.address));
        let is_settled = self.snapshot.base.open_intents.len() != before;
        let records = self
            .state
            .read_journal()?
            .map(|journal| journal.records)
            .unwrap_or_default();
        if closing == Closing::Always || is_settled || !records.is_empty() {
            let mut entries = Entries {
                base: std::mem::take(&mut self.snapshot.base),
                digests: std::mem::take(&mut self.snapshot.digests),
            };
            fold(&mut entries, records);
            self.snapshot.base = entries.base;
            self.snapshot.digests = entries.digests;
            self.snapshot.serial += 1;
            self.snapshot.target = Some(head.target.clone());
            self.snapshot.lineage = Some(head.lineage.clone());
            self.head.get_or_insert(head);
            self.write()?;
        }
        Ok(self.snapshot.serial)
    }

    /// Takes in changes of the state alone, as one new version. Gives the serial.
    ///
    /// # Errors
    /// The file system, or another version is in place.
    pub fn record(&mut self, changes: Vec<(Address, Effect)>) -> Result<u64, StateError> {
        let mut entries = Entries {
            base: std::mem::take(&mut self.snapshot.base),
            digests: std::mem::take(&mut self.snapshot.digests),
        };
        for (address, effect) in changes {
            entries.apply(&address, effect);
        }
        self.snapshot.base = entries.base;
        self.snapshot.digests = entries.digests;
        self.snapshot.serial += 1;
        self.write()?;
        Ok(self.snapshot.serial)
    }

    /// The head of the version that a plan makes.
    pub(super) fn next_head(&self, start: &Start) -> Head {
        Head {
            format_version: FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            project: self.state.project.clone(),
            environment: self.state.environment.clone(),
            target: start.target.clone(),
            lineage: self
                .snapshot
                .lineage
                .clone()
                .unwrap_or_else(|| start.new_lineage.clone()),
            serial: start.serial,
        }
    }

    pub(super) fn check_plan(&self, start: &Start) -> Result<(), StateError> {
        let Start {
            target,
            lineage,
            serial,
            new_lineage: _,
            plan: _,
        } = start;
        let (lineage, serial) = (lineage.as_deref(), *serial);
        let stale = |planned: String, found: String| Err(StateError::Stale { planned, found });
        if let Some(known) = &self.snapshot.target
            && known != target
        {
            return stale(place(target), place(known));
        }
        if lineage != self.snapshot.lineage.as_deref() {
            return stale(
                lineage_text(lineage),
                lineage_text(self.snapshot.lineage.as_deref()),
            );
        }
        if serial != self.snapshot.serial {
            return stale(
                format!("version {serial} of the state"),
                format!("version {}", self.snapshot.serial),
            );
        }
        Ok(())
    }

    /// Writes the snapshot as the next version.
    pub(super) fn write(&mut self) -> Result<(), StateError> {
        let path = self.state.folder.path(STATE);
        let found = self.serial_on_disk()?;
        let serial = self.snapshot.serial;
        let Some(head) = self.head.as_mut() else {
            return Ok(());
        };
        if found + 1 != serial {
            return Err(StateError::Stale {
                planned: format!("version {} of the state", serial.saturating_sub(1)),
                found: format!("version {found}"),
            });
        }
        head.serial = serial;
        env!("CARGO_PKG_VERSION").clone_into(&mut head.tool_version);
        let entries = Entries {
            base: std::mem::take(&mut self.snapshot.base),
            digests: std::mem::take(&mut self.snapshot.digests),
        };
        let text = document::write(head, &entries);
        self.snapshot.base = entries.base;
        self.snapshot.digests = entries.digests;
        let text =
            text.map_err(|error| StateError::io(&path, "cannot be written", error.into()))?;
        if found > 0 {
            self.state.folder.back_up(found)?;
        }
        self.state.folder.replace(STATE, text.as_bytes())?;
        Ok(())
    }

    /// The serial of the file as it is now: someone may have put a backup in its place.
    fn serial_on_disk(&self) -> Result<u64, StateError> {
        #[derive(Deserialize)]
        struct Serial {
            serial: u64,
        }
        match self.state.folder.read_file(STATE)? {
            None => Ok(0),
            Some(text) => serde_json::from_slice::<Serial>(&text)
                .map(|head| head.serial)
                .map_err(|_| self.state.damaged(STATE, "is cut or not a state file")),
        }
    }
}

/// Whether an apply that did nothing makes a version all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// Only if something was done or settled.
    IfChanged,
    /// Always: an opened version is to be closed.
    Always,
}

/// Applies records in order; intents without an outcome stay open.
pub(super) fn fold(entries: &mut Entries, records: Vec<Record>) {
    let mut open: BTreeMap<u32, OpenIntent> = BTreeMap::new();
    for record in records {
        match record {
            Record::Intent(intent) => {
                open.insert(intent.step, intent.into());
            }
            Record::Done {
                step,
                address,
                effect,
            } => {
                open.remove(&step);
                entries.apply(&address, effect);
            }
            Record::Failed {
                step,
                address: _,
                in_doubt,
                message: _,
            } => {
                if !in_doubt {
                    open.remove(&step);
                }
            }
        }
    }
    for intent in open.into_values() {
        entries.leave_open(intent);
    }
}

fn owner(project: &str, environment: Option<&str>) -> String {
    match environment {
        Some(environment) => format!("project `{project}`, environment `{environment}`"),
        None => format!("project `{project}` without environment"),
    }
}

fn place(target: &Target) -> String {
    let Target {
        provider,
        url,
        account,
    } = target;
    format!("{provider} at {url}, account {account}")
}

fn lineage_text(lineage: Option<&str>) -> String {
    match lineage {
        Some(lineage) => format!("the state {lineage}"),
        None => "a project without state".to_owned(),
    }
}
