use super::*;
use crate::diag::Diagnostics;
use crate::kinds::{Spec, kind};
use crate::source::FileId;
use crate::yaml::{Limits, Node, parse};

fn read(text: &str) -> Spec {
    let node: Node = parse(FileId(0), text, &Limits::default(), &mut Diagnostics::new()).remove(0);
    let id = node.get("kind").and_then(Node::as_str).unwrap();
    (kind(id).unwrap().parse)(&node).unwrap()
}

fn cohort(fields: &str) -> Cohort {
    match read(&format!("kind: cohort\nname: c\ncourse: w\n{fields}")) {
        Spec::Cohort(cohort) => *cohort,
        other => panic!("{other:?}"),
    }
}

/// A course of three modules of a lesson each.
fn program() -> Vec<Module> {
    let text = "kind: course\nname: w\nmodules:\n  - { name: one, lessons: [{ name: a }] }\n  \
                - { name: two, lessons: [{ name: b }] }\n  - { name: three, lessons: [{ name: c }] }\n";
    match read(text) {
        Spec::Course(course) => course.modules,
        other => panic!("{other:?}"),
    }
}

/// What is written anew: absolute openings, then what a clock change has settled.
fn check(zone: &str, fields: &str, starts: &str, expected: &[(&str, &str)]) -> Release {
    let (zone, program, old) = (Zone::get(zone).unwrap(), program(), cohort(fields));
    let starts: At = starts.parse().unwrap();
    let day = |at: At| calendar::local(&at.0, &zone).date();
    let days = (day(starts) - day(old.starts.unwrap())).num_days();
    let before = Launched {
        cohort: &old,
        program: &program,
        zone: &zone,
    };
    let release = next(before, &program, starts, days);
    let written = release.openings.iter().chain(&release.settled);
    let written: Vec<(String, &str)> = written
        .map(|(path, new)| {
            let path = path.to_string().replace("schedule.modules.", "");
            (path, new.text.as_str())
        })
        .collect();
    let expected: Vec<(String, &str)> = expected
        .iter()
        .map(|(path, text)| ((*path).to_owned(), *text))
        .collect();
    assert_eq!(written, expected, "{fields}");
    let table = timetable(&release.cohort, &program, &zone);
    assert_eq!(table.problems, [], "{fields}");
    release
}

#[test]
fn absolute_openings_move_by_days_and_relative_ones_stay() {
    // 14 days.
    let release = check(
        "Europe/Kyiv",
        "starts: 2026-09-07T10:00\nschedule:\n  modules:\n    one: { opens: 2026-09-07T10:00 }\n    \
         two: { opens: { after_start: 7d }, lessons: { b: { opens: 2026-09-15T18:00 } } }\n    \
         three: { opens: { after_access: 20d } }\n",
        "2026-09-21T10:00",
        &[
            ("one.opens", "2026-09-21T10:00"),
            ("two.lessons.b.opens", "2026-09-29T18:00"),
        ],
    );
    assert_eq!(release.pauses, None);
}

#[test]
fn an_opening_moves_with_the_slot_of_its_module() {
    // Slots of months: 31 January, 28 February, 31 March 2027; 31 August, 30 September, 31 October.
    // The second comes 214 days later, the third 214; the start 212.
    check(
        "Europe/Kyiv",
        "starts: 2027-01-31T10:00\nschedule:\n  every: { period: 1mo }\n  modules:\n    \
         two: { opens: 2027-03-01T10:00 }\n    three: { lessons: { c: { opens: 2027-04-01T10:00 } } }\n",
        "2027-08-31T10:00",
        &[
            ("two.opens", "2027-10-01T10:00"),
            ("three.lessons.c.opens", "2027-11-01T10:00"),
        ],
    );
    // Weekly from Monday, 13 December 2027, with Christmas: 13 December, 3 and 10 January; from
    // 11 December 2028, over the same days: 11 December, 8 and 15 January, as 25 December and
    // 1 January are in the pause, and 18 December is its first day. 364 days, 371 for the second.
    let release = check(
        "Europe/Kyiv",
        "starts: 2027-12-13T10:00\nschedule:\n  \
         every: { period: 7d, skip: [{ from: 2027-12-18, to: 2028-01-02 }] }\n  modules:\n    \
         two: { opens: 2028-01-04T18:00 }\n",
        "2028-12-11T10:00",
        &[("two.opens", "2029-01-09T18:00")],
    );
    let pauses = release.pauses.unwrap();
    let days: Vec<String> = pauses
        .iter()
        .map(|it| format!("{} {}", it.from, it.to))
        .collect();
    assert_eq!(days, ["2028-12-18 2029-01-02"]);
}

#[test]
fn what_a_clock_change_makes_unclear_is_written_out() {
    // 26 March 2028: 02:00 becomes 03:00. 29 October 2028: 03:00 becomes 02:00.
    let weekly = "starts: 2027-09-13T02:30\nschedule: { every: { period: 7d } }\n";
    check(
        "Europe/Paris",
        weekly,
        "2028-03-19T02:30",
        &[("two.opens", "2028-03-26T03:30")],
    );
    check(
        "Europe/Paris",
        weekly,
        "2028-10-15T02:30",
        &[("three.opens", "2028-10-29T02:30+02:00")],
    );
    let counted = "starts: 2027-09-13T10:00\nschedule:\n  modules:\n    \
                   one: { lessons: { a: { opens: { after_start: 7d, at: \"02:30\" } } } }\n";
    check(
        "Europe/Paris",
        counted,
        "2028-03-19T10:00",
        &[("one.lessons.a.opens", "2028-03-26T03:30")],
    );
}
