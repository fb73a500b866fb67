//! The examples of the language, as one project, against attributes written by hand.

use super::run;
use crate::kinds::from_json;
use crate::model::{Address, Attributes, Part, Value};
use serde_json::json;

const PROJECT: &str = r#"version: 1
project: nova-school
timezone: Europe/Kyiv
currency: EUR
vars: { suffix: "" }
defaults:
  offer: { page: { language: fr } }
environments:
  staging: { vars: { suffix: " (test)" } }
  production: { platform: { provider: sandbox } }
"#;

const SCHOOL: &str = r#"kind: course
name: web-dev
id: 4211
title: Web Development
modules:
  - { id: 91, name: basics, title: Basics, lessons: [ { id: 311, name: welcome, title: Welcome }, { id: 312, name: setup, title: Setup, checkpoint: true } ] }
  - { id: 92, name: html,   title: HTML,   lessons: [ { id: 321, name: tags, title: Tags }, { id: 322, name: forms, title: Forms } ] }
  - { id: 93, name: css,    title: CSS,    opens: { after_access: 14d }, lessons: [ { id: 331, name: flexbox, title: Flexbox } ] }
---
kind: cohort
name: web-dev-2026-04
course: web-dev
---
kind: cohort
name: web-dev-2026-09
course: web-dev
follows: web-dev-2026-04
launch: schedule-only
starts: 2026-09-07T10:00
schedule:
  base: scratch
  every: { period: 7d, skip: [ { from: 2026-12-21, to: 2027-01-03 } ] }
  modules:
    html: { opens: 2026-09-14T10:00 }
    css:
      opens: { after_start: 14d, at: "09:00" }
      lessons: { flexbox: { opens: { after_access: 30d, at: "09:00" } } }
---
kind: offer
name: web-dev-2026-04-standard
title: "Web Development, April 2026"
status: archived
price: 450.00 EUR
payment: { full: true, without_login: true }
protect: true
---
kind: offer
name: web-dev-2026-09-standard
like: web-dev-2026-04-standard
title: "Web Development, September 2026${suffix}"
status: published
listed: true
price: 490.00 EUR
payment:
  installments:
    equal: { count: 3, every: 1mo }
    schedule: [ { amount: 90.00 EUR }, { amount: 430.00 EUR, due: 2026-09-20 } ]
  without_login: false
sale: { opens: 2026-07-01T00:00, closes: 2026-09-10 }
products:
  - course: web-dev
    cohort: web-dev-2026-09
    access: { for: 6mo }
    content: { modules: [basics, html], new_content: none }
coupons: [come-back]
form: { fields: [ { name: phone, required: true } ], consent: true, terms: "https://nova.school/terms" }
letters: { purchased: thanks-web-dev }
"#;

const SELLING: &str = r#"kind: coupon
name: come-back
code: COMEBACK10
status: active
discount: 10%
valid_until: never
uses: { total: 500, per_contact: 1 }
lists: [unpaid-web-dev]
---
kind: list
name: unpaid-web-dev
title: Unpaid, Web Development
type: static
---
kind: list
name: loyal
title: Two purchases or more
type: segment
where:
  all:
    - purchases: { at_least: 2 }
    - any: [ { bought: { offer: web-dev-2026-09-standard } }, { bought: { course: web-dev } } ]
    - progress: { course: web-dev, at_least: 80% }
    - inactive: { for: 30d }
---
kind: letter
name: thanks-web-dev
subject: Merci
language: fr
body: |
  Bonjour {{ contact.first_name }} !
---
kind: letter
name: unpaid-reminder
subject: "Your place in {{ offer.title }} is waiting"
about: { offer: web-dev-2026-09-standard, coupon: come-back, valid_for: 24h }
body: |
  With **{{ coupon.code }}** you pay {{ price.after }} instead of {{ price.before }} ({{ coupon.discount }} off).
  The coupon works for {{ valid_for }}: [pay now]({{ offer.url_with_coupon }}).
---
kind: scenario
name: win-back-unpaid
status: active
triggers:
  - when: { unpaid_order: { offer: web-dev-2026-09-standard } }
    wait_before_if: 30m
    if: { not: { bought: { offer: web-dev-2026-09-standard } } }
    wait: 0m
    do:
      - add_to_list: unpaid-web-dev
      - send_letter: unpaid-reminder
  - wait: 24h
    do: [ { remove_from_list: unpaid-web-dev } ]
---
kind: pass
name: discovery
title: Discovery, 3 sessions
price: 45.00 EUR
credits: 3
valid_for: 90d
for_sale: true
sale_ends: 2026-12-31
new_members_only: true
tags: { allowed: [student], denied: [suspended] }
only_in: [production]
---
kind: pack
name: welcome-pack
title: Welcome
price: 99.00 EUR
for_sale: true
items: [ { pass: discovery, quantity: 1 }, { other: { id: 5, title: Mat }, for_sale: true } ]
only_in: [production]
---
kind: removed
name: drop-black-friday
address: coupon.black-friday-2025
then: retire
"#;

fn attributes(value: serde_json::Value) -> Attributes {
    match from_json(value) {
        Value::Map(attributes) => attributes,
        other => panic!("{other:?}"),
    }
}

/// `@kind.name` in expectations stands for a reference.
fn with_references(value: Value) -> Value {
    match value {
        Value::Text(text) => match text.strip_prefix('@') {
            Some(address) => Value::Ref(Address::parse(address).unwrap()),
            None => Value::Text(text),
        },
        Value::List(items) => Value::List(items.into_iter().map(with_references).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, with_references(value)))
                .collect(),
        ),
        other => other,
    }
}

fn files() -> [(&'static str, &'static str); 3] {
    [
        ("bursar.yaml", PROJECT),
        ("school.yaml", SCHOOL),
        ("selling.yaml", SELLING),
    ]
}

#[test]
fn the_examples_compile_to_what_is_written_here() {
    let run = run(&files(), Some("production"));
    let desired = run.desired();
    assert_eq!(run.shown(), Vec::<String>::new());
    let expected = [
        (
            "offer.web-dev-2026-09-standard",
            json!({
                "title": "Web Development, September 2026",
                "status": "published",
                "listed": true,
                "price": { "amount": "490.00", "currency": "EUR" },
                "payment": {
                    "full": true,
                    "equal_installments": { "count": 3, "every": "1mo" },
                    "installments": [
                        { "price": { "amount": "90.00", "currency": "EUR" }, "due_at": null },
                        // 20 September belongs to it: it ends at midnight, 21:00Z in summer.
                        { "price": { "amount": "430.00", "currency": "EUR" }, "due_at": "2026-09-20T21:00:00Z" },
                    ],
                    "without_login": false,
                },
                "sale": { "opens_at": "2026-06-30T21:00:00Z", "closes_at": "2026-09-10T21:00:00Z" },
                "products": [{
                    "course_id": 4211,
                    "access": { "kind": "for", "length": "6mo" },
                    "content": {
                        "all": false, "module_ids": [91, 92], "lesson_ids": [],
                        "new_content": "none", "new_content_module_ids": [],
                    },
                    "schedule": {
                        "source": "own",
                        "base": "scratch",
                        "openings": [
                            { "module_id": 91, "lesson_id": null, "opens_at": "2026-09-07T07:00:00Z", "after_days": null, "hour": null },
                            { "module_id": 92, "lesson_id": null, "opens_at": "2026-09-14T07:00:00Z", "after_days": null, "hour": null },
                            { "module_id": 93, "lesson_id": null, "opens_at": "2026-09-21T06:00:00Z", "after_days": null, "hour": null },
                            { "module_id": 93, "lesson_id": 331, "opens_at": null, "after_days": 30, "hour": "09:00" },
                        ],
                    },
                }],
                "coupon_policy": "chosen",
                "coupon_ids": ["@coupon.come-back"],
                "page": { "language": "fr" },
                "form": {
                    "fields": [{ "name": "phone", "required": true }],
                    "consent": true,
                    "terms_url": "https://nova.school/terms",
                },
                "letters": { "purchased": { "mode": "letter", "letter_id": "@letter.thanks-web-dev" } },
            }),
        ),
        (
            "coupon.come-back",
            json!({
                "title": "come-back",
                "code": "COMEBACK10",
                "status": "active",
                "discount": { "percent": "10" },
                "ends_at": null,
                "uses_total": 500,
                "uses_per_contact": 1,
                "list_ids": ["@list.unpaid-web-dev"],
            }),
        ),
        (
            "list.unpaid-web-dev",
            json!({ "title": "Unpaid, Web Development", "type": "static" }),
        ),
        (
            "list.loyal",
            json!({
                "title": "Two purchases or more",
                "type": "segment",
                "where": { "all": [
                    { "purchases": { "at_least": 2 } },
                    { "any": [
                        { "bought": { "offer_id": "@offer.web-dev-2026-09-standard" } },
                        { "any": [{ "bought": { "offer_id": "@offer.web-dev-2026-09-standard" } }] },
                    ] },
                    { "progress": { "course_id": 4211, "at_least_percent": 80 } },
                    { "inactive": { "for": "30d", "course_id": null } },
                ] },
            }),
        ),
        (
            "letter.thanks-web-dev",
            json!({
                "title": "thanks-web-dev",
                "subject": "Merci",
                "html": "<p>Bonjour {{ contact.first_name }} !</p>",
                "text": "Bonjour {{ contact.first_name }} !",
                "language": "fr",
            }),
        ),
    ];
    for (address, body) in expected {
        let address = Address::parse(address).unwrap();
        let object = &desired.objects[&address];
        let Value::Map(expected) = with_references(Value::Map(attributes(body))) else {
            panic!("{address}")
        };
        // Sets have no order: openings are written here as people read them.
        let collection = crate::kinds::kind(&address.kind).unwrap().collection;
        let expected = crate::kinds::normal_attributes(collection.unwrap(), expected);
        assert_eq!(object.attributes, expected, "{address}");
    }
    let kinds: Vec<String> = desired.objects.keys().map(ToString::to_string).collect();
    assert_eq!(
        kinds,
        [
            "coupon.come-back",
            "letter.thanks-web-dev",
            "letter.unpaid-reminder",
            "list.loyal",
            "list.unpaid-web-dev",
            "offer.web-dev-2026-04-standard",
            "offer.web-dev-2026-09-standard",
            "pack.welcome-pack",
            "pass.discovery",
            "scenario.win-back-unpaid",
        ]
    );
    let removal = &desired.removals[&Address::parse("coupon.black-friday-2025").unwrap()];
    assert_eq!(
        removal.document,
        Address::parse("removed.drop-black-friday").unwrap()
    );
    let old = &desired.objects[&Address::parse("offer.web-dev-2026-04-standard").unwrap()];
    assert_eq!(old.protect, Some(true));
    let new = &desired.objects[&Address::parse("offer.web-dev-2026-09-standard").unwrap()];
    assert_eq!(new.protect, None);
}

#[test]
fn a_letter_is_filled_in_and_its_address_comes_later() {
    let run = run(&files(), Some("production"));
    let letter = &run.desired().objects[&Address::parse("letter.unpaid-reminder").unwrap()];
    let offer = Address::parse("offer.web-dev-2026-09-standard").unwrap();
    let late = |before: &str, after: &str| {
        Value::Late(vec![
            Part::Text(before.into()),
            Part::Output {
                of: offer.clone(),
                name: "url".into(),
            },
            Part::Text(after.into()),
        ])
    };
    // 490.00 − 10 % = 441.00; in the language of the offer's page.
    let expected = [
        ("title", Value::text("unpaid-reminder")),
        (
            "subject",
            Value::text("Your place in Web Development, September 2026 is waiting"),
        ),
        (
            "html",
            late(
                "<p>With <strong>COMEBACK10</strong> you pay 441,00\u{a0}€ instead of 490,00\u{a0}€ (10\u{202f}% off).\nThe coupon works for 24 heures: <a href=\"",
                "?coupon=COMEBACK10\">pay now</a>.</p>",
            ),
        ),
        (
            "text",
            late(
                "With COMEBACK10 you pay 441,00\u{a0}€ instead of 490,00\u{a0}€ (10\u{202f}% off).\nThe coupon works for 24 heures: pay now (",
                "?coupon=COMEBACK10).",
            ),
        ),
    ];
    let expected: Attributes = expected
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    assert_eq!(letter.attributes, expected);
}

#[test]
fn environments_change_what_they_say_and_no_more() {
    let production = run(&files(), Some("production"));
    let staging = run(&files(), Some("staging"));
    let title = |run: &super::Run| {
        let offer = Address::parse("offer.web-dev-2026-09-standard").unwrap();
        run.desired().objects[&offer].attributes[&"title".to_owned()].clone()
    };
    assert_eq!(
        title(&production),
        Value::text("Web Development, September 2026")
    );
    assert_eq!(
        title(&staging),
        Value::text("Web Development, September 2026 (test)")
    );
    let passes = |run: &super::Run| {
        run.desired()
            .objects
            .keys()
            .filter(|address| &*address.kind == "pass")
            .count()
    };
    assert_eq!((passes(&production), passes(&staging)), (1, 0));
    let digest = |run: &super::Run| crate::compile::digest(run.desired());
    assert_eq!(
        digest(&production),
        digest(&run(&files(), Some("production")))
    );
    assert_ne!(digest(&production), digest(&staging));
}

#[test]
fn the_order_of_files_and_documents_does_not_matter() {
    let mut turned = files();
    turned.swap(1, 2);
    let one = run(&files(), Some("production"));
    let other = run(&turned, Some("production"));
    assert_eq!(one.desired(), other.desired());
}
