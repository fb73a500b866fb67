//! `drift --propose`: what was done by hand becomes what is declared.

use crate::harness::Project;
use crate::pull::copy;
use serde_json::{Value, json};
use std::path::Path;

/// A project of these files, applied.
fn applied(files: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    for (path, text) in files {
        std::fs::write(project.path().join(path), text).unwrap();
    }
    project.run(&["apply", "--auto-approve"]).exits(0);
    project
}

/// Edits the object of a title by hand.
fn edit(project: &Project, collection: &str, title: &str, patch: &Value) {
    project.with_platform(async |platform| {
        let objects = platform.list(collection).await;
        let object = objects.iter().find(|it| it["title"] == title).unwrap();
        let path = format!("/{collection}/{}", object["id"]);
        let (status, body) = platform.send("PATCH", &path, Some(patch)).await;
        assert_eq!(status, 200, "{body}");
    });
}

fn text(project: &Project, file: &str) -> String {
    std::fs::read_to_string(project.path().join(file)).unwrap()
}

/// Proposes; what was told.
#[track_caller]
fn proposes(project: &Project) -> Value {
    let ran = project.run(&["drift", "--propose", "--json"]).exits(0);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    told["proposal"].clone()
}

/// Nothing has drifted any more, and nothing would be sent.
#[track_caller]
fn is_settled(project: &Project) {
    project.run(&["drift", "--detailed-exitcode"]).exits(0);
    let plan = project.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(plan.stdout.starts_with("No changes."), "{}", plan.stdout);
    project.run(&["apply"]).exits(0);
}

const ROOT: &str = "\
version: 1
project: nova
timezone: Europe/Kyiv
platform: { provider: sandbox }
vars: { year: \"2026\" }
";

const COURSE: &str = "\
kind: course
name: web
id: 1
modules:
  - { id: 10, name: one, lessons: [{ id: 11, name: a }] }
  - { id: 20, name: two, lessons: [{ id: 21, name: b }] }
";

#[test]
fn fields_are_edited_where_they_are_written_and_comments_stay() {
    let project = applied(&[
        ("bursar.yaml", ROOT),
        (
            "offer.yaml",
            "# Our offer.
kind: offer
name: one
title: One # shown to clients
price: 490.00 EUR # since May
sale: { closes: 2026-09-10 }
listed: true
",
        ),
    ]);
    let by_hand = json!({
        "title": "One: \"more\"", "price": {"amount": "450.00", "currency": "EUR"},
        "sale": {"closes_at": "2026-10-01T21:00:00Z"}, "listed": false,
    });
    edit(&project, "offers", "One", &by_hand);
    let shown = project.run(&["drift", "--propose", "--diff"]).exits(3);
    assert!(
        shown.stdout.contains("+price: 450.00 EUR # since May"),
        "{}",
        shown.stdout
    );
    assert!(text(&project, "offer.yaml").contains("490.00 EUR"));

    let told = proposes(&project);
    assert_eq!(told["not_accepted"], json!([]));
    assert_eq!(told["accepted"].as_array().unwrap().len(), 4);
    // 1 October 2026, 21:00 UTC is the end of that day in Kyiv.
    assert_eq!(
        text(&project, "offer.yaml"),
        "# Our offer.
kind: offer
name: one
title: \"One: \\\"more\\\"\" # shown to clients
price: 450.00 EUR # since May
sale: { closes: 2026-10-01 }
listed: false
"
    );
    is_settled(&project);
}

#[test]
fn lists_and_forms_are_accepted() {
    let project = applied(&[
        ("bursar.yaml", ROOT),
        ("course.yaml", COURSE),
        (
            "all.yaml",
            "\
kind: list
name: l
type: static
---
kind: list
name: m
type: static
---
kind: coupon
name: c
code: C1
discount: 10% # of everything
valid_until: never
lists:
  - l # first
---
kind: offer
name: o
price: 490.00 EUR
coupons: [c]
products:
  - course: web # all of it
    access: { for: 6mo }
    content: all
---
kind: scenario
name: s
status: active
triggers:
  - when: { entered_list: l } # begins here
    wait: 1d
    do:
      - remove_from_list: l # ends
",
        ),
    ]);
    let list = project.with_platform(async |platform| {
        let lists = platform.list("lists").await;
        let of = |title: &str| lists.iter().find(|it| it["title"] == title).unwrap()["id"].clone();
        (of("l"), of("m"))
    });
    let coupon = json!({
        "discount": {"amount": {"amount": "5.00", "currency": "EUR"}}, "list_ids": [list.0, list.1],
        "ends_at": "2026-12-31T12:00:00Z",
    });
    edit(&project, "coupons", "c", &coupon);
    let products = json!({"products": [{
        "course_id": 1, "access": {"kind": "until", "ends_at": "2027-01-31T22:00:00Z"},
        "content": {"all": false, "module_ids": [20], "lesson_ids": [11]},
    }]});
    edit(&project, "offers", "o", &products);
    let triggers = json!({"triggers": [{
        "when": {"entered_list": {"list_id": list.0}}, "wait": "2d", "if": null,
        "do": [{"remove_from_list": {"list_id": list.0}}, {"add_to_list": {"list_id": list.1}}],
    }]});
    edit(&project, "scenarios", "s", &triggers);
    let told = proposes(&project);
    assert_eq!(told["not_accepted"], json!([]), "{told}");
    let all = text(&project, "all.yaml");
    for line in [
        "discount: 5.00 EUR # of everything\n",
        "valid_until: 2026-12-31T14:00\n",
        "  - l # first\n  - m\n",
        "  - course: web # all of it\n    access: { until: 2027-01-31 }\n    content: { modules: [two], lessons: [one/a], new_content: none }\n",
        "  - when: { entered_list: l } # begins here\n    wait: 2d\n    do:\n      - remove_from_list: l # ends\n      - add_to_list: m\n",
    ] {
        assert!(all.contains(line), "{line}\n{all}");
    }
    is_settled(&project);
}

#[test]
fn what_others_share_is_accepted_only_if_all_changed_alike() {
    let offer = |name: &str, rest: &str| format!("kind: offer\nname: {name}\n{rest}");
    let project = applied(&[
        (
            "bursar.yaml",
            &format!("{ROOT}defaults:\n  offer:\n    page: {{ language: fr }} # for all\n"),
        ),
        ("a.yaml", &offer("a", "price: 10.00 EUR\nlisted: true\n")),
        ("b.yaml", &offer("b", "like: a\nlisted: false\n")),
    ]);
    let language = |code: &str| json!({"page": {"language": code}});
    let price = json!({"price": {"amount": "20.00", "currency": "EUR"}});
    edit(&project, "offers", "a", &language("de"));
    edit(&project, "offers", "b", &price);
    let told = proposes(&project);
    assert_eq!(told["accepted"], json!([]));
    let why: Vec<(&str, &str)> = told["not_accepted"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["address"].as_str().unwrap(), it["why"].as_str().unwrap()))
        .collect();
    assert_eq!(
        why,
        [
            (
                "offer.a",
                "it is written in a place that is shared with offer.b, which did not change alike"
            ),
            (
                "offer.b",
                "it is written in a place that is shared with offer.a, which did not change alike"
            ),
        ]
    );
    edit(&project, "offers", "b", &language("de"));
    edit(&project, "offers", "a", &price);
    let told = proposes(&project);
    assert_eq!(told["not_accepted"], json!([]), "{told}");
    assert!(text(&project, "bursar.yaml").contains("page: { language: de } # for all\n"));
    assert_eq!(
        text(&project, "a.yaml"),
        "kind: offer\nname: a\nprice: 20.00 EUR\nlisted: true\n"
    );
    assert_eq!(
        text(&project, "b.yaml"),
        "kind: offer\nname: b\nlike: a\nlisted: false\n"
    );
    is_settled(&project);
}

#[test]
fn a_schedule_is_accepted_in_its_cohort_if_every_offer_changed_alike() {
    let offers = "\
kind: offer
name: a
price: 10.00 EUR
products: [{ course: web, cohort: c }]
---
kind: offer
name: b
price: 20.00 EUR
products: [{ course: web, cohort: c }]
";
    let cohort = "\
kind: cohort
name: c
course: web
starts: 2026-09-07T10:00
schedule:
  every: { period: 7d } # weekly
  modules:
    two: { opens: { after_start: 14d } } # later
";
    let project = applied(&[
        ("bursar.yaml", ROOT),
        ("course.yaml", COURSE),
        ("offers.yaml", offers),
        ("cohort.yaml", cohort),
    ]);
    let schedule = json!({"products": [{"course_id": 1, "schedule": {
        "source": "own", "base": "scratch", "openings": [
            {"module_id": 10, "lesson_id": null, "opens_at": "2026-09-07T07:00:00Z"},
            {"module_id": 20, "lesson_id": null, "opens_at": "2026-09-28T07:00:00Z"},
        ],
    }}]});
    edit(&project, "offers", "a", &schedule);
    let told = proposes(&project);
    assert_eq!(told["accepted"], json!([]));
    let why = told["not_accepted"][0]["why"].as_str().unwrap();
    assert!(
        why.contains("the cohort `c`, which offer.a, offer.b share"),
        "{why}"
    );
    edit(&project, "offers", "b", &schedule);
    let told = proposes(&project);
    assert_eq!(told["not_accepted"], json!([]), "{told}");
    let expected = cohort.replace(
        "{ opens: { after_start: 14d } }",
        "{ opens: 2026-09-28T10:00 }",
    );
    assert_eq!(text(&project, "cohort.yaml"), expected);
    assert_eq!(text(&project, "offers.yaml"), offers);
    is_settled(&project);
}

#[test]
fn what_cannot_be_accepted_is_listed_with_its_reason() {
    let letter = "kind: letter\nname: l\ntitle: L ${year}\nsubject: Hello\nabout: {}\nbody: |\n  Dear {{ contact.name }}.\n";
    let project = applied(&[
        ("bursar.yaml", ROOT),
        ("letter.yaml", letter),
        (
            "pass.yaml",
            "kind: pass\nname: p\nprice: 1.00 EUR\nsale_ends: 2026-12-31\n",
        ),
        ("gone.yaml", "kind: list\nname: g\ntype: static\n"),
    ]);
    edit(
        &project,
        "letters",
        "L 2026",
        &json!({"title": "M 2026", "html": "<p>Other.</p>", "text": "Other."}),
    );
    edit(
        &project,
        "passes",
        "p",
        &json!({"sale_ends_at": "2026-12-31T11:00:00Z"}),
    );
    project.with_platform(async |platform| {
        let list = &platform.list("lists").await[0];
        let path = format!("/lists/{}", list["id"]);
        assert_eq!(platform.send("DELETE", &path, None).await.0, 204);
    });
    let told = proposes(&project);
    assert_eq!(
        (&told["accepted"], &told["files"]),
        (&json!([]), &json!([]))
    );
    let not = told["not_accepted"].as_array().unwrap();
    let why = |address: &str, path: Value| {
        let mut found = not
            .iter()
            .filter(|it| it["address"] == address && it["path"] == path);
        let it = found
            .next()
            .unwrap_or_else(|| panic!("{address} {path}\n{told}"));
        it["why"].as_str().unwrap().to_owned()
    };
    assert_eq!(why("letter.l", json!("title")), "it holds a variable");
    assert_eq!(why("letter.l", json!("html")), "it is a template");
    assert!(why("pass.p", json!("sale_ends_at")).starts_with("an end of sale within a day"));
    assert!(why("list.g", Value::Null).starts_with("it is gone from the platform"));
    let title = not.iter().find(|it| it["path"] == "title").unwrap();
    assert!(
        title["place"]
            .as_str()
            .unwrap()
            .ends_with("letter.yaml:3:8"),
        "{title}"
    );
    assert_eq!(text(&project, "letter.yaml"), letter);
}

#[test]
fn a_conflict_is_decided_for_what_was_done_by_hand() {
    let project = applied(&[
        ("bursar.yaml", ROOT),
        (
            "o.yaml",
            "kind: offer\nname: o\nprice: 10.00 EUR\nlisted: true\n",
        ),
    ]);
    edit(
        &project,
        "offers",
        "o",
        &json!({"price": {"amount": "30.00", "currency": "EUR"}}),
    );
    let mine = "kind: offer\nname: o\nprice: 20.00 EUR\nlisted: false\n";
    std::fs::write(project.path().join("o.yaml"), mine).unwrap();
    project.run(&["plan"]).exits(6);
    let told = proposes(&project);
    assert_eq!(
        told["accepted"],
        json!([{"address": "offer.o", "path": "price"}])
    );
    // What only the configuration has changed is still its own.
    assert_eq!(text(&project, "o.yaml"), mine.replace("20.00", "30.00"));
    let plan = project.run(&["plan", "--detailed-exitcode"]).exits(2);
    assert!(
        plan.stdout.contains("Plan: 0 to add, 1 to change"),
        "{}",
        plan.stdout
    );
}

/// Edits that people make, by collection.
fn hand(rng: &mut fastrand::Rng, collection: &str, object: &Value) -> Option<Value> {
    let money = |rng: &mut fastrand::Rng| json!({"amount": format!("{}.00", rng.u16(..)), "currency": "EUR"});
    let title = |rng: &mut fastrand::Rng| {
        let titles = ["Нова назва", "a: b # c", "<b>x</b>", "${y}", "\"q\""];
        format!("{} {}", rng.choice(titles).unwrap(), rng.u16(..))
    };
    let time = |rng: &mut fastrand::Rng| {
        json!(format!(
            "2030-0{}-1{}T{:02}:00:00Z",
            rng.u8(1..10),
            rng.u8(..10),
            rng.u8(..24)
        ))
    };
    let wait = |rng: &mut fastrand::Rng| *rng.choice(&["0m", "1d", "45m"]).unwrap();
    Some(match (collection, rng.u8(..6)) {
        ("offers", 0) => json!({"price": money(rng)}),
        ("offers", 1) => json!({"sale": {"closes_at": time(rng)}}),
        ("offers", 2) => json!({"listed": rng.bool(), "page": {"language": "it"}}),
        ("offers", 3) => {
            json!({"payment": {"full": true, "subscription": {"every": "1mo", "charge": "manual"}}})
        }
        ("offers", 4) => {
            let mut products = object["products"].clone();
            for product in products.as_array_mut()? {
                product["access"] = json!({"kind": "for", "length": format!("{}d", rng.u8(1..))});
            }
            json!({"products": products})
        }
        ("coupons", 0) => json!({"discount": {"percent": rng.u8(1..=100).to_string()}}),
        ("coupons", 1) => json!({"ends_at": time(rng)}),
        ("coupons", 2) => json!({"uses_total": rng.u16(1..), "uses_per_contact": null}),
        ("coupons", 3) => json!({"list_ids": []}),
        ("scenarios", 0 | 1) => {
            let mut triggers = object["triggers"].clone();
            triggers[0]["wait_before_if"] = json!(wait(rng));
            json!({"triggers": triggers})
        }
        ("scenarios", 2) => {
            let mut triggers = object["triggers"].clone();
            let first = triggers[0]["do"].as_array_mut()?;
            first.pop()?;
            json!({"triggers": triggers})
        }
        ("letters", 0) => json!({"subject": title(rng)}),
        ("passes", 0) => json!({"price": money(rng), "credits": rng.u8(1..)}),
        ("passes", 1) => json!({"tags": {"allowed": ["a", "b c"], "denied": []}}),
        ("passes", 2) => json!({"valid_for": "10d", "new_members_only": rng.bool()}),
        ("packs", 0 | 1) => json!({"price": money(rng)}),
        ("courses", _) => return None,
        _ => json!({"title": title(rng)}),
    })
}

/// The comments of every YAML file that stand on lines of their own.
fn comments(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            all.extend(comments(&entry.path()));
        } else if entry.path().extension().is_some_and(|it| it == "yaml") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            // One behind an item goes with it, if that is taken out.
            let own = text
                .lines()
                .map(str::trim)
                .filter(|line| line.starts_with('#'));
            all.extend(own.map(str::to_owned));
        }
    }
    all.sort();
    all
}

#[test]
fn an_anchor_is_edited_if_nothing_else_takes_it() {
    let offer = |price: &str, rest: &str| format!("kind: offer\nname: a\nprice: {price}\n{rest}");
    let by_hand = json!({"price": {"amount": "20.00", "currency": "EUR"}});
    let used = "payment: { full: true, installments: { schedule: [{ amount: *p }] } }\n";

    let alone = applied(&[
        ("bursar.yaml", ROOT),
        ("a.yaml", &offer("&p 10.00 EUR", "")),
    ]);
    edit(&alone, "offers", "a", &by_hand);
    let told = proposes(&alone);
    assert_eq!(told["not_accepted"], json!([]), "{told}");
    assert_eq!(text(&alone, "a.yaml"), offer("&p 20.00 EUR", ""));

    let shared = offer("&p 10.00 EUR", used);
    let project = applied(&[("bursar.yaml", ROOT), ("a.yaml", &shared)]);
    edit(&project, "offers", "a", &by_hand);
    let told = proposes(&project);
    assert_eq!(told["accepted"], json!([]), "{told}");
    let not = &told["not_accepted"][0];
    assert_eq!(
        not["why"],
        "it is written behind an anchor, and an alias takes it elsewhere too"
    );
    assert!(not["place"].as_str().unwrap().contains("a.yaml:3"), "{not}");
    assert_eq!(text(&project, "a.yaml"), shared);
}

#[test]
fn generated_edits_by_hand_are_accepted_or_listed() {
    let (mut accepted, mut not) = (0, 0);
    for (at, example) in [
        "unpaid-orders",
        "cohort-launch",
        "repeat-sales",
        "studio-passes",
    ]
    .into_iter()
    .enumerate()
    {
        let made = Project::empty();
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("examples")
                .join(example),
            made.path(),
        );
        made.run(&["apply", "--auto-approve"]).exits(0);
        for round in 0..5 {
            let seed = at as u64 * 100 + round;
            let mut rng = fastrand::Rng::with_seed(seed);
            let project = Project::empty();
            copy(made.path(), project.path());
            let before = comments(project.path());
            project.with_platform(async |platform| {
                for collection in crate::harness::collections() {
                    for object in platform.list(collection).await {
                        let Some(patch) = hand(&mut rng, collection, &object) else {
                            continue;
                        };
                        if rng.u8(..3) > 0 {
                            continue;
                        }
                        let path = format!("/{collection}/{}", object["id"]);
                        platform.send("PATCH", &path, Some(&patch)).await;
                    }
                }
            });
            let told = proposes(&project);
            let list = |key: &str| told[key].as_array().unwrap().clone();
            accepted += list("accepted").len();
            not += list("not_accepted").len();
            for it in list("not_accepted") {
                println!("seed {seed}: {it}");
            }
            let ran = project.run(&["drift", "--json"]).exits(0);
            let left: Value = serde_json::from_str(&ran.stdout).unwrap();
            let drifted: Vec<(Value, Value)> = left["resource_drift"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|it| {
                    let fields = it["fields"].as_array().unwrap().iter();
                    fields
                        .map(|field| (it["address"].clone(), field["path"].clone()))
                        .collect::<Vec<_>>()
                })
                .collect();
            // What is left is what was listed, and nothing else.
            let listed: Vec<(Value, Value)> = list("not_accepted")
                .iter()
                .map(|it| (it["address"].clone(), it["path"].clone()))
                .collect();
            for it in &drifted {
                assert!(listed.contains(it), "seed {seed}: {it:?}\n{told}");
            }
            assert_eq!(drifted.len(), listed.len(), "seed {seed}: {told}");
            assert_eq!(comments(project.path()), before, "seed {seed}");
            project.run(&["validate"]).exits(0);
            project.run(&["fmt", "--check"]).exits(0);
        }
    }
    println!("{accepted} accepted, {not} not");
    assert!(accepted > 4 * not, "{accepted} accepted, {not} not");
}
