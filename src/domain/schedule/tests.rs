use super::*;
use crate::kinds::Day;
use crate::kinds::cohort::{AfterAccess, AfterStart, LessonOpening, ModuleOpening, Schedule, Skip};
use crate::kinds::course::Lesson;
use crate::model::{Name, format_instant, parse_instant};
use indexmap::IndexMap;

fn kyiv() -> Zone {
    Zone::get("Europe/Kyiv").unwrap()
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// Modules of one lesson each: `m1` holds `m1-l`.
fn program(count: usize) -> Vec<Module> {
    (1..=count)
        .map(|number| Module {
            id: None,
            name: name(&format!("m{number}")),
            title: None,
            opens: Field::Absent,
            lessons: vec![Lesson {
                id: None,
                name: name(&format!("m{number}-l")),
                title: None,
                opens: Field::Absent,
                checkpoint: None,
            }],
        })
        .collect()
}

fn cohort(starts: Option<&str>, schedule: Schedule) -> Cohort {
    Cohort {
        title: None,
        course: crate::kinds::Reference::Name(name("c")),
        follows: None,
        launch: None,
        starts: starts.map(|text| text.parse().unwrap()),
        schedule: Some(schedule),
    }
}

fn every(period: &str, skip: &[(&str, &str)]) -> Schedule {
    Schedule {
        every: Some(Every {
            period: period.parse().unwrap(),
            skip: skip
                .iter()
                .map(|(from, to)| Skip {
                    from: from.parse::<Day>().unwrap(),
                    to: to.parse::<Day>().unwrap(),
                })
                .collect(),
        }),
        ..Schedule::default()
    }
}

fn opening(text: &str) -> Written {
    let parts: Vec<&str> = text.split(' ').collect();
    let hour = |at: usize| parts.get(at).map(|hour| hour.parse().unwrap());
    match parts[0] {
        "start" => Written::AfterStart(AfterStart {
            after_start: parts[1].parse().unwrap(),
            at: hour(2),
        }),
        "access" => Written::AfterAccess(AfterAccess {
            after_access: parts[1].parse().unwrap(),
            at: hour(2),
        }),
        at => Written::At(at.parse().unwrap()),
    }
}

fn module(opens: Option<&str>, lesson: Option<(&str, &str)>) -> ModuleOpening {
    ModuleOpening {
        opens: opens.map_or(Field::Absent, |opens| Field::Set(opening(opens))),
        lessons: lesson
            .map(|(lesson, opens)| {
                let opens = opening(opens);
                (name(lesson), LessonOpening { opens })
            })
            .into_iter()
            .collect(),
    }
}

fn modules(openings: Vec<(&str, ModuleOpening)>) -> IndexMap<Name, ModuleOpening> {
    let mut modules = IndexMap::new();
    modules.extend(
        openings
            .into_iter()
            .map(|(module, opens)| (name(module), opens)),
    );
    modules
}

/// `0 2026-…`, `1/0 +30d 09:00`
fn shown(table: &Timetable) -> Vec<String> {
    let mut lines = Vec::new();
    for opening in &table.openings {
        let place = match opening.lesson {
            Some(lesson) => format!("{}/{lesson}", opening.module),
            None => opening.module.to_string(),
        };
        let opens = match opening.opens {
            Opens::At(instant) => format_instant(instant),
            Opens::AfterAccess { days, hour } => {
                format!(
                    "+{days}d {}",
                    hour.map_or("own".to_owned(), |hour| hour.to_string())
                )
            }
        };
        lines.push(format!("{place} {opens}"));
    }
    lines
}

/// `starts`, the period, the days skipped, and the openings.
type Case = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

#[test]
fn every_opens_one_module_after_another() {
    let cases: &[Case] = &[
        (
            "2026-09-07T10:00",
            "7d",
            &[],
            &[
                "0 2026-09-07T07:00:00Z",
                "1 2026-09-14T07:00:00Z",
                "2 2026-09-21T07:00:00Z",
            ],
        ),
        // 10:00 stays 10:00 when the clocks go back on 25 October.
        (
            "2026-10-19T10:00",
            "1w",
            &[],
            &[
                "0 2026-10-19T07:00:00Z",
                "1 2026-10-26T08:00:00Z",
                "2 2026-11-02T08:00:00Z",
            ],
        ),
        // 21 and 28 December lie in the holidays; the next free place is 4 January, and what comes
        // later moves too.
        (
            "2026-12-14T10:00",
            "7d",
            &[("2026-12-21", "2027-01-03")],
            &[
                "0 2026-12-14T08:00:00Z",
                "1 2027-01-04T08:00:00Z",
                "2 2027-01-11T08:00:00Z",
            ],
        ),
        // Both days of a skip are included.
        (
            "2026-12-14T10:00",
            "7d",
            &[("2026-12-14", "2026-12-21")],
            &[
                "0 2026-12-28T08:00:00Z",
                "1 2027-01-04T08:00:00Z",
                "2 2027-01-11T08:00:00Z",
            ],
        ),
        // Months are counted from the start: no drift.
        (
            "2027-01-31T10:00",
            "1mo",
            &[],
            &[
                "0 2027-01-31T08:00:00Z",
                "1 2027-02-28T08:00:00Z",
                "2 2027-03-31T07:00:00Z",
            ],
        ),
    ];
    for (starts, period, skip, expected) in cases {
        let table = timetable(
            &cohort(Some(starts), every(period, skip)),
            &program(3),
            &kyiv(),
        );
        assert_eq!(shown(&table), *expected, "{starts} {period}");
        assert_eq!(table.problems, []);
    }
    let table = timetable(
        &cohort(
            Some("2026-12-14T10:00"),
            every("7d", &[("2026-12-21", "2027-01-03")]),
        ),
        &program(2),
        &kyiv(),
    );
    let cause = Cause::Slot {
        number: 2,
        skipped: 2,
    };
    assert_eq!(table.openings[1].cause, cause);
}

#[test]
fn an_own_opening_still_uses_its_slot() {
    let mut schedule = every("7d", &[]);
    schedule.modules = modules(vec![("m2", module(Some("2026-10-01T12:00"), None))]);
    let table = timetable(
        &cohort(Some("2026-09-07T10:00"), schedule),
        &program(3),
        &kyiv(),
    );
    let expected = [
        "0 2026-09-07T07:00:00Z",
        "1 2026-10-01T09:00:00Z",
        "2 2026-09-21T07:00:00Z",
    ];
    assert_eq!(shown(&table), expected);
}

#[test]
fn openings_of_every_form() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "2026-09-07T10:00",
            "2026-09-14T10:00",
            "0 2026-09-14T07:00:00Z",
        ),
        (
            "2026-09-07T10:00",
            "2026-09-14T10:00+02:00",
            "0 2026-09-14T08:00:00Z",
        ),
        (
            "2026-09-07T10:00",
            "start 14d 09:00",
            "0 2026-09-21T06:00:00Z",
        ),
        ("2026-09-07T10:00", "start 0d", "0 2026-09-07T07:00:00Z"),
        ("2026-10-20T10:00", "start 1w", "0 2026-10-27T08:00:00Z"),
        ("2027-01-31T10:00", "start 1mo", "0 2027-02-28T08:00:00Z"),
        ("2028-01-31T10:00", "start 1mo", "0 2028-02-29T08:00:00Z"),
        // Months first: 28 February, then 2 days.
        ("2027-01-31T10:00", "start 1mo2d", "0 2027-03-02T08:00:00Z"),
        // A start with an offset has an hour here: 08:00Z is 11:00 in summer.
        ("2026-10-20T08:00Z", "start 7d", "0 2026-10-27T09:00:00Z"),
        ("2026-09-07T10:00", "access 30d 09:00", "0 +30d 09:00"),
        ("2026-09-07T10:00", "access 2w", "0 +14d own"),
    ];
    for (starts, opens, expected) in cases {
        let schedule = Schedule {
            modules: modules(vec![("m1", module(Some(opens), None))]),
            ..Schedule::default()
        };
        let table = timetable(&cohort(Some(starts), schedule), &program(1), &kyiv());
        assert_eq!(shown(&table), [*expected], "{starts} {opens}");
    }
}

#[test]
fn openings_come_in_program_order() {
    let schedule = Schedule {
        modules: modules(vec![
            ("m3", module(None, Some(("m3-l", "access 1d")))),
            ("m1", module(Some("start 1d"), Some(("m1-l", "start 2d")))),
        ]),
        ..Schedule::default()
    };
    let table = timetable(
        &cohort(Some("2026-09-07T10:00"), schedule),
        &program(3),
        &kyiv(),
    );
    let expected = [
        "0 2026-09-08T07:00:00Z",
        "0/0 2026-09-09T07:00:00Z",
        "2/0 +1d own",
    ];
    assert_eq!(shown(&table), expected);
}

#[test]
fn says_what_it_cannot_compute() {
    let zone = kyiv();
    let clock = |local: &str| {
        let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M").unwrap();
        let resolved = zone.resolve(local);
        Trouble::ClockChange { local, resolved }
    };
    let written = |opens: &str| Schedule {
        modules: modules(vec![("m1", module(Some(opens), None))]),
        ..Schedule::default()
    };
    let every_path = Path::parse("schedule.every");
    let own_path = Path::parse("schedule.modules.m1.opens");
    let start = Path::parse("starts");
    let cases = [
        (
            None,
            every("7d", &[]),
            every_path.clone(),
            None,
            Trouble::NoStart,
        ),
        (
            None,
            written("start 1d"),
            own_path.clone(),
            None,
            Trouble::NoStart,
        ),
        (
            Some("2026-03-22T03:30"),
            every("7d", &[]),
            every_path.clone(),
            Some(1),
            clock("2026-03-29T03:30"),
        ),
        (
            Some("2026-03-29T03:30"),
            every("7d", &[]),
            start,
            None,
            clock("2026-03-29T03:30"),
        ),
        (
            Some("2026-09-07T10:00"),
            written("2026-10-25T03:30"),
            own_path,
            None,
            clock("2026-10-25T03:30"),
        ),
        (
            Some("2026-09-07T10:00"),
            every("1d", &[("2026-01-01", "9998-12-31")]),
            every_path,
            None,
            Trouble::NoFreeSlot,
        ),
    ];
    for (starts, schedule, path, module, trouble) in cases {
        let table = timetable(&cohort(starts, schedule), &program(2), &zone);
        let expected = Problem {
            path,
            module,
            trouble,
        };
        assert_eq!(table.problems, [expected]);
    }
}

#[test]
fn a_lesson_opens_at_the_later_of_its_own_and_its_modules() {
    let at = |text| parse_instant(text).unwrap();
    let days = |days, hour: &str| Opens::AfterAccess {
        days,
        hour: hour.parse().ok(),
    };
    let access = at("2026-10-20T12:15:00Z");
    let cases = [
        (
            Some(Opens::At(at("2026-04-10T07:00:00Z"))),
            Some(Opens::At(at("2026-04-08T07:00:00Z"))),
            Some("2026-04-10T07:00:00Z"),
        ),
        // 27 October, 09:00 by the winter clock.
        (None, Some(days(7, "09:00")), Some("2026-10-27T07:00:00Z")),
        // The participant's own hour is 15:15.
        (None, Some(days(7, "")), Some("2026-10-27T13:15:00Z")),
        (
            Some(Opens::At(at("2026-11-01T08:00:00Z"))),
            Some(days(7, "")),
            Some("2026-11-01T08:00:00Z"),
        ),
        // 25 October has two 03:30: the first counts.
        (Some(days(5, "03:30")), None, Some("2026-10-25T00:30:00Z")),
        (None, None, None),
    ];
    for (module, lesson, expected) in cases {
        let opens = effective(module, lesson, access, &kyiv());
        assert_eq!(opens, expected.map(at));
    }
}
