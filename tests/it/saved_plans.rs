//! Plans in files: bound to what they touch, and to nothing else.

use crate::harness::Project;
use serde_json::{Value, json};

/// A project that `init` has made and that is applied, with a lower price declared since.
fn changed() -> Project {
    let project = Project::empty();
    project
        .run(&["init", project.path().to_str().unwrap()])
        .exits(0);
    project.run(&["apply", "--auto-approve"]).exits(0);
    let file = project.path().join("cohort.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("490.00 EUR", "450.00 EUR")).unwrap();
    project
}

/// Edits the only object of a collection, as a person does in the browser.
fn by_hand(project: &Project, collection: &str, change: &Value) {
    project.with_platform(async |platform| {
        let objects = platform.list(collection).await;
        let path = format!("/{collection}/{}", objects[0]["id"]);
        let (status, answer) = platform.send("PATCH", &path, Some(change)).await;
        assert_eq!(status, 200, "{answer}");
    });
}

fn price(amount: &str) -> Value {
    json!({ "price": { "amount": amount, "currency": "EUR" } })
}

#[test]
fn a_plan_is_bound_to_what_it_touches_and_no_more() {
    let project = changed();
    let plan = project.path().join("p.json");
    let plan = plan.to_str().unwrap();
    let run = |now: &str, arguments: &[&str], code: i32| {
        let ran = project.run(&[&["--now", now], arguments].concat());
        ran.exits(code)
    };
    let (at, late) = ("2026-06-01T10:00:00Z", "2026-06-01T12:00:00Z");
    run(at, &["plan", "--out", plan, "--expires-after", "2h"], 0);

    let shown = run("2026-06-01T11:59:59Z", &["show", plan], 0).stdout;
    assert!(shown.contains("490.00 EUR\" -> \"450.00 EUR"), "{shown}");
    assert!(shown.contains("good until 2026-06-01T12:00:00Z"), "{shown}");
    assert!(shown.contains("would still do what it says"), "{shown}");
    let shown = run(at, &["show", plan, "--json"], 0).stdout;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["stale"], false);
    // The offer, and the letter that states its price.
    assert_eq!(shown["summary"]["change"], 2);

    let why = run(late, &["apply", plan], 7).stderr;
    assert!(why.contains("good until"), "{why}");

    // By hand: the price that it would change. Each effect that would differ is said.
    by_hand(&project, "offers", &price("470.00"));
    let why = run(at, &["apply", plan], 7).stderr;
    for part in [
        "offer.",
        "from \"490.00 EUR\" to \"450.00 EUR\"",
        "from \"470.00 EUR\" to \"450.00 EUR\"",
    ] {
        assert!(why.contains(part), "{part}: {why}");
    }
    let shown = run(at, &["show", plan], 0).stdout;
    assert!(shown.contains("It is stale:"), "{shown}");
    by_hand(&project, "offers", &price("490.00"));

    // By hand: something that it does not touch.
    by_hand(&project, "lists", &json!({ "title": "Another title" }));
    run(at, &["apply", plan], 0);
    let why = run(at, &["apply", plan], 7).stderr;
    assert!(why.contains("the state has changed since"), "{why}");
}

#[test]
fn a_plan_is_shown_where_nothing_else_is() {
    let project = changed();
    let plan = project.path().join("p.json");
    let plan = plan.to_str().unwrap();
    project.run(&["plan", "--out", plan]).exits(0);
    let elsewhere = Project::empty();
    let shown = elsewhere.run(&["show", plan]).exits(0).stdout;
    assert!(shown.contains("490.00 EUR\" -> \"450.00 EUR"), "{shown}");
    assert!(shown.contains("cannot be told"), "{shown}");
    let shown = elsewhere.run(&["show", plan, "--json"]).exits(0).stdout;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["stale"], Value::Null);
    // What was printed has no time to live, and is not carried out.
    let printed = project.run(&["plan", "--json"]).exits(0).stdout;
    std::fs::write(project.path().join("printed.json"), printed).unwrap();
    let printed = project.path().join("printed.json");
    let why = project
        .run(&["apply", printed.to_str().unwrap()])
        .exits(3)
        .stderr;
    assert!(why.contains("--out"), "{why}");
}

#[test]
fn a_saved_plan_is_judged_where_it_is_made() {
    let project = changed();
    let plan = project.path().join("p.json");
    let plan = plan.to_str().unwrap();
    project.run(&["plan", "--out", plan]).exits(0);
    for gate in [
        &["--max-removals", "0"][..],
        &["--on-conflict", "ours"],
        &["--allow-empty"],
        &["--accept-shortened-access"],
        &["--accept-closed-lessons"],
    ] {
        let why = project.run(&[&["apply", plan], gate].concat()).exits(3);
        assert!(why.stderr.contains("bursar plan --out FILE"), "{why:?}");
    }
    project.run(&["apply", plan]).exits(0);
}

#[test]
fn what_the_file_says_of_itself_needs_no_project() {
    let project = changed();
    let plan = project.path().join("p.json");
    let plan = plan.to_str().unwrap();
    let at = "2026-06-01T10:00:00Z";
    let save = ["--now", at, "plan", "--out", plan, "--expires-after", "1d"];
    project.run(&save).exits(0);
    let elsewhere = Project::empty();
    let stale = |project: &Project, now: &str| {
        let shown = project.run(&["--now", now, "show", plan, "--json"]);
        let shown: Value = serde_json::from_str(&shown.exits(0).stdout).unwrap();
        (shown["stale"].clone(), shown["stale_reasons"].to_string())
    };
    assert_eq!(stale(&elsewhere, at).0, Value::Null);
    let (is_stale, why) = stale(&elsewhere, "2026-06-02T10:00:00Z");
    assert_eq!(is_stale, true, "{why}");
    assert!(why.contains("good until 2026-06-02T10:00:00Z"), "{why}");

    // What the configuration says needs no platform: here nothing listens.
    let file = project.path().join("bursar.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let far = "provider: sandbox\n  url: http://127.0.0.1:9";
    std::fs::write(&file, text.replace("provider: sandbox", far)).unwrap();
    let offer = project.path().join("cohort.yaml");
    let text = std::fs::read_to_string(&offer).unwrap();
    std::fs::write(&offer, text.replace("450.00 EUR", "440.00 EUR")).unwrap();
    let (is_stale, why) = stale(&project, at);
    assert_eq!(is_stale, true, "{why}");
    assert!(why.contains("the configuration has changed since"), "{why}");
}
