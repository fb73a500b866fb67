//! `fixed-step-could-be-relative`: absolute openings in one constant step could be relative.

use super::openings::{self, Opening, Origin};
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::Opens;
use crate::source::Span;
use chrono::NaiveDateTime;

pub(super) const RULE: Rule = Rule {
    code: Code::FixedStepCouldBeRelative,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let Some(modules) = openings::of(configuration, document, cohort) else {
            continue;
        };
        let dated = |opening: Option<Opening>| match opening {
            Some(Opening {
                opens: Opens::At(instant),
                span,
                origin: Origin::Absolute,
            }) => Some((configuration.zone.local(instant), span)),
            _ => None,
        };
        let of_modules = modules.iter().map(|module| dated(module.opening)).collect();
        let of_lessons = modules.iter().map(|module| {
            let lessons = module.lessons.iter();
            lessons.map(|(_, opening)| dated(*opening)).collect()
        });
        let rows: Vec<Vec<Option<(NaiveDateTime, Span)>>> =
            std::iter::once(of_modules).chain(of_lessons).collect();
        for row in rows {
            // What has no date of its own does not break a row of those that have.
            let row: Vec<(NaiveDateTime, Span)> = row.into_iter().flatten().collect();
            let Some((days, count, at)) = longest(&row) else {
                continue;
            };
            let Some((_, first)) = row.get(at) else {
                continue;
            };
            let mut finding = Diagnostic::new(
                Code::FixedStepCouldBeRelative,
                *first,
                format!("{count} openings follow each other in steps of {}", steps(days)),
            )
            .label("the first of them")
            .why("dates like these are written anew for every cohort")
            .help(format!(
                "`every: {{ period: {days}d }}` counts from `starts`, `after_access: {days}d` from each participant's access"
            ))
            .about(&document.address);
            for (_, span) in row.iter().skip(at + 1).take(count - 1) {
                finding = finding.related(*span, format!("{} later", steps(days)));
            }
            findings.push(finding);
        }
    }
}

fn steps(days: i64) -> String {
    match days {
        1 => "1 day".to_owned(),
        _ => format!("{days} days"),
    }
}

/// The longest run of at least three with one step of whole days: the step, how many, from where.
fn longest(row: &[(NaiveDateTime, Span)]) -> Option<(i64, usize, usize)> {
    let step = |pair: &[(NaiveDateTime, Span)]| match pair {
        [(one, _), (other, _)] if one.time() == other.time() => {
            Some((*other - *one).num_days()).filter(|days| *days > 0)
        }
        _ => None,
    };
    let steps: Vec<Option<i64>> = row.windows(2).map(step).collect();
    let mut best: Option<(i64, usize, usize)> = None;
    let mut at = 0;
    while let Some(step) = steps.get(at) {
        let same = steps
            .iter()
            .skip(at)
            .take_while(|other| *other == step)
            .count();
        if let Some(days) = step
            && same >= 2
            && best.is_none_or(|(_, count, _)| same + 1 > count)
        {
            best = Some((*days, same + 1, at));
        }
        at += same;
    }
    best
}
