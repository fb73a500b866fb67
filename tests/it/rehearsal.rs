//! Faults on demand, from the command line: an apply against a platform that misbehaves.

use crate::harness::{Project, natural_key};
use crate::served::Sandbox;

const PAGE: &str = include_str!("../../docs/rehearsing-faults.md");

/// The plan that the documentation shows.
fn example() -> &'static str {
    let (_, rest) = PAGE.split_once("```yaml\n").unwrap();
    rest.split_once("```").unwrap().0
}

/// Applies until it is done, at most so often; the exit codes on the way.
fn applies(project: &Project, most: usize) -> Vec<i32> {
    let mut codes = Vec::new();
    while codes.len() < most && codes.last() != Some(&0) {
        let output = project
            .bursar(&["apply", "--auto-approve"])
            .env("BURSAR_TOKEN", "sandbox")
            .env("BURSAR_ACCOUNT", "sandbox")
            .output()
            .unwrap();
        codes.push(output.status.code().unwrap());
    }
    codes
}

/// A run of `apply` against such faults ends with what a clean platform would hold.
fn check(faults: &str, most: usize) -> Vec<i32> {
    let project = Project::generated(20, 7);
    let sandbox = Sandbox::start(&project, faults);
    let far = sandbox.point(&project);
    let file = project.path().join("bursar.yaml");
    let codes = applies(&project, most);
    assert_eq!(codes.last(), Some(&0), "{codes:?}");
    drop(sandbox);
    let near = std::fs::read_to_string(&file)
        .unwrap()
        .replace(&far, "provider: sandbox");
    std::fs::write(&file, near).unwrap();

    let clean = Project::generated(20, 7);
    clean.run(&["apply", "--auto-approve"]).exits(0);
    let (found, expected) = (project.snapshot(), clean.snapshot());
    for (collection, objects) in &found {
        let mut keys: Vec<String> = objects.iter().map(natural_key).collect();
        keys.sort();
        let all = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), all, "{collection}: something is there twice");
    }
    assert_eq!(found, expected);
    codes
}

#[test]
fn the_example_of_the_documentation_is_survived() {
    check(example(), 4);
}

#[test]
fn a_platform_at_its_worst_is_survived() {
    let codes = check(
        "seed: 11
rules:
  - { method: POST, chance: 15%, times: 4, fault: { cut: after } }
  - { method: POST, chance: 10%, times: 2, fault: { body: wrong } }
  - { method: PATCH, chance: 20%, times: 3, fault: { server_error: { status: 502, effect: after } } }
  - { method: PATCH, chance: 20%, times: 3, fault: { too_many_requests: { retry_after: missing } } }
  - { method: GET, nth: 1, fault: { body: garbled } }
  - { method: GET, chance: 10%, times: 3, fault: { cut: before } }
",
        6,
    );
    assert!(codes.len() <= 6);
}

/// `plan` against a platform, with its credentials.
fn plan(project: &Project, arguments: &[&str]) -> (i32, String, String) {
    let mut command = project.bursar(&["plan"]);
    let output = command
        .args(arguments)
        .env("BURSAR_TOKEN", "sandbox")
        .env("BURSAR_ACCOUNT", "sandbox")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_plan_says_how_long_it_takes_at_the_limit() {
    let project = Project::generated(20, 7);
    let sandbox = Sandbox::limited(&project, "rules: []", "30");
    sandbox.point(&project);
    let (code, text, why) = plan(&project, &["--json"]);
    assert_eq!(code, 0, "{why}");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let requests = &json["requests"];
    let all = requests["read"].as_u64().unwrap() + requests["write"].as_u64().unwrap();
    let expected = serde_json::json!({ "requests_per_minute": 30, "minutes": all.div_ceil(30) });
    assert_eq!(json["pace"], expected);
    drop(sandbox);

    let project = Project::generated(20, 7);
    let sandbox = Sandbox::limited(&project, "rules: []", "30");
    sandbox.point(&project);
    let (_, text, _) = plan(&project, &[]);
    let flat: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(" a minute"), "{text}");
    assert!(flat.contains("at 30 a minute"), "{text}");
}

#[test]
fn a_platform_that_asks_for_an_absurd_wait_is_left_alone() {
    let project = Project::generated(20, 7);
    let sandbox = Sandbox::start(
        &project,
        "rules: [{ fault: { too_many_requests: { retry_after: absurd } } }]",
    );
    sandbox.point(&project);
    let (code, _, why) = plan(&project, &[]);
    assert_eq!(code, 5, "{why}");
    assert!(why.contains("at most 300 s are waited"), "{why}");
}

#[test]
fn a_plan_that_is_not_right_is_refused_at_its_place() {
    let project = Project::empty();
    let file = project.path().join("f.yaml");
    for (text, place, why) in [
        (
            "rules:\n  - fault: { cut: sometimes }\n",
            ":2:19:",
            "sometimes",
        ),
        (
            "rules:\n  - { endpoint: /nothing, fault: { cut: before } }\n",
            ":2:17:",
            "/offers",
        ),
        ("rules: []\nseeds: 3\n", ":2:1:", "seeds"),
        (
            "rules:\n  - { chance: 0%, fault: { lag: 1 } }\n",
            ":2:15:",
            "1%",
        ),
        ("rules: [\n", ":", ""),
        ("", "", "it is empty"),
    ] {
        std::fs::write(&file, text).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_bursar"));
        let output = command
            .args(["sandbox", "--port", "0", "--faults"])
            .arg(&file)
            .current_dir(project.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{text}\n{said}");
        let flat: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(place) && flat.contains(why), "{text}\n{said}");
    }
}
