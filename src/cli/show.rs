//! `bursar show`.

use super::applied::Applied;
use super::configuration::{self, Configuration};
use super::place::state_of;
use super::planning::{self, state_failure};
use super::platform::Platform;
use super::saved::{self, Known, SavedPlan};
use super::{Context, Exit, Failure, until_signal};
use crate::plan::Saved;
use crate::render::human;
use crate::render::human::Names;
use crate::render::terminal::escape;
use std::path::PathBuf;

/// Show a saved plan, and whether it is stale and why.
///
/// The plan is shown wherever the file is. Whether it is stale is told by the file, the project, its
/// state and the platform, as far as they can be had; they are only read.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar show plan.json
  bursar show plan.json --json")]
pub(super) struct Args {
    /// A plan that `bursar plan --out FILE` has saved.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// What is known of a saved plan now.
enum Standing {
    /// It would do what it says.
    Good,
    /// It would not, for these reasons.
    Stale(Vec<String>),
    /// That cannot be told.
    Unknown(Failure),
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let saved = saved::read(&args.file)?;
    let (standing, names) = standing(context, &saved);
    let text = if context.console.json {
        json(&saved, &standing)
    } else {
        human(context, &saved, &standing, &names)
    };
    context.console.result(&text);
    Ok(Exit::Done)
}

/// What speaks against the plan, of what can be had: the file alone, the configuration, the state, the
/// platform.
fn standing(context: &Context, saved: &SavedPlan) -> (Standing, Names) {
    let mut known = Known {
        now: configuration::now_without_project(context),
        configuration: None,
        snapshot: None,
        target: None,
    };
    let told = |known: Known<'_>, failure: Failure, names: Names| {
        let reasons = saved::unbound(saved, known);
        let standing = if reasons.is_empty() {
            Standing::Unknown(failure)
        } else {
            Standing::Stale(reasons)
        };
        (standing, names)
    };
    // The file says which environment it is for.
    let environment = context.environment.as_ref();
    let context = &Context {
        environment: environment.or(saved.plan.environment.as_ref()).cloned(),
        ..context.clone()
    };
    let configuration = match Configuration::load_silently(context, Applied::Wanted) {
        Ok(configuration) => configuration,
        Err(failure) => return told(known, failure, Names::default()),
    };
    known.now = configuration.now;
    known.configuration = Some(&configuration);
    let snapshot = state_of(&configuration).and_then(|state| {
        until_signal(async { state.read().await.map_err(|error| state_failure(&error)) })
    });
    let snapshot = match snapshot {
        Ok(snapshot) => snapshot,
        Err(failure) => return told(known, failure, Names::default()),
    };
    let names = planning::names_of(&snapshot);
    if let Some(run) = &snapshot.at_work {
        let why = format!("{run} is at work: the state will be another when it has ended");
        return (Standing::Stale(vec![why]), names);
    }
    known.snapshot = Some(&snapshot);
    let reasons = until_signal(async {
        let platform = Platform::open(&configuration).await?;
        let reasons = saved::reasons(saved, &configuration, &platform, &snapshot).await;
        platform.close().await;
        reasons
    });
    match reasons {
        Ok(reasons) if reasons.is_empty() => (Standing::Good, names),
        Ok(reasons) => (Standing::Stale(reasons), names),
        Err(failure) => told(known, failure, names),
    }
}

fn human(context: &Context, saved: &SavedPlan, standing: &Standing, names: &Names) -> String {
    let mut text = human::plan::render(human::plan::View {
        plan: &saved.plan,
        names,
        requests_per_minute: None,
        style: context.console.out_style,
    });
    text.push('\n');
    if let Some(Saved { at, expires_at, .. }) = &saved.document.saved {
        text.push_str(&format!("Saved at {at}, good until {expires_at}.\n"));
    }
    match standing {
        Standing::Good => text.push_str("It would still do what it says.\n"),
        Standing::Stale(reasons) => {
            text.push_str("It is stale:\n");
            for reason in reasons {
                text.push_str(&format!("  - {}\n", escape(reason)));
            }
        }
        Standing::Unknown(failure) => {
            let why = why(failure);
            text.push_str(&format!(
                "Whether it is stale cannot be told: {}\n",
                escape(&why)
            ));
        }
    }
    text
}

/// The plan's document, with whether it is stale: `null` if that cannot be told.
fn json(saved: &SavedPlan, standing: &Standing) -> String {
    let mut document = serde_json::to_value(&saved.document).unwrap_or_default();
    let (stale, reasons) = match standing {
        Standing::Good => (Some(false), Vec::new()),
        Standing::Stale(reasons) => (Some(true), reasons.clone()),
        Standing::Unknown(failure) => (None, vec![why(failure)]),
    };
    document["stale"] = stale.into();
    document["stale_reasons"] = reasons.into();
    format!("{document:#}\n")
}

fn why(failure: &Failure) -> String {
    if failure.said {
        return "the configuration has errors".to_owned();
    }
    let mut why = failure.message.clone();
    for cause in &failure.causes {
        why.push_str(": ");
        why.push_str(cause);
    }
    why
}
