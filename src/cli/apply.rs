//! `bursar apply`.

use super::configuration::Configuration;
use super::planning::{self, Gates, Planned, is_empty, state_failure};
use super::platform::{Platform, provider_failure};
use super::reporter::Reporter;
use super::signals::Signals;
use super::{Context, Exit, Failure, runtime};
use crate::apply::{self, ApplySettings, Outcome, StepError};
use crate::os;
use crate::plan::Plan;
use crate::provider::http::HttpWriter;
use crate::render::Tally;
use crate::render::human;
use crate::render::terminal::escape;
use crate::state::{Holder, Locked, Start};
use std::num::NonZeroUsize;
use tokio::sync::watch;

/// Make the platform what the configuration says: plan, ask, carry out.
///
/// Without a terminal, --auto-approve is needed: else the plan is shown and the exit code is 10.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar apply
  bursar apply --auto-approve --parallelism 4")]
pub(super) struct Args {
    /// Do not ask.
    #[arg(long)]
    auto_approve: bool,
    /// Requests that may be under way at the same time.
    #[arg(long, value_name = "N", default_value = "10")]
    parallelism: NonZeroUsize,
    #[command(flatten)]
    gates: Gates,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let configuration = Configuration::load(context)?;
    let state = planning::state_of(&configuration)?;
    let holder = Holder::new(&random_name(), &os::user(), &os::host(), "apply", os::now());
    let locked = state.lock(&holder).map_err(|error| state_failure(&error))?;
    let runtime = runtime()?;
    let ended = runtime.block_on(carry_through(context, args, &configuration, locked));
    // A question that nobody answers any more must not hold the program.
    runtime.shutdown_background();
    ended
}

/// Everything behind the lock: plan, gates, question, apply.
async fn carry_through(
    context: &Context,
    args: &Args,
    configuration: &Configuration,
    mut locked: Locked,
) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let approved = async {
        let platform = Platform::open(configuration).await?;
        let snapshot = locked.snapshot();
        let planned = planning::plan(configuration, &platform, snapshot, &args.gates).await?;
        planning::show(context, &planned);
        if !planned.plan.refusals.is_empty() {
            return Err(Failure::said(Exit::Blocked));
        }
        let is_settled = snapshot.base.open_intents.is_empty();
        if !is_empty(&planned.plan) && !args.auto_approve {
            ask(context).await?;
        }
        Ok((platform, planned, is_settled))
    };
    // Until the first write, there is nothing to save.
    let (platform, planned, is_settled) = tokio::select! {
        approved = approved => approved?,
        exit = signals.wait() => return Err(Failure::new(exit, "interrupted; nothing was changed")),
    };
    let Planned { plan, names: _ } = planned;
    if is_empty(&plan) && is_settled {
        platform.close().await;
        return Ok(Exit::Done);
    }
    let carried = carry_out(context, args, &plan, &platform, &mut locked, &mut signals).await;
    let is_embedded = platform.is_embedded();
    platform.close().await;
    let Carried { outcome, signal } = carried?;
    end(context, &plan, &outcome, signal)?;
    if !context.console.json {
        look(context, &locked, is_embedded);
    }
    Ok(Exit::Done)
}

/// What came of it, and the signal that cut it short.
struct Carried {
    outcome: Outcome,
    signal: Option<Exit>,
}

async fn carry_out(
    context: &Context,
    args: &Args,
    plan: &Plan,
    platform: &Platform,
    locked: &mut Locked,
    signals: &mut Signals,
) -> Result<Carried, Failure> {
    let base = locked.snapshot().base.clone();
    let start = Start {
        target: plan.target.clone(),
        lineage: plan.lineage.clone(),
        serial: plan.serial,
        new_lineage: random_name(),
        plan: plan.configuration.clone(),
    };
    let journal = locked.begin(start).map_err(|error| state_failure(&error))?;
    let writer = HttpWriter::new(platform.reader.clone());
    let settings = ApplySettings {
        parallelism: args.parallelism.get(),
        ..ApplySettings::default()
    };
    let (stop, stopped) = watch::channel(false);
    let reporter = Reporter::new(context.console, plan);
    let mut signal = None;
    let outcome = {
        let work = apply::apply(plan, &base, &writer, &journal, settings, stopped, |event| {
            reporter.tell(&event);
        });
        tokio::pin!(work);
        loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                exit = signals.wait(), if signal.is_none() => {
                    signal = Some(exit);
                    reporter.stopping();
                    // The other end is `work`, which is still there.
                    let _ = stop.send(true);
                }
            }
        }
    };
    reporter.finish();
    locked
        .commit(journal, &outcome.unfinished(plan))
        .map_err(|error| state_failure(&error))?;
    Ok(Carried { outcome, signal })
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
    let tally = Tally::of(&plan.changes, &outcome.unfinished(plan));
    let complete = outcome.is_complete();
    if !context.console.json {
        context.console.result(&human::apply::summary(
            complete,
            tally,
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
fn look(context: &Context, locked: &Locked, is_embedded: bool) {
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

/// Asks whether to go on.
///
/// # Errors
/// Nobody can be asked, or the answer is not `yes`.
async fn ask(context: &Context) -> Result<(), Failure> {
    if !os::stdin_is_terminal() {
        return Err(Failure::new(
            Exit::Confirmation,
            "there are changes, and nobody can be asked: standard input is no terminal",
        )
        .hint("review the plan, then `bursar apply --auto-approve`"));
    }
    context
        .console
        .warn("\nDo you want to perform these actions? Only `yes` is accepted: ");
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

fn random_name() -> String {
    format!("{:032x}", fastrand::u128(..))
}
