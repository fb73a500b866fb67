//! Arguments in, exit code out: one file a command. The only room that knows every room.

mod applied;
mod apply;
mod audit;
mod completions;
mod configuration;
mod console;
mod drift;
mod exit;
mod explain;
mod failure;
mod files;
mod fixing;
mod fmt;
mod graph;
mod init;
mod inside;
mod locking;
mod log;
mod lsp;
mod man;
mod new;
mod output;
mod own;
mod place;
mod plan;
mod planning;
mod platform;
mod pull;
mod reporter;
mod revision;
mod root;
mod sandbox;
mod saved;
mod schema;
mod show;
mod signals;
mod simulate;
mod state;
mod test;
mod timeline;
mod validate;
mod watch;

pub use exit::{EXITS, Exit};
pub use failure::Failure;

use crate::model::{Moment, MomentError};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use console::Console;
use std::ffi::OsString;
use std::path::PathBuf;

/// Runs a command line (the program's name first) and gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let parsed = Cli::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Ok((name_of(&matches), Cli::from_arg_matches(&matches)?)));
    let (name, cli) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error).code(),
    };
    let Global {
        dir,
        environment,
        json,
        no_color,
        quiet,
        verbose,
        log_format,
        now,
    } = cli.global;
    let console = Console {
        json_log: log_format == log::Format::Json,
        ..Console::new(json, quiet, no_color)
    };
    let log = log::start(verbose, log_format, console);
    let context = Context {
        dir,
        environment,
        now,
        console,
    };
    let span = tracing::info_span!(
        "command",
        otel.name = name,
        exit_code = tracing::field::Empty,
        otel.status_code = tracing::field::Empty,
    );
    let code = span.in_scope(|| end(&context, carry_out(&context, cli.command)));
    span.record("exit_code", code);
    if code != 0 {
        span.record("otel.status_code", "error");
    }
    drop(span);
    log.finish(console);
    code
}

/// `bursar state list`, as it was written.
fn name_of(matches: &clap::ArgMatches) -> String {
    let mut words = vec!["bursar"];
    let mut below = matches.subcommand();
    while let Some((name, matches)) = below {
        words.push(name);
        below = matches.subcommand();
    }
    words.join(" ")
}

fn carry_out(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Init(args) => init::run(context, &args),
        Command::New(args) => new::run(context, &args),
        Command::Schema(args) => schema::run(context, &args),
        Command::Explain(args) => explain::run(context, &args),
        Command::Validate(args) => validate::run(context, &args),
        Command::Fmt(args) => fmt::run(context, &args),
        Command::Lsp(args) => lsp::run(context, &args),
        Command::Test(args) => test::run(context, &args),
        Command::Simulate(args) => simulate::run(context, &args),
        Command::Timeline(args) => timeline::run(context, &args),
        Command::Graph(args) => graph::run(context, &args),
        Command::Plan(args) => plan::run(context, &args),
        Command::Apply(args) => apply::run(context, &args),
        Command::Drift(args) => drift::run(context, &args),
        Command::Pull(args) => pull::run(context, &args),
        Command::Show(args) => show::run(context, &args),
        Command::Output(args) => output::run(context, &args),
        Command::State(args) => state::run(context, &args),
        Command::Sandbox(args) => sandbox::run(context, &args),
        Command::Completions(args) => completions::run(context, &args),
        Command::Man(args) => man::run(context, &args),
    }
}

/// Says why it stopped, if it did; the exit code.
fn end(context: &Context, ended: Result<Exit, Failure>) -> u8 {
    match ended {
        Ok(Exit::Done | Exit::Changes) if Console::lost_results() => Exit::Unclassified.code(),
        Ok(exit) => exit.code(),
        Err(failure) => {
            context.console.failure(&failure);
            failure.exit.code()
        }
    }
}

/// Says that bursar itself has a fault, for `main`'s panic hook. `place` is where.
pub fn broken(place: &str) {
    Console::new(false, false, true).warn(&format!(
        "error: bursar has a fault of its own{place}\n  \
         help: please report it, with the command and, if you can, the files\n"
    ));
}

/// What every command is told.
#[derive(Clone)]
struct Context {
    /// `--dir`.
    dir: Option<PathBuf>,
    /// `--env`.
    environment: Option<String>,
    /// `--now`.
    now: Option<Moment>,
    /// The output.
    console: Console,
}

/// Offers, schedules, coupons, lists, letters and automation of a school, as code.
#[derive(Debug, Parser)]
#[command(
    name = "bursar",
    version,
    about,
    long_about = LONG_ABOUT,
    after_help = EXIT_CODES,
    propagate_version = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const LONG_ABOUT: &str = "\
Offers, schedules, coupons, lists, letters and automation of a school, as code.

A school describes what it sells in YAML files. bursar checks them, compares them with the live \
platform, shows what would change and, once that is approved, changes it.

  bursar init my-school          a project to start from
  bursar validate                check it, offline
  bursar plan                    show what would change
  bursar apply                   change it";

const EXIT_CODES: &str = "\
Exit codes: 0 done, 2 changes (with --detailed-exitcode), 3 invalid configuration or usage,
4 credentials, 5 rate or retry budget, 6 blocked, 7 stale plan, 8 locked, 9 partly applied,
10 confirmation needed, 130 and 143 interrupted. `bursar explain 6` says more.";

/// Options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// The project's folder; the current one, if absent.
    #[arg(long, global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The environment.
    #[arg(long = "env", global = true, value_name = "NAME")]
    environment: Option<String>,
    /// Write results as JSON.
    #[arg(long, global = true)]
    json: bool,
    /// Never colour the output (as with NO_COLOR, or TERM=dumb).
    #[arg(long, global = true)]
    no_color: bool,
    /// Leave out progress and notes.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say what is being done; twice for more.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// The form of standard error: what -v says, notes, progress.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORM",
        default_value = "text"
    )]
    log_format: log::Format,
    /// Take this instant for now: 2026-09-01T10:00+02:00, or without an offset in the project's
    /// time zone.
    #[arg(long, global = true, value_name = "INSTANT", value_parser = parse_moment)]
    now: Option<Moment>,
}

fn parse_moment(text: &str) -> Result<Moment, MomentError> {
    text.parse()
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    New(new::Args),
    Schema(schema::Args),
    Explain(explain::Args),
    Validate(validate::Args),
    Fmt(fmt::Args),
    Lsp(lsp::Args),
    Test(test::Args),
    Simulate(simulate::Args),
    Timeline(timeline::Args),
    Graph(graph::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Drift(drift::Args),
    Pull(pull::Args),
    Show(show::Args),
    Output(output::Args),
    State(state::Args),
    Sandbox(sandbox::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// What carries network and timers. Made by the commands that need it: the others start faster.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::from_error(Exit::Unclassified, &error))
}

/// Runs to the end, or until a signal asks to stop, which nothing needs to be saved for.
fn until_signal<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    runtime()?.block_on(async {
        let mut signals = signals::Signals::listen()?;
        tokio::select! {
            ended = work => ended,
            exit = signals.wait() => Err(Failure::new(exit, "interrupted; nothing was changed")),
        }
    })
}

/// The whole command line, for completions and manual pages.
fn command() -> clap::Command {
    Cli::command()
}

/// Says what is wrong with the command line, or what was asked about it.
fn usage(error: &clap::Error) -> Exit {
    // A reader that has gone away is no error.
    let _ = error.print();
    if error.use_stderr() {
        Exit::Invalid
    } else {
        Exit::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        for sub in command().get_subcommands() {
            let help = sub.clone().render_long_help().to_string();
            assert!(help.contains("Examples:"), "{}", sub.get_name());
        }
    }
}
