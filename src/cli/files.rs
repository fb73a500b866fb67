//! The files of a project: read, decoded, parsed.

use super::{Exit, Failure};
use crate::compile;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::os::{self, FileRead, FolderError, Found, ProjectFolder, Refusal};
use crate::source::{FileId, SourceMap, Span};
use crate::yaml::{self, Limits, Node};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Threads that parse.
const PARSERS: usize = 2;

/// A project as text and trees.
pub(super) struct Files {
    /// The project's folder.
    pub(super) folder: ProjectFolder,
    /// Every text.
    pub(super) sources: SourceMap,
    /// bursar.yaml; `None` if it holds no document.
    pub(super) project: Option<Node>,
    /// All other documents, in the order of files.
    pub(super) documents: Vec<Node>,
    /// What is wrong so far.
    pub(super) findings: Diagnostics,
    /// What was left out.
    exclude: Vec<String>,
    /// Texts over files.
    buffers: Buffers,
}

impl Files {
    /// Reads the project in `dir`, or in the current folder, as it is in an environment.
    ///
    /// # Errors
    /// There is no project, or the system refuses to read a file.
    pub(super) fn read(dir: Option<&Path>, environment: Option<&str>) -> Result<Self, Failure> {
        let folder = os::find_project(dir).map_err(|error| no_project(&error))?;
        Files::read_in(folder, Texts::default(), environment)
    }

    /// Reads the project in `dir` with texts over its files: those that an editor has open, by
    /// path. A text that is in no file yet counts as one.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub(super) fn read_over(
        dir: &Path,
        environment: Option<&str>,
        buffers: BTreeMap<PathBuf, String>,
    ) -> Result<Self, Failure> {
        let folder = os::find_project(Some(dir)).map_err(|error| no_project(&error))?;
        let buffers = buffers
            .into_iter()
            .filter_map(|(path, text)| Some((relative(path.strip_prefix(dir).ok()?), text)))
            .collect();
        let texts = Texts {
            buffers,
            ..Texts::default()
        };
        Files::read_in(folder, texts, environment)
    }

    fn read_in(
        folder: ProjectFolder,
        mut texts: Texts,
        environment: Option<&str>,
    ) -> Result<Self, Failure> {
        let limits = Limits::default();
        let mut findings = Diagnostics::new();
        let found = folder.read(os::PROJECT_FILE, limits.file_bytes);
        let found = texts.over(&folder, found);
        let file = take(found, &mut texts, &mut findings)?;
        let mut parsed = file.map_or_else(Vec::new, |file| {
            yaml::parse(file, texts.sources.text(file), &limits, &mut findings)
        });
        if let Some(second) = parsed.get(1) {
            findings.push(
                Diagnostic::new(
                    Code::WrongType,
                    second.span,
                    "bursar.yaml holds one document, the project",
                )
                .help("move this document into a file of its own"),
            );
            parsed.truncate(1);
        }
        let mut project = parsed.pop();
        for span in project
            .as_mut()
            .map(|project| compile::secrets(project, &mut findings))
            .unwrap_or_default()
        {
            texts.sources.hide(span);
        }
        let exclude = project
            .as_ref()
            .map(|project| excluded(project, environment))
            .unwrap_or_default();
        let mut ids = Vec::new();
        let on_disk = folder.read_all(&exclude, limits.file_bytes);
        for found in texts.over_all(&folder, on_disk, &exclude) {
            ids.extend(take(found, &mut texts, &mut findings)?);
        }
        let (documents, more) = parse_all(&texts.sources, &ids, &limits);
        findings.extend(more);
        Ok(Files {
            folder,
            sources: texts.sources,
            project,
            documents,
            findings,
            exclude,
            buffers: texts.buffers,
        })
    }

    /// Reads the project again for an environment that leaves out other files. Texts that are known
    /// keep their ids, so that findings of several environments can be told together.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub(super) fn again(self, environment: Option<&str>) -> Result<Self, Failure> {
        let texts = Texts {
            buffers: self.buffers,
            ..Texts::again(self.sources)
        };
        Files::read_in(self.folder, texts, environment)
    }

    /// Whether a file that stood at this place below the folder would be read.
    pub(super) fn takes(&self, relative: &str) -> bool {
        self.folder.takes(relative, &self.exclude)
    }

    /// Whether another environment of the project reads the same files.
    pub(super) fn serves(&self, environment: Option<&str>) -> bool {
        self.project
            .as_ref()
            .is_none_or(|project| excluded(project, environment) == self.exclude)
    }
}

/// Texts over files, by the path from the project's folder.
type Buffers = BTreeMap<String, String>;

/// Texts while they are read.
#[derive(Default)]
struct Texts {
    sources: SourceMap,
    /// Those that were read before, by path.
    known: BTreeMap<String, FileId>,
    /// Those that stand for files.
    buffers: Buffers,
}

impl Texts {
    fn again(sources: SourceMap) -> Self {
        let known = sources
            .ids()
            .map(|file| (sources.path(file).to_owned(), file))
            .collect();
        Texts {
            sources,
            known,
            buffers: Buffers::new(),
        }
    }

    /// A file with the text that stands for it, if there is one.
    fn over(&self, folder: &ProjectFolder, found: Found) -> Found {
        let open = self
            .buffers
            .iter()
            .find(|(path, _)| folder.show(path) == found.path);
        match open {
            Some((_, text)) => Found {
                content: FileRead::Bytes(text.clone().into_bytes()),
                ..found
            },
            None => found,
        }
    }

    /// All files with the texts that stand for them, those that are not on disk at the end.
    fn over_all(
        &self,
        folder: &ProjectFolder,
        found: Vec<Found>,
        exclude: &[String],
    ) -> Vec<Found> {
        if self.buffers.is_empty() {
            return found;
        }
        let mut all: Vec<Found> = found
            .into_iter()
            .map(|found| self.over(folder, found))
            .collect();
        for (path, text) in &self.buffers {
            let shown = folder.show(path);
            if folder.takes(path, exclude) && all.iter().all(|found| found.path != shown) {
                all.push(Found {
                    path: shown,
                    content: FileRead::Bytes(text.clone().into_bytes()),
                });
            }
        }
        all
    }

    /// The id of a text: the one that it has, if it was read before.
    fn add(&mut self, path: String, text: String) -> FileId {
        match self.known.get(&path) {
            Some(file) if self.sources.text(*file) == text => *file,
            Some(_) | None => self.sources.add(path, text),
        }
    }
}

/// A path below a folder, with `/` between names.
fn relative(path: &Path) -> String {
    let names = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    names.collect::<Vec<_>>().join("/")
}

/// Patterns that leave out files: `exclude`, of the environment if it has its own, and the seeds of
/// embedded platforms, which are no documents.
fn excluded(project: &Node, environment: Option<&str>) -> Vec<String> {
    let chosen = environment.and_then(|name| project.get("environments")?.get(name));
    let patterns = chosen
        .and_then(|chosen| chosen.get("exclude"))
        .or_else(|| project.get("exclude"))
        .and_then(Node::as_sequence)
        .unwrap_or(&[]);
    let environments = project
        .get("environments")
        .and_then(Node::as_mapping)
        .into_iter()
        .flat_map(|all| all.entries.iter().map(|entry| &entry.value));
    let seeds = std::iter::once(project)
        .chain(environments)
        .filter_map(|settings| settings.get("platform")?.get("seed")?.as_str())
        // With a slash, so that it is this file and none of its name elsewhere.
        .map(|seed| format!("./{}", seed.trim_start_matches("./")));
    patterns
        .iter()
        .filter_map(Node::as_str)
        .map(str::to_owned)
        .chain(seeds)
        .collect()
}

/// Adds the file to the map; the id of one that can be parsed, else a finding.
fn take(
    found: Found,
    texts: &mut Texts,
    findings: &mut Diagnostics,
) -> Result<Option<FileId>, Failure> {
    let Found { path, content } = found;
    match content {
        FileRead::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(texts.add(path, text))),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let mut bytes = error.into_bytes();
                bytes.truncate(at);
                // What stands before gives the place its line.
                let file = texts.add(path, String::from_utf8_lossy(&bytes).into_owned());
                findings.push(yaml::not_utf8(file, at));
                Ok(None)
            }
        },
        FileRead::Refused(refusal) => {
            let finding = match refusal {
                Refusal::Outside => outside(
                    "this leads out of the project's folder and was not opened",
                    "put the file itself into the project, or name it in `exclude`",
                ),
                Refusal::Special => outside(
                    "this is no ordinary file and was not opened",
                    "put an ordinary file in its place, or name it in `exclude`",
                ),
                Refusal::Missing => outside(
                    "this symbolic link leads nowhere",
                    "remove it, or name it in `exclude`",
                ),
                Refusal::TooLarge => (
                    Code::LimitExceeded,
                    "the file is larger than 4 MiB and was not read",
                    "split the file: documents may stand in any number of files",
                ),
                Refusal::System(why) => {
                    return Err(
                        Failure::new(Exit::Unclassified, format!("{path} cannot be read"))
                            .cause(why)
                            .hint("make it readable, or name it in `exclude`"),
                    );
                }
            };
            let file = texts.add(path, String::new());
            let (code, message, help) = finding;
            findings.push(Diagnostic::new(code, Span::start_of(file), message).help(help));
            Ok(None)
        }
    }
}

fn outside(message: &'static str, help: &'static str) -> (Code, &'static str, &'static str) {
    (Code::OutsideProject, message, help)
}

/// The documents of all files in their order, read on more than one thread.
fn parse_all(sources: &SourceMap, files: &[FileId], limits: &Limits) -> (Vec<Node>, Diagnostics) {
    let parse = |files: &[FileId]| {
        let mut findings = Diagnostics::new();
        let mut documents = Vec::new();
        for file in files {
            documents.extend(yaml::parse(
                *file,
                sources.text(*file),
                limits,
                &mut findings,
            ));
        }
        (documents, findings)
    };
    let share = files.len().div_ceil(PARSERS).max(1);
    let mut documents = Vec::new();
    let mut findings = Diagnostics::new();
    std::thread::scope(|scope| {
        let parsers: Vec<_> = files
            .chunks(share)
            .map(|files| scope.spawn(move || parse(files)))
            .collect();
        for parser in parsers {
            match parser.join() {
                Ok((some, more)) => {
                    documents.extend(some);
                    findings.extend(more);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    (documents, findings)
}

fn no_project(error: &FolderError) -> Failure {
    let failure = Failure::from_error(Exit::Invalid, error);
    match error {
        FolderError::NoFolder { .. } => failure,
        FolderError::NoProject { above: None, .. } => {
            failure.hint("`bursar init` starts a project")
        }
        FolderError::NoProject {
            above: Some(above), ..
        } => failure.hint(format!("use `--dir {above}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node {
        yaml::parse(FileId(0), text, &Limits::default(), &mut Diagnostics::new()).remove(0)
    }

    #[test]
    fn an_environment_may_leave_out_other_files() {
        let project = node(
            "platform: { seed: people.yaml }\nexclude: [drafts]\n\
             environments:\n  a: { exclude: [b] }\n  c: { platform: { seed: ./c.yaml } }\n",
        );
        let seeds = ["./people.yaml", "./c.yaml"];
        for (environment, first) in [(None, "drafts"), (Some("a"), "b"), (Some("c"), "drafts")] {
            let patterns = excluded(&project, environment);
            assert_eq!(patterns, [first, seeds[0], seeds[1]], "{environment:?}");
        }
    }
}
