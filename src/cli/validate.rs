//! `bursar validate`.

use super::configuration::{self, compile, environments, tell};
use super::files::Files;
use super::{Context, Exit, Failure};
use crate::diag::Diagnostics;
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
    let mut files = Files::read(context.dir.as_deref(), context.environment.as_deref())?;
    let now = configuration::now(context, &files);
    let chosen: Vec<Option<String>> = match &context.environment {
        Some(environment) => vec![Some(environment.clone())],
        None => {
            let all = environments(&files);
            if all.is_empty() {
                vec![None]
            } else {
                all.into_iter().map(Some).collect()
            }
        }
    };
    let mut findings = Diagnostics::new();
    let last = chosen.len().saturating_sub(1);
    for (at, environment) in chosen.iter().enumerate() {
        let environment = environment.as_deref();
        if !files.serves(environment) {
            files = files.again(environment)?;
        }
        let documents = if at == last {
            std::mem::take(&mut files.documents)
        } else {
            files.documents.clone()
        };
        let (compiled, own) = compile(&files, documents, environment, now);
        // The process ends soon: taking a large project apart would cost a sixth of the run.
        std::mem::forget(compiled);
        findings.extend(own);
    }
    findings.sort();
    if context.console.json || !findings.is_empty() {
        tell(context, &findings, &files.sources);
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
