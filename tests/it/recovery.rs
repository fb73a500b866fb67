//! `state recover` without a file: a state that was lost, found again on the platform.

use crate::harness::{Platform, Project};
use serde_json::{Value, json};

const ROOT: &str = "version: 1\nproject: nova\nplatform: { provider: sandbox }\nrules: { coupon-accepted-nowhere: allow }\n";

const THREE: &str = "\
kind: list
name: gate
title: Gate
type: static
---
kind: coupon
name: c
code: SAVE10
status: active
discount: 10%
lists: [gate]
---
kind: offer
name: o
title: One
status: published
price: 10.00 EUR
coupons: [c]
";

fn school(text: &str) -> Project {
    let project = Project::empty();
    std::fs::write(project.path().join("bursar.yaml"), ROOT).unwrap();
    std::fs::write(project.path().join("all.yaml"), text).unwrap();
    project
}

/// A school that was applied and then lost its state.
fn bereft() -> Project {
    let project = school(THREE);
    project.run(&["apply", "--auto-approve"]).exits(0);
    std::fs::remove_dir_all(project.path().join(".bursar/default")).unwrap();
    project
}

fn has_state(project: &Project) -> bool {
    project.path().join(".bursar/default/state.json").exists()
}

/// Everything on the platform, instants of the last change included.
fn all(project: &Project) -> Vec<Vec<Value>> {
    project.with_platform(async |platform: &Platform| {
        let mut all = Vec::new();
        for collection in ["lists", "coupons", "offers"] {
            all.push(platform.list(collection).await);
        }
        all
    })
}

fn told(stdout: &str) -> Value {
    serde_json::from_str(stdout).unwrap()
}

#[test]
fn what_is_certain_becomes_the_state_once_it_is_approved() {
    let project = bereft();
    let before = all(&project);
    let unasked = project.run(&["state", "recover"]).exits(10);
    for part in [
        "Certain: 3\n",
        "  = coupon.c (id ",
        "): code \"SAVE10\"\n",
        "  = list.gate (id ",
        "): title \"Gate\"\n",
    ] {
        assert!(unasked.stdout.contains(part), "{part}: {}", unasked.stdout);
    }
    let help = "help: review the list, then `bursar state recover --auto-approve`";
    assert!(unasked.stderr.contains(help), "{}", unasked.stderr);
    assert!(!has_state(&project));

    let done = project
        .run(&["state", "recover", "--auto-approve"])
        .exits(0);
    let said = "The state is in place as version 1, with 3 of 3 declared objects";
    assert!(done.stdout.contains(said), "{}", done.stdout);
    assert_eq!(all(&project), before, "the platform was written to");
    let plan = project.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(plan.stdout.starts_with("No changes."), "{}", plan.stdout);
    let drift = project.run(&["drift", "--detailed-exitcode"]).exits(0);
    assert!(!drift.stdout.contains("changed"), "{}", drift.stdout);

    // What is there knows more than natural keys do.
    let again = project
        .run(&["state", "recover", "--auto-approve"])
        .exits(6);
    assert!(
        again
            .stderr
            .contains("there is a state already: version 1, with 3 objects")
    );
    assert!(
        again.stderr.contains("help: `bursar plan` finds"),
        "{}",
        again.stderr
    );
}

#[test]
fn certain_ambiguous_and_missing_are_told_apart_and_differences_are_honest() {
    let project = bereft();
    let (first, second) = project.with_platform(async |platform| {
        let coupon = &platform.list("coupons").await[0];
        let path = format!("/coupons/{}", coupon["id"]);
        let by_hand = json!({ "title": "By hand" });
        assert_eq!(platform.send("PATCH", &path, Some(&by_hand)).await.0, 200);
        let lists = platform.list("lists").await;
        let twin = json!({ "title": "Gate ", "type": "static" });
        let (status, twin) = platform.send("POST", "/lists", Some(&twin)).await;
        assert_eq!(status, 201, "{twin}");
        (lists[0]["id"].clone(), twin["data"]["id"].clone())
    });
    let more = format!("{THREE}title: One\n---\nkind: list\nname: new\ntitle: New\ntype: static\n");
    let more = more.replacen("coupons: [c]\ntitle: One\n", "coupons: [c]\n", 1);
    let more = more.replacen("code: SAVE10\n", "code: SAVE10\ntitle: Ten\n", 1);
    std::fs::write(project.path().join("all.yaml"), more).unwrap();
    let before = all(&project);
    let ran = project.run(&["state", "recover", "--json", "--auto-approve"]);
    let found = told(&ran.exits(0).stdout);
    assert_eq!(found["written"], true);
    let certain = found["certain"].as_array().unwrap();
    let addresses: Vec<&str> = certain
        .iter()
        .map(|it| it["address"].as_str().unwrap())
        .collect();
    assert_eq!(addresses, ["coupon.c", "offer.o"]);
    assert_eq!(certain[0]["key"], json!({ "code": "SAVE10" }));
    // Its list is in doubt, so that the reference to it is not known to be the same.
    assert_eq!(certain[0]["differs"], json!(["list_ids", "title"]));
    assert_eq!(certain[1]["differs"], json!([]));
    assert_eq!(found["ambiguous"][0]["address"], "list.gate");
    assert_eq!(found["ambiguous"][0]["candidates"], json!([first, second]));
    assert_eq!(found["missing"], json!(["list.new"]));
    assert_eq!(all(&project), before, "the platform was written to");

    // Once it is said which list it is, what differs is what the configuration wants, not drift.
    let text = std::fs::read_to_string(project.path().join("all.yaml")).unwrap();
    let text = text.replacen(
        "name: gate\n",
        &format!("name: gate\nadopt: {{ id: {first} }}\n"),
        1,
    );
    std::fs::write(project.path().join("all.yaml"), text).unwrap();
    let plan = told(&project.run(&["plan", "--json", "--quiet"]).exits(0).stdout);
    let changes: Vec<String> = plan["resource_changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            format!(
                "{} {}",
                it["address"].as_str().unwrap(),
                it["change"]["actions"]
            )
        })
        .collect();
    assert_eq!(
        changes,
        [
            r#"coupon.c ["update"]"#,
            r#"list.gate ["adopt"]"#,
            r#"list.new ["create"]"#
        ]
    );
    assert_eq!(plan["resource_drift"], json!([]));
    project.run(&["apply", "--auto-approve"]).exits(0);
    let again = project.run(&["plan"]).exits(0);
    assert!(again.stdout.starts_with("No changes."), "{}", again.stdout);
}

#[test]
fn copies_for_one_client_are_nobodys() {
    let project = school("kind: offer\nname: o\ntitle: One\nprice: 10.00 EUR\n");
    project.with_platform(async |platform| {
        let price = json!({ "amount": "10.00", "currency": "EUR" });
        let copy = json!({ "title": "Copy system One", "price": price });
        assert_eq!(platform.send("POST", "/offers", Some(&copy)).await.0, 201);
    });
    let ran = project
        .run(&["state", "recover", "--auto-approve"])
        .exits(0);
    for part in [
        "Certain: 0\n",
        "Missing: 1\n  + offer.o: ",
        "no state was written",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    assert!(!ran.stdout.contains("Belongs to nothing"), "{}", ran.stdout);
    assert!(!has_state(&project));
}

#[test]
fn a_damaged_state_is_not_taken_for_a_lost_one() {
    let project = school(THREE);
    project.run(&["apply", "--auto-approve"]).exits(0);
    let file = project.path().join(".bursar/default/state.json");
    std::fs::write(&file, "{").unwrap();
    let ran = project
        .run(&["state", "recover", "--auto-approve"])
        .exits(3);
    assert!(ran.stderr.contains("state.json"), "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{");
    // Once it is moved away, there is none.
    std::fs::remove_file(&file).unwrap();
    project
        .run(&["state", "recover", "--auto-approve"])
        .exits(0);
    assert!(has_state(&project));
}
