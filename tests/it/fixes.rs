//! `validate --fix`: cures are carried out, and nothing else is changed.

use crate::harness::Project;

const PROJECT: &str = "version: 1\nproject: p\ntimezone: Europe/Kyiv\ncurrency: EUR\n";

fn project(text: &str) -> Project {
    let project = Project::empty();
    std::fs::write(project.path().join("bursar.yaml"), PROJECT).unwrap();
    std::fs::write(project.path().join("a.yaml"), text).unwrap();
    project
}

fn text(project: &Project) -> String {
    std::fs::read_to_string(project.path().join("a.yaml")).unwrap()
}

#[test]
fn spelling_is_mended_and_comments_stay() {
    let before =
        "# the offer\nkind: ofer # a kind\nname: web\ntilte:   Web  # shown\nprcie: 490.00 EUR\n";
    let after =
        "# the offer\nkind: offer # a kind\nname: web\ntitle:   Web  # shown\nprice: 490.00 EUR\n";
    let project = project(before);
    let shown = project.run(&["validate", "--diff", "--fix"]);
    assert_eq!(shown.code, 3, "{shown:?}");
    assert!(shown.stdout.contains("-kind: ofer # a kind\n"), "{shown:?}");
    assert!(
        shown.stdout.contains("+kind: offer # a kind\n"),
        "{shown:?}"
    );
    assert_eq!(text(&project), before);
    project.run(&["validate", "--fix"]).exits(0);
    assert_eq!(text(&project), after);
    project.run(&["validate", "--fix"]).exits(0);
    assert_eq!(text(&project), after);
    project.run(&["validate", "--diff"]).exits(0);
}

#[test]
fn what_touches_access_or_money_asks_for_unsafe() {
    let before = "kind: list\nname: gate\ntype: static\n---\nkind: coupon\nname: c\ncode: C\ndiscount: 10%\nlists: [gaet] # who\n---\nkind: offer\nname: o\nstatus: publishd\ncoupons: [c]\n";
    let after = before
        .replace("gaet", "gate")
        .replace("publishd", "published");
    let project = project(before);
    project.run(&["validate", "--fix"]).exits(3);
    assert_eq!(text(&project), before);
    project.run(&["validate", "--fix", "--unsafe"]).exits(0);
    assert_eq!(text(&project), after);
}

#[test]
fn an_offer_is_made_to_accept_the_coupon_that_is_mailed() {
    let before = "kind: offer\nname: o\ncoupons: none # for now\n---\nkind: coupon\nname: c\ncode: C\ndiscount: 10%\n---\nkind: letter\nname: l\nsubject: S\nabout: { offer: o, coupon: c }\nbody: B\n---\nkind: scenario\nname: s\ntriggers:\n  - when: { registered: {} }\n    do: [{ send_letter: l }]\n";
    let project = project(before);
    project.run(&["validate", "--fix"]).exits(3);
    assert_eq!(text(&project), before);
    project.run(&["validate", "--fix", "--unsafe"]).exits(0);
    let after = before.replace("coupons: none # for now", "coupons: [c] # for now");
    assert_eq!(text(&project), after);
    let named = after.replace("coupons: [c]", "coupons: [d]")
        + "---\nkind: coupon\nname: d\ncode: D\ndiscount: 5%\n";
    std::fs::write(project.path().join("a.yaml"), &named).unwrap();
    project.run(&["validate", "--fix", "--unsafe"]).exits(0);
    assert_eq!(text(&project), named.replace("[d]", "[d, c]"));
}

#[test]
fn text_from_a_variable_is_left_alone() {
    let project = project("kind: list\nname: gate\ntype: ${form}\n");
    let settings = format!("{PROJECT}vars: {{ form: statc }}\n");
    std::fs::write(project.path().join("bursar.yaml"), &settings).unwrap();
    project.run(&["validate", "--fix", "--unsafe"]).exits(3);
    assert_eq!(text(&project), "kind: list\nname: gate\ntype: ${form}\n");
}

const COURSE: &str = "---\nkind: course\nname: html\nid: 1\nmodules: [{ id: 2, name: one, lessons: [{ id: 3, name: tags }, { id: 4, name: forms }] }]\n---\nkind: offer\nname: o\nproducts: [{ course: html, cohort: c }]\n";

#[test]
fn openings_without_effect_are_taken_out() {
    let head = "kind: cohort\nname: c\ncourse: html\nschedule:\n  modules:\n";
    let cases = [
        (
            "    one:\n      opens: 2027-04-10T10:00 # kept\n      lessons:\n        tags: { opens: 2027-04-08T10:00 } # gone\n        forms: { opens: 2027-04-20T10:00 } # later\n",
            "    one:\n      opens: 2027-04-10T10:00 # kept\n      lessons:\n        forms: { opens: 2027-04-20T10:00 } # later\n",
        ),
        (
            "    one:\n      opens: 2027-04-10T10:00\n      lessons:\n        tags:\n          opens: 2027-04-08T10:00\n",
            "    one:\n      opens: 2027-04-10T10:00\n",
        ),
        (
            "    one: { opens: 2027-04-10T10:00, lessons: { tags: { opens: 2027-04-08T10:00 } } } # all\n",
            "    one: { opens: 2027-04-10T10:00 } # all\n",
        ),
        (
            "    one: { lessons: { tags: { opens: 2027-04-08T10:00 }, forms: { opens: 2027-04-12T10:00 } }, opens: 2027-04-10T10:00 }\n",
            "    one: { lessons: { forms: { opens: 2027-04-12T10:00 } }, opens: 2027-04-10T10:00 }\n",
        ),
    ];
    for (before, after) in cases {
        let project = project(&format!("{head}{before}{COURSE}"));
        project.run(&["validate", "--fix"]).exits(0);
        assert_eq!(text(&project), format!("{head}{after}{COURSE}"), "{before}");
        let left = project.run(&["validate", "--json"]).stdout;
        assert!(!left.contains("lesson-opens-before-module"), "{left}");
    }
}

#[test]
fn the_list_comes_before_the_letter() {
    let scenario = |actions: &str| {
        format!(
            "kind: scenario\nname: s\ntriggers:\n  - when: {{ registered: {{}} }}\n    do:{actions}\n---\nkind: list\nname: gate\ntype: static\n---\nkind: coupon\nname: c\ncode: C\ndiscount: 10%\nlists: [gate]\n---\nkind: letter\nname: l\nsubject: S\nabout: {{ offer: o, coupon: c }}\nbody: B\n---\nkind: offer\nname: o\ncoupons: [c]\n"
        )
    };
    let cases = [
        (
            "\n      - send_letter: l # one\n      - add_to_list: gate # two",
            "\n      - add_to_list: gate # one\n      - send_letter: l # two",
        ),
        (
            " [{ send_letter: l }, { add_to_list: gate }]",
            " [{ add_to_list: gate }, { send_letter: l }]",
        ),
    ];
    for (before, after) in cases {
        let project = project(&scenario(before));
        project.run(&["validate"]).exits(3);
        project.run(&["validate", "--fix"]).exits(0);
        assert_eq!(text(&project), scenario(after));
    }
}
