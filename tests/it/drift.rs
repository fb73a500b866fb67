//! `drift`: what was changed on the platform by hand, and nothing else.

mod propose;

use crate::harness::Project;
use serde_json::{Value, json};

/// A new project that `init` has made, applied.
pub fn school() -> Project {
    let project = Project::empty();
    project.run(&["init"]).exits(0);
    project.run(&["apply", "--auto-approve"]).exits(0);
    project
}

/// Edits the one object of a collection by hand.
pub fn by_hand(project: &Project, collection: &str, patch: &Value) -> i64 {
    project.with_platform(async |platform| {
        let object = &platform.list(collection).await[0];
        let id = object["id"].as_i64().unwrap();
        let path = format!("/{collection}/{id}");
        let (status, body) = platform.send("PATCH", &path, Some(patch)).await;
        assert_eq!(status, 200, "{body}");
        id
    })
}

fn replace(project: &Project, file: &str, old: &str, new: &str) {
    let path = project.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{old}\n{text}");
    std::fs::write(path, text.replace(old, new)).unwrap();
}

fn told(project: &Project, code: i32) -> Value {
    let ran = project.run(&["drift", "--json", "--detailed-exitcode"]);
    serde_json::from_str(&ran.exits(code).stdout).unwrap()
}

#[test]
fn nothing_has_changed_after_an_apply() {
    let project = school();
    assert_eq!(
        told(&project, 0)["summary"],
        json!({"objects": 0, "gone": 0, "drifted_fields": 0, "conflicting_fields": 0})
    );
    let ran = project.run(&["drift"]).exits(0);
    assert_eq!(
        ran.stdout,
        "No drift. The platform is as it was applied last.\n"
    );
    // A change of the configuration alone is no drift.
    replace(&project, "cohort.yaml", "490.00 EUR", "450.00 EUR");
    assert_eq!(told(&project, 0)["resource_drift"], json!([]));
}

#[test]
fn drift_and_conflict_are_told_apart() {
    let project = school();
    let price = json!({"price": {"amount": "1.00", "currency": "EUR"}});
    by_hand(&project, "offers", &price);
    let drifted = told(&project, 2);
    assert_eq!(
        drifted["summary"],
        json!({"objects": 1, "gone": 0, "drifted_fields": 1, "conflicting_fields": 0})
    );
    let field = &drifted["resource_drift"][0]["fields"][0];
    assert_eq!(field["path"], "price");
    assert_eq!(field["side"], "drift");
    // As in Terraform's plans: from what was applied to what is there, whatever is declared by now.
    let happened = |told: &Value| {
        let change = &told["resource_drift"][0]["change"];
        let price = |side: &str| change[side]["price"]["amount"].clone();
        (price("before"), price("after"))
    };
    let expected = (json!("490.00"), json!("1.00"));
    assert_eq!(happened(&drifted), expected, "{drifted:#}");

    replace(&project, "cohort.yaml", "490.00 EUR", "450.00 EUR");
    let conflict = told(&project, 2);
    assert_eq!(conflict["summary"]["drifted_fields"], 0);
    assert_eq!(conflict["summary"]["conflicting_fields"], 1);
    assert_eq!(happened(&conflict), expected, "{conflict:#}");
    // A plan has the same counts, beside its own.
    let plan = project.run(&["plan", "--json"]).exits(6).stdout;
    let plan: Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan["drift_summary"], conflict["summary"]);
    assert_eq!(plan["resource_drift"], conflict["resource_drift"]);
    let counts = "Drift: 1 field of 1 object changed on the platform, 1 conflict, 0 objects gone.";
    for format in ["human", "markdown"] {
        let shown = project.run(&["plan", "--format", format]).exits(6).stdout;
        assert!(shown.lines().any(|line| line == counts), "{shown}");
    }
    assert_eq!(
        conflict["resource_drift"][0]["fields"][0]["side"],
        "conflict"
    );
    let shown = project.run(&["drift"]).exits(0).stdout;
    assert!(
        shown.contains(
            "~ price = \"490.00 EUR\" -> \"1.00 EUR\" # conflict: now declared as \"450.00 EUR\""
        ) || shown
            .contains("~ price = 490.00 EUR -> 1.00 EUR # conflict: now declared as 450.00 EUR"),
        "{shown}"
    );
    assert!(
        shown.ends_with(
            "Drift: 1 field of 1 object changed on the platform, 1 conflict, 0 objects gone.\n"
        ),
        "{shown}"
    );

    // What is declared as it was set by hand is no drift any more.
    replace(&project, "cohort.yaml", "450.00 EUR", "1.00 EUR");
    assert_eq!(told(&project, 0)["resource_drift"], json!([]));
}

#[test]
fn what_is_gone_is_counted_apart() {
    let project = school();
    project.with_platform(async |platform| {
        let scenario = &platform.list("scenarios").await[0];
        let path = format!("/scenarios/{}", scenario["id"]);
        assert_eq!(platform.send("DELETE", &path, None).await.0, 204);
    });
    let gone = told(&project, 2);
    assert_eq!(
        gone["summary"],
        json!({"objects": 1, "gone": 1, "drifted_fields": 0, "conflicting_fields": 0})
    );
    assert_eq!(gone["resource_drift"][0]["action_reason"], "vanished");
}
