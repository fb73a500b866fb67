//! `bursar drift`.

mod propose;

use super::applied::Applied;
use super::configuration::Configuration;
use super::place;
use super::planning::{self, Gates, Read, state_failure};
use super::platform::Platform;
use super::{Context, Exit, Failure, until_signal};
use crate::render::{human, json};

/// Show what has changed on the platform since the last apply. Writes nothing to it.
///
/// What the configuration changes is not shown: that is `bursar plan`. A field that was changed on
/// both sides, to different values, is a conflict. With --propose, the YAML is edited in place so
/// that it declares what was done by hand; what cannot be accepted so is listed with its reason.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar drift
  bursar drift --detailed-exitcode     2 if something has changed, 0 if nothing has
  bursar drift --propose --diff        the edits that would accept it; 3 if there are some
  bursar drift --propose               make them")]
pub(super) struct Args {
    /// Exit with 2 if something has changed.
    #[arg(long, conflicts_with = "diff")]
    detailed_exitcode: bool,
    /// Edit the configuration so that it accepts what was done by hand.
    #[arg(long)]
    propose: bool,
    /// With --propose: show the edits and write nothing; 3 if there are some.
    #[arg(long, requires = "propose")]
    diff: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let Args {
        detailed_exitcode,
        propose,
        diff,
    } = args;
    let configuration = Configuration::load(context, Applied::Needed)?;
    let state = place::state_of(&configuration)?;
    let (live, requests, target, snapshot) = until_signal(async {
        let platform = Platform::open(&configuration).await?;
        let snapshot = state.read().await.map_err(|error| state_failure(&error))?;
        planning::warn_of_work(context, &snapshot);
        let read = planning::live(&configuration, &platform, &snapshot).await;
        let target = platform.target();
        platform.close().await;
        let (live, requests) = read?;
        Ok((live, requests, target, snapshot))
    })?;
    let read = Read {
        live: &live,
        target: target.clone(),
        requests,
    };
    let (compiled, now) = (&configuration.compiled, configuration.now);
    let plan = planning::compare(compiled, now, read, &snapshot, &Gates::default());
    let names = planning::names_of(&snapshot);
    let accepted = if *propose {
        let proposing = propose::Proposing {
            context,
            configuration: &configuration,
            snapshot: &snapshot,
            live: &live,
            target: &target,
            plan: &plan,
        };
        let accepted = proposing.run()?;
        if *diff {
            proposing.show(&accepted);
        } else {
            propose::write(&accepted)?;
        }
        Some(accepted)
    } else {
        None
    };
    let told = accepted.as_ref().map(|accepted| accepted.told(!diff));
    let text = if context.console.json {
        json::drift::render(&plan, told.as_ref())
    } else {
        let style = context.console.out_style;
        human::drift::render(&plan, &names, told.as_ref(), style)
    };
    context.console.result(&text);
    if *diff && accepted.is_some_and(|accepted| !accepted.texts.is_empty()) {
        return Ok(Exit::Invalid);
    }
    Ok(if *detailed_exitcode && !plan.drift.is_empty() {
        Exit::Changes
    } else {
        Exit::Done
    })
}
