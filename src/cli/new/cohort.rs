//! `bursar new cohort`.

use super::super::configuration::{self, Everywhere, check_everywhere};
use super::super::files::Files;
use super::super::fixing::difference;
use super::super::{Context, Exit, Failure, inside, parse_moment};
use crate::compile::Compiled;
use crate::diag::{Diagnostics, Severity};
use crate::domain::world::Assumptions;
use crate::domain::zone::Zone;
use crate::kinds::{Document, Spec};
use crate::launch::{self, Decision, FORMS, Form, NextCohort, Refusal, Request, Topic};
use crate::model::{Address, Moment};
use crate::os::{self, NewFilesError, ProjectFolder};
use crate::render::{human, json};
use crate::simulate::{self, Stage};
use crate::source::{FileId, SourceMap};
use crate::yaml::{self, Limits, Node};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Write the next cohort's file: cohort, offers, coupons, lists, letters, scenarios and tests,
/// renamed and dated anew.
///
/// Every absolute date moves by the calendar days between the two starts, at its hour; what is
/// relative stays. Pauses of `every` keep their days of the year. What several cohorts share is not
/// copied. The new file is checked with the whole project before it is written, and nothing that
/// exists is written over. Prices stay: what a person must still decide is told.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar new cohort --from web-dev-2026-09 --starts 2027-01-11
  bursar new cohort --from web-dev-2026-09 --starts 2027-01-11T18:00 --launch schedule-only
  bursar new cohort --from web-dev-2026-09 --starts 2027-01-11 --launch schedule-only --diff
  bursar new cohort --from web-dev-2026-09 --starts 2027-01-11 --launch course-copy --course web-dev-2")]
pub(super) struct Args {
    /// The cohort to start from.
    #[arg(long, value_name = "NAME")]
    from: String,
    /// When the new one starts: a date, at the hour of the earlier one, or a time.
    #[arg(long, value_name = "DATE", value_parser = parse_moment)]
    starts: Moment,
    /// The form of the launch; asked for, if absent.
    #[arg(long, value_enum, value_name = "FORM")]
    launch: Option<LaunchForm>,
    /// With `course-copy`: the mirror of the copy.
    #[arg(long, value_name = "NAME")]
    course: Option<String>,
    /// The new cohort's name; after the pattern of the earlier one's, if absent.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The file, in the project's folder; beside the earlier cohort's, if absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show the file on standard output, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Show how it differs from the earlier cohort's documents, and write nothing.
    #[arg(long)]
    diff: bool,
}

/// The form of a launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum LaunchForm {
    /// Only dates change: new offers on the same course.
    ScheduleOnly,
    /// Content changes: a copy of the course, and new offers on it.
    CourseCopy,
    /// The earlier cohort keeps no access: the course itself changes.
    CourseEdited,
}

impl From<LaunchForm> for Form {
    fn from(form: LaunchForm) -> Self {
        match form {
            LaunchForm::ScheduleOnly => Form::ScheduleOnly,
            LaunchForm::CourseCopy => Form::CourseCopy,
            LaunchForm::CourseEdited => Form::CourseEdited,
        }
    }
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let out = args.out.as_deref().map(file_below).transpose()?;
    let project = Project::read(context)?;
    // What is wrong with the question is said before anything is asked.
    if args.launch.is_none() {
        project.next(args, Form::ScheduleOnly, None)?;
    }
    let form = match args.launch {
        Some(form) => form.into(),
        None => ask(context)?,
    };
    let mut next = project.next(args, form, args.course.as_deref())?;
    let place = out.unwrap_or_else(|| {
        let shown = project.sources.path(next.file);
        next.place(project.folder.relative(shown).unwrap_or(shown))
    });
    let shown = project.folder.show(&place);
    if project
        .folder
        .path()
        .join(&place)
        .symlink_metadata()
        .is_ok()
    {
        return Err(exists(&shown));
    }
    let Checked { findings, broken } = project.check(context, &place, &next)?;
    next.decisions.splice(0..0, broken);
    let is_written = !args.dry_run && !args.diff;
    if is_written {
        write(&project.folder, &place, &shown, &next.text)?;
    }
    if context.console.json {
        let told = json::launch::render(&next, &shown, is_written);
        context.console.result(&told);
        return Ok(Exit::Done);
    }
    let style = context.console.out_style;
    if args.diff {
        context
            .console
            .result(&difference(&shown, &next.before, &next.text));
    } else if args.dry_run {
        context.console.result(&next.text);
    }
    let told = human::launch::render(&next, is_written.then_some(&*shown), style);
    if is_written {
        context.console.result(&told);
    } else {
        context.console.note(&format!("\n{told}"));
    }
    context.console.note(&findings);
    Ok(Exit::Done)
}

fn file_below(out: &Path) -> Result<String, Failure> {
    let below = inside::below(out).filter(|below| !below.is_empty());
    below.ok_or_else(|| {
        Failure::new(
            Exit::Invalid,
            "`--out` must name a file inside of the project",
        )
        .hint("what lies outside of the project's folder is not read; name one without `..`")
    })
}

/// A valid project in all of its environments, or in the chosen one.
struct Project {
    folder: ProjectFolder,
    sources: SourceMap,
    documents: Vec<Document>,
    written: Vec<Node>,
    zone: Zone,
    language: Option<&'static str>,
}

impl Project {
    fn read(context: &Context) -> Result<Self, Failure> {
        let files = Files::read(context.dir.as_deref(), context.environment.as_deref())?;
        let now = configuration::now(context, &files);
        let folder = files.folder.clone();
        let Everywhere {
            sources,
            findings,
            compiled,
        } = check_everywhere(files, context.environment.as_deref(), now)?;
        if findings.has_errors() {
            configuration::tell(context, &findings, &sources);
            return Err(Failure::said(Exit::Invalid));
        }
        let mut documents: BTreeMap<_, Document> = BTreeMap::new();
        let (mut zone, mut language) = (None, None);
        for compiled in compiled.into_iter().flatten() {
            zone = zone.or(Some(compiled.zone));
            let first = compiled.project.languages.first();
            language = language.or(first.map(|language| language.code()));
            for document in compiled.documents {
                documents
                    .entry(document.address.clone())
                    .or_insert(document);
            }
        }
        // As they are written: what was compiled has variables filled in and fields merged.
        let mut written = Vec::new();
        for file in sources.ids() {
            let text = sources.text(file);
            written.extend(yaml::parse(
                file,
                text,
                &Limits::default(),
                &mut Diagnostics::new(),
            ));
        }
        Ok(Project {
            folder,
            sources,
            documents: documents.into_values().collect(),
            written,
            zone: zone.unwrap_or_else(Zone::utc),
            language,
        })
    }

    fn next(&self, args: &Args, form: Form, course: Option<&str>) -> Result<NextCohort, Failure> {
        let request = Request {
            sources: &self.sources,
            project: FileId(0),
            documents: &self.documents,
            written: &self.written,
            zone: &self.zone,
            language: self.language,
            from: &args.from,
            starts: args.starts,
            name: args.name.as_deref(),
            launch: form,
            course,
        };
        launch::next_cohort(&request).map_err(|refusal| refused(&refusal))
    }

    /// Checks the project with the new file in it, and runs the new tests.
    fn check(&self, context: &Context, place: &str, next: &NextCohort) -> Result<Checked, Failure> {
        let dir = context.dir.clone().unwrap_or_else(|| PathBuf::from("."));
        let buffers = BTreeMap::from([(dir.join(place), next.text.clone())]);
        let files = Files::read_over(&dir, context.environment.as_deref(), buffers)?;
        let shown = self.folder.show(place);
        if !files.takes(place) {
            return Err(
                Failure::new(Exit::Invalid, format!("{shown} would not be read"))
                    .cause("it is no `.yaml` file, lies in a hidden folder, or `exclude` names it")
                    .hint("name another file with `--out`"),
            );
        }
        let now = configuration::now(context, &files);
        let Everywhere {
            sources,
            mut findings,
            compiled,
        } = check_everywhere(files, context.environment.as_deref(), now)?;
        let new = sources.ids().find(|file| sources.path(*file) == shown);
        findings.retain_mut(|finding| {
            finding.severity == Severity::Error || Some(finding.span.file) == new
        });
        if findings.has_errors() {
            configuration::tell(context, &findings, &sources);
            context.console.warn(&format!(
                "The project would not be valid with {shown}: nothing was written.\n"
            ));
            return Err(Failure::said(Exit::Invalid));
        }
        let style = context.console.err_style;
        Ok(Checked {
            findings: match findings.is_empty() {
                true => String::new(),
                false => human::diagnostics::render(&findings, &sources, style),
            },
            broken: broken(&compiled, next),
        })
    }
}

/// What came of checking the project with the new file.
struct Checked {
    /// What is found in the new file, as text.
    findings: String,
    /// The new tests that fail.
    broken: Vec<Decision>,
}

fn broken(compiled: &[Option<Compiled>], next: &NextCohort) -> Vec<Decision> {
    let is_new = |address: &Address| next.renamed.iter().any(|(_, new)| new == address);
    let mut out: Vec<Decision> = Vec::new();
    for compiled in compiled.iter().flatten() {
        // What cannot be played at all is told by `bursar test`.
        let Ok(stage) = Stage::of(compiled) else {
            continue;
        };
        for document in compiled.documents.iter().filter(|it| is_new(&it.address)) {
            let Spec::Test(test) = &document.spec else {
                continue;
            };
            let outcome = simulate::run(&stage, document, test, Assumptions::default());
            let Some(miss) = outcome.misses.first() else {
                continue;
            };
            if out.iter().any(|told| told.address == document.address) {
                continue;
            }
            let time = miss.time.as_ref().map(|time| format!("{time}: "));
            out.push(Decision {
                topic: Topic::Test,
                address: document.address.clone(),
                path: None,
                message: format!(
                    "{}expected {}, found {}",
                    time.unwrap_or_default(),
                    miss.expected,
                    miss.found
                ),
            });
        }
    }
    out
}

fn write(folder: &ProjectFolder, place: &str, shown: &str, text: &str) -> Result<(), Failure> {
    os::write_new_files(folder.path(), &[(place, text)]).map_err(|error| match error {
        NewFilesError::Exists(_) => exists(shown),
        NewFilesError::Outside(_) => Failure::new(
            Exit::Invalid,
            format!("{shown} would lie outside of the project"),
        )
        .hint("name another file with `--out`"),
        NewFilesError::System(error) => Failure::from_error(Exit::Unclassified, &error),
    })
}

fn exists(shown: &str) -> Failure {
    Failure::new(Exit::Invalid, format!("{shown} exists already"))
        .hint("nothing is written over: name another file with `--out`")
}

fn refused(refusal: &Refusal) -> Failure {
    let failure = Failure::new(Exit::Invalid, refusal.to_string());
    let near = |near: &Option<String>, otherwise: &str| match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => otherwise.to_owned(),
    };
    match refusal {
        Refusal::Unknown { name: _, near: it } => {
            failure.hint(near(it, "name one of the project with `--from`"))
        }
        Refusal::Taken(_) => {
            failure.hint("nothing is written over: edit it, or choose another name with `--name`")
        }
        Refusal::BadName { .. } => failure.hint("choose another name with `--name`"),
        Refusal::NoStart(_) => failure
            .hint("write `starts` into it: all dates are moved by the days between the starts"),
        Refusal::NoCopy { course } => failure
            .hint(format!(
                "copy the course on the platform, declare the copy (`kind: course`, its `id`, \
                 `copy_of: {course}`), then `bursar pull`, then name it with `--course`"
            ))
            .hint("where only dates change, no copy is needed: `--launch schedule-only`"),
        Refusal::CourseNotNeeded(_) => {
            failure.hint("leave out `--course`, or launch a copy: `--launch course-copy`")
        }
        Refusal::UnknownCourse { name: _, near: it } => failure.hint(near(
            it,
            "`bursar pull --new` writes the mirrors of new courses",
        )),
        Refusal::SameCourse(_) => failure
            .hint("name the mirror of the copy; where only dates change: `--launch schedule-only`"),
        Refusal::Unreadable(_) => failure
            .hint("please report it, with the files if you can; `bursar fmt` may help meanwhile"),
    }
}

/// Asks which form of launch applies.
fn ask(context: &Context) -> Result<Form, Failure> {
    let words = || {
        let names: Vec<&str> = FORMS.iter().map(|form| launch::form_name(*form)).collect();
        format!("`--launch` takes {}", names.join(", "))
    };
    if !os::stdin_is_terminal() {
        return Err(Failure::new(
            Exit::Confirmation,
            "which form of launch applies, nobody can be asked: standard input is no terminal",
        )
        .hint(words()));
    }
    let mut question = String::from("Which launch is it?\n");
    for (at, form) in FORMS.iter().enumerate() {
        let (name, means) = (launch::form_name(*form), launch::form_means(*form));
        question.push_str(&format!("  {}  {name}: {means}\n", at + 1));
    }
    context
        .console
        .warn(&format!("{question}A number or a word: "));
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|error| Failure::from_error(Exit::Confirmation, &error))?;
    let answer = line.trim();
    let chosen = FORMS
        .iter()
        .enumerate()
        .find(|(at, form)| answer == (at + 1).to_string() || answer == launch::form_name(**form));
    match chosen {
        Some((_, form)) => {
            context.console.warn("\n");
            Ok(*form)
        }
        None => {
            Err(Failure::new(Exit::Confirmation, "not answered; nothing was written").hint(words()))
        }
    }
}
