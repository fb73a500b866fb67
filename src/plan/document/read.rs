//! A plan, read back.

use super::value::{JsonValue, address, odd, read, read_attributes};
use super::{
    ActionWord, EntryDocument, FieldDocument, OperationDocument, PlanDocument, PlanFileError,
    ReasonCode, RefusalDocument, Requests, ResourceChange, SideWord, StepDocument, TargetDocument,
    Touched,
};
use crate::model::{BaseObject, Deposed, Path, RemoteId, Target, Value};
use crate::plan::{
    Action, Change, FieldChange, Operation, Plan, Reason, Refusal, Side, Step, StepId,
};

impl TryFrom<PlanDocument> for Plan {
    type Error = PlanFileError;

    fn try_from(document: PlanDocument) -> Result<Self, PlanFileError> {
        let PlanDocument {
            format_version: _,
            tool_version: _,
            project,
            environment,
            target,
            lineage,
            serial,
            configuration_digest,
            resource_changes,
            resource_drift,
            steps,
            refusals,
            summary: _,
            drift_summary: _,
            unmanaged,
            requests,
            settled,
            touched,
            consequences,
            digest: _,
            pace: _,
            saved: _,
        } = document;
        let TargetDocument {
            provider,
            url,
            account,
        } = target;
        let Requests { read, write: _ } = requests;
        Ok(Plan {
            project,
            environment,
            target: Target {
                provider,
                url,
                account,
            },
            lineage,
            serial,
            configuration: configuration_digest,
            changes: all(&resource_changes, change)?,
            drift: all(&resource_drift, change)?,
            steps: numbered(&steps)?,
            refusals: all(&refusals, refusal)?,
            settled,
            unmanaged,
            touched: touched
                .into_iter()
                .map(|Touched { kind, id, digest }| ((kind, RemoteId(id)), digest))
                .collect(),
            read_requests: read,
            consequences,
        })
    }
}

fn all<T, U>(
    items: &[T],
    read: impl Fn(&T) -> Result<U, PlanFileError>,
) -> Result<Vec<U>, PlanFileError> {
    items.iter().map(read).collect()
}

/// Steps whose numbers run from 1 and that depend on earlier ones only, so that they can be done.
fn numbered(steps: &[StepDocument]) -> Result<Vec<Step>, PlanFileError> {
    let steps = all(steps, step)?;
    for (expected, step) in (1..).zip(&steps) {
        if step.id != StepId(expected)
            || step.depends_on.iter().any(|id| id.0 == 0 || *id >= step.id)
        {
            return Err(odd(
                "steps",
                "a step does not come after those that it depends on",
            ));
        }
    }
    Ok(steps)
}

fn change(document: &ResourceChange) -> Result<Change, PlanFileError> {
    let ResourceChange {
        address: name,
        kind: _,
        name: _,
        title,
        id,
        action_reason,
        action_reason_detail,
        change,
        fields,
        notes,
    } = document;
    Ok(Change {
        address: address(name)?,
        title: title.clone(),
        id: id.map(RemoteId),
        action: action(&change.actions)?,
        reason: reason(
            *action_reason,
            action_reason_detail.as_deref().unwrap_or_default(),
        )?,
        fields: all(fields, field)?,
        notes: notes.clone(),
    })
}

fn action(words: &[ActionWord]) -> Result<Action, PlanFileError> {
    Ok(match words {
        [ActionWord::Create] => Action::Create,
        [ActionWord::Create, ActionWord::Retire] => Action::Replace,
        [ActionWord::Update] => Action::Update,
        [ActionWord::Retire] => Action::Retire,
        [ActionWord::Delete] => Action::Delete,
        [ActionWord::Adopt] | [ActionWord::Adopt, ActionWord::Update] => Action::Adopt,
        [ActionWord::Move] | [ActionWord::Move, ActionWord::Update] => Action::Move,
        [ActionWord::Forget] => Action::Forget,
        [ActionWord::Manual] => Action::Manual,
        _ => return Err(odd("actions", "these actions do not go together")),
    })
}

fn reason(code: ReasonCode, detail: &str) -> Result<Reason, PlanFileError> {
    Ok(match code {
        ReasonCode::Declared => Reason::Declared,
        ReasonCode::ConfigurationChanged => Reason::ConfigurationChanged,
        ReasonCode::Drifted => Reason::Drifted,
        ReasonCode::ConfigurationChangedAndDrifted => Reason::ConfigurationChangedAndDrifted,
        ReasonCode::Vanished => Reason::Vanished,
        ReasonCode::SavedOnce => Reason::SavedOnce(Path::parse(detail)),
        ReasonCode::Repointed => Reason::Repointed(address(detail)?),
        ReasonCode::NoLongerDeclared => Reason::NoLongerDeclared,
        ReasonCode::Removed => Reason::Removed(address(detail)?),
        ReasonCode::LeftBehind => Reason::LeftBehind,
        ReasonCode::AdoptionDeclared => Reason::AdoptionDeclared,
        ReasonCode::SameNaturalKey => Reason::SameNaturalKey {
            key: detail.to_owned(),
        },
        ReasonCode::Renamed => Reason::Renamed(address(detail)?),
        ReasonCode::Interrupted => Reason::Interrupted,
    })
}

fn field(document: &FieldDocument) -> Result<FieldChange, PlanFileError> {
    let FieldDocument {
        path,
        base,
        live,
        desired,
        side,
        forces_replacement,
    } = document;
    let value = |side: &Option<JsonValue>| -> Result<Option<Value>, PlanFileError> {
        side.as_ref().map(|value| read(&value.0)).transpose()
    };
    Ok(FieldChange {
        path: Path::parse(path),
        base: value(base)?,
        live: value(live)?,
        desired: value(desired)?,
        side: match side {
            SideWord::Configuration => Side::Configuration,
            SideWord::Drift => Side::Drift,
            SideWord::Conflict => Side::Conflict,
        },
        forces_replacement: *forces_replacement,
    })
}

fn step(document: &StepDocument) -> Result<Step, PlanFileError> {
    let StepDocument {
        id,
        address: name,
        verb,
        operation,
        depends_on,
    } = document;
    Ok(Step {
        id: StepId(*id),
        address: address(name)?,
        verb: verb.clone(),
        operation: read_operation(operation)?,
        depends_on: depends_on.iter().copied().map(StepId).collect(),
    })
}

fn read_operation(document: &OperationDocument) -> Result<Operation, PlanFileError> {
    Ok(match document {
        OperationDocument::Create {
            body,
            applied,
            replaces,
            protect,
        } => Operation::Create {
            body: read_attributes(body)?,
            applied: read_attributes(applied)?,
            replaces: replaces.map(RemoteId),
            protect: *protect,
        },
        OperationDocument::Update {
            id,
            patch,
            applied,
            protect,
        } => Operation::Update {
            id: id.map(RemoteId),
            patch: read_attributes(patch)?,
            applied: read_attributes(applied)?,
            protect: *protect,
        },
        OperationDocument::Settle {
            must_be_empty,
            count,
            applied,
        } => Operation::Settle {
            must_be_empty: *must_be_empty,
            count: count.clone(),
            applied: read_attributes(applied)?,
        },
        OperationDocument::Retire { id, patch, deposed } => Operation::Retire {
            id: RemoteId(*id),
            patch: read_attributes(patch)?,
            deposed: *deposed,
        },
        OperationDocument::Delete { id } => Operation::Delete { id: RemoteId(*id) },
        OperationDocument::Record { object, previous } => Operation::Record {
            object: Box::new(entry(object)?),
            previous: previous.as_deref().map(address).transpose()?,
        },
        OperationDocument::Forget {} => Operation::Forget,
    })
}

fn entry(document: &EntryDocument) -> Result<BaseObject, PlanFileError> {
    let EntryDocument {
        id,
        attributes,
        outputs,
        protect,
        retired,
        deposed,
    } = document;
    Ok(BaseObject {
        id: RemoteId(*id),
        attributes: read_attributes(attributes)?,
        outputs: outputs.clone(),
        protect: *protect,
        retired: *retired,
        deposed: deposed
            .iter()
            .map(|id| Deposed { id: RemoteId(*id) })
            .collect(),
    })
}

fn refusal(document: &RefusalDocument) -> Result<Refusal, PlanFileError> {
    let RefusalDocument {
        address: name,
        message,
        help,
    } = document;
    Ok(Refusal {
        address: name.as_deref().map(address).transpose()?,
        message: message.clone(),
        help: help.clone(),
    })
}
