//! Documents of every kind, read, checked, encoded.

use super::*;
use crate::model::{Address, Name, Part};
use crate::source::FileId;
use crate::yaml::Limits;
use serde_json::json;

/// The one document of a text.
fn read(text: &str) -> (Node, Spec) {
    let mut findings = Diagnostics::new();
    let nodes = crate::yaml::parse(FileId(0), text, &Limits::default(), &mut findings);
    assert!(findings.is_empty(), "{text}\n{findings:?}");
    let [node] = nodes.try_into().unwrap();
    let id = node.get("kind").and_then(Node::as_str).unwrap();
    let meta: Meta = crate::yaml::from_node_only(&node, META_FIELDS).unwrap();
    assert_eq!(&*meta.kind, id);
    let spec = (kind(id).unwrap().parse)(&node).unwrap_or_else(|error| panic!("{text}\n{error}"));
    assert_eq!(spec.kind(), id);
    (node, spec)
}

/// A project in UTC with one course; everything named exists.
struct Project(course::Course);

impl Project {
    fn new() -> Self {
        let (_, spec) = read(course::Course::EXAMPLE);
        match spec {
            Spec::Course(course) => Project(*course),
            other => panic!("{other:?}"),
        }
    }
}

impl Surroundings for Project {
    fn name(&self) -> &str {
        "its-name"
    }

    fn instant(&self, moment: &Moment, path: &Path) -> Option<Instant> {
        assert!(!path.0.is_empty());
        match moment {
            Moment::Local(local) => Some(local.and_utc()),
            Moment::Offset(time) => Some(time.to_utc()),
            Moment::Date(date) => Some(date.and_hms_opt(0, 0, 0)?.and_utc()),
        }
    }

    fn end(&self, moment: &Moment, path: &Path) -> Option<Instant> {
        match moment {
            Moment::Date(date) => Some(date.succ_opt()?.and_hms_opt(0, 0, 0)?.and_utc()),
            Moment::Local(_) | Moment::Offset(_) => self.instant(moment, path),
        }
    }

    fn reference(&self, kind: &str, reference: &Reference) -> Value {
        match reference {
            Reference::Name(name) => Value::Ref(Address::new(kind, name.as_str())),
            Reference::Outside { id, .. } => Value::Int(*id),
        }
    }

    fn course(&self, reference: &Reference) -> Option<&course::Course> {
        (reference.name()?.as_str() == "web-dev").then_some(&self.0)
    }

    fn offers_of_course(&self, _: &Reference) -> Vec<Value> {
        ["a", "b"]
            .map(|name| Value::Ref(Address::new("offer", name)))
            .into()
    }

    fn schedule(&self, product: usize) -> Option<Value> {
        Some(Value::map([
            ("source", Value::text("own")),
            ("base", Value::text("scratch")),
            (
                "openings",
                Value::List(vec![Value::map([
                    ("module_id", Value::Int(91 + i64::try_from(product).ok()?)),
                    ("after_days", Value::Int(14)),
                ])]),
            ),
        ]))
    }

    fn letter(&self) -> Option<RenderedLetter> {
        let late = Value::Late(vec![Part::Output {
            of: Address::new("offer", "a"),
            name: "url".to_owned(),
        }]);
        Some(RenderedLetter {
            subject: Value::text("S"),
            html: late.clone(),
            text: late,
        })
    }
}

/// What a document becomes, with references as texts.
fn encoded(text: &str) -> Option<serde_json::Value> {
    let (_, spec) = read(text);
    let attributes = spec.encode(&Project::new())?;
    Some(show(&Value::Map(attributes)))
}

fn show(value: &Value) -> serde_json::Value {
    match value {
        Value::Ref(address) => address.to_string().into(),
        Value::Late(_) => "late".into(),
        Value::List(items) => items.iter().map(show).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), show(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => to_json(value).unwrap(),
    }
}

#[track_caller]
fn check(text: &str, expected: serde_json::Value) {
    let found = encoded(text).unwrap();
    assert_eq!(found, expected, "{found:#}");
}

#[test]
fn every_example_is_read_checked_and_written() {
    for info in KINDS {
        let (node, spec) = read(info.example);
        let mut findings = Diagnostics::new();
        spec.check(&DocumentPlaces { node: &node }, &mut findings);
        assert!(findings.is_empty(), "{}: {findings:?}", info.id);
        for link in spec.links() {
            let places = DocumentPlaces { node: &node };
            assert_ne!(places.link(&link), places.name(), "{}: {link:?}", info.id);
        }
        let attributes = spec.encode(&Project::new());
        let written = info
            .collection
            .filter(|collection| collection.access == Access::Write);
        assert_eq!(attributes.is_some(), written.is_some(), "{}", info.id);
        let (Some(mut attributes), Some(collection)) = (attributes, written) else {
            continue;
        };
        fill_nulls(collection, &mut attributes);
        let attributes = normal_attributes(collection, attributes);
        let known = Value::Map(attributes).resolve(&|_| Some(7), &|_, _| Some("x".to_owned()));
        let body = to_json(&known).unwrap();
        let stored = (collection.normalise)(body.clone())
            .unwrap_or_else(|error| panic!("{}: {error}", info.id));
        // What is declared is in normal form: a server changes nothing of it.
        contains(&from_json(stored), &known, info.id);
    }
}

/// Every declared part of a body stands in what the server keeps.
#[track_caller]
fn contains(stored: &Value, declared: &Value, at: &str) {
    match (stored, declared) {
        (Value::Map(stored), Value::Map(declared)) => {
            for (key, value) in declared {
                let stored = stored
                    .get(key)
                    .unwrap_or_else(|| panic!("{at}.{key} is dropped"));
                contains(stored, value, &format!("{at}.{key}"));
            }
        }
        (Value::List(stored), Value::List(declared)) => {
            assert_eq!(stored.len(), declared.len(), "{at}");
            stored
                .iter()
                .zip(declared)
                .for_each(|(stored, declared)| contains(stored, declared, at));
        }
        (stored, declared) => assert_eq!(stored, declared, "{at}"),
    }
}

#[test]
fn an_offer_in_full() {
    check(
        r#"
kind: offer
name: a
title: A
status: published
price: 490 EUR
promotion: { price: 390.00 EUR, from: 2026-07-01T00:00, until: 2026-07-31 }
payment:
  full: true
  installments:
    equal: { count: 3, every: 1mo }
    schedule: [{ amount: 90.00 EUR }, { amount: 430.00 EUR, due: 2026-09-20 }]
  subscription: { every: 1mo, charge: manual }
  without_login: false
sale: { opens: 2026-07-01T00:00, closes: 2026-09-10 }
products:
  - course: web-dev
    cohort: web-dev-2026-09
    access: { for: 6mo }
    content: { modules: [css], lessons: [basics/setup, basics/none-such], new_content: [css] }
  - { course: { id: 5 }, cohort: null, access: unlimited, content: all }
  - { course: web-dev, access: { until: 2026-12-31 }, content: { modules: [] } }
coupons: [come-back, { id: 991, title: WD spring }]
upgrade: { from: b, to: c }
renewal: { of: b, by: 3mo }
cross_sell: [css-masterclass]
page: { language: fr }
form: { fields: [{ name: phone, required: true }, { name: city }], consent: true, terms: "https://nova.school/terms" }
letters: { purchased: thanks, failed: none, activation: null }
"#,
        json!({
            "title": "A",
            "status": "published",
            "price": { "amount": "490.00", "currency": "EUR" },
            "promotion": {
                "price": { "amount": "390.00", "currency": "EUR" },
                "starts_at": "2026-07-01T00:00:00Z",
                "ends_at": "2026-08-01T00:00:00Z",
            },
            "payment": {
                "full": true,
                "equal_installments": { "count": 3, "every": "1mo" },
                "installments": [
                    { "price": { "amount": "90.00", "currency": "EUR" }, "due_at": null },
                    { "price": { "amount": "430.00", "currency": "EUR" }, "due_at": "2026-09-21T00:00:00Z" },
                ],
                "subscription": { "every": "1mo", "charge": "manual" },
                "without_login": false,
            },
            "sale": { "opens_at": "2026-07-01T00:00:00Z", "closes_at": "2026-09-11T00:00:00Z" },
            "products": [
                {
                    "course_id": "course.web-dev",
                    "access": { "kind": "for", "length": "6mo" },
                    "content": {
                        "all": false, "module_ids": [93], "lesson_ids": [312],
                        "new_content": "modules", "new_content_module_ids": [93],
                    },
                    "schedule": {
                        "source": "own", "base": "scratch",
                        "openings": [{ "module_id": 91, "after_days": 14 }],
                    },
                },
                {
                    "course_id": 5,
                    "access": { "kind": "unlimited" },
                    "content": {
                        "all": true, "module_ids": [], "lesson_ids": [],
                        "new_content": "none", "new_content_module_ids": [],
                    },
                    "schedule": { "source": "product", "base": "scratch", "openings": [] },
                },
                {
                    "course_id": "course.web-dev",
                    "access": { "kind": "until", "ends_at": "2027-01-01T00:00:00Z" },
                    "content": {
                        "all": false, "module_ids": [], "lesson_ids": [],
                        "new_content": "none", "new_content_module_ids": [],
                    },
                },
            ],
            "coupon_policy": "chosen",
            "coupon_ids": ["coupon.come-back", 991],
            "upgrade": { "from_offer_id": "offer.b", "to_offer_id": "offer.c" },
            "renewal": { "offer_id": "offer.b", "by": "3mo" },
            "cross_sell_offer_ids": ["offer.css-masterclass"],
            "page": { "language": "fr" },
            "form": {
                "fields": [{ "name": "phone", "required": true }, { "name": "city", "required": false }],
                "consent": true,
                "terms_url": "https://nova.school/terms",
            },
            "letters": {
                "purchased": { "mode": "letter", "letter_id": "letter.thanks" },
                "failed": { "mode": "none" },
                "activation": { "mode": "default" },
            },
        }),
    );
}

#[test]
fn what_is_absent_is_left_out_and_titles_default_to_names() {
    check("{ kind: offer, name: a }", json!({ "title": "its-name" }));
    check(
        "{ kind: offer, name: a, coupons: none, sale: null, payment: { installments: null } }",
        json!({
            "title": "its-name",
            "coupon_policy": "none",
            "coupon_ids": [],
            "sale": null,
            "payment": { "installments": null, "equal_installments": null },
        }),
    );
    check(
        "{ kind: coupon, name: a, code: X, discount: 12.5%, valid_until: never }",
        json!({
            "title": "its-name", "code": "X", "discount": { "percent": "12.5" }, "ends_at": null,
        }),
    );
}

#[test]
fn lists_hold_conditions() {
    check(
        r#"
kind: list
name: a
type: segment
where:
  all:
    - purchases: { at_least: 2 }
    - any: [{ bought: { offer: x } }, { bought: { course: web-dev } }]
    - not: { progress: { course: web-dev, at_least: 80% } }
    - inactive: { for: 720h }
    - inactive: { for: 30d, course: web-dev }
    - access: { course: web-dev }
    - paid: { before: 2026-01-10 }
    - paid: { after: 2026-01-10 }
    - last_purchase: { before: 2026-01-10 }
    - last_purchase: { more_than: 90d }
    - registered: { after: 2026-01-10T08:00+02:00 }
    - lessons_completed: { course: web-dev, at_least: 1 }
    - completed_lesson: { course: web-dev, lesson: flexbox }
    - completed_lesson: { course: web-dev, lesson: basics/setup }
    - webinar: W
    - visited: https://x.example/
    - field: { name: city, equals: Kyiv }
    - tag: vip
    - in_list: loyal
"#,
        json!({
            "title": "its-name",
            "type": "segment",
            "where": { "all": [
                { "purchases": { "at_least": 2 } },
                { "any": [
                    { "bought": { "offer_id": "offer.x" } },
                    { "any": [{ "bought": { "offer_id": "offer.a" } }, { "bought": { "offer_id": "offer.b" } }] },
                ] },
                { "not": { "progress": { "course_id": "course.web-dev", "at_least_percent": 80 } } },
                { "inactive": { "for": "30d", "course_id": null } },
                { "inactive": { "for": "30d", "course_id": "course.web-dev" } },
                { "access": { "course_id": "course.web-dev" } },
                { "paid": { "before_at": "2026-01-10T00:00:00Z", "after_at": null } },
                { "paid": { "before_at": null, "after_at": "2026-01-11T00:00:00Z" } },
                { "last_purchase": { "before_at": "2026-01-10T00:00:00Z", "more_than": null } },
                { "last_purchase": { "before_at": null, "more_than": "90d" } },
                { "registered": { "before_at": null, "after_at": "2026-01-10T06:00:00Z" } },
                { "lessons_completed": { "course_id": "course.web-dev", "at_least": 1 } },
                { "completed_lesson": { "course_id": "course.web-dev", "lesson_id": 331 } },
                { "completed_lesson": { "course_id": "course.web-dev", "lesson_id": 312 } },
                { "webinar": { "name": "W" } },
                { "visited": { "url": "https://x.example/" } },
                { "field": { "name": "city", "equals": "Kyiv" } },
                { "tag": { "name": "vip" } },
                { "in_list": { "list_id": "list.loyal" } },
            ] },
        }),
    );
}

#[test]
fn scenarios_are_written_in_full() {
    check(
        r#"
kind: scenario
name: a
status: active
triggers:
  - when: { inactive: { for: 30d } }
    wait_before_if: 90m
    if: { tag: vip }
    do:
      - add_to_list: l
      - award_points: { course: web-dev, points: 5 }
      - extend_access: { offer: o, by: 7d }
  - { wait: 24h, do: [{ remove_from_list: l }, { send_letter: m }] }
"#,
        json!({
            "title": "its-name",
            "status": "active",
            "triggers": [
                {
                    "when": { "inactive": { "for": "30d", "course_id": null } },
                    "wait_before_if": "1h30m",
                    "if": { "tag": { "name": "vip" } },
                    "wait": "0m",
                    "do": [
                        { "add_to_list": { "list_id": "list.l" } },
                        { "award_points": { "course_id": "course.web-dev", "points": 5 } },
                        { "extend_access": { "offer_id": "offer.o", "by": "7d" } },
                    ],
                },
                {
                    "when": null,
                    "wait_before_if": "0m",
                    "if": null,
                    "wait": "1d",
                    "do": [
                        { "remove_from_list": { "list_id": "list.l" } },
                        { "send_letter": { "letter_id": "letter.m" } },
                    ],
                },
            ],
        }),
    );
    for (event, expected) in [
        (
            "unpaid_order: { offer: o }",
            json!({ "unpaid_order": { "offer_id": "offer.o" } }),
        ),
        (
            "paid_order: { offer: o }",
            json!({ "paid_order": { "offer_id": "offer.o" } }),
        ),
        (
            "entered_list: l",
            json!({ "entered_list": { "list_id": "list.l" } }),
        ),
        ("registered: {}", json!({ "registered": {} })),
        (
            "completed_lesson: { course: web-dev, lesson: setup }",
            json!({ "completed_lesson": { "course_id": "course.web-dev", "lesson_id": 312 } }),
        ),
        (
            "completed_course: { course: web-dev }",
            json!({ "completed_course": { "course_id": "course.web-dev" } }),
        ),
    ] {
        let text = format!("{{ kind: scenario, name: a, triggers: [{{ when: {{ {event} }} }}] }}");
        let found = encoded(&text).unwrap();
        assert_eq!(found["triggers"][0]["when"], expected, "{event}");
    }
}

#[test]
fn passes_packs_and_letters() {
    check(
        pass::Pass::EXAMPLE,
        json!({
            "title": "Discovery, 3 sessions",
            "price": { "amount": "45.00", "currency": "EUR" },
            "credits": 3,
            "valid_for": "90d",
            "status": "available",
            "sale_ends_at": "2027-01-01T00:00:00Z",
            "new_members_only": true,
            "tags": { "allowed": ["student"], "denied": ["suspended"] },
        }),
    );
    check(
        pack::Pack::EXAMPLE,
        json!({
            "title": "Welcome",
            "price": { "amount": "99.00", "currency": "EUR" },
            "status": "available",
            "items": [
                { "pass_id": "pass.discovery", "other_id": null, "quantity": 1, "for_sale": true },
                { "pass_id": null, "other_id": 5, "quantity": 1, "for_sale": true },
            ],
        }),
    );
    check(
        "{ kind: letter, name: a, title: T, subject: S, body: B, language: pl }",
        json!({ "title": "T", "subject": "S", "html": "late", "text": "late", "language": "pl" }),
    );
}

#[test]
fn links_name_places_kinds_and_strengths() {
    let (node, spec) = read(
        r#"
kind: test
name: a
people:
  regular: { bought: [pass.discovery, { offer: o, at: 2026-01-01T10:00 }], progress: { web-dev: 50% } }
timeline:
  - at: 2026-10-01T12:00
    do: { regular: { completes: web-dev/css/flexbox }, staff: { extends: { person: regular, offer: o, by: 7d } } }
    expect: { regular: { can_buy: { pack.welcome: { is: false, item: pass.discovery } }, can_use: { come-back: true } } }
"#,
    );
    let found: Vec<String> = spec
        .links()
        .iter()
        .map(|link| {
            let to = link.to.name().map_or("?", Name::as_str);
            format!(
                "{} {:?} {}.{to} {:?}",
                link.path,
                link.place,
                link.kind,
                link.inside.is_some()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "people.regular.bought[0] Value pass.discovery false",
            "people.regular.bought[1].offer Value offer.o false",
            "people.regular.progress.web-dev Key course.web-dev false",
            "timeline[0].do.regular.completes Value course.web-dev false",
            "timeline[0].do.regular.completes Value course.web-dev true",
            "timeline[0].do.staff.extends.offer Value offer.o false",
            "timeline[0].expect.regular.can_use.come-back Key coupon.come-back false",
            "timeline[0].expect.regular.can_buy.pack.welcome Key pack.welcome false",
            "timeline[0].expect.regular.can_buy.pack.welcome.item Value pass.discovery false",
        ]
    );
    let mut findings = Diagnostics::new();
    spec.check(&DocumentPlaces { node: &node }, &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
}

/// The codes of a document's own checks, with the text they point at.
#[track_caller]
fn finds(text: &str, expected: &[(&str, &str)]) {
    let (node, spec) = read(text);
    let mut findings = Diagnostics::new();
    spec.check(&DocumentPlaces { node: &node }, &mut findings);
    let found: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| (finding.code.as_str(), &text[finding.span.range()]))
        .collect();
    assert_eq!(found, expected, "{findings:#?}");
}

#[test]
fn durations_that_fields_cannot_hold() {
    let inexpressible = "duration-not-expressible";
    finds(
        "{ kind: cohort, name: a, course: c, schedule: { every: { period: 24h }, modules: { \
         m: { opens: { after_start: 1h }, lessons: { l: { opens: { after_access: 36h } } } } } } }",
        &[
            (inexpressible, "24h"),
            (inexpressible, "1h"),
            (inexpressible, "36h"),
        ],
    );
    finds(
        "{ kind: course, name: a, modules: [{ name: m, opens: { after_access: 1mo } }] }",
        &[(inexpressible, "1mo")],
    );
    finds(
        "{ kind: offer, name: a, renewal: { of: b, by: 12h }, payment: { subscription: { every: 30m }, \
         installments: { equal: { count: 2, every: 0d } } }, products: [{ course: c, access: { for: 90m } }] }",
        &[
            (inexpressible, "0d"),
            (inexpressible, "30m"),
            (inexpressible, "90m"),
            (inexpressible, "12h"),
        ],
    );
    finds(
        "{ kind: scenario, name: a, triggers: [{ wait: 1mo, if: { not: { inactive: { for: 2mo } } }, \
         do: [{ extend_access: { offer: o, by: 5h } }] }] }",
        &[
            (inexpressible, "1mo"),
            (inexpressible, "2mo"),
            (inexpressible, "5h"),
        ],
    );
    finds(
        "{ kind: letter, name: a, subject: s, body: b, about: { valid_for: 1mo } }",
        &[(inexpressible, "1mo")],
    );
    finds(
        "{ kind: pass, name: a, valid_for: 3mo }",
        &[(inexpressible, "3mo")],
    );
}

#[test]
fn tests_are_told_of_strangers_and_missing_times() {
    finds(
        "{ kind: test, name: a, people: { olena: {} }, timeline: [{ after: 5m }, { do: { olga: { logs_in: {} } } }, \
         { at: 2026-01-01T10:00, after: 1mo, expect: { staffan: {} } }, { after: 1mo }] }",
        &[
            ("missing-field", "after"),
            ("missing-field", "{ do: { olga: { logs_in: {} } } }"),
            ("unknown-reference", "olga"),
            ("wrong-type", "after"),
            ("unknown-reference", "staffan"),
            ("duration-not-expressible", "1mo"),
        ],
    );
}

#[test]
fn the_second_test_of_the_language_is_read() {
    read(
        r#"
kind: test
name: who-may-buy-discovery
people:
  newcomer: { tags: [student] }
  regular:  { tags: [student], bought: [pass.discovery] }
  stranger: {}
timeline:
  - at: 2026-10-01T12:00
    expect:
      newcomer: { can_buy: { pass.discovery: true, pack.welcome-pack: true } }
      regular:  { can_buy: { pass.discovery: { is: false, because: new-members-only } } }
      stranger: { can_buy: { pass.discovery: { is: false, because: tag-required }, pack.welcome-pack: { is: false, because: tag-required, item: pass.discovery } } }
"#,
    );
}
