//! `bursar validate`.

use super::configuration::{self, Everywhere, check_everywhere, tell};
use super::files::Files;
use super::{Context, Exit, Failure};
use crate::render::human;

/// Check the configuration: syntax, schema, references, rules. Offline, without credentials.
///
/// Without --env, every environment is checked.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar validate
  bursar --dir schools/nova --env production validate --json")]
pub(super) struct Args {}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let Args {} = args;
    let files = Files::read(context.dir.as_deref(), context.environment.as_deref())?;
    let now = configuration::now(context, &files);
    let Everywhere {
        sources,
        findings,
        compiled,
    } = check_everywhere(files, context.environment.as_deref(), now)?;
    // The process ends soon: taking a large project apart would cost a sixth of the run.
    std::mem::forget(compiled);
    if context.console.json || !findings.is_empty() {
        tell(context, &findings, &sources);
    }
    if findings.has_errors() {
        return Ok(Exit::Invalid);
    }
    if !context.console.json && findings.is_empty() {
        context.console.result("The configuration is valid.\n");
    } else {
        let summary = human::diagnostics::summary(&findings);
        context
            .console
            .note(&format!("The configuration is valid ({summary}).\n"));
    }
    Ok(Exit::Done)
}
