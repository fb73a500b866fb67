//! `fixed-step-could-be-relative`: absolute openings in one constant step.

use super::release::{self, Item};
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Instant;
use chrono::Datelike as _;

pub(super) const RULE: Rule = Rule {
    code: Code::FixedStepCouldBeRelative,
    check,
};

/// How many openings make a step worth writing as one.
const ENOUGH: usize = 3;

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, _) in configuration.cohorts() {
        let Some(release) = release::of_cohort(configuration, document) else {
            continue;
        };
        let dated = release.items.iter();
        let dated = dated.filter_map(|item| Some((item, item.written_instant()?)));
        let dated: Vec<(&Item, Instant)> = dated.collect();
        let mut rows = vec![dated.iter().filter(|(item, _)| item.lesson.is_none())];
        let modules: Vec<Vec<(&Item, Instant)>> = rows
            .drain(..)
            .map(|row| row.copied().collect())
            .chain((0..release.program.len()).map(|module| {
                let lessons = dated.iter().copied();
                lessons
                    .filter(|(item, _)| item.module == module && item.lesson.is_some())
                    .collect()
            }))
            .collect();
        for row in &modules {
            for (run, step) in runs(configuration, row) {
                let Some(((first, opens), rest)) = run.split_first() else {
                    continue;
                };
                let period = step.written();
                let instead = match first.lesson {
                    None => format!(
                        "`every: {{ period: {period} }}` from `starts`, or delays with `after_access`"
                    ),
                    Some(_) => {
                        format!("delays {period} apart, with `after_start` or `after_access`")
                    }
                };
                let mut finding = Diagnostic::new(
                    Code::FixedStepCouldBeRelative,
                    first.place,
                    format!("{} openings, each {period} after the one before", run.len()),
                )
                .label(format!("the first: {}", configuration.show(*opens)))
                .why("dates have to be rewritten for every cohort, a step does not")
                .help(instead);
                for (item, _) in rest {
                    finding = finding.related(item.place, format!("{period} later"));
                }
                findings.push(finding.about(&document.address));
            }
        }
    }
}

/// The time from one opening to the next, at the same hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Calendar days.
    Days(i64),
    /// Calendar months.
    Months(i64),
}

impl Step {
    fn written(self) -> String {
        match self {
            Step::Days(days) => format!("{days}d"),
            Step::Months(months) => format!("{months}mo"),
        }
    }
}

/// The longest runs of openings in one step.
fn runs<'r, 'i>(
    configuration: &Configuration<'_>,
    row: &'r [(&'i Item, Instant)],
) -> Vec<(&'r [(&'i Item, Instant)], Step)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some([(_, first), (_, second), ..]) = row.get(from..) {
        let mut longest: Option<(usize, Step)> = None;
        for step in steps(configuration, *first, *second) {
            let pairs = row.get(from..).into_iter().flat_map(|rest| rest.windows(2));
            let same = pairs.take_while(|pair| match pair {
                [(_, one), (_, next)] => steps(configuration, *one, *next).contains(&step),
                _ => false,
            });
            let length = same.count() + 1;
            if length >= ENOUGH && longest.is_none_or(|(most, _)| length > most) {
                longest = Some((length, step));
            }
        }
        match longest {
            Some((length, step)) => {
                found.extend(row.get(from..from + length).map(|run| (run, step)));
                from += length;
            }
            None => from += 1,
        }
    }
    found
}

/// The steps that lead from one opening to a later one at the same hour.
fn steps(configuration: &Configuration<'_>, one: Instant, next: Instant) -> Vec<Step> {
    let (one, next) = (
        configuration.zone.local(one),
        configuration.zone.local(next),
    );
    if one.time() != next.time() || next <= one {
        return Vec::new();
    }
    let mut steps = vec![Step::Days((next.date() - one.date()).num_days())];
    if one.day() == next.day() {
        let years = i64::from(next.year()) - i64::from(one.year());
        let months = i64::from(next.month()) - i64::from(one.month());
        steps.push(Step::Months(years * 12 + months));
    }
    steps
}
