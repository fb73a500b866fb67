//! `copied-schedule-mostly-replaced`: over half of a copied schedule's openings differ from the course's.

use super::configuration::value;
use super::release;
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::cohort::ScheduleBase;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::CopiedScheduleMostlyReplaced,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let Some(release) = release::of_cohort(configuration, document) else {
            continue;
        };
        let base = cohort.schedule.as_ref().and_then(|schedule| schedule.base);
        if base != Some(ScheduleBase::Course) {
            continue;
        }
        let course = configuration.index.course(&cohort.course);
        let copied = course.and_then(|(of, _)| release::of_course(configuration, of));
        let Some(copied) = copied else {
            continue;
        };
        let held = &release.items;
        let kept = held.iter().filter(|item| {
            let mut own = copied.items.iter();
            own.any(|own| own.is_of(item) && own.opens == item.opens)
        });
        let kept = kept.count();
        let gone = copied.items.iter();
        let gone = gone.filter(|own| !held.iter().any(|item| item.is_of(own)));
        let all = held.len() + gone.count();
        let replaced = all.saturating_sub(kept);
        if replaced * 2 <= all {
            continue;
        }
        let place = Path::root().key("schedule").key("base");
        findings.push(
            Diagnostic::new(
                Code::CopiedScheduleMostlyReplaced,
                value(document, &place),
                format!("{replaced} of {all} openings differ from the course's"),
            )
            .why("a reader has to lay two schedules over one another to know when things open")
            .help(format!(
                "`base: scratch`, and write out the {kept} that are kept"
            ))
            .about(&document.address),
        );
    }
}
