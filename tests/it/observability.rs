//! What a run leaves behind for those who watch it: the log, and the audit of writes.

use crate::harness::Project;
use serde_json::Value;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn school() -> Project {
    let project = Project::empty();
    project
        .run(&["init", project.path().to_str().unwrap()])
        .exits(0);
    project
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_audit_has_a_line_for_each_write() {
    let project = school();
    let file = project.path().join(".bursar/default/audit.jsonl");
    let apply = |more: &[&str]| {
        let mut command = project.bursar(&[&["apply", "--auto-approve"], more].concat());
        let output = command
            .env("GITHUB_SHA", COMMIT)
            .env("USER", "olena")
            // The folder may lie in a repository of its own; this is one without.
            .env("GIT_DIR", project.path().join("none"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    };
    let plan = project.run(&["plan", "--json"]).exits(0).stdout;
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let writes = plan["steps"].as_array().unwrap().iter().filter(|step| {
        let kind = step["operation"]["kind"].as_str().unwrap();
        matches!(kind, "create" | "update" | "retire" | "delete")
    });
    let writes = writes.count();
    assert!(writes > 5, "{writes}");

    apply(&[]);
    let audit = lines(&std::fs::read_to_string(&file).unwrap());
    assert_eq!(audit.len(), writes);
    let mut steps = Vec::new();
    for line in &audit {
        assert_eq!(line["user"], "olena");
        assert_eq!(line["commit"], COMMIT);
        assert_eq!(line["plan"], plan["digest"]);
        assert_eq!(line["outcome"], "done");
        assert!(line["id"].is_i64(), "{line}");
        steps.push(line["step"].as_u64().unwrap());
    }
    steps.sort_unstable();
    steps.dedup();
    assert_eq!(steps.len(), writes, "each step once");

    // An apply that writes nothing adds nothing; one elsewhere goes elsewhere.
    apply(&[]);
    assert_eq!(
        lines(&std::fs::read_to_string(&file).unwrap()).len(),
        writes
    );
    let offer = project.path().join("cohort.yaml");
    let text = std::fs::read_to_string(&offer).unwrap();
    std::fs::write(&offer, text.replace("490.00 EUR", "450.00 EUR")).unwrap();
    let other = project.path().join("audit/lines.jsonl");
    apply(&["--audit", other.to_str().unwrap()]);
    assert_eq!(
        lines(&std::fs::read_to_string(&file).unwrap()).len(),
        writes
    );
    // The offer, and the letter that states its price.
    assert_eq!(lines(&std::fs::read_to_string(&other).unwrap()).len(), 2);
}

#[test]
fn nothing_is_written_without_an_audit() {
    let project = school();
    // A folder stands where the file should be.
    let ran = project.run(&[
        "apply",
        "--auto-approve",
        "--audit",
        project.path().to_str().unwrap(),
    ]);
    let why = ran.exits(1).stderr;
    assert!(why.contains("audit"), "{why}");
    let offers = project.with_platform(async |platform| platform.list("offers").await);
    assert_eq!(offers, Vec::<Value>::new());
}

#[test]
fn the_log_is_one_object_a_line() {
    let project = school();
    let quiet = project.run(&["plan", "-q", "--log-format", "json"]);
    assert_eq!(quiet.exits(0).stderr, "");
    // What is said in passing is in the same form.
    let noted = project.run(&["apply", "--log-format", "json"]).exits(10);
    let noted = lines(&noted.stderr);
    let said = |line: &Value| line["message"].as_str().unwrap().contains("--auto-approve");
    assert!(noted.iter().any(said), "{noted:?}");
    let ran = project.run(&[
        "apply",
        "--auto-approve",
        "--json",
        "-v",
        "--log-format",
        "json",
    ]);
    let log = lines(&ran.exits(0).stderr);
    let said = |message: &str| log.iter().filter(|line| line["message"] == message).count();
    assert_eq!(said("compiled"), 1);
    assert_eq!(said("planned"), 1);
    assert!(said("read") >= 4, "{log:?}");
    assert!(said("done") >= 5, "{log:?}");
    for line in &log {
        assert!(
            line["level"].is_string() && line["timestamp"].is_string(),
            "{line}"
        );
        assert!(
            line["target"].as_str().unwrap().starts_with("bursar"),
            "{line}"
        );
    }
}
