//! What was applied last, which rules judge by: what is as it was applied is not new.

use super::files::Files;
use super::place::state_in;
use super::planning::state_failure;
use super::{Failure, own, until_signal};
use crate::compile;
use crate::kinds::{Project, StateConfig};
use crate::model::BaseState;
use crate::state::{LocalState, Snapshot};

/// What becomes of a command whose state cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    /// It stops: it would need the state anyway, and rules would judge everything as new.
    Needed,
    /// It goes on: it may be there to mend the state, or does without.
    Wanted,
    /// It never leaves the machine: of a state that is kept elsewhere nothing is known.
    Offline,
}

impl Applied {
    /// Reads the state, wherever it is kept.
    ///
    /// # Errors
    /// It is needed, is kept elsewhere and cannot be read. What is wrong with one in the project's
    /// folder is told where it is used.
    pub(super) fn read(
        self,
        files: &Files,
        environment: Option<&str>,
    ) -> Result<Option<BaseState>, Failure> {
        if self == Applied::Offline {
            return Ok(here(files, environment));
        }
        let project = settings(files, environment).filter(|project| !is_here(project));
        let Some(project) = project else {
            return Ok(here(files, environment));
        };
        let read = state_in(&files.folder, &project, environment).and_then(|state| {
            until_signal(async { state.read().await.map_err(|error| state_failure(&error)) })
        });
        match (self, read) {
            (_, Ok(snapshot)) => Ok(of(snapshot)),
            (Applied::Needed, Err(failure)) => Err(failure),
            (Applied::Wanted | Applied::Offline, Err(_)) => Ok(None),
        }
    }
}

/// As [`Applied::read`] without leaving the machine: of a state that is kept elsewhere, nothing is
/// known.
pub(super) fn here(files: &Files, environment: Option<&str>) -> Option<BaseState> {
    // Of a bursar.yaml with a mistake, the name is enough.
    if settings(files, environment).is_some_and(|project| !is_here(&project)) {
        return None;
    }
    let project = files.project.as_ref()?.get("project")?.as_str()?;
    let folder = own::environment(&files.folder, environment, None).ok()?;
    let state = LocalState::open(folder, project, environment.map(str::to_owned));
    of(state.read().ok()?)
}

/// What rules judge by, of a state that has been read.
pub(super) fn of(snapshot: Snapshot) -> Option<BaseState> {
    let base = snapshot.base;
    (!base.objects.is_empty()).then_some(base)
}

fn settings(files: &Files, environment: Option<&str>) -> Option<Project> {
    compile::settings(files.project.as_ref()?, environment, &files.sources)
}

fn is_here(project: &Project) -> bool {
    matches!(project.state, None | Some(StateConfig::Local(_)))
}
