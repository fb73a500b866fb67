//! Writing files that the user asked for.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be written")]
pub struct WriteFileError {
    /// The file as it was named.
    pub path: String,
    /// Why.
    pub source: std::io::Error,
}

/// Writes a file that does not exist yet, with the folders above it. `false`: it exists and stays as
/// it is.
///
/// # Errors
/// It cannot be written.
pub fn write_new(path: &Path, text: &str) -> Result<bool, WriteFileError> {
    let fail = |source| WriteFileError {
        path: path.display().to_string(),
        source,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(fail(error)),
    };
    file.write_all(text.as_bytes()).map_err(fail)?;
    Ok(true)
}

/// Writes a file whole or not at all, with the folders above it, in the place of what was there.
///
/// # Errors
/// It cannot be written.
pub fn write_over(path: &Path, text: &str) -> Result<(), WriteFileError> {
    let fail = |source| WriteFileError {
        path: path.display().to_string(),
        source,
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(fail)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_writes_over_what_is_there_unless_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/a.txt");
        assert!(write_new(&path, "one").unwrap());
        assert!(!write_new(&path, "two").unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        write_over(&path, "three").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
    }
}
