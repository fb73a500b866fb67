//! `bursar new`.

mod cohort;

use super::{Context, Exit, Failure};

/// Make the next of something that the project has already.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar new cohort --from web-dev-2026-09 --starts 2027-01-11")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Cohort(cohort::Args),
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    match &args.what {
        What::Cohort(args) => cohort::run(context, args),
    }
}
