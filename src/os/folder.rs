//! A project's folder, read without ever leaving it.

use super::pattern::Pattern;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Component, Path, PathBuf};
use walkdir::WalkDir;

/// The name of the file at the root of a project.
pub const PROJECT_FILE: &str = "bursar.yaml";

/// The folder below a project in which bursar keeps its own files.
const OWN_FOLDER: &str = ".bursar";

/// Threads that read files; more do not help where the files are in the page cache.
const READERS: usize = 2;

/// A folder with a `bursar.yaml`.
#[derive(Clone, Debug)]
pub struct ProjectFolder {
    /// As the user named it; empty for the current folder.
    shown: PathBuf,
    /// Without symbolic links.
    real: PathBuf,
}

/// A file that was found, and what came of reading it.
#[derive(Debug)]
pub struct Found {
    /// The path as it is shown: under the folder as the user named it, with `/`.
    pub path: String,
    /// The bytes, or why there are none.
    pub content: FileRead,
}

/// What came of reading a file.
#[derive(Debug)]
pub enum FileRead {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// It was not opened, or could not be read.
    Refused(Refusal),
}

/// Why a file was not read. Nothing of it is quoted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It leads out of the project's folder, by a symbolic link, `..` or an absolute path.
    #[error("it leads out of the project's folder")]
    Outside,
    /// It is no ordinary file.
    #[error("it is no ordinary file")]
    Special,
    /// It does not exist.
    #[error("it does not exist")]
    Missing,
    /// It is larger than the limit.
    #[error("it is too large")]
    TooLarge,
    /// The system refused, with its word for why.
    #[error("{0}")]
    System(String),
}

/// Why there is no project.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FolderError {
    /// The folder does not exist or cannot be opened.
    #[error("{folder} is not a folder that can be read")]
    NoFolder {
        /// As the user named it.
        folder: String,
    },
    /// There is no `bursar.yaml` in it.
    #[error("there is no bursar.yaml in {folder}")]
    NoProject {
        /// As the user named it.
        folder: String,
        /// The nearest folder above that has one, as it may be given to `--dir`.
        above: Option<String>,
    },
}

/// The project in a folder, or in the current one.
///
/// # Errors
/// The folder cannot be read, or has no `bursar.yaml`; a folder above that has one is named.
pub fn find_project(dir: Option<&Path>) -> Result<ProjectFolder, FolderError> {
    let shown = dir.map_or_else(PathBuf::new, Path::to_path_buf);
    let opened = if shown.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        shown.clone()
    };
    let named = || match dir {
        Some(dir) => dir.display().to_string(),
        None => "the current folder".to_owned(),
    };
    let real = opened
        .canonicalize()
        .ok()
        .filter(|real| real.is_dir())
        .ok_or_else(|| FolderError::NoFolder { folder: named() })?;
    if real.join(PROJECT_FILE).symlink_metadata().is_ok() {
        return Ok(ProjectFolder { shown, real });
    }
    let above = real
        .ancestors()
        .enumerate()
        .skip(1)
        .find(|(_, folder)| folder.join(PROJECT_FILE).is_file())
        .map(|(depth, _)| {
            let up = vec![".."; depth].join("/");
            match dir {
                Some(dir) => dir.join(up).display().to_string(),
                None => up,
            }
        });
    Err(FolderError::NoProject {
        folder: named(),
        above,
    })
}

/// The folder of the project that a file or a folder belongs to: the nearest one upward, itself
/// included, with a `bursar.yaml`.
pub fn project_above(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .find(|folder| folder.join(PROJECT_FILE).is_file())
        .map(Path::to_path_buf)
}

impl ProjectFolder {
    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.real
    }

    /// A path in the folder as it is shown to the user.
    pub fn show(&self, relative: &str) -> String {
        if self.shown.as_os_str().is_empty() || self.shown == Path::new(".") {
            relative.to_owned()
        } else {
            format!(
                "{}/{relative}",
                self.shown.to_string_lossy().trim_end_matches('/')
            )
        }
    }

    /// The path in the folder that is shown like this.
    pub fn relative<'s>(&self, shown: &'s str) -> Option<&'s str> {
        let prefix = self.show("");
        shown.strip_prefix(prefix.as_str())
    }

    /// Reads one file of the project, `bursar.yaml` or one that it names.
    pub fn read(&self, relative: &str, most_bytes: usize) -> Found {
        let path = Path::new(relative);
        let plain = path
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let target = if plain && !relative.is_empty() {
            self.resolve(&self.real.join(path))
        } else {
            Err(Refusal::Outside)
        };
        let content = match target.and_then(|target| read_file(&target, most_bytes)) {
            Ok(bytes) => FileRead::Bytes(bytes),
            Err(refusal) => FileRead::Refused(refusal),
        };
        Found {
            path: self.show(relative),
            content,
        }
    }

    /// Reads every `*.yaml` and `*.yml` below the folder, `bursar.yaml` at its root, hidden folders
    /// and what `exclude` names left out, in the order of their paths.
    pub fn read_all(&self, exclude: &[String], most_bytes: usize) -> Vec<Found> {
        let patterns: Vec<Pattern> = exclude.iter().map(|text| Pattern::new(text)).collect();
        let mut entries = self.walk(&patterns);
        entries.sort_by(|a, b| a.relative.cmp(&b.relative));
        let share = entries.len().div_ceil(READERS).max(1);
        let read = |entries: &[Entry]| -> Vec<Found> {
            entries
                .iter()
                .map(|entry| Found {
                    path: self.show(&entry.relative),
                    content: match &entry.refusal {
                        Some(refusal) => FileRead::Refused(refusal.clone()),
                        None => self.open(&entry.path, most_bytes),
                    },
                })
                .collect()
        };
        std::thread::scope(|scope| {
            let readers: Vec<_> = entries
                .chunks(share)
                .map(|entries| scope.spawn(move || read(entries)))
                .collect();
            readers
                .into_iter()
                .flat_map(|reader| reader.join().unwrap_or_default())
                .collect()
        })
    }

    /// Whether [`ProjectFolder::read_all`] would read a file that stood at this place below the
    /// folder.
    pub fn takes(&self, relative: &str, exclude: &[String]) -> bool {
        let hidden = relative.split('/').any(|name| name.starts_with('.'));
        let excluded = exclude
            .iter()
            .any(|text| Pattern::new(text).matches(relative));
        !hidden && !excluded && is_yaml(Path::new(relative)) && relative != PROJECT_FILE
    }

    /// A folder of bursar's own, below `.bursar`; it may not exist yet.
    ///
    /// # Errors
    /// It, or something in it, leads out of the project by a symbolic link or is no ordinary file:
    /// a project comes from a repository, and what stands there is opened by other rooms.
    pub fn own(&self, name: &str) -> Result<PathBuf, Refusal> {
        let mut path = self.real.join(OWN_FOLDER);
        self.stays_inside(&path)?;
        for part in Path::new(name).components() {
            let Component::Normal(part) = part else {
                return Err(Refusal::Outside);
            };
            path.push(part);
            self.stays_inside(&path)?;
        }
        let Ok(entries) = path.read_dir() else {
            return Ok(path);
        };
        for entry in entries.flatten() {
            self.stays_inside(&entry.path())?;
            if !entry.path().is_dir() && !entry.path().is_file() {
                return Err(Refusal::Special);
            }
        }
        Ok(path)
    }

    /// Whether what stands at a path, if anything, is still below the folder.
    fn stays_inside(&self, path: &Path) -> Result<(), Refusal> {
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => match path.canonicalize() {
                Ok(target) if target.starts_with(&self.real) => Ok(()),
                Ok(_) | Err(_) => Err(Refusal::Outside),
            },
            Ok(_) | Err(_) => Ok(()),
        }
    }

    fn walk(&self, patterns: &[Pattern]) -> Vec<Entry> {
        let relative = |path: &Path| -> String {
            path.strip_prefix(&self.real)
                .unwrap_or(path)
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect::<Vec<_>>()
                .join("/")
        };
        let wanted = |entry: &walkdir::DirEntry| {
            entry.depth() == 0
                || !(entry.file_name().as_encoded_bytes().starts_with(b".")
                    || patterns
                        .iter()
                        .any(|pattern| pattern.matches(&relative(entry.path()))))
        };
        let mut entries = Vec::new();
        let mut linked = Vec::new();
        for entry in WalkDir::new(&self.real)
            .follow_links(false)
            .into_iter()
            .filter_entry(wanted)
        {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(&self.real).to_path_buf();
                    entries.push(Entry {
                        relative: relative(&path),
                        refusal: Some(system(error.into_io_error().as_ref())),
                        path,
                    });
                    continue;
                }
            };
            let item = Entry {
                relative: relative(entry.path()),
                path: entry.path().to_path_buf(),
                refusal: None,
            };
            let kind = entry.file_type();
            if kind.is_symlink() {
                linked.push(item);
            } else if !kind.is_dir() && is_yaml(entry.path()) && item.relative != PROJECT_FILE {
                entries.push(item);
            }
        }
        entries.extend(linked.into_iter().filter_map(|link| self.link(link)));
        entries
    }

    /// What is read of a symbolic link. Within the project its target is read at its own place, so
    /// there is nothing to read here; out of it, nothing is opened, and saying nothing would make
    /// the documents behind it look deleted.
    fn link(&self, link: Entry) -> Option<Entry> {
        let target = match link.path.canonicalize() {
            Ok(target) => target,
            Err(_) if is_yaml(&link.path) => {
                return Some(Entry {
                    refusal: Some(Refusal::Missing),
                    ..link
                });
            }
            Err(_) => return None,
        };
        let inside = target
            .strip_prefix(&self.real)
            .ok()
            .map(|inside| inside.to_path_buf());
        match inside {
            Some(inside) => {
                // A target in a hidden folder has no place of its own.
                let hidden = inside
                    .components()
                    .any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."));
                (hidden && target.is_file() && is_yaml(&link.path)).then_some(link)
            }
            None => (target.is_dir() || is_yaml(&link.path)).then_some(Entry {
                refusal: Some(Refusal::Outside),
                ..link
            }),
        }
    }

    /// Reads a file below the folder, following symbolic links within it only.
    fn open(&self, path: &Path, most_bytes: usize) -> FileRead {
        let bytes = match path.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => self
                .resolve(path)
                .and_then(|target| read_file(&target, most_bytes)),
            Ok(_) => read_file(path, most_bytes),
            Err(error) => Err(system(Some(&error))),
        };
        match bytes {
            Ok(bytes) => FileRead::Bytes(bytes),
            Err(refusal) => FileRead::Refused(refusal),
        }
    }

    /// The path without symbolic links, if it is still below the folder.
    fn resolve(&self, path: &Path) -> Result<PathBuf, Refusal> {
        let target = path.canonicalize().map_err(|error| system(Some(&error)))?;
        if target.starts_with(&self.real) {
            Ok(target)
        } else {
            Err(Refusal::Outside)
        }
    }
}

/// Reads an ordinary file of at most so many bytes, one that the user named on the command line.
///
/// # Errors
/// It is no such file, or the system refuses.
pub fn read_named(path: &Path, most_bytes: usize) -> Result<Vec<u8>, Refusal> {
    read_file(path, most_bytes)
}

/// Reads an ordinary file of at most so many bytes.
fn read_file(path: &Path, most_bytes: usize) -> Result<Vec<u8>, Refusal> {
    let metadata = path.metadata().map_err(|error| system(Some(&error)))?;
    // A pipe would block for ever, a device never end.
    if !metadata.is_file() {
        return Err(Refusal::Special);
    }
    if metadata.len() > most_bytes as u64 {
        return Err(Refusal::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    File::open(path)
        .and_then(|file| file.take(most_bytes as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| system(Some(&error)))?;
    if bytes.len() > most_bytes {
        return Err(Refusal::TooLarge);
    }
    Ok(bytes)
}

struct Entry {
    relative: String,
    path: PathBuf,
    refusal: Option<Refusal>,
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .and_then(OsStr::to_str)
        .is_some_and(|extension| matches!(extension, "yaml" | "yml"))
}

fn system(error: Option<&std::io::Error>) -> Refusal {
    match error.map(std::io::Error::kind) {
        Some(ErrorKind::NotFound) => Refusal::Missing,
        Some(kind) => Refusal::System(kind.to_string()),
        None => Refusal::System("a loop of folders".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, ProjectFolder) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let project = ProjectFolder {
            shown: PathBuf::new(),
            real: folder.path().canonicalize().unwrap(),
        };
        (folder, project)
    }

    fn shown(found: &[Found]) -> Vec<(&str, String)> {
        found
            .iter()
            .map(|found| {
                let content = match &found.content {
                    FileRead::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                    FileRead::Refused(refusal) => format!("{refusal:?}"),
                };
                (found.path.as_str(), content)
            })
            .collect()
    }

    #[test]
    fn reads_yaml_in_the_order_of_paths() {
        let (_folder, project) = project(&[
            ("bursar.yaml", "p"),
            ("z.yml", "z"),
            ("a/b.yaml", "b"),
            ("a.yaml", "a"),
            ("a/readme.md", "-"),
            ("a/bursar.yaml", "inner"),
            (".bursar/x.yaml", "-"),
            ("drafts/x.yaml", "-"),
        ]);
        let found = project.read_all(&["drafts/**".to_owned()], 10);
        let expected = [
            ("a.yaml", "a"),
            ("a/b.yaml", "b"),
            ("a/bursar.yaml", "inner"),
            ("z.yml", "z"),
        ];
        assert_eq!(
            shown(&found),
            expected.map(|(path, text)| (path, text.to_owned()))
        );
    }

    #[test]
    fn large_files_are_not_read() {
        let (_folder, project) = project(&[("bursar.yaml", "p"), ("a.yaml", "12345")]);
        assert_eq!(
            shown(&project.read_all(&[], 4)),
            [("a.yaml", "TooLarge".to_owned())]
        );
    }

    #[test]
    fn paths_that_are_named_stay_inside() {
        let (_folder, project) = project(&[("bursar.yaml", "p"), ("deep/people.yaml", "x")]);
        for (path, expected) in [
            ("deep/people.yaml", "x"),
            ("./deep/people.yaml", "x"),
            ("../people.yaml", "Outside"),
            ("deep/../../x", "Outside"),
            ("/etc/passwd", "Outside"),
            ("", "Outside"),
            ("none.yaml", "Missing"),
            ("deep", "Special"),
        ] {
            let found = project.read(path, 10);
            assert_eq!(shown(&[found])[0].1, expected, "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_do_not_lead_out() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.yaml"), "secret").unwrap();
        let (folder, project) = project(&[
            ("bursar.yaml", "p"),
            ("a.yaml", "a"),
            (".data/h.yaml", "hidden"),
        ]);
        let link = |target: &Path, name: &str| symlink(target, folder.path().join(name)).unwrap();
        link(&outside.path().join("secret.yaml"), "file.yaml");
        link(outside.path(), "folder");
        link(&folder.path().join("a.yaml"), "same.yaml");
        link(&folder.path().join(".data/h.yaml"), "h.yaml");
        link(Path::new("nowhere"), "broken.yaml");
        fs::create_dir(outside.path().join("deep")).unwrap();
        fs::write(outside.path().join("deep/x.yaml"), "x").unwrap();
        let found = project.read_all(&[], 10);
        let expected = [
            ("a.yaml", "a"),
            ("broken.yaml", "Missing"),
            ("file.yaml", "Outside"),
            ("folder", "Outside"),
            ("h.yaml", "hidden"),
        ];
        assert_eq!(
            shown(&found),
            expected.map(|(path, text)| (path, text.to_owned()))
        );
        for path in ["folder/secret.yaml", "folder/deep/x.yaml", "file.yaml"] {
            assert_eq!(shown(&[project.read(path, 10)])[0].1, "Outside", "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn its_own_folder_does_not_lead_out() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        let (folder, project) = project(&[("bursar.yaml", "p"), (".bursar/a/state.json", "{}")]);
        let own = folder.path().join(".bursar");
        let place = project.path().join(".bursar");
        assert_eq!(project.own("a"), Ok(place.join("a")));
        assert_eq!(project.own("new/deep"), Ok(place.join("new/deep")));
        for name in ["../x", "/etc", "a/../../../x"] {
            assert_eq!(project.own(name), Err(Refusal::Outside), "{name}");
        }
        symlink(outside.path(), own.join("b")).unwrap();
        symlink("a", own.join("same")).unwrap();
        symlink("nowhere", own.join("broken")).unwrap();
        assert_eq!(project.own("b"), Err(Refusal::Outside));
        assert_eq!(project.own("b/c"), Err(Refusal::Outside));
        assert_eq!(project.own("broken"), Err(Refusal::Outside));
        assert_eq!(project.own("same"), Ok(place.join("same")));
        symlink("/dev/zero", own.join("a/journal.jsonl")).unwrap();
        assert_eq!(project.own("a"), Err(Refusal::Outside));
        fs::remove_file(own.join("a/journal.jsonl")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(own.join("a/state.json.s")).unwrap();
        assert_eq!(project.own("a"), Err(Refusal::Special));
    }

    #[test]
    fn names_a_folder_above_that_has_a_project() {
        let (folder, _) = project(&[("bursar.yaml", "p"), ("a/b/c.txt", "")]);
        let inner = folder.path().join("a/b");
        let error = find_project(Some(&inner)).unwrap_err();
        assert_eq!(
            error,
            FolderError::NoProject {
                folder: inner.display().to_string(),
                above: Some(inner.join("../..").display().to_string()),
            }
        );
        assert!(find_project(Some(folder.path())).is_ok());
        assert!(matches!(
            find_project(Some(&folder.path().join("none"))),
            Err(FolderError::NoFolder { .. })
        ));
    }
}
