//! From `init` to an empty plan, and every way in which an apply may stop.

use super::{bursar, err, out, project};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A new project that `init` has made.
pub(super) fn school() -> tempfile::TempDir {
    let folder = project(&[]);
    assert_eq!(bursar(folder.path(), &["init"]).status.code(), Some(0));
    // Its tests name what is taken away here.
    std::fs::remove_file(folder.path().join("tests.yaml")).unwrap();
    folder
}

pub(super) fn check(folder: &Path, arguments: &[&str], code: i32) -> (String, String) {
    let output = bursar(folder, arguments);
    let (out, err) = (out(&output), err(&output));
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}\n{out}\n{err}"
    );
    (out, err)
}

#[test]
fn the_main_job() {
    let folder = school();
    let folder = folder.path();
    check(folder, &["validate"], 0);
    let (plan, _) = check(folder, &["plan", "--detailed-exitcode"], 2);
    assert!(plan.contains("Plan: 5 to add, 0 to change, 0 to retire."));
    assert!(plan.contains("\n  + offer."), "{plan}");
    check(folder, &["plan"], 0);

    let (_, why) = check(folder, &["apply"], 10);
    assert!(why.contains("--auto-approve"), "{why}");
    assert_eq!(check(folder, &["state", "list"], 0).0, "");

    let (applied, _) = check(folder, &["apply", "--auto-approve"], 0);
    assert!(applied.contains("Apply complete! 5 added, 0 changed, 0 retired."));
    let (plan, _) = check(folder, &["plan", "--detailed-exitcode"], 0);
    assert!(plan.starts_with("No changes."), "{plan}");
    check(folder, &["apply"], 0);

    let (list, _) = check(folder, &["state", "list"], 0);
    assert_eq!(list.lines().count(), 5, "{list}");
    let (shown, _) = check(folder, &["state", "show", "coupon.come-back"], 0);
    assert!(shown.contains("code = \"COMEBACK10\""), "{shown}");
    assert!(
        shown.contains("list_ids = [list.unpaid-web-dev]"),
        "{shown}"
    );
    check(folder, &["state", "show", "coupon.none"], 3);
}

#[test]
fn a_saved_plan_is_applied_once() {
    let folder = school();
    let folder = folder.path();
    check(folder, &["plan", "--out", "p.json"], 0);
    check(folder, &["apply", "p.json"], 0);
    let (_, why) = check(folder, &["apply", "p.json"], 7);
    assert!(why.contains("plan again"), "{why}");

    let text = std::fs::read_to_string(folder.join("p.json")).unwrap();
    std::fs::write(
        folder.join("edited.json"),
        text.replace("COMEBACK10", "FREE"),
    )
    .unwrap();
    check(folder, &["apply", "edited.json"], 3);
    std::fs::write(folder.join("cut.json"), &text[..text.len() / 2]).unwrap();
    check(folder, &["apply", "cut.json"], 3);
    check(folder, &["apply", "none.json"], 3);
}

#[test]
fn a_saved_plan_is_for_one_configuration() {
    let folder = school();
    let folder = folder.path();
    check(folder, &["plan", "--out", "p.json"], 0);
    let file = folder.join("cohort.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("490.00 EUR", "450.00 EUR")).unwrap();
    let (_, why) = check(folder, &["apply", "p.json"], 7);
    assert!(why.contains("the configuration has changed"), "{why}");
}

#[test]
fn gates_stop_plan_and_apply() {
    let folder = school();
    let folder = folder.path();
    check(folder, &["apply", "--auto-approve"], 0);
    for file in ["cohort.yaml", "unpaid-orders.yaml"] {
        std::fs::remove_file(folder.join(file)).unwrap();
    }
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let (plan, _) = check(folder, command, 6);
        assert!(plan.contains("--allow-empty"), "{plan}");
    }
    check(folder, &["plan", "--allow-empty", "--max-removals", "4"], 6);
    check(folder, &["plan", "--allow-empty", "--max-removals", "5"], 0);
}

#[test]
fn gitlab_is_told_the_counts_in_every_form() {
    let folder = school();
    let folder = folder.path();
    let report = || std::fs::read_to_string(folder.join("report.json")).unwrap();
    let option = ["--gitlab-report", "report.json"];
    let plan = |more: &[&str], code| check(folder, &[&["plan"], &option[..], more].concat(), code);
    for form in ["human", "json", "markdown"] {
        plan(&["--format", form], 0);
        assert_eq!(
            report(),
            "{\"create\":5,\"update\":0,\"delete\":0}\n",
            "{form}"
        );
        std::fs::remove_file(folder.join("report.json")).unwrap();
    }
    plan(&["--out", "p.json", "--detailed-exitcode"], 2);
    check(folder, &["apply", "p.json"], 0);
    plan(&["--detailed-exitcode"], 0);
    assert_eq!(report(), "{\"create\":0,\"update\":0,\"delete\":0}\n");

    // One is changed.
    let file = folder.join("unpaid-orders.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let more = text.replace("per_contact: 1", "per_contact: 2");
    assert_ne!(more, text);
    std::fs::write(&file, more).unwrap();
    plan(&[], 0);
    assert_eq!(report(), "{\"create\":0,\"update\":1,\"delete\":0}\n");

    // A plan that is refused is counted as well.
    for file in ["cohort.yaml", "unpaid-orders.yaml"] {
        std::fs::remove_file(folder.join(file)).unwrap();
    }
    plan(&[], 6);
    assert_eq!(report(), "{\"create\":0,\"update\":0,\"delete\":5}\n");

    // What is not a report stays.
    std::fs::write(folder.join("report.json"), "{\"create\":1}").unwrap();
    let (_, why) = plan(&["--allow-empty", "--max-removals", "5"], 1);
    assert!(why.contains("help: name another file"), "{why}");
    assert_eq!(report(), "{\"create\":1}");
    std::fs::remove_file(folder.join("report.json")).unwrap();
    std::os::unix::fs::symlink("p.json", folder.join("report.json")).unwrap();
    let (_, why) = plan(&["--allow-empty", "--max-removals", "5"], 1);
    assert!(why.contains("a link is there"), "{why}");
}

#[test]
fn wrong_credentials_and_platforms() {
    let folder = school();
    let folder = folder.path();
    let wrong = Command::new(env!("CARGO_BIN_EXE_bursar"))
        .arg("plan")
        .current_dir(folder)
        .env_clear()
        .env("BURSAR_TOKEN", "wrong-t0ken")
        .output()
        .unwrap();
    assert_eq!(wrong.status.code(), Some(4), "{}", err(&wrong));
    assert!(!err(&wrong).contains("t0ken"), "{}", err(&wrong));

    let root = folder.join("bursar.yaml");
    let text = std::fs::read_to_string(&root).unwrap();
    let with = |platform: &str| {
        std::fs::write(&root, text.replace("  provider: sandbox", platform)).unwrap();
    };
    with("  provider: sandbox\n  url: http://127.0.0.1:9");
    let (_, why) = check(folder, &["plan"], 4);
    assert!(why.contains("BURSAR_TOKEN_FILE"), "{why}");
    with("  provider: kwiga");
    check(folder, &["validate"], 0);
    let (_, why) = check(folder, &["plan"], 3);
    assert!(why.contains("`kwiga`"), "{why}");
}

#[test]
fn environments_have_a_state_each() {
    let folder = school();
    let folder = folder.path();
    let root = folder.join("bursar.yaml");
    let text = std::fs::read_to_string(&root).unwrap();
    std::fs::write(&root, text + "\nenvironments: { a: {}, b: {} }\n").unwrap();
    check(folder, &["validate"], 0);
    let (_, why) = check(folder, &["plan"], 3);
    assert!(why.contains("`--env` takes a, b"), "{why}");
    check(folder, &["--env", "a", "apply", "--auto-approve"], 0);
    check(folder, &["--env", "a", "plan", "--detailed-exitcode"], 0);
    check(folder, &["--env", "b", "plan", "--detailed-exitcode"], 2);
    check(folder, &["--env", "c", "plan"], 3);
}

#[test]
fn events_are_one_object_a_line() {
    let folder = school();
    let (stream, progress) = check(
        folder.path(),
        &["apply", "--auto-approve", "--json", "--quiet"],
        0,
    );
    assert_eq!(progress, "");
    let events: Vec<serde_json::Value> = stream
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.first().unwrap()["type"], "started");
    let last = events.last().unwrap();
    assert_eq!(
        (&last["type"], &last["complete"]),
        (&"finished".into(), &true.into())
    );
    assert_eq!(last["counts"]["add"], 5);
}

/// A sandbox of its own process, slow enough to be met at work.
struct Slow {
    child: Child,
    url: String,
}

impl Slow {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bursar"))
            .args(["sandbox", "--port", "0", "--rate-limit", "0"])
            .args(["--latency", "300ms", "--data", "slow"])
            .current_dir(folder)
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = crate::harness::address_of(&mut child);
        let root = folder.join("bursar.yaml");
        let text = std::fs::read_to_string(&root).unwrap();
        let platform = format!("  provider: sandbox\n  url: {url}");
        std::fs::write(&root, text.replace("  provider: sandbox", &platform)).unwrap();
        Slow { child, url }
    }

    /// An apply that has begun to write.
    fn apply(folder: &Path) -> Child {
        let mut child = command(folder, &["apply", "--auto-approve", "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut stream = BufReader::new(child.stdout.take().unwrap());
        stream.read_line(&mut first).unwrap();
        assert!(first.contains("started"), "{first}");
        // The stream must stay open: a reader that goes away is no reason to stop, but no test of it.
        std::thread::spawn(move || stream.lines().count());
        child
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("BURSAR_TOKEN", "sandbox")
        .env("BURSAR_ACCOUNT", "sandbox")
        .stdin(Stdio::null());
    command
}

#[cfg(unix)]
#[test]
fn a_second_apply_is_locked_out_and_a_signal_ends_the_first_cleanly() {
    let folder = school();
    let folder = folder.path();
    let slow = Slow::start(folder);
    assert!(slow.url.starts_with("http://127.0.0.1:"));
    let mut first = Slow::apply(folder);
    let second = command(folder, &["apply", "--auto-approve"])
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(8), "{}", err(&second));
    assert!(
        err(&second).contains(&first.id().to_string()),
        "{}",
        err(&second)
    );

    let killed = Command::new("kill")
        .args(["-INT", &first.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(first.wait().unwrap().code(), Some(130));

    let again = command(folder, &["apply", "--auto-approve"])
        .output()
        .unwrap();
    assert_eq!(
        again.status.code(),
        Some(0),
        "{}{}",
        out(&again),
        err(&again)
    );
    let plan = command(folder, &["plan", "--detailed-exitcode"])
        .output()
        .unwrap();
    assert_eq!(plan.status.code(), Some(0), "{}", out(&plan));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = school();
    let mut child = command(folder.path(), &["plan", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", err(&ended));
    assert!(!err(&ended).contains("panic"), "{}", err(&ended));
}
