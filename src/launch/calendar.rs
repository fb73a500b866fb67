//! Times moved by calendar days: the hour on the school's clock stays.

use crate::domain::zone::{Resolved, Zone};
use crate::model::{Instant, Moment};
use chrono::{
    DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeDelta,
    Timelike as _, Utc,
};

/// A time as it is written in the new file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redated {
    /// The text.
    pub(super) text: String,
    /// What the project's clocks show then.
    pub(super) local: NaiveDateTime,
    /// What a clock change did to it.
    pub(super) clock: Option<Clock>,
}

/// What a clock change did to a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The time that was due is skipped on that day: the one written is as long after the change.
    Skipped {
        /// The time that was due.
        due: NaiveDateTime,
    },
    /// It comes twice on that day: the first is written, with its offset.
    Doubled {
        /// The time.
        due: NaiveDateTime,
    },
    /// It is written with an offset that is not the project's: the hour there is another one now,
    /// so that the hour in the project's zone stays.
    OtherOffset,
}

/// What the project's clocks show at a time; of a bare date, midnight.
pub(super) fn local(moment: &Moment, zone: &Zone) -> NaiveDateTime {
    match moment {
        Moment::Local(local) => *local,
        Moment::Offset(time) => zone.local(time.to_utc()),
        Moment::Date(day) => day.and_time(NaiveTime::MIN),
    }
}

/// A day so many days later.
pub(super) fn days_later(day: NaiveDate, days: i64) -> NaiveDate {
    day.checked_add_signed(TimeDelta::days(days)).unwrap_or(day)
}

/// A local time so many days later, at its hour.
pub(super) fn later(local: NaiveDateTime, days: i64) -> NaiveDateTime {
    days_later(local.date(), days).and_time(local.time())
}

/// A new local time, in the form in which the old one is written.
pub(super) fn redate(old: &Moment, new: NaiveDateTime, zone: &Zone) -> Redated {
    if let Moment::Date(_) = old {
        return Redated {
            text: new.date().to_string(),
            local: new,
            clock: None,
        };
    }
    let resolved = zone.resolve(new);
    let (instant, clock) = match resolved {
        Resolved::One(instant) => (instant, None),
        Resolved::Skipped { before_reading, .. } => {
            (before_reading, Some(Clock::Skipped { due: new }))
        }
        Resolved::Doubled { first, .. } => (first, Some(Clock::Doubled { due: new })),
    };
    let local = zone.local(instant);
    match old {
        Moment::Offset(time) => {
            let is_own = *time.offset() == offset(time.to_utc(), zone);
            let offset = if is_own {
                offset(instant, zone)
            } else {
                *time.offset()
            };
            let there = instant.with_timezone(&offset);
            let moved = there.time() != time.time();
            let clock = clock.or((!is_own && moved).then_some(Clock::OtherOffset));
            Redated {
                text: with_offset(there),
                local,
                clock,
            }
        }
        Moment::Local(_) | Moment::Date(_) => Redated {
            text: match clock {
                Some(Clock::Doubled { .. }) => {
                    with_offset(instant.with_timezone(&offset(instant, zone)))
                }
                Some(Clock::Skipped { .. } | Clock::OtherOffset) | None => plain(local),
            },
            local,
            clock,
        },
    }
}

/// A local time as it is written: `2026-09-07T10:00`.
fn plain(local: NaiveDateTime) -> String {
    let seconds = if local.second() == 0 { "" } else { ":%S" };
    local
        .format(&format!("%Y-%m-%dT%H:%M{seconds}"))
        .to_string()
}

fn with_offset(time: DateTime<FixedOffset>) -> String {
    let clock = plain(time.naive_local());
    match time.offset().local_minus_utc() {
        0 => format!("{clock}Z"),
        _ => format!("{clock}{}", time.format("%:z")),
    }
}

/// The offset of a zone at an instant.
fn offset(instant: Instant, zone: &Zone) -> FixedOffset {
    let ahead = zone.local(instant) - instant.naive_utc();
    let seconds = i32::try_from(ahead.num_seconds()).unwrap_or(0);
    // What the language can write: whole minutes.
    FixedOffset::east_opt(seconds / 60 * 60).unwrap_or(Utc.fix())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zone: &str, old: &str, days: i64, expected: &str, clock: Option<Clock>) {
        let zone = Zone::get(zone).unwrap();
        let old: Moment = old.parse().unwrap();
        let new = redate(&old, later(local(&old, &zone), days), &zone);
        assert_eq!((new.text.as_str(), new.clock), (expected, clock), "{old:?}");
    }

    fn due(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    #[test]
    fn days_are_calendar_days() {
        // 13 September 2027 to 6 March 2028: 17 + 31 + 30 + 31 + 31 + 29 + 6 days.
        let days = 17 + 31 + 30 + 31 + 31 + 29 + 6;
        let paris = "Europe/Paris";
        check(paris, "2027-09-13T10:00", days, "2028-03-06T10:00", None);
        check(
            paris,
            "2027-06-01T09:00:30",
            days,
            "2027-11-23T09:00:30",
            None,
        );
        check(paris, "2027-09-05", days, "2028-02-27", None);
        check(paris, "2028-03-06", -days, "2027-09-13", None);
        // 29 February 2028 is a day like others.
        check(paris, "2028-02-28", 1, "2028-02-29", None);
    }

    #[test]
    fn clock_changes_are_settled_and_told() {
        let paris = "Europe/Paris";
        // 26 March 2028: 02:00 becomes 03:00.
        let skipped = Clock::Skipped {
            due: due("2028-03-26T02:30"),
        };
        check(
            paris,
            "2028-03-19T02:30",
            7,
            "2028-03-26T03:30",
            Some(skipped),
        );
        check(paris, "2028-03-19T03:00", 7, "2028-03-26T03:00", None);
        // 31 October 2027: 03:00 becomes 02:00; summer time is two hours ahead.
        let doubled = Clock::Doubled {
            due: due("2027-10-31T02:30"),
        };
        check(
            paris,
            "2027-10-24T02:30",
            7,
            "2027-10-31T02:30+02:00",
            Some(doubled),
        );
        check(paris, "2027-10-24T02:30", 14, "2027-11-07T02:30", None);
    }

    #[test]
    fn offsets_follow_the_project_s_clocks() {
        let paris = "Europe/Paris";
        check(
            paris,
            "2027-09-13T10:00+02:00",
            84,
            "2027-12-06T10:00+01:00",
            None,
        );
        // 08:00Z is ten o'clock in summer; in winter that is 09:00Z.
        let other = Some(Clock::OtherOffset);
        check(paris, "2027-09-13T08:00Z", 84, "2027-12-06T09:00Z", other);
        check(paris, "2027-09-13T08:00Z", 7, "2027-09-20T08:00Z", None);
        check("UTC", "2027-09-13T08:00Z", 84, "2027-12-06T08:00Z", None);
        // It was written with an offset because it came twice; a week later it does not.
        check(
            paris,
            "2027-10-31T02:30+02:00",
            7,
            "2027-11-07T02:30+01:00",
            None,
        );
    }
}
