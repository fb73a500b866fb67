//! `lesson-date-under-dated-module`: a lesson has its own opening inside a module that has one.

use super::release::{self, Order, Origin};
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::LessonDateUnderDatedModule,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, _) in configuration.cohorts() {
        let Some(release) = release::of_cohort(configuration, document) else {
            continue;
        };
        for (module, lesson) in release.pairs() {
            // A date with no effect, or one whose order is not known, is told by other rules.
            let is_own = lesson.origin != Origin::Course;
            if !is_own || release::order(module.opens, lesson.opens) != Order::NotEarlier {
                continue;
            }
            let opens = release::show(configuration, module.opens);
            findings.push(
                Diagnostic::new(
                    Code::LessonDateUnderDatedModule,
                    lesson.place,
                    format!(
                        "{} has its own opening in a module that has one",
                        release.what(lesson)
                    ),
                )
                .label(release::show(configuration, lesson.opens))
                .why("the platform's guide says not to add a date to lessons of a dated module")
                .help(format!(
                    "remove it: the lesson then opens {opens}, with its module"
                ))
                .related(module.place, "its module has an opening")
                .about(&document.address),
            );
        }
    }
}
