//! The real file system.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the file system's side of the state"
)]

use super::{Disk, Lock, NotLocked, Tail};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

/// How often a lock is tried, since a reader may hold it for an instant.
const LOCK_TRIES: usize = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(10);
/// The most that is read of one file; no state or journal comes near it.
const MOST_BYTES: u64 = 1 << 30;
/// No holder says more.
const MOST_HOLDER_BYTES: u64 = 16 * 1024;

/// The machine's own files.
#[derive(Debug)]
pub(in crate::state) struct Files;

impl Disk for Files {
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = File::open(path)?;
        let mut text = Vec::new();
        file.take(MOST_BYTES + 1).read_to_end(&mut text)?;
        if text.len() as u64 > MOST_BYTES {
            let why = format!("it is larger than {MOST_BYTES} bytes");
            return Err(io::Error::new(ErrorKind::FileTooLarge, why));
        }
        Ok(text)
    }

    fn replace(&self, path: &Path, text: &[u8]) -> io::Result<Box<dyn Tail>> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text)?;
        file.as_file().sync_all()?;
        let file = file.persist(path).map_err(|error| error.error)?;
        sync_folder(folder)?;
        Ok(Box::new(file))
    }

    fn settle(&self, path: &Path) -> io::Result<()> {
        // Windows syncs only what may be written.
        let file = OpenOptions::new()
            .read(true)
            .write(cfg!(windows))
            .open(path)?;
        file.sync_all()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)?;
        sync_folder(path.parent().unwrap_or(Path::new("")))
    }

    fn keep(&self, path: &Path, copy: &Path) -> io::Result<()> {
        match fs::remove_file(copy) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        if fs::hard_link(path, copy).is_err() {
            fs::copy(path, copy)?;
        }
        Ok(())
    }

    fn names(&self, folder: &Path) -> Vec<String> {
        fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect()
    }

    fn lock(&self, path: &Path, holder: &[u8]) -> Result<Box<dyn Lock>, NotLocked> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => {
                    file.set_len(0)?;
                    file.rewind()?;
                    file.write_all(holder)?;
                    return Ok(Box::new(Held(file)));
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
        Err(NotLocked::Held(named_in(file)))
    }

    fn holder(&self, path: &Path) -> Option<Vec<u8>> {
        let file = File::open(path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(named_in(file)),
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    }
}

/// What a lock's file says of the holder. Who cannot be read is not named.
fn named_in(file: File) -> Vec<u8> {
    let mut text = Vec::new();
    let _ = file.take(MOST_HOLDER_BYTES).read_to_end(&mut text);
    text
}

impl Tail for File {
    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        self.write_all(text)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// A lock of the operating system, which frees it when the file closes.
#[derive(Debug)]
struct Held(File);

impl Lock for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        // That no one is named any more is a courtesy.
        let _ = self.0.set_len(0);
    }
}

/// Makes renames and removals in the folder durable. Windows does that by itself.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all())?;
    }
    Ok(())
}
