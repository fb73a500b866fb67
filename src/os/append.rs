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
        // A pipe that nobody reads would be waited for without end.
        if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            let why = "it is no regular file";
            return Err(fail(std::io::Error::other(why)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        assert!(AppendFile::open(folder.path()).is_err());
        let file = folder.path().join("a/lines.jsonl");
        AppendFile::open(&file).unwrap().add("one\n").unwrap();
        AppendFile::open(&file).unwrap().add("two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\ntwo\n");
        #[cfg(unix)]
        {
            let pipe = folder.path().join("pipe");
            let made = std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.unwrap().success());
            let error = AppendFile::open(&pipe).unwrap_err();
            assert!(error.source.to_string().contains("no regular file"));
        }
    }
}
