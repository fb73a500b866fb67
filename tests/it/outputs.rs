//! `bursar output`: what was applied, against what the platform itself answers and the YAML says.

use crate::harness::Project;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// An offer and its coupons.
type Accepts = (&'static str, &'static [&'static str]);

/// Which coupons each offer of the examples accepts, read from their files by hand. An offer that is
/// not here accepts none.
const ACCEPTED: &[(&str, &[Accepts])] = &[
    (
        "cohort-launch",
        &[
            ("portrait-2027-automne-complet", &["rentree-10"]),
            ("portrait-2027-automne-essentiel", &["rentree-10"]),
        ],
    ),
    ("unpaid-orders", &[("anglais-pro", &["reviens-10"])]),
    (
        "repeat-sales",
        &[
            ("krug-sam", &["posle-mini", "vozvrat"]),
            ("master", &["sleduyushchiy", "spasibo"]),
        ],
    ),
    ("studio-passes", &[]),
];

#[test]
fn examples_hand_on_what_the_platform_has_and_the_files_say() {
    for (example, accepted) in ACCEPTED {
        let project = Project::example(example);
        project.run(&["apply", "--auto-approve"]).exits(0);
        let documents = documents(project.path());
        let told = told(&project, &[]);
        let live = project.with_platform(async |platform| {
            let offers = platform.list("offers").await;
            // Each screen is one that the platform serves.
            for screen in told["screens"].as_array().unwrap() {
                let path = screen["path"].as_str().unwrap();
                assert_eq!(platform.send("GET", path, None).await.0, 200, "{screen}");
            }
            offers
        });
        let pages: BTreeMap<&str, &str> = live
            .iter()
            .map(|it| (text(&it["title"]), text(&it["url"])))
            .collect();
        let offers = of_kind(&documents, "offer");
        assert_eq!(pages.len(), offers.len(), "{example}");
        assert_eq!(told["offers"].as_array().unwrap().len(), offers.len());
        for offer in told["offers"].as_array().unwrap() {
            let name = text(&offer["address"]).strip_prefix("offer.").unwrap();
            let title = text(&offers[name]["title"]);
            assert_eq!(offer["title"], title);
            let page = pages[title];
            assert_eq!(offer["page"], page, "{name}");
            assert_eq!(
                project
                    .run(&["output", &format!("offer.{name}.page")])
                    .exits(0)
                    .stdout,
                format!("{page}\n")
            );
            let expected = accepted.iter().find(|(offer, _)| *offer == name);
            let expected = expected.map_or(&[][..], |(_, coupons)| coupons);
            let links: Vec<(String, String)> = offer["coupons"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| {
                    (
                        text(&it["address"]).to_owned(),
                        text(&it["link"]).to_owned(),
                    )
                })
                .collect();
            let expected: Vec<(String, String)> = expected
                .iter()
                .map(|coupon| {
                    let code = text(&of_kind(&documents, "coupon")[*coupon]["code"]).to_owned();
                    (format!("coupon.{coupon}"), format!("{page}?coupon={code}"))
                })
                .collect();
            assert_eq!(links, expected, "{name}");
        }
        let coupons: BTreeMap<String, &Value> = told["coupons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (text(&it["address"]).to_owned(), &it["code"]))
            .collect();
        let expected: BTreeMap<String, &Value> = of_kind(&documents, "coupon")
            .into_iter()
            .map(|(name, document)| (format!("coupon.{name}"), &document["code"]))
            .collect();
        assert_eq!(coupons, expected, "{example}");
        // Everything that was made can be looked at.
        let screens: BTreeSet<&str> = told["screens"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| text(&it["address"]))
            .collect();
        let state = project.run(&["state", "list"]).exits(0).stdout;
        assert_eq!(screens, state.lines().collect(), "{example}");
    }
}

#[test]
fn what_is_over_is_marked_by_the_clock() {
    let project = Project::example("cohort-launch");
    project.run(&["apply", "--auto-approve"]).exits(0);
    // In Paris: the sale lasts from 1 June 9:00 up to and with 5 September, the coupon up to and with
    // 31 August.
    for (now, sale, validity) in [
        ("2027-06-01T06:59:59Z", "not-open", "works"),
        ("2027-06-01T07:00:00Z", "open", "works"),
        ("2027-08-31T21:59:59Z", "open", "works"),
        ("2027-08-31T22:00:00Z", "open", "expired"),
        ("2027-09-05T21:59:59Z", "open", "expired"),
        ("2027-09-05T22:00:00Z", "ended", "expired"),
    ] {
        let told = told(&project, &["--now", now]);
        assert_eq!(told["at"], now);
        let offers = told["offers"].as_array().unwrap();
        let offer = offers
            .iter()
            .find(|it| it["address"] == "offer.portrait-2027-automne-complet")
            .unwrap();
        assert_eq!(offer["sale"], sale, "{now}");
        assert_eq!(offer["closes"], "2027-09-05T22:00:00Z");
        let coupon = &offer["coupons"][0];
        assert_eq!(coupon["validity"], validity, "{now}");
        assert_eq!(coupon["until"], "2027-08-31T22:00:00Z");
    }
    let late = ["--now", "2027-09-06"];
    let human = project
        .run(&[&["output"], &late[..]].concat())
        .exits(0)
        .stdout;
    for part in [
        "offer.portrait-2027-automne-complet  Portrait, automne 2027, Complet  (sale ended 2027-09-06 00:00)\n  page             https://",
        "\n  link.rentree-10  https://",
        "RENTREE10  (expired 2027-09-01 00:00)\n",
        "\nCoupons\n  coupon.rentree-10.code  RENTREE10  (expired ",
    ] {
        assert!(human.contains(part), "{part}: {human}");
    }
    // A script gets the value all the same; a person is told.
    let name = "offer.portrait-2027-automne-complet.link.rentree-10";
    let ran = project
        .run(&[&["output", name], &late[..]].concat())
        .exits(0);
    assert!(
        ran.stdout.ends_with("?coupon=RENTREE10\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.contains("expired 2027-09-01"), "{}", ran.stderr);
}

#[test]
fn single_values_are_asked_for_by_name() {
    let project = Project::example("unpaid-orders");
    project.run(&["apply", "--auto-approve"]).exits(0);
    let one = |name: &str, code| project.run(&["output", name, "--quiet"]).exits(code);
    assert_eq!(one("coupon.reviens-10.code", 0).stdout, "REVIENS10\n");
    let ran = project.run(&["output", "coupon.reviens-10.code", "--json"]);
    assert_eq!(ran.exits(0).stdout, "\"REVIENS10\"\n");
    for (name, help) in [
        (
            "offer.anglais-pro.pag",
            "did you mean `offer.anglais-pro.page`?",
        ),
        (
            "coupon.reviens-1.code",
            "did you mean `coupon.reviens-10.code`?",
        ),
        (
            "offer.anglais-pro",
            "there is offer.anglais-pro.page, offer.anglais-pro.link.reviens-10, offer.anglais-pro.screen",
        ),
        ("no.such.thing.at.all", "`bursar output` shows"),
        ("", "`bursar output` shows"),
    ] {
        let ran = one(name, 3);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains(help), "{name}: {}", ran.stderr);
    }
}

#[test]
fn before_an_apply_there_is_nothing() {
    let project = Project::example("unpaid-orders");
    let ran = project.run(&["output"]).exits(0);
    assert!(ran.stdout.contains("`bursar apply`"), "{}", ran.stdout);
    let told = told(&project, &["--now", "2027-01-01T00:00:00Z"]);
    let empty = json!({
        "format_version": "1.0", "at": "2027-01-01T00:00:00Z", "target": null,
        "offers": [], "coupons": [], "screens": [],
    });
    assert_eq!(told, empty);
    let ran = project.run(&["output", "offer.anglais-pro.page"]).exits(3);
    assert!(ran.stderr.contains("`bursar apply`"), "{}", ran.stderr);
    // Nothing is made by looking.
    assert!(!project.path().join(".bursar/default/state.json").exists());
}

#[test]
fn an_environment_is_chosen_and_has_values_of_its_own() {
    let project = Project::empty();
    let file = project.path().join("bursar.yaml");
    let root = "version: 1\nproject: p\nrules: { coupon-accepted-nowhere: allow }\nenvironments: { a: {}, b: {} }\n";
    std::fs::write(&file, root).unwrap();
    let coupon = "kind: coupon\nname: c\ncode: SAVE\nstatus: active\ndiscount: 10%\n";
    std::fs::write(project.path().join("c.yaml"), coupon).unwrap();
    project
        .run(&["apply", "--auto-approve", "--env", "a"])
        .exits(0);
    let asked = |environment: &str, code| {
        let arguments = ["output", "coupon.c.code", "--env", environment];
        project.run(&arguments).exits(code)
    };
    assert_eq!(asked("a", 0).stdout, "SAVE\n");
    asked("b", 3);
    let ran = asked("c", 3);
    let why = "there is no environment `c`";
    assert!(ran.stdout.contains(why), "{}", ran.stdout);
    let ran = project.run(&["output"]).exits(3);
    assert!(ran.stderr.contains("`--env` takes a, b"), "{}", ran.stderr);
    std::fs::write(&file, "version: 1\nprojekt: p\n").unwrap();
    let ran = project.run(&["output"]).exits(3);
    let why = "error[unknown-field]";
    assert!(ran.stdout.contains(why), "{}", ran.stdout);
}

#[test]
fn what_left_the_configuration_is_left_out_once_it_is_retired() {
    let project = Project::example("cohort-launch");
    project.run(&["apply", "--auto-approve"]).exits(0);
    let file = project.path().join("automne-2027/offres.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    // Declared otherwise, but not applied yet, and with mistakes: what was applied counts.
    let edited = text.replace("coupons: [rentree-10]", "coupons: none");
    std::fs::write(&file, format!("{edited}nonsense: [\n")).unwrap();
    let linked = |told: &Value| {
        let offers = told["offers"].as_array().unwrap().iter();
        offers
            .filter(|it| !it["coupons"].as_array().unwrap().is_empty())
            .count()
    };
    assert_eq!(linked(&told(&project, &[])), 2);
    std::fs::write(&file, &edited).unwrap();
    std::fs::remove_file(project.path().join("automne-2027/coupon.yaml")).unwrap();
    std::fs::remove_dir_all(project.path().join("tests")).unwrap();
    project.run(&["apply", "--auto-approve"]).exits(0);
    let told = told(&project, &[]);
    assert_eq!(linked(&told), 0);
    assert_eq!(told["coupons"], json!([]));
    project.run(&["output", "coupon.rentree-10.code"]).exits(3);
}

#[test]
fn neither_the_platform_nor_credentials_are_needed() {
    const ROOT: &str = "version: 1\nproject: p\nrules: { coupon-accepted-nowhere: allow }\nplatform: { provider: sandbox }\n";
    const SCHOOL: &str = "kind: coupon\nname: c\ncode: SAVE\nstatus: active\ndiscount: 10%\n---\n\
        kind: offer\nname: o\nstatus: published\nprice: 10.00 EUR\ncoupons: any\npayment: { full: true }\n";
    const PAGE: &[&str] = &["output", "offer.o.page"];
    let project = Project::empty();
    let file = project.path().join("bursar.yaml");
    std::fs::write(&file, ROOT).unwrap();
    std::fs::write(project.path().join("school.yaml"), SCHOOL).unwrap();
    let (token, account) = ("t0ken-s3cret", "cab1net-s3cret");
    let with_credentials = |arguments: &[&str]| {
        let mut command = project.bursar(arguments);
        command
            .env("BURSAR_TOKEN", token)
            .env("BURSAR_ACCOUNT", account);
        command.output().unwrap()
    };
    let page = project.with_far_platform_as(token, account, async |platform| {
        let output = with_credentials(&["apply", "--auto-approve"]);
        assert!(output.status.success(), "{output:?}");
        let told = told(&project, &[]);
        assert_eq!(told["target"]["provider"], "sandbox");
        let screen = format!("{}/ui/offers/", platform.url);
        let found = project.run(&["output", "offer.o.screen"]).exits(0).stdout;
        assert!(found.starts_with(&screen), "{found}");
        project.run(PAGE).exits(0).stdout
    });
    assert!(
        page.starts_with("https://school.kwiga.example/o/"),
        "{page}"
    );
    // It is gone, and nobody says who asks: the state is enough.
    let ran = project.run(PAGE).exits(0);
    assert_eq!(ran.stdout, page);
    assert!(!ran.stderr.contains("another platform"), "{}", ran.stderr);
    for arguments in [&["output"][..], &["output", "--json", "-vvv"]] {
        let output = with_credentials(arguments);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("SAVE"), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
    // With another platform in bursar.yaml, what was applied is shown, and where that was.
    for other in [
        ROOT.to_owned(),
        ROOT.replace("sandbox }", "sandbox, url: \"https://other.example\" }"),
        ROOT.replace("sandbox }", "kwiga }"),
    ] {
        std::fs::write(&file, other).unwrap();
        let ran = project.run(PAGE).exits(0);
        assert_eq!(ran.stdout, page);
        assert!(ran.stderr.contains("another platform"), "{}", ran.stderr);
    }
}

#[test]
fn a_state_that_is_damaged_or_foreign_is_refused() {
    let project = Project::example("unpaid-orders");
    project.run(&["apply", "--auto-approve"]).exits(0);
    let file = project.path().join("bursar.yaml");
    let root = std::fs::read_to_string(&file).unwrap();
    let other = root.replace("project: ", "project: other-");
    std::fs::write(&file, &other).unwrap();
    let ran = project.run(&["output"]).exits(7);
    assert_eq!(ran.stdout, "");
    std::fs::write(&file, root).unwrap();
    let state = project.path().join(".bursar/default/state.json");
    let text = std::fs::read_to_string(&state).unwrap();
    for damaged in [
        text.replace("/o/", "/p/"),
        text[..text.len() / 2].to_owned(),
        String::new(),
        "{}".to_owned(),
    ] {
        std::fs::write(&state, &damaged).unwrap();
        let ran = project.run(&["output", "--json"]).exits(3);
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(told["error"]["kind"], "invalid", "{damaged}");
    }
}

fn told(project: &Project, more: &[&str]) -> Value {
    let ran = project
        .run(&[&["output", "--json"], more].concat())
        .exits(0);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Every document below a folder, as another parser reads it.
fn documents(folder: &Path) -> Vec<Value> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            found.extend(documents(&path));
        } else if path.extension().is_some_and(|it| it == "yaml") {
            let text = std::fs::read_to_string(&path).unwrap();
            for document in serde_yaml::Deserializer::from_str(&text) {
                found.push(serde::Deserialize::deserialize(document).unwrap());
            }
        }
    }
    found
}

/// The documents of a kind, by name.
fn of_kind<'a>(documents: &'a [Value], kind: &str) -> BTreeMap<&'a str, &'a Value> {
    let of_kind = documents.iter().filter(|it| it["kind"] == kind);
    of_kind.map(|it| (text(&it["name"]), it)).collect()
}
