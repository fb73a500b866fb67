//! `bursar drift`.

use super::configuration::Configuration;
use super::planning::{self, Gates, Planned, state_failure};
use super::platform::Platform;
use super::{Context, Exit, Failure, until_signal};
use crate::render::{human, json};

/// Show what has changed on the platform since the last apply. Writes nothing to it.
///
/// What the configuration changes is not shown: that is `bursar plan`. A field that was changed on
/// both sides, to different values, is a conflict.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar drift
  bursar drift --detailed-exitcode     2 if something has changed, 0 if nothing has
  bursar drift --json")]
pub(super) struct Args {
    /// Exit with 2 if something has changed.
    #[arg(long)]
    detailed_exitcode: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let Args { detailed_exitcode } = args;
    let configuration = Configuration::load(context)?;
    let state = planning::state_of(&configuration)?;
    let Planned { plan, names } = until_signal(async {
        let platform = Platform::open(&configuration).await?;
        let snapshot = state.read().map_err(|error| state_failure(&error))?;
        let gates = Gates::default();
        let planned = planning::plan(&configuration, &platform, &snapshot, &gates).await;
        platform.close().await;
        planned
    })?;
    let text = if context.console.json {
        json::drift::render(&plan)
    } else {
        human::drift::render(&plan, &names, context.console.out_style)
    };
    context.console.result(&text);
    Ok(if *detailed_exitcode && !plan.drift.is_empty() {
        Exit::Changes
    } else {
        Exit::Done
    })
}
