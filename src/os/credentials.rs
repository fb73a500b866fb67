//! Credentials, from environment variables or from files that those name.

use crate::model::Secret;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// What a platform asks who we are.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `BURSAR_TOKEN`; `None` if unset.
    pub token: Option<Secret>,
    /// `BURSAR_ACCOUNT`; `None` if unset.
    pub account: Option<Secret>,
}

/// Why credentials cannot be had. The text never holds any of them.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The variable's value is not UTF-8.
    #[error("the value of {0} is not UTF-8")]
    NotText(&'static str),
    /// The file that a variable names cannot be read.
    #[error("the file that {variable} names cannot be read: {path}")]
    File {
        /// The variable.
        variable: &'static str,
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The file is empty, too large or not text.
    #[error("the file that {variable} names does not hold one line of text: {path}")]
    Content {
        /// The variable.
        variable: &'static str,
        /// The file.
        path: String,
    },
    /// A value and a file are given.
    #[error("{0} and {1} are both set")]
    Both(&'static str, &'static str),
}

/// The most bytes of a file that holds a credential.
const MOST_BYTES: u64 = 64 * 1024;
/// How long a file that holds a credential may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads `BURSAR_TOKEN` and `BURSAR_ACCOUNT`, or the files that `BURSAR_TOKEN_FILE` and
/// `BURSAR_ACCOUNT_FILE` name. An empty variable counts as unset.
///
/// # Errors
/// See [`CredentialsError`].
pub fn credentials() -> Result<Credentials, CredentialsError> {
    Ok(Credentials {
        token: secret("BURSAR_TOKEN", "BURSAR_TOKEN_FILE")?,
        account: secret("BURSAR_ACCOUNT", "BURSAR_ACCOUNT_FILE")?,
    })
}

/// Reads a secret from a variable, or from the file that another one names.
///
/// # Errors
/// See [`CredentialsError`].
pub fn secret(
    variable: &'static str,
    file_variable: &'static str,
) -> Result<Option<Secret>, CredentialsError> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    match (set(variable), set(file_variable)) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(CredentialsError::Both(variable, file_variable)),
        (Some(value), None) => value
            .into_string()
            .map(|text| Some(Secret::new(text.trim())))
            .map_err(|_| CredentialsError::NotText(variable)),
        (None, Some(path)) => from_file(file_variable, &PathBuf::from(path)).map(Some),
    }
}

fn from_file(variable: &'static str, path: &Path) -> Result<Secret, CredentialsError> {
    let shown = path.display().to_string();
    match read(path, PATIENCE) {
        Err(source) if source.kind() != io::ErrorKind::InvalidData => Err(CredentialsError::File {
            variable,
            path: shown,
            source,
        }),
        Ok(text)
            if text.len() as u64 <= MOST_BYTES
                && !text.trim().is_empty()
                && !text.trim().contains('\n') =>
        {
            Ok(Secret::new(text.trim()))
        }
        Ok(_) | Err(_) => Err(CredentialsError::Content {
            variable,
            path: shown,
        }),
    }
}

/// Reads a file, or a pipe: one that nobody writes to would be waited for without end, so the waiting
/// is left to a thread of its own.
fn read(path: &Path, patience: Duration) -> io::Result<String> {
    let (done, answer) = mpsc::channel();
    let path = path.to_owned();
    std::thread::Builder::new()
        .name("credentials".to_owned())
        .spawn(move || {
            let mut text = String::new();
            let read = std::fs::File::open(path)
                .and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text));
            // Who no longer waits has given up.
            let _ = done.send(read.map(|_| text));
        })?;
    answer.recv_timeout(patience).unwrap_or_else(|_| {
        let why = format!("nothing has come from it in {} s", patience.as_secs());
        Err(io::Error::new(io::ErrorKind::TimedOut, why))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_line_and_never_quotes_it() {
        let folder = tempfile::tempdir().unwrap();
        let check = |content: &[u8]| {
            let path = folder.path().join("token");
            std::fs::write(&path, content).unwrap();
            from_file("X", &path)
        };
        assert_eq!(check(b"s3cret\n").unwrap().expose(), "s3cret");
        for bad in [&b""[..], b"\n", b"one\ntwo\n", b"\xff\xfe"] {
            let error = check(bad).unwrap_err();
            assert!(matches!(error, CredentialsError::Content { .. }));
        }
        assert!(matches!(
            from_file("X", &folder.path().join("none")),
            Err(CredentialsError::File { .. })
        ));
    }
    #[cfg(unix)]
    #[test]
    fn a_pipe_is_read_and_not_waited_for_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = |name| {
            let pipe = folder.path().join(name);
            let made = std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.unwrap().success());
            pipe
        };
        let error = read(&pipe("silent"), Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let spoken = pipe("spoken");
        let writing = spoken.clone();
        let writer = std::thread::spawn(move || std::fs::write(writing, "s3cret\n"));
        let text = read(&spoken, Duration::from_secs(60)).unwrap();
        writer.join().unwrap().unwrap();
        assert_eq!(text, "s3cret\n");
    }
}
