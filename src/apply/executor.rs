//! The loop: gives steps out as they may run, and takes in what they came to.

use super::carry_out::{Context, carry_out, told_to_stop};
use super::doubt::Ledger;
use super::event::{Because, Event, Failed, Outcome, Skipped, StepError};
use super::job::{Job, Known};
use super::schedule::Schedule;
use crate::model::{BaseState, RemoteId};
use crate::plan::{Plan, Step};
use crate::provider::Writer;
use crate::state::Journal;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tracing::Instrument as _;

/// How a plan is carried out.
#[derive(Clone, Copy, Debug)]
pub struct ApplySettings {
    /// Requests that are under way at the same time, at least 1.
    pub parallelism: usize,
    /// How long requests under way are waited for once it is told to stop.
    pub grace: Duration,
}

impl Default for ApplySettings {
    fn default() -> Self {
        ApplySettings {
            parallelism: 10,
            // Of the five seconds, one is kept for writing the state.
            grace: Duration::from_secs(4),
        }
    }
}

/// Carries a plan out. `base` is what it was made from; `stop` becomes `true` to end early.
///
/// The journal is not committed here. Never fails as a whole: see [`Outcome`].
pub async fn apply<W: Writer>(
    plan: &Plan,
    base: &BaseState,
    provider: &W,
    journal: &Journal,
    settings: ApplySettings,
    stop: watch::Receiver<bool>,
    events: impl Fn(Event<'_>),
) -> Outcome {
    let parallelism = settings.parallelism.clamp(1, Semaphore::MAX_PERMITS);
    // While some requests are under way, the intents of the next ones are written: the disk costs
    // no time, and no more than twice as many intents are ever open.
    let window = parallelism.saturating_mul(2);
    let context = Context {
        provider,
        journal,
        ledger: Ledger::new(plan, base),
        slots: Semaphore::new(parallelism),
        stop: stop.clone(),
    };
    let mut known = Known::new(base);
    let mut schedule = Schedule::new(&plan.steps);
    let mut report = Report {
        plan,
        events,
        outcome: Outcome::default(),
    };
    report.started();

    let mut running = FuturesUnordered::new();
    let mut under_way: BTreeSet<usize> = BTreeSet::new();
    let mut is_halted = false;
    let mut deadline: Option<Instant> = None;
    let told_to_stop = told_to_stop(stop);
    tokio::pin!(told_to_stop);
    loop {
        while running.len() < window && !is_halted && deadline.is_none() {
            let Some(at) = schedule.next() else { break };
            let Some(step) = plan.steps.get(at) else {
                continue;
            };
            report.step_started(step);
            match Job::prepare(step, &known) {
                Ok(job) => {
                    under_way.insert(at);
                    let context = &context;
                    let work = async move {
                        let result = carry_out(context, step, job).await;
                        if let Err(error) = &result {
                            let span = tracing::Span::current();
                            span.record("otel.status_code", "error");
                            span.record("error", tracing::field::display(error));
                        }
                        (at, step, result)
                    };
                    running.push(work.instrument(span(step)));
                }
                Err(error) => report.step_failed(step, error, schedule.failed(at)),
            }
        }
        if running.is_empty() {
            break;
        }
        tokio::select! {
            biased;
            Some((at, step, result)) = running.next() => {
                under_way.remove(&at);
                match result {
                    Ok(landed) => {
                        report.step_done(step, landed.id);
                        known.learn(&step.address, landed);
                        schedule.succeeded(at);
                    }
                    Err(error) => {
                        is_halted |= error.strikes_all();
                        report.step_failed(step, error, schedule.failed(at));
                    }
                }
            }
            () = &mut told_to_stop, if deadline.is_none() => {
                deadline = Some(Instant::now() + settings.grace);
            }
            () = sleep_until(deadline) => break,
        }
    }
    drop(running);
    for step in under_way
        .iter()
        .filter_map(|at| plan.steps.get(*at).map(|step| (*at, step)))
    {
        let (at, step) = step;
        // Its intent stays open in the journal.
        let error = StepError::Interrupted { in_doubt: true };
        report.step_failed(step, error, schedule.failed(at));
    }
    let is_interrupted = deadline.is_some();
    let reason = if is_interrupted {
        Because::Interrupted
    } else if is_halted {
        Because::Halted
    } else {
        Because::Unordered
    };
    let (ready, waiting) = schedule.rest();
    let mut rest: Vec<usize> = ready.into_iter().chain(waiting).collect();
    rest.sort_unstable();
    report.skipped(rest.into_iter().map(|at| (at, reason.clone())));
    report.finish(is_interrupted)
}

/// A span for what is done of a step.
fn span(step: &Step) -> tracing::Span {
    tracing::info_span!(
        "step",
        otel.name = %format_args!("{} {}", step.verb, step.address),
        step = step.id.0,
        address = %step.address,
        verb = step.verb,
        error = tracing::field::Empty,
        otel.status_code = tracing::field::Empty,
    )
}

/// Collects the outcome and tells it on.
struct Report<'a, F> {
    plan: &'a Plan,
    events: F,
    outcome: Outcome,
}

impl<F: Fn(Event<'_>)> Report<'_, F> {
    fn started(&self) {
        let steps = &self.plan.steps;
        (self.events)(Event::Started {
            steps: steps.len(),
            requests: steps.iter().map(|step| step.operation.requests()).sum(),
        });
    }

    fn step_started(&self, step: &Step) {
        (self.events)(Event::StepStarted { step });
    }

    fn step_done(&mut self, step: &Step, id: Option<RemoteId>) {
        self.outcome.done.push(step.id);
        (self.events)(Event::StepDone { step, id });
    }

    fn step_failed(&mut self, step: &Step, error: StepError, skipped: Vec<(usize, Because)>) {
        (self.events)(Event::StepFailed {
            step,
            error: &error,
        });
        self.outcome.failed.push(Failed {
            step: step.id,
            address: step.address.clone(),
            error,
        });
        self.skipped(skipped);
    }

    fn skipped(&mut self, skipped: impl IntoIterator<Item = (usize, Because)>) {
        for (at, because) in skipped {
            let Some(step) = self.plan.steps.get(at) else {
                continue;
            };
            (self.events)(Event::StepSkipped {
                step,
                because: &because,
            });
            self.outcome.skipped.push(Skipped {
                step: step.id,
                address: step.address.clone(),
                because,
            });
        }
    }

    fn finish(mut self, interrupted: bool) -> Outcome {
        self.outcome.interrupted = interrupted;
        (self.events)(Event::Finished {
            outcome: &self.outcome,
        });
        self.outcome
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
