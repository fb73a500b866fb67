//! What belongs to a launch, in schools written by hand.

use super::{field, next, pairs, project, tests_of, told, topics};

const PROJECT: &str = "version: 1\nproject: p\ntimezone: America/New_York\ncurrency: USD\nvars: { suffix: ' (test)', month: 2026-09 }\n";

const SCHOOL: &str = r#"# of the file
---
kind: course
name: web
id: 1
modules:
  - { id: 11, name: one, lessons: [{ id: 111, name: a }] }
  - { id: 12, name: two, lessons: [{ id: 121, name: b }] }
  - { id: 13, name: three, lessons: [{ id: 131, name: c }] }
---
# web-2026-09 is the first.
kind: cohort
name: web-${month}
course: web
previous_names: [older]
starts: 2026-09-06T02:30
schedule:
  every: { period: 7d }
---
{ kind: offer, name: web-2026-09-basic, title: "Web, September 2026${suffix}", status: published, price: 100.00 USD, payment: { full: true }, sale: { opens: 2026-07-01T00:00, closes: 2026-09-30 }, products: [{ course: web, cohort: web-2026-09, access: { until: 2026-12-31 } }], coupons: [first, general], protect: true, adopt: { id: 77 } }
---
kind: offer
name: web-2026-09-pro
like: web-2026-09-basic
title: Pro
price: 200.00 USD
sale: { opens: 2026-07-01T04:00Z } # eight o'clock elsewhere
letters: { purchased: thanks }
---
{ kind: cohort, name: web-2026-04, course: web, starts: 2026-04-06T10:00 }
---
{ kind: offer, name: old-vip, title: VIP, status: published, price: 300.00 USD, payment: { full: true }, sale: { closes: 2026-10-31 }, products: [{ course: web, cohort: web-2026-04 }] }
---
kind: offer
name: web-2026-09-vip
like: old-vip
title: VIP, September 2026
price: 350.00 USD
products: [{ course: web, cohort: web-2026-09 }]
---
kind: offer
name: other
title: Other
price: 10.00 USD
payment: { full: true }
products: [{ course: web }]
coupons: [general]
letters: { purchased: thanks }
---
{ kind: coupon, name: first, code: FIRST, discount: 10%, lists: [gate] }
---
{ kind: coupon, name: general, code: GEN, discount: 10% }
---
{ kind: list, name: gate, type: static }
---
{ kind: list, name: lonely, type: static }
---
{ kind: letter, name: thanks, subject: Thanks, body: Thank you. }
---
kind: letter
name: remind
subject: "Pay for {{ offer.title }}"
about: { offer: web-2026-09-basic, coupon: first, valid_for: 24h }
body: |
  # Heading of September 2026
  {{ coupon.code }} {{ coupon.discount }} {{ valid_for }} {{ price.before }} {{ price.after }}
---
kind: scenario
name: win
status: active
triggers:
  - when: { unpaid_order: { offer: web-2026-09-basic } }
    wait_before_if: 30m
    if: { all: [{ not: { bought: { offer: web-2026-09-basic } } }, { not: { in_list: gate } }] }
    do: [{ add_to_list: gate }, { send_letter: remind }]
  - wait: 24h
    do: [{ remove_from_list: gate }]
---
kind: test
name: win-back
people: { olena: {} }
timeline:
  - { at: 2026-08-01T10:00, do: { olena: { opens_offer: web-2026-09-basic } } }
  - { after: 31m, expect: { olena: { lists: [gate], letters: [remind], can_use: { first: true, general: true } } } }
"#;

#[test]
fn what_belongs_to_a_launch_goes_along_and_what_is_shared_stays() {
    let project = project(&[("bursar.yaml", PROJECT), ("all.yaml", SCHOOL)]);
    project.run(&["test"]).exits(0);
    // 7 March 2027 is 182 days later; a week after it, New York has no 02:30.
    let told = told(&project, "web-2026-09", "2027-03-07", &[]);
    assert_eq!(
        pairs(&told, "renamed"),
        [
            "cohort.web-2026-09 → cohort.web-2027-03",
            "offer.web-2026-09-basic → offer.web-2027-03-basic",
            "offer.web-2026-09-pro → offer.web-2027-03-pro",
            "offer.web-2026-09-vip → offer.web-2027-03-vip",
            "coupon.first → coupon.first-2027-03",
            "list.gate → list.gate-2027-03",
            "letter.remind → letter.remind-2027-03",
            "scenario.win → scenario.win-2027-03",
            "test.win-back → test.win-back-2027-03",
        ]
    );
    let shared = told["shared"].as_array().unwrap().iter();
    let shared: Vec<&str> = shared.map(|kept| field(kept, "address")).collect();
    assert_eq!(shared, ["coupon.general", "letter.thanks"]);
    let text = field(&told, "text");
    for expected in [
        "# web-2027-03 is the first.\nkind: cohort\nname: web-2027-03\ncourse: web\n",
        "follows: web-2026-09\nlaunch: schedule-only\nstarts: 2027-03-07T02:30\n",
        // The second slot is skipped by the clock change of 14 March, the third is not.
        "two: { opens: 2027-03-14T03:30 }",
        "title: \"Web, March 2027${suffix}\"",
        "sale: { opens: 2026-12-30T00:00, closes: 2027-03-31 }",
        "coupons: [first-2027-03, general]",
        // Midnight in New York is 04:00Z in summer and 05:00Z in winter.
        "like: web-2027-03-basic\n",
        "sale: { opens: 2026-12-30T05:00Z } # eight",
        // Taken over from an offer of another launch: written out, and moved.
        "price: 350.00 USD\nproducts: [{ course: web, cohort: web-2027-03 }]\nstatus: published\n",
        "sale: { closes: 2027-05-01 }",
        "title: Pro (2027-03)",
        "code: FIRST-2703",
        "  # Heading of September 2026\n",
        "can_use: { first-2027-03: true, general: true }",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    for gone in ["older", "adopt", "old-vip", "of the file", "lonely"] {
        assert!(!text.contains(gone), "{gone}\n{text}");
    }
    let left = topics(&told);
    for expected in [
        "clock-change cohort.web-2027-03 schedule.modules.two.opens",
        "clock-change offer.web-2027-03-pro sale.opens",
        "text letter.remind-2027-03 body",
        "protection offer.web-2027-03-basic protect",
    ] {
        assert!(
            left.iter().any(|it| it == expected),
            "{expected}: {left:#?}"
        );
    }
    project.run(&["validate"]).exits(0);
    assert_eq!(tests_of(&project), 2);
}

/// The copy of a course, as its mirror has it.
const COPY: &str = "kind: course\nname: web-2\nid: 2\ncopy_of: web\nmodules:\n  \
    - { id: 21, name: one, lessons: [{ id: 211, name: a }] }\n  \
    - { id: 22, name: two, lessons: [{ id: 221, name: b }] }\n  \
    - { id: 23, name: three, lessons: [{ id: 231, name: c }] }\n";

#[test]
fn a_copy_is_launched_by_its_mirror() {
    let files = [
        ("bursar.yaml", PROJECT),
        ("all.yaml", SCHOOL),
        ("copy.yaml", COPY),
    ];
    let project = project(&files);
    let copy = ["--launch", "course-copy"];
    let alone = next(&project, "web-2026-09", "2027-01-10", &copy).exits(3);
    assert!(alone.stderr.contains("--course"), "{}", alone.stderr);
    for (course, expected) in [("web", "no copy of it"), ("web-3", "did you mean `web-2`?")] {
        let wrong = [copy.as_slice(), &["--course", course]].concat();
        let ran = next(&project, "web-2026-09", "2027-01-10", &wrong).exits(3);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    }
    let whole = [copy.as_slice(), &["--course", "web-2"]].concat();
    let told = told(&project, "web-2026-09", "2027-01-10", &whole);
    let text = field(&told, "text");
    assert!(text.contains("course: web-2\n"), "{text}");
    assert!(
        text.contains("products: [{ course: web-2, cohort: web-2027-01,"),
        "{text}"
    );
    assert!(!text.contains("course: web,"), "{text}");
    project.run(&["validate"]).exits(0);
}

#[test]
fn levels_of_one_launch_stay_alike_and_defaults_are_everybody_s() {
    let settings = "version: 1\nproject: p\ntimezone: Europe/Kyiv\ncurrency: EUR\n\
        defaults: { offer: { status: published, payment: { full: true }, letters: { purchased: hello } } }\n";
    // As it is found on other machines: a mark at the start, and line ends of two signs. Without
    // `starts`, the first opening is what the dates are counted from.
    let school = "\u{feff}kind: course\nname: w\nid: 1\nmodules: [{ id: 11, name: one, lessons: [{ id: 111, name: a }] }]\n\
        ---\nkind: cohort\nname: autumn\ncourse: w\nschedule: { modules: { one: { opens: 2026-09-07T10:00 } } }\n\
        ---\nkind: offer\nname: basic\ntitle: Basic\nprice: 10.00 EUR\nsale: { opens: 2026-08-01T00:00, closes: 2026-09-10 }\n\
        products: [{ course: w, cohort: autumn }]\n\
        ---\nkind: offer\nname: pro\nlike: basic # dearer\ntitle: Pro\nprice: 20.00 EUR\n\
        ---\nkind: letter\nname: hello\nsubject: Hello\nbody: Hello.\n";
    let school = school.replace('\n', "\r\n");
    let project = project(&[("bursar.yaml", settings), ("all.yaml", &school)]);
    let told = told(&project, "autumn", "2026-08-31", &[]);
    assert_eq!(told["days"], -7);
    let text = field(&told, "text");
    assert!(
        text.starts_with("# The launch after cohort.autumn, 7 days earlier,"),
        "{text}"
    );
    for expected in [
        "\nstarts: 2026-08-31T10:00\n",
        "one: { opens: 2026-08-31T10:00 }",
        "sale: { opens: 2026-07-25T00:00, closes: 2026-09-03 }",
        "\nlike: basic-2026-08 # dearer\n",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(!text.contains("hello") && !text.contains('\r'), "{text}");
    assert_eq!(text.matches("sale:").count(), 1, "{text}");
    assert_eq!(
        field(&told["shared"][0], "because"),
        "the project's defaults name it"
    );
    let left = topics(&told);
    assert!(!left.iter().any(|it| it.starts_with("left")), "{left:#?}");
    project.run(&["validate"]).exits(0);
}
