//! bursar.yaml alone, for commands that need no document: they work while others have mistakes.

use super::applied::{self, Applied};
use super::configuration::{self, Configuration};
use super::files::Files;
use super::place::state_in;
use super::{Context, Exit, Failure};
use crate::domain::zone::Zone;
use crate::kinds::Project;
use crate::model::Instant;
use crate::state::State;

/// What bursar.yaml says in the chosen environment.
pub(super) struct Root {
    /// The project.
    pub(super) project: Project,
    /// Where its state is kept.
    pub(super) state: State,
    /// Its time zone.
    pub(super) zone: Zone,
    /// The clock.
    pub(super) now: Instant,
}

impl Root {
    /// Reads it; of one that cannot be read, tells why.
    ///
    /// # Errors
    /// There is no project, an environment must be chosen, or bursar.yaml has mistakes.
    pub(super) fn load(context: &Context) -> Result<Self, Failure> {
        let files = Files::read(context.dir.as_deref(), context.environment.as_deref())?;
        configuration::choose(context, &files)?;
        let environment = context.environment.as_deref();
        let is_declared = environment.is_none_or(|chosen| {
            configuration::environments(&files)
                .iter()
                .any(|it| it == chosen)
        });
        let project = applied::settings(&files, environment).filter(|_| is_declared);
        let Some(project) = project else {
            Configuration::of(context, files, Applied::Offline)?;
            return Err(Failure::new(Exit::Invalid, "bursar.yaml cannot be read"));
        };
        let zone = project.timezone.as_ref();
        Ok(Root {
            state: state_in(&files.folder, &project, environment)?,
            zone: zone
                .and_then(|name| Zone::get(&name.0).ok())
                .unwrap_or_else(Zone::utc),
            now: configuration::now(context, &files),
            project,
        })
    }
}
