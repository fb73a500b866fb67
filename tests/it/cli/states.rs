//! `bursar state`, and a state on a server, from the outside.

use super::command;
use super::pipeline::{check, school};
use crate::harness::Project;
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

#[test]
fn a_mistake_in_a_document_is_in_nobodys_way_who_looks_at_the_state() {
    let folder = school();
    let folder = folder.path();
    check(folder, &["apply", "--auto-approve"], 0);
    std::fs::write(folder.join("broken.yaml"), "kind: offer\nname: [\n").unwrap();
    check(folder, &["validate"], 3);
    let (list, _) = check(folder, &["state", "list"], 0);
    assert_eq!(list.lines().count(), 5, "{list}");
    check(folder, &["state", "show", "coupon.come-back"], 0);
    check(folder, &["state", "backups"], 0);
    check(folder, &["state", "unlock", "--id", "x"], 0);
    check(folder, &["state", "rm", "coupon.come-back"], 0);
    // Which state it is, bursar.yaml must say; finding a lost one needs all that is declared.
    check(folder, &["--env", "none", "state", "list"], 3);
    check(folder, &["state", "recover"], 3);
    std::fs::write(folder.join("bursar.yaml"), "version: 1\nprojekt: x\n").unwrap();
    let (found, _) = check(folder, &["state", "list"], 3);
    assert!(found.contains("bursar.yaml:2:"), "{found}");
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
    // A holder's name is not obeyed.
    server.set_lock(
        "run-z",
        "bob\u{1b}]0;x\u{7}\n::error::boo@ci",
        "2026-01-01T00:00:00Z",
    );
    let (said, _) = check(folder, &["state", "unlock", "--id", "run-z"], 0);
    assert!(
        said.contains("\\u{1b}") && !said.contains('\u{1b}'),
        "{said}"
    );
    assert!(!said.contains("\n::error"), "{said}");

    server.turn(Mood::Unauthorized);
    check(folder, &["plan"], 4);
    server.turn(Mood::Redirects);
    check(folder, &["plan"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_on_a_server_is_corrected_from_any_clone() {
    let server = Server::start().await;
    let folder = school();
    let folder = folder.path();
    keep_at(folder, &format!("address: \"{}\"", server.address()));
    check(folder, &["apply", "--auto-approve"], 0);
    // Another machine with the same project and platform.
    let other = clone_of(folder);
    let other = other.path();
    let (plan, _) = check(other, &["plan", "--detailed-exitcode"], 0);
    assert!(plan.starts_with("No changes."), "{plan}");
    let no_backups = check(other, &["state", "backups"], 0).0;
    assert_eq!(no_backups, "there are no backups yet\n");

    check(
        other,
        &["state", "mv", "coupon.come-back", "coupon.return"],
        0,
    );
    check(folder, &["state", "show", "coupon.come-back"], 3);
    check(folder, &["state", "rm", "coupon.return"], 0);
    let (list, _) = check(other, &["state", "list"], 0);
    assert_eq!(list.lines().count(), 4, "{list}");
    let (plan, _) = check(other, &["plan"], 0);
    assert!(plan.contains("  = coupon.come-back"), "{plan}");
    // The version before the first correction stands on the machine that made it.
    let (backups, _) = check(other, &["state", "backups"], 0);
    let oldest = backups.lines().last().unwrap();
    let (said, _) = check(other, &["state", "recover", oldest], 0);
    assert!(said.contains("in place as version "), "{said}");
    check(folder, &["plan", "--detailed-exitcode"], 0);
    assert!(!server.is_locked());
    let (_, why) = check(folder, &["state", "recover", "bursar.yaml"], 3);
    assert!(why.contains("bursar.yaml"), "{why}");
    assert!(!server.is_locked());
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_come_from_the_environment_and_its_files() {
    let server = Server::start().await;
    server.want("ann", "s3cret");
    let folder = school();
    let folder = folder.path();
    keep_at(folder, &format!("address: \"{}\"", server.address()));
    let file = folder.join("password");
    std::fs::write(&file, "s3cret\n").unwrap();
    let file = file.to_str().unwrap();
    for (variables, code) in [
        (
            &[
                ("BURSAR_STATE_USERNAME", "ann"),
                ("BURSAR_STATE_PASSWORD", "s3cret"),
            ][..],
            0,
        ),
        (
            &[
                ("BURSAR_STATE_USERNAME", "ann"),
                ("BURSAR_STATE_PASSWORD_FILE", file),
            ],
            0,
        ),
        (
            &[("TF_HTTP_USERNAME", "ann"), ("TF_HTTP_PASSWORD", "s3cret")],
            0,
        ),
        // Ours come first.
        (
            &[
                ("BURSAR_STATE_USERNAME", "ann"),
                ("BURSAR_STATE_PASSWORD", "s3cret"),
                ("TF_HTTP_PASSWORD", "other"),
            ],
            0,
        ),
        (
            &[
                ("BURSAR_STATE_USERNAME", "ann"),
                ("BURSAR_STATE_PASSWORD", "wrong-s3cret"),
            ],
            4,
        ),
        (
            &[
                ("BURSAR_STATE_PASSWORD", "s3cret"),
                ("BURSAR_STATE_PASSWORD_FILE", file),
            ],
            4,
        ),
        (&[("BURSAR_STATE_PASSWORD_FILE", "/none")], 4),
        (&[], 4),
    ] {
        let output = command(folder, &["state", "list"])
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{variables:?}: {told}");
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_while_the_lock_is_waited_for_leaves_none_behind() {
    let server = Server::start().await;
    let folder = school();
    let folder = folder.path();
    keep_at(folder, &format!("address: \"{}\"", server.address()));
    for arguments in [
        &["apply", "--auto-approve"][..],
        &["state", "rm", "coupon.x"],
        &["state", "recover", "bursar.yaml"],
    ] {
        server.turn(Mood::KeepsLocksWaiting);
        let mut run = command(folder, arguments)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        while !server.is_locked() {
            assert!(run.try_wait().unwrap().is_none(), "{arguments:?}");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let killed = std::process::Command::new("kill")
            .args(["-INT", &run.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        assert_eq!(run.wait().unwrap().code(), Some(130), "{arguments:?}");
        assert!(!server.is_locked(), "{arguments:?}");
    }
    assert_eq!(server.document(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_judge_by_a_state_that_is_elsewhere() {
    let server = Server::start().await;
    let project = Project::empty();
    let folder = project.path();
    std::fs::write(
        folder.join("bursar.yaml"),
        "version: 1\nproject: p\ntimezone: Europe/Kyiv\ncurrency: EUR\n",
    )
    .unwrap();
    keep_at(folder, &format!("address: \"{}\"", server.address()));
    let pass = "kind: pass\nname: ten\ntitle: Ten\nprice: 80.00 EUR\nfor_sale: true\n";
    let pass = format!("{pass}sale_ends: 2026-12-31\n");
    std::fs::write(folder.join("a.yaml"), pass).unwrap();
    let (before, after) = ("2026-12-01T00:00:00Z", "2027-01-02T00:00:00Z");
    let planned = |now: &str| check(folder, &["--now", now, "plan"], 0).1;
    assert!(planned(after).contains("warning[sale-already-ended]"));
    check(folder, &["--now", before, "apply", "--auto-approve"], 0);
    assert!(planned(after).contains("hint[sale-already-ended]"));
    // `validate` does not leave the machine.
    let asked = server.seen().len();
    let (told, _) = check(folder, &["--now", after, "validate"], 0);
    assert!(told.contains("warning[sale-already-ended]"), "{told}");
    assert_eq!(server.seen().len(), asked);
    // To judge without it would be to judge wrongly; to mend it needs no judgement.
    server.set_document(b"{");
    let (_, why) = check(folder, &["--now", after, "plan"], 3);
    assert!(why.contains("is cut or not a state file"), "{why}");
    let (backups, _) = check(folder, &["state", "backups"], 0);
    let newest = backups.lines().next().unwrap();
    check(folder, &["state", "recover", newest], 0);
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

#[test]
fn every_setting_is_explained() {
    let folder = school();
    let (told, _) = check(folder.path(), &["explain", "project.state"], 0);
    for line in [
        "backend (`local`, `http`, `s3` or `postgres`, required)",
        "address (an address like https://…",
        "bucket (text): The bucket.",
        "url (an address like `postgres://USER@HOST:PORT/DATABASE`",
    ] {
        assert!(told.contains(line), "{told}");
    }
}

/// The same project on another machine, with the same embedded platform.
fn clone_of(folder: &Path) -> tempfile::TempDir {
    let other = tempfile::tempdir().unwrap();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        let relative = entry.path().strip_prefix(folder).unwrap();
        let target = other.path().join(relative);
        if relative.starts_with(".bursar/default") {
            continue;
        }
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).unwrap();
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
    other
}

/// Writes settings of the state; the line on which they stand.
fn keep(folder: &Path, state: &str) -> usize {
    let file = folder.join("bursar.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = format!("{text}\nstate: {{ {state} }}\n");
    std::fs::write(&file, &text).unwrap();
    text.lines().count()
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

fn keep_at(folder: &Path, keys: &str) {
    keep(folder, &format!("backend: http, {keys}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_what_a_state_on_a_server_is_asked_for() {
    let server = Server::start().await;
    let folder = school();
    keep_at(folder.path(), &format!("address: \"{}\"", server.address()));
    let (_, log) = check(folder.path(), &["apply", "--auto-approve", "-vv"], 0);
    let asked: Vec<&str> = log
        .lines()
        .filter_map(|line| {
            let (_, asked) = line.rsplit_once(": state ")?;
            asked.split_whitespace().next()
        })
        .collect();
    // Rules judge by what was applied before; one version is opened before the platform is written to,
    // and one closes it.
    let expected = ["read", "lock", "read", "write", "write", "unlock"];
    assert_eq!(asked, expected, "{log}");
}

/// The state's server falls silent while an apply saves: a signal ends it all the same, and what was done
/// is not lost.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_a_run_whose_state_is_not_taken() {
    for (writes, signal, code) in [(1, "-INT", 130), (1, "-TERM", 143), (2, "-INT", 0)] {
        let server = Server::start().await;
        let folder = school();
        let folder = folder.path();
        keep_at(folder, &format!("address: \"{}\"", server.address()));
        // One write opens a version, a second one closes it, and then the lock is let go.
        server.turn(Mood::FallsSilentAfterWrites(writes));
        let child = command(folder, &["apply", "--auto-approve", "--json"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let silent = if writes == 1 { "POST" } else { "UNLOCK" };
        let asked = || {
            let seen = server.seen();
            let asked = seen.iter().filter(|seen| seen.starts_with(silent)).count();
            asked > usize::from(writes == 1)
        };
        while !asked() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let killed = std::process::Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        let output = child.wait_with_output().unwrap();
        let why = [output.stderr, output.stdout].concat();
        let why = String::from_utf8(why).unwrap();
        assert_eq!(output.status.code(), Some(code), "{why}");
        server.turn(Mood::Works);
        server.unlock();
        if code == 0 {
            // Everything is saved, and only the lock is still there.
            assert!(why.contains("could not be let go"), "{why}");
        } else {
            let copy = folder.join(".bursar/default/remote/emergency-2.json");
            assert!(copy.exists(), "{why}");
            assert!(why.contains("bursar state recover"), "{why}");
        }
        // The next run on this machine needs no command.
        check(folder, &["apply", "--auto-approve"], 0);
        let (plan, _) = check(folder, &["plan", "--detailed-exitcode"], 0);
        assert!(plan.starts_with("No changes."), "{plan}");
    }
}
