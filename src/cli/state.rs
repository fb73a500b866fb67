//! `bursar state`.

mod recover;

use super::applied::Applied;
use super::apply::{RELEASING, not_saved, random_name};
use super::configuration::Configuration;
use super::locking::{lock, to_its_end};
use super::place::state_of;
use super::planning::{names_of, state_failure};
use super::root::Root;
use super::signals::{Signals, Stopping};
use super::{Context, Exit, Failure, runtime, until_signal};
use crate::diag;
use crate::model::{Address, BaseState};
use crate::os;
use crate::render::terminal::escape;
use crate::render::{human, json};
use crate::state::{Effect, Holder, Session, Snapshot, State, Unlocked};
use std::path::PathBuf;

/// Look at the state, which is what was last applied, and correct it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar state list
  bursar state show offer.web-dev-2026-09
  bursar state mv offer.web-dev offer.web-dev-2026-09
  bursar state unlock --id 5e0a4c1be3f04c0c9f3d4f4a7f9a1c22
  bursar state recover .bursar/default/backups/state-12.json
  bursar state recover              the state is lost: find it again on the platform")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the addresses in the state.
    List,
    /// Show one object as it was last applied.
    Show {
        /// The object, like offer.web-dev-2026-09.
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
    /// Give an object another address; nothing happens on the platform.
    Mv {
        /// The address that it has.
        #[arg(value_name = "FROM")]
        from: String,
        /// The address that it gets, of the same kind.
        #[arg(value_name = "TO")]
        to: String,
    },
    /// Forget objects; nothing happens on the platform.
    Rm {
        /// The objects.
        #[arg(value_name = "ADDRESS", required = true)]
        addresses: Vec<String>,
    },
    /// Take the lock away from a run that is certainly dead.
    Unlock {
        /// The id of the lock, as the refused command has shown it.
        #[arg(long, value_name = "ID")]
        id: String,
    },
    /// List the earlier versions that this machine keeps, newest first.
    Backups,
    /// Put a kept version in place as the newest one; without one, find a lost state again.
    ///
    /// Without FILE, and if there is no state, the platform is read: what is declared and is certainly
    /// there, by its natural key (code, title, page), is kept as the state, with the platform's own
    /// values. What is ambiguous or missing is listed and left out. The platform is not written to.
    Recover {
        /// A backup, or the copy that was kept when the state could not be saved.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Do not ask.
        #[arg(long, conflicts_with = "file")]
        auto_approve: bool,
    },
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    // A mistake in a document is in nobody's way who looks at the state.
    let state = || Ok::<State, Failure>(Root::load(context)?.state);
    let text = match &args.command {
        Command::List if context.console.json => json::state::list(&read(&state()?)?.base),
        Command::List => human::state::list(&read(&state()?)?.base),
        Command::Show { address } => show(context, &read(&state()?)?, address)?,
        Command::Mv { from, to } => {
            let (from, to) = (from.as_str(), to.as_str());
            change(context, &state()?, "state mv", |base| moved(base, from, to))?
        }
        Command::Rm { addresses } => change(context, &state()?, "state rm", |base| {
            forgotten(base, addresses)
        })?,
        Command::Unlock { id } => unlock(&state()?, id)?,
        Command::Backups => backups(context, &state()?),
        Command::Recover {
            file: Some(file), ..
        } => return recover::from_file(context, &state()?, file),
        Command::Recover {
            file: None,
            auto_approve,
        } => {
            let configuration = Configuration::load(context, Applied::Wanted)?;
            let state = state_of(&configuration)?;
            return recover::from_platform(context, &configuration, &state, *auto_approve);
        }
    };
    context.console.result(&text);
    Ok(Exit::Done)
}

fn read(state: &State) -> Result<Snapshot, Failure> {
    until_signal(async { state.read().await.map_err(|error| state_failure(&error)) })
}

fn holder(command: &str) -> Holder {
    Holder::new(&random_name(), &os::user(), &os::host(), command, os::now())
}

fn show(context: &Context, snapshot: &Snapshot, address: &str) -> Result<String, Failure> {
    let address = known(&snapshot.base, address)?;
    let Some(object) = snapshot.base.objects.get(&address) else {
        return Err(unknown(&snapshot.base, &address.to_string()));
    };
    Ok(if context.console.json {
        json::state::show(&address, object)
    } else {
        let names = names_of(snapshot);
        human::state::show(&address, object, &names, context.console.out_style)
    })
}

/// An address of the state.
fn known(base: &BaseState, address: &str) -> Result<Address, Failure> {
    Address::parse(address)
        .ok()
        .filter(|address| base.objects.contains_key(address))
        .ok_or_else(|| unknown(base, address))
}

fn unknown(base: &BaseState, address: &str) -> Failure {
    let known: Vec<String> = base.objects.keys().map(ToString::to_string).collect();
    let failure = Failure::new(Exit::Invalid, format!("the state has no `{address}`"));
    match diag::did_you_mean(address, known.iter().map(String::as_str)) {
        Some(hint) => failure.hint(hint),
        None => failure.hint("`bursar state list` names what it has"),
    }
}

/// A write whose outcome is not known must be looked up before its address means something else.
fn settled(base: &BaseState, address: &Address) -> Result<(), Failure> {
    if base
        .open_intents
        .iter()
        .all(|open| open.address != *address)
    {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Blocked,
        format!("a run was interrupted while it wrote {address}, and nobody has looked since"),
    )
    .hint("`bursar apply` looks it up and settles it"))
}

type Changes = (Vec<(Address, Effect)>, String);

fn moved(base: &BaseState, from: &str, to: &str) -> Result<Changes, Failure> {
    let from = known(base, from)?;
    let to = Address::parse(to).map_err(|error| Failure::from_error(Exit::Invalid, &error))?;
    if to.kind != from.kind {
        return Err(Failure::new(
            Exit::Invalid,
            format!("{from} cannot become {to}: that is another kind"),
        ));
    }
    if base.objects.contains_key(&to) {
        return Err(
            Failure::new(Exit::Invalid, format!("the state has `{to}` already")).hint(format!(
                "bursar state rm {to}, if that one is to be forgotten"
            )),
        );
    }
    settled(base, &from)?;
    settled(base, &to)?;
    let Some(object) = base.objects.get(&from) else {
        return Err(unknown(base, &from.to_string()));
    };
    let said = format!("{from} is now {to}\n");
    let effect = Effect::Recorded {
        object: Box::new(object.clone()),
        previous: Some(from),
    };
    Ok((vec![(to, effect)], said))
}

fn forgotten(base: &BaseState, addresses: &[String]) -> Result<Changes, Failure> {
    let mut changes = Vec::new();
    let mut said = String::new();
    for address in addresses {
        let address = known(base, address)?;
        settled(base, &address)?;
        said.push_str(&format!(
            "{address} is forgotten; the platform still has it\n"
        ));
        changes.push((address, Effect::Forgotten));
    }
    Ok((changes, said))
}

/// Changes the state alone, under its lock.
fn change(
    context: &Context,
    state: &State,
    command: &str,
    make: impl FnOnce(&BaseState) -> Result<Changes, Failure>,
) -> Result<String, Failure> {
    runtime()?.block_on(async {
        let mut stopping = Stopping::listen()?;
        let mut session = lock(state, &holder(command), stopping.signals()).await?;
        let changed = match make(&session.snapshot().base) {
            Ok((changes, said)) => {
                let recorded = stopping.within(RELEASING, session.record(changes)).await;
                match recorded {
                    Some(recorded) => recorded
                        .map(|_| said)
                        .map_err(|error| state_failure(&error)),
                    None => Err(not_saved(&session, stopping.signal())),
                }
            }
            Err(failure) => Err(failure),
        };
        release(context, session, &mut stopping).await;
        changed
    })
}

/// Lets go of the lock. What the command has done counts all the same.
pub(super) async fn release(context: &Context, session: Session, stopping: &mut Stopping) {
    let why = match stopping.within(RELEASING, session.release()).await {
        Some(Ok(())) => return,
        Some(Err(error)) => error.to_string(),
        None => "the place did not answer in time after the signal".to_owned(),
    };
    context.console.warn(&format!(
        "warning: the lock of the state could not be let go: {}\n",
        escape(&why)
    ));
}

fn unlock(state: &State, id: &str) -> Result<String, Failure> {
    let holder = holder("state unlock");
    let unlocked = runtime()?.block_on(async {
        let mut signals = Signals::listen()?;
        let work = async {
            let unlocked = state.unlock(id, &holder).await;
            unlocked.map_err(|error| state_failure(&error))
        };
        to_its_end(state, &holder, &mut signals, work).await
    })?;
    Ok(match unlocked {
        Unlocked::WasFree => "the state is not locked\n".to_owned(),
        Unlocked::FreedUnnamed => "the lock was taken away\n".to_owned(),
        Unlocked::Freed(from) => {
            format!(
                "the lock was taken away from {}\n",
                escape(&from.to_string())
            )
        }
    })
}

fn backups(context: &Context, state: &State) -> String {
    let paths = state.backups();
    if context.console.json {
        let paths: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        return format!(
            "{:#}\n",
            serde_json::json!({ "format_version": "1.0", "backups": paths })
        );
    }
    if paths.is_empty() {
        return "there are no backups yet\n".to_owned();
    }
    paths
        .iter()
        .map(|path| format!("{}\n", path.display()))
        .collect()
}
