//! (desired, live, base) → [`Plan`].
//!
//! The planner is a list of passes over values, called one after another in [`plan`]; the plan is
//! plain data that can be shown, saved, checked and carried out. Nothing here knows a provider, and
//! nothing names a kind: what is special about one stands in its `Collection`.

mod bindings;
mod changes;
mod compare;
mod consequences;
mod counts;
mod document;
mod drift;
mod hands_off;
mod matching;
mod mirrors;
mod order;
mod outside;
mod patch;
mod recovery;
mod removals;
mod safety;
mod settle;
mod staleness;
mod step;
mod steps;
mod taken;
mod three_way;
mod touched;

pub use crate::domain::consequences::{
    About, Consequence, Consequences, Counted, Deadline, Price, Reach, Way,
};
pub use consequences::{Circumstances, too_late, unannounced, with_consequences};
pub use counts::{Counts, counts};
pub use document::{
    ActionWord, Before, EntryDocument, FORMAT_VERSION, FieldDocument, JsonAttributes, JsonValue,
    OperationDocument, Pace, PlanDocument, PlanFileError, ReasonCode, RefusalDocument, Requests,
    ResourceChange, Saved, SideWord, StepDocument, TargetDocument, Touched, digest, plan_schema,
};
pub use drift::{Drifts, drifts};
pub use hands_off::{hands_off, put_away};
pub use recovery::{Doubt, Match, Recovery, recovery};
pub use settle::is_unseen;
pub use staleness::{Difference, What, differences};
pub use step::{
    Action, Change, FieldChange, LimitFrom, Operation, Plan, Reason, Refusal, RemovalLimit,
    Settings, Side, Step, StepId,
};
pub use touched::live_digest;

use crate::model::{BaseState, DesiredState, LiveState};
use crate::plan::order::Slot;

/// Compares the three sides and says what to do, in which order, and why.
///
/// The same inputs give the same plan, to the byte. Live attributes and those of the state are
/// taken to be in normal form ([`crate::kinds::normal_attributes`]). Refusals are part of the plan:
/// it must not be applied while it has some.
pub fn plan(
    desired: &DesiredState,
    live: &LiveState,
    base: &BaseState,
    settings: &Settings,
) -> Plan {
    let settled = settle::settle(base, live);
    let mut entries: matching::Entries<'_> = base.objects.iter().collect();
    entries.extend(&settled.entries);

    let found = matching::matching(desired, live, &entries, &settled);
    let all = compare::compare(desired, &entries, found.subjects, &settled);
    let removals = removals::removals(desired, live, found.orphans);
    let (leftovers, struck) = removals::leftovers(live, entries.iter().map(|(a, e)| (*a, *e)));

    let work = steps::Work {
        all: &all,
        removals: &removals,
        leftovers: &leftovers,
        struck: &struck,
        settled: &settled,
    };
    let (drafts, unmakeable) = steps::draft(&work);
    let paused = drafts.addresses_with(Slot::Pause);
    let (steps, circle) = drafts.into_steps();

    let mut refusals = found.refusals;
    refusals.extend(mirrors::refusals(desired, live));
    refusals.extend(outside::refusals(desired, live));
    refusals.extend(taken::refusals(desired, live, &entries, &all));
    refusals.extend(unmakeable);
    if refusals.is_empty() {
        refusals.extend(circle);
    }
    refusals.extend(safety::refusals(
        desired, live, &entries, &all, &removals, &steps, settings,
    ));
    let known = |step: &Step| all.get(&step.address)?.subject.id;
    Plan {
        project: settings.project.clone(),
        environment: settings.environment.clone(),
        target: settings.target.clone(),
        lineage: settings.lineage.clone(),
        serial: settings.serial,
        configuration: settings.configuration.clone(),
        changes: changes::changes(&all, &removals, &leftovers, &paused),
        drift: drift::drift(&all, &removals),
        touched: touched::touched(live, &steps, known),
        steps,
        refusals,
        settled: settled.messages,
        unmanaged: found.unmanaged,
        read_requests: settings.read_requests,
        consequences: Consequences::default(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
