//! The program itself: streams, exit codes, wiring.

mod findings;
mod pipeline;
mod states;

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs the program in a folder, with a clean environment.
fn bursar(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null());
    command
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs it in a folder with these files and checks the exit code.
fn check(files: &[(&str, &str)], arguments: &[&str], code: i32) -> Output {
    let folder = project(files);
    let output = bursar(folder.path(), arguments);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}\n{}\n{}",
        out(&output),
        err(&output)
    );
    output
}

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn wrong_usage_is_3_and_help_is_0() {
    for arguments in [
        &["--nonsense"][..],
        &["plan", "--nonsense"],
        &["nonsense"],
        &[],
        &["--now", "tomorrow", "validate"],
    ] {
        let output = check(&[], arguments, 3);
        assert_eq!(out(&output), "", "{arguments:?}");
        assert_ne!(err(&output), "", "{arguments:?}");
    }
    for arguments in [
        &["--help"][..],
        &["plan", "--help"],
        &["-h"],
        &["init", "-h"],
    ] {
        let output = check(&[], arguments, 0);
        assert_eq!(err(&output), "", "{arguments:?}");
        assert!(out(&output).contains("Usage:"), "{arguments:?}");
    }
}

#[test]
fn the_version_is_the_packages() {
    let output = check(&[], &["--version"], 0);
    assert_eq!(
        out(&output),
        format!("bursar {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn no_project_is_3_and_names_one_above() {
    let output = check(&[], &["validate"], 3);
    assert_eq!(out(&output), "");
    assert_eq!(
        err(&output),
        "error: there is no bursar.yaml in the current folder\n  \
         help: `bursar init` starts a project\n"
    );
    let folder = project(&[
        ("bursar.yaml", "version: 1\nproject: p\n"),
        ("a/b/c.txt", ""),
    ]);
    let output = bursar(&folder.path().join("a/b"), &["validate"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        err(&output).contains("help: use `--dir ../..`"),
        "{}",
        err(&output)
    );
    let output = check(&[], &["validate", "--json"], 3);
    assert_eq!(err(&output), "");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["error"]["exit_code"], 3);
}

#[test]
fn completions_and_manual_pages() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = check(&[], &["completions", shell], 0);
        assert!(out(&output).contains("bursar"), "{shell}");
    }
    assert!(out(&check(&[], &["man"], 0)).contains(".TH"));
    let folder = project(&[]);
    let output = bursar(folder.path(), &["man", "--out", "man"]);
    assert_eq!(output.status.code(), Some(0));
    for page in ["bursar.1", "bursar-plan.1", "bursar-state-show.1"] {
        assert!(folder.path().join("man").join(page).is_file(), "{page}");
    }
}

#[test]
fn pages_of_codes_kinds_fields_and_exit_codes() {
    for (topic, expected) in [
        ("unknown-reference", "severity: error"),
        ("6", "exit code 6: blocked"),
        ("exit-codes", "130  interrupted: SIGINT"),
        ("offer", "offer:"),
        ("offer.payment.installments", "offer.payment.installments"),
    ] {
        let output = check(&[], &["explain", topic], 0);
        assert!(out(&output).contains(expected), "{topic}: {}", out(&output));
    }
    // Without a topic, every rule.
    let output = check(&[], &["explain"], 0);
    for code in bursar::diag::CODES {
        assert!(out(&output).contains(&format!("{code}: ")), "{code}");
    }
    // The same for machines.
    for (topic, pointer, expected) in [
        ("unknown-reference", "/rule/severity", "error"),
        ("6", "/exit_code/name", "blocked"),
        ("exit-codes", "/exit_codes/6/name", "blocked"),
        ("offer", "/topic/name", "offer"),
        ("offer.price", "/topic/name", "offer.price"),
    ] {
        let output = check(&[], &["explain", topic, "--json"], 0);
        let page: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
        assert_eq!(page.pointer(pointer).unwrap(), expected, "{page}");
    }
    let output = check(&[], &["explain", "unknown-referense"], 3);
    assert!(err(&output).contains("did you mean `unknown-reference`?"));
}

#[test]
fn init_starts_a_project_and_writes_nothing_over() {
    let folder = project(&[("school/.gitignore", "mine\n")]);
    let output = bursar(folder.path(), &["init", "school", "--ci", "github"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let school = folder.path().join("school");
    assert_eq!(
        std::fs::read_to_string(school.join(".gitignore")).unwrap(),
        "mine\n"
    );
    assert!(school.join(".github/workflows/bursar.yml").is_file());
    let output = bursar(folder.path(), &["--dir", "school", "validate"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        out(&output),
        err(&output)
    );
    // Nothing is found in it, not even a hint.
    assert_eq!(out(&output), "The configuration is valid.\n");
    assert_eq!(
        bursar(folder.path(), &["init", "school"]).status.code(),
        Some(3)
    );
    let school = folder.path().join("school");
    for arguments in [
        &["test", "--min-coverage", "100"] as &[&str],
        &["fmt", "--check"],
    ] {
        let ran = bursar(&school, arguments);
        assert_eq!(ran.status.code(), Some(0), "{arguments:?}: {ran:?}");
    }
    let output = bursar(folder.path(), &["init", "school", "--ci", "gitlab"]);
    assert_eq!(output.status.code(), Some(0));
    let workflow = std::fs::read_to_string(school.join(".gitlab-ci.yml")).unwrap();
    // What its commands write is what GitLab is told to take.
    for (option, report) in [("--junit", "junit"), ("--gitlab-report", "terraform")] {
        let written = workflow.split(&format!("{option} ")).nth(1).unwrap();
        let written = written.split_whitespace().next().unwrap();
        let taken = format!("\n      {report}: {written}\n");
        assert!(workflow.contains(&taken), "{taken}{workflow}");
    }
}

#[cfg(unix)]
#[test]
fn the_sandbox_says_where_it_is_and_stops_when_asked() {
    use std::io::{Read as _, Write as _};
    let folder = project(&[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_bursar"))
        .args(["sandbox", "--port", "0"])
        .current_dir(folder.path())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let url = crate::harness::address_of(&mut child);
    let host = url.strip_prefix("http://").unwrap().to_owned();
    let mut stream = std::net::TcpStream::connect(&host).unwrap();
    write!(
        stream,
        "GET /offers HTTP/1.1\r\nHost: {host}\r\nToken: wrong\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
