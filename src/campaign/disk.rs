//! The simulated disk: what was synced outlives a power cut, what was written outlives a kill, and a
//! kill may come in the middle of any operation.

use super::world::Process;
use crate::state::{Disk, Lock, NotLocked, Tail};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a sync takes, in simulated time.
const SYNC: Duration = Duration::from_millis(4);

/// A disk that outlives processes.
#[derive(Debug, Default)]
pub(super) struct Media(Mutex<Content>);

#[derive(Debug, Default)]
struct Content {
    files: BTreeMap<PathBuf, Stored>,
    /// Who holds which lock, and what stands in its file.
    locks: BTreeMap<PathBuf, (u32, Vec<u8>)>,
    generation: u64,
    /// Whether locks keep nobody out: a planted fault.
    ignores_locks: bool,
    /// Whether syncs do nothing: a planted fault.
    ignores_syncs: bool,
    /// Whether only a writer's syncs do something: a planted fault.
    ignores_readers: bool,
}

#[derive(Clone, Debug)]
struct Stored {
    text: Vec<u8>,
    /// How much of it would outlive a power cut.
    durable: usize,
    generation: u64,
}

impl Media {
    fn lock(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plants: locks keep nobody out.
    pub(super) fn ignore_locks(&self) {
        self.lock().ignores_locks = true;
    }

    /// Plants: a sync returns and has done nothing.
    pub(super) fn ignore_syncs(&self) {
        self.lock().ignores_syncs = true;
    }

    /// Plants: a sync by who only reads returns and has done nothing.
    pub(super) fn ignore_readers(&self) {
        self.lock().ignores_readers = true;
    }

    /// The power goes: what was not synced is there up to some byte.
    pub(super) fn lose_power(&self, random: &mut fastrand::Rng) {
        for stored in self.lock().files.values_mut() {
            let kept = random.usize(stored.durable..=stored.text.len());
            stored.text.truncate(kept);
            stored.durable = kept;
        }
    }

    /// What would outlive a power cut.
    pub(super) fn durable(&self, path: &Path) -> Vec<u8> {
        let content = self.lock();
        let stored = content.files.get(path);
        stored.map_or_else(Vec::new, |stored| {
            stored
                .text
                .get(..stored.durable)
                .unwrap_or_default()
                .to_vec()
        })
    }

    /// A copy of the disk as it is, so that who looks at it changes nothing.
    pub(super) fn copied(&self) -> Media {
        let content = self.lock();
        Media(Mutex::new(Content {
            files: content.files.clone(),
            ..Content::default()
        }))
    }

    /// The disk as it would be after a power cut at the worst moment: of each file what was synced.
    pub(super) fn what_lasts(&self) -> Media {
        let content = self.lock();
        let files = content.files.iter().map(|(path, stored)| {
            let mut stored = stored.clone();
            stored.text.truncate(stored.durable);
            (path.clone(), stored)
        });
        Media(Mutex::new(Content {
            files: files.collect(),
            ..Content::default()
        }))
    }

    /// Puts a file there, as if by hand.
    pub(super) fn put(&self, path: &Path, text: Vec<u8>) {
        self.lock().put(path, text);
    }

    pub(super) fn text(&self, path: &Path) -> Option<Vec<u8>> {
        self.lock()
            .files
            .get(path)
            .map(|stored| stored.text.clone())
    }

    /// Which process holds the lock.
    pub(super) fn holder(&self) -> Option<u32> {
        self.lock()
            .locks
            .values()
            .next()
            .map(|(process, _)| *process)
    }
}

impl Content {
    fn put(&mut self, path: &Path, text: Vec<u8>) -> u64 {
        self.generation += 1;
        let stored = Stored {
            durable: text.len(),
            text,
            generation: self.generation,
        };
        self.files.insert(path.to_owned(), stored);
        self.generation
    }
}

/// The disk as one process sees it.
#[derive(Debug)]
pub(super) struct View {
    pub(super) media: Arc<Media>,
    pub(super) process: Arc<Process>,
}

impl View {
    /// Counts an operation; whether the process dies in the middle of it.
    fn begin(&self) -> io::Result<Option<fastrand::Rng>> {
        if self.process.is_dead() {
            return Err(dead());
        }
        Ok(self.process.dies_at_disk())
    }
}

fn dead() -> io::Error {
    io::Error::other("the process was killed")
}

impl Disk for View {
    fn make_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if self.process.is_dead() {
            return Err(dead());
        }
        let text = self.media.text(path);
        text.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn replace(&self, path: &Path, text: &[u8]) -> io::Result<Box<dyn Tail>> {
        if let Some(mut random) = self.begin()? {
            if random.bool() {
                self.media.put(path, text.to_vec());
            }
            return Err(dead());
        }
        let generation = self.media.lock().put(path, text.to_vec());
        Ok(Box::new(End {
            media: Arc::clone(&self.media),
            process: Arc::clone(&self.process),
            path: path.to_owned(),
            generation,
        }))
    }

    fn settle(&self, path: &Path) -> io::Result<()> {
        if self.process.is_dead() {
            return Err(dead());
        }
        let mut content = self.media.lock();
        let ignores = content.ignores_syncs || content.ignores_readers;
        let stored = content.files.get_mut(path);
        let stored = stored.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        if !ignores {
            stored.durable = stored.text.len();
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let dying = self.begin()?;
        if dying.is_none_or(|mut random| random.bool()) {
            self.media.lock().files.remove(path);
        }
        if self.process.is_dead() {
            return Err(dead());
        }
        Ok(())
    }

    fn keep(&self, path: &Path, copy: &Path) -> io::Result<()> {
        let dying = self.begin()?;
        let text = self.media.text(path);
        let text = text.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        if dying.is_none_or(|mut random| random.bool()) {
            self.media.put(copy, text);
        }
        if self.process.is_dead() {
            return Err(dead());
        }
        Ok(())
    }

    fn names(&self, folder: &Path) -> Vec<String> {
        let content = self.media.lock();
        let within = content
            .files
            .keys()
            .filter(|path| path.parent() == Some(folder));
        within
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect()
    }

    fn lock(&self, path: &Path, holder: &[u8]) -> Result<Box<dyn Lock>, NotLocked> {
        if self.process.is_dead() {
            return Err(dead().into());
        }
        let mut content = self.media.lock();
        if let Some((_, text)) = content.locks.get(path)
            && !content.ignores_locks
        {
            return Err(NotLocked::Held(text.clone()));
        }
        let entry = (self.process.id, holder.to_vec());
        content.locks.insert(path.to_owned(), entry);
        Ok(Box::new(Held {
            media: Arc::clone(&self.media),
            path: path.to_owned(),
            process: self.process.id,
        }))
    }

    fn holder(&self, path: &Path) -> Option<Vec<u8>> {
        let content = self.media.lock();
        content.locks.get(path).map(|(_, text)| text.clone())
    }
}

/// The end of a simulated file.
#[derive(Debug)]
struct End {
    media: Arc<Media>,
    process: Arc<Process>,
    path: PathBuf,
    generation: u64,
}

impl Tail for End {
    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        if self.process.is_dead() {
            return Err(dead());
        }
        let torn = self.process.dies_at_disk();
        let is_torn = torn.is_some();
        let length = torn.map_or(text.len(), |mut random| random.usize(0..=text.len()));
        let mut content = self.media.lock();
        let stored = content.files.get_mut(&self.path);
        if let Some(stored) = stored.filter(|stored| stored.generation == self.generation) {
            stored
                .text
                .extend_from_slice(text.get(..length).unwrap_or(text));
        }
        if is_torn { Err(dead()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.process.is_dead() {
            return Err(dead());
        }
        let mut content = self.media.lock();
        let ignores = content.ignores_syncs;
        let stored = content.files.get_mut(&self.path);
        if let Some(stored) = stored.filter(|it| it.generation == self.generation && !ignores) {
            stored.durable = stored.text.len();
        }
        Ok(())
    }

    fn pause(&self) -> Option<Duration> {
        Some(SYNC)
    }
}

/// A lock that goes with its process.
#[derive(Debug)]
struct Held {
    media: Arc<Media>,
    path: PathBuf,
    process: u32,
}

impl Lock for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        let mut content = self.media.lock();
        if content
            .locks
            .get(&self.path)
            .is_some_and(|(holder, _)| *holder == self.process)
        {
            content.locks.remove(&self.path);
        }
    }
}
