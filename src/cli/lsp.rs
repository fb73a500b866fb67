//! `bursar lsp`.

use super::configuration::{self, check_everywhere};
use super::files::Files;
use super::{Context, Exit, Failure};
use crate::lsp::{self, Buffers, Checked, Ended, Projects};
use crate::os;
use std::path::{Path, PathBuf};

/// Serve an editor over standard input and output, by the language server protocol.
///
/// The same findings while typing, completion, definitions, pages on hover, quick fixes. Editors
/// start it themselves: docs/editors.md says how.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar lsp
  bursar lsp --env production")]
pub(super) struct Args {
    /// Taken because many editors give it; standard input and output are all there is.
    #[arg(long)]
    stdio: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let Args { stdio: _ } = args;
    let ended = lsp::serve(&OnDisk { context }).map_err(|error| {
        Failure::from_error(Exit::Unclassified, &error)
            .hint("this command is for editors: docs/editors.md says how they start it")
    })?;
    Ok(match ended {
        Ended::Orderly => Exit::Done,
        Ended::Abruptly => Exit::Unclassified,
    })
}

/// Projects on this machine's disk.
struct OnDisk<'a> {
    context: &'a Context,
}

impl Projects for OnDisk<'_> {
    fn root_of(&self, path: &Path) -> Option<PathBuf> {
        os::project_above(path)
    }

    fn check(&self, root: &Path, buffers: &Buffers) -> Result<Checked, String> {
        let said = |failure: Failure| failure.message;
        let environment = self.context.environment.as_deref();
        let files = Files::read_over(root, environment, buffers.clone()).map_err(said)?;
        let now = configuration::now(self.context, &files);
        let documents = files.documents.clone();
        let all = check_everywhere(files, environment, now).map_err(said)?;
        Ok(Checked {
            sources: all.sources,
            documents,
            findings: all.findings,
        })
    }
}
