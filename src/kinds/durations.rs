//! What a field can hold of a duration.

use super::DocumentPlaces;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Duration, Path};

/// How a field counts time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kinds) enum Counts {
    /// Whole days: `after_access`.
    WholeDays,
    /// Days of 24 hours, hours and minutes: waits, validity.
    Exact,
    /// Calendar days, weeks and months: `after_start`.
    Calendar,
    /// As `Calendar`, and at least one day: a period, a length of access.
    CalendarFromOneDay,
}

/// Reports a duration that a field cannot hold.
pub(in crate::kinds) fn check_duration(
    duration: Duration,
    counts: Counts,
    document: &DocumentPlaces<'_>,
    path: &Path,
    findings: &mut Diagnostics,
) {
    let Some((problem, help)) = problem(duration, counts) else {
        return;
    };
    let field = path
        .0
        .iter()
        .rev()
        .find_map(|segment| match segment {
            crate::model::Seg::Key(key) => Some(&**key),
            crate::model::Seg::Index(_) => None,
        })
        .unwrap_or("this");
    findings.push(
        Diagnostic::new(
            Code::DurationNotExpressible,
            document.span(path),
            format!("`{field}` {problem}, `{duration}` does not fit"),
        )
        .label("cannot be expressed")
        .help(help),
    );
}

/// What is wrong with a duration, and what to write.
fn problem(duration: Duration, counts: Counts) -> Option<(&'static str, String)> {
    let Duration {
        months,
        days,
        minutes,
    } = duration;
    let days_of_minutes = minutes / (24 * 60);
    let part_of_day = minutes % (24 * 60) != 0;
    let near = || {
        let whole = u64::from(months) * 30 + u64::from(days) + u64::from(days_of_minutes);
        match (months > 0, part_of_day) {
            (true, _) => format!("write days, `{whole}d` is about as long"),
            (false, false) => format!("write `{whole}d`"),
            (false, true) if whole == 0 => "write `1d`".to_owned(),
            (false, true) => format!("write `{whole}d` or `{}d`", whole + 1),
        }
    };
    match counts {
        Counts::WholeDays if months > 0 || minutes > 0 => Some(("counts whole days", near())),
        Counts::Exact if months > 0 => Some(("counts days, hours and minutes", near())),
        Counts::Calendar | Counts::CalendarFromOneDay if minutes > 0 => {
            let help = if months > 0 {
                let whole = Duration {
                    minutes: 0,
                    ..duration
                };
                format!("write `{whole}`")
            } else {
                near()
            };
            Some(("counts calendar days, weeks and months", help))
        }
        Counts::CalendarFromOneDay if duration.is_zero() => {
            Some(("is at least one day", "write `1d` or more".to_owned()))
        }
        Counts::WholeDays | Counts::Exact | Counts::Calendar | Counts::CalendarFromOneDay => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_fits() {
        use Counts::{Calendar, CalendarFromOneDay, Exact, WholeDays};
        let cases = [
            ("14d", WholeDays, None),
            ("2w", WholeDays, None),
            ("36h", WholeDays, Some("write `1d` or `2d`")),
            ("48h", WholeDays, Some("write `2d`")),
            ("30m", WholeDays, Some("write `1d`")),
            ("1mo", WholeDays, Some("write days, `30d` is about as long")),
            ("1d12h", Exact, None),
            ("0m", Exact, None),
            ("6mo", Exact, Some("write days, `180d` is about as long")),
            ("1mo", Calendar, None),
            ("0d", Calendar, None),
            ("24h", Calendar, Some("write `1d`")),
            ("1mo2h", Calendar, Some("write `1mo`")),
            ("0d", CalendarFromOneDay, Some("write `1d` or more")),
            ("7d", CalendarFromOneDay, None),
        ];
        for (text, counts, expected) in cases {
            let found = problem(text.parse().unwrap(), counts);
            let help = found.map(|(_, help)| help);
            assert_eq!(help.as_deref(), expected, "{text} {counts:?}");
        }
    }
}
