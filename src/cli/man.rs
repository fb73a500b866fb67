//! `bursar man`.

use super::{Context, Exit, Failure};
use crate::os;
use std::path::PathBuf;

/// Print the manual page, or write all pages.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar man | man -l -
  bursar man --out /usr/local/share/man/man1")]
pub(super) struct Args {
    /// Write a page for every command into this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let mut command = super::command();
    // Without this, subcommands do not know the global options and their full names.
    command.build();
    let Some(out) = &args.out else {
        context.console.result(&page(&command)?);
        return Ok(Exit::Done);
    };
    write_pages(context, out, &command)?;
    Ok(Exit::Done)
}

fn write_pages(
    context: &Context,
    out: &std::path::Path,
    command: &clap::Command,
) -> Result<(), Failure> {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name());
    let path = out.join(format!("{name}.1"));
    os::write_over(&path, &page(command)?)
        .map_err(|error| Failure::from_error(Exit::Unclassified, &error))?;
    context.console.note(&format!("wrote {}\n", path.display()));
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        write_pages(context, out, sub)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> Result<String, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut text)
        .map_err(|error| Failure::from_error(Exit::Unclassified, &error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
