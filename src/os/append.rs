//! A file that only grows.

use super::write::WriteFileError;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A file to which lines are added.
#[derive(Debug)]
pub struct AppendFile {
    path: PathBuf,
    file: File,
}

impl AppendFile {
    /// Opens a file to add to it; makes it, and the folders above it, if it is missing.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn open(path: &Path) -> Result<Self, WriteFileError> {
        let fail = |source| WriteFileError {
            path: path.display().to_string(),
            source,
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        // What was changed, by whom, is not everybody's business.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(fail)?;
        Ok(AppendFile {
            path: path.to_owned(),
            file,
        })
    }

    /// Adds text in one write, so that lines of two processes do not mix.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&self, text: &str) -> Result<(), WriteFileError> {
        (&self.file)
            .write_all(text.as_bytes())
            .map_err(|source| WriteFileError {
                path: self.path.display().to_string(),
                source,
            })
    }
}
