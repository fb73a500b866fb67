//! `bursar plan`.

use super::applied::Applied;
use super::configuration::Configuration;
use super::place;
use super::planning::{self, Form, Gates, Planned, is_empty, state_failure};
use super::platform::Platform;
use super::timeline::staged;
use super::{Context, Exit, Failure, until_signal};
use crate::compile::Compiled;
use crate::model::{Duration, DurationError};
use crate::os;
use crate::plan::{self, Plan, PlanDocument};
use crate::render::{gitlab, html};
use crate::simulate;
use chrono::TimeDelta;
use std::path::{Path, PathBuf};

/// Show what an apply would change. Writes nothing to the platform.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar plan
  bursar plan --detailed-exitcode     2 if there are changes, 0 if there are none
  bursar plan --out plan.json && bursar apply plan.json
  bursar plan --out plan.json --expires-after 12h
  bursar plan --format markdown > comment.md
  bursar plan --format html > plan.html
  bursar plan --out plan.json --gitlab-report report.json")]
pub(super) struct Args {
    /// Save the plan for `bursar apply FILE`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How long the saved plan is good: 12h, 7d.
    #[arg(long, value_name = "DURATION", default_value = "7d", requires = "out", value_parser = parse_lifetime)]
    expires_after: TimeDelta,
    /// The form of the plan on standard output; `--json` is `--format json`.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Write the counts there too, as GitLab's `terraform` report; a refused plan's as well.
    #[arg(long, value_name = "FILE")]
    gitlab_report: Option<PathBuf>,
    /// Exit with 2 if there are changes.
    #[arg(long)]
    detailed_exitcode: bool,
    #[command(flatten)]
    gates: Gates,
}

/// The forms of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people, in Terraform's grammar.
    Human,
    /// One JSON object, close to `terraform show -json`.
    Json,
    /// A comment on a pull request, of at most 60,000 bytes.
    Markdown,
    /// One page that needs nothing else: changes, prices, the timeline, the scenarios.
    Html,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let configuration = Configuration::load(context, Applied::Needed)?;
    let state = place::state_of(&configuration)?;
    let planned = until_signal(async {
        let platform = Platform::open(&configuration).await?;
        let snapshot = state.read().await.map_err(|error| state_failure(&error))?;
        if let (Some(run), Some(_)) = (&snapshot.at_work, &args.out) {
            let why =
                format!("{run} is at work: a plan saved now would be stale when it has ended");
            return Err(Failure::new(Exit::Locked, why)
                .hint("wait for it to end; to look only, plan without `--out`"));
        }
        planning::warn_of_work(context, &snapshot);
        let planned = planning::plan(&configuration, &platform, &snapshot, &args.gates).await;
        platform.close().await;
        planned
    })?;
    let format = if context.console.json {
        Format::Json
    } else {
        args.format
    };
    match format {
        Format::Human => planning::show(context, &planned, Form::Human),
        Format::Json => planning::show(context, &planned, Form::Json),
        Format::Markdown => planning::show(context, &planned, Form::Markdown),
        Format::Html => {
            let page = page(context, &configuration.compiled, &planned)?;
            context.console.result(&page);
        }
    }
    let Planned { plan, .. } = planned;
    if let Some(path) = &args.gitlab_report {
        report(path, &plan)?;
    }
    if !plan.refusals.is_empty() {
        return Ok(Exit::Blocked);
    }
    if let Some(out) = &args.out {
        let is_plan = |text: &str| PlanDocument::from_text(text).is_ok();
        let expires_at = configuration.now + args.expires_after;
        let document = PlanDocument::to_save(&plan, configuration.now, expires_at);
        write(out, &document.to_text(), is_plan)?;
        let out = out.display();
        context
            .console
            .note(&format!("\nSaved. To carry it out: bursar apply {out}\n"));
    }
    Ok(if args.detailed_exitcode && !is_empty(&plan) {
        Exit::Changes
    } else {
        Exit::Done
    })
}

/// Writes the counts of a plan for GitLab.
fn report(path: &Path, plan: &Plan) -> Result<(), Failure> {
    let text = gitlab::plan::report(plan::counts(plan));
    write(path, &text, gitlab::plan::is_report)
}

/// Writes a file that was asked for, over an earlier one of its sort and over nothing else.
fn write(path: &Path, text: &str, is_earlier: impl Fn(&str) -> bool) -> Result<(), Failure> {
    os::write_own(path, text, is_earlier).map_err(|error| {
        Failure::from_error(Exit::Unclassified, &error)
            .hint("name another file, or take away what is there")
    })
}

/// The plan with what happens by itself once it is applied.
fn page(context: &Context, compiled: &Compiled, planned: &Planned) -> Result<String, Failure> {
    let stage = staged(compiled)?;
    Ok(html::plan::render(html::plan::View {
        plan: planning::view(context, planned),
        timeline: &simulate::timeline(compiled, &stage),
        graph: &simulate::graph(compiled, &stage, None),
    }))
}

/// A length of time in days, hours and minutes; more than none.
fn parse_lifetime(text: &str) -> Result<TimeDelta, DurationError> {
    let duration: Duration = text.parse()?;
    let minutes = duration.exact_minutes().filter(|minutes| *minutes > 0);
    let minutes = minutes.and_then(|minutes| i64::try_from(minutes).ok());
    minutes
        .and_then(TimeDelta::try_minutes)
        .ok_or(DurationError)
}
