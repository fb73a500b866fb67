//! Plans to render, for tests.

use crate::model::{Address, Path, RemoteId, Target, Value};
use crate::plan::{Action, Change, Consequences, FieldChange, Plan, Reason, Side};
use std::collections::BTreeMap;

/// A plan of these changes, and of nothing else.
pub(super) fn of(changes: Vec<Change>) -> Plan {
    Plan {
        project: "school".into(),
        environment: Some("production".into()),
        target: Target {
            provider: "sandbox".into(),
            url: "embedded".into(),
            account: "a".into(),
        },
        lineage: None,
        serial: 0,
        configuration: String::new(),
        changes,
        drift: Vec::new(),
        steps: Vec::new(),
        refusals: Vec::new(),
        settled: Vec::new(),
        unmanaged: BTreeMap::new(),
        namesakes: Vec::new(),
        touched: BTreeMap::new(),
        read_requests: 1,
        consequences: Consequences::default(),
    }
}

/// A change of an offer's title, which was `old`.
pub(super) fn change(name: &str, title: &str, action: Action) -> Change {
    Change {
        address: Address::new("offer", name),
        title: Some(title.into()),
        id: Some(RemoteId(7)),
        action,
        reason: Reason::ConfigurationChanged,
        fields: vec![FieldChange {
            path: Path::parse("title"),
            base: None,
            live: Some(Value::text("old")),
            desired: Some(Value::text(title)),
            side: Side::Configuration,
            forces_replacement: false,
        }],
        notes: Vec::new(),
    }
}
