//! `opening-before-start`: an absolute opening lies before the cohort's start.

use super::configuration::value;
use super::release;
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::OpeningBeforeStart,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let Some(release) = release::of_cohort(configuration, document) else {
            continue;
        };
        let Some(starts) = release::starts(configuration, cohort) else {
            continue;
        };
        for item in &release.items {
            let Some(opens) = item.written_instant().filter(|opens| *opens < starts) else {
                continue;
            };
            let start = configuration.show(starts);
            findings.push(
                Diagnostic::new(
                    Code::OpeningBeforeStart,
                    item.place,
                    format!(
                        "{} opens {}, before the cohort starts {start}",
                        release.what(item),
                        configuration.show(opens)
                    ),
                )
                .why("such a date is often left from the cohort that the schedule was copied from")
                .help(format!("write a date from {start} on"))
                .related(
                    value(document, &Path::root().key("starts")),
                    "the cohort starts here",
                )
                .about(&document.address),
            );
        }
    }
}
