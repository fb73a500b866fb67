//! Plans to render, for tests.

use crate::model::Target;
use crate::plan::{Change, Consequences, Plan};
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
