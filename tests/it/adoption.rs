//! Identity: taking over, renaming, protecting, letting go, and a state that was lost.

use crate::harness::{Platform, Project};
use serde_json::{Value, json};

const ROOT: &str = "version: 1\nproject: nova\nplatform: { provider: sandbox }\nrules: { coupon-accepted-nowhere: allow, duplicate-title: allow }\n";

/// A project of one file.
fn school(text: &str) -> Project {
    let project = Project::empty();
    std::fs::write(project.path().join("bursar.yaml"), ROOT).unwrap();
    write(&project, text);
    project
}

fn write(project: &Project, text: &str) {
    std::fs::write(project.path().join("all.yaml"), text).unwrap();
}

fn applies(project: &Project) {
    project.run(&["apply", "--auto-approve"]).exits(0);
    let again = project.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(again.stdout.starts_with("No changes."), "{}", again.stdout);
}

/// The plan as `address action`, and the exit code.
fn plan(project: &Project) -> (Vec<String>, i32, Value) {
    let ran = project.run(&["plan", "--json", "--quiet"]);
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    let changes = changes.map(|change| {
        let actions = change["change"]["actions"].as_array().unwrap().iter();
        let actions: Vec<&str> = actions.map(|action| action.as_str().unwrap()).collect();
        format!(
            "{} {}",
            change["address"].as_str().unwrap(),
            actions.join("+")
        )
    });
    (changes.collect(), ran.code, plan.clone())
}

fn messages(plan: &Value) -> String {
    let refusals = plan["refusals"].as_array().unwrap().iter();
    let all = refusals.map(|it| format!("{} {}", it["message"], it["help"]));
    all.collect::<Vec<_>>().join("\n")
}

fn loses_its_state(project: &Project) {
    std::fs::remove_dir_all(project.path().join(".bursar/default")).unwrap();
}

async fn made(platform: &Platform, collection: &str, body: &Value) -> i64 {
    let (status, answer) = platform
        .send("POST", &format!("/{collection}"), Some(body))
        .await;
    assert_eq!(status, 201, "{answer}");
    answer["data"]["id"].as_i64().unwrap()
}

fn ids(project: &Project, collection: &str) -> Vec<(i64, String, String)> {
    project.with_platform(async |platform| {
        let objects = platform.list(collection).await.into_iter();
        let text = |object: &Value, key: &str| object[key].as_str().unwrap_or_default().to_owned();
        objects
            .map(|it| {
                (
                    it["id"].as_i64().unwrap(),
                    text(&it, "title"),
                    text(&it, "status"),
                )
            })
            .collect()
    })
}

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
";

#[test]
fn a_lost_state_is_found_again_by_natural_keys() {
    let project = school(THREE);
    applies(&project);
    let before = (
        ids(&project, "lists"),
        ids(&project, "coupons"),
        ids(&project, "offers"),
    );
    loses_its_state(&project);
    let (changes, code, _) = plan(&project);
    assert_eq!(
        changes,
        ["coupon.c adopt", "list.gate adopt", "offer.o adopt"]
    );
    assert_eq!(code, 0);
    applies(&project);
    assert_eq!(
        (
            ids(&project, "lists"),
            ids(&project, "coupons"),
            ids(&project, "offers")
        ),
        before
    );
}

#[test]
fn certain_ambiguous_and_missing_matches_are_told_apart_and_nothing_is_made_in_doubt() {
    let project = school(THREE);
    applies(&project);
    let second = project.with_platform(async |platform| {
        let coupon = &platform.list("coupons").await[0];
        let path = format!("/coupons/{}", coupon["id"]);
        assert_eq!(platform.send("DELETE", &path, None).await.0, 204);
        let price = json!({"amount": "10.00", "currency": "EUR"});
        let offer = json!({"title": " One ", "status": "draft", "price": price});
        made(platform, "offers", &offer).await
    });
    loses_its_state(&project);
    let before = (
        ids(&project, "lists"),
        ids(&project, "coupons"),
        ids(&project, "offers"),
    );
    let (changes, code, doubtful) = plan(&project);
    // Certain: the list. Missing: the coupon. Ambiguous: the offer, of which no change is shown.
    assert_eq!(changes, ["coupon.c create", "list.gate adopt"]);
    assert_eq!(code, 6);
    let first = before.2[0].0;
    let told = messages(&doubtful);
    assert!(
        told.contains(&format!(
            "offer.o could be any of the ids {first}, {second}"
        )),
        "{told}"
    );
    project.run(&["apply", "--auto-approve"]).exits(6);
    assert_eq!(
        (
            ids(&project, "lists"),
            ids(&project, "coupons"),
            ids(&project, "offers")
        ),
        before
    );

    write(
        &project,
        &THREE.replace("name: o\n", &format!("name: o\nadopt: {{ id: {first} }}\n")),
    );
    let (changes, code, _) = plan(&project);
    assert_eq!(
        changes,
        ["coupon.c create", "list.gate adopt", "offer.o adopt"]
    );
    assert_eq!(code, 0);
    applies(&project);
    assert_eq!(ids(&project, "offers"), before.2);
    // The note may stay, or go: nothing follows from it any more.
    write(&project, THREE);
    assert_eq!(plan(&project).0, [] as [&str; 0]);
}

#[test]
fn copies_for_one_client_are_never_taken_over() {
    let offer = "kind: offer\nname: o\ntitle: One\nprice: 10.00 EUR\n";
    let project = school(offer);
    let copy = project.with_platform(async |platform| {
        let price = json!({"amount": "10.00", "currency": "EUR"});
        made(
            platform,
            "offers",
            &json!({"title": "Copy system One", "price": price}),
        )
        .await
    });
    assert_eq!(plan(&project).0, ["offer.o create"]);
    write(
        &project,
        &offer.replace("name: o\n", &format!("name: o\nadopt: {{ id: {copy} }}\n")),
    );
    let (_, code, refused) = plan(&project);
    assert_eq!(code, 6);
    assert!(
        messages(&refused).contains("which the platform made for one client"),
        "{refused}"
    );
    write(&project, offer);
    applies(&project);
    let offers = ids(&project, "offers");
    assert_eq!(offers.len(), 2);
    assert!(
        offers.contains(&(copy, "Copy system One".to_owned(), "draft".to_owned())),
        "{offers:?}"
    );
}

#[test]
fn adoption_takes_one_object_and_says_what_it_cannot_take() {
    let offer = |name: &str, adopt: i64| {
        format!(
            "kind: offer\nname: {name}\ntitle: {name}\nadopt: {{ id: {adopt} }}\nprice: 10.00 EUR\n"
        )
    };
    let project = school("kind: list\nname: l\ntype: static\n");
    let id = project.with_platform(async |platform| {
        let price = json!({"amount": "99.00", "currency": "EUR"});
        made(
            platform,
            "offers",
            &json!({"title": "Old title", "price": price}),
        )
        .await
    });
    write(&project, &offer("o", id + 1));
    let (_, code, none) = plan(&project);
    assert_eq!(code, 6);
    assert!(
        messages(&none).contains("which the platform does not have"),
        "{none}"
    );
    write(
        &project,
        &format!("{}---\n{}", offer("o", id), offer("p", id)),
    );
    let (_, code, twice) = plan(&project);
    assert_eq!(code, 6);
    assert!(
        messages(&twice).contains("which offer.o adopts too"),
        "{twice}"
    );
    write(&project, &offer("o", id));
    // Title and price differ: it is taken over and brought to what is declared.
    assert_eq!(plan(&project).0, ["offer.o adopt+update"]);
    applies(&project);
    assert_eq!(
        ids(&project, "offers"),
        [(id, "o".to_owned(), "draft".to_owned())]
    );
    write(&project, &offer("q", id));
    let (_, code, managed) = plan(&project);
    assert_eq!(code, 6);
    assert!(
        messages(&managed).contains("which is managed as offer.o"),
        "{managed}"
    );
    assert!(
        messages(&managed).contains("previous_names: [o]"),
        "{managed}"
    );
}

#[test]
fn names_change_in_chains_and_together_with_fields() {
    let offer = |name: &str, previous: &str, price: &str| {
        format!("kind: offer\nname: {name}\n{previous}title: One\nprice: {price} EUR\n")
    };
    let project = school(&offer("a", "", "10.00"));
    applies(&project);
    let before = ids(&project, "offers");
    // Two renamings of which the first was never applied, and a change with them.
    write(&project, &offer("c", "previous_names: [b, a]\n", "20.00"));
    assert_eq!(plan(&project).0, ["offer.c move+update"]);
    applies(&project);
    assert_eq!(ids(&project, "offers"), before);
    write(
        &project,
        &offer("d", "previous_names: [c, b, a]\n", "20.00"),
    );
    assert_eq!(plan(&project).0, ["offer.d move"]);
    applies(&project);
    assert_eq!(ids(&project, "offers"), before);
    let list = project.run(&["state", "list"]).exits(0).stdout;
    assert!(
        list.contains("offer.d") && !list.contains("offer.a") && !list.contains("offer.c"),
        "{list}"
    );
}

#[test]
fn names_cannot_be_exchanged_at_once() {
    let both = |a: &str, b: &str| {
        format!(
            "kind: offer\nname: a\n{a}title: A\nprice: 1.00 EUR\n---\nkind: offer\nname: b\n{b}title: B\nprice: 2.00 EUR\n"
        )
    };
    let project = school(&both("", ""));
    applies(&project);
    write(
        &project,
        &both("previous_names: [b]\n", "previous_names: [a]\n"),
    );
    let ran = project.run(&["plan"]).exits(3);
    assert!(
        ran.stdout
            .contains("the name `b` still belongs to `offer.b`"),
        "{}",
        ran.stdout
    );
    // By way of a third name it can be done: each step is certain.
    let third = "kind: offer\nname: x\nprevious_names: [a]\ntitle: A\nprice: 1.00 EUR\n---\nkind: offer\nname: a\nprevious_names: [b]\ntitle: B\nprice: 2.00 EUR\n";
    let project_ids = ids(&project, "offers");
    write(
        &project,
        &third
            .replace("previous_names: [b]\n", "")
            .replace("name: a\ntitle: B", "name: b\ntitle: B"),
    );
    applies(&project);
    write(
        &project,
        third
            .replace("name: x\nprevious_names: [a]\n", "name: x\n")
            .as_str(),
    );
    assert_eq!(plan(&project).0, ["offer.a move"]);
    applies(&project);
    write(
        &project,
        "kind: offer\nname: b\nprevious_names: [x]\ntitle: A\nprice: 1.00 EUR\n---\nkind: offer\nname: a\ntitle: B\nprice: 2.00 EUR\n",
    );
    assert_eq!(plan(&project).0, ["offer.b move"]);
    applies(&project);
    assert_eq!(ids(&project, "offers"), project_ids);
}

#[test]
fn what_leaves_is_retired_deleted_or_forgotten() {
    let coupon = |name: &str| {
        format!("kind: coupon\nname: {name}\ncode: C-{name}\nstatus: active\ndiscount: 10%\n---\n")
    };
    let kept = "kind: list\nname: l\ntype: static\n";
    let all: String = ["r", "s", "d", "f"]
        .iter()
        .map(|name| coupon(name))
        .collect();
    let project = school(&format!("{all}{kept}"));
    applies(&project);
    let removed = |name: &str, then: &str| {
        format!("kind: removed\nname: no-{name}\naddress: coupon.{name}\nthen: {then}\n---\n")
    };
    let text = format!(
        "{}{}{}{kept}",
        removed("s", "retire"),
        removed("d", "delete"),
        removed("f", "forget")
    );
    write(&project, &text);
    let (changes, code, _) = plan(&project);
    assert_eq!(code, 0);
    assert_eq!(
        changes,
        [
            "coupon.d delete",
            "coupon.f forget",
            "coupon.r retire",
            "coupon.s retire"
        ]
    );
    project.run(&["apply", "--auto-approve"]).exits(0);
    let mut left: Vec<(String, String)> = ids(&project, "coupons")
        .into_iter()
        .map(|(_, title, status)| (title, status))
        .collect();
    left.sort();
    let pair = |title: &str, status: &str| (title.to_owned(), status.to_owned());
    assert_eq!(
        left,
        [
            pair("f", "active"),
            pair("r", "disabled"),
            pair("s", "disabled")
        ]
    );
    let again = project.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(again.stdout.starts_with("No changes."), "{}", again.stdout);
}

#[test]
fn protection_outlives_its_document() {
    let list = |protect: &str, type_: &str| format!("kind: list\nname: l\n{protect}{type_}");
    let fixed = "type: static\n";
    let other = "kind: list\nname: m\ntype: static\n---\n";
    let project = school(&format!("{other}{}", list("protect: true\n", fixed)));
    applies(&project);
    let blocked = |text: &str, why: &str| {
        write(&project, text);
        let (_, code, refused) = plan(&project);
        assert_eq!(code, 6, "{refused}");
        assert!(messages(&refused).contains(why), "{refused}");
        project.run(&["apply", "--auto-approve"]).exits(6);
    };
    let other_alone = "kind: list\nname: m\ntype: static\n";
    blocked(other_alone, "list.l is protected and would be retired");
    for then in ["retire", "delete"] {
        let removed = format!("{other}kind: removed\nname: r\naddress: list.l\nthen: {then}\n");
        blocked(&removed, "list.l is protected");
    }
    // What is saved once is replaced, and what is protected is not; leaving `protect` out does not lift it.
    let segment = "type: segment\nwhere: { tag: vip }\n";
    blocked(
        &format!("{other}{}", list("", segment)),
        "list.l is protected and would be replaced",
    );
    blocked(
        &format!("{other}{}", list("protect: false\n", segment)),
        "list.l is protected and would be replaced",
    );
    write(
        &project,
        &format!("{other}{}", list("protect: false\n", fixed)),
    );
    applies(&project);
    write(&project, other_alone);
    assert_eq!(plan(&project).0, ["list.l retire"]);
    project.run(&["apply", "--auto-approve"]).exits(0);
}

#[test]
fn what_is_referred_to_by_its_id_must_be_there() {
    let text = "kind: coupon\nname: c\ncode: C1\ndiscount: 10%\nlists: [{ id: 4000009, title: Old }]\n---\nkind: list\nname: l\ntype: static\n";
    let project = school(text);
    let (_, code, refused) = plan(&project);
    assert_eq!(code, 6, "{refused}");
    let told = messages(&refused);
    assert!(
        told.contains(
            "coupon.c refers to the list with the id 4000009, which the platform does not have"
        ),
        "{told}"
    );
    let id = project.with_platform(async |platform| {
        made(
            platform,
            "lists",
            &json!({"title": "Old", "type": "static"}),
        )
        .await
    });
    write(&project, &text.replace("4000009", &id.to_string()));
    applies(&project);
}
