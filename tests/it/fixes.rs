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
