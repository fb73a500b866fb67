//! `bursar apply`.

use super::applied::Applied;
use super::audit::Audit;
use super::configuration::Configuration;
use super::locking::lock;
use super::place;
use super::planning::{self, Form, Gates, Planned, is_empty, state_failure};
use super::platform::{Platform, provider_failure};
use super::reporter::{Reporter, done};
use super::saved::SavedPlan;
use super::signals::Stopping;
use super::state::release;
use super::{Context, Exit, Failure, runtime, saved};
use crate::apply::{self, ApplySettings, Outcome, StepError};
use crate::os;
use crate::plan::{self, Plan};
use crate::provider::http::HttpWriter;
use crate::render::human;
use crate::render::terminal::escape;
use crate::state::{Holder, Session, Start};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::watch;
use tracing::Instrument as _;

/// Make the platform what the configuration says: plan, ask, carry out.
///
/// Without a terminal, --auto-approve is needed: else the plan is shown and the exit code is 10.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar apply
  bursar plan --out plan.json && bursar apply plan.json
  bursar apply --auto-approve --parallelism 4")]
pub(super) struct Args {
    /// A plan that `bursar plan --out FILE` has saved: carried out as it is, without asking.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Do not ask.
    #[arg(long)]
    auto_approve: bool,
    /// Requests that may be under way at the same time.
    #[arg(long, value_name = "N", default_value = "10")]
    parallelism: NonZeroUsize,
    /// Where to add a line for each write; .bursar/ENVIRONMENT/audit.jsonl, if absent.
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    #[command(flatten)]
    gates: Gates,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    if args.file.is_some() && args.gates != Gates::default() {
        return Err(Failure::new(
            Exit::Invalid,
            "a saved plan has been judged: flags that open or set a gate belong to the plan",
        )
        .hint("give them to `bursar plan --out FILE`"));
    }
    let saved = args.file.as_deref().map(saved::read).transpose()?;
    let configuration = Configuration::load(context, Applied::Needed)?;
    let state = place::state_of(&configuration)?;
    let holder = Holder::new(&random_name(), &os::user(), &os::host(), "apply", os::now());
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let mut stopping = Stopping::listen()?;
        let mut session = lock(&state, &holder, stopping.signals()).await?;
        let behind = Behind {
            configuration: &configuration,
            holder: &holder,
            locked: &mut session,
            stopping: &mut stopping,
        };
        let ended = carry_through(context, args, saved, behind).await;
        release(context, session, &mut stopping).await;
        ended
    });
    // A question that nobody answers any more must not hold the program.
    runtime.shutdown_background();
    ended
}

/// How long after a signal the state may be saved, and its lock be let go: five seconds in all, of which
/// requests under way may have taken four.
const SAVING: Duration = Duration::from_millis(4_600);
pub(super) const RELEASING: Duration = Duration::from_millis(4_900);

/// What there is behind the lock.
struct Behind<'a> {
    configuration: &'a Configuration,
    holder: &'a Holder,
    locked: &'a mut Session,
    stopping: &'a mut Stopping,
}

/// Everything behind the lock: plan, gates, question, apply.
async fn carry_through(
    context: &Context,
    args: &Args,
    saved: Option<SavedPlan>,
    behind: Behind<'_>,
) -> Result<Exit, Failure> {
    let Behind {
        configuration,
        holder,
        locked,
        stopping,
    } = behind;
    let approved = async {
        let platform = Platform::open(configuration).await?;
        let snapshot = locked.snapshot();
        let is_saved = saved.is_some();
        let planned = match saved {
            Some(saved) => {
                saved::check(&saved, configuration, &platform, snapshot).await?;
                let names = planning::names_of(snapshot);
                let SavedPlan { plan, document: _ } = saved;
                Planned {
                    plan,
                    names,
                    requests_per_minute: platform.requests_per_minute(),
                }
            }
            None => planning::plan(configuration, &platform, snapshot, &args.gates).await?,
        };
        let is_approved = is_saved || args.auto_approve;
        // A stream of events is not broken up by a plan that nobody has to look at.
        if !(context.console.json && is_approved) {
            planning::show(context, &planned, Form::of(context));
        }
        let Planned { plan, .. } = planned;
        if !plan.refusals.is_empty() {
            return Err(blocked(context, &plan, is_approved));
        }
        let is_settled = snapshot.base.open_intents.is_empty();
        if !is_empty(&plan) && !is_approved {
            let question = "Do you want to perform these actions?";
            let help = "review the plan, then `bursar apply --auto-approve`";
            ask(context, question, help).await?;
        }
        Ok((platform, plan, is_settled))
    };
    // Until the first write, there is nothing to save.
    let (platform, plan, is_settled) = tokio::select! {
        approved = approved => approved?,
        exit = stopping.signals().wait() => return Err(Failure::new(exit, "interrupted; nothing was changed")),
    };
    if is_empty(&plan) && plan.steps.is_empty() && is_settled {
        platform.close().await;
        return Ok(Exit::Done);
    }
    let audit = args.audit.as_deref();
    let audit = Audit::open(context.console, audit, configuration, holder, &plan)?;
    let work = Work {
        plan: &plan,
        platform: &platform,
        audit: &audit,
        parallelism: args.parallelism,
    };
    let carried = carry_out(context, work, locked, stopping).await;
    let is_embedded = platform.is_embedded();
    platform.close().await;
    let Carried { outcome, signal } = carried?;
    end(context, &plan, &outcome, signal)?;
    if !context.console.json {
        look(context, locked, is_embedded);
    }
    Ok(Exit::Done)
}

/// A plan that must not be applied; it has been shown with its refusals, but for a stream.
fn blocked(context: &Context, plan: &Plan, is_approved: bool) -> Failure {
    if !(context.console.json && is_approved) {
        return Failure::said(Exit::Blocked);
    }
    let mut failure = Failure::new(Exit::Blocked, "the plan must not be applied");
    for refusal in &plan.refusals {
        failure = failure
            .cause(refusal.message.clone())
            .hint(refusal.help.clone());
    }
    failure
}

/// What came of it, and the signal that cut it short.
pub(super) struct Carried {
    pub(super) outcome: Outcome,
    signal: Option<Exit>,
}

/// What is carried out, where, and how.
pub(super) struct Work<'a> {
    pub(super) plan: &'a Plan,
    pub(super) platform: &'a Platform,
    pub(super) audit: &'a Audit,
    pub(super) parallelism: NonZeroUsize,
}

/// Carries a plan out, behind the lock: journal, steps, state.
///
/// # Errors
/// The state cannot be written.
pub(super) async fn carry_out(
    context: &Context,
    work: Work<'_>,
    locked: &mut Session,
    stopping: &mut Stopping,
) -> Result<Carried, Failure> {
    let Work {
        plan,
        platform,
        audit,
        parallelism,
    } = work;
    let base = locked.snapshot().base.clone();
    let start = Start {
        target: plan.target.clone(),
        lineage: plan.lineage.clone(),
        serial: plan.serial,
        new_lineage: random_name(),
        plan: plan::digest(plan),
    };
    let begun = stopping
        .within(SAVING, locked.begin(start, apply::announced(plan)))
        .await;
    let journal = match begun {
        Some(begun) => begun.map_err(|error| state_failure(&error))?,
        None => {
            let exit = stopping.signal().unwrap_or(Exit::Interrupted);
            let why = "interrupted before the state answered; nothing was changed";
            return Err(Failure::new(exit, why));
        }
    };
    let settings = ApplySettings {
        parallelism: parallelism.get(),
        ..ApplySettings::default()
    };
    let (stop, stopped) = watch::channel(stopping.signal().is_some());
    let writer = HttpWriter::new(platform.reader.clone()).until(stopped.clone());
    let reporter = Reporter::new(context.console, plan);
    let outcome = {
        let work = apply::apply(plan, &base, &writer, &journal, settings, stopped, |event| {
            audit.tell(&event);
            reporter.tell(&event);
        });
        let work = work.instrument(tracing::info_span!("apply", steps = plan.steps.len()));
        tokio::pin!(work);
        loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                () = stopping.wait() => {
                    reporter.stopping();
                    // The other end is `work`, which is still there.
                    let _ = stop.send(true);
                }
            }
        }
    };
    reporter.finish();
    let unfinished = outcome.unfinished(plan);
    let saved = stopping
        .within(SAVING, locked.commit(journal, &unfinished))
        .await;
    let signal = stopping.signal();
    match saved {
        Some(saved) => saved.map_err(|error| state_failure(&error))?,
        None => return Err(not_saved(locked, signal)),
    };
    Ok(Carried { outcome, signal })
}

/// What has been done is kept here, since the place of the state did not answer after a signal.
pub(super) fn not_saved(locked: &Session, signal: Option<Exit>) -> Failure {
    let exit = signal.unwrap_or(Exit::Interrupted);
    match locked.set_aside() {
        Some(error) => Failure {
            exit,
            ..state_failure(&error)
        },
        None => Failure::new(exit, "interrupted before the state was saved"),
    }
}

/// Says how it ended.
///
/// # Errors
/// Not everything was done.
fn end(
    context: &Context,
    plan: &Plan,
    outcome: &Outcome,
    signal: Option<Exit>,
) -> Result<(), Failure> {
    let counts = done(plan, outcome);
    let complete = outcome.is_complete();
    if !context.console.json {
        context.console.result(&human::apply::summary(
            complete,
            counts,
            context.console.out_style,
        ));
    }
    if complete {
        return Ok(());
    }
    let nothing_done = outcome.done.is_empty();
    let first = outcome.failed.first().map(|failed| &failed.error);
    let exit = match (signal, first) {
        (Some(exit), _) => exit,
        (None, Some(StepError::Provider(error))) if nothing_done => {
            match provider_failure(error).exit {
                exit @ (Exit::Credentials | Exit::Exhausted) => exit,
                Exit::Done
                | Exit::Unclassified
                | Exit::Changes
                | Exit::Invalid
                | Exit::Blocked
                | Exit::Stale
                | Exit::Locked
                | Exit::Partly
                | Exit::Confirmation
                | Exit::Interrupted
                | Exit::Terminated => Exit::Partly,
            }
        }
        (None, _) => Exit::Partly,
    };
    let mut failure = Failure::new(
        exit,
        format!(
            "{} of {} steps failed, {} were skipped",
            outcome.failed.len(),
            plan.steps.len(),
            outcome.skipped.len()
        ),
    )
    .hint("correct the cause and apply again: it goes on from there");
    for failed in &outcome.failed {
        failure = failure.cause(format!("{}: {}", failed.address, failed.error));
    }
    for skipped in &outcome.skipped {
        failure = failure.cause(format!(
            "{} was skipped: {}",
            skipped.address, skipped.because
        ));
    }
    Err(failure)
}

/// How to look at what was made: the pages of offers, and the embedded platform.
fn look(context: &Context, locked: &Session, is_embedded: bool) {
    let pages: String = locked
        .snapshot()
        .base
        .objects
        .iter()
        .filter(|(_, object)| !object.retired)
        .filter_map(|(address, object)| Some((address, object.outputs.get("url")?)))
        .map(|(address, url)| format!("  {address}  {}\n", escape(url)))
        .collect();
    if !pages.is_empty() {
        context.console.result(&format!("\nPages:\n{pages}"));
    }
    if is_embedded {
        let dir = context
            .dir
            .as_ref()
            .map_or_else(String::new, |dir| format!(" --dir {}", dir.display()));
        let environment = context
            .environment
            .as_ref()
            .map_or_else(String::new, |name| format!(" --env {name}"));
        context.console.note(&format!(
            "\nLook at it in a browser: bursar{dir}{environment} sandbox\n"
        ));
    }
}

/// Asks whether to go on; `help` says what to do where nobody can be asked.
///
/// # Errors
/// Nobody can be asked, or the answer is not `yes`.
pub(super) async fn ask(context: &Context, question: &str, help: &str) -> Result<(), Failure> {
    if !os::stdin_is_terminal() {
        return Err(Failure::new(
            Exit::Confirmation,
            "there are changes, and nobody can be asked: standard input is no terminal",
        )
        .hint(help));
    }
    context
        .console
        .warn(&format!("\n{question} Only `yes` is accepted: "));
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line)
    })
    .await;
    match answer {
        Ok(Ok(line)) if line.trim() == "yes" => {
            context.console.warn("\n");
            Ok(())
        }
        Ok(Ok(_)) => Err(Failure::new(
            Exit::Confirmation,
            "not approved; nothing was changed",
        )),
        Ok(Err(error)) => Err(Failure::from_error(Exit::Confirmation, &error)),
        Err(error) => Err(Failure::from_error(Exit::Unclassified, &error)),
    }
}

pub(super) fn random_name() -> String {
    format!("{:032x}", fastrand::u128(..))
}
