//! `bursar timeline` and `bursar graph` on the examples: instants by hand, from the YAML alone.

use super::harness::Project;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn json(project: &Project, arguments: &[&str]) -> Value {
    let ran = project.run(arguments).exits(0);
    serde_json::from_str(&ran.stdout).unwrap()
}

/// `2027-03-17T17:30:00Z cohort.x opens portrait/bases/direct`.
fn lines(timeline: &Value) -> BTreeSet<String> {
    let moments = timeline["moments"].as_array().unwrap();
    let line = |it: &Value| {
        let word = |key: &str| it[key].as_str().unwrap_or_default().to_owned();
        let (at, of, event, part) = (word("at"), word("address"), word("event"), word("part"));
        format!("{at} {of} {event} {part}").trim_end().to_owned()
    };
    let out: BTreeSet<String> = moments.iter().map(line).collect();
    assert_eq!(out.len(), moments.len(), "said twice");
    out
}

/// Paris is one hour before UTC in winter and two in summer: from 28 March to 31 October 2027, and
/// from 26 March 2028 on. A day as an end is the midnight after it.
#[test]
fn the_launch_happens_when_its_files_say() {
    let timeline = json(&Project::example("cohort-launch"), &["timeline", "--json"]);
    let spring = "offer.portrait-2027-printemps";
    let autumn = "offer.portrait-2027-automne";
    let mut expected = BTreeSet::from([
        "2027-03-01T09:00:00Z cohort.portrait-2027-printemps starts".to_owned(),
        format!("2027-03-01T09:00:00Z {spring}-complet promotion-begins"),
        format!("2027-03-04T23:00:00Z {spring}-complet promotion-ends"),
        "2027-03-17T17:30:00Z cohort.portrait-2027-printemps opens portrait/bases/direct"
            .to_owned(),
        "2027-04-30T16:00:00Z cohort.portrait-2027-printemps opens portrait/portfolio".to_owned(),
        format!("2027-06-01T07:00:00Z {autumn}-complet promotion-begins"),
        format!("2027-06-30T22:00:00Z {autumn}-complet promotion-ends"),
        format!("2027-06-30T22:00:00Z {autumn}-passage sale-opens"),
        // The change to winter lies inside of this sale.
        format!("2027-11-30T23:00:00Z {autumn}-passage sale-closes"),
        "2027-08-31T22:00:00Z coupon.rentree-10 discount-ends".to_owned(),
        format!("2027-09-10T22:00:00Z {autumn}-premium instalment-due 2"),
        "2027-09-13T08:00:00Z cohort.portrait-2027-automne starts".to_owned(),
        format!("2028-06-30T22:00:00Z {autumn}-premium access-ends portrait"),
    ]);
    for level in ["essentiel", "complet", "premium"] {
        expected.extend([
            format!("2027-03-01T09:00:00Z {spring}-{level} sale-opens"),
            format!("2027-03-14T23:00:00Z {spring}-{level} sale-closes"),
            format!("2027-06-01T07:00:00Z {autumn}-{level} sale-opens"),
            format!("2027-09-05T22:00:00Z {autumn}-{level} sale-closes"),
        ]);
    }
    for level in ["essentiel", "complet", "passage"] {
        expected.insert(format!(
            "2028-03-31T22:00:00Z {autumn}-{level} access-ends portrait"
        ));
    }
    for (at, part) in [
        ("2027-09-13T08:00:00Z", "bases"),
        ("2027-09-20T08:00:00Z", "lumiere"),
        ("2027-09-27T08:00:00Z", "objectifs"),
        ("2027-10-08T16:30:00Z", "pose"),
        ("2027-10-11T08:00:00Z", "studio"),
        ("2027-10-16T12:00:00Z", "studio/seance"),
        ("2027-10-18T08:00:00Z", "exterieur"),
        // The same ten o'clock, after the change to winter.
        ("2027-11-08T09:00:00Z", "retouche"),
        ("2027-11-19T17:00:00Z", "portfolio"),
    ] {
        expected.insert(format!(
            "{at} cohort.portrait-2027-automne opens portrait/{part}"
        ));
    }
    assert_eq!(lines(&timeline), expected);
    assert_eq!(timeline["timezone"], "Europe/Paris");
}

/// Bought on 1 March at 10:00, and on 14 March at 23:59: before and after the change to summer on
/// 28 March.
#[test]
fn what_counts_from_access_has_dates_for_the_first_and_last_buyers() {
    let timeline = json(&Project::example("cohort-launch"), &["timeline", "--json"]);
    let relative = timeline["relative"].as_array().unwrap();
    let of = |address: &str| -> Vec<(String, String, String)> {
        let word = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        relative
            .iter()
            .filter(|it| it["address"] == address)
            .map(|it| {
                let (first, last) = (word(&it["first"]["at"]), word(&it["last"]["at"]));
                (word(&it["when"]), first, last)
            })
            .collect()
    };
    let expected = [
        ("1d", "2027-03-02T08:00:00Z", "2027-03-15T08:00:00Z"),
        ("7d", "2027-03-08T08:00:00Z", "2027-03-21T08:00:00Z"),
        ("14d", "2027-03-15T08:00:00Z", "2027-03-28T07:00:00Z"),
        ("21d", "2027-03-22T08:00:00Z", "2027-04-04T07:00:00Z"),
        ("28d", "2027-03-29T07:00:00Z", "2027-04-11T07:00:00Z"),
        ("35d", "2027-04-05T07:00:00Z", "2027-04-18T07:00:00Z"),
        ("45d", "2027-04-15T07:00:00Z", "2027-04-28T07:00:00Z"),
    ]
    .map(|(days, first, last)| {
        let when = format!("{days} after access, at 09:00");
        (when, first.to_owned(), last.to_owned())
    });
    assert_eq!(of("cohort.portrait-2027-printemps"), expected);
    let access = of("offer.portrait-2027-printemps-essentiel");
    assert_eq!(access[0].0, "6mo after access");
    // 1 September at ten o'clock of summer.
    assert_eq!(access[0].1, "2027-09-01T08:00:00Z");
}

#[test]
fn a_stretch_of_time_begins_inside_and_ends_outside() {
    let project = Project::example("cohort-launch");
    let arguments = [
        "timeline",
        "--json",
        "--from",
        "2027-10-11T10:00",
        "--to",
        "2027-10-18T10:00",
    ];
    let expected = [
        "2027-10-11T08:00:00Z cohort.portrait-2027-automne opens portrait/studio",
        "2027-10-16T12:00:00Z cohort.portrait-2027-automne opens portrait/studio/seance",
    ];
    assert_eq!(
        lines(&json(&project, &arguments)),
        expected.map(str::to_owned).into()
    );
    let at = json(
        &project,
        &["timeline", "--json", "--at", "2027-09-05T23:59"],
    );
    let sales: Vec<&Value> = at["spans"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["what"] == "sale")
        .collect();
    assert_eq!(sales.len(), 4);
    let at = json(
        &project,
        &["timeline", "--json", "--at", "2027-09-06T00:00"],
    );
    let sales = at["spans"].as_array().unwrap().iter();
    assert_eq!(sales.filter(|it| it["what"] == "sale").count(), 1);
}

#[test]
fn scenarios_say_what_they_send_how_long_after_what() {
    let ran = Project::example("unpaid-orders")
        .run(&["timeline"])
        .exits(0);
    let order = "an unpaid order of offer `anglais-pro`";
    for line in [
        format!("30m after {order}: letter `relance` is sent, if its condition holds"),
        format!("1d30m after {order}: the client leaves list `relance-anglais-pro`"),
        "3mo after access: access to course `anglais-pro` ends".to_owned(),
    ] {
        assert!(ran.stdout.contains(&line), "{line}\n{}", ran.stdout);
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = [
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "commit.gpgsign=false",
    ];
    let status = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(identity)
        .args(arguments)
        .status()
        .unwrap();
    assert!(status.success(), "git {arguments:?}");
}

/// The live lesson moves out of the stretch asked for, a wait becomes longer: both are told.
#[test]
fn what_moves_since_a_revision_is_told() {
    let project = Project::example("cohort-launch");
    git(project.path(), &["init", "--quiet"]);
    git(project.path(), &["add", "--all"]);
    git(
        project.path(),
        &["commit", "--quiet", "--message", "before"],
    );
    let file = project.path().join("automne-2027/cohorte.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace(
        "seance: { opens: 2027-10-16T14:00 }",
        "seance: { opens: 2027-10-23T14:00 }",
    );
    std::fs::write(&file, text).unwrap();
    let file = project.path().join("printemps-2027/cohorte.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        text.replace("after_access: 45d", "after_access: 46d"),
    )
    .unwrap();
    let stretch = ["--from", "2027-10-16", "--to", "2027-10-17"];
    let mut arguments = vec!["timeline", "--json", "--compare", "HEAD"];
    arguments.extend(stretch);
    let moves = json(&project, &arguments);
    let told: Vec<String> = moves["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let side = |side: &str, key: &str| it[side][key].as_str().unwrap_or("-").to_owned();
            let change = it["change"].as_str().unwrap();
            match change {
                "moved" => format!("moved {} {}", side("before", "at"), side("after", "at")),
                _ => format!(
                    "{change} {} {}",
                    side("before", "when"),
                    side("after", "when")
                ),
            }
        })
        .collect();
    assert_eq!(
        told,
        [
            "moved 2027-10-16T12:00:00Z 2027-10-23T12:00:00Z",
            "ceases 45d after access, at 09:00 -",
            "begins - 46d after access, at 09:00",
        ]
    );
    let ran = project.run(&["timeline", "--compare", "no-such-branch"]);
    assert!(ran.exits(3).stderr.contains("no-such-branch"));
}

#[test]
fn a_pattern_narrows_the_graph() {
    let project = Project::example("unpaid-orders");
    let graph = project.run(&["graph", "relancer"]).exits(0).stdout;
    assert!(graph.starts_with("flowchart LR\n"), "{graph}");
    for line in ["after 30m", "after 1d", "|\"no\"|"] {
        assert!(graph.contains(line), "{line}\n{graph}");
    }
    // The course is no neighbour of the scenario.
    assert!(!graph.contains("course anglais-pro"), "{graph}");
    assert!(graph.contains("offer anglais-pro"), "{graph}");
    project.run(&["graph", "nothing-of-this-name"]).exits(3);
}
