//! `opening-before-start`: an absolute opening lies before the cohort's start.

use super::openings::{self, Opening, Origin};
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::Opens;
use crate::kinds::Document;
use crate::kinds::cohort::Cohort;
use crate::model::{Instant, Path};
use crate::source::Span;
use std::cmp::Ordering;

pub(super) const RULE: Rule = Rule {
    code: Code::OpeningBeforeStart,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        for early in all(configuration, document, cohort) {
            findings.push(
                Diagnostic::new(
                    Code::OpeningBeforeStart,
                    early.span,
                    format!("`{}` opens before the cohort starts", early.name),
                )
                .label(format!("{} before the start", days(early.days)))
                .why("a date like this is usually left over from an earlier cohort")
                .help(format!(
                    "the cohort starts {}: give it a date from then on, or count it by `after_start`",
                    configuration.show(early.starts)
                ))
                .related(
                    configuration::value(document, &Path::root().key("starts")),
                    "the cohort starts here",
                )
                .about(&document.address),
            );
        }
    }
}

/// A date before the cohort's start.
pub(super) struct Early {
    pub(super) span: Span,
    name: String,
    starts: Instant,
    days: i64,
}

/// Every date of a cohort before its start, apart from dates of lessons that have no effect.
pub(super) fn all<'a>(
    configuration: &Configuration<'a>,
    document: &'a Document,
    cohort: &'a Cohort,
) -> Vec<Early> {
    let Some(starts) = &cohort.starts else {
        return Vec::new();
    };
    let starts = configuration.instant(&starts.0);
    let mut found = Vec::new();
    for module in openings::of(configuration, document, cohort)
        .into_iter()
        .flatten()
    {
        let mut judge = |opening: Option<Opening>, name: &str| {
            if let Some(Opening {
                opens: Opens::At(instant),
                span,
                origin: Origin::Absolute,
            }) = opening
                && instant < starts
            {
                found.push(Early {
                    span,
                    name: name.to_owned(),
                    starts,
                    days: (starts - instant).num_days(),
                });
            }
        };
        judge(module.opening, module.module.name.as_str());
        for (lesson, opening) in &module.lessons {
            let has_no_effect = match (opening, module.opening) {
                (Some(own), Some(of)) => {
                    openings::order(own.opens, of.opens) == Some(Ordering::Less)
                }
                _ => false,
            };
            if !has_no_effect {
                judge(*opening, lesson.name.as_str());
            }
        }
    }
    found
}

fn days(days: i64) -> String {
    match days {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        _ => format!("{days} days"),
    }
}
