//! A plan in a file: read, and held against what is there now.

use super::configuration::Configuration;
use super::planning::{self, Gates};
use super::platform::Platform;
use super::{Exit, Failure};
use crate::compile;
use crate::model::{Instant, Target};
use crate::os;
use crate::plan::{self, Plan, PlanDocument, Saved};
use crate::render::human;
use crate::state::Snapshot;
use crate::yaml;
use std::path::Path;

/// The most bytes of a saved plan.
const MOST_BYTES: usize = 1 << 30;

/// A plan as it was saved.
pub(super) struct SavedPlan {
    /// The plan.
    pub(super) plan: Plan,
    /// The document that it stood in.
    pub(super) document: PlanDocument,
}

/// Reads a saved plan.
///
/// # Errors
/// It cannot be read, or is no plan of this version.
pub(super) fn read(path: &Path) -> Result<SavedPlan, Failure> {
    let shown = path.display();
    let bytes = os::read_named(path, MOST_BYTES).map_err(|refusal| {
        Failure::new(Exit::Invalid, format!("{shown} cannot be read"))
            .cause(refusal.to_string())
            .hint("name a plan that `bursar plan --out FILE` has saved")
    })?;
    let invalid = |cause: String| {
        Failure::new(
            Exit::Invalid,
            format!("{shown} is no plan that can be used"),
        )
        .cause(cause)
        .hint("save it again: `bursar plan --out FILE`")
    };
    let text = yaml::decode(bytes).map_err(|_| invalid("it is not UTF-8".to_owned()))?;
    PlanDocument::from_saved(&text)
        .and_then(|document| {
            let plan = Plan::try_from(document.clone())?;
            Ok(SavedPlan { plan, document })
        })
        .map_err(|error| invalid(error.to_string()))
}

/// Whether a saved plan would still do what it says.
///
/// # Errors
/// It would not; or that cannot be told.
pub(super) async fn check(
    saved: &SavedPlan,
    configuration: &Configuration,
    platform: &Platform,
    snapshot: &Snapshot,
) -> Result<(), Failure> {
    let reasons = reasons(saved, configuration, platform, snapshot).await?;
    if reasons.is_empty() {
        return Ok(());
    }
    let failure = Failure::new(Exit::Stale, "the plan is stale").hint("plan again");
    Err(reasons.into_iter().fold(failure, Failure::cause))
}

/// Why a saved plan would not do what it says; none if it would. The platform is only read if
/// nothing else speaks against it.
///
/// # Errors
/// The platform cannot be read.
pub(super) async fn reasons(
    saved: &SavedPlan,
    configuration: &Configuration,
    platform: &Platform,
    snapshot: &Snapshot,
) -> Result<Vec<String>, Failure> {
    let reasons = unbound(
        saved,
        Known {
            now: configuration.now,
            configuration: Some(configuration),
            snapshot: Some(snapshot),
            target: Some(&platform.target()),
        },
    );
    if !reasons.is_empty() {
        return Ok(reasons);
    }
    // What the flags had allowed was decided when it was saved; here only effects are compared.
    let now = planning::plan(configuration, platform, snapshot, &Gates::open()).await?;
    let differences = plan::differences(&saved.plan, &now.plan);
    let unannounced = plan::unannounced(&saved.plan, &now.plan);
    Ok(differences
        .iter()
        .chain(&unannounced)
        .map(|difference| human::staleness::difference(difference, &now.names))
        .collect())
}

/// What a saved plan is held against, as far as it is known.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// The clock.
    pub(super) now: Instant,
    /// The configuration.
    pub(super) configuration: Option<&'a Configuration>,
    /// What was last applied.
    pub(super) snapshot: Option<&'a Snapshot>,
    /// The platform and account.
    pub(super) target: Option<&'a Target>,
}

/// What it was made for or from that is another by now.
pub(super) fn unbound(saved: &SavedPlan, known: Known<'_>) -> Vec<String> {
    let SavedPlan { plan, document } = saved;
    let Known {
        now,
        configuration,
        snapshot,
        target,
    } = known;
    let mut reasons = Vec::new();
    if document.tool_version != env!("CARGO_PKG_VERSION") {
        reasons.push(format!(
            "it was made by bursar {}, and this is {}",
            document.tool_version,
            env!("CARGO_PKG_VERSION")
        ));
    }
    let compiled = configuration.map(|configuration| &configuration.compiled);
    if let Some(compiled) = compiled {
        if plan.project != compiled.project.project.as_str() {
            reasons.push(format!("it was made for the project `{}`", plan.project));
        }
        if plan.environment != compiled.environment {
            reasons.push(match &plan.environment {
                Some(environment) => format!("it was made for the environment `{environment}`"),
                None => "it was made without an environment".to_owned(),
            });
        }
    }
    if target.is_some_and(|target| plan.target != *target) {
        reasons.push("it was made for another platform or account".to_owned());
    }
    if let Some(snapshot) = snapshot {
        if plan.lineage != snapshot.lineage {
            reasons.push("it was made from another state".to_owned());
        } else if plan.serial != snapshot.serial {
            reasons.push(format!(
                "the state has changed since: it was version {}, now it is {}",
                plan.serial, snapshot.serial
            ));
        }
    }
    if compiled.is_some_and(|compiled| plan.configuration != compile::digest(&compiled.desired)) {
        reasons.push("the configuration has changed since".to_owned());
    }
    reasons.extend(expired(document, now));
    if let Some(deadline) = plan::too_late(plan, now) {
        reasons.push(format!(
            "it had to be applied before {}: {}: {}",
            deadline.text, deadline.address, deadline.why
        ));
    }
    reasons
}

/// That its time is up.
pub(super) fn expired(document: &PlanDocument, now: Instant) -> Option<String> {
    let Saved { expires_at, .. } = document.saved.as_ref()?;
    (now >= document.expires_at()?).then(|| format!("it was good until {expires_at}"))
}
