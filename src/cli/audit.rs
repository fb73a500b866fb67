//! Who wrote what to the platform, by which plan: a file that only grows.

use super::configuration::Configuration;
use super::{Console, Exit, Failure, own};
use crate::apply::{Event, StepError};
use crate::model::{Address, RemoteId};
use crate::os::{self, AppendFile};
use crate::plan::{self, Operation, Plan, Step};
use crate::render::json::audit::{self, Entry, Head, Outcome};
use crate::state::Holder;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;

/// The file's name in the environment's folder.
const FILE: &str = "audit.jsonl";

/// The audit of one apply.
pub(super) struct Audit {
    console: Console,
    head: Head,
    file: AppendFile,
    /// Whether a line could not be written, which is said once.
    is_lost: Cell<bool>,
    /// What this run has made.
    made: RefCell<BTreeMap<Address, RemoteId>>,
}

impl Audit {
    /// Opens the file before anything is written to the platform.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn open(
        console: Console,
        path: Option<&Path>,
        configuration: &Configuration,
        holder: &Holder,
        plan: &Plan,
    ) -> Result<Self, Failure> {
        let folder = configuration.folder.path();
        let path = match path {
            Some(path) => path.to_owned(),
            None => own::environment(&configuration.folder, plan.environment.as_deref(), None)?
                .join(FILE),
        };
        let file = AppendFile::open(&path).map_err(|error| {
            Failure::from_error(Exit::Unclassified, &error)
                .hint("nothing was changed: no write goes without its line in the audit")
        })?;
        Ok(Audit {
            console,
            head: Head {
                run: holder.id.clone(),
                user: holder.user.clone(),
                host: holder.host.clone(),
                project: plan.project.clone(),
                environment: plan.environment.clone(),
                target: plan.target.clone(),
                plan: plan::digest(plan),
                configuration: plan.configuration.clone(),
                commit: os::revision(folder),
            },
            file,
            is_lost: Cell::new(false),
            made: RefCell::default(),
        })
    }

    /// Writes down what came of a write; other events have no line.
    pub(super) fn tell(&self, event: &Event<'_>) {
        match event {
            Event::StepDone { step, id } => {
                if let (Operation::Create { .. }, Some(id)) = (&step.operation, id) {
                    self.made.borrow_mut().insert(step.address.clone(), *id);
                }
                self.add(step, *id, Outcome::Done);
            }
            Event::StepFailed { step, error } => {
                let why = error.to_string();
                let outcome = match error {
                    StepError::InDoubt(_) | StepError::Interrupted { in_doubt: true } => {
                        Outcome::InDoubt(&why)
                    }
                    StepError::Provider(_)
                    | StepError::NotEmpty { .. }
                    | StepError::CountUnknown(_)
                    | StepError::Missing(_)
                    | StepError::Unresolved(_)
                    | StepError::Kind(_)
                    | StepError::Journal(_)
                    | StepError::Interrupted { in_doubt: false } => Outcome::Failed(&why),
                };
                self.add(step, None, outcome);
            }
            Event::Started { .. }
            | Event::StepStarted { .. }
            | Event::StepSkipped { .. }
            | Event::Finished { .. } => {}
        }
    }

    fn add(&self, step: &Step, id: Option<RemoteId>, outcome: Outcome<'_>) {
        let (operation, own) = match &step.operation {
            Operation::Create { .. } => ("create", None),
            // One that this run has made has no id in the plan.
            Operation::Update { id, .. } => (
                "update",
                id.or_else(|| self.made.borrow().get(&step.address).copied()),
            ),
            Operation::Retire { id, .. } => ("retire", Some(*id)),
            Operation::Delete { id } => ("delete", Some(*id)),
            // These write nothing to the platform.
            Operation::Settle { .. } | Operation::Record { .. } | Operation::Forget => return,
        };
        let entry = Entry {
            at: os::now(),
            step: step.id.0,
            address: &step.address,
            verb: &step.verb,
            operation,
            id: id.or(own),
            outcome,
        };
        if let Err(error) = self.file.add(&audit::line(&self.head, entry))
            && !self.is_lost.replace(true)
        {
            self.console
                .warn(&format!("warning: the audit is incomplete: {error}\n"));
        }
    }
}
