//! What has changed on the platform since the last apply, as JSON.

use crate::plan::{Drifts, Plan, PlanDocument, drifts};
use serde_json::json;

/// The changes in the form of the plan's `resource_drift`, with their counts. A field's `side` is
/// `drift` or `conflict`.
pub fn render(plan: &Plan) -> String {
    let Drifts {
        objects,
        gone,
        drifted,
        conflicts,
    } = drifts(&plan.drift);
    let document = PlanDocument::from(plan);
    let value = json!({
        "format_version": document.format_version,
        "project": document.project,
        "environment": document.environment,
        "resource_drift": document.resource_drift,
        "summary": {
            "objects": objects,
            "gone": gone,
            "drifted_fields": drifted,
            "conflicting_fields": conflicts,
        },
        "settled": document.settled,
    });
    format!("{value:#}\n")
}
