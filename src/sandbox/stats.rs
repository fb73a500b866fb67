//! A count of the requests to the API, for who wants to know what a command costs.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Requests since the start, or since they were last forgotten.
#[derive(Debug, Default)]
pub(super) struct Stats {
    counts: Mutex<BTreeMap<(String, String), u64>>,
}

impl Stats {
    /// Counts a request; the pattern is `/offers/{id}`.
    pub(super) fn count(&self, method: &str, pattern: String) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((pattern, method.to_owned())).or_default() += 1;
    }

    /// Forgets all.
    pub(super) fn reset(&self) {
        self.counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// `{"total": 3, "requests": [{"method", "path", "count"}, …]}`, by path and method.
    pub(super) fn to_json(&self) -> Value {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let requests: Vec<Value> = counts
            .iter()
            .map(|((path, method), count)| json!({"method": method, "path": path, "count": count}))
            .collect();
        json!({ "total": counts.values().sum::<u64>(), "requests": requests })
    }
}
