//! Rules that depend on the clock: a day that passes breaks no pull request.

use crate::harness::Project;

const DOCUMENT: &str =
    "kind: pass\nname: ten\ntitle: Ten\nprice: 80.00 EUR\nfor_sale: true\nsale_ends: 2026-12-31\n";

fn severities(project: &Project, now: &str) -> Vec<String> {
    let ran = project.run(&["--now", now, "validate", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let told = told["diagnostics"].as_array().unwrap();
    let show = |key: &str, told: &serde_json::Value| told[key].as_str().unwrap().to_owned();
    told.iter()
        .map(|told| format!("{} {}", show("severity", told), show("code", told)))
        .collect()
}

#[test]
fn what_is_as_applied_is_hinted_at_and_what_is_new_is_warned_of() {
    let project = Project::empty();
    let write = |text: &str| std::fs::write(project.path().join("a.yaml"), text).unwrap();
    std::fs::write(
        project.path().join("bursar.yaml"),
        "version: 1\nproject: p\ntimezone: Europe/Kyiv\ncurrency: EUR\n",
    )
    .unwrap();
    write(DOCUMENT);
    let (before, after) = ("2026-12-01T00:00:00Z", "2027-01-02T00:00:00Z");
    assert_eq!(severities(&project, before), Vec::<String>::new());
    // Without a state everything is new.
    assert_eq!(severities(&project, after), ["warning sale-already-ended"]);
    project
        .run(&["--now", before, "apply", "--auto-approve"])
        .exits(0);
    assert_eq!(severities(&project, after), ["hint sale-already-ended"]);
    write(&DOCUMENT.replace("80.00", "90.00"));
    assert_eq!(severities(&project, after), ["warning sale-already-ended"]);
    // A damaged state is told by the commands that need it.
    std::fs::write(project.path().join(".bursar/default/state.json"), "{").unwrap();
    assert_eq!(severities(&project, after), ["warning sale-already-ended"]);
}

#[test]
fn what_another_change_brings_about_is_no_calendar_day() {
    let project = Project::empty();
    let write = |name: &str, text: &str| std::fs::write(project.path().join(name), text).unwrap();
    write(
        "bursar.yaml",
        "version: 1\nproject: p\ntimezone: Europe/Kyiv\ncurrency: EUR\n",
    );
    let offer = "kind: offer\nname: web\ntitle: Web\nstatus: published\nprice: 490.00 EUR\n";
    let closing = |day: &str| format!("{offer}sale: {{ closes: {day} }}\n");
    write("offer.yaml", &closing("2026-12-31"));
    write(
        "greet.yaml",
        "kind: letter\nname: hello\nsubject: Hello\nabout: {}\nbody: Hello\n---\n\
         kind: scenario\nname: greet\nstatus: active\ntriggers:\n  \
         - when: { paid_order: { offer: web } }\n    do: [{ send_letter: hello }]\n",
    );
    let (before, after) = ("2026-12-01T00:00:00Z", "2027-01-02T00:00:00Z");
    let told = |now: &str| {
        let all = severities(&project, now).into_iter();
        all.filter(|told| told.ends_with("scenario-for-closed-offer"))
            .collect::<Vec<_>>()
    };
    project
        .run(&["--now", before, "apply", "--auto-approve"])
        .exits(0);
    assert_eq!(told(before), Vec::<String>::new());
    assert_eq!(told(after), ["hint scenario-for-closed-offer"]);
    // The scenario is as it was; the sale that it waits for is closed by this very change.
    write("offer.yaml", &closing("2026-11-20"));
    assert_eq!(told(before), ["warning scenario-for-closed-offer"]);
}

#[test]
fn a_segment_knows_the_offers_that_it_was_saved_with() {
    let project = Project::empty();
    let write = |name: &str, text: &str| std::fs::write(project.path().join(name), text).unwrap();
    write(
        "bursar.yaml",
        "version: 1\nproject: p\ntimezone: Europe/Kyiv\ncurrency: EUR\n",
    );
    let offer = |name: &str| {
        format!(
            "---\nkind: offer\nname: {name}\ntitle: Web {name}\nstatus: published\nprice: 490.00 EUR\n\
             products: [{{ course: html }}]\n"
        )
    };
    let course = "kind: course\nname: html\nid: 7\n\
                  modules: [{ id: 8, name: one, lessons: [{ id: 9, name: tags }] }]\n";
    let list = "---\nkind: list\nname: loyal\ntype: segment\n\
                where: { bought: { course: html } }\n";
    let now = "2026-12-01T00:00:00Z";
    let told = || {
        let all = severities(&project, now).into_iter();
        all.filter(|told| told.ends_with("segment-misses-new-offer"))
            .count()
    };
    write("a.yaml", &format!("{course}{}{list}", offer("one")));
    project
        .run(&["--now", now, "apply", "--auto-approve"])
        .exits(0);
    assert_eq!(told(), 0);
    write(
        "a.yaml",
        &format!("{course}{}{}{list}", offer("one"), offer("two")),
    );
    assert_eq!(told(), 1);
}
