//! Time zones: what a local time means, and where a day ends.
//!
//! The only place that knows the time zone crate. The rules are those bundled with it, never the
//! machine's: a plan made anywhere is the same.

use crate::diag::nearest;
use crate::model::Instant;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, civil};
use std::sync::LazyLock;

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// An IANA time zone.
#[derive(Clone, Debug)]
pub struct Zone {
    name: Box<str>,
    rules: TimeZone,
}

/// What a local time means in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// One instant.
    One(Instant),
    /// A clock change skips it.
    Skipped {
        /// The instant by the clock that was right before the change.
        before_reading: Instant,
        /// The instant by the clock that is right after it.
        after_reading: Instant,
    },
    /// A clock change makes it happen twice.
    Doubled {
        /// The earlier instant.
        first: Instant,
        /// The later instant.
        second: Instant,
    },
}

/// A name that is no time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not an IANA time zone")]
pub struct UnknownZone {
    /// The name.
    pub name: String,
    /// The zone that was probably meant.
    pub suggestion: Option<String>,
}

impl Zone {
    /// The zone of an IANA name, letter case aside.
    ///
    /// # Errors
    /// There is no such zone; the nearest is named.
    pub fn get(name: &str) -> Result<Zone, UnknownZone> {
        match DATABASE.get(name) {
            Ok(rules) if !name.is_empty() => Ok(Zone {
                name: rules.iana_name().unwrap_or(name).into(),
                rules,
            }),
            Ok(_) | Err(_) => Err(UnknownZone {
                name: name.to_owned(),
                suggestion: suggestion(name),
            }),
        }
    }

    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone {
            name: "UTC".into(),
            rules: TimeZone::UTC,
        }
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a local time means.
    pub fn resolve(&self, local: NaiveDateTime) -> Resolved {
        let Some(civil) = to_civil(local) else {
            return Resolved::One(local.and_utc());
        };
        let with = |offset: Offset| {
            local.and_utc() - chrono::TimeDelta::seconds(i64::from(offset.seconds()))
        };
        match self.rules.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => Resolved::One(with(offset)),
            AmbiguousOffset::Gap { before, after } => Resolved::Skipped {
                before_reading: with(before),
                after_reading: with(after),
            },
            AmbiguousOffset::Fold { before, after } => Resolved::Doubled {
                first: with(before),
                second: with(after),
            },
        }
    }

    /// The instant of a local time as clocks go on: of a skipped time, the reading by the old
    /// clock (an hour later on the new one); of a doubled one, the first.
    pub fn instant(&self, local: NaiveDateTime) -> Instant {
        match self.resolve(local) {
            Resolved::One(instant) => instant,
            Resolved::Skipped { before_reading, .. } => before_reading,
            Resolved::Doubled { first, .. } => first,
        }
    }

    /// What the clocks of the zone show.
    pub fn local(&self, instant: Instant) -> NaiveDateTime {
        let offset = Timestamp::from_second(instant.timestamp())
            .map_or(0, |timestamp| self.rules.to_offset(timestamp).seconds());
        instant
            .naive_utc()
            .checked_add_signed(chrono::TimeDelta::seconds(i64::from(offset)))
            .unwrap_or(instant.naive_utc())
    }

    /// The first instant of a local day, which is not midnight where a clock change skips it.
    pub fn start_of_day(&self, day: NaiveDate) -> Instant {
        let midnight = day.and_time(NaiveTime::MIN);
        match self.resolve(midnight) {
            Resolved::One(instant) => instant,
            Resolved::Doubled { first, .. } => first,
            // The change itself is the first instant that belongs to the day (or to a later one,
            // where a whole day is skipped). It lies at or before the old clock's midnight.
            Resolved::Skipped {
                before_reading,
                after_reading,
            } => self
                .change_between(after_reading, before_reading)
                .unwrap_or(before_reading),
        }
    }

    /// The exclusive end of a local day: the first instant of the next.
    pub fn end_of_day(&self, day: NaiveDate) -> Instant {
        self.start_of_day(next_day(day))
    }

    /// The clock change after `from` and not after `to`.
    fn change_between(&self, from: Instant, to: Instant) -> Option<Instant> {
        let from = Timestamp::from_second(from.timestamp()).ok()?;
        let change = self.rules.following(from).next()?.timestamp();
        let change = DateTime::from_timestamp(change.as_second(), 0)?;
        (change <= to).then_some(change)
    }
}

/// The day after.
pub fn next_day(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// The day before.
pub fn previous_day(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}

/// The name of every zone, in order.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = DATABASE.available().map(|name| name.to_string()).collect();
    names.sort_unstable();
    names
}

/// The zone that was probably meant: a near name, or the one whose city is named.
fn suggestion(wrong: &str) -> Option<String> {
    let names = names();
    let near = nearest(wrong, names.iter().map(String::as_str)).map(str::to_owned);
    near.or_else(|| {
        let city = wrong.rsplit('/').next()?.replace(' ', "_");
        let of = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
        let cities: Vec<String> = names.iter().map(|name| of(name)).collect();
        let city = nearest(&city, cities.iter().map(String::as_str))?;
        names.iter().find(|name| of(name) == city).cloned()
    })
}

fn to_civil(local: NaiveDateTime) -> Option<civil::DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    civil::DateTime::new(
        i16::try_from(local.year()).ok()?,
        small(local.month())?,
        small(local.day())?,
        small(local.hour())?,
        small(local.minute())?,
        small(local.second())?,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{format_instant, parse_instant};

    fn local(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    fn at(text: &str) -> Instant {
        parse_instant(text).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn local_times_and_clock_changes() {
        let one = |text| Resolved::One(at(text));
        let skipped = |before, after| Resolved::Skipped {
            before_reading: at(before),
            after_reading: at(after),
        };
        let doubled = |first, second| Resolved::Doubled {
            first: at(first),
            second: at(second),
        };
        let cases = [
            (
                "Europe/Kyiv",
                "2026-09-07T10:00",
                one("2026-09-07T07:00:00Z"),
            ),
            (
                "Europe/Kyiv",
                "2026-12-07T10:00",
                one("2026-12-07T08:00:00Z"),
            ),
            // 29 March 2026: 03:00 becomes 04:00.
            (
                "Europe/Kyiv",
                "2026-03-29T03:30",
                skipped("2026-03-29T01:30:00Z", "2026-03-29T00:30:00Z"),
            ),
            (
                "Europe/Kyiv",
                "2026-03-29T04:00",
                one("2026-03-29T01:00:00Z"),
            ),
            // 25 October 2026: 04:00 becomes 03:00.
            (
                "Europe/Kyiv",
                "2026-10-25T03:30",
                doubled("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ),
            // 8 March 2026, New York: 02:00 becomes 03:00.
            (
                "America/New_York",
                "2026-03-08T02:30",
                skipped("2026-03-08T07:30:00Z", "2026-03-08T06:30:00Z"),
            ),
            (
                "America/New_York",
                "2026-11-01T01:30",
                doubled("2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"),
            ),
            ("UTC", "2026-03-29T03:30", one("2026-03-29T03:30:00Z")),
        ];
        for (zone, text, expected) in cases {
            assert_eq!(
                Zone::get(zone).unwrap().resolve(local(text)),
                expected,
                "{zone} {text}"
            );
        }
    }

    #[test]
    fn days_end_where_the_next_begins() {
        let cases = [
            ("Europe/Kyiv", "2026-09-10", "2026-09-10T21:00:00Z"),
            ("Europe/Paris", "2026-12-31", "2026-12-31T23:00:00Z"),
            // 24 April 2026 has no midnight in Cairo: 00:00 becomes 01:00, at 22:00Z.
            ("Africa/Cairo", "2026-04-23", "2026-04-23T22:00:00Z"),
            ("Africa/Cairo", "2026-04-24", "2026-04-24T21:00:00Z"),
            // 6 September 2026 has none in Santiago: 00:00 becomes 01:00, at 04:00Z.
            ("America/Santiago", "2026-09-05", "2026-09-06T04:00:00Z"),
            // 1 November 2026 has two midnights in Havana; the day begins at the first.
            ("America/Havana", "2026-10-31", "2026-11-01T04:00:00Z"),
            // Samoa had no 30 December 2011: the 29th ended where the 31st began.
            ("Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ];
        for (zone, text, expected) in cases {
            let end = Zone::get(zone).unwrap().end_of_day(day(text));
            assert_eq!(format_instant(end), expected, "{zone} {text}");
        }
        assert_eq!(next_day(day("2028-02-28")), day("2028-02-29"));
        assert_eq!(previous_day(day("2026-03-01")), day("2026-02-28"));
    }

    #[test]
    fn shows_local_clocks() {
        let kyiv = Zone::get("europe/kyiv").unwrap();
        assert_eq!(kyiv.name(), "Europe/Kyiv");
        assert_eq!(
            kyiv.local(at("2026-10-25T00:30:00Z")),
            local("2026-10-25T03:30")
        );
        assert_eq!(
            kyiv.local(at("2026-10-25T01:30:00Z")),
            local("2026-10-25T03:30")
        );
    }

    #[test]
    fn unknown_zones_suggest_known_ones() {
        let cases = [
            ("Europe/Kyif", Some("Europe/Kyiv")),
            ("Europe/Warszawa", Some("Europe/Warsaw")),
            ("Kyiv", Some("Europe/Kyiv")),
            ("Mars/Olympus-Mons", None),
            ("", None),
        ];
        for (wrong, expected) in cases {
            let error = Zone::get(wrong).unwrap_err();
            assert_eq!(error.suggestion.as_deref(), expected, "{wrong}");
        }
    }

    #[test]
    fn far_times_do_not_panic() {
        let kyiv = Zone::get("Europe/Kyiv").unwrap();
        for text in ["0000-01-01T00:00", "9999-12-31T23:59"] {
            let _ = kyiv.resolve(local(text));
            let _ = kyiv.end_of_day(local(text).date());
        }
        let _ = kyiv.end_of_day(NaiveDate::MAX);
        let _ = kyiv.local(Instant::MAX_UTC);
        let _ = kyiv.instant(NaiveDateTime::MAX);
    }
}
