//! `bursar pull`.

mod account;
mod mirrors;

use super::{Context, Exit, Failure, inside};
use std::path::{Path, PathBuf};

/// Refresh the mirrors of courses from the platform; with --all, write down the whole account.
///
/// Mirrors are edited in place: names stay while ids stay, and comments stay. With --all, every
/// object that the project does not declare yet is written into new files and adopted: the plan
/// afterwards is empty. Copies that the platform made for one client and what is archived are left
/// out. Writes nothing to the platform.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar pull
  bursar pull --diff               3 if a mirror would change, with the differences
  bursar pull --new                also courses that the project does not mirror yet
  bursar pull --all --out live     everything, into the folder `live` of the project")]
pub(super) struct Args {
    /// Write down everything on the platform that the project does not declare yet, and adopt it.
    #[arg(long, conflicts_with = "new")]
    all: bool,
    /// Also write mirrors of courses that the project has none of.
    #[arg(long)]
    new: bool,
    /// The folder for new files, in the project's folder; that folder itself, if absent.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Show what would be written, and write nothing; 3 if there is something.
    #[arg(long)]
    diff: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let out = args.out.as_deref().map(prefix).transpose()?;
    let out = out.unwrap_or_default();
    if args.all {
        account::run(context, &out, args.diff)
    } else {
        mirrors::run(context, &out, args.new, args.diff)
    }
}

/// A folder of the project as a prefix of paths in it: empty, or with a slash at the end.
fn prefix(out: &Path) -> Result<String, Failure> {
    let below = inside::below(out).ok_or_else(|| {
        Failure::new(
            Exit::Invalid,
            "`--out` must name a folder inside of the project",
        )
        .hint("what lies outside of the project's folder is not read; name one without `..`")
    })?;
    Ok(match below.as_str() {
        "" => below,
        _ => format!("{below}/"),
    })
}
