//! `lesson-opens-before-module`: a lesson's own date is earlier than its module's and has no effect.

use super::release::{self, Order, Origin};
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const RULE: Rule = Rule {
    code: Code::LessonOpensBeforeModule,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, _) in configuration.cohorts() {
        let Some(release) = release::of_cohort(configuration, document) else {
            continue;
        };
        for (module, lesson) in release.pairs() {
            let is_own = module.origin != Origin::Course || lesson.origin != Origin::Course;
            if !is_own || release::order(module.opens, lesson.opens) != Order::Earlier {
                continue;
            }
            let opens = release::show(configuration, module.opens);
            let own = release::show(configuration, lesson.opens);
            findings.push(
                Diagnostic::new(
                    Code::LessonOpensBeforeModule,
                    release.place(lesson),
                    format!("{} opens {opens}, with its module", release.what(lesson)),
                )
                .label(format!("{own} has no effect"))
                .why("a lesson opens at the later of its own and its module's opening")
                .help(format!(
                    "opens {opens}, with its module; {own} has no effect: remove it, or open the module earlier"
                ))
                .related(module.place, "its module opens later")
                .about(&document.address),
            );
        }
    }
}
