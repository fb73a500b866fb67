//! Doing something again whenever a file of the project changes.

use super::signals::Signals;
use super::{Context, Exit, Failure, runtime};
use crate::os;
use notify::{EventKind, RecursiveMode, Watcher as _};
use std::time::Duration;

/// How long nothing must change before it is done again: editors write in several steps.
const QUIET: Duration = Duration::from_millis(150);

/// Does it, and does it again at each change, until a signal asks to stop. What fails is told and
/// tried again at the next change.
///
/// # Errors
/// The folder cannot be watched, or the run was interrupted.
pub(super) fn again_and_again(
    context: &Context,
    mut once: impl FnMut() -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let folder = os::find_project(context.dir.as_deref())
        .map_err(|error| Failure::from_error(Exit::Invalid, &error))?;
    let (sender, mut changes) = tokio::sync::mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let is_change = event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_)));
        if is_change {
            // Nobody listens any more: the run is ending.
            let _ = sender.send(());
        }
    })
    .and_then(|mut watcher| {
        watcher.watch(folder.path(), RecursiveMode::Recursive)?;
        Ok(watcher)
    })
    .map_err(|error| {
        Failure::new(
            Exit::Unclassified,
            format!("the project's folder cannot be watched: {error}"),
        )
    })?;
    let runtime = runtime()?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::listen()?
    };
    loop {
        if let Err(failure) = once() {
            context.console.failure(&failure);
        }
        context.console.note("Waiting for changes; Ctrl-C ends.\n");
        let next = runtime.block_on(async {
            tokio::select! {
                exit = signals.wait() => Some(exit),
                _ = changes.recv() => None,
            }
        });
        if let Some(exit) = next {
            watcher.unwatch(folder.path()).ok();
            return Ok(exit);
        }
        // Until it is quiet.
        runtime
            .block_on(async { while tokio::time::timeout(QUIET, changes.recv()).await.is_ok() {} });
    }
}
