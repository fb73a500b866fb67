//! `bursar completions`.

use super::{Context, Exit, Failure};
use clap_complete::Shell;

/// Print completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar completions bash > /etc/bash_completion.d/bursar
  bursar completions fish > ~/.config/fish/completions/bursar.fish")]
pub(super) struct Args {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "bursar", &mut text);
    context.console.result(&String::from_utf8_lossy(&text));
    Ok(Exit::Done)
}
