//! Sixteen applies at the same time: one writes, and the others say who.

use crate::harness::{Project, natural_key};
use crate::served::Sandbox;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Applies that begin at once.
const APPLIES: usize = 16;

/// Everything takes a while, so that the first one is still at work when the last one begins.
const SLOWLY: &str = "rules: [{ fault: { latency: 120ms } }]";

/// One creation takes so long that the apply is at work until it is killed.
const STUCK: &str = "rules: [{ method: POST, endpoint: /offers, nth: 2, fault: { latency: 60s } }]";

fn start(project: &Project) -> Child {
    project
        .bursar(&["apply", "--auto-approve"])
        .env("BURSAR_TOKEN", "sandbox")
        .env("BURSAR_ACCOUNT", "sandbox")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn one_apply_writes_and_the_others_say_who_it_is() {
    let project = Project::generated(58, 7);
    let sandbox = Sandbox::start(&project, SLOWLY);
    let far = sandbox.point(&project);
    let applies: Vec<Child> = (0..APPLIES).map(|_| start(&project)).collect();
    let ended: Vec<(u32, i32, String)> = applies
        .into_iter()
        .map(|child| {
            let id = child.id();
            let output = child.wait_with_output().unwrap();
            let why = String::from_utf8(output.stderr).unwrap();
            (id, output.status.code().unwrap(), why)
        })
        .collect();
    let with = |wanted: i32| ended.iter().filter(move |(_, code, _)| *code == wanted);
    let (writers, locked_out) = (with(0).count(), with(8).count());
    assert_eq!(writers + locked_out, APPLIES, "{ended:#?}");
    // Who came when the first one had ended found nothing to do.
    assert!(writers >= 1 && locked_out >= APPLIES / 2, "{ended:#?}");
    for (_, _, why) in with(8) {
        let is_named = with(0).any(|(id, _, _)| why.contains(&format!("(process {id})")));
        assert!(is_named, "{why}");
    }
    drop(sandbox);

    let file = project.path().join("bursar.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(&far, "provider: sandbox")).unwrap();
    let found = project.snapshot();
    for (collection, objects) in &found {
        let mut keys: Vec<String> = objects.iter().map(natural_key).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all, "{collection}: something is there twice");
    }
    let clean = Project::generated(58, 7);
    clean.run(&["apply", "--auto-approve"]).exits(0);
    assert_eq!(found, clean.snapshot());
}

/// Waits until an apply has written something.
fn wait_for_records(project: &Project) {
    let journal = project.path().join(".bursar/default/journal.jsonl");
    let begun = Instant::now();
    loop {
        let text = std::fs::read_to_string(&journal).unwrap_or_default();
        if text.contains("\"done\"") {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn who_looks_while_an_apply_is_at_work_is_told() {
    let project = Project::generated(58, 7);
    let sandbox = Sandbox::start(&project, STUCK);
    sandbox.point(&project);
    let path = |name: &str| project.path().join(name).display().to_string();
    let [early, between, after] = ["early.json", "between.json", "after.json"].map(path);
    let with_credentials = |arguments: &[&str]| {
        let mut command = project.bursar(arguments);
        command
            .env("BURSAR_TOKEN", "sandbox")
            .env("BURSAR_ACCOUNT", "sandbox");
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        (code, text(output.stdout), text(output.stderr))
    };
    let (code, _, why) = with_credentials(&["plan", "--out", &early]);
    assert_eq!(code, 0, "{why}");
    let mut apply = start(&project);
    wait_for_records(&project);
    let who = format!("(process {})", apply.id());

    // A plan that is saved now would be of a version that there will never be.
    let (code, _, why) = with_credentials(&["plan", "--out", &between]);
    assert_eq!(code, 8, "{why}");
    assert!(why.contains(&who) && why.contains("help:"), "{why}");
    assert!(!std::fs::exists(&between).unwrap());
    // To look is not forbidden, and who looks is told what this is.
    for command in ["plan", "drift"] {
        let (code, _, why) = with_credentials(&[command]);
        assert_eq!(code, 0, "{why}");
        assert!(why.contains("warning: `apply` of"), "{why}");
        assert!(why.contains(&who) && why.contains("is at work"), "{why}");
    }
    let (code, told, _) = with_credentials(&["show", &early]);
    assert_eq!(code, 0);
    assert!(
        told.contains("It is stale:") && told.contains(&who),
        "{told}"
    );

    // Once it is dead, what it left is a version like any other.
    apply.kill().unwrap();
    apply.wait().unwrap();
    let (code, _, why) = with_credentials(&["plan", "--out", &after]);
    assert_eq!((code, why.contains("at work")), (0, false), "{why}");
}
