//! `plan --format html`: one page that needs nothing else.

use crate::harness::Project;
use std::collections::BTreeSet;

const LAUNCH: &str = "2027-02-01T09:00:00Z";
const SUMMER: &str = "2027-06-15T10:00:00Z";
const PAGE: &[&str] = &["plan", "--format", "html"];

#[track_caller]
fn at(project: &Project, now: &str, arguments: &[&str], code: i32) -> String {
    let ran = project.run(&[&["--now", now], arguments].concat());
    ran.exits(code).stdout
}

#[track_caller]
fn edit(project: &Project, file: &str, from: &str, to: &str) {
    let file = project.path().join(file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(&file, text.replace(from, to)).unwrap();
}

/// A tag of the page: its name, and its attributes as they are written.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

/// The tags of a page; stops unless each that is opened is closed, in order, each attribute has its quotes, and
/// no other sign of markup is left.
#[track_caller]
fn tags(page: &str) -> Vec<Tag<'_>> {
    let body = page.strip_prefix("<!doctype html>").unwrap();
    let (mut open, mut all) = (Vec::new(), Vec::new());
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>') || open.last() == Some(&"style"));
        let end = at + rest[at..].find('>').unwrap();
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop(),
                Some(name),
                "before {}",
                &rest[..rest.len().min(80)]
            );
            continue;
        }
        let is_closed = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, mut written) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while !written.trim().is_empty() {
            written = written.trim_start();
            if let Some(more) = written.strip_prefix("open") {
                written = more;
                continue;
            }
            let (key, value) = written.split_once("=\"").unwrap();
            let (value, more) = value.split_once('"').unwrap();
            assert!(
                key.chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-:".contains(c)),
                "{key}"
            );
            attributes.push((key, value));
            written = more;
        }
        if !is_closed && !["meta", "br"].contains(&name) {
            open.push(name);
        }
        all.push(Tag { name, attributes });
    }
    assert!(open.is_empty(), "{open:?} left open");
    all
}

/// Nothing is loaded from anywhere, nothing runs, and what reads aloud finds its way.
#[track_caller]
fn is_one_page(page: &str) {
    let tags = tags(page);
    let (mut identities, mut named) = (BTreeSet::new(), Vec::new());
    let mut level = 0;
    for Tag { name, attributes } in &tags {
        assert!(
            ![
                "script", "link", "img", "iframe", "object", "embed", "base", "form", "use",
                "image"
            ]
            .contains(name),
            "{name}"
        );
        let get = |wanted: &str| attributes.iter().find(|(key, _)| *key == wanted);
        for (key, value) in attributes {
            assert!(
                !key.starts_with("on") && *key != "style" && *key != "src",
                "{key}"
            );
            match *key {
                "href" => named.push(value.strip_prefix('#').unwrap()),
                "aria-labelledby" => named.extend(value.split(' ')),
                "id" => assert!(identities.insert(*value), "{value} is used twice"),
                "xmlns" => assert_eq!(*value, "http://www.w3.org/2000/svg"),
                _ => assert!(!value.contains("//"), "{key}={value}"),
            }
        }
        match *name {
            "th" => assert!(get("scope").is_some(), "a head of a table without a scope"),
            "svg" => assert_eq!(get("role"), Some(&("role", "img"))),
            "h1" | "h2" | "h3" | "h4" => {
                let this: usize = name[1..].parse().unwrap();
                assert!(this <= level + 1, "h{this} below h{level}");
                level = this;
            }
            _ => {}
        }
    }
    for it in named {
        assert!(identities.contains(it), "nothing is called {it}");
    }
    let style = page
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
    for word in ["url(", "@import", "@font-face", "//"] {
        assert!(!style.contains(word), "{word}");
    }
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    for word in ["prefers-color-scheme:dark", "@media print"] {
        assert!(style.contains(word), "{word}");
    }
}

#[track_caller]
fn in_order(page: &str, parts: &[&str]) {
    let mut from = 0;
    for part in parts {
        let at = page[from..].find(part);
        assert!(at.is_some(), "`{part}` is not behind the others in\n{page}");
        from += at.unwrap() + part.len();
    }
}

#[test]
fn a_price_is_told_at_each_way_to_buy() {
    let project = Project::example("cohort-launch");
    at(&project, LAUNCH, &["apply", "--auto-approve"], 0);
    edit(
        &project,
        "automne-2027/offres.yaml",
        "price: 520.00 EUR",
        "price: 540.00 EUR",
    );
    let page = at(&project, SUMMER, PAGE, 0);
    is_one_page(&page);
    // 520 - 10 % = 468, 540 - 10 % = 486; the promotion of 460 lasts until 30 June, 460 - 10 % = 414.
    let row = |way: &str, before: &str, after: &str| {
        format!("<td>{way}</td><td class=\"money\">{before}</td><td class=\"money\">{after}</td>")
    };
    let rows = [
        row("full", "520.00 EUR", "540.00 EUR"),
        row("promotion", "460.00 EUR", "460.00 EUR (stays)"),
        row("coupon RENTREE10", "468.00 EUR", "486.00 EUR"),
        row(
            "coupon RENTREE10, promotion",
            "414.00 EUR",
            "414.00 EUR (stays)",
        ),
    ];
    in_order(
        &page,
        &[
            "Plan: 0 to add, 1 to change, 0 to retire.",
            "Must be applied before 1 July 2027 00:00 (Europe/Paris): offer.portrait-2027-automne-complet: its promotion ends.",
            "<li>nobody has bought it yet</li>",
            &rows[0],
            &rows[1],
            &rows[2],
            &rows[3],
            "<code>price</code></th><td><code>&quot;520.00 EUR&quot;</code></td><td><code>&quot;540.00 EUR&quot;</code></td>",
            ">~ offer.portrait-2027-automne-complet</text>",
            "<td><time>2027-09-13 10:00</time></td>",
            "There are no scenarios.",
        ],
    );
    // The other offers of the timeline carry no sign.
    assert_eq!(page.matches("font-weight=\"bold\"").count(), 1);
}

/// The steps of `examples/unpaid-orders`, as its file has them.
#[test]
fn the_scenario_is_drawn_in_its_order() {
    let project = Project::example("unpaid-orders");
    let page = at(&project, LAUNCH, PAGE, 0);
    is_one_page(&page);
    in_order(
        &page,
        &[
            "<h2 id=\"scenarios\">",
            "<title>an unpaid order</title>",
            ">after 30m</text>",
            "<title>the condition holds?</title>",
            "<title>add to list</title>",
            "+ list relance-anglais-pro",
            "<title>send letter</title>",
            "+ letter relance",
            ">after 1d</text>",
            "<title>remove from list</title>",
            "In words",
        ],
    );
}

#[test]
fn a_refused_plan_has_its_page_and_its_exit_code() {
    let project = Project::example("unpaid-orders");
    at(&project, LAUNCH, &["apply", "--auto-approve"], 0);
    std::fs::remove_file(project.path().join("5-scenario.yaml")).unwrap();
    let refused = [PAGE, &["--max-removals", "0"]].concat();
    let page = at(&project, LAUNCH, &refused, 6);
    is_one_page(&page);
    in_order(
        &page,
        &[
            "Refused. Plan: 0 to add, 0 to change, 1 to retire.",
            "Refused: it must not be applied</h2>",
            "--max-removals",
            "What leaves or is replaced</h2>",
            "<article id=\"change-1\">",
            "<span class=\"sign remove\">#</span>",
            "There are no scenarios.",
        ],
    );
    assert!(!page.contains("<details id=\"change"));
}

#[test]
fn every_example_has_its_page_and_the_same_twice() {
    for name in [
        "cohort-launch",
        "unpaid-orders",
        "repeat-sales",
        "studio-passes",
    ] {
        let project = Project::example(name);
        let page = at(&project, LAUNCH, PAGE, 0);
        is_one_page(&page);
        assert_eq!(page, at(&project, LAUNCH, PAGE, 0), "{name}");
        at(&project, LAUNCH, &["apply", "--auto-approve"], 0);
        let after = at(&project, LAUNCH, PAGE, 0);
        is_one_page(&after);
        assert!(after.contains("No changes."), "{name}");
        let timeline = at(&project, LAUNCH, &["timeline", "--html"], 0);
        is_one_page(&timeline);
    }
}

/// 1,000 documents, all of them new: about 3 KB each, with their fields, their lane and their drawing.
#[test]
fn a_page_of_a_thousand_documents_can_be_sent() {
    let project = Project::generated(1_000, 7);
    let page = at(&project, LAUNCH, PAGE, 0);
    is_one_page(&page);
    // 34 whole units of 29, of which a course, two cohorts and a test are nothing that is made.
    assert!(page.matches("<details id=\"change-").count() >= 34 * 25);
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
}
