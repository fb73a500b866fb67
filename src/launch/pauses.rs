//! Pauses of a schedule: holidays, which keep their days of the year while a launch moves.

use crate::kinds::Day;
use crate::kinds::cohort::Skip;
use chrono::{Datelike as _, NaiveDate};

/// A pause of the new schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pause {
    /// Its first day.
    pub(super) from: NaiveDate,
    /// Its last day.
    pub(super) to: NaiveDate,
    /// The years between the pause that it comes from and this one; none if it is that one.
    pub(super) years: i32,
}

impl Pause {
    pub(super) fn skip(self) -> Skip {
        Skip {
            from: Day(self.from),
            to: Day(self.to),
        }
    }
}

/// The pauses that fall between two days, in order: those of an earlier schedule as they are, or on
/// the same days of another year.
pub(super) fn between(earlier: &[Skip], first: NaiveDate, last: NaiveDate) -> Vec<Pause> {
    let mut out = Vec::new();
    for skip in earlier {
        let (from, to) = (skip.from.0, skip.to.0);
        let years = first.year() - to.year() - 1..=last.year() - from.year() + 1;
        for years in years {
            let (Some(from), Some(to)) = (in_year(from, years), in_year(to, years)) else {
                continue;
            };
            if from <= last && first <= to {
                out.push(Pause { from, to, years });
            }
        }
    }
    out.sort_by_key(|pause| (pause.from, pause.to, pause.years.abs()));
    out.dedup_by_key(|pause| (pause.from, pause.to));
    out
}

/// The same day so many years later; 29 February is the 28th where there is none.
fn in_year(day: NaiveDate, years: i32) -> Option<NaiveDate> {
    let year = day.year().checked_add(years)?;
    day.with_year(year)
        .or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn holidays_come_every_year_and_a_launch_meets_those_of_its_time() {
        let skip = |from, to| Skip {
            from: Day(day(from)),
            to: Day(day(to)),
        };
        let earlier = [
            skip("2027-10-23", "2027-11-07"),
            skip("2027-12-20", "2028-01-02"),
        ];
        let check = |first: &str, last: &str, expected: &[(&str, &str, i32)]| {
            let found = between(&earlier, day(first), day(last));
            let found: Vec<_> = found
                .iter()
                .map(|pause| (pause.from.to_string(), pause.to.to_string(), pause.years))
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(from, to, years)| ((*from).to_owned(), (*to).to_owned(), *years))
                .collect();
            assert_eq!(found, expected, "{first} {last}");
        };
        check("2028-03-06", "2028-05-01", &[]);
        check(
            "2028-09-11",
            "2028-11-20",
            &[("2028-10-23", "2028-11-07", 1)],
        );
        // The same holidays, met by another launch.
        check(
            "2027-12-06",
            "2028-01-31",
            &[("2027-12-20", "2028-01-02", 0)],
        );
        check(
            "2028-01-02",
            "2028-02-01",
            &[("2027-12-20", "2028-01-02", 0)],
        );
        check("2028-01-03", "2028-02-01", &[]);
        check(
            "2026-10-30",
            "2026-12-31",
            &[
                ("2026-10-23", "2026-11-07", -1),
                ("2026-12-20", "2027-01-02", -1),
            ],
        );
        let leap = [skip("2028-02-29", "2028-02-29")];
        let found = between(&leap, day("2029-01-01"), day("2029-03-01"));
        assert_eq!(found[0].from, day("2029-02-28"));
    }
}
