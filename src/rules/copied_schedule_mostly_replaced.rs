//! `copied-schedule-mostly-replaced`: over half of a copied schedule differs from the course's.

use super::openings::{self, Opening};
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::Opens;
use crate::kinds::Field;
use crate::kinds::cohort::ScheduleBase;
use crate::kinds::course::OwnOpening;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::CopiedScheduleMostlyReplaced,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let schedule = cohort.schedule.as_ref();
        if schedule.is_none_or(|schedule| schedule.base != Some(ScheduleBase::Course)) {
            continue;
        }
        let Some(modules) = openings::of(configuration, document, cohort) else {
            continue;
        };
        let (mut all, mut other) = (0, 0);
        let mut count = |opening: Option<Opening>, own: &Field<OwnOpening>| {
            let Some(opening) = opening else {
                return;
            };
            let own = own.set().and_then(|own| {
                let days = own.after_access.whole_days()?;
                Some(Opens::AfterAccess { days, hour: own.at })
            });
            all += 1;
            other += usize::from(own != Some(opening.opens));
        };
        for module in &modules {
            count(module.opening, &module.module.opens);
            for (lesson, opening) in &module.lessons {
                count(*opening, &lesson.opens);
            }
        }
        if other * 2 <= all {
            continue;
        }
        let path = Path::root().key("schedule").key("base");
        findings.push(
            Diagnostic::new(
                Code::CopiedScheduleMostlyReplaced,
                configuration::value(document, &path),
                format!("{other} of {all} openings differ from the course's own"),
            )
            .label("copied, then mostly replaced")
            .why("with a copy it is hard to see which delays are set and which are left over")
            .help("write `base: scratch` and every opening that is wanted")
            .about(&document.address),
        );
    }
}
