//! Killed at any instant, the next run finishes the job, and nothing is there twice.

use crate::harness::{Project, Snapshot, natural_key};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Documents of the project that is applied.
const DOCUMENTS: usize = 58;
/// Kills in all.
const KILLS: u32 = 140;

#[test]
fn kills_at_random_instants_change_nothing() {
    let (clean, duration) = clean_run();
    let mut random = fastrand::Rng::with_seed(20_261_122);
    let mut kills = 0;
    let mut hit = 0;
    let mut histories = 0;
    while kills < KILLS {
        let project = Project::generated(DOCUMENTS, 7);
        for _ in 0..random.u32(1..=3) {
            let wait = duration.mul_f64(random.f64() * 1.05);
            hit += u32::from(apply_and_kill(&project, wait));
            kills += 1;
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
    assert!(hit >= 60, "only {hit} of {kills} kills hit a running apply");
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

/// Whether the process was still running when it was killed.
fn apply_and_kill(project: &Project, wait: Duration) -> bool {
    let mut child = project
        .bursar(&["apply", "--auto-approve"])
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
