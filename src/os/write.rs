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

/// Writes a file whole or not at all, with the folders above it, in the place of what was there: who may
/// read and write it stays as it was. What a link leads to is written and the link stays; a device or a
/// pipe is written to.
///
/// # Errors
/// It cannot be written.
pub fn write_over(path: &Path, text: &str) -> Result<(), WriteFileError> {
    let fail = |source| WriteFileError {
        path: path.display().to_string(),
        source,
    };
    std::fs::create_dir_all(folder_of(path)).map_err(fail)?;
    match std::fs::metadata(path) {
        Ok(there) if !there.is_file() && !there.is_dir() => OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(fail),
        Ok(_) => {
            let path = path.canonicalize().map_err(fail)?;
            put(&path, text, Fresh::Shared).map_err(fail)
        }
        Err(_) => put(path, text, Fresh::Shared).map_err(fail),
    }
}

/// Writes a file whole, in a folder that must be there. What is there already is only replaced if it
/// is an ordinary file that `ours` knows.
///
/// # Errors
/// It cannot be written, or something else stands there.
pub fn write_own(
    path: &Path,
    text: &str,
    ours: impl Fn(&str) -> bool,
) -> Result<(), WriteFileError> {
    let fail = |source| WriteFileError {
        path: path.display().to_string(),
        source,
    };
    let taken = |by: &str| {
        let why = format!("{by} is there, and it is not written over");
        fail(std::io::Error::new(ErrorKind::AlreadyExists, why))
    };
    // A pipe would block, a device never end, and what a link leads to is somebody else's.
    match path.symlink_metadata() {
        Ok(there) if there.is_symlink() => return Err(taken("a link")),
        Ok(there) if there.is_dir() => return Err(taken("a folder")),
        Ok(there) if !there.is_file() => return Err(taken("no ordinary file")),
        Ok(_) | Err(_) => {}
    }
    match std::fs::read(path) {
        Ok(there) if !ours(&String::from_utf8_lossy(&there)) => {
            return Err(taken("something else"));
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
    }
    put(path, text, Fresh::Private).map_err(fail)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// Who may read a file that was not there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fresh {
    /// Whoever may read what this user makes.
    Shared,
    /// This user alone.
    Private,
}

/// Puts a file in place of what is there, with the rights that it had.
fn put(path: &Path, text: &str, fresh: Fresh) -> std::io::Result<()> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let shared = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    if fresh == Fresh::Shared {
        // The system takes away what the user's mask says.
        builder.permissions(shared);
    }
    #[cfg(not(unix))]
    let _ = fresh;
    let mut file = builder.tempfile_in(folder_of(path))?;
    if let Ok(there) = std::fs::metadata(path) {
        file.as_file().set_permissions(there.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Why new files were not written. None was.
#[derive(Debug, thiserror::Error)]
pub enum NewFilesError {
    /// Something stands there already.
    #[error("{0} exists already")]
    Exists(String),
    /// It would not be inside of the project.
    #[error("{0} would lie outside of the project")]
    Outside(String),
    /// The system refuses.
    #[error(transparent)]
    System(#[from] WriteFileError),
}

/// Writes new files below a folder, all or none of them: paths with `/` between names.
///
/// # Errors
/// One exists already, would lie outside of the folder, or cannot be written.
pub fn write_new_files(folder: &Path, files: &[(&str, &str)]) -> Result<(), NewFilesError> {
    for (relative, _) in files {
        let path = folder.join(relative);
        let above = path
            .ancestors()
            .skip(1)
            .find_map(|it| it.canonicalize().ok());
        if !above.is_some_and(|above| above.starts_with(folder)) {
            return Err(NewFilesError::Outside((*relative).to_owned()));
        }
        if path.symlink_metadata().is_ok() {
            return Err(NewFilesError::Exists((*relative).to_owned()));
        }
    }
    for (at, (relative, text)) in files.iter().enumerate() {
        let failed = match write_new(&folder.join(relative), text) {
            Ok(true) => continue,
            Ok(false) => NewFilesError::Exists((*relative).to_owned()),
            Err(error) => NewFilesError::System(error),
        };
        for (written, _) in files.iter().take(at) {
            // What cannot be taken back is at least told: the error names where it stopped.
            let _ = std::fs::remove_file(folder.join(written));
        }
        return Err(failed);
    }
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

    #[cfg(unix)]
    #[test]
    fn who_may_read_a_file_stays_as_it_was() {
        use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        for wanted in [0o664, 0o600, 0o444] {
            std::fs::write(at("a"), "one").unwrap();
            let rights = std::fs::Permissions::from_mode(wanted);
            std::fs::set_permissions(at("a"), rights).unwrap();
            write_over(&at("a"), "two").unwrap();
            assert_eq!(mode(&at("a")), wanted);
            assert_eq!(std::fs::read_to_string(at("a")).unwrap(), "two");
            std::fs::remove_file(at("a")).unwrap();
        }
        // A new one is as any other program would make it; one of bursar's own is private.
        std::fs::write(at("other"), "").unwrap();
        write_over(&at("new"), "x").unwrap();
        assert_eq!(mode(&at("new")), mode(&at("other")));
        write_own(&at("own"), "x", |_| true).unwrap();
        assert_eq!(mode(&at("own")), 0o600);
        // A link stays one; a pipe is no file that could be replaced.
        std::os::unix::fs::symlink("new", at("link")).unwrap();
        write_over(&at("link"), "y").unwrap();
        assert!(at("link").symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(at("new")).unwrap(), "y");
        let made = std::process::Command::new("mkfifo")
            .arg(at("pipe"))
            .status();
        assert!(made.unwrap().success());
        let (pipe, reader) = (at("pipe"), at("pipe"));
        let reader = std::thread::spawn(move || std::fs::read_to_string(reader));
        write_over(&pipe, "through").unwrap();
        assert_eq!(reader.join().unwrap().unwrap(), "through");
        assert!(pipe.metadata().unwrap().file_type().is_fifo());
    }

    #[test]
    fn writes_over_its_own_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.txt");
        let ours = |text: &str| text.starts_with("ours");
        write_own(&path, "ours: 1", ours).unwrap();
        write_own(&path, "ours: 2", ours).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "ours: 2");
        // Neither a link to one of its own, nor one that leads nowhere.
        for (name, target) in [("link", "own.txt"), ("lost", "none.txt")] {
            let link = folder.path().join(name);
            std::os::unix::fs::symlink(target, &link).unwrap();
            let refused = write_own(&link, "ours: 3", ours).unwrap_err();
            assert!(refused.source.to_string().contains("a link"), "{refused:?}");
            assert!(link.is_symlink());
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "ours: 2");
        assert!(!folder.path().join("none.txt").exists());
        std::fs::write(&path, "theirs").unwrap();
        for there in [path.as_path(), folder.path(), Path::new("/dev/null")] {
            let refused = write_own(there, "ours: 4", ours).unwrap_err();
            assert_eq!(refused.source.kind(), ErrorKind::AlreadyExists, "{there:?}");
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
        let nowhere = folder.path().join("none/own.txt");
        assert!(write_own(&nowhere, "ours: 5", ours).is_err());
    }

    #[test]
    fn new_files_are_written_all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        write_new_files(&root, &[("a/one.yaml", "1"), ("two.yaml", "2")]).unwrap();
        let again = write_new_files(&root, &[("a/new.yaml", "1"), ("two.yaml", "3")]);
        assert!(matches!(again, Err(NewFilesError::Exists(path)) if path == "two.yaml"));
        assert!(!root.join("a/new.yaml").exists());
        assert_eq!(std::fs::read_to_string(root.join("two.yaml")).unwrap(), "2");
        let outside = write_new_files(&root, &[("../x.yaml", "1")]);
        assert!(matches!(outside, Err(NewFilesError::Outside(_))));
    }
}
