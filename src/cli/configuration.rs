//! The configuration: files read and compiled, findings told.

use super::applied::{self, Applied};
use super::files::Files;
use super::{Context, Exit, Failure};
use crate::compile::{self, Compiled, Input, Source};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::domain::zone::Zone;
use crate::kinds::Project;
use crate::model::{BaseState, Instant, Moment};
use crate::os::{self, ProjectFolder};
use crate::render::human;
use crate::source::{FileId, SourceMap, Span};
use crate::yaml::{Mapping, Node, Value};

/// A configuration without errors, in one environment.
pub(super) struct Configuration {
    /// The project's folder.
    pub(super) folder: ProjectFolder,
    /// Everything that was compiled.
    pub(super) compiled: Compiled,
    /// The clock.
    pub(super) now: Instant,
    /// The texts that it was read from.
    pub(super) sources: SourceMap,
}

impl Configuration {
    /// Reads and compiles the project for the chosen environment, and tells what it finds.
    ///
    /// # Errors
    /// There is no project, an environment must be chosen, there are errors among the findings, or the
    /// state that is needed to judge cannot be read.
    pub(super) fn load(context: &Context, applied: Applied) -> Result<Self, Failure> {
        Self::of(context, Self::files(context)?, applied)
    }

    /// Compiles a project that has been read, for the chosen environment, and tells what it finds.
    ///
    /// # Errors
    /// As [`Configuration::load`].
    pub(super) fn of(context: &Context, files: Files, applied: Applied) -> Result<Self, Failure> {
        Self::of_and(context, files, applied, |findings, sources| {
            if findings.has_errors() {
                tell(context, findings, sources);
            } else {
                warn(context, findings, sources);
            }
        })
    }

    /// As [`Configuration::load`], and tells nothing.
    ///
    /// # Errors
    /// As [`Configuration::load`].
    pub(super) fn load_silently(context: &Context, applied: Applied) -> Result<Self, Failure> {
        Self::of_and(context, Self::files(context)?, applied, |_, _| ())
    }

    fn files(context: &Context) -> Result<Files, Failure> {
        Files::read(context.dir.as_deref(), context.environment.as_deref())
    }

    fn of_and(
        context: &Context,
        mut files: Files,
        applied: Applied,
        told: impl FnOnce(&Diagnostics, &SourceMap),
    ) -> Result<Self, Failure> {
        let environments = environments(&files);
        if context.environment.is_none() && !environments.is_empty() {
            return Err(
                Failure::new(Exit::Invalid, "the project has environments: choose one")
                    .hint(format!("`--env` takes {}", environments.join(", "))),
            );
        }
        let now = now(context, &files);
        let documents = std::mem::take(&mut files.documents);
        let environment = context.environment.as_deref();
        let applied = applied.read(&files, environment)?;
        let (compiled, findings) = compile(&files, documents, environment, now, applied);
        tracing::info!(findings = findings.iter().count(), "compiled");
        told(&findings, &files.sources);
        if findings.has_errors() {
            return Err(Failure::said(Exit::Invalid));
        }
        // Without errors there is always something compiled.
        let compiled =
            compiled.ok_or_else(|| Failure::new(Exit::Invalid, "bursar.yaml cannot be read"))?;
        Ok(Configuration {
            folder: files.folder,
            compiled,
            now,
            sources: files.sources,
        })
    }
}

/// The project's folder and what bursar.yaml says, whatever is wrong with the documents; `None` if
/// bursar.yaml itself, or the environment, must be told about.
///
/// # Errors
/// There is no project.
pub(super) fn settings(context: &Context) -> Result<Option<(ProjectFolder, Project)>, Failure> {
    let files = Configuration::files(context)?;
    let known = environments(&files);
    let is_chosen = match &context.environment {
        None => known.is_empty(),
        Some(chosen) => known.contains(chosen),
    };
    let environment = context.environment.as_deref();
    let is_wrong = |project: &Node| {
        files.findings.iter().any(|finding| {
            finding.severity == Severity::Error && finding.span.file == project.span.file
        })
    };
    let project = files
        .project
        .as_ref()
        .filter(|project| is_chosen && !is_wrong(project))
        .and_then(|project| compile::sound_settings(project, environment, &files.sources));
    Ok(project.map(|project| (files.folder, project)))
}

/// The names of the project's environments.
pub(super) fn environments(files: &Files) -> Vec<String> {
    files
        .project
        .as_ref()
        .map(compile::environments)
        .unwrap_or_default()
}

/// The clock: `--now`, in the project's time zone if it has no offset, else the machine's.
pub(super) fn now(context: &Context, files: &Files) -> Instant {
    let zone = || {
        let name = files.project.as_ref()?.get("timezone")?.as_str()?;
        Zone::get(name).ok()
    };
    let zone = || zone().unwrap_or_else(Zone::utc);
    match &context.now {
        None => os::now(),
        Some(moment) => instant(moment, &zone()),
    }
}

/// As [`now`], of a project that may not be there: in UTC.
pub(super) fn now_without_project(context: &Context) -> Instant {
    match &context.now {
        None => os::now(),
        Some(moment) => instant(moment, &Zone::utc()),
    }
}

/// The instant of a time on the command line, in the project's time zone if it has no offset. A day
/// is its beginning.
pub(super) fn instant(moment: &Moment, zone: &Zone) -> Instant {
    match moment {
        Moment::Offset(time) => time.to_utc(),
        Moment::Local(time) => zone.instant(*time),
        Moment::Date(day) => zone.start_of_day(*day),
    }
}

/// Compiles documents for an environment; all findings, those of reading included.
pub(super) fn compile(
    files: &Files,
    documents: Vec<Node>,
    environment: Option<&str>,
    now: Instant,
    applied: Option<BaseState>,
) -> (Option<Compiled>, Diagnostics) {
    let mut findings = files.findings.clone();
    let root = FileId(0);
    let project = files.project.clone().unwrap_or_else(|| Node {
        span: Span::start_of(root),
        value: Value::Mapping(Mapping::default()),
    });
    let input = Input {
        sources: &files.sources,
        project: Source {
            file: root,
            node: project,
        },
        documents: documents
            .into_iter()
            .map(|node| Source {
                file: node.span.file,
                node,
            })
            .collect(),
        environment: environment.map(str::to_owned),
        now,
        applied,
    };
    let compiled = compile::compile(input, &mut findings);
    if files.project.is_some() {
        return (compiled, findings);
    }
    // Of a bursar.yaml that could not be read, one thing is said: why, or that it is empty.
    let told: Vec<Diagnostic> = files
        .findings
        .iter()
        .filter(|finding| finding.span.file == root)
        .cloned()
        .collect();
    findings.retain_mut(|finding| finding.span.file != root);
    if told.is_empty() {
        findings.push(
            Diagnostic::new(
                Code::MissingField,
                Span::start_of(root),
                "bursar.yaml is empty",
            )
            .help("write at least `version: 1` and `project: NAME`"),
        );
    }
    for finding in told {
        findings.push(finding);
    }
    findings.sort();
    (None, findings)
}

/// A project, compiled for one or for every environment.
pub(super) struct Everywhere {
    /// Every text.
    pub(super) sources: SourceMap,
    /// All findings, in file order.
    pub(super) findings: Diagnostics,
    /// What was compiled, an environment after the other.
    pub(super) compiled: Vec<Option<Compiled>>,
}

/// Compiles the project for the chosen environment, without one for each that it has.
///
/// # Errors
/// The system refuses to read a file.
pub(super) fn check_everywhere(
    mut files: Files,
    environment: Option<&str>,
    now: Instant,
) -> Result<Everywhere, Failure> {
    let chosen: Vec<Option<String>> = match environment {
        Some(environment) => vec![Some(environment.to_owned())],
        None => {
            let all = environments(&files);
            if all.is_empty() {
                vec![None]
            } else {
                all.into_iter().map(Some).collect()
            }
        }
    };
    let mut findings = Diagnostics::new();
    let mut all = Vec::new();
    let last = chosen.len().saturating_sub(1);
    for (at, environment) in chosen.iter().enumerate() {
        let environment = environment.as_deref();
        if !files.serves(environment) {
            files = files.again(environment)?;
        }
        let documents = if at == last {
            std::mem::take(&mut files.documents)
        } else {
            files.documents.clone()
        };
        let applied = applied::here(&files, environment);
        let (compiled, own) = compile(&files, documents, environment, now, applied);
        all.push(compiled);
        findings.extend(own);
    }
    findings.sort();
    Ok(Everywhere {
        sources: files.sources,
        findings,
        compiled: all,
    })
}

/// Shows findings as a result: they are what the command found.
pub(super) fn tell(context: &Context, findings: &Diagnostics, sources: &SourceMap) {
    let text = if context.console.json {
        crate::render::json::diagnostics::render(findings, sources)
    } else {
        human::diagnostics::render(findings, sources, context.console.out_style)
    };
    context.console.result(&text);
}

/// Shows findings in passing: the command goes on.
fn warn(context: &Context, findings: &Diagnostics, sources: &SourceMap) {
    if !findings.is_empty() {
        let style = context.console.err_style;
        context
            .console
            .note(&human::diagnostics::render(findings, sources, style));
    }
}
