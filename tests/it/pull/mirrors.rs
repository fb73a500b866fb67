//! Mirrors of courses.

use super::bare;
use serde_json::{Value, json};

fn lesson(id: i64, title: &str) -> Value {
    json!({"id": id, "title": title})
}

fn module(id: i64, title: &str, lessons: &[Value]) -> Value {
    json!({"id": id, "title": title, "lessons": lessons})
}

const MIRROR: &str = "\
# What we teach.
kind: course
name: web-dev
id: 4211
title: Web Development # as on the page
modules:
  - { id: 91, name: basics, title: Basics, lessons: [{ id: 311, name: welcome, title: Welcome }] }
  # Markup.
  - id: 92
    name: html
    title: HTML
    opens: { after_access: 2w }
    lessons:
      - { id: 321, name: tags, title: Tags }
      - { id: 322, name: forms, title: Forms } # long
";

#[test]
fn a_mirror_is_brought_up_to_date_and_keeps_its_names_and_comments() {
    let project = bare("");
    let file = project.path().join("course.yaml");
    std::fs::write(&file, MIRROR).unwrap();
    let mut html = module(
        92,
        "HTML and CSS",
        &[lesson(322, "Forms"), lesson(323, "Grid & <b>")],
    );
    html["opens"] = json!({"after_days": 14});
    let course = json!({
        "id": 4211, "title": "Web Development 2", "modules": [
            html,
            module(91, "Basics", &[lesson(311, "Welcome")]),
            module(93, "CSS", &[lesson(331, "Flexbox")]),
        ],
    });
    let other = json!({"id": 7, "title": "Малювання", "modules": [module(8, "Один", &[])]});
    project.with_courses(vec![course, other], async |_| {});

    let shown = project.run(&["pull", "--diff"]).exits(3);
    assert!(
        shown
            .stdout
            .contains("+title: Web Development 2 # as on the page"),
        "{}",
        shown.stdout
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), MIRROR);

    let told = project.run(&["pull"]).exits(0);
    assert!(
        told.stdout.contains("course.web-dev: refreshed"),
        "{}",
        told.stdout
    );
    assert!(
        told.stderr
            .contains("Not mirrored here: course.maliuvannia."),
        "{}",
        told.stderr
    );
    let expected = "\
# What we teach.
kind: course
name: web-dev
id: 4211
title: Web Development 2 # as on the page
modules:
  # Markup.
  - id: 92
    name: html
    title: HTML and CSS
    opens: { after_access: 2w }
    lessons:
      - { id: 322, name: forms, title: Forms } # long
      - { id: 323, name: grid-b, title: \"Grid & <b>\" }
  - { id: 91, name: basics, title: Basics, lessons: [{ id: 311, name: welcome, title: Welcome }] }
  - id: 93
    name: css
    title: CSS
    lessons: [{ id: 331, name: flexbox, title: Flexbox }]
";
    assert_eq!(std::fs::read_to_string(&file).unwrap(), expected);
    project.run(&["pull", "--diff"]).exits(0);

    project.run(&["pull", "--new"]).exits(0);
    let new = std::fs::read_to_string(project.path().join("courses/maliuvannia.yaml")).unwrap();
    assert_eq!(
        new,
        "kind: course\nname: maliuvannia\nid: 7\ntitle: Малювання\nmodules: [{ id: 8, name: odin, title: Один }]\n"
    );
    project.run(&["validate"]).exits(0);
}

#[test]
fn what_holds_a_variable_is_told_and_left() {
    let project = bare("vars: { year: \"2026\" }\n");
    let file = project.path().join("course.yaml");
    let text = "kind: course\nname: a\nid: 1\ntitle: A ${year}\n---\nkind: course\nname: b\nid: 2\ntitle: B\n";
    std::fs::write(&file, text).unwrap();
    project.with_courses(
        vec![
            json!({"id": 1, "title": "A 2027"}),
            json!({"id": 3, "title": "C"}),
        ],
        async |_| {},
    );
    // The embedded platform is given what it lacks at its start: only a far one can lack a course.
    let told = project.run(&["pull", "--json"]).exits(0);
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(told["refreshed"], json!([]));
    assert_eq!(told["left"][0]["path"], "title");
    assert_eq!(told["left"][0]["why"], "it holds a variable");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn a_copy_that_has_been_made_meanwhile_gets_its_id() {
    let project = bare("");
    let file = project.path().join("course.yaml");
    std::fs::write(
        &file,
        "kind: course\nname: a\nid: 1\ntitle: A\n---\nkind: course\nname: b\ncopy_of: a\ntitle: B\n",
    )
    .unwrap();
    let copy = json!({"id": 5, "title": "B", "modules": [module(6, "One", &[])]});
    project.with_courses(vec![json!({"id": 1, "title": "A"}), copy], async |_| {});
    project.run(&["pull"]).exits(0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        text,
        "kind: course\nname: a\nid: 1\ntitle: A\n---\nkind: course\nname: b\ncopy_of: a\ntitle: B\nid: 5\nmodules: [{ id: 6, name: one, title: One }]\n"
    );
}

#[test]
fn new_files_stay_inside_the_project() {
    let project = bare("");
    for out in ["../elsewhere", "/tmp", "a/../../b"] {
        project.run(&["pull", "--new", "--out", out]).exits(3);
    }
}
