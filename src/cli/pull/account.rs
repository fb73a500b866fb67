//! `bursar pull --all`: the whole account as files that plan to nothing, adopted.

use super::mirrors::addresses;
use crate::apply::Outcome;
use crate::cli::applied::{self, Applied};
use crate::cli::apply::{self, random_name};
use crate::cli::audit::Audit;
use crate::cli::configuration::{self, Configuration};
use crate::cli::console::Console;
use crate::cli::files::Files;
use crate::cli::fixing::difference;
use crate::cli::locking::lock;
use crate::cli::place;
use crate::cli::planning::{self, Gates, Read};
use crate::cli::platform::Platform;
use crate::cli::signals::Stopping;
use crate::cli::state::release;
use crate::cli::{Context, Exit, Failure, runtime};
use crate::decompile::{self, Account, Choices, Drafts, NewFile, Stuck};
use crate::kinds::{KINDS, KindInfo};
use crate::model::{Address, LiveState, RemoteId};
use crate::os::{self, NewFilesError, ProjectFolder};
use crate::plan::{Operation, Plan};
use crate::render::{human, json};
use crate::source::Span;
use crate::state::{Holder, Session, Snapshot};
use crate::yaml::Node;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Each round leaves something out or excuses it; an account needs few.
const MOST_ROUNDS: usize = 200;

pub(super) fn run(context: &Context, out: &str, diff: bool) -> Result<Exit, Failure> {
    let files = Files::read(context.dir.as_deref(), context.environment.as_deref())?;
    let declared = Declared {
        taken: addresses(&files.documents),
        mirrors: files
            .documents
            .iter()
            .filter_map(decompile::mirror)
            .collect(),
    };
    let configuration = Configuration::of(context, files, Applied::Needed)?;
    let state = place::state_of(&configuration)?;
    let holder = Holder::new(&random_name(), &os::user(), &os::host(), "pull", os::now());
    let runtime = runtime()?;
    let work = async |session: &mut Session, stopping: &mut Stopping| {
        let platform = Platform::open(&configuration).await?;
        let work = Work {
            context,
            out,
            configuration: &configuration,
            platform: &platform,
            declared: &declared,
            holder: &holder,
        };
        let ended = work.run(session, stopping, diff).await;
        platform.close().await;
        ended
    };
    runtime.block_on(async {
        let mut stopping = Stopping::listen()?;
        let mut session = lock(&state, &holder, stopping.signals()).await?;
        let ended = work(&mut session, &mut stopping).await;
        release(context, session, &mut stopping).await;
        ended
    })
}

/// What the project has already.
struct Declared {
    taken: BTreeSet<Address>,
    mirrors: Vec<decompile::Mirror>,
}

struct Work<'a> {
    context: &'a Context,
    out: &'a str,
    configuration: &'a Configuration,
    platform: &'a Platform,
    declared: &'a Declared,
    holder: &'a Holder,
}

/// Drafts that compile without errors and plan to nothing but their adoption.
struct Settled {
    drafts: Drafts,
    files: Vec<NewFile>,
    plan: Plan,
}

impl Work<'_> {
    async fn run(
        &self,
        locked: &mut Session,
        stopping: &mut Stopping,
        diff: bool,
    ) -> Result<Exit, Failure> {
        let kinds: Vec<&'static KindInfo> = KINDS
            .iter()
            .filter(|kind| kind.collection.is_some())
            .collect();
        planning::of_target(self.platform, locked.snapshot())?;
        let read = tokio::select! {
            read = self.platform.read(&kinds, &locked.snapshot().base) => read,
            exit = stopping.signals().wait() => Err(Failure::new(exit, "interrupted; nothing was changed")),
        };
        let (live, requests) = read?;
        let read = || Read {
            live: &live,
            target: self.platform.target(),
            requests,
        };
        let settled = self.settle(&live, read, locked.snapshot())?;
        if diff {
            for NewFile { path, text } in &settled.files {
                let path = format!("{}{path}", self.out);
                self.context.console.result(&difference(&path, "", text));
            }
            self.tell(&settled, false);
            return Ok(match settled.files.is_empty() {
                true => Exit::Done,
                false => Exit::Invalid,
            });
        }
        write_files(&self.configuration.folder, self.out, &settled.files)?;
        if !settled.plan.steps.is_empty() {
            // Nothing happens on the platform: there is no progress to tell.
            let silent = Context {
                dir: self.context.dir.clone(),
                environment: self.context.environment.clone(),
                now: self.context.now,
                console: Console {
                    json: false,
                    quiet: true,
                    ..self.context.console
                },
            };
            let console = silent.console;
            let audit = Audit::open(
                console,
                None,
                self.configuration,
                self.holder,
                &settled.plan,
            )?;
            let work = apply::Work {
                plan: &settled.plan,
                platform: self.platform,
                audit: &audit,
                parallelism: NonZeroUsize::MIN,
            };
            let carried = apply::carry_out(&silent, work, locked, stopping);
            let outcome: Outcome = carried.await?.outcome;
            if !outcome.is_complete() {
                return Err(Failure::new(
                    Exit::Partly,
                    "the files are written, not all is adopted",
                )
                .hint("`bursar apply` adopts the rest"));
            }
        }
        self.tell(&settled, true);
        Ok(Exit::Done)
    }

    /// Writes drafts, compiles and plans them, and leaves out what does not hold, until all does.
    fn settle<'r>(
        &self,
        live: &LiveState,
        read: impl Fn() -> Read<'r>,
        snapshot: &Snapshot,
    ) -> Result<Settled, Failure> {
        let before = planning::compare(
            &self.configuration.compiled,
            self.configuration.now,
            read(),
            snapshot,
            &Gates::default(),
        );
        if !before.changes.is_empty() || !before.refusals.is_empty() || !before.settled.is_empty() {
            return Err(Failure::new(
                Exit::Blocked,
                "what the project declares does not match the platform yet",
            )
            .hint(
                "`bursar plan` says how; apply it, or accept what was done by hand, and pull then",
            ));
        }
        let objects = snapshot.base.objects.iter();
        let mut declared: BTreeMap<(String, RemoteId), Address> = objects
            .map(|(address, object)| ((address.kind.to_string(), object.id), address.clone()))
            .collect();
        let mirrors = &self.declared.mirrors;
        declared.extend(
            mirrors
                .iter()
                .filter_map(|it| Some(((it.kind.id.to_owned(), it.id?), it.address.clone()))),
        );
        let mut taken = self.declared.taken.clone();
        taken.extend(snapshot.base.objects.keys().cloned());
        let parts = mirrors
            .iter()
            .filter_map(|it| Some((it.id?.0, it.parts.clone())))
            .collect();
        let account = Account {
            live,
            zone: &self.configuration.compiled.zone,
            declared: &declared,
            taken: &taken,
            parts: &parts,
        };
        let mut choices = Choices::default();
        for _ in 0..MOST_ROUNDS {
            let drafts = decompile::drafts(&account, &choices);
            if choices.after_drafts(&drafts) {
                continue;
            }
            let files = decompile::files(&drafts, &choices);
            let plan = self.try_out(&drafts, &files, &mut choices, &read, snapshot)?;
            if let Some(plan) = plan {
                return Ok(Settled {
                    drafts,
                    files,
                    plan,
                });
            }
        }
        Err(Failure::new(
            Exit::Unclassified,
            "the account does not come to rest: what is left out leads to more each time",
        ))
    }

    /// The plan of these files, if there are no errors in them and nothing but adoptions in it.
    fn try_out<'r>(
        &self,
        drafts: &Drafts,
        new: &[NewFile],
        choices: &mut Choices,
        read: &impl Fn() -> Read<'r>,
        snapshot: &Snapshot,
    ) -> Result<Option<Plan>, Failure> {
        let folder = &self.configuration.folder;
        let buffers: BTreeMap<PathBuf, String> = new
            .iter()
            .map(|file| {
                let path = folder.path().join(format!("{}{}", self.out, file.path));
                (path, file.text.clone())
            })
            .collect();
        let environment = self.context.environment.as_deref();
        let mut files = Files::read_over(folder.path(), environment, buffers)?;
        for file in new {
            let path = format!("{}{}", self.out, file.path);
            if !files.takes(&path) {
                return Err(Failure::new(
                    Exit::Invalid,
                    format!("{path} would not be read: it is hidden, or `exclude` names it"),
                )
                .hint("name another folder with `--out`"));
            }
        }
        let documents = std::mem::take(&mut files.documents);
        let places = places(&documents);
        let now = self.configuration.now;
        let applied = applied::of(snapshot.clone());
        let (compiled, findings) =
            configuration::compile(&files, documents, environment, now, applied);
        let stuck = |error: Stuck| {
            Failure::new(Exit::Blocked, "the account cannot be taken over").cause(error.to_string())
        };
        let learnt = choices.after_findings(drafts, &findings, &places);
        let (Some(compiled), false) = (compiled, learnt.map_err(stuck)?) else {
            return Ok(None);
        };
        let plan = planning::compare(&compiled, now, read(), snapshot, &Gates::default());
        if choices.after_plan(drafts, &plan).map_err(stuck)? {
            return Ok(None);
        }
        let is_record = |operation: &Operation| matches!(operation, Operation::Record { .. });
        if !plan.steps.iter().all(|step| is_record(&step.operation)) {
            return Err(Failure::new(
                Exit::Unclassified,
                "taking the account over would write to the platform",
            ));
        }
        Ok(Some(plan))
    }

    fn tell(&self, settled: &Settled, written: bool) {
        let Settled {
            drafts,
            files,
            plan,
        } = settled;
        let told = human::pull::View {
            files: files
                .iter()
                .map(|file| format!("{}{}", self.out, file.path))
                .collect(),
            adopted: plan.changes.len(),
            drafts,
            written,
        };
        if self.context.console.json {
            self.context.console.result(&json::pull::render(&told));
        } else if written {
            self.context.console.result(&human::pull::render(&told));
        } else {
            self.context.console.note(&human::pull::render(&told));
        }
    }
}

/// Every document and where it stands.
fn places(documents: &[Node]) -> Vec<(Address, Span)> {
    documents
        .iter()
        .filter_map(|node| {
            let text = |key| node.get(key).and_then(Node::as_str);
            Some((Address::new(text("kind")?, text("name")?), node.span))
        })
        .collect()
}

/// Writes new files into the project.
///
/// # Errors
/// One exists already or cannot be written; none is written then.
pub(super) fn write_files(
    folder: &ProjectFolder,
    out: &str,
    files: &[NewFile],
) -> Result<(), Failure> {
    let paths: Vec<String> = files
        .iter()
        .map(|file| format!("{out}{}", file.path))
        .collect();
    let all: Vec<(&str, &str)> = paths
        .iter()
        .zip(files)
        .map(|(path, file)| (path.as_str(), file.text.as_str()))
        .collect();
    os::write_new_files(folder.path(), &all).map_err(|error| match &error {
        NewFilesError::Exists(_) => Failure::from_error(Exit::Invalid, &error)
            .hint("nothing is written over: name another folder with `--out`"),
        NewFilesError::Outside(_) => Failure::from_error(Exit::Invalid, &error)
            .hint("name a folder of the project with `--out`"),
        NewFilesError::System(_) => Failure::from_error(Exit::Unclassified, &error),
    })
}
