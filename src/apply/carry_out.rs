//! What one step does: announce, send, look up if in doubt, write down.

use super::doubt::{Found, Ledger, look_up};
use super::event::StepError;
use super::job::{Job, Landed, Verb, Write, outputs};
use crate::model::Value;
use crate::plan::Step;
use crate::provider::{ProviderError, RemoteObject, WriteError, Writer};
use crate::state::{Effect, Intent, Journal, digest};
use tokio::sync::{Semaphore, watch};

/// What every step works with.
pub(super) struct Context<'a, W> {
    pub(super) provider: &'a W,
    pub(super) journal: &'a Journal,
    pub(super) ledger: Ledger<'a>,
    /// Requests that may be under way.
    pub(super) slots: Semaphore,
    pub(super) stop: watch::Receiver<bool>,
}

/// Does one step and gives what others may need of it.
pub(super) async fn carry_out<W: Writer>(
    context: &Context<'_, W>,
    step: &Step,
    job: Job,
) -> Result<Landed, StepError> {
    match job {
        Job::Write(write) => carry_out_write(context, step, *write).await,
        Job::Settle {
            kind,
            id,
            must_be_empty,
            count,
            applied,
        } => {
            let _slot = take_slot(context).await?;
            let found = context.provider.get(kind, id).await?;
            let object = found.ok_or_else(|| StepError::Missing(step.address.clone()))?;
            if must_be_empty {
                check_empty(step, &object, &count)?;
            }
            let settled = Effect::Settled {
                attributes: applied,
            };
            record(context, step, settled).await?;
            Ok(Landed::default())
        }
        Job::Record { object, previous } => {
            let landed = Landed {
                id: Some(object.id),
                outputs: object.outputs.clone(),
            };
            record(context, step, Effect::Recorded { object, previous }).await?;
            Ok(landed)
        }
        Job::Forget => {
            record(context, step, Effect::Forgotten).await?;
            Ok(Landed::default())
        }
    }
}

fn check_empty(step: &Step, object: &RemoteObject, count: &str) -> Result<(), StepError> {
    match object.object.attributes.get(count).and_then(Value::as_int) {
        Some(0) => Ok(()),
        Some(count) => Err(StepError::NotEmpty {
            address: step.address.clone(),
            count,
        }),
        None => Err(StepError::CountUnknown(step.address.clone())),
    }
}

async fn record<W>(context: &Context<'_, W>, step: &Step, effect: Effect) -> Result<(), StepError> {
    context
        .journal
        .done(step.id.0, step.address.clone(), effect)
        .await?;
    Ok(())
}

async fn carry_out_write<W: Writer>(
    context: &Context<'_, W>,
    step: &Step,
    write: Write,
) -> Result<Landed, StepError> {
    let intent = Intent {
        step: step.id.0,
        address: step.address.clone(),
        operation: write.verb.name().to_owned(),
        id: write.verb.id(),
        attributes: write.sent.clone(),
        replaces: match &write.verb {
            Verb::Create { replaces, .. } => *replaces,
            Verb::Update { .. } | Verb::Retire { .. } | Verb::Delete { .. } => None,
        },
    };
    context.journal.intent(intent).await?;
    let outcome = match take_slot(context).await {
        // The slot is free again before the outcome is written.
        Ok(_slot) => send(context.provider, &write).await,
        Err(error) => {
            give_up(context, step, &error, false).await?;
            return Err(error);
        }
    };
    let object = match outcome {
        Ok(object) => object,
        Err(WriteError::NotDone(error)) => {
            let error = match error {
                ProviderError::Stopped => StepError::Interrupted { in_doubt: false },
                error => StepError::Provider(error),
            };
            give_up(context, step, &error, false).await?;
            return Err(error);
        }
        Err(WriteError::InDoubt(error)) => {
            let found = {
                let _slot = context.slots.acquire().await;
                look_up(context.provider, &write, &context.ledger).await
            };
            match found {
                Found::Done(object) => object,
                Found::Unclear => {
                    let error = StepError::InDoubt(error);
                    give_up(context, step, &error, true).await?;
                    return Err(error);
                }
            }
        }
    };
    let kind = write.kind.id;
    let (landed, effect) = landing(write, object).ok_or_else(|| {
        StepError::InDoubt(ProviderError::Answer(
            "the answer holds no object".to_owned(),
        ))
    })?;
    if let Effect::Created { id, .. } = &effect {
        context.ledger.account_for(kind, *id);
    }
    record(context, step, effect).await?;
    Ok(landed)
}

/// Sends a write. What is gone already needs no deleting.
async fn send<W: Writer>(provider: &W, write: &Write) -> Result<Option<RemoteObject>, WriteError> {
    let Write {
        kind, body, verb, ..
    } = write;
    match verb {
        Verb::Create { .. } => provider.create(kind, body).await.map(Some),
        Verb::Update { id, .. } | Verb::Retire { id, .. } => {
            provider.update(kind, *id, body).await.map(Some)
        }
        Verb::Delete { id } => match provider.delete(kind, *id).await {
            Ok(()) | Err(WriteError::NotDone(ProviderError::Refused { status: 404, .. })) => {
                Ok(None)
            }
            Err(error) => Err(error),
        },
    }
}

async fn give_up<W>(
    context: &Context<'_, W>,
    step: &Step,
    error: &StepError,
    in_doubt: bool,
) -> Result<(), StepError> {
    context
        .journal
        .failed(
            step.id.0,
            step.address.clone(),
            in_doubt,
            &error.to_string(),
        )
        .await?;
    Ok(())
}

/// What a write that was done leaves: for the steps after it, and for the state. `None` for a
/// creation without its object.
fn landing(write: Write, object: Option<RemoteObject>) -> Option<(Landed, Effect)> {
    let Write {
        kind: _,
        collection,
        sent,
        body: _,
        verb,
    } = write;
    let told = object
        .as_ref()
        .map(|object| outputs(collection, &object.object))
        .unwrap_or_default();
    let digest = object
        .as_ref()
        .map(|object| digest(&object.object.attributes));
    let made = object.map(|object| object.id);
    Some(match (verb, made) {
        (
            Verb::Create {
                applied,
                replaces,
                protect,
            },
            Some(id),
        ) => (
            Landed {
                id: Some(id),
                outputs: told.clone(),
            },
            Effect::Created {
                id,
                attributes: applied,
                outputs: told,
                protect,
                replaces,
                digest,
            },
        ),
        (Verb::Create { .. }, None) => return None,
        (
            Verb::Update {
                id,
                applied,
                protect,
            },
            _,
        ) => (
            Landed {
                id: Some(id),
                outputs: told.clone(),
            },
            Effect::Updated {
                id,
                attributes: applied,
                outputs: told,
                protect,
                digest,
            },
        ),
        (Verb::Retire { id, deposed }, _) => (
            Landed::default(),
            Effect::Retired {
                id,
                patch: sent,
                deposed,
            },
        ),
        (Verb::Delete { id }, _) => (Landed::default(), Effect::Deleted { id }),
    })
}

/// Waits for the right to have a request under way, or to be told to stop.
async fn take_slot<'a, W>(
    context: &'a Context<'_, W>,
) -> Result<tokio::sync::SemaphorePermit<'a>, StepError> {
    let interrupted = StepError::Interrupted { in_doubt: false };
    tokio::select! {
        biased;
        () = told_to_stop(context.stop.clone()) => Err(interrupted),
        // The semaphore is never closed.
        slot = context.slots.acquire() => slot.map_err(|_| interrupted),
    }
}

/// Ends once it is told to stop; never, if no one is left who could say so.
pub(super) async fn told_to_stop(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}
