//! `bursar test`.

use super::configuration::{self, Everywhere, check_everywhere};
use super::files::Files;
use super::{Context, Exit, Failure};
use crate::compile::Compiled;
use crate::domain::world::{Assumption, Assumptions};
use crate::kinds::Spec;
use crate::render::{Tested, human, json, junit};
use crate::simulate::{self, Coverage, Outcome, Stage};
use crate::source::SourceMap;
use std::path::PathBuf;

/// Run the tests of the configuration: people, a timeline, what must happen.
///
/// Each test runs against the compiled configuration with a clock of its own: offline, and the same
/// every time. Without --env, it runs in every environment. Exit code 1 if a test fails, or if less
/// is covered than --min-coverage asks for.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar test
  bursar test win-back
  bursar test --coverage --min-coverage 100
  bursar test --junit report.xml
  bursar test --assume segment-drops=no
  bursar test --watch")]
pub(super) struct Args {
    /// Run the tests alone whose name or title contains this.
    #[arg(value_name = "PATTERN")]
    pattern: Option<String>,
    /// List which offers, coupons, trigger branches and restrictions no test has shown.
    #[arg(long)]
    coverage: bool,
    /// Fail if less than so many percent is covered.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_coverage: Option<u8>,
    /// Write a JUnit report there too.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Assume something else where the platform's behaviour is not known; docs/model.md lists what.
    #[arg(long = "assume", value_name = "NAME=CHOICE")]
    assumed: Vec<Assumption>,
    /// Run again whenever a file of the project changes, until interrupted.
    #[arg(long)]
    watch: bool,
}

/// What came of the tests of one environment.
struct Ran {
    environment: Option<String>,
    zone: String,
    outcomes: Vec<Outcome>,
    coverage: Coverage,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    if args.watch {
        return super::watch::again_and_again(context, || once(context, args));
    }
    once(context, args)
}

fn once(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let Args {
        pattern,
        coverage,
        min_coverage,
        junit,
        assumed,
        watch: _,
    } = args;
    let assumptions = Assumptions::with(assumed)
        .map_err(|unknown| Failure::new(Exit::Invalid, unknown.to_string()))?;
    let files = Files::read(context.dir.as_deref(), context.environment.as_deref())?;
    let now = configuration::now(context, &files);
    let Everywhere {
        sources,
        findings,
        compiled,
    } = check_everywhere(files, context.environment.as_deref(), now)?;
    if findings.has_errors() {
        configuration::tell(context, &findings, &sources);
        return Err(Failure::said(Exit::Invalid));
    }
    let mut ran = Vec::new();
    for compiled in compiled.iter().flatten() {
        ran.push(all(compiled, pattern.as_deref(), assumptions)?);
    }
    let found = ran.iter().map(|ran| ran.outcomes.len()).sum::<usize>();
    if let Some(pattern) = pattern.as_ref().filter(|_| found == 0) {
        return Err(Failure::new(
            Exit::Invalid,
            format!("no test's name or title contains `{pattern}`"),
        )
        .hint("`bursar test` runs them all"));
    }
    tell(context, args, &ran, &sources, *coverage, junit.as_ref())?;
    let failed = ran
        .iter()
        .flat_map(|ran| &ran.outcomes)
        .any(|outcome| !outcome.passed());
    if failed {
        return Ok(Exit::Unclassified);
    }
    let least = ran.iter().map(|ran| ran.coverage.percent()).min();
    match (min_coverage, least) {
        (Some(asked), Some(least)) if least < *asked => {
            context.console.warn(&format!(
                "error: {least} % is covered, {asked} % are asked for\n  \
                 help: `bursar test --coverage` lists what no test has shown\n"
            ));
            Ok(Exit::Unclassified)
        }
        (Some(_) | None, _) => Ok(Exit::Done),
    }
}

/// Runs the tests of an environment that a pattern chooses.
fn all(
    compiled: &Compiled,
    pattern: Option<&str>,
    assumptions: Assumptions,
) -> Result<Ran, Failure> {
    let stage =
        Stage::of(compiled).map_err(|error| Failure::new(Exit::Invalid, error.to_string()))?;
    let wanted = pattern.map(str::to_lowercase);
    let mut outcomes = Vec::new();
    for document in &compiled.documents {
        let Spec::Test(test) = &document.spec else {
            continue;
        };
        let is_wanted = wanted.as_ref().is_none_or(|wanted| {
            document.address.name.contains(wanted.as_str())
                || document.title().to_lowercase().contains(wanted.as_str())
        });
        if is_wanted {
            outcomes.push(simulate::run(&stage, document, test, assumptions));
        }
    }
    Ok(Ran {
        environment: compiled.environment.clone(),
        zone: compiled.zone.name().to_owned(),
        coverage: simulate::coverage(compiled, &stage, &outcomes),
        outcomes,
    })
}

fn tell(
    context: &Context,
    args: &Args,
    ran: &[Ran],
    sources: &SourceMap,
    gaps: bool,
    report: Option<&PathBuf>,
) -> Result<(), Failure> {
    let views: Vec<Tested<'_>> = ran
        .iter()
        .map(|ran| Tested {
            environment: ran.environment.as_deref(),
            zone: &ran.zone,
            outcomes: &ran.outcomes,
            coverage: &ran.coverage,
            gaps: gaps || args.min_coverage.is_some(),
        })
        .collect();
    if let Some(path) = report {
        let text = junit::tests::render(&views, sources);
        crate::os::write_over(path, &text)
            .map_err(|error| Failure::from_error(Exit::Unclassified, &error))?;
    }
    if context.console.json {
        context
            .console
            .result(&json::tests::render(&views, sources));
    } else {
        for view in &views {
            let text = human::tests::render(view, sources, context.console.out_style);
            context.console.result(&text);
        }
    }
    Ok(())
}
