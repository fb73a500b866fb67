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

#[test]
fn settings_are_judged_without_the_server_and_secrets_shown_nowhere() {
    for (state, code, expected) in [
        (
            "backend: http, address: \"https://x\", password: s3cret",
            "unknown-field",
            "must not stand in bursar.yaml",
        ),
        (
            "backend: http, address: \"https://ann:s3cret@x\"",
            "wrong-type",
            "holds a name or a password",
        ),
        (
            "backend: http, address: \"https://x\", adress: y",
            "unknown-field",
            "`adress`",
        ),
        ("backend: http", "missing-field", "`state` has no `address`"),
        (
            "backend: http, address: \"http://x.example\"",
            "wrong-type",
            "https:// outside of this machine",
        ),
        ("backend: s3", "missing-field", "`state` has no `bucket`"),
        (
            "backend: s3, bucket: b, address: \"https://x\"",
            "unknown-field",
            "`address`",
        ),
        (
            "backend: s3, bucket: b, endpoint: x",
            "wrong-type",
            "does not begin with https://",
        ),
        ("backend: postgres", "missing-field", "`state` has no `url`"),
        (
            "backend: postgres, url: \"postgres://ann:s3cret@db/school\"",
            "wrong-type",
            "holds a password",
        ),
        (
            "backend: postgres, url: \"postgres://ann@db\"",
            "wrong-type",
            "names no database",
        ),
        (
            "backend: gcs",
            "unknown-value",
            "`local`, `http`, `s3` or `postgres`",
        ),
        ("backend: local, key: x", "unknown-field", "`key`"),
        ("bucket: b", "missing-field", "`state` has no `backend`"),
    ] {
        let folder = school();
        let line = keep(folder.path(), state);
        let (found, _) = check(folder.path(), &["validate"], 3);
        assert!(found.contains(&format!("error[{code}]")), "{found}");
        assert!(found.contains(expected), "{found}");
        assert!(found.contains(&format!("bursar.yaml:{line}:")), "{found}");
        for format in ["json", "sarif", "github", "junit"] {
            let (told, _) = check(folder.path(), &["validate", "--format", format], 3);
            assert!(!told.contains("s3cret"), "{told}");
        }
        let (out, err) = check(folder.path(), &["state", "list"], 3);
        for told in [found, out, err] {
            assert!(!told.contains("s3cret"), "{told}");
        }
    }
}

/// Writes settings of the state; the line on which they stand.
fn keep(folder: &Path, state: &str) -> usize {
    let file = folder.join("bursar.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = format!("{text}\nstate: {{ {state} }}\n");
    std::fs::write(&file, &text).unwrap();
    text.lines().count()
}

fn keep_at(folder: &Path, keys: &str) {
    keep(folder, &format!("backend: http, {keys}"));
}
