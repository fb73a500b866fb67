//! bursar's own files in a project.

use super::{Exit, Failure};
use crate::os::ProjectFolder;
use std::path::PathBuf;

/// The folder of an environment's state and audit, or one below it.
///
/// # Errors
/// It leads out of the project, or something in it does.
pub(super) fn environment(
    project: &ProjectFolder,
    environment: Option<&str>,
    below: Option<&str>,
) -> Result<PathBuf, Failure> {
    let name = environment.unwrap_or("default");
    match below {
        Some(below) => own(project, &format!("{name}/{below}")),
        None => own(project, name),
    }
}

/// Where the embedded platform of a project keeps its objects.
///
/// # Errors
/// As [`environment`].
pub(super) fn sandbox(
    project: &ProjectFolder,
    environment: Option<&str>,
) -> Result<PathBuf, Failure> {
    match environment {
        Some(environment) => own(project, &format!("{environment}/sandbox")),
        None => own(project, "sandbox"),
    }
}

fn own(project: &ProjectFolder, name: &str) -> Result<PathBuf, Failure> {
    project.own(name).map_err(|refusal| {
        let shown = project.show(&format!(".bursar/{name}"));
        Failure::new(Exit::Invalid, format!("{shown} cannot be used"))
            .cause(format!("of it or of what is in it: {refusal}"))
            .hint("put ordinary folders and files in its place; `state` in bursar.yaml may keep the state elsewhere")
    })
}
