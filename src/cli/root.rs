//! bursar.yaml alone, for commands that need no document: they work while others have mistakes.

use super::applied::Applied;
use super::configuration::{self, Configuration};
use super::place::state_in;
use super::{Context, Exit, Failure};
use crate::domain::zone::Zone;
use crate::kinds::Project;
use crate::model::Instant;
use crate::os;
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
        let Some((folder, project)) = configuration::settings(context)? else {
            Configuration::load(context, Applied::Offline)?;
            return Err(Failure::new(Exit::Invalid, "bursar.yaml cannot be read"));
        };
        let zone = project.timezone.as_ref();
        let zone = zone
            .and_then(|name| Zone::get(&name.0).ok())
            .unwrap_or_else(Zone::utc);
        Ok(Root {
            state: state_in(&folder, &project, context.environment.as_deref())?,
            now: match &context.now {
                Some(moment) => configuration::instant(moment, &zone),
                None => os::now(),
            },
            project,
            zone,
        })
    }
}
