//! `validate --format`: each form is what its readers take.

use crate::harness::Project;

const BROKEN: &str = "kind: offer\nname: a\ntilte: A, é\nprice: 490\n---\nkind: cohort\nname: c\ncourse: html\n---\nkind: course\nname: html\nid: 1\n---\nkind: list\nname: gate\ntype: static\ntitle: \"<b>&\\u0007\"\n";

fn broken() -> Project {
    let project = Project::empty();
    let write = |name: &str, text: &str| std::fs::write(project.path().join(name), text).unwrap();
    write(
        "bursar.yaml",
        "version: 1\nproject: p\ntimezone: Europe/Kyiv\ncurrency: EUR\n",
    );
    write("a b.yaml", BROKEN);
    project
}

#[test]
fn sarif_validates_against_the_schema_of_oasis() {
    let project = broken();
    let ran = project.run(&["validate", "--format", "sarif"]).exits(3);
    let log: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let mut schema: serde_json::Value =
        serde_json::from_str(include_str!("sarif-2.1.0.schema.json")).unwrap();
    // The published pattern has a bracket too many and is no regular expression.
    for of in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][of]["properties"]["language"];
        language["pattern"] = "^[a-zA-Z]{2}".into();
    }
    let validator = jsonschema::options().build(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&log).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 3, "{log:#}");
    for result in results {
        let at = result["ruleIndex"].as_u64().unwrap() as usize;
        let rule = &run["tool"]["driver"]["rules"][at];
        assert_eq!(rule["id"], result["ruleId"]);
        let help = rule["help"]["markdown"].as_str().unwrap();
        assert!(help.contains("## Good"), "{help}");
        let place = &result["locations"][0]["physicalLocation"];
        assert!(
            place["artifactLocation"]["uri"]
                .as_str()
                .unwrap()
                .ends_with("a%20b.yaml")
        );
    }
    assert_eq!(
        ran.stdout,
        project.run(&["validate", "--format", "sarif"]).stdout
    );
}

#[test]
fn github_has_a_command_a_line() {
    let ran = broken().run(&["validate", "--format", "github"]).exits(3);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines.len() >= 3);
    for line in &lines {
        let word = line.split(' ').next().unwrap();
        assert!(
            ["::error", "::warning", "::notice"].contains(&word),
            "{line}"
        );
    }
    let told =
        |line: &&&str| line.contains(",line=3,endLine=3,col=1,endColumn=6,title=unknown-field::");
    assert_eq!(lines.iter().filter(told).count(), 1, "{lines:#?}");
}

#[test]
fn junit_counts_errors_as_failures() {
    let ran = broken().run(&["validate", "--format", "junit"]).exits(3);
    let errors = broken().run(&["validate", "--json"]);
    let errors: serde_json::Value = serde_json::from_str(&errors.stdout).unwrap();
    let failures = format!("failures=\"{}\"", errors["error_count"]);
    assert!(ran.stdout.starts_with("<?xml"), "{}", ran.stdout);
    assert!(ran.stdout.contains(&failures), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{7}'));
    let clean = Project::empty();
    std::fs::write(clean.path().join("bursar.yaml"), "version: 1\nproject: p\n").unwrap();
    let ran = clean.run(&["validate", "--format", "junit"]).exits(0);
    for count in ["tests=\"1\"", "failures=\"0\""] {
        assert!(ran.stdout.contains(count), "{}", ran.stdout);
    }
}
