//! `bursar state`.

use super::configuration::Configuration;
use super::planning::{names_of, state_failure, state_of};
use super::{Context, Exit, Failure};
use crate::diag;
use crate::model::Address;
use crate::render::{human, json};
use crate::state::Snapshot;

/// Look at the state: what was last applied.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar state list
  bursar state show offer.web-dev-2026-09")]
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
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let configuration = Configuration::load(context)?;
    let snapshot = state_of(&configuration)?
        .read()
        .map_err(|error| state_failure(&error))?;
    let text = match &args.command {
        Command::List if context.console.json => json::state::list(&snapshot.base),
        Command::List => human::state::list(&snapshot.base),
        Command::Show { address } => show(context, &snapshot, address)?,
    };
    context.console.result(&text);
    Ok(Exit::Done)
}

fn show(context: &Context, snapshot: &Snapshot, address: &str) -> Result<String, Failure> {
    let parsed = Address::parse(address).ok();
    let found = parsed.and_then(|address| {
        let object = snapshot.base.objects.get(&address)?;
        Some((address, object))
    });
    let Some((address, object)) = found else {
        let known: Vec<String> = snapshot
            .base
            .objects
            .keys()
            .map(ToString::to_string)
            .collect();
        let failure = Failure::new(Exit::Invalid, format!("the state has no `{address}`"));
        return Err(
            match diag::did_you_mean(address, known.iter().map(String::as_str)) {
                Some(hint) => failure.hint(hint),
                None => failure.hint("`bursar state list` names what it has"),
            },
        );
    };
    Ok(if context.console.json {
        json::state::show(&address, object)
    } else {
        let names = names_of(snapshot);
        human::state::show(&address, object, &names, context.console.out_style)
    })
}
