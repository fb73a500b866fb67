//! What has changed on the platform since the last apply, as JSON.

use crate::plan::{Plan, PlanDocument};
use crate::render::Accepted;
use serde_json::{Value, json};

/// The changes in the form of the plan's `resource_drift`, with their counts. A field's `side` is
/// `drift` or `conflict`.
pub fn render(plan: &Plan, accepted: Option<&Accepted>) -> String {
    let document = PlanDocument::from(plan);
    let mut value = json!({
        "format_version": document.format_version,
        "project": document.project,
        "environment": document.environment,
        "resource_drift": document.resource_drift,
        "summary": document.drift_summary,
        "settled": document.settled,
    });
    if let (Some(accepted), Some(entries)) = (accepted, value.as_object_mut()) {
        entries.insert("proposal".to_owned(), proposal(accepted));
    }
    format!("{value:#}\n")
}

fn proposal(accepted: &Accepted) -> Value {
    let Accepted {
        written,
        files,
        fields,
        not,
    } = accepted;
    let fields = fields
        .iter()
        .map(|(address, path)| json!({"address": address.to_string(), "path": path.to_string()}));
    let not = not.iter().map(|it| {
        let path = it.path.as_ref().map(ToString::to_string);
        json!({"address": it.address.to_string(), "path": path, "place": it.place, "why": it.why})
    });
    json!({
        "written": written,
        "files": files,
        "accepted": fields.collect::<Value>(),
        "not_accepted": not.collect::<Value>(),
    })
}
