//! The configuration of another git revision.

use super::applied::Applied;
use super::configuration::Configuration;
use super::{Context, Exit, Failure};
use crate::compile::Compiled;
use crate::os;
use crate::yaml::Limits;

/// Compiles the project as it stands in a revision, in the same environment and at the same time.
///
/// # Errors
/// git does not know the revision, or the configuration is not valid there.
pub(super) fn configuration(
    context: &Context,
    now: &Configuration,
    reference: &str,
) -> Result<Compiled, Failure> {
    let most = Limits::default().file_bytes;
    let folder = os::earlier(now.folder.path(), reference, most).map_err(|error| {
        Failure::from_error(Exit::Invalid, &error)
            .hint("name a branch, a tag or a commit of the repository that the project is in")
    })?;
    let context = Context {
        dir: Some(folder.path().to_owned()),
        environment: context.environment.clone(),
        now: context.now,
        console: context.console,
    };
    let earlier = Configuration::load_silently(&context, Applied::Offline).map_err(|_| {
        Failure::new(
            Exit::Invalid,
            format!("the configuration of `{reference}` is not valid"),
        )
        .hint("check the revision out, and see what `bursar validate` says of it")
    })?;
    Ok(earlier.compiled)
}
