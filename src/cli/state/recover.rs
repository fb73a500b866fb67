//! `bursar state recover`: a kept version put in place, or a lost state found again on the platform.

use super::{holder, release};
use crate::cli::apply::{RELEASING, ask, not_saved, random_name};
use crate::cli::configuration::Configuration;
use crate::cli::locking::{lock, to_its_end};
use crate::cli::planning::{self, state_failure};
use crate::cli::platform::Platform;
use crate::cli::signals::{Signals, Stopping};
use crate::cli::{Context, Exit, Failure, runtime};
use crate::os;
use crate::plan::{self, Match, Recovery};
use crate::render::{human, json};
use crate::state::{Effect, Session, Start, State};
use std::collections::BTreeSet;
use std::path::Path;

/// The most that a kept version may hold.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// Puts a kept version in place as the newest one.
pub(super) fn from_file(context: &Context, state: &State, file: &Path) -> Result<Exit, Failure> {
    let text = os::read_named(file, MOST_BYTES).map_err(|error| {
        Failure::new(Exit::Invalid, format!("{}: cannot be read", file.display()))
            .cause(error.to_string())
            .hint("`bursar state backups` lists what is kept")
    })?;
    let holder = holder("state recover");
    runtime()?.block_on(async {
        let mut signals = Signals::listen()?;
        let work = async {
            let serial = state.recover(file, &text, &holder).await;
            serial.map_err(|error| state_failure(&error))
        };
        let serial = to_its_end(state, &holder, &mut signals, work).await?;
        context.console.result(&format!(
            "{} is in place as version {serial}; `bursar plan` shows what it does not know\n",
            file.display()
        ));
        Ok(Exit::Done)
    })
}

/// Reads the platform, and writes a state of what is certain. The platform is only read.
pub(super) fn from_platform(
    context: &Context,
    configuration: &Configuration,
    state: &State,
    auto_approve: bool,
) -> Result<Exit, Failure> {
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let mut stopping = Stopping::listen()?;
        let holder = holder("state recover");
        let mut session = lock(state, &holder, stopping.signals()).await?;
        let work = recover(
            context,
            configuration,
            &mut session,
            &mut stopping,
            auto_approve,
        );
        let ended = work.await;
        release(context, session, &mut stopping).await;
        ended
    });
    // A question that nobody answers any more must not hold the program.
    runtime.shutdown_background();
    ended
}

async fn recover(
    context: &Context,
    configuration: &Configuration,
    session: &mut Session,
    stopping: &mut Stopping,
    auto_approve: bool,
) -> Result<Exit, Failure> {
    there_is_none(session)?;
    let approved = async {
        let platform = Platform::open(configuration).await?;
        let snapshot = session.snapshot();
        let read = planning::live(configuration, &platform, snapshot).await;
        let target = platform.target();
        platform.close().await;
        let (live, _) = read?;
        let found = plan::recovery(&configuration.compiled.desired, &live);
        if !context.console.json {
            let style = context.console.out_style;
            context
                .console
                .result(&human::recovery::render(&found, style));
        }
        let question = "Do you want to keep the certain ones as the state?";
        let help = "review the list, then `bursar state recover --auto-approve`";
        if !found.certain.is_empty() && !auto_approve {
            let asked = ask(context, question, help).await;
            if asked.is_err() && context.console.json {
                context
                    .console
                    .result(&json::recovery::render(&found, false));
            }
            asked?;
        }
        Ok((found, target))
    };
    let (found, target) = tokio::select! {
        approved = approved => approved?,
        exit = stopping.signals().wait() => return Err(Failure::new(exit, "interrupted; nothing was written")),
    };
    let snapshot = session.snapshot();
    let start = Start {
        target,
        lineage: snapshot.lineage.clone(),
        serial: snapshot.serial,
        new_lineage: random_name(),
        // There is no plan: what is written is what was found.
        plan: String::new(),
    };
    let is_written = !found.certain.is_empty();
    let serial = if is_written {
        let written = stopping
            .within(RELEASING, write(session, start, &found))
            .await;
        match written {
            Some(written) => written?,
            None => return Err(not_saved(session, stopping.signal())),
        }
    } else {
        0
    };
    if context.console.json {
        context
            .console
            .result(&json::recovery::render(&found, is_written));
    } else if is_written {
        context.console.result(&format!(
            "\nThe state is in place as version {serial}, with {} of {} declared objects; `bursar plan` shows what differs and what it does not know.\n",
            found.certain.len(),
            found.certain.len() + found.ambiguous.len() + found.missing.len()
        ));
    } else {
        context
            .console
            .result("\nThere is nothing to recover: no state was written.\n");
    }
    Ok(Exit::Done)
}

/// A state that is there knows more than natural keys do.
fn there_is_none(session: &Session) -> Result<(), Failure> {
    let snapshot = session.snapshot();
    if snapshot.lineage.is_none() && snapshot.base.open_intents.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Blocked,
        format!(
            "there is a state already: version {}, with {} objects",
            snapshot.serial,
            snapshot.base.objects.len()
        ),
    )
    .hint("`bursar plan` finds what it does not know; `bursar state recover FILE` puts an earlier version in its place")
    .hint("if it is certainly wrong, move it away first"))
}

/// Writes the entries as one version, by way of the journal, as an apply does.
async fn write(session: &mut Session, start: Start, found: &Recovery) -> Result<u64, Failure> {
    let failed = |error| state_failure(&error);
    let journal = session.begin(start, Vec::new()).await.map_err(failed)?;
    for (at, Match { address, entry, .. }) in found.certain.iter().enumerate() {
        let effect = Effect::Recorded {
            object: Box::new(entry.clone()),
            previous: None,
        };
        let step = u32::try_from(at + 1).unwrap_or(u32::MAX);
        journal
            .done(step, address.clone(), effect)
            .await
            .map_err(failed)?;
    }
    session
        .commit(journal, &BTreeSet::new())
        .await
        .map_err(failed)
}
