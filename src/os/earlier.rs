//! The files of a project as they stand in a git revision.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// Why another revision could not be read.
#[derive(Debug, thiserror::Error)]
pub enum EarlierError {
    /// git cannot be run, or the folder is in no repository.
    #[error("git cannot be asked here")]
    Git(#[source] io::Error),
    /// There is no such revision, or the folder is in no repository.
    #[error("git knows no revision `{0}` here")]
    Unknown(String),
    /// The files could not be put into a folder of their own.
    #[error("the files of the revision cannot be put into a temporary folder")]
    Folder(#[source] io::Error),
}

/// Puts the YAML files below a folder, as they stand in a revision, into a temporary folder. Symbolic
/// links are left out, and so are files over `most_bytes`.
///
/// # Errors
/// git cannot be asked, does not know the revision, or the system refuses to write.
pub fn earlier(
    folder: &Path,
    reference: &str,
    most_bytes: usize,
) -> Result<tempfile::TempDir, EarlierError> {
    let unknown = || EarlierError::Unknown(reference.to_owned());
    // A name that begins with a dash would be an option.
    if reference.is_empty() || reference.starts_with('-') || reference.contains(['\n', '\0']) {
        return Err(unknown());
    }
    let commit = format!("{reference}^{{commit}}");
    let commit = git(folder, &["rev-parse", "--verify", "--quiet", &commit], None)?;
    let commit = commit.map(|name| String::from_utf8_lossy(&name).trim().to_owned());
    let commit = commit.filter(|name| !name.is_empty()).ok_or_else(unknown)?;
    let listing = git(folder, &["ls-tree", "-r", "-z", "-l", &commit, "."], None)?;
    let listing = listing.ok_or_else(unknown)?;
    let paths: Vec<String> = listing
        .split(|byte| *byte == 0)
        .filter_map(|entry| wanted(entry, most_bytes))
        .collect();
    let names: String = paths
        .iter()
        .map(|path| format!("{commit}:./{path}\n"))
        .collect();
    let bodies = git(folder, &["cat-file", "--batch"], Some(names))?.ok_or_else(unknown)?;
    let out = tempfile::tempdir().map_err(EarlierError::Folder)?;
    let mut rest = bodies.as_slice();
    for path in &paths {
        let Some((body, behind)) = blob(rest) else {
            break;
        };
        rest = behind;
        let to = out.path().join(path);
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent).map_err(EarlierError::Folder)?;
        }
        std::fs::write(to, body).map_err(EarlierError::Folder)?;
    }
    Ok(out)
}

/// The path of an entry of `ls-tree -l`, if it is a YAML file of a size that is read.
fn wanted(entry: &[u8], most_bytes: usize) -> Option<String> {
    let entry = std::str::from_utf8(entry).ok()?;
    let (facts, path) = entry.split_once('\t')?;
    let mut facts = facts.split_ascii_whitespace();
    let is_file = facts.next()?.starts_with("100");
    let size: usize = facts.nth(2)?.parse().ok()?;
    let is_yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    let climbs = path.split('/').any(|part| part == ".." || part.is_empty());
    let wanted = is_file && is_yaml && size <= most_bytes && !climbs && !path.contains('\n');
    wanted.then(|| path.to_owned())
}

/// The next blob of `cat-file --batch`, and what stands behind it.
fn blob(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (head, rest) = bytes.split_at_checked(end)?;
    let head = std::str::from_utf8(head).ok()?;
    let size: usize = head.rsplit_once(' ')?.1.parse().ok()?;
    let rest = rest.get(1..)?;
    let (body, rest) = rest.split_at_checked(size)?;
    Some((body, rest.get(1..)?))
}

/// What git says; `None` if it refuses.
fn git(
    folder: &Path,
    arguments: &[&str],
    input: Option<String>,
) -> Result<Option<Vec<u8>>, EarlierError> {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .stdin(if input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(EarlierError::Git)?;
    // Written beside reading: neither may wait for the other.
    let writer = child.stdin.take().zip(input).map(|(mut stdin, input)| {
        std::thread::spawn(move || {
            // git has gone away: its exit code tells.
            let _ = stdin.write_all(input.as_bytes());
        })
    });
    let output = child.wait_with_output().map_err(EarlierError::Git)?;
    if let Some(writer) = writer {
        let _ = writer.join();
    }
    Ok(output.status.success().then_some(output.stdout))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_files_of_ours() {
        let wanted = |entry: &str| wanted(entry.as_bytes(), 100);
        assert_eq!(
            wanted("100644 blob 1234 12\ta/b.yaml").as_deref(),
            Some("a/b.yaml")
        );
        for other in [
            "120000 blob 1234 12\tlink.yaml",
            "100644 blob 1234 101\tbig.yaml",
            "100644 blob 1234 12\tREADME.md",
            "100644 blob 1234 12\t../b.yaml",
            "160000 commit 1234 -\tsub",
            "",
        ] {
            assert_eq!(wanted(other), None, "{other}");
        }
    }

    #[test]
    fn blobs_follow_each_other() {
        let bytes = b"1234 blob 3\na\nb\n5678 blob 0\n\n";
        let (first, rest) = blob(bytes).unwrap();
        assert_eq!(first, b"a\nb");
        let (second, rest) = blob(rest).unwrap();
        assert_eq!((second, rest), (&b""[..], &b""[..]));
        assert!(blob(b"1234 blob 9\nabc\n").is_none());
        assert!(blob(b"1234 missing\n").is_none());
    }

    #[test]
    fn options_are_no_revisions() {
        let folder = tempfile::tempdir().unwrap();
        for reference in ["", "--all", "-h", "a\nb"] {
            assert!(matches!(
                earlier(folder.path(), reference, 10),
                Err(EarlierError::Unknown(_))
            ));
        }
    }
}
