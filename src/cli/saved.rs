//! A plan in a file: read, and held against what is there now.

use super::configuration::Configuration;
use super::platform::Platform;
use super::{Exit, Failure};
use crate::compile;
use crate::kinds::{self, KindInfo};
use crate::model::LiveState;
use crate::os;
use crate::plan::{self, Plan, PlanDocument};
use crate::state::Snapshot;
use crate::yaml;
use std::collections::BTreeSet;
use std::path::Path;

/// The most bytes of a saved plan.
const MOST_BYTES: usize = 1 << 30;

/// Reads a saved plan.
///
/// # Errors
/// It cannot be read, or is no plan of this version.
pub(super) fn read(path: &Path) -> Result<Plan, Failure> {
    let shown = path.display();
    let bytes = os::read_named(path, MOST_BYTES).map_err(|refusal| {
        Failure::new(Exit::Invalid, format!("{shown} cannot be read")).cause(refusal.to_string())
    })?;
    let invalid = |cause: String| {
        Failure::new(
            Exit::Invalid,
            format!("{shown} is no plan that can be applied"),
        )
        .cause(cause)
        .hint("save it again: `bursar plan --out FILE`")
    };
    let text = yaml::decode(bytes).map_err(|_| invalid("it is not UTF-8".to_owned()))?;
    PlanDocument::from_text(&text)
        .and_then(Plan::try_from)
        .map_err(|error| invalid(error.to_string()))
}

/// Whether a saved plan would still do what it says.
///
/// # Errors
/// The configuration, the state, the target or an object that it touches is another by now.
pub(super) async fn check(
    plan: &Plan,
    configuration: &Configuration,
    platform: &Platform,
    snapshot: &Snapshot,
) -> Result<(), Failure> {
    let compiled = &configuration.compiled;
    if plan.project != compiled.project.project.as_str() {
        return Err(stale(format!(
            "it was made for the project `{}`",
            plan.project
        )));
    }
    if plan.environment != compiled.environment {
        return Err(stale(match &plan.environment {
            Some(environment) => format!("it was made for the environment `{environment}`"),
            None => "it was made without an environment".to_owned(),
        }));
    }
    if plan.target != platform.target() {
        return Err(stale("it was made for another platform or account"));
    }
    if (&plan.lineage, plan.serial) != (&snapshot.lineage, snapshot.serial) {
        return Err(stale(format!(
            "the state has changed since: it was version {}, now it is {}",
            plan.serial, snapshot.serial
        )));
    }
    if plan.configuration != compile::digest(&compiled.desired) {
        return Err(stale("the configuration has changed since"));
    }
    let kinds: BTreeSet<&str> = plan.touched.keys().map(|(kind, _)| kind.as_str()).collect();
    let kinds: Vec<&'static KindInfo> = kinds.into_iter().filter_map(kinds::kind).collect();
    let (live, _) = platform.read(&kinds, &snapshot.base).await?;
    untouched(plan, &live)
}

/// Whether the objects that the plan touches are as they were.
fn untouched(plan: &Plan, live: &LiveState) -> Result<(), Failure> {
    for ((kind, id), digest) in &plan.touched {
        let now = live.kinds.get(kind).and_then(|objects| objects.get(id));
        if now.map(plan::live_digest).as_ref() != Some(digest) {
            return Err(stale(format!(
                "{kind} {id} has changed on the platform since, or is gone"
            )));
        }
    }
    Ok(())
}

fn stale(why: impl Into<String>) -> Failure {
    Failure::new(Exit::Stale, "the plan is stale")
        .cause(why)
        .hint("plan again")
}
