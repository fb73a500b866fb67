//! What users are told, and where.

use super::*;

/// `code at TEXT | message | help` of every finding.
fn told(text: &str) -> Vec<String> {
    let (document, findings) = read(text);
    assert!(document.is_none(), "{text}");
    findings
        .iter()
        .map(|finding| {
            let at = text[finding.span.range()]
                .lines()
                .next()
                .unwrap_or_default();
            let help = finding.help.as_deref().unwrap_or("-");
            format!("{} at {at} | {} | {help}", finding.code, finding.message)
        })
        .collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(told(text), expected, "{text}");
}

const KINDS_LISTED: &str = "`course`, `cohort`, `offer`, `coupon`, `list`, `letter`, `scenario`, `pass`, `pack`, `removed`, `test`";

#[test]
fn kinds() {
    check(
        "{ kind: ofer, name: a }",
        &["unknown-kind at ofer | unknown kind `ofer` | did you mean `offer`?"],
    );
    check(
        "{ kind: Deployment, name: a }",
        &[&format!(
            "unknown-kind at Deployment | unknown kind `Deployment` | the kinds are {KINDS_LISTED}"
        )],
    );
    check(
        "{ name: a, price: 1 }",
        &[&format!(
            "missing-field at a | this document has no `kind` | add `kind`: one of {KINDS_LISTED}"
        )],
    );
    check(
        "{ knid: offer, name: a }",
        &["unknown-field at knid | unknown field `knid` | did you mean `kind`?"],
    );
    check(
        "{ kind: 7, name: a }",
        &[&format!(
            "wrong-type at 7 | `kind` must be text, found the number 7 | write one of {KINDS_LISTED}"
        )],
    );
    check(
        "- kind: offer",
        &[
            "wrong-type at - kind: offer | a document must be a mapping, found a list | begin with `kind: …` and `name: …`",
        ],
    );
    let mut findings = Diagnostics::new();
    let nodes = parse(FileId(0), "---\n---\n", &Limits::default(), &mut findings);
    for node in &nodes {
        assert!(read_document(node, None, &mut findings).is_none());
    }
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn fields_unknown_and_missing() {
    check(
        "{ kind: offer, name: a, pirce: 490.00 EUR }",
        &["unknown-field at pirce | unknown field `pirce` | did you mean `price`?"],
    );
    check(
        "{ kind: removed, name: a, zebra: 1, address: list.x, then: retire }",
        &[
            "unknown-field at zebra | unknown field `zebra` | remove it, or write `title`, `previous_names`, `only_in`, `protect`, `adopt` or `allow`",
        ],
    );
    check(
        "{ kind: coupon, name: come-back }",
        &[
            "missing-field at come-back | this coupon has no `code` | add `code`: what the client types",
        ],
    );
    // One cause, one finding.
    check(
        "{ kind: coupon, name: come-back, coed: X }",
        &["unknown-field at coed | unknown field `coed` | did you mean `code`?"],
    );
    check(
        "kind: offer\nproducts:\n  - access: unlimited\n",
        &[
            "missing-field at kind: offer | this offer has no `name` | add `name`: the name: lower-case letters, digits and hyphens",
            "missing-field at access: unlimited | item 1 of `products` has no `course` | add `course`: the course",
        ],
    );
    check(
        "{ kind: offer, name: a, payment: { instalments: {} } }",
        &[
            "unknown-field at instalments | unknown field `instalments` in `payment` | did you mean `installments`?",
        ],
    );
}

#[test]
fn values_unknown() {
    check(
        "{ kind: offer, name: a, status: publishd }",
        &[
            "unknown-value at publishd | unknown value `publishd` of `status` | did you mean `published`?",
        ],
    );
    check(
        "{ kind: offer, name: a, status: live }",
        &[
            "unknown-value at live | unknown value `live` of `status` | write `draft`, `published` or `archived`",
        ],
    );
    check(
        "{ kind: offer, name: a, coupons: al }",
        &["unknown-value at al | unknown value `al` of `coupons` | write `none`, `any` or a list"],
    );
    check(
        "{ kind: offer, name: a, page: { language: fra } }",
        &["unknown-value at fra | unknown value `fra` of `language` | did you mean `fr`?"],
    );
    check(
        "{ kind: offer, name: a, products: [{ course: c, access: unlimitd }] }",
        &[
            "unknown-value at unlimitd | unknown value `unlimitd` of `access` | did you mean `unlimited`?",
        ],
    );
}

#[test]
fn money_and_discounts() {
    let price = |written: &str, found: &str, help: &str| {
        check(
            &format!("{{ kind: offer, name: a, price: {written} }}"),
            &[&format!(
                "wrong-type at {written} | `price` must be money such as `490.00 EUR`, found {found} | {help}"
            )],
        );
    };
    price("490", "the number 490", "write `490.00 EUR`");
    price("490.5", "the number 490.5", "write `490.50 EUR`");
    price("1e3", "the number 1e3", "write `1000.00 EUR`");
    price("010", "the number 010", "write `10.00 EUR`");
    price("490 eur", "the text `490 eur`", "write `490.00 EUR`");
    price("490.00EUR", "the text `490.00EUR`", "write `490.00 EUR`");
    price("EUR 490", "the text `EUR 490`", "write `490.00 EUR`");
    price(
        "'490,50 EUR'",
        "the text `490,50 EUR`",
        "write `490.50 EUR`",
    );
    price(
        "'1,490.50 EUR'",
        "the text `1,490.50 EUR`",
        "write `1490.50 EUR`",
    );
    price("'490,00'", "the text `490,00`", "write `490.00 EUR`");
    price("'1.490 EUR'", "the text `1.490 EUR`", "-");
    price("490.001 EUR", "the text `490.001 EUR`", "-");
    price("1.5 JPY", "the text `1.5 JPY`", "-");
    price("on", "the text `on`", "-");
    price("true", "`true`", "-");
    let discount = |written: &str, found: &str, help: &str| {
        check(
            &format!("{{ kind: coupon, name: a, code: X, discount: {written} }}"),
            &[&format!(
                "wrong-type at {written} | `discount` must be a discount such as `10%` or `33.00 USD`, found {found} | {help}"
            )],
        );
    };
    discount(
        "10",
        "the number 10",
        "write `10%`, or `10.00 EUR` for an amount",
    );
    discount("10 %", "the text `10 %`", "write `10%`");
}

#[test]
fn texts_that_yaml_reads_as_something_else() {
    for (written, found) in [
        ("010", "the number 010"),
        ("2026", "the number 2026"),
        ("1e3", "the number 1e3"),
        ("true", "`true`"),
    ] {
        check(
            &format!("{{ kind: offer, name: a, title: {written} }}"),
            &[&format!(
                "wrong-type at {written} | `title` must be text, found {found} | put it in quotes: \"{written}\""
            )],
        );
    }
    check(
        "{ kind: offer, name: 2026 }",
        &[
            "wrong-type at 2026 | `name` must be a name, found the number 2026 | put it in quotes: \"2026\"",
        ],
    );
    check(
        "{ kind: offer, name: Web Dev }",
        &[
            "wrong-type at Web Dev | `name` must be a name, found the text `Web Dev` | write `web-dev`",
        ],
    );
    check(
        "{ kind: offer, name: any }",
        &["wrong-type at any | `name` must be a name, found the text `any` | -"],
    );
}

#[test]
fn truth_numbers_and_lists() {
    for (written, right) in [
        ("no", "false"),
        ("off", "false"),
        ("yes", "true"),
        ("on", "true"),
    ] {
        check(
            &format!("{{ kind: offer, name: a, listed: {written} }}"),
            &[&format!(
                "wrong-type at {written} | `listed` must be `true` or `false`, found the text `{written}` | write `{right}`"
            )],
        );
    }
    check(
        "{ kind: pass, name: a, credits: '3' }",
        &[
            "wrong-type at '3' | `credits` must be a whole number from 1, found the text `3` | remove the quotes",
        ],
    );
    check(
        "{ kind: pass, name: a, credits: 0 }",
        &["wrong-type at 0 | `credits` must be a whole number from 1, found the number 0 | -"],
    );
    check(
        "{ kind: pass, name: a, credits: 2.5 }",
        &["wrong-type at 2.5 | `credits` must be a whole number from 1, found the number 2.5 | -"],
    );
    check(
        "{ kind: offer, name: a, cross_sell: b }",
        &[
            "wrong-type at b | `cross_sell` must be a list, found the text `b` | write a list: `[b]`",
        ],
    );
    check(
        "{ kind: offer, name: a, coupons: [X, { id: 0 }, [y]] }",
        &[
            "wrong-type at X | item 1 of `coupons` must be a name or a mapping, found the text `X` | write `x`",
            "wrong-type at 0 | `id` must be a whole number from 1, found the number 0 | -",
            "wrong-type at [y] | item 3 of `coupons` must be a name or a mapping, found a list | write the one item without the list",
        ],
    );
    check(
        "{ kind: letter, name: a, subject: , body: B }",
        &[
            "wrong-type at  | `subject` must be text, found nothing | give it a value, or leave the field out",
        ],
    );
}

#[test]
fn times_and_durations() {
    check(
        "{ kind: cohort, name: a, course: c, starts: 2026-09-07 }",
        &[
            "wrong-type at 2026-09-07 | `starts` must be a time such as `2026-09-07T10:00`, found the text `2026-09-07` | add a time of day: `2026-09-07T00:00`",
        ],
    );
    check(
        "{ kind: cohort, name: a, course: c, starts: 2026-09-07 10:00 }",
        &[
            "wrong-type at 2026-09-07 10:00 | `starts` must be a time such as `2026-09-07T10:00`, found the text `2026-09-07 10:00` | write `2026-09-07T10:00`",
        ],
    );
    check(
        "{ kind: pass, name: a, sale_ends: 2026-12-31T23:59 }",
        &[
            "wrong-type at 2026-12-31T23:59 | `sale_ends` must be a day such as `2026-12-31`, found the text `2026-12-31T23:59` | write `2026-12-31`",
        ],
    );
    // Of the right form, and in no calendar: 2027 is no leap year.
    for (text, why) in [
        ("2027-02-30T10:00", "2027-02 has the days 01 to 28"),
        ("2028-02-30T10:00", "2028-02 has the days 01 to 29"),
        ("2027-09-00T10:00", "2027-09 has the days 01 to 30"),
        (
            "2027-13-01T10:00",
            "the month is a number from 01 to 12, after the year",
        ),
    ] {
        check(
            &format!("{{ kind: cohort, name: a, course: c, starts: {text} }}"),
            &[&format!(
                "wrong-type at {text} | `starts` must be a time such as `2026-09-07T10:00`, found the text `{text}` | {why}"
            )],
        );
    }
    check(
        "{ kind: pass, name: a, sale_ends: 2026-11-31 }",
        &[
            "wrong-type at 2026-11-31 | `sale_ends` must be a day such as `2026-12-31`, found the text `2026-11-31` | 2026-11 has the days 01 to 30",
        ],
    );
    check(
        "{ kind: course, name: a, modules: [{ name: m, opens: { after_access: 7 days, at: 1:30 } }] }",
        &[
            "wrong-type at 7 days | `after_access` must be a duration, found the text `7 days` | write `7d`",
            "wrong-type at 1:30 | `at` must be a time of day, found the text `1:30` | write `\"01:30\"`",
        ],
    );
    check(
        "{ kind: pass, name: a, valid_for: 90 }",
        &[
            "wrong-type at 90 | `valid_for` must be a duration, found the number 90 | add a unit: `90d` for days, `90h` for hours, `90m` for minutes",
        ],
    );
}

#[test]
fn maps_with_one_key() {
    let list = |filter: &str| format!("{{ kind: list, name: a, type: segment, where: {filter} }}");
    check(
        &list("{ progres: { course: c, at_least: 80% } }"),
        &["unknown-field at progres | unknown field `progres` | did you mean `progress`?"],
    );
    check(
        &list("{ tag: vip, in_list: b }"),
        &[
            "wrong-type at in_list | `where` has more than one key | combine them: `all: [{ tag: … }, { in_list: … }]`",
        ],
    );
    check(
        &list(
            "{ all: [{ progress: { course: c, at_least: 80 } }, { not: { bought: { ofer: x } } }] }",
        ),
        &[
            "wrong-type at 80 | `at_least` must be a share such as `80%`, found the number 80 | write `80%`",
            "unknown-field at ofer | unknown field `ofer` | did you mean `offer`?",
        ],
    );
    check(
        &list("{ purchases: , at_least: 2 }"),
        &[
            "wrong-type at  | `purchases` must be `{ at_least: … }`, found nothing | give it a value, or leave the field out",
            "unknown-field at at_least | unknown field `at_least` | indent it, if it belongs to `purchases`; only one key stands here",
        ],
    );
    check(
        "{ kind: scenario, name: a, triggers: [{ do: [{}] }, { when: registered }] }",
        &[
            "missing-field at {} | item 1 of `do` needs exactly one key | write one of `add_to_list`, `remove_from_list`, `send_letter`, `award_points` or `extend_access`",
            "wrong-type at registered | `when` must be a mapping with one key, found the text `registered` | write `{ registered: … }`",
        ],
    );
}

#[test]
fn all_findings_at_once_and_whose_they_are() {
    let text = "kind: coupon\nname: come-back\nstatus: on\ndiscount: 10\nusess: {}\n";
    let (_, findings) = read(text);
    let codes: Vec<&str> = findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(
        codes,
        [
            "missing-field",
            "unknown-value",
            "wrong-type",
            "unknown-field"
        ]
    );
    for finding in findings {
        assert_eq!(finding.address.unwrap().to_string(), "coupon.come-back");
    }
}

#[test]
fn people_and_addresses_as_keys() {
    check(
        "{ kind: test, name: a, people: { Olena: {} }, timeline: [] }",
        &[
            "wrong-type at Olena | expected the name of a person of this test as the key, found `Olena` | write `olena`",
        ],
    );
    check(
        "{ kind: test, name: a, people: {}, timeline: [{ at: 2026-01-01T10:00, expect: { x: { can_buy: { discovery: true } } } }] }",
        &[
            "wrong-type at discovery | expected the address of an offer, pass or pack, such as `pass.discovery` as the key, found `discovery` | -",
        ],
    );
    check(
        "{ kind: removed, name: a, address: cohort.x, then: retire }",
        &[
            "wrong-type at cohort.x | `address` must be an address such as `coupon.black-friday-2025`, found the text `cohort.x` | -",
        ],
    );
}

#[test]
fn projects() {
    let told = |text: &str| {
        let mut findings = Diagnostics::new();
        assert!(read_project(&tree(text), &mut findings).is_none(), "{text}");
        findings.sort();
        findings
            .iter()
            .map(|finding| format!("{} at {}", finding.code, &text[finding.span.range()]))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told("{ version: 2, project: a, timezoen: UTC, platform: { provider: kwigga } }"),
        [
            "wrong-type at 2",
            "unknown-field at timezoen",
            "unknown-value at kwigga"
        ]
    );
    assert_eq!(
        told(
            "{ version: 1, project: a, defaults: { offers: {} }, environments: { x: { project: b } } }"
        ),
        ["unknown-field at offers", "unknown-field at project"]
    );
}
