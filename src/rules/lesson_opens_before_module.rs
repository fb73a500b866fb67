//! `lesson-opens-before-module`: a lesson's own date is earlier than its module's and has no effect.

use super::openings::{self, Origin};
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::Opens;
use std::cmp::Ordering;

pub(super) const RULE: Rule = Rule {
    code: Code::LessonOpensBeforeModule,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        for module in openings::of(configuration, document, cohort)
            .into_iter()
            .flatten()
        {
            let Some(of_module) = module.opening else {
                continue;
            };
            for (lesson, opening) in &module.lessons {
                let Some(opening) = opening.filter(|opening| opening.origin != Origin::Course)
                else {
                    continue;
                };
                if openings::order(opening.opens, of_module.opens) != Some(Ordering::Less) {
                    continue;
                }
                let show = |opens: Opens| match opens {
                    Opens::At(instant) => configuration.show(instant),
                    Opens::AfterAccess { days, hour } => {
                        let hour = hour.map_or(String::new(), |hour| format!(" at {hour}"));
                        format!("{days} days after access{hour}")
                    }
                };
                let (early, real) = (show(opening.opens), show(of_module.opens));
                findings.push(
                    Diagnostic::new(
                        Code::LessonOpensBeforeModule,
                        opening.span,
                        format!(
                            "the lesson `{}` has an earlier opening than its module `{}`",
                            lesson.name.as_str(),
                            module.module.name.as_str()
                        ),
                    )
                    .label("has no effect")
                    .why(format!(
                        "it opens {real}, with its module; {early} has no effect"
                    ))
                    .help("take the lesson's opening out, or let the module open earlier")
                    .related(of_module.span, "its module opens later")
                    .about(&document.address),
                );
            }
        }
    }
}
