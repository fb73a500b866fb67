//! Whole accounts.

use super::{bare, copy, pulls_all_well};
use crate::harness::Project;
use serde_json::json;
use std::path::Path;

/// The account that an example makes, without the example.
fn of_example(name: &str) -> Project {
    let example = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(name);
    let made = Project::empty();
    copy(&example, made.path());
    made.run(&["apply", "--auto-approve"]).exits(0);
    let found = Project::empty();
    copy(&made.platform_data(), &found.platform_data());
    let settings = std::fs::read_to_string(example.join("bursar.yaml")).unwrap();
    let settings: String = settings
        .lines()
        .filter(|line| !line.trim_start().starts_with("seed:"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(found.path().join("bursar.yaml"), settings).unwrap();
    found
}

#[test]
fn every_example_is_found_again_whole() {
    for (name, objects) in [
        ("unpaid-orders", 5),
        ("cohort-launch", 10),
        ("repeat-sales", 27),
        ("studio-passes", 11),
    ] {
        let project = of_example(name);
        let told = pulls_all_well(&project, name);
        assert_eq!(told["left_out"], json!([]), "{name}");
        assert_eq!(told["adopted"], objects, "{name}");
    }
}

#[test]
fn offers_that_share_a_schedule_share_a_cohort() {
    let project = of_example("cohort-launch");
    pulls_all_well(&project, "cohort-launch");
    let folder = project.path().join("live/cohorts");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    files.sort();
    let counts: Vec<(usize, usize)> = files
        .iter()
        .map(|text| {
            let of = |kind: &str| text.matches(&format!("kind: {kind}\n")).count();
            (of("cohort"), of("offer"))
        })
        .collect();
    // Three offers of spring, four of autumn: the article's plans and one upgrade.
    assert!(
        counts == [(1, 3), (1, 4)] || counts == [(1, 4), (1, 3)],
        "{counts:?}"
    );
    assert!(
        files
            .iter()
            .all(|text| !text.contains("_id:") && text.contains("cohort: "))
    );
}

#[test]
fn nothing_is_written_over_and_a_second_pull_finds_nothing() {
    let project = of_example("unpaid-orders");
    std::fs::create_dir(project.path().join("live")).unwrap();
    let there = project.path().join("live/offers.yaml");
    std::fs::write(&there, "# mine\n").unwrap();
    let ran = project.run(&["pull", "--all", "--out", "live"]).exits(3);
    assert!(
        ran.stderr.contains("live/offers.yaml exists already"),
        "{}",
        ran.stderr
    );
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "# mine\n");
    assert!(!project.path().join("live/lists.yaml").exists());
    assert_eq!(project.run(&["state", "list"]).exits(0).stdout, "");

    std::fs::remove_file(&there).unwrap();
    project
        .run(&["pull", "--all", "--out", "live", "--diff"])
        .exits(3);
    assert!(!there.exists());
    pulls_all_well(&project, "unpaid-orders");
    let again = project.run(&["pull", "--all", "--out", "more"]).exits(0);
    assert!(
        again.stdout.contains("Pulled: 0 adopted into 0 files"),
        "{}",
        again.stdout
    );
}

#[test]
fn copies_for_one_client_and_what_is_archived_are_left_alone() {
    let project = bare("timezone: Europe/Kyiv\n");
    project.with_platform(async |platform| {
        let price = json!({"amount": "10.00", "currency": "EUR"});
        for (title, status) in [
            ("A", "published"),
            ("Copy system A", "published"),
            ("Old", "archived"),
        ] {
            let body = json!({"title": title, "status": status, "price": price});
            assert_eq!(platform.send("POST", "/offers", Some(&body)).await.0, 201);
        }
        let list = json!({"title": "Gone", "type": "static", "status": "archived"});
        let (_, list) = platform.send("POST", "/lists", Some(&list)).await;
        let coupon = json!({
            "title": "C", "code": "C1", "discount": {"percent": "10"},
            "list_ids": [list["data"]["id"]],
        });
        assert_eq!(
            platform.send("POST", "/coupons", Some(&coupon)).await.0,
            201
        );
    });
    let told = pulls_all_well(&project, "copies");
    assert_eq!((&told["copies"], &told["archived"]), (&json!(1), &json!(2)));
    assert_eq!(told["adopted"], 2);
    // What is not managed is referred to by its id.
    let coupons = std::fs::read_to_string(project.path().join("live/coupons.yaml")).unwrap();
    assert!(
        coupons.contains("lists: [{ id: 4000001, title: Gone }]"),
        "{coupons}"
    );
}

#[test]
fn a_project_that_differs_from_the_platform_is_put_right_first() {
    let project = of_example("unpaid-orders");
    std::fs::write(
        project.path().join("new.yaml"),
        "kind: coupon\nname: new\ncode: NEW1\ndiscount: 10%\nallow: [{ rule: coupon-accepted-nowhere, because: new }]\n",
    )
    .unwrap();
    let ran = project.run(&["pull", "--all"]).exits(6);
    assert!(
        ran.stderr.contains("`bursar plan` says how"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_breaks_a_rule_is_excused_or_left_out() {
    let project = bare("");
    project.with_platform(async |platform| {
        let price = json!({"amount": "10.00", "currency": "EUR"});
        let offer = |title: &str, full: bool| {
            json!({
                "title": title, "status": "published", "price": price, "coupon_policy": "chosen",
                "payment": {"full": full},
            })
        };
        for body in [
            offer("Twice", true),
            offer("Twice", true),
            offer("No way to pay", false),
        ] {
            assert_eq!(platform.send("POST", "/offers", Some(&body)).await.0, 201);
        }
    });
    let told = pulls_all_well(&project, "rules");
    assert_eq!(told["adopted"], 2);
    // An error that nothing excuses: such an offer cannot be declared.
    assert_eq!(told["left_out"][0]["title"], "No way to pay");
    let why = told["left_out"][0]["why"].as_str().unwrap();
    assert!(why.starts_with("no-way-to-pay: "), "{why}");
    let offers = std::fs::read_to_string(project.path().join("live/offers.yaml")).unwrap();
    assert!(
        offers.contains("name: twice\n") && offers.contains("name: twice-2\n"),
        "{offers}"
    );
    assert!(offers.contains("rule: duplicate-title"), "{offers}");
    // One title, two objects: which is which is written down.
    assert!(offers.contains("adopt: { id: 2000001 }"), "{offers}");
    assert!(offers.contains("adopt: { id: 2000002 }"), "{offers}");
}
