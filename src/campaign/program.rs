//! The program as a process runs it: what `bursar plan` and `bursar apply` do, without a console.

use super::disk::{Media, View};
use super::judge::{self, STATE};
use super::network::Cable;
use super::violation::{Planted, Violation};
use super::world::{Process, World};
use crate::apply::{ApplySettings, apply};
use crate::model::{LiveState, Secret, parse_instant};
use crate::plan::{self, LimitFrom, Plan, RemovalLimit, Settings, is_unseen};
use crate::provider::http::{HttpReader, HttpSettings, HttpWriter};
use crate::provider::{Reader as _, kinds_of, read_settled};
use crate::state::{Holder, LocalState, Snapshot, Start, StateError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// As in `cli::platform`.
const SETTLING: Duration = Duration::from_secs(10);
const PROJECT: &str = "p";

/// How a run ended.
#[derive(Debug)]
#[expect(dead_code, reason = "reasons are shown with a history that fails")]
pub(super) enum Ended {
    /// The plan was empty.
    NothingToDo,
    /// It was carried out, or only made.
    Planned(Box<Plan>),
    Applied {
        is_complete: bool,
    },
    /// Someone else holds the lock: who.
    Locked(Option<String>),
    /// The plan was refused: why.
    Blocked(Vec<String>),
    /// The platform could not be read.
    Unreadable(String),
    /// The state could not be used.
    State(String),
    Killed,
}

/// The state of the history, as a process sees it.
pub(super) fn state(world: &World, process: &Arc<Process>) -> LocalState {
    state_on(Arc::clone(&world.media), process)
}

/// The state on a disk, as a process sees it.
pub(super) fn state_on(media: Arc<Media>, process: &Arc<Process>) -> LocalState {
    let disk = View {
        media,
        process: Arc::clone(process),
    };
    let folder = Path::new(STATE).parent().unwrap_or(Path::new("/"));
    LocalState::open_on(Arc::new(disk), folder, PROJECT)
}

/// Runs the program to its end.
pub(super) async fn run(
    world: &Arc<World>,
    process: &Arc<Process>,
    stop: watch::Receiver<bool>,
) -> Ended {
    let state = state(world, process);
    if process.is_plan {
        let snapshot = match state.read() {
            Ok(snapshot) => snapshot,
            Err(error) => return broken(world, process, &error),
        };
        judge::of_one_version(world, &snapshot);
        return match make_plan(world, process, &snapshot).await {
            Ok((plan, _)) => Ended::Planned(Box::new(plan)),
            Err(why) => Ended::Unreadable(why),
        };
    }
    let since = parse_instant("2026-01-01T00:00:00Z").unwrap();
    let holder = Holder::new(&process.id.to_string(), "someone", "here", "apply", since);
    let mut locked = match state.lock(&holder) {
        Ok(locked) => locked,
        Err(StateError::Locked { holder, .. }) => {
            return Ended::Locked(holder.map(|holder| holder.id));
        }
        Err(error) => return broken(world, process, &error),
    };
    let snapshot = locked.snapshot().clone();
    judge::of_one_version(world, &snapshot);
    let (plan, reader) = match make_plan(world, process, &snapshot).await {
        Ok(made) => made,
        Err(why) => return Ended::Unreadable(why),
    };
    world.tell(|| {
        let steps = plan.steps.iter();
        let steps: Vec<String> = steps
            .map(|step| format!("{} {}", step.verb, step.address))
            .collect();
        format!("#{} plans {steps:?} {:?}", process.id, plan.settled)
    });
    if !plan.refusals.is_empty() {
        let refusals = plan.refusals.iter();
        return Ended::Blocked(refusals.map(|refusal| refusal.message.clone()).collect());
    }
    if plan.changes.is_empty() && plan.steps.is_empty() && snapshot.base.open_intents.is_empty() {
        return Ended::NothingToDo;
    }
    process.lock().work = Some((plan.clone(), snapshot.base.clone()));
    let start = Start {
        target: plan.target.clone(),
        lineage: plan.lineage.clone(),
        serial: plan.serial,
        new_lineage: format!("lineage-{}", process.id),
        plan: plan::digest(&plan),
    };
    let journal = match locked.begin(start) {
        Ok(journal) => journal,
        Err(error) => return broken(world, process, &error),
    };
    let writer = HttpWriter::new(reader).until(stop.clone());
    let settings = ApplySettings::default();
    let base = &snapshot.base;
    let outcome = apply(&plan, base, &writer, &journal, settings, stop, |_| {}).await;
    match locked.commit(journal, &outcome.unfinished(&plan)) {
        Ok(_) => Ended::Applied {
            is_complete: outcome.is_complete(),
        },
        Err(error) => broken(world, process, &error),
    }
}

/// A living process must be able to use its state.
fn broken(world: &World, process: &Process, error: &StateError) -> Ended {
    if !process.is_dead() {
        world.accuse(Violation::State(error.to_string()));
    }
    Ended::State(error.to_string())
}

async fn make_plan(
    world: &Arc<World>,
    process: &Arc<Process>,
    snapshot: &Snapshot,
) -> Result<(Plan, HttpReader), String> {
    let cable = Cable {
        world: Arc::clone(world),
        process: Arc::clone(process),
    };
    let secret = || Secret::new("simulated".to_owned());
    let settings = HttpSettings::new("sandbox", "http://127.0.0.1", secret(), secret());
    let reader = HttpReader::simulated(settings, Arc::new(cable)).map_err(|it| it.to_string())?;
    let desired = &process.desired;
    let base = &snapshot.base;
    let kinds = kinds_of(desired.objects.keys(), base);
    let patience = if world.plants(Planted::DoesNotWait) {
        Duration::ZERO
    } else {
        SETTLING
    };
    let mut known = base.clone();
    if world.plants(Planted::BelievesListings) {
        known.objects.clear();
    }
    let is_settled = |live: &LiveState| !is_unseen(base, live);
    let reading = read_settled(&reader, &kinds, &known, patience, is_settled)
        .await
        .map_err(|error| error.to_string())?;
    let settings = Settings {
        project: PROJECT.to_owned(),
        environment: None,
        target: reader.target(),
        lineage: snapshot.lineage.clone(),
        serial: snapshot.serial,
        configuration: "c".to_owned(),
        now: parse_instant("2026-01-01T00:00:00Z").unwrap(),
        max_removals: RemovalLimit {
            count: 1_000,
            percent: 100,
            from: LimitFrom::Settings,
        },
        allow_empty: true,
        conflicts_ours: true,
        read_requests: reading.requests,
    };
    let plan = plan::plan(desired, &reading.live, base, &settings);
    Ok((plan, reader))
}
