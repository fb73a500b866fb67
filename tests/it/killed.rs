//! Killed at any instant, the next run finishes the job, and nothing is there twice.

use crate::harness::{Project, Snapshot, natural_key};
use crate::served::Sandbox;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Documents of the project that is applied.
const DOCUMENTS: usize = 58;
/// Kills in each `cargo test`; `BURSAR_KILLS=300` asks for more.
const KILLS: u32 = 140;

#[test]
fn kills_at_random_instants_change_nothing() {
    let asked = std::env::var("BURSAR_KILLS").ok();
    let most = asked.and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let (clean, mut duration) = clean_run();
    let mut random = fastrand::Rng::with_seed(20_261_122);
    let mut kills = 0;
    let mut hit = 0;
    let mut histories = 0;
    while kills < most {
        let project = Project::generated(DOCUMENTS, 7);
        for _ in 0..random.u32(1..=3) {
            let wait = duration.mul_f64(random.f64() * 1.05);
            let is_hit = apply_and_kill(&project, wait);
            hit += u32::from(is_hit);
            kills += 1;
            // How long a run takes depends on what else the machine does; the kills follow it.
            duration = if is_hit {
                duration.mul_f64(1.01)
            } else {
                wait.min(duration)
            };
        }
        project.run(&["apply", "--auto-approve"]).exits(0);
        let after = project.snapshot();
        no_duplicates(&after);
        assert_eq!(after, clean, "history {histories}");
        let plan = project.run(&["plan", "--detailed-exitcode"]).exits(0);
        assert!(plan.stdout.contains("No changes."), "{}", plan.stdout);
        histories += 1;
    }
    println!(
        "{histories} histories, {kills} kills, {hit} of them before the run had ended: 0 violations"
    );
    assert!(
        hit * 2 >= kills,
        "only {hit} of {kills} kills hit a running apply"
    );
}

/// A platform of its own lives on, and so does what a killed run had sent: the next run waits for it
/// before it makes anything again.
#[test]
fn what_was_under_way_to_a_platform_that_lives_on_is_not_made_twice() {
    let project = Project::generated(DOCUMENTS, 7);
    let sandbox = Sandbox::start(&project, "rules: [{ fault: { latency: 40ms } }]");
    let far = sandbox.point(&project);
    let mut random = fastrand::Rng::with_seed(20_261_126);
    for _ in 0..2 {
        let wait = Duration::from_millis(random.u64(250..700));
        apply_and_kill(&project, wait);
    }
    let output = apply(&project).output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{why}");
    drop(sandbox);
    let file = project.path().join("bursar.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(&far, "provider: sandbox")).unwrap();
    let after = project.snapshot();
    no_duplicates(&after);
    assert_eq!(after, one_clean_run().0);
}

/// What the platform holds after a clean run, and the shortest time of three such runs: a first one
/// that happens to be slow must not make the kills come too late.
fn clean_run() -> (Snapshot, Duration) {
    let mut runs: Vec<(Snapshot, Duration)> = (0..3).map(|_| one_clean_run()).collect();
    runs.sort_by_key(|(_, duration)| *duration);
    runs.swap_remove(0)
}

fn one_clean_run() -> (Snapshot, Duration) {
    let project = Project::generated(DOCUMENTS, 7);
    let start = Instant::now();
    project.run(&["apply", "--auto-approve"]).exits(0);
    let duration = start.elapsed();
    (project.snapshot(), duration)
}

/// `apply`, with the credentials of every sandbox.
fn apply(project: &Project) -> Command {
    let mut command = project.bursar(&["apply", "--auto-approve"]);
    command
        .env("BURSAR_TOKEN", "sandbox")
        .env("BURSAR_ACCOUNT", "sandbox");
    command
}

/// Whether the process was still running when it was killed.
fn apply_and_kill(project: &Project, wait: Duration) -> bool {
    let mut child = apply(project)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(wait);
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

fn no_duplicates(snapshot: &Snapshot) {
    for (collection, objects) in snapshot {
        let mut keys: Vec<String> = objects.iter().map(natural_key).collect();
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count, "{collection}: something is there twice");
    }
}
