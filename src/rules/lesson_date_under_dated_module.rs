//! `lesson-date-under-dated-module`: a lesson has its own opening inside a module that has one.

use super::openings::{self, Origin};
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::Opens;
use std::cmp::Ordering;

pub(super) const RULE: Rule = Rule {
    code: Code::LessonDateUnderDatedModule,
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
                // An earlier one is said by `lesson-opens-before-module`, a mixed one by
                // `depends-on-purchase-date`.
                let is_mixed = matches!(opening.opens, Opens::At(_))
                    != matches!(of_module.opens, Opens::At(_));
                if is_mixed
                    || openings::order(opening.opens, of_module.opens) == Some(Ordering::Less)
                {
                    continue;
                }
                findings.push(
                    Diagnostic::new(
                        Code::LessonDateUnderDatedModule,
                        opening.span,
                        format!(
                            "the lesson `{}` has an opening of its own in a module that has one",
                            lesson.name.as_str()
                        ),
                    )
                    .label("beside its module's")
                    .why("an opening of a module opens all its lessons; the guide says not to date them one by one")
                    .help("take the lesson's opening out, unless it must open later than its module")
                    .related(of_module.span, format!("`{}` opens here", module.module.name.as_str()))
                    .about(&document.address),
                );
            }
        }
    }
}
