//! `bursar state`, and a state on a server, from the outside.

use super::pipeline::{check, school};
use crate::states::server::{Mood, Server};
use std::path::Path;

#[test]
fn entries_get_other_names_and_are_forgotten_and_recovered() {
    let folder = school();
    let folder = folder.path();
    check(folder, &["apply", "--auto-approve"], 0);
    assert_eq!(
        check(folder, &["state", "backups"], 0).0,
        "there are no backups yet\n"
    );
    let mv = |from, to, code| check(folder, &["state", "mv", from, to], code);
    let (said, _) = mv("coupon.come-back", "coupon.return", 0);
    assert_eq!(said, "coupon.come-back is now coupon.return\n");
    let (_, why) = mv("coupon.come-back", "coupon.other", 3);
    assert!(why.contains("the state has no `coupon.come-back`"), "{why}");
    let (_, why) = mv("coupon.return", "list.return", 3);
    assert!(why.contains("another kind"), "{why}");
    let (_, why) = check(folder, &["state", "rm", "coupon.retrun"], 3);
    assert!(why.contains("did you mean `coupon.return`"), "{why}");
    check(folder, &["state", "rm", "coupon.return"], 0);
    let (list, _) = check(folder, &["state", "list"], 0);
    assert_eq!(list.lines().count(), 4, "{list}");

    let (backups, _) = check(folder, &["state", "backups"], 0);
    // Version 1 had all five, 2 the new name, 3 forgot it.
    let oldest = backups.lines().last().unwrap();
    assert_eq!(backups.lines().count(), 2, "{backups}");
    let (said, _) = check(folder, &["state", "recover", oldest], 0);
    assert!(said.contains("in place as version 4"), "{said}");
    let (plan, _) = check(folder, &["plan", "--detailed-exitcode"], 0);
    assert!(plan.starts_with("No changes."), "{plan}");
    check(folder, &["state", "recover", "bursar.yaml"], 3);
    check(folder, &["state", "recover", "missing.json"], 3);
    let (said, _) = check(folder, &["state", "unlock", "--id", "x"], 0);
    assert_eq!(said, "the state is not locked\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_with_a_state_on_a_server() {
    let server = Server::start().await;
    let folder = school();
    let folder = folder.path();
    keep_at(folder, &format!("address: \"{}\"", server.address()));
    check(folder, &["apply", "--auto-approve"], 0);
    let (plan, _) = check(folder, &["plan", "--detailed-exitcode"], 0);
    assert!(plan.starts_with("No changes."), "{plan}");
    let (list, _) = check(folder, &["state", "list"], 0);
    assert_eq!(list.lines().count(), 5, "{list}");
    // The lock was let go, and nothing of it is left where a local state would be.
    assert!(!folder.join(".bursar/default/state.json").exists());
    check(folder, &["apply", "--auto-approve"], 0);

    server.set_lock("run-x", "bob@ci", "2026-01-01T00:00:00Z");
    let (_, why) = check(folder, &["apply", "--auto-approve"], 8);
    assert!(why.contains("`apply` of bob on ci"), "{why}");
    assert!(why.contains("it has been held for "), "{why}");
    assert!(why.contains("bursar state unlock --id run-x"), "{why}");
    check(folder, &["state", "unlock", "--id", "run-y"], 8);
    let (said, _) = check(folder, &["state", "unlock", "--id", "run-x"], 0);
    assert!(said.contains("taken away from `apply` of bob"), "{said}");

    server.turn(Mood::Unauthorized);
    check(folder, &["plan"], 4);
    server.turn(Mood::Redirects);
    check(folder, &["plan"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_a_server_has_lost_is_found_again() {
    let (lost, other) = (Server::start().await, Server::start().await);
    let folder = school();
    let folder = folder.path();
    keep_at(folder, &format!("address: \"{}\"", lost.address()));
    check(folder, &["apply", "--auto-approve"], 0);
    let file = folder.join("bursar.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(&lost.address(), &other.address())).unwrap();
    check(folder, &["state", "recover"], 10);
    check(folder, &["state", "recover", "--auto-approve"], 0);
    let (plan, _) = check(folder, &["plan", "--detailed-exitcode"], 0);
    assert!(plan.starts_with("No changes."), "{plan}");
    check(folder, &["state", "recover", "--auto-approve"], 6);
    // The lock was let go each time.
    check(folder, &["apply", "--auto-approve"], 0);
}

#[test]
fn credentials_and_unknown_keys_are_refused_in_yaml() {
    for (keys, expected) in [
        (
            "address: \"https://x\", password: s3cret",
            "must not stand in bursar.yaml",
        ),
        ("address: \"https://x\", adress: y", "unknown field"),
        ("lock_method: LOCK", "missing field"),
        ("address: \"http://x.example\"", "https://"),
    ] {
        let folder = school();
        keep_at(folder.path(), keys);
        let (_, why) = check(folder.path(), &["state", "list"], 3);
        assert!(why.contains(expected), "{why}");
        assert!(!why.contains("s3cret"), "{why}");
    }
}

fn keep_at(folder: &Path, keys: &str) {
    let file = folder.join("bursar.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = format!("{text}\nstate: {{ backend: http, {keys} }}\n");
    std::fs::write(&file, text).unwrap();
}
