//! A history as it happens.

use super::history::{Edit, End, Hand, History, Round, Run, Weather};
use super::judge::{self, STATE};
use super::platform::{Body, written};
use super::program::{self, Ended};
use super::violation::{Planted, Violation};
use super::world::{Process, World};
use crate::model::{Address, Attributes, DesiredState};
use crate::plan::tests::project::project;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::watch;

/// Longer than any request is under way, and than listings lag.
const QUIET: Duration = Duration::from_secs(120);
/// How many runs may be needed once nothing goes wrong any more.
const CLEAN_RUNS: usize = 2;

/// What came of a history.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdict {
    pub(super) violations: BTreeSet<Violation>,
    pub(super) counts: BTreeMap<&'static str, u64>,
    /// The platform in the end, for comparing two runs of the same history.
    pub(super) picture: String,
    /// What happened, if it was asked for.
    pub(super) told: Vec<String>,
}

/// Lets a history happen, with a fault of our own or without.
pub(super) fn live(history: &History, planted: Option<Planted>) -> Verdict {
    live_and_tell(history, planted, false)
}

/// The same; `is_told` writes down what happens.
pub(super) fn live_and_tell(history: &History, planted: Option<Planted>, is_told: bool) -> Verdict {
    // Jitter and luck come from here.
    fastrand::seed(history.seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(happen(history, planted, is_told))
}

async fn happen(history: &History, planted: Option<Planted>, is_told: bool) -> Verdict {
    let world = World::new(planted, is_told);
    let mut life = Life {
        world: Arc::clone(&world),
        processes: 0,
        serial: 0,
        lineage: None,
    };
    let mut desired = Arc::new(DesiredState::default());
    for round in &history.rounds {
        desired = Arc::new(project(&round.project));
        world.tell(|| {
            let all = desired.objects.iter();
            let all: Vec<String> = all.map(|(at, it)| shown(at, &it.attributes)).collect();
            format!("round:\n        {}", all.join("\n        "))
        });
        life.pass(round, &desired).await;
    }
    life.end(&desired).await;
    let mut inner = world.lock();
    Verdict {
        violations: std::mem::take(&mut inner.violations),
        counts: std::mem::take(&mut inner.counts),
        picture: format!("{:?}", inner.platform.kinds),
        told: std::mem::take(&mut inner.told),
    }
}

/// An object of the configuration, without the names of our types.
fn shown(address: &Address, attributes: &Attributes) -> String {
    let all: Vec<String> = attributes
        .iter()
        .map(|(key, value)| {
            let value = format!("{value:?}");
            let (mut text, mut rest) = (String::new(), value.as_str());
            while let Some((before, after)) = rest.split_once(", _key_type") {
                text.push_str(before);
                rest = after.split_once(" }").map_or("", |(_, after)| after);
            }
            text.push_str(rest);
            format!("{key}: {}", text.replace("Map(LiteMap { values: ", ""))
        })
        .collect();
    format!("{address} {}", all.join(", "))
}

struct Life {
    world: Arc<World>,
    processes: u32,
    serial: u64,
    lineage: Option<String>,
}

impl Life {
    async fn pass(&mut self, round: &Round, desired: &Arc<DesiredState>) {
        let before = self.world.media.text(Path::new(STATE));
        for edit in &round.edits {
            by_hand(&self.world, *edit);
        }
        {
            let now_ms = self.world.now_ms();
            let mut inner = self.world.lock();
            inner.weather = round.weather;
            inner.mischief.clone_from(&round.mischief);
            inner.requests = 0;
            inner.storm_until_ms = now_ms + round.weather.storm_ms;
        }
        let power = Arc::new(watch::channel(false).0);
        let runs = round.runs.iter().map(|run| {
            self.processes += 1;
            one(&self.world, self.processes, *run, desired, &power)
        });
        let ended = futures_util::future::join_all(runs.collect::<Vec<_>>()).await;
        self.take_in(&ended);
        match (self.world.planted, before) {
            (Some(Planted::StateGoesBack), Some(before)) => {
                self.world.media.put(Path::new(STATE), before);
            }
            (Some(Planted::StateRots), Some(mut before)) => {
                let middle = before.len() / 2;
                if let Some(byte) = before.get_mut(middle) {
                    *byte ^= 1;
                }
                self.world.media.put(Path::new(STATE), before);
            }
            _ => {}
        }
        self.look_at_the_state(desired);
    }

    /// Nothing goes wrong any more: at most two runs, and everything is as declared.
    async fn end(&mut self, desired: &Arc<DesiredState>) {
        tokio::time::sleep(QUIET).await;
        {
            let mut inner = self.world.lock();
            inner.weather = Weather::default();
            inner.mischief.clear();
            inner.storm_until_ms = 0;
        }
        let clean = |is_plan| Run {
            is_plan,
            after_ms: 0,
            end: End::ByItself,
        };
        let power = Arc::new(watch::channel(false).0);
        let mut last = String::new();
        for number in 0..=CLEAN_RUNS {
            self.processes += 1;
            let run = clean(number == CLEAN_RUNS);
            let ended = one(&self.world, self.processes, run, desired, &power).await;
            self.take_in(std::slice::from_ref(&ended));
            self.look_at_the_state(desired);
            match ended {
                Ended::Planned(plan) => {
                    if !(plan.changes.is_empty() && plan.steps.is_empty() && plan.drift.is_empty())
                    {
                        let changes: Vec<String> = plan
                            .changes
                            .iter()
                            .map(|change| format!("{:?} {}", change.action, change.address))
                            .collect();
                        let why = format!("{changes:?}, {} steps; {last}", plan.steps.len());
                        self.world.accuse(Violation::NotConverged(why));
                    }
                }
                Ended::NothingToDo | Ended::Applied { is_complete: true } => {}
                other => last = format!("{other:?}"),
            }
        }
        judge::in_the_end(&self.world);
    }

    fn take_in(&self, ended: &[Ended]) {
        let mut inner = self.world.lock();
        for ended in ended {
            inner.count(match ended {
                Ended::NothingToDo => "runs with nothing to do",
                Ended::Planned(_) => "plans",
                Ended::Applied { is_complete: true } => "applies that ended well",
                Ended::Applied { is_complete: false } => "applies that ended partly",
                Ended::Locked(_) => "applies that were locked out",
                Ended::Blocked(_) => "applies that were refused",
                Ended::Unreadable(_) => "runs that could not read",
                Ended::State(_) => "runs without a usable state",
                Ended::Killed => "runs that were killed",
            });
            if matches!(ended, Ended::Locked(None)) {
                let nobody = "locked out, and nobody is named".to_owned();
                inner.violations.insert(Violation::TwoWriters(nobody));
            }
        }
    }

    /// It parses, its serial grows, its lineage stays.
    fn look_at_the_state(&mut self, desired: &Arc<DesiredState>) {
        let reader = Process::new(0, true, Arc::clone(desired), None);
        // In copies, since who reads a state settles what was left behind.
        let present = Arc::new(self.world.media.copied());
        match program::state_on(present, &reader).read() {
            Err(error) => self.world.accuse(Violation::State(error.to_string())),
            Ok(snapshot) => {
                if snapshot.serial < self.serial {
                    let why = format!("version {} after {}", snapshot.serial, self.serial);
                    self.world.accuse(Violation::State(why));
                }
                if self.lineage.is_some() && snapshot.lineage != self.lineage {
                    let why = format!("{:?} after {:?}", snapshot.lineage, self.lineage);
                    self.world.accuse(Violation::State(why));
                }
            }
        }
        // What is not synced may be lost with the power, since nobody has acted on it. What lasts is
        // what the next look is held against.
        let lasting = Arc::new(self.world.media.what_lasts());
        if let Ok(snapshot) = program::state_on(lasting, &reader).read() {
            self.serial = snapshot.serial;
            self.lineage = snapshot.lineage;
        }
    }
}

/// One process, from its start to its end or its death.
async fn one(
    world: &Arc<World>,
    number: u32,
    run: Run,
    desired: &Arc<DesiredState>,
    power: &Arc<watch::Sender<bool>>,
) -> Ended {
    let Run {
        is_plan,
        after_ms,
        end,
    } = run;
    let dies_at_disk = match end {
        End::KilledAtDisk(operation, seed) => Some((operation, seed)),
        End::ByItself | End::KilledAtPoll(_) | End::PowerLost(_) | End::Interrupted(_) => None,
    };
    let process = Process::new(number, is_plan, Arc::clone(desired), dies_at_disk);
    tokio::time::sleep(Duration::from_millis(after_ms)).await;
    let (stop, stopped) = watch::channel(false);
    if let End::Interrupted(after_ms) = end {
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(after_ms)).await;
            let _ = stop.send(true);
        });
    } else {
        // Held, so that nobody takes its end for a signal.
        tokio::spawn(async move { stop.closed().await });
    }
    let mut mortal = Mortal {
        run: Some(Box::pin(program::run(world, &process, stopped))),
        process: &process,
        polls_left: match end {
            End::KilledAtPoll(polls) | End::PowerLost(polls) => Some(polls),
            End::ByItself | End::KilledAtDisk(..) | End::Interrupted(_) => None,
        },
    };
    let mut dark = power.subscribe();
    let ended = tokio::select! {
        biased;
        _ = dark.wait_for(|is_dark| *is_dark) => Ended::Killed,
        ended = &mut mortal => ended,
    };
    world.tell(|| match &ended {
        Ended::Planned(plan) => format!("#{number} planned {} steps", plan.steps.len()),
        ended => format!("#{number} ended: {ended:?}"),
    });
    if matches!(ended, Ended::Killed) {
        process.kill();
        drop(mortal);
        if matches!(end, End::PowerLost(_)) {
            world.lock().count("power cuts");
            let _ = power.send_replace(true);
            world.media.lose_power(&mut fastrand::Rng::new());
        }
    }
    ended
}

/// A run that dies when it has been polled so often, or in the middle of something.
struct Mortal<'a, F> {
    run: Option<Pin<Box<F>>>,
    process: &'a Process,
    polls_left: Option<u32>,
}

impl<F: Future<Output = Ended>> Future for Mortal<'_, F> {
    type Output = Ended;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ended> {
        if self.polls_left == Some(0) {
            self.process.kill();
        }
        self.polls_left = self.polls_left.map(|left| left.saturating_sub(1));
        if self.process.is_dead() {
            self.run = None;
            return Poll::Ready(Ended::Killed);
        }
        let Some(run) = self.run.as_mut() else {
            return Poll::Ready(Ended::Killed);
        };
        let ended = run.as_mut().poll(context);
        if self.process.is_dead() {
            self.run = None;
            return Poll::Ready(Ended::Killed);
        }
        ended
    }
}

/// Somebody works on the platform.
fn by_hand(world: &World, edit: Edit) {
    let now_ms = world.now_ms();
    let mut inner = world.lock();
    let Edit { object, how } = edit;
    let all: Vec<(&'static str, i64)> = inner
        .platform
        .kinds
        .iter()
        .flat_map(|(kind, objects)| objects.keys().map(|id| (*kind, *id)))
        .collect();
    let at = usize::try_from(object).unwrap_or(0) % all.len().max(1);
    let chosen = all.get(at).copied();
    let offer = written().find(|(kind, _)| kind.id == "offer");
    if let (Hand::Makes | Hand::Copies, Some((kind, _))) = (how, offer) {
        let title = match how {
            Hand::Copies => format!("Copy system {object}"),
            _ => format!("theirs {object}"),
        };
        let price = json!({ "amount": "1", "currency": "EUR" });
        let body = json!({ "title": title, "price": price, "extra": { "by": "hand" } });
        let body: Body = body.as_object().cloned().unwrap_or_default();
        let made = inner.platform.create(kind, &body, now_ms, false);
        if let Some(id) = made.1["data"]["id"].as_i64()
            && let Some(kept) = inner.platform.find(kind.id, id).cloned()
        {
            inner.strangers.insert((kind.id.to_owned(), id), kept.body);
        }
        inner.count("objects that people made");
        return;
    }
    let Some((kind_id, id)) = chosen else { return };
    let key = (kind_id.to_owned(), id);
    let Some((kind, collection)) = written().find(|(kind, _)| kind.id == kind_id) else {
        return;
    };
    if inner.strangers.contains_key(&key) {
        return;
    }
    let patch = match how {
        Hand::Notes(number) => json!({ "extra": { "note": number, "more": [1, null] } }),
        Hand::Retires => json!({ "status": collection.status.retired }),
        Hand::Changes => match kind_id {
            "offer" => {
                json!({ "price": { "amount": "99.00", "currency": "EUR" }, "letters": null })
            }
            "scenario" => json!({ "triggers": [] }),
            "coupon" => json!({ "discount": { "percent": "50", "amount": null } }),
            _ => json!({ "title": format!("{kind_id} {id} by hand") }),
        },
        Hand::Deletes => {
            inner.platform.delete(kind, id);
            inner.count("edits by hand");
            return;
        }
        Hand::Makes | Hand::Copies => Value::Null,
    };
    let patch: Body = patch.as_object().cloned().unwrap_or_default();
    let before = inner.platform.find(kind_id, id);
    let acted = before.is_some_and(|kept| judge::acts(&collection.status, &kept.body));
    let (status, _) = inner.platform.update(kind, id, &patch);
    if status == 200
        && let (Hand::Notes(_), Some(note)) = (how, patch.get("extra"))
    {
        inner.notes.insert(key.clone(), note.clone());
    }
    if status == 200 && acted && matches!(how, Hand::Retires) {
        inner.rested.insert(key);
    }
    inner.count("edits by hand");
}
