//! A plan, written down.

use super::value::{JsonValue, write, write_attributes};
use super::{
    ActionWord, Before, EntryDocument, FORMAT_VERSION, FieldDocument, OperationDocument,
    PlanDocument, ReasonCode, RefusalDocument, Requests, ResourceChange, SideWord, StepDocument,
    TargetDocument, Touched, content_digest,
};
use crate::model::{BaseObject, Path, RemoteId, Seg, Target, Value};
use crate::plan::{
    Action, Change, FieldChange, Operation, Plan, Reason, Refusal, Side, Step, StepId, counts,
    drifts,
};
use serde_json::{Map, Value as Json};

impl From<&Plan> for PlanDocument {
    fn from(plan: &Plan) -> Self {
        let Plan {
            project,
            environment,
            target,
            lineage,
            serial,
            configuration,
            changes,
            drift,
            steps,
            refusals,
            settled,
            unmanaged,
            touched,
            read_requests,
            consequences,
        } = plan;
        let Target {
            provider,
            url,
            account,
        } = target;
        let mut document = PlanDocument {
            format_version: FORMAT_VERSION.to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            project: project.clone(),
            environment: environment.clone(),
            target: TargetDocument {
                provider: provider.clone(),
                url: url.clone(),
                account: account.clone(),
            },
            lineage: lineage.clone(),
            serial: *serial,
            configuration_digest: configuration.clone(),
            resource_changes: changes.iter().map(change).collect(),
            resource_drift: drift.iter().map(drifted).collect(),
            steps: steps.iter().map(step).collect(),
            refusals: refusals.iter().map(refusal).collect(),
            summary: counts(plan),
            drift_summary: drifts(drift),
            unmanaged: unmanaged.clone(),
            requests: Requests {
                read: *read_requests,
                write: steps.iter().map(|step| step.operation.requests()).sum(),
            },
            settled: settled.clone(),
            touched: touched
                .iter()
                .map(|((kind, id), digest)| Touched {
                    kind: kind.clone(),
                    id: id.0,
                    digest: digest.clone(),
                })
                .collect(),
            consequences: consequences.clone(),
            digest: String::new(),
            pace: None,
            saved: None,
        };
        let json = serde_json::to_value(&document).unwrap_or_default();
        document.digest = content_digest(&json);
        document
    }
}

fn change(change: &Change) -> ResourceChange {
    let Change {
        address,
        title,
        id,
        action,
        reason,
        fields,
        notes,
    } = change;
    let (action_reason, action_reason_detail) = reason_words(reason);
    ResourceChange {
        address: address.to_string(),
        kind: address.kind.to_string(),
        name: address.name.to_string(),
        title: title.clone(),
        id: id.map(|id| id.0),
        action_reason,
        action_reason_detail,
        change: before(*action, fields),
        fields: fields.iter().map(field).collect(),
        notes: notes.clone(),
    }
}

/// A change that has happened: from what was last applied to what is on the platform.
fn drifted(change: &Change) -> ResourceChange {
    let happened: Vec<FieldChange> = change
        .fields
        .iter()
        .map(|field| FieldChange {
            live: field.base.clone(),
            desired: field.live.clone(),
            ..field.clone()
        })
        .collect();
    ResourceChange {
        change: before(change.action, &happened),
        ..self::change(change)
    }
}

fn reason_words(reason: &Reason) -> (ReasonCode, Option<String>) {
    match reason {
        Reason::Declared => (ReasonCode::Declared, None),
        Reason::ConfigurationChanged => (ReasonCode::ConfigurationChanged, None),
        Reason::Drifted => (ReasonCode::Drifted, None),
        Reason::ConfigurationChangedAndDrifted => {
            (ReasonCode::ConfigurationChangedAndDrifted, None)
        }
        Reason::Vanished => (ReasonCode::Vanished, None),
        Reason::SavedOnce(path) => (ReasonCode::SavedOnce, Some(path.to_string())),
        Reason::Repointed(address) => (ReasonCode::Repointed, Some(address.to_string())),
        Reason::NoLongerDeclared => (ReasonCode::NoLongerDeclared, None),
        Reason::Removed(address) => (ReasonCode::Removed, Some(address.to_string())),
        Reason::LeftBehind => (ReasonCode::LeftBehind, None),
        Reason::AdoptionDeclared => (ReasonCode::AdoptionDeclared, None),
        Reason::SameNaturalKey { key } => (ReasonCode::SameNaturalKey, Some(key.clone())),
        Reason::Renamed(address) => (ReasonCode::Renamed, Some(address.to_string())),
        Reason::Interrupted => (ReasonCode::Interrupted, None),
    }
}

fn before(action: Action, fields: &[FieldChange]) -> Before {
    let mut actions = match action {
        Action::Create => vec![ActionWord::Create],
        Action::Update => vec![ActionWord::Update],
        Action::Replace => vec![ActionWord::Create, ActionWord::Retire],
        Action::Retire => vec![ActionWord::Retire],
        Action::Delete => vec![ActionWord::Delete],
        Action::Adopt => vec![ActionWord::Adopt],
        Action::Move => vec![ActionWord::Move],
        Action::Forget => vec![ActionWord::Forget],
        Action::Manual => vec![ActionWord::Manual],
    };
    if matches!(action, Action::Adopt | Action::Move) && !fields.is_empty() {
        actions.push(ActionWord::Update);
    }
    let (mut live, mut after, mut unknown) = (Map::new(), Map::new(), Map::new());
    for field in fields {
        if let Some(value) = &field.live {
            place(&mut live, &field.path, write(value));
        }
        match &field.desired {
            Some(value) if value.is_known() => place(&mut after, &field.path, write(value)),
            Some(_) => {
                place(&mut after, &field.path, Json::Null);
                place(&mut unknown, &field.path, true.into());
            }
            None => {}
        }
    }
    let object = |map: Map<String, Json>, exists: bool| {
        JsonValue(if exists {
            Json::Object(map)
        } else {
            Json::Null
        })
    };
    Before {
        actions,
        before: object(live, action != Action::Create),
        after: object(after, action != Action::Delete),
        after_unknown: object(unknown, true),
        before_sensitive: object(Map::new(), true),
        after_sensitive: object(Map::new(), true),
    }
}

/// Puts a value where its path says; items of lists stand under `products[0]`.
fn place(map: &mut Map<String, Json>, path: &Path, value: Json) {
    let mut names: Vec<String> = Vec::new();
    for segment in &path.0 {
        match (segment, names.last_mut()) {
            (Seg::Key(key), _) => names.push(key.to_string()),
            (Seg::Index(index), Some(name)) => name.push_str(&format!("[{index}]")),
            (Seg::Index(index), None) => names.push(format!("[{index}]")),
        }
    }
    let Some((last, way)) = names.split_last() else {
        return;
    };
    let mut at = map;
    for name in way {
        let next = at
            .entry(name.clone())
            .or_insert_with(|| Json::Object(Map::new()));
        match next {
            Json::Object(entries) => at = entries,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                return;
            }
        }
    }
    at.insert(last.clone(), value);
}

fn field(field: &FieldChange) -> FieldDocument {
    let FieldChange {
        path,
        base,
        live,
        desired,
        side,
        forces_replacement,
    } = field;
    let side_value = |value: &Option<Value>| value.as_ref().map(|value| JsonValue(write(value)));
    FieldDocument {
        path: path.to_string(),
        base: side_value(base),
        live: side_value(live),
        desired: side_value(desired),
        side: match side {
            Side::Configuration => SideWord::Configuration,
            Side::Drift => SideWord::Drift,
            Side::Conflict => SideWord::Conflict,
        },
        forces_replacement: *forces_replacement,
    }
}

fn step(step: &Step) -> StepDocument {
    let Step {
        id,
        address,
        verb,
        operation,
        depends_on,
    } = step;
    StepDocument {
        id: id.0,
        address: address.to_string(),
        verb: verb.clone(),
        operation: operation_document(operation),
        depends_on: depends_on.iter().map(|StepId(id)| *id).collect(),
    }
}

fn operation_document(operation: &Operation) -> OperationDocument {
    let number = |id: &Option<RemoteId>| id.map(|id| id.0);
    match operation {
        Operation::Create {
            body,
            applied,
            replaces,
            protect,
        } => OperationDocument::Create {
            body: write_attributes(body),
            applied: write_attributes(applied),
            replaces: number(replaces),
            protect: *protect,
        },
        Operation::Update {
            id,
            patch,
            applied,
            protect,
        } => OperationDocument::Update {
            id: number(id),
            patch: write_attributes(patch),
            applied: write_attributes(applied),
            protect: *protect,
        },
        Operation::Settle {
            must_be_empty,
            count,
            applied,
        } => OperationDocument::Settle {
            must_be_empty: *must_be_empty,
            count: count.clone(),
            applied: write_attributes(applied),
        },
        Operation::Retire { id, patch, deposed } => OperationDocument::Retire {
            id: id.0,
            patch: write_attributes(patch),
            deposed: *deposed,
        },
        Operation::Delete { id } => OperationDocument::Delete { id: id.0 },
        Operation::Record { object, previous } => OperationDocument::Record {
            object: entry(object),
            previous: previous.as_ref().map(ToString::to_string),
        },
        Operation::Forget => OperationDocument::Forget {},
    }
}

fn entry(object: &BaseObject) -> EntryDocument {
    let BaseObject {
        id,
        attributes,
        outputs,
        protect,
        retired,
        deposed,
    } = object;
    EntryDocument {
        id: id.0,
        attributes: write_attributes(attributes),
        outputs: outputs.clone(),
        protect: *protect,
        retired: *retired,
        deposed: deposed.iter().map(|deposed| deposed.id.0).collect(),
    }
}

fn refusal(refusal: &Refusal) -> RefusalDocument {
    let Refusal {
        address,
        message,
        help,
    } = refusal;
    RefusalDocument {
        address: address.as_ref().map(ToString::to_string),
        message: message.clone(),
        help: help.clone(),
    }
}
