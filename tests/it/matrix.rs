//! Every field of every kind, with nothing, null, the empty, the least, the greatest, Unicode and
//! HTML in it: applied, then planned again, there is nothing to do.

use crate::harness::Project;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const UNICODE: &str = "Ünïcödé 日本語 ภาษาไทย עברית \u{1f469}\u{200d}\u{1f4bb} e\u{301} \u{a0}x";
const HTML: &str = "<b onclick=\"x('y')\">&amp; &lt;i&gt;</b><script>1</script> ${x} {{ x }}";
const MOST_MONEY: &str = "999999999999.99 EUR";
const MOST: i64 = 1_000_000_000_000;

fn long() -> String {
    "x".repeat(2_000)
}

/// The least document of a kind.
fn base(kind: &str) -> Value {
    match kind {
        "offer" => json!({"price": "10.00 EUR"}),
        "coupon" => json!({"discount": "10%"}),
        "list" => json!({"type": "static"}),
        "letter" => json!({"subject": "s", "body": "b"}),
        "scenario" => {
            json!({"triggers": [{"when": {"registered": {}}, "do": [{"add_to_list": "known"}]}]})
        }
        "pass" | "pack" => json!({"price": "10.00 EUR"}),
        _ => json!({}),
    }
}

/// Values of each field, by kind.
fn fields(kind: &str) -> Vec<(&'static str, Vec<Value>)> {
    let texts = || vec![json!("x"), json!(long()), json!(UNICODE), json!(HTML)];
    let title = ("title", texts());
    let prices = || {
        vec![
            json!("0.00 EUR"),
            json!("0.01 EUR"),
            json!(MOST_MONEY),
            json!("1 JPY"),
            json!("0.001 KWD"),
        ]
    };
    let truth = || vec![Value::Null, json!(true), json!(false)];
    let trigger = |more: Value| {
        let mut trigger = json!({"when": {"registered": {}}, "do": [{"add_to_list": "known"}]});
        trigger
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!([trigger])
    };
    match kind {
        "offer" => vec![
            title,
            ("like", vec![json!("known")]),
            (
                "status",
                vec![
                    Value::Null,
                    json!("draft"),
                    json!("published"),
                    json!("archived"),
                ],
            ),
            ("listed", truth()),
            ("price", prices()),
            (
                "promotion",
                vec![
                    Value::Null,
                    json!({"price": "0.00 EUR"}),
                    json!({"price": MOST_MONEY, "from": "2026-01-01T00:00", "until": "9998-12-31"}),
                ],
            ),
            (
                "payment",
                vec![
                    Value::Null,
                    json!({}),
                    json!({"full": null, "installments": null, "subscription": null, "without_login": null}),
                    json!({"full": true, "installments": {}, "without_login": true}),
                    json!({"installments": {"equal": null, "schedule": null}}),
                    json!({"installments": {"equal": {"count": 1, "every": "1d"}, "schedule": []}}),
                    json!({"installments": {"equal": {"count": MOST, "every": "999999mo"}}}),
                    json!({"installments": {"schedule": [{"amount": "0.00 EUR"}, {"amount": MOST_MONEY, "due": "2026-01-01"}]}}),
                    json!({"subscription": {"every": "1d"}}),
                    json!({"subscription": {"every": "1w", "charge": null}}),
                    json!({"subscription": {"every": "1mo", "charge": "manual"}}),
                ],
            ),
            (
                "sale",
                vec![
                    Value::Null,
                    json!({}),
                    json!({"opens": null, "closes": null}),
                    json!({"opens": "1971-01-01T00:00", "closes": "9998-12-31"}),
                    json!({"opens": "2026-07-01T10:00:59+14:00"}),
                ],
            ),
            (
                "products",
                vec![
                    Value::Null,
                    json!([]),
                    json!([{"course": "known"}]),
                    json!([{"course": "known", "cohort": null, "access": null, "content": null}]),
                    json!([{"course": "known", "access": "unlimited", "content": "all"}]),
                    json!([{"course": "known", "cohort": "known", "access": {"for": "1d"}}]),
                    json!([{"course": "known", "cohort": "bare", "access": {"for": "999999mo999999w999999d"}}]),
                    json!([{"course": "known", "access": {"until": "9998-12-31"}, "content": {"modules": ["one"]}}]),
                    json!([{"course": "known", "content": {"modules": ["one"], "lessons": ["two/b"], "new_content": ["two", "one"]}}]),
                    json!([{"course": "known", "content": {"lessons": ["one/a", "two/b", "one/a"], "new_content": "all"}}]),
                    json!([{"course": "known"}, {"course": "other"}]),
                    json!([{"course": {"id": 1, "title": HTML}}]),
                ],
            ),
            (
                "coupons",
                vec![
                    Value::Null,
                    json!("none"),
                    json!("any"),
                    json!([]),
                    json!(["known", "second", "known"]),
                ],
            ),
            (
                "upgrade",
                vec![
                    Value::Null,
                    json!({"from": "known", "to": "second"}),
                    json!({"from": "second", "to": "known"}),
                ],
            ),
            (
                "renewal",
                vec![
                    Value::Null,
                    json!({"of": "known", "by": "1d"}),
                    json!({"of": "known", "by": "999999mo"}),
                ],
            ),
            (
                "cross_sell",
                vec![Value::Null, json!([]), json!(["second", "known"])],
            ),
            (
                "page",
                vec![
                    Value::Null,
                    json!({}),
                    json!({"language": null}),
                    json!({"language": "uk"}),
                ],
            ),
            (
                "form",
                vec![
                    Value::Null,
                    json!({}),
                    json!({"fields": null, "consent": null, "terms": null}),
                    json!({"fields": [], "consent": false, "terms": ""}),
                    json!({"fields": [{"name": UNICODE}, {"name": HTML, "required": true}, {"name": ""}], "consent": true, "terms": HTML}),
                ],
            ),
            (
                "letters",
                vec![
                    Value::Null,
                    json!({}),
                    json!({"activation": null, "purchased": null, "failed": null, "accepted_free": null}),
                    json!({"activation": "none", "purchased": "known", "failed": "none", "accepted_free": "known"}),
                ],
            ),
        ],
        "coupon" => vec![
            title,
            (
                "code",
                vec![json!("x"), json!(long()), json!(UNICODE), json!(HTML)],
            ),
            (
                "status",
                vec![Value::Null, json!("active"), json!("disabled")],
            ),
            (
                "discount",
                vec![
                    json!("1%"),
                    json!("99.99%"),
                    json!("100%"),
                    json!("0.01 EUR"),
                    json!(MOST_MONEY),
                ],
            ),
            (
                "valid_until",
                vec![
                    Value::Null,
                    json!("never"),
                    json!("1971-01-01"),
                    json!("9998-12-31T23:59:59Z"),
                ],
            ),
            (
                "uses",
                vec![
                    Value::Null,
                    json!({}),
                    json!({"total": null, "per_contact": null}),
                    json!({"total": 1, "per_contact": 1}),
                    json!({"total": MOST, "per_contact": MOST}),
                ],
            ),
            (
                "lists",
                vec![Value::Null, json!([]), json!(["second", "known", "known"])],
            ),
        ],
        "list" => vec![
            title,
            ("type", vec![json!("static")]),
            ("where", {
                let mut all = vec![Value::Null];
                let filters = [
                    json!({"all": [{"tag": "a"}, {"any": [{"not": {"tag": UNICODE}}, {"tag": HTML}]}]}),
                    json!({"purchases": {"at_least": 1}}),
                    json!({"purchases": {"at_least": MOST}}),
                    json!({"bought": {"offer": "known"}}),
                    json!({"bought": {"course": "known"}}),
                    json!({"progress": {"course": "known", "at_least": "0%"}}),
                    json!({"progress": {"course": "known", "at_least": "100%"}}),
                    json!({"inactive": {"for": "0m"}}),
                    json!({"inactive": {"for": "999999d", "course": "known"}}),
                    json!({"access": {"course": "known"}}),
                    json!({"paid": {"before": "1971-01-01"}}),
                    json!({"paid": {"after": "9998-12-31"}}),
                    json!({"last_purchase": {"before": "2026-01-01T00:00"}}),
                    json!({"last_purchase": {"more_than": "90d"}}),
                    json!({"registered": {"after": "2026-01-01"}}),
                    json!({"lessons_completed": {"course": "known", "at_least": 1}}),
                    json!({"completed_lesson": {"course": "known", "lesson": "two/b"}}),
                    json!({"webinar": HTML}),
                    json!({"visited": ""}),
                    json!({"field": {"name": UNICODE, "equals": ""}}),
                    json!({"in_list": "known"}),
                ];
                all.extend(filters);
                all
            }),
        ],
        "letter" => vec![
            title,
            (
                "subject",
                vec![
                    json!(""),
                    json!("x"),
                    json!(long()),
                    json!(UNICODE),
                    json!("<b>&amp;</b>"),
                ],
            ),
            (
                "about",
                vec![
                    json!({}),
                    json!({"offer": "known", "coupon": "known", "valid_for": "1m"}),
                    json!({"offers": ["known", "second"]}),
                    json!({"offers": []}),
                ],
            ),
            (
                "language",
                vec![
                    json!("en"),
                    json!("uk"),
                    json!("ru"),
                    json!("it"),
                    json!("es"),
                    json!("de"),
                    json!("pl"),
                    json!("fr"),
                ],
            ),
            (
                "body",
                vec![
                    json!(""),
                    json!(" "),
                    json!(long()),
                    json!(UNICODE),
                    json!("<b>&amp; &lt;</b>\n\n<script>1</script>\n\n| a |\n|---|\n| b |\n"),
                    json!("a\r\nb\\\nc  \nd\n\n\n\n- [x](https://a.example/?a=1&b=2 \"t\")\n"),
                    json!("Dear {{ contact.name }}\n"),
                ],
            ),
        ],
        "scenario" => vec![
            title,
            (
                "status",
                vec![Value::Null, json!("active"), json!("paused")],
            ),
            (
                "triggers",
                vec![
                    json!([]),
                    trigger(
                        json!({"when": {"unpaid_order": {"offer": "known"}}, "wait_before_if": "30m", "if": {"not": {"bought": {"offer": "known"}}}}),
                    ),
                    trigger(
                        json!({"when": {"paid_order": {"offer": "known"}}, "wait": "0m", "wait_before_if": "0m"}),
                    ),
                    trigger(
                        json!({"when": {"entered_list": "known"}, "wait": "999999d", "do": [{"remove_from_list": "known"}]}),
                    ),
                    trigger(
                        json!({"when": {"completed_lesson": {"course": "known", "lesson": "one/a"}}, "wait": "24h"}),
                    ),
                    trigger(
                        json!({"when": {"completed_course": {"course": "known"}}, "if": {"tag": HTML}}),
                    ),
                    trigger(json!({"when": {"inactive": {"for": "30d", "course": "known"}}})),
                    trigger(
                        json!({"when": {"inactive": {"for": "1m"}}, "do": [{"send_letter": "known"}]}),
                    ),
                    trigger(json!({"do": [
                        {"award_points": {"course": "known", "points": 1}},
                        {"award_points": {"course": "known", "points": MOST}},
                        {"extend_access": {"offer": "known", "by": "1d"}},
                        {"extend_access": {"offer": "known", "by": "999999mo"}},
                    ]})),
                    json!([
                        {"when": {"registered": {}}, "do": [{"add_to_list": "known"}]},
                        {"wait": "1d12h", "do": [{"remove_from_list": "known"}]},
                    ]),
                ],
            ),
        ],
        "pass" => vec![
            title,
            ("price", prices()),
            ("credits", vec![Value::Null, json!(1), json!(MOST)]),
            (
                "valid_for",
                vec![Value::Null, json!("1m"), json!("48h"), json!("999999d")],
            ),
            ("for_sale", truth()),
            (
                "sale_ends",
                vec![Value::Null, json!("1971-01-01"), json!("9998-12-31")],
            ),
            ("new_members_only", truth()),
            (
                "tags",
                vec![
                    Value::Null,
                    json!({}),
                    json!({"allowed": null, "denied": null}),
                    json!({"allowed": [], "denied": []}),
                    json!({"allowed": [UNICODE, HTML, "b", "a", "a"], "denied": [""]}),
                ],
            ),
        ],
        "pack" => vec![
            title,
            ("price", prices()),
            ("for_sale", truth()),
            (
                "items",
                vec![
                    Value::Null,
                    json!([]),
                    json!([{"pass": "known"}]),
                    json!([{"pass": "known", "quantity": MOST}, {"pass": "known", "quantity": 1}]),
                    json!([{"other": {"id": 1, "title": HTML}}, {"other": {"id": MOST}, "quantity": 2, "for_sale": true}]),
                ],
            ),
        ],
        _ => Vec::new(),
    }
}

/// What the variants refer to.
const KNOWN: &str = "\
kind: course
name: known
id: 1
modules:
  - { id: 10, name: one, lessons: [{ id: 11, name: a }] }
  - { id: 20, name: two, lessons: [{ id: 21, name: b }] }
---
{ kind: course, name: other, id: 2 }
---
kind: cohort
name: known
course: known
starts: 2026-09-07T10:00
schedule:
  base: course
  every: { period: 1d }
  modules: { two: { opens: { after_access: 0d, at: \"00:00\" }, lessons: { b: { opens: 9998-12-31T23:59:59 } } } }
---
{ kind: cohort, name: bare, course: known }
---
{ kind: offer, name: known, price: 10.00 EUR, coupons: [known], products: [{ course: known }] }
---
{ kind: offer, name: second, price: 20.00 EUR }
---
{ kind: coupon, name: known, code: KNOWN, discount: 10% }
---
{ kind: coupon, name: second, code: SECOND, discount: 20% }
---
{ kind: list, name: known, type: static }
---
{ kind: list, name: second, type: static }
---
{ kind: letter, name: known, subject: s, body: b }
---
{ kind: pass, name: known, price: 1.00 EUR }
";

const ROOT: &str = "\
version: 1
project: matrix
timezone: Europe/Kyiv
platform: { provider: sandbox }
safety: { max_removals: { count: 0 } }
";

/// Every variant, by its address. What the project does not manage is not there to refer to.
fn variants() -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for kind in bursar::kinds::KINDS {
        for (field, mut values) in fields(kind.id) {
            if !values.contains(&Value::Null) {
                values.push(Value::Null);
            }
            for (at, value) in values.into_iter().enumerate() {
                let name = format!("{}-{at}", field.replace('_', "-"));
                let mut document = Map::new();
                document.insert("kind".into(), json!(kind.id));
                document.insert("name".into(), json!(name));
                if kind.id == "coupon" {
                    document.insert("code".into(), json!(format!("code-{name}")));
                }
                document.extend(base(kind.id).as_object().unwrap().clone());
                // A segment needs its conditions, and a title only one object.
                if field == "where" && !value.is_null() {
                    document.insert("type".into(), json!("segment"));
                }
                document.insert(field.into(), value);
                all.insert(format!("{}.{name}", kind.id), document.into());
            }
        }
    }
    all
}

#[test]
fn every_field_of_every_written_kind_has_its_row() {
    let mut generator = schemars::SchemaGenerator::default();
    for kind in bursar::kinds::KINDS {
        let is_written = kind
            .collection
            .is_some_and(|it| it.access == bursar::kinds::Access::Write);
        let schema = (kind.schema)(&mut generator);
        let properties = schema.get("properties").unwrap().as_object().unwrap();
        let known: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        let rows: BTreeSet<&str> = fields(kind.id).iter().map(|(field, _)| *field).collect();
        if is_written {
            assert_eq!(rows, known, "{}", kind.id);
        }
    }
}

#[test]
fn what_is_applied_plans_to_nothing() {
    let project = Project::empty();
    let write = |documents: &BTreeMap<String, Value>| {
        let mut codes = String::from("rules:\n");
        for code in bursar::diag::CODES {
            if code.lock() == bursar::diag::Lock::Free {
                codes.push_str(&format!("  {}: allow\n", code.as_str()));
            }
        }
        std::fs::write(project.path().join("bursar.yaml"), format!("{ROOT}{codes}")).unwrap();
        std::fs::write(project.path().join("known.yaml"), KNOWN).unwrap();
        let texts: Vec<String> = documents
            .values()
            .map(|it| it.to_string().replace("${", "$${"))
            .collect();
        std::fs::write(project.path().join("all.yaml"), texts.join("\n---\n")).unwrap();
    };
    let mut documents = variants();
    write(&documents);
    let ran = project.run(&["validate", "--json"]);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    for finding in told["diagnostics"].as_array().unwrap() {
        if finding["severity"] == "error" {
            let address = finding["address"].as_str().unwrap_or_default().to_owned();
            refused.insert(address, finding["code"].as_str().unwrap().to_owned());
        }
    }
    for (address, code) in &refused {
        let known = documents.remove(address);
        assert!(known.is_some(), "{address}: {code}");
    }
    let refused: Vec<(&str, &str)> = refused
        .iter()
        .map(|(address, code)| (address.as_str(), code.as_str()))
        .collect();
    assert_eq!(refused, REFUSED);
    write(&documents);
    project.run(&["validate"]).exits(0);
    // Nothing is made without what a creation must have: that is said before anything is.
    let plan = project.run(&["plan", "--json"]).exits(6);
    let plan: Value = serde_json::from_str(&plan.stdout).unwrap();
    let unmakeable: Vec<&str> = plan["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refusal| refusal["address"].as_str().unwrap())
        .collect();
    assert_eq!(unmakeable, UNMAKEABLE);
    for address in UNMAKEABLE {
        documents.remove(*address);
    }
    write(&documents);
    project.run(&["apply", "--auto-approve"]).exits(0);
    let plan = project.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.code, 0, "{}", plan.stdout);
    project.run(&["drift", "--detailed-exitcode"]).exits(0);
    println!("{} variants applied", documents.len());

    // And all of it is found again in the account alone.
    let found = Project::empty();
    crate::pull::copy(&project.platform_data(), &found.platform_data());
    let settings = std::fs::read_to_string(project.path().join("bursar.yaml")).unwrap();
    std::fs::write(found.path().join("bursar.yaml"), settings).unwrap();
    let told = crate::pull::pulls_all_well(&found, "matrix");
    let left: BTreeSet<&str> = told["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["title"].as_str().unwrap())
        .collect();
    assert_eq!(left, BTreeSet::from(UNSAYABLE), "{told}");
}

/// What is refused before anything is planned, by its code.
const REFUSED: &[(&str, &str)] = &[
    ("coupon.code-4", "wrong-type"),
    ("letter.about-4", "wrong-type"),
    ("letter.body-7", "wrong-type"),
    ("letter.subject-5", "wrong-type"),
    ("list.type-1", "wrong-type"),
    ("scenario.triggers-10", "wrong-type"),
];

/// What was written in a way that is not found again: a length whose normal form is longer than the
/// language takes, and letters in which raw HTML and odd line ends stood.
const UNSAYABLE: [&str; 3] = ["products-6", "body-4", "body-5"];

/// What has null where the platform has no default.
const UNMAKEABLE: &[&str] = &[
    "coupon.discount-5",
    "offer.price-5",
    "pack.price-5",
    "pass.price-5",
];
