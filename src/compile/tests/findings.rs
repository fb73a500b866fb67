//! What is said about projects that are wrong: each cause once, at its place.

use super::run;

const PROJECT: &str = "version: 1\nproject: nova\ntimezone: Europe/Kyiv\n";

const COURSE: &str = "kind: course
name: web-dev
id: 1
modules:
  - { id: 11, name: basics, lessons: [{ id: 111, name: welcome }] }
  - { id: 12, name: css, lessons: [{ id: 121, name: flexbox }] }
";

/// Checks what is said about a project: bursar.yaml, and documents as `a.yaml`.
fn check_in(project: &str, environment: Option<&str>, documents: &str, expected: &[&str]) {
    let run = run(
        &[("bursar.yaml", project), ("a.yaml", documents)],
        environment,
    );
    assert_eq!(run.shown(), expected, "{project}\n{documents}");
}

fn check(documents: &str, expected: &[&str]) {
    check_in(PROJECT, None, documents, expected);
}

#[test]
fn unknown_names() {
    let coupon = "kind: coupon\nname: a\ncode: A\ndiscount: 10%\n";
    check(
        &format!("{coupon}lists: [unpaid-web]\n---\nkind: list\nname: unpaid-wed\ntype: static\n"),
        &[
            "unknown-reference a.yaml:5:9 there is no list `unpaid-web` | did you mean `unpaid-wed`?",
        ],
    );
    check(
        &format!(
            "{coupon}lists: [loyal-people]\n---\nkind: letter\nname: loyal-people\nsubject: a\nbody: b\n"
        ),
        &[
            "unknown-reference a.yaml:5:9 there is no list `loyal-people` | `loyal-people` is a letter; this must name a list",
        ],
    );
    check(
        &format!("{coupon}lists: [loyal-people]\n"),
        &[
            "unknown-reference a.yaml:5:9 there is no list `loyal-people` | declare it, or write `{ id: … }` for a list that this project does not manage",
        ],
    );
    check(
        &format!(
            "{coupon}lists: [old]\n---\nkind: list\nname: new-name\ntype: static\nprevious_names: [old]\n"
        ),
        &[
            "unknown-reference a.yaml:5:9 there is no list `old` | it is called `new-name` now | a.yaml:8:7 renamed here",
        ],
    );
    // Outside references need no document.
    check(&format!("{coupon}lists: [{{ id: 77 }}]\n"), &[]);
}

#[test]
fn a_document_that_cannot_be_read_is_no_further_cause() {
    let run = run(
        &[
            ("bursar.yaml", PROJECT),
            (
                "a.yaml",
                "kind: coupon\nname: a\ncode: A\ndiscount: 10%\nlists: [gate]\n---\nkind: list\nname: gate\ntype: statc\n---\nkind: offer\nname: o\ncoupons: any\n",
            ),
        ],
        None,
    );
    let codes: Vec<&str> = run
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(codes, ["unknown-value"]);
}

#[test]
fn names_of_other_environments() {
    let project = format!("{PROJECT}environments: {{ staging: {{}}, production: {{}} }}\n");
    let documents = "kind: coupon\nname: a\ncode: A\ndiscount: 10%\nlists: [gate]\n---\nkind: list\nname: gate\ntype: static\nonly_in: [production]\n";
    check_in(
        &project,
        Some("staging"),
        documents,
        &["unknown-reference a.yaml:5:9 there is no list `gate` | give both the same `only_in`"],
    );
    check_in(&project, Some("production"), documents, &[]);
    check_in(
        &project,
        Some("stagging"),
        "",
        &[
            "unknown-value bursar.yaml:4:1 there is no environment `stagging` | did you mean `staging`?",
        ],
    );
    check_in(
        &project,
        Some("staging"),
        "kind: list\nname: gate\ntype: static\nonly_in: [prod]\n",
        &[
            "unknown-value a.yaml:4:11 there is no environment `prod` | the project has `staging`, `production`",
        ],
    );
}

#[test]
fn modules_and_lessons() {
    let cohort =
        "kind: cohort\nname: c\ncourse: web-dev\nstarts: 2026-09-07T10:00\nschedule:\n  modules:\n";
    check(
        &format!("{cohort}    basic: {{ opens: 2026-09-14T10:00 }}\n---\n{COURSE}"),
        &[
            "unknown-reference a.yaml:7:5 the course `web-dev` has no module `basic` | did you mean `basics`? | a.yaml:10:7 the course",
        ],
    );
    check(
        &format!(
            "{cohort}    basics: {{ lessons: {{ flexbox: {{ opens: 2026-09-14T10:00 }} }} }}\n---\n{COURSE}"
        ),
        &[
            "lesson-in-other-module a.yaml:7:26 the lesson `flexbox` is not in the module `basics` | write it under `css` | a.yaml:14:53 the lesson",
        ],
    );
    check(
        &format!(
            "{cohort}    css: {{ lessons: {{ grid: {{ opens: 2026-09-14T10:00 }} }} }}\n---\n{COURSE}"
        ),
        &[
            "unknown-reference a.yaml:7:23 the module `css` of `web-dev` has no lesson `grid` | it has `flexbox` | a.yaml:10:7 the course",
        ],
    );
    // An unknown course is one cause, its modules are none.
    check(
        &format!("{cohort}    basics: {{ opens: 2026-09-14T10:00 }}\n"),
        &[
            "unknown-reference a.yaml:3:9 there is no course `web-dev` | declare it with the id and the program that the platform shows",
        ],
    );
    check(
        "kind: cohort\nname: c\ncourse: { id: 4 }\nschedule:\n  modules: { css: { opens: 2026-09-14T10:00 } }\n",
        &[
            "unknown-reference a.yaml:5:14 the program of the course with id 4 is not known | declare the course with its program, and write its name",
        ],
    );
}

#[test]
fn courses_without_ids_cannot_be_scheduled() {
    let copy = "kind: course\nname: copy\ncopy_of: web-dev\n";
    let cohort = |schedule: &str| {
        format!(
            "kind: cohort\nname: c\ncourse: copy\nstarts: 2026-09-07T10:00\nschedule: {schedule}\n"
        )
    };
    let documents = |schedule: &str| format!("{copy}---\n{}---\n{COURSE}", cohort(schedule));
    let missing = "missing-field a.yaml:2:7 the ids of the course `copy` are not complete | make the course on the platform, then write the ids that it shows into the mirror";
    check(
        &documents("{ modules: { css: { opens: 2026-09-14T10:00 } } }"),
        &[&format!("{missing} | a.yaml:9:24 an id is needed here")],
    );
    check(
        &documents("{ every: { period: 7d } }"),
        &[&format!("{missing} | a.yaml:9:13 an id is needed here")],
    );
    check(
        &documents("{ modules: { javascript: { opens: 2026-09-14T10:00 } } }"),
        &["unknown-reference a.yaml:9:24 the course `copy` has no module `javascript` | it has `basics`, `css` | a.yaml:12:7 the course"].map(|line| line.replace("the course `copy`", "the course `web-dev`")).each_ref().map(String::as_str),
    );
}

#[test]
fn clock_changes() {
    check(
        &format!(
            "kind: cohort\nname: c\ncourse: web-dev\nstarts: 2026-03-22T03:30\nschedule: {{ every: {{ period: 7d }} }}\n---\n{COURSE}"
        ),
        &[
            "skipped-local-time a.yaml:5:13 2026-03-29T03:30 does not exist in Europe/Kyiv | write one of these, with its offset",
        ],
    );
    check(
        "kind: offer\nname: o\nprice: 1 EUR\nsale: { opens: 2026-10-25T03:30, closes: 2026-12-01 }\n",
        &[
            "doubled-local-time a.yaml:4:16 2026-10-25T03:30 happens twice in Europe/Kyiv | write one of these, with its offset",
        ],
    );
    let run = run(
        &[
            ("bursar.yaml", PROJECT),
            (
                "a.yaml",
                "kind: offer\nname: o\nsale: { opens: 2026-10-25T03:30 }\n",
            ),
        ],
        None,
    );
    let why = run
        .findings
        .iter()
        .next()
        .and_then(|finding| finding.why.clone());
    let expected = "it is `2026-10-25T03:30+03:00` (2026-10-25T00:30:00Z), and again `2026-10-25T03:30+02:00` (2026-10-25T01:30:00Z)";
    assert_eq!(why.as_deref(), Some(expected));
    check_in(
        "version: 1\nproject: nova\ntimezone: Europe/Kyif\n",
        None,
        "",
        &[
            "unknown-value bursar.yaml:3:11 `Europe/Kyif` is not an IANA time zone | did you mean `Europe/Kyiv`?",
        ],
    );
}

#[test]
fn a_schedule_needs_a_start() {
    check(
        &format!(
            "kind: cohort\nname: c\ncourse: web-dev\nschedule:\n  modules: {{ css: {{ opens: {{ after_start: 7d }} }} }}\n---\n{COURSE}"
        ),
        &[
            "missing-field a.yaml:2:7 `starts` is missing | add `starts: 2026-09-07T10:00` | a.yaml:5:28 counts from `starts`",
        ],
    );
}

#[test]
fn a_cohort_belongs_to_the_course_that_is_sold() {
    let documents = |sold: &str| {
        format!(
            "kind: offer\nname: o\nproducts: [{{ course: {sold}, cohort: c }}]\n---\nkind: cohort\nname: c\ncourse: web-dev\n---\n{COURSE}---\nkind: course\nname: other\nid: 2\n"
        )
    };
    check(&documents("web-dev"), &[]);
    check(&documents("{ id: 1 }"), &[]);
    for other in ["other", "{ id: 2 }"] {
        let column = "products: [{ course: , cohort: ".len() + other.len() + 1;
        let expected = format!(
            "unknown-reference a.yaml:3:{column} `c` is no cohort of this product's course | name a cohort of the course, or the cohort's course | a.yaml:7:9 the cohort's course"
        );
        check(&documents(other), &[&expected]);
    }
}

#[test]
fn circles() {
    let offer = |name: &str, like: &str| {
        format!("kind: offer\nname: {name}\ntitle: {name}\nlike: {like}\n---\n")
    };
    check(
        &format!("{}{}", offer("a", "b"), offer("b", "a")),
        &[
            "reference-cycle a.yaml:4:7 references go in a circle: `offer.a` → `offer.b` → `offer.a` | take one of these references out | a.yaml:9:7 `offer.b` refers on here",
        ],
    );
    check(
        &offer("a", "a"),
        &[
            "reference-cycle a.yaml:4:7 `offer.a` refers to itself | take one of these references out",
        ],
    );
    let list = |name: &str, other: &str| {
        format!("kind: list\nname: {name}\ntype: segment\nwhere: {{ in_list: {other} }}\n---\n")
    };
    check(
        &format!("{}{}{}", list("a", "b"), list("b", "c"), list("c", "b")),
        &[
            "reference-cycle a.yaml:9:19 references go in a circle: `list.b` → `list.c` → `list.b` | take one of these references out | a.yaml:14:19 `list.c` refers on here",
        ],
    );
    check(
        "kind: course\nname: a\ncopy_of: b\n---\nkind: course\nname: b\ncopy_of: a\n",
        &[
            "reference-cycle a.yaml:3:10 references go in a circle: `course.a` → `course.b` → `course.a` | take one of these references out | a.yaml:7:10 `course.b` refers on here",
        ],
    );
    // Weak links may close a circle.
    check(
        "kind: offer\nname: a\ntitle: a\ncross_sell: [b]\n---\nkind: offer\nname: b\ntitle: b\ncross_sell: [a]\n",
        &[],
    );
}

#[test]
fn likes() {
    check(
        "kind: offer\nname: a\ntitle: a\nlike: { id: 5 }\n",
        &[
            "unknown-reference a.yaml:4:7 `like` must name an offer of this project | declare that offer, or write its fields out",
        ],
    );
    check(
        "kind: offer\nname: new\ntitle: new\nlike: ol\n---\nkind: offer\nname: old\ntitle: old\n",
        &["unknown-reference a.yaml:4:7 there is no offer `ol` | did you mean `old`?"],
    );
    // What is copied is wrong once, where it is written.
    check(
        "kind: offer\nname: b\ntitle: b\nlike: a\n---\nkind: offer\nname: a\ntitle: a\ncoupons: [none-such]\n",
        &[
            "unknown-reference a.yaml:9:11 there is no coupon `none-such` | declare it, or write `{ id: … }` for a coupon that this project does not manage",
        ],
    );
}

#[test]
fn addresses_are_unique() {
    let list = "kind: list\nname: a\ntype: static\n";
    check(
        &format!("{list}---\n{list}"),
        &[
            "duplicate-address a.yaml:6:7 `list.a` is declared twice | give one of them another name, or delete one | a.yaml:2:7 declared first",
        ],
    );
    check(
        &format!("{list}---\nkind: removed\nname: r\naddress: list.a\nthen: retire\n"),
        &[
            "duplicate-address a.yaml:7:10 `list.a` is declared and removed at once | delete one of the two documents | a.yaml:2:7 declared here",
        ],
    );
    check(
        "kind: list\nname: b\ntype: static\nprevious_names: [a]\n---\nkind: removed\nname: r\naddress: list.a\nthen: delete\n",
        &[
            "duplicate-address a.yaml:8:10 `list.a` is renamed to `list.b` and removed at once | delete this document, or take the name out of `previous_names` there | a.yaml:2:7 renamed here",
        ],
    );
    check(
        &format!("{list}---\nkind: list\nname: b\ntype: static\nprevious_names: [a]\n"),
        &[
            "duplicate-address a.yaml:8:18 the name `a` still belongs to `list.a` | take it out of `previous_names` here, or rename the other | a.yaml:2:7 the other",
        ],
    );
}

#[test]
fn titles_codes_and_kinds() {
    check(
        "kind: offer\nname: a\ntitle: WD\n---\nkind: offer\nname: b\ntitle: \"WD \"\n",
        &[
            "duplicate-title a.yaml:7:8 `offer.b` has the title of `offer.a` | give the offer a title of its own | a.yaml:3:8 the other",
        ],
    );
    check(
        "kind: offer\nname: a\ntitle: WD\n---\nkind: offer\nname: b\nlike: a\n",
        &[
            "duplicate-title a.yaml:6:7 `offer.b` has the title of `offer.a` | give the offer a title of its own | a.yaml:3:8 the other",
        ],
    );
    check(
        "kind: offer\nname: a\ntitle: WD\nstatus: archived\n---\nkind: offer\nname: b\ntitle: WD\n",
        &[],
    );
    check(
        "kind: offer\nname: a\ntitle: Copy system WD\n",
        &[
            "reserved-title a.yaml:3:8 a title cannot start with \"Copy system\" | choose another title",
        ],
    );
    check(
        "kind: coupon\nname: a\ncode: COME\ndiscount: 1%\n---\nkind: coupon\nname: b\ncode: соме\ndiscount: 1%\n",
        &[
            "duplicate-code a.yaml:8:7 `coupon.b` has the code of `coupon.a` | give the coupon a code of its own | a.yaml:3:7 the other",
        ],
    );
    check_in(
        &format!("{PROJECT}platform: {{ provider: kwiga }}\n"),
        None,
        "kind: pass\nname: a\nprice: 1 EUR\n",
        &[
            "kind-not-on-platform a.yaml:1:7 Kwiga has no objects of the kind `pass` | move it to a project for the other platform, or limit it with `only_in`",
        ],
    );
    check_in(
        &format!("{PROJECT}platform: {{ provider: bsport }}\n"),
        None,
        &format!("kind: coupon\nname: a\ncode: A\ndiscount: 1%\n---\n{COURSE}"),
        &[
            "kind-not-on-platform a.yaml:1:7 bsport has no objects of the kind `coupon` | move it to a project for the other platform, or limit it with `only_in`",
        ],
    );
}

#[test]
fn defaults_are_wrong_once_and_where_they_are_written() {
    let project = format!("{PROJECT}defaults:\n  list: {{ title: 5 }}\n");
    let run = run(
        &[
            ("bursar.yaml", &project),
            (
                "a.yaml",
                "kind: list\nname: a\ntype: static\n---\nkind: list\nname: b\ntype: static\n---\nkind: list\nname: c\ntitle: C\ntype: static\n",
            ),
        ],
        None,
    );
    let shown = run.shown();
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(
        shown[0].starts_with("wrong-type bursar.yaml:5:18 "),
        "{shown:?}"
    );
}

#[test]
fn severities_and_excuses() {
    let coupons = |allow: &str| {
        format!(
            "kind: coupon\nname: a\ncode: X\ndiscount: 1%\n---\nkind: coupon\nname: b\ncode: x\ndiscount: 1%\n{allow}"
        )
    };
    let duplicate = "duplicate-code a.yaml:8:7 `coupon.b` has the code of `coupon.a` | give the coupon a code of its own | a.yaml:3:7 the other";
    check(&coupons(""), &[duplicate]);
    check(
        &coupons("allow: [{ rule: duplicate-code, because: one replaces the other }]\n"),
        &[],
    );
    // The clock of these tests is 1 June 2026.
    check(
        &coupons("allow: [{ rule: duplicate-code, because: x, until: 2026-06-01 }]\n"),
        &[],
    );
    check(
        &coupons("allow: [{ rule: duplicate-code, because: x, until: 2026-05-31 }]\n"),
        &[
            duplicate,
            "expired-allow a.yaml:10:52 the excuse for `duplicate-code` ended on 2026-05-31 | mend what it excuses, or give it a later date",
        ],
    );
    let list = |allow: &str| {
        format!("kind: list\nname: a\ntype: static\nallow: [{{ rule: {allow}, because: x }}]\n")
    };
    check(
        &list("duplicate-code"),
        &["unused-allow a.yaml:4:17 nothing here breaks `duplicate-code` | take the `allow` out"],
    );
    check(&list("list-unused"), &[]);
    // Where something cannot be read, rules are silent, and their excuses are not unused.
    for unread in [
        "---\nkind: offer\nname: [\n",
        "---\nkind: list\nname: b\ntype: statc\n",
    ] {
        let run = run(
            &[
                ("bursar.yaml", PROJECT),
                ("a.yaml", &format!("{}{unread}", list("list-unused"))),
            ],
            None,
        );
        let unused = run
            .findings
            .iter()
            .any(|finding| finding.code.as_str() == "unused-allow");
        assert!(!unused, "{:#?}", run.shown());
    }
    check(
        &list("list-unsed"),
        &["unknown-rule a.yaml:4:17 there is no rule `list-unsed` | did you mean `list-unused`?"],
    );
    check(
        &list("wrong-type"),
        &[
            "unused-allow a.yaml:4:17 `wrong-type` cannot be excused | take the `allow` out and mend what is found",
        ],
    );
    let rules = |rules: &str| format!("{PROJECT}rules: {{ {rules} }}\n");
    check_in(&rules("duplicate-code: allow"), None, &coupons(""), &[]);
    check_in(
        &rules("duplicate-cod: hint"),
        None,
        "",
        &[
            "unknown-rule bursar.yaml:4:10 there is no rule `duplicate-cod` | did you mean `duplicate-code`?",
        ],
    );
    check_in(
        &rules("wrong-type: hint"),
        None,
        "",
        &["unknown-value bursar.yaml:4:22 `wrong-type` is always an error | take this line out"],
    );
    let run = run(
        &[
            ("bursar.yaml", &rules("duplicate-code: hint")),
            ("a.yaml", &coupons("")),
            ("b.yaml", "kind: offer\nname: o\ncoupons: any\n"),
        ],
        None,
    );
    assert!(run.compiled.is_some());
}

#[test]
fn errors_leave_nothing_to_plan() {
    let run = run(
        &[
            ("bursar.yaml", PROJECT),
            (
                "a.yaml",
                "kind: coupon\nname: a\ncode: A\ndiscount: 10%\nlists: [b]\n",
            ),
        ],
        None,
    );
    assert!(run.compiled.is_none());
}

#[test]
fn variables() {
    check_in(
        &format!("{PROJECT}vars: {{ a: \"${{b}}\", b: x }}\n"),
        None,
        "",
        &[
            "undefined-variable bursar.yaml:4:12 a variable's value cannot use variables | write the value out",
        ],
    );
    check_in(
        &format!(
            "{PROJECT}vars: {{ year: \"2026\" }}\ndefaults: {{ offer: {{ title: \"x ${{yaer}}\" }} }}\n"
        ),
        None,
        "kind: offer\nname: a\ntitle: \"WD ${year}\"\n",
        &["undefined-variable bursar.yaml:5:32 there is no variable `yaer` | did you mean `year`?"],
    );
}
