//! The stream of an apply: one JSON object a line.

use crate::render::Progress;
use serde_json::json;

/// One event as a line.
pub fn line(progress: Progress<'_>) -> String {
    let value = match progress {
        Progress::Started { steps, requests } => {
            json!({ "type": "started", "steps": steps, "requests": requests })
        }
        Progress::StepStarted { address, verb } => {
            json!({ "type": "step_started", "address": address.to_string(), "verb": verb })
        }
        Progress::StepDone { address, verb, id } => json!({
            "type": "step_done", "address": address.to_string(), "verb": verb,
            "id": id.map(|id| id.0),
        }),
        Progress::StepFailed { address, verb, why } => json!({
            "type": "step_failed", "address": address.to_string(), "verb": verb, "error": why,
        }),
        Progress::StepSkipped { address, verb, why } => json!({
            "type": "step_skipped", "address": address.to_string(), "verb": verb, "because": why,
        }),
        Progress::Finished { complete, counts } => {
            json!({ "type": "finished", "complete": complete, "counts": counts })
        }
    };
    format!("{value}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Address, RemoteId};

    #[test]
    fn one_object_a_line() {
        let address = Address::new("offer", "a");
        let text = line(Progress::StepDone {
            address: &address,
            verb: "create",
            id: Some(RemoteId(7)),
        });
        assert_eq!(
            text,
            "{\"type\":\"step_done\",\"address\":\"offer.a\",\"verb\":\"create\",\"id\":7}\n"
        );
    }
}
