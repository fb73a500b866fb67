//! The file system as a state uses it: a seam, so that crashes can be simulated beneath it.

mod files;

pub(super) use files::Files;

use std::fmt;
use std::io;
use std::path::Path;

/// What a state needs of a file system. What has returned is on the disk for good, but for what
/// stands in a [`Tail`] and was not synced.
pub(crate) trait Disk: fmt::Debug + Send + Sync {
    /// Makes a folder and those above it, if they are missing.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;

    /// A whole file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Puts a file in place of another, so that one of the two is there at any instant.
    fn replace(&self, path: &Path, text: &[u8]) -> io::Result<Box<dyn Tail>>;

    /// Returns once what stands in a file is on the disk, whoever wrote it.
    fn settle(&self, path: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Gives a file a second name, or copies it; what had that name is gone.
    fn keep(&self, path: &Path, copy: &Path) -> io::Result<()>;

    /// The names in a folder; none if it cannot be read.
    fn names(&self, folder: &Path) -> Vec<String>;

    /// Takes a lock and writes into its file who holds it. The lock goes with what is given, and
    /// with the process.
    fn lock(&self, path: &Path, holder: &[u8]) -> Result<Box<dyn Lock>, NotLocked>;

    /// Whether some run holds a lock at this instant: what its file says of the holder, empty if that
    /// cannot be read.
    fn holder(&self, path: &Path) -> Option<Vec<u8>>;
}

/// The end of a file, where more may be written.
pub(crate) trait Tail: fmt::Debug + Send {
    /// Writes on.
    fn write(&mut self, text: &[u8]) -> io::Result<()>;

    /// Returns once everything written is on the disk.
    fn sync(&mut self) -> io::Result<()>;

    /// How long a simulated disk takes for a sync, in simulated time.
    #[cfg(test)]
    fn pause(&self) -> Option<std::time::Duration> {
        None
    }
}

/// A lock that is held.
pub(crate) trait Lock: fmt::Debug + Send + Sync {}

/// Why a lock is not held.
#[derive(Debug)]
pub(crate) enum NotLocked {
    /// Someone else holds it; what their file says.
    Held(Vec<u8>),
    /// The file system refused.
    Io(io::Error),
}

impl From<io::Error> for NotLocked {
    fn from(error: io::Error) -> Self {
        NotLocked::Io(error)
    }
}
