//! `bursar validate`.

use super::configuration::{self, Everywhere, check_everywhere};
use super::files::Files;
use super::{Context, Exit, Failure, fixing};
use crate::diag::Safety;
use crate::render::ci::harmless_json;
use crate::render::{github, human, json, junit, sarif};

/// Check the configuration: syntax, schema, references, rules. Offline, without credentials.
///
/// Without --env, every environment is checked.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar validate
  bursar --dir schools/nova --env production validate --json
  bursar validate --format github
  bursar validate --format sarif > findings.sarif
  bursar validate --fix
  bursar validate --fix --unsafe --diff")]
pub(super) struct Args {
    /// The form of the findings on standard output; `--json` is `--format json`.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Carry out the cures that are certain and touch neither money nor access.
    #[arg(long)]
    fix: bool,
    /// With --fix: also the likely ones, such as a reference with one candidate.
    #[arg(long = "unsafe", requires = "fix")]
    also_unsafe: bool,
    /// Show what --fix would change, and write nothing; 3 if there is something.
    #[arg(long)]
    diff: bool,
}

/// The forms of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Snippets for people.
    Human,
    /// One JSON object, like `terraform validate -json`.
    Json,
    /// SARIF 2.1.0, for code-scanning views; the rules' pages are the help.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// JUnit XML, for the test views of CI systems.
    Junit,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let Args {
        format,
        fix,
        also_unsafe,
        diff,
    } = args;
    if *fix || *diff {
        let most = if *also_unsafe {
            Safety::Unsafe
        } else {
            Safety::Safe
        };
        let outcome = if *diff {
            fixing::Outcome::Shown
        } else {
            fixing::Outcome::Written
        };
        let changed = fixing::fix(context, most, outcome)?;
        if *diff {
            return Ok(if changed { Exit::Invalid } else { Exit::Done });
        }
    }
    let format = match (format, context.console.json) {
        (Some(format), _) => *format,
        (None, true) => Format::Json,
        (None, false) => Format::Human,
    };
    let files = Files::read(context.dir.as_deref(), context.environment.as_deref())?;
    let now = configuration::now(context, &files);
    let Everywhere {
        sources,
        findings,
        compiled,
    } = check_everywhere(files, context.environment.as_deref(), now)?;
    // The process ends soon: taking a large project apart would cost a sixth of the run.
    std::mem::forget(compiled);
    let valid = !findings.has_errors();
    let text = match format {
        Format::Human if findings.is_empty() => "The configuration is valid.\n".to_owned(),
        Format::Human => human::diagnostics::render(&findings, &sources, context.console.out_style),
        Format::Json => harmless_json(json::diagnostics::render(&findings, &sources)),
        Format::Sarif => sarif::diagnostics::render(&findings, &sources),
        Format::Github => github::diagnostics::render(&findings, &sources),
        Format::Junit => junit::diagnostics::render(&findings, &sources),
    };
    context.console.result(&text);
    if !valid {
        return Ok(Exit::Invalid);
    }
    if format != Format::Human || !findings.is_empty() {
        let summary = human::diagnostics::summary(&findings);
        context
            .console
            .note(&format!("The configuration is valid ({summary}).\n"));
    }
    Ok(Exit::Done)
}
