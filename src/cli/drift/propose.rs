//! `bursar drift --propose`: edits that are tried out before they are written.

use crate::cli::applied;
use crate::cli::configuration::{self, Configuration};
use crate::cli::files::Files;
use crate::cli::fixing::difference;
use crate::cli::planning::{self, Gates, Read};
use crate::cli::{Context, Exit, Failure};
use crate::decompile::{self, Grounds, NotProposed, Proposal, Proposals};
use crate::diag::{Diagnostics, Edit, Severity, apply_edits};
use crate::model::{Address, LiveState, Path, RemoteId, Target};
use crate::os;
use crate::plan::Plan;
use crate::render::{Accepted as Told, NotAccepted};
use crate::source::{FileId, SourceMap};
use crate::state::Snapshot;
use crate::yaml::{Limits, format, parse};
use std::collections::{BTreeMap, BTreeSet};

/// Why a proposal that changes too little or too much is not made.
const NOT_SAID: &str = "no edit of the configuration says exactly this";

/// What is proposed, and on which grounds.
pub(super) struct Proposing<'a> {
    pub(super) context: &'a Context,
    pub(super) configuration: &'a Configuration,
    pub(super) snapshot: &'a Snapshot,
    pub(super) live: &'a LiveState,
    pub(super) target: &'a Target,
    pub(super) plan: &'a Plan,
}

/// Edits that hold.
pub(super) struct Accepted {
    /// Each text that changes: its path, what it was, what it becomes.
    pub(super) texts: Vec<(String, String, String)>,
    fields: Vec<(Address, Path)>,
    not: Vec<(NotProposed, Option<String>)>,
}

impl Accepted {
    /// For showing.
    pub(super) fn told(&self, written: bool) -> Told {
        Told {
            written,
            files: self.texts.iter().map(|(path, ..)| path.clone()).collect(),
            fields: self.fields.clone(),
            not: self
                .not
                .iter()
                .map(|(not, place)| NotAccepted {
                    address: not.address.clone(),
                    path: not.path.clone(),
                    place: place.clone(),
                    why: not.why.clone(),
                })
                .collect(),
        }
    }
}

impl Proposing<'_> {
    /// Finds the edits, makes sure that each does what it says, and leaves out what does not.
    ///
    /// # Errors
    /// The project cannot be read again.
    pub(super) fn run(&self) -> Result<Accepted, Failure> {
        let Proposals { proposals, mut not } = self.proposals();
        let mut kept: Vec<&Proposal> = proposals.iter().collect();
        if !kept.is_empty() && self.objection(&kept)?.is_some() {
            // One of them does not: each is tried beside those that hold.
            kept.clear();
            for proposal in &proposals {
                kept.push(proposal);
                if let Some(why) = self.objection(&kept)? {
                    kept.pop();
                    not.extend(proposal.accepts.iter().map(|(address, path)| NotProposed {
                        address: address.clone(),
                        path: Some(path.clone()),
                        span: None,
                        why: why.clone(),
                    }));
                }
            }
        }
        let sources = &self.configuration.sources;
        let place = |not: &NotProposed| {
            let span = not.span?;
            let at = sources.line_column(span.file, span.start);
            Some(format!(
                "{}:{}:{}",
                sources.path(span.file),
                at.line,
                at.column
            ))
        };
        not.sort_by(|a, b| (&a.address, &a.path).cmp(&(&b.address, &b.path)));
        let not = not.into_iter().map(|it| {
            let place = place(&it);
            (it, place)
        });
        let texts = edited(&kept, sources).into_iter();
        Ok(Accepted {
            texts: texts
                .map(|(file, new)| {
                    (
                        sources.path(file).to_owned(),
                        sources.text(file).to_owned(),
                        new,
                    )
                })
                .collect(),
            fields: kept.iter().flat_map(|it| it.accepts.clone()).collect(),
            not: not.collect(),
        })
    }

    fn proposals(&self) -> Proposals {
        let Configuration {
            folder: _,
            compiled,
            now: _,
            sources,
        } = self.configuration;
        let objects = self.snapshot.base.objects.iter();
        let mut declared: BTreeMap<(String, RemoteId), Address> = objects
            .map(|(address, object)| ((address.kind.to_string(), object.id), address.clone()))
            .collect();
        let mut parts = BTreeMap::new();
        for document in &compiled.documents {
            if let Some(mirror) = decompile::mirror(&document.node)
                && let Some(id) = mirror.id
            {
                declared.insert((mirror.kind.id.to_owned(), id), mirror.address);
                parts.insert(id.0, mirror.parts);
            }
        }
        let root = FileId(0);
        let limits = Limits::default();
        let mut project = parse(root, sources.text(root), &limits, &mut Diagnostics::new());
        let Some(project) = project.pop() else {
            return Proposals::default();
        };
        let grounds = Grounds {
            documents: &compiled.documents,
            project: &project,
            sources,
            desired: &compiled.desired,
            live: self.live,
            declared: &declared,
            parts: &parts,
            zone: &compiled.zone,
        };
        decompile::propose(&grounds, &self.plan.drift)
    }

    /// What speaks against these edits: an error, or that the configuration would not declare what
    /// they accept as it is on the platform.
    fn objection(&self, proposals: &[&Proposal]) -> Result<Option<String>, Failure> {
        let Configuration {
            folder,
            compiled: _,
            now,
            sources,
        } = self.configuration;
        let buffers = edited(proposals, sources).into_iter();
        let buffers = buffers.filter_map(|(file, text)| {
            let relative = folder.relative(sources.path(file))?;
            Some((folder.path().join(relative), text))
        });
        let environment = self.context.environment.as_deref();
        let mut files = Files::read_over(folder.path(), environment, buffers.collect())?;
        let documents = std::mem::take(&mut files.documents);
        let applied = applied::of(self.snapshot.clone());
        let (compiled, findings) =
            configuration::compile(&files, documents, environment, *now, applied);
        let Some(compiled) = compiled else {
            let mut errors = findings.iter().filter(|it| it.severity == Severity::Error);
            let first = errors.next();
            return Ok(Some(match first {
                Some(error) => format!("it would be an error: {}: {}", error.code, error.message),
                None => NOT_SAID.to_owned(),
            }));
        };
        let read = Read {
            live: self.live,
            target: self.target.clone(),
            requests: self.plan.read_requests,
        };
        let plan = planning::compare(&compiled, *now, read, self.snapshot, &Gates::default());
        let attribute = |path: &Path| path.field().map(str::to_owned);
        let accepted: BTreeSet<(&Address, Option<String>)> = proposals
            .iter()
            .flat_map(|it| &it.accepts)
            .map(|(address, path)| (address, attribute(path)))
            .collect();
        let fields = |plan: &Plan| -> BTreeSet<(Address, Option<String>)> {
            let changes = plan.changes.iter().chain(&plan.drift);
            changes
                .flat_map(|change| {
                    let fields = change.fields.iter();
                    fields.map(|field| (change.address.clone(), attribute(&field.path)))
                })
                .collect()
        };
        // What others make of it (a letter that names the price) is for the next apply.
        let speaks_against = |(address, path): &(Address, Option<String>)| {
            accepted.contains(&(address, path.clone()))
        };
        Ok(fields(&plan)
            .iter()
            .any(speaks_against)
            .then(|| NOT_SAID.to_owned()))
    }

    /// Shows the edits.
    pub(super) fn show(&self, accepted: &Accepted) {
        if !self.context.console.json {
            for (path, old, new) in &accepted.texts {
                self.context.console.result(&difference(path, old, new));
            }
        }
    }
}

/// Writes the edits.
///
/// # Errors
/// A file cannot be written.
pub(super) fn write(accepted: &Accepted) -> Result<(), Failure> {
    for (path, _, new) in &accepted.texts {
        os::write_over(std::path::Path::new(path), new).map_err(|error| {
            Failure::new(Exit::Unclassified, format!("{path} cannot be written"))
                .cause(error.to_string())
        })?;
    }
    Ok(())
}

/// The texts that change, each in the one layout if it was.
fn edited(proposals: &[&Proposal], sources: &SourceMap) -> BTreeMap<FileId, String> {
    let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in proposals.iter().flat_map(|it| &it.edits) {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    let limits = Limits::default();
    by_file
        .into_iter()
        .filter_map(|(file, edits)| {
            let old = sources.text(file);
            let new = apply_edits(old, &edits).filter(|new| new != old)?;
            let laid_out = format(old, &limits).as_deref() == Ok(old);
            let new = match format(&new, &limits) {
                Ok(formatted) if laid_out => formatted,
                Ok(_) | Err(_) => new,
            };
            Some((file, new))
        })
        .collect()
}
