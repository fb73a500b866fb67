//! Sixteen applies at the same time: one writes, and the others say who.

use crate::harness::{Project, natural_key};
use crate::served::Sandbox;
use std::process::{Child, Stdio};

/// Applies that begin at once.
const APPLIES: usize = 16;

/// Everything takes a while, so that the first one is still at work when the last one begins.
const SLOWLY: &str = "rules: [{ fault: { latency: 120ms } }]";

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
