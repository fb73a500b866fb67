//! What of a lost state was found again, as JSON.

use super::FORMAT_VERSION;
use crate::plan::{Doubt, Match, Recovery};
use serde_json::{Value, json};

/// Each list by addresses; `written` says whether there is a state now.
pub fn render(recovery: &Recovery, written: bool) -> String {
    let Recovery {
        certain,
        ambiguous,
        missing,
        unmanaged,
    } = recovery;
    let certain: Vec<Value> = certain.iter().map(of_match).collect();
    let ambiguous: Vec<Value> = ambiguous.iter().map(of_doubt).collect();
    let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let value = json!({
        "format_version": FORMAT_VERSION,
        "written": written,
        "certain": certain,
        "ambiguous": ambiguous,
        "missing": missing,
        "unmanaged": unmanaged,
    });
    format!("{value:#}\n")
}

fn of_match(found: &Match) -> Value {
    let Match {
        address,
        key,
        differs,
        entry,
    } = found;
    let differs: Vec<String> = differs.iter().map(ToString::to_string).collect();
    json!({
        "address": address.to_string(),
        "id": entry.id.0,
        "key": key.as_ref().map(|(key, value)| json!({ key.as_str(): value })),
        "differs": differs,
    })
}

fn of_doubt(doubt: &Doubt) -> Value {
    let Doubt {
        address,
        candidates,
        message,
        help,
    } = doubt;
    let candidates: Vec<i64> = candidates.iter().map(|id| id.0).collect();
    json!({
        "address": address.to_string(),
        "candidates": candidates,
        "message": message,
        "help": help,
    })
}
