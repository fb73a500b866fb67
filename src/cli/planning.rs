//! From a configuration, a platform and a state to a plan. `plan` and `apply` share it.

use super::configuration::Configuration;
use super::platform::Platform;
use super::{Context, Exit, Failure};
use crate::compile::{self, Compiled};
use crate::model::{Instant, LiveState, Target};
use crate::os;
use crate::plan::{self, Circumstances, LimitFrom, Plan, PlanDocument, RemovalLimit, Settings};
use crate::provider::kinds_of;
use crate::render::ci::harmless_json;
use crate::render::human::Names;
use crate::render::terminal::escape;
use crate::render::{human, markdown};
use crate::state::{Snapshot, StateError};
use tracing::Instrument as _;

/// `safety.max_removals` of a project that does not say: at most so many objects …
const MAX_REMOVALS_COUNT: u64 = 5;
/// … and at most this percentage of the managed ones.
const MAX_REMOVALS_PERCENT: u64 = 30;

/// Gates that a person may open for one plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub(super) struct Gates {
    /// Allow a configuration without documents to retire everything.
    #[arg(long)]
    allow_empty: bool,
    /// Refuse a plan that removes more objects than this, in place of `safety.max_removals`.
    #[arg(long, value_name = "N")]
    max_removals: Option<u64>,
    /// Allow access to end earlier for clients who have it.
    #[arg(long)]
    accept_shortened_access: bool,
    /// Allow lessons that are open to close again.
    #[arg(long)]
    accept_closed_lessons: bool,
    /// Decide conflicts: `ours` puts the configuration's value in place of the platform's.
    #[arg(long, value_enum, value_name = "SIDE")]
    on_conflict: Option<Conflict>,
}

impl Gates {
    /// Every gate open, and conflicts decided: for looking at what would be done.
    pub(super) fn open() -> Self {
        Gates {
            allow_empty: true,
            max_removals: Some(u64::MAX),
            accept_shortened_access: true,
            accept_closed_lessons: true,
            on_conflict: Some(Conflict::Ours),
        }
    }
}

/// Who wins where both sides changed a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Conflict {
    /// The configuration.
    Ours,
}

/// A plan, with what it was made from.
pub(super) struct Planned {
    /// The plan.
    pub(super) plan: Plan,
    /// What ids stand for.
    pub(super) names: Names,
    /// The platform's limit, if it has told one.
    pub(super) requests_per_minute: Option<u32>,
}

/// Why a state cannot be used, as a failure of the command.
pub(super) fn state_failure(error: &StateError) -> Failure {
    let exit = match error {
        StateError::Locked { .. } => Exit::Locked,
        StateError::Stale { .. } => Exit::Stale,
        StateError::Damaged { .. } | StateError::Version { .. } => Exit::Invalid,
        StateError::Foreign { .. } => Exit::Stale,
        StateError::Overtaken { .. } | StateError::OtherLineage { .. } => Exit::Stale,
        StateError::Credentials { .. } => Exit::Credentials,
        StateError::Unreachable { .. } => Exit::Exhausted,
        StateError::Refused { .. } | StateError::Settings(_) => Exit::Invalid,
        StateError::NotSaved { .. } => Exit::Partly,
        StateError::NotTheLock { .. } => Exit::Locked,
        StateError::Io { .. } => Exit::Unclassified,
    };
    let failure = Failure::from_error(exit, error);
    let failure = match held_for(error) {
        Some(age) => failure.cause(format!("it has been held for {age}")),
        None => failure,
    };
    failure.hint(error.hint())
}

/// For how long a lock has been held.
fn held_for(error: &StateError) -> Option<String> {
    let holder = match error {
        StateError::Locked { holder, .. } => holder.as_ref()?,
        StateError::NotTheLock { holder } => holder,
        StateError::Damaged { .. }
        | StateError::Version { .. }
        | StateError::Foreign { .. }
        | StateError::Stale { .. }
        | StateError::Overtaken { .. }
        | StateError::Credentials { .. }
        | StateError::Unreachable { .. }
        | StateError::Refused { .. }
        | StateError::Settings(_)
        | StateError::NotSaved { .. }
        | StateError::OtherLineage { .. }
        | StateError::Io { .. } => return None,
    };
    let seconds = holder.age(os::now())?.as_secs();
    Some(match (seconds / 3600, seconds / 60, seconds) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, _) => format!("{minutes} min"),
        (hours, minutes, _) => format!("{hours} h {} min", minutes % 60),
    })
}

/// Says that another run writes while this one reads, if so: what is shown is a moment of its work.
pub(super) fn warn_of_work(context: &Context, snapshot: &Snapshot) {
    if let Some(run) = &snapshot.at_work {
        let run = run.to_string();
        context.console.warn(&format!(
            "warning: {} is at work: what follows is a moment of it, and will be another when it has ended\n",
            escape(&run)
        ));
    }
}

/// Reads the platform and compares.
///
/// # Errors
/// The platform cannot be read, or the state belongs to another one.
pub(super) async fn plan(
    configuration: &Configuration,
    platform: &Platform,
    snapshot: &Snapshot,
    gates: &Gates,
) -> Result<Planned, Failure> {
    read_and_compare(configuration, platform, snapshot, gates)
        .instrument(tracing::info_span!("plan"))
        .await
}

async fn read_and_compare(
    configuration: &Configuration,
    platform: &Platform,
    snapshot: &Snapshot,
    gates: &Gates,
) -> Result<Planned, Failure> {
    let (live, requests) = live(configuration, platform, snapshot).await?;
    let read = Read {
        live: &live,
        target: platform.target(),
        requests,
    };
    let (compiled, now) = (&configuration.compiled, configuration.now);
    let plan = compare(compiled, now, read, snapshot, gates);
    let circumstances = Circumstances {
        zone: &compiled.zone,
        now,
        accept_shortened_access: gates.accept_shortened_access,
        accept_closed_lessons: gates.accept_closed_lessons,
    };
    let base = &snapshot.base;
    Ok(Planned {
        plan: plan::with_consequences(plan, &compiled.desired, &live, base, circumstances),
        names: names_of(snapshot),
        requests_per_minute: platform.requests_per_minute(),
    })
}

/// Reads what the configuration and the state mention, and what that cost.
///
/// # Errors
/// As [`plan`].
pub(super) async fn live(
    configuration: &Configuration,
    platform: &Platform,
    snapshot: &Snapshot,
) -> Result<(LiveState, u64), Failure> {
    of_target(platform, snapshot)?;
    let desired = &configuration.compiled.desired;
    let declared = desired.objects.keys().chain(desired.mirrors.keys());
    let kinds = kinds_of(declared, &snapshot.base);
    platform.read(&kinds, &snapshot.base).await
}

/// Refuses a state that belongs to another platform or account.
///
/// # Errors
/// It does.
pub(super) fn of_target(platform: &Platform, snapshot: &Snapshot) -> Result<(), Failure> {
    let target = platform.target();
    if let Some(known) = &snapshot.target
        && *known != target
    {
        return Err(Failure::new(
            Exit::Stale,
            if (&known.provider, &known.url) == (&target.provider, &target.url) {
                format!(
                    "the state belongs to another account of {} at {}",
                    known.provider, known.url
                )
            } else {
                format!(
                    "the state belongs to {} at {}, not to {} at {}",
                    known.provider, known.url, target.provider, target.url
                )
            },
        )
        .hint("correct `platform` or the credentials; a second platform needs an environment of its own"));
    }
    Ok(())
}

/// What was read from a platform.
pub(super) struct Read<'a> {
    /// The objects.
    pub(super) live: &'a LiveState,
    /// The platform and account.
    pub(super) target: Target,
    /// What reading cost.
    pub(super) requests: u64,
}

/// Compares what is compiled with what was read.
pub(super) fn compare(
    compiled: &Compiled,
    now: Instant,
    read: Read<'_>,
    snapshot: &Snapshot,
    gates: &Gates,
) -> Plan {
    let Read {
        live,
        target,
        requests: read_requests,
    } = read;
    let desired = &compiled.desired;
    let removals = compiled
        .project
        .safety
        .as_ref()
        .and_then(|safety| safety.max_removals);
    let configured = removals.map(|removals| {
        (
            removals
                .count
                .map_or(u64::MAX, |count| u64::try_from(count.0).unwrap_or(0)),
            removals.percent.map_or(100, |percent| u64::from(percent.0)),
        )
    });
    let (count, percent, from) = match gates.max_removals {
        Some(count) => (count, 100, LimitFrom::Flag),
        None => {
            let default = (MAX_REMOVALS_COUNT, MAX_REMOVALS_PERCENT);
            let (count, percent) = configured.unwrap_or(default);
            (count, percent, LimitFrom::Settings)
        }
    };
    let plan = plan::plan(
        desired,
        live,
        &snapshot.base,
        &Settings {
            project: compiled.project.project.to_string(),
            environment: compiled.environment.clone(),
            target,
            lineage: snapshot.lineage.clone(),
            serial: snapshot.serial,
            configuration: compile::digest(desired),
            now,
            max_removals: RemovalLimit {
                count,
                percent,
                from,
            },
            allow_empty: gates.allow_empty,
            conflicts_ours: gates.on_conflict == Some(Conflict::Ours),
            read_requests,
        },
    );
    tracing::info!(
        changes = plan.changes.len(),
        steps = plan.steps.len(),
        drift = plan.drift.len(),
        refusals = plan.refusals.len(),
        "planned"
    );
    plan
}

/// What ids stand for, as far as the state knows.
pub(super) fn names_of(snapshot: &Snapshot) -> Names {
    let mut names = Names::default();
    for (address, object) in &snapshot.base.objects {
        names.add(address, object.id);
    }
    names
}

/// The forms in which a plan is shown that need nothing but the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Human,
    Json,
    Markdown,
}

impl Form {
    /// The one that all commands have in common.
    pub(super) fn of(context: &Context) -> Self {
        if context.console.json {
            Form::Json
        } else {
            Form::Human
        }
    }
}

/// What every form of a plan for people is made from.
pub(super) fn view<'a>(context: &Context, planned: &'a Planned) -> human::plan::View<'a> {
    let Planned {
        plan,
        names,
        requests_per_minute,
    } = planned;
    human::plan::View {
        plan,
        names,
        requests_per_minute: *requests_per_minute,
        style: context.console.out_style,
    }
}

/// Shows a plan as a result.
pub(super) fn show(context: &Context, planned: &Planned, form: Form) {
    let view = view(context, planned);
    let text = match form {
        Form::Human => human::plan::render(view),
        Form::Markdown => markdown::plan::render(view),
        Form::Json => {
            let document = PlanDocument::from(&planned.plan).at_limit(planned.requests_per_minute);
            harmless_json(document.to_text())
        }
    };
    context.console.result(&text);
}

/// Whether a plan changes nothing that people would see. It may still bring the state up to date.
pub(super) fn is_empty(plan: &Plan) -> bool {
    plan.changes.is_empty()
}
