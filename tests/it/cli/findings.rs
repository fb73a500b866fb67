//! Findings in every form, and what is refused before it is read.

use super::{bursar, check, err, out, project};

const ROOT: &str = "version: 1\nproject: p\n";
const WRONG: &str = "kind: list\nname: a\ntittle: A\ntype: static\n";

#[test]
fn for_people() {
    let output = check(
        &[("bursar.yaml", ROOT), ("a.yaml", WRONG)],
        &["validate"],
        3,
    );
    let text = out(&output);
    assert!(text.starts_with("error[unknown-field]: "), "{text}");
    for part in [
        "\n  --> a.yaml:3:1\n",
        " 3 │ tittle: A\n",
        "did you mean `title`?",
        "\n1 error\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains('\u{1b}'), "{text}");
    assert_eq!(err(&output), "");
}

#[test]
fn for_machines() {
    let output = check(
        &[("bursar.yaml", ROOT), ("a.yaml", WRONG)],
        &["validate", "--json"],
        3,
    );
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["valid"], false);
    assert_eq!(json["error_count"], 1);
    let finding = &json["diagnostics"][0];
    assert_eq!(finding["code"], "unknown-field");
    assert_eq!(finding["range"]["filename"], "a.yaml");
    assert_eq!(finding["range"]["start"]["line"], 3);
    assert_eq!(finding["range"]["start"]["byte"], 19);
    let output = check(&[("bursar.yaml", ROOT)], &["validate", "--json"], 0);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["valid"], true);
}

#[test]
fn plan_tells_them_too_and_goes_no_further() {
    let files = [("bursar.yaml", ROOT), ("a.yaml", WRONG)];
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let output = check(&files, command, 3);
        assert!(out(&output).contains("unknown-field"), "{}", out(&output));
    }
}

#[test]
fn all_files_at_once_in_their_order() {
    let output = check(
        &[
            ("bursar.yaml", "version: 1\nproject: p\nnonsense: 1\n"),
            ("z.yaml", WRONG),
            ("a/b.yaml", "kind: nonsense\nname: x\n"),
        ],
        &["validate"],
        3,
    );
    let text = out(&output);
    let places: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  --> "))
        .collect();
    assert_eq!(places, ["bursar.yaml:3:1", "a/b.yaml:1:7", "z.yaml:3:1"]);
}

#[test]
fn environments_are_checked_together_and_one_thing_is_said_once() {
    let root = format!("{ROOT}environments: {{ a: {{}}, b: {{}} }}\n");
    let output = check(
        &[("bursar.yaml", &root), ("a.yaml", WRONG)],
        &["validate"],
        3,
    );
    assert!(out(&output).ends_with("\n1 error\n"), "{}", out(&output));
}

#[test]
fn paths_are_shown_as_given() {
    let folder = project(&[("school/bursar.yaml", ROOT), ("school/a.yaml", WRONG)]);
    let output = bursar(folder.path(), &["--dir", "school", "validate"]);
    assert!(
        out(&output).contains("--> school/a.yaml:3:1"),
        "{}",
        out(&output)
    );
}

#[test]
fn what_cannot_be_read_is_a_finding() {
    let folder = project(&[("bursar.yaml", ROOT)]);
    std::fs::write(folder.path().join("a.yaml"), b"kind: list\nname: \xff\n").unwrap();
    std::fs::write(folder.path().join("b.yaml"), vec![b'#'; (4 << 20) + 1]).unwrap();
    let output = bursar(folder.path(), &["validate"]);
    let text = out(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(
        text.contains("error[not-utf8]") && text.contains("a.yaml:2:7"),
        "{text}"
    );
    assert!(text.contains("error[limit-exceeded]"), "{text}");
}

#[cfg(unix)]
#[test]
fn nothing_outside_is_opened_or_quoted() {
    let outside = project(&[("secret.yaml", "kind: list\nname: s3cret\n")]);
    let folder = project(&[("bursar.yaml", ROOT)]);
    let link = folder.path().join("a.yaml");
    std::os::unix::fs::symlink(outside.path().join("secret.yaml"), link).unwrap();
    let output = bursar(folder.path(), &["validate"]);
    let text = out(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("error[outside-project]"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

#[test]
fn an_empty_project_file_is_said_to_be_empty() {
    let output = check(&[("bursar.yaml", "")], &["validate"], 3);
    assert!(
        out(&output).contains("bursar.yaml is empty"),
        "{}",
        out(&output)
    );
    let output = check(&[("bursar.yaml", "a: [\n")], &["validate"], 3);
    assert!(out(&output).contains("yaml-syntax"), "{}", out(&output));
    assert!(out(&output).ends_with("\n1 error\n"), "{}", out(&output));
}
