//! Lengths of time as people write them: `30m`, `1d12h`, `6mo`.

use std::fmt;
use std::str::FromStr;

/// Months, days and minutes, kept apart: a month is no number of days, and a calendar day is no
/// number of hours where clocks change.
///
/// Units in writing are `mo`, `w`, `d`, `h`, `m`, in this order, each at most once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    /// Calendar months.
    pub months: u32,
    /// Days; a week is seven.
    pub days: u32,
    /// Minutes; an hour is sixty.
    pub minutes: u32,
}

/// Why a text is not a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a duration is numbers with units, largest first: `30m`, `36h`, `1d12h`, `7d`, `2w`, `6mo`"
)]
pub struct DurationError;

impl Duration {
    /// The most digits of one number.
    pub const MAX_DIGITS: usize = 6;

    /// Days of 24 hours and minutes as minutes; `None` with months in it.
    pub fn exact_minutes(self) -> Option<u64> {
        (self.months == 0).then(|| u64::from(self.days) * 24 * 60 + u64::from(self.minutes))
    }

    /// The normal form of a duration in which a day is 24 hours: `24h` becomes `1d`.
    #[must_use]
    pub fn normal_exact(self) -> Self {
        let days = self.days + self.minutes / (24 * 60);
        Duration {
            months: self.months,
            days,
            minutes: self.minutes % (24 * 60),
        }
    }

    /// Whole days, if it has neither months nor a part of a day.
    pub fn whole_days(self) -> Option<u32> {
        (self.months == 0 && self.minutes == 0).then_some(self.days)
    }

    /// Whether it is no time at all.
    pub fn is_zero(self) -> bool {
        self == Duration::default()
    }
}

impl FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        const UNITS: [(&str, u32); 5] = [("mo", 0), ("w", 7), ("d", 1), ("h", 60), ("m", 1)];
        let mut duration = Duration::default();
        let mut rest = text;
        let mut next_unit = 0;
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 || digits > Self::MAX_DIGITS {
                return Err(DurationError);
            }
            let (number, tail) = rest.split_at(digits);
            let number: u32 = number.parse().map_err(|_| DurationError)?;
            let unit_len = tail.bytes().take_while(u8::is_ascii_lowercase).count();
            let (unit, tail) = tail.split_at(unit_len);
            let at = UNITS
                .iter()
                .position(|(name, _)| *name == unit)
                .ok_or(DurationError)?;
            if at < next_unit {
                return Err(DurationError);
            }
            next_unit = at + 1;
            let (_, factor) = UNITS[at];
            match at {
                0 => duration.months = number,
                1 | 2 => duration.days += number * factor,
                _ => duration.minutes += number * factor,
            }
            rest = tail;
        }
        if next_unit == 0 {
            Err(DurationError)
        } else {
            Ok(duration)
        }
    }
}

/// The shortest form with the largest units that change nothing: `36h` stays `36h`, `14d` stays
/// `14d` (weeks are not written), `90m` becomes `1h30m`.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Duration {
            months,
            days,
            minutes,
        } = *self;
        if self.is_zero() {
            return f.write_str("0m");
        }
        if months > 0 {
            write!(f, "{months}mo")?;
        }
        if days > 0 {
            write!(f, "{days}d")?;
        }
        if minutes >= 60 {
            write!(f, "{}h", minutes / 60)?;
        }
        if minutes % 60 > 0 {
            write!(f, "{}m", minutes % 60)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_language_names() {
        let cases = [
            ("30m", 0, 0, 30),
            ("36h", 0, 0, 36 * 60),
            ("1d12h", 0, 1, 12 * 60),
            ("7d", 0, 7, 0),
            ("2w", 0, 14, 0),
            ("6mo", 6, 0, 0),
            ("0m", 0, 0, 0),
        ];
        for (text, months, days, minutes) in cases {
            assert_eq!(
                text.parse(),
                Ok(Duration {
                    months,
                    days,
                    minutes
                }),
                "{text}"
            );
        }
        for bad in [
            "", "5", "m", "1h1d", "1d1d", "1.5h", "-1d", "1 d", "1M", "1234567m",
        ] {
            assert_eq!(bad.parse::<Duration>(), Err(DurationError), "{bad}");
        }
    }

    #[test]
    fn normal_forms() {
        let day: Duration = "24h".parse().unwrap();
        assert_eq!(day.normal_exact().to_string(), "1d");
        assert_eq!(
            "36h"
                .parse::<Duration>()
                .unwrap()
                .normal_exact()
                .to_string(),
            "1d12h"
        );
        assert_eq!("90m".parse::<Duration>().unwrap().to_string(), "1h30m");
        assert_eq!("36h".parse::<Duration>().unwrap().to_string(), "36h");
    }
}
