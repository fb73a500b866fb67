//! Tells about an apply while it runs: a bar on a terminal, lines elsewhere, JSON if asked.

use super::console::Console;
use crate::apply::{Event, Outcome};
use crate::os;
use crate::plan::{self, Counts, Plan};
use crate::render::{Progress, human, json};
use indicatif::{ProgressBar, ProgressStyle};

/// Where events go.
pub(super) struct Reporter<'a> {
    console: Console,
    plan: &'a Plan,
    bar: Option<ProgressBar>,
}

impl<'a> Reporter<'a> {
    /// A reporter of a plan.
    pub(super) fn new(console: Console, plan: &'a Plan) -> Self {
        let bar = (os::stderr_is_terminal() && !console.json && !console.quiet).then(|| {
            let bar = ProgressBar::new(plan.steps.len() as u64);
            let style = ProgressStyle::with_template(
                "{bar:30} {pos}/{len} steps, {per_sec}, {eta} left  {msg}",
            );
            match style {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        Reporter { console, plan, bar }
    }

    /// Tells what happened.
    pub(super) fn tell(&self, event: &Event<'_>) {
        log(event);
        let why;
        let progress = match event {
            Event::Started { steps, requests } => Progress::Started {
                steps: *steps,
                requests: *requests,
            },
            Event::StepStarted { step } => Progress::StepStarted {
                address: &step.address,
                verb: &step.verb,
            },
            Event::StepDone { step, id } => Progress::StepDone {
                address: &step.address,
                verb: &step.verb,
                id: *id,
            },
            Event::StepFailed { step, error } => {
                why = error.to_string();
                Progress::StepFailed {
                    address: &step.address,
                    verb: &step.verb,
                    why: &why,
                }
            }
            Event::StepSkipped { step, because } => {
                why = because.to_string();
                Progress::StepSkipped {
                    address: &step.address,
                    verb: &step.verb,
                    why: &why,
                }
            }
            Event::Finished { outcome } => Progress::Finished {
                complete: outcome.is_complete(),
                counts: done(self.plan, outcome),
            },
        };
        match &self.bar {
            _ if self.console.json => self.console.result(&json::progress::line(progress)),
            Some(bar) => advance(bar, progress),
            None => {
                let style = self.console.err_style;
                self.console.note(&human::apply::line(progress, style));
            }
        }
    }

    /// Says that it will end early.
    pub(super) fn stopping(&self) {
        let text = "Stopping: what is under way is finished and saved.";
        match &self.bar {
            Some(bar) => bar.println(text),
            None => self.console.note(&format!("{text}\n")),
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Says in the log what each step came to.
fn log(event: &Event<'_>) {
    match event {
        Event::StepDone { step, id } => {
            let id = id.map(|id| id.0);
            tracing::info!(step = step.id.0, address = %step.address, verb = step.verb, id, "done");
        }
        Event::StepFailed { step, error } => {
            tracing::warn!(step = step.id.0, address = %step.address, verb = step.verb, %error, "failed");
        }
        Event::StepSkipped { step, because } => {
            tracing::warn!(step = step.id.0, address = %step.address, verb = step.verb, %because, "skipped");
        }
        Event::Started { .. } | Event::StepStarted { .. } | Event::Finished { .. } => {}
    }
}

fn advance(bar: &ProgressBar, progress: Progress<'_>) {
    match progress {
        Progress::Started { .. } | Progress::Finished { .. } => {}
        Progress::StepStarted { address, verb } => bar.set_message(format!("{address}: {verb}")),
        Progress::StepDone { .. } | Progress::StepFailed { .. } | Progress::StepSkipped { .. } => {
            bar.inc(1);
        }
    }
}

/// How many objects something happened to: all that are not left unfinished.
pub(super) fn done(plan: &Plan, outcome: &Outcome) -> Counts {
    let unfinished = outcome.unfinished(plan);
    let finished = plan
        .changes
        .iter()
        .filter(|change| !unfinished.contains(&change.address));
    plan::counts(&Plan {
        changes: finished.cloned().collect(),
        ..plan.clone()
    })
}
