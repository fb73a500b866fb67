//! Instants, and the times that users write.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use std::fmt;
use std::str::FromStr;

/// A point in time.
pub type Instant = DateTime<Utc>;

/// The normal form of an instant: `2026-09-07T07:00:00Z`.
pub fn format_instant(instant: Instant) -> String {
    use chrono::{Datelike as _, Timelike as _};
    // By hand: a format string would be read anew for each of a hundred thousand instants.
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        instant.year(),
        instant.month(),
        instant.day(),
        instant.hour(),
        instant.minute(),
        instant.second()
    )
}

/// An instant as a time that can be written: in UTC, or where its year there is beyond those that can,
/// with the offset that is farthest on the side of those.
pub fn written_instant(instant: Instant) -> String {
    use chrono::Datelike as _;
    let minutes = match instant.year() {
        year if year < *YEARS.start() => FARTHEST_OFFSET_MINUTES,
        year if year > *YEARS.end() => -FARTHEST_OFFSET_MINUTES,
        _ => return format_instant(instant),
    };
    let Some(offset) = FixedOffset::east_opt(minutes * 60) else {
        return format_instant(instant);
    };
    let local = instant.with_timezone(&offset);
    local.format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Whether a text is an instant in normal form already.
pub fn is_normal_instant(text: &str) -> bool {
    text.len() == 20
        && text.ends_with('Z')
        && text
            .bytes()
            .zip(*b"0000-00-00T00:00:00Z")
            .all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                _ => byte == shape,
            })
}

/// Reads an instant as platforms write it: RFC 3339 with any offset and fraction
/// (`2026-12-31T23:59:59.000000Z`), or `2026-12-31 23:59:59` in UTC.
pub fn parse_instant(text: &str) -> Option<Instant> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .ok()
        .or_else(|| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
                .ok()
                .map(|time| time.and_utc())
        })
}

/// A time as written in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// `2026-09-07T10:00`, in the project's time zone.
    Local(NaiveDateTime),
    /// `2026-09-07T10:00+02:00` or `…Z`.
    Offset(DateTime<FixedOffset>),
    /// `2026-09-07`: in an end field, up to the end of that local day.
    Date(NaiveDate),
}

/// Why a text is not a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a time is `2026-09-07T10:00` in the project's time zone, or with an offset: `2026-09-07T10:00+02:00`"
)]
pub struct MomentError;

/// The years that can be written. A year of four digits is left on either side, so that no offset, no
/// zone and no end of a day leads to an instant that has none.
const YEARS: std::ops::RangeInclusive<i32> = 1000..=9998;

/// The farthest offset that can be written, in minutes: 14:59.
const FARTHEST_OFFSET_MINUTES: i32 = 14 * 60 + 59;

impl FromStr for Moment {
    type Err = MomentError;

    /// `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM`, with `:SS` and an offset (`Z` or `±HH:MM`) as wanted.
    fn from_str(text: &str) -> Result<Self, MomentError> {
        let shape = text.as_bytes();
        let digits_at = |range: std::ops::Range<usize>| {
            shape
                .get(range)
                .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
        };
        let date_text = text.get(..10).ok_or(MomentError)?;
        if !(digits_at(0..4) && digits_at(5..7) && digits_at(8..10)) {
            return Err(MomentError);
        }
        let date = NaiveDate::parse_from_str(date_text, "%Y-%m-%d").map_err(|_| MomentError)?;
        if !YEARS.contains(&chrono::Datelike::year(&date)) {
            return Err(MomentError);
        }
        let Some(rest) = text.get(10..).filter(|rest| !rest.is_empty()) else {
            return Ok(Moment::Date(date));
        };
        let rest = rest.strip_prefix('T').ok_or(MomentError)?;
        let clock_len = rest
            .bytes()
            .take_while(|b| b.is_ascii_digit() || *b == b':')
            .count();
        let (clock, offset) = rest.split_at(clock_len);
        let time = parse_clock(clock).ok_or(MomentError)?;
        let local = date.and_time(time);
        match offset {
            "" => Ok(Moment::Local(local)),
            "Z" => Ok(Moment::Offset(local.and_utc().fixed_offset())),
            _ => {
                let offset = parse_offset(offset).ok_or(MomentError)?;
                let instant = local
                    .and_local_timezone(offset)
                    .single()
                    .ok_or(MomentError)?;
                Ok(Moment::Offset(instant))
            }
        }
    }
}

/// `HH:MM` or `HH:MM:SS`.
fn parse_clock(text: &str) -> Option<NaiveTime> {
    let mut numbers = text.split(':').map(|part| {
        (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    });
    let hour = numbers.next()??;
    let minute = numbers.next()??;
    let second = match numbers.next() {
        Some(second) => second?,
        None => 0,
    };
    if numbers.next().is_some() {
        return None;
    }
    NaiveTime::from_hms_opt(hour, minute, second)
}

/// `+02:00`, at most 14 hours either way.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if !(0..=14).contains(&hours) || !(0..60).contains(&minutes) {
        return None;
    }
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}

/// As it would be written.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Local(local) => write!(f, "{}", local.format("%Y-%m-%dT%H:%M")),
            Moment::Offset(time) => write!(f, "{}", time.format("%Y-%m-%dT%H:%M%:z")),
            Moment::Date(date) => write!(f, "{date}"),
        }
    }
}

/// An hour and minute of the day, `09:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(pub NaiveTime);

impl FromStr for TimeOfDay {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        if text.len() != 5 {
            return Err(MomentError);
        }
        parse_clock(text).map(TimeOfDay).ok_or(MomentError)
    }
}

/// `09:00`
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_local_times_offsets_and_dates() {
        assert!(matches!("2026-09-07T10:00".parse(), Ok(Moment::Local(_))));
        assert!(matches!("2026-09-07".parse(), Ok(Moment::Date(_))));
        let Ok(Moment::Offset(time)) = "2026-09-07T10:00+02:00".parse() else {
            panic!()
        };
        assert_eq!(format_instant(time.to_utc()), "2026-09-07T08:00:00Z");
        for far in ["1000-01-01T00:00+14:59", "9998-12-31T23:59-14:59"] {
            let Ok(Moment::Offset(time)) = far.parse() else {
                panic!("{far}")
            };
            let written = format_instant(time.to_utc());
            assert_eq!(parse_instant(&written), Some(time.to_utc()), "{far}");
            // In UTC the year cannot be written: 0999, 9999.
            let Ok(Moment::Offset(again)) = written_instant(time.to_utc()).parse() else {
                panic!("{far}")
            };
            assert_eq!(again, time, "{far}");
        }
        assert_eq!(written_instant(time.to_utc()), "2026-09-07T08:00:00Z");
        for bad in [
            "0000-01-01T00:00+14:00",
            "0999-12-31",
            "9999-01-01",
            "2026-02-29",
            "2026-9-07",
            "2026-09-07 10:00",
            "2026-09-07T24:00",
            "2026-09-07T1:30",
            "2026-09-07T10",
            "2026-09-07T10:00+2",
            "2026-09-07T10:00:00.5",
            "20260907",
            "",
            "2026-09-07T10:00+15:00",
            "2026-09-07T",
            "日本日本日本",
        ] {
            assert!(bad.parse::<Moment>().is_err(), "{bad}");
        }
    }

    #[test]
    fn normal_instants_are_known_by_their_shape() {
        for (text, normal) in [
            ("2026-12-31T23:59:59Z", true),
            ("0026-01-01T00:00:00Z", true),
            ("2026-12-31T23:59:59.000000Z", false),
            ("2026-12-31 23:59:59Z", false),
            ("2026-12-31T23:59:5éZ", false),
            ("", false),
        ] {
            assert_eq!(is_normal_instant(text), normal, "{text}");
            if normal {
                let instant = parse_instant(text).unwrap();
                assert_eq!(format_instant(instant), text);
            }
        }
    }

    #[test]
    fn reads_what_platforms_write() {
        let expected = parse_instant("2026-12-31T23:59:59Z").unwrap();
        assert_eq!(parse_instant("2026-12-31T23:59:59.000000Z"), Some(expected));
        assert_eq!(parse_instant("2026-12-31 23:59:59"), Some(expected));
        assert_eq!(parse_instant("tomorrow"), None);
    }
}
