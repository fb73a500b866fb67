//! What all processes of a history share: the platform, the disk, the weather, and the judge.

use super::disk::Media;
use super::history::{Mischief, Weather};
use super::platform::Platform;
use super::violation::{Planted, Violation};
use crate::model::{Address, BaseState, DesiredState};
use crate::plan::Plan;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// The world of one history.
#[derive(Debug)]
pub(super) struct World {
    pub(super) media: Arc<Media>,
    pub(super) planted: Option<Planted>,
    /// Whether what happens is written down.
    is_told: bool,
    start: Instant,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) platform: Platform,
    pub(super) weather: Weather,
    /// What strikes which request of the round.
    pub(super) mischief: BTreeMap<u32, Mischief>,
    /// Requests in this round.
    pub(super) requests: u32,
    /// Requests of this minute, for the platform's limit: which minute, how many.
    pub(super) window: (u64, u32),
    /// Until when every request is told to wait, in milliseconds.
    pub(super) storm_until_ms: u64,
    pub(super) violations: BTreeSet<Violation>,
    pub(super) counts: BTreeMap<&'static str, u64>,
    /// What happened, line by line.
    pub(super) told: Vec<String>,
    /// What people have noted in fields that nobody manages, by kind and id.
    pub(super) notes: BTreeMap<(String, i64), serde_json::Value>,
    /// Objects that acted until people put them to rest, and no run has written since.
    pub(super) rested: BTreeSet<(String, i64)>,
    /// The versions of the state that runs were given, by lineage and serial: a digest of the content.
    pub(super) versions: BTreeMap<(String, u64), u64>,
    /// Objects that people have made: their whole bodies.
    pub(super) strangers: BTreeMap<(String, i64), super::platform::Body>,
}

impl World {
    pub(super) fn new(planted: Option<Planted>, is_told: bool) -> Arc<Self> {
        let media = Arc::new(Media::default());
        match planted {
            Some(Planted::LockKeepsNobodyOut) => media.ignore_locks(),
            Some(Planted::SyncDoesNothing) => media.ignore_syncs(),
            Some(Planted::BelievesUnsynced) => media.ignore_readers(),
            Some(_) | None => {}
        }
        Arc::new(World {
            media,
            planted,
            is_told,
            start: Instant::now(),
            inner: Mutex::default(),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The simulated time.
    pub(super) fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn plants(&self, planted: Planted) -> bool {
        self.planted == Some(planted)
    }

    /// Writes down what happens, if somebody wants to know.
    pub(super) fn tell(&self, what: impl FnOnce() -> String) {
        if self.is_told {
            let line = format!("{:>7} {}", self.now_ms(), what());
            self.lock().told.push(line);
        }
    }

    /// Writes down what must not be.
    pub(super) fn accuse(&self, violation: Violation) {
        self.lock().violations.insert(violation);
    }
}

impl Inner {
    pub(super) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }
}

/// One run of the program.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) id: u32,
    /// Whether it may write at all.
    pub(super) is_plan: bool,
    pub(super) desired: Arc<DesiredState>,
    dead: AtomicBool,
    inner: Mutex<Memory>,
}

/// What the judge knows of a process.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Operations on the disk that are left, if it dies at one, and what decides how.
    disk_operations_left: Option<(u32, u64)>,
    /// What it carries out, and what the plan was made from.
    pub(super) work: Option<(Plan, BaseState)>,
    /// The objects that it has made, by address.
    pub(super) made: BTreeMap<Address, i64>,
    /// Nothing may be sent before, in milliseconds.
    pub(super) not_before_ms: u64,
}

impl Process {
    pub(super) fn new(
        id: u32,
        is_plan: bool,
        desired: Arc<DesiredState>,
        dies_at_disk: Option<(u32, u64)>,
    ) -> Arc<Self> {
        Arc::new(Process {
            id,
            is_plan,
            desired,
            dead: AtomicBool::new(false),
            inner: Mutex::new(Memory {
                disk_operations_left: dies_at_disk,
                ..Memory::default()
            }),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Memory> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn kill(&self) {
        self.dead.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Counts an operation on the disk; if the process dies in it, what decides how far it comes.
    pub(super) fn dies_at_disk(&self) -> Option<fastrand::Rng> {
        let mut memory = self.lock();
        let (left, seed) = memory.disk_operations_left.as_mut()?;
        if *left > 0 {
            *left -= 1;
            return None;
        }
        let random = fastrand::Rng::with_seed(*seed);
        drop(memory);
        self.kill();
        Some(random)
    }
}
