//! `module-without-opening`: a module without an opening after one that has one.

use super::configuration::key;
use super::release;
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Field;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::ModuleWithoutOpening,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let Some(release) = release::of_cohort(configuration, document) else {
            continue;
        };
        let modules = Path::root().key("schedule").key("modules");
        let mut before = None;
        for (at, module) in release.program.iter().enumerate() {
            if let Some(item) = release.module(at) {
                before = Some(item);
                continue;
            }
            let Some(before) = before else { continue };
            let has_own = |lesson| {
                let mut items = release.items.iter();
                items.any(|item| item.module == at && item.lesson == Some(lesson))
            };
            let is_covered = !module.lessons.is_empty() && (0..module.lessons.len()).all(has_own);
            let written = cohort.schedule.as_ref();
            let written = written.and_then(|schedule| schedule.modules.get(&module.name));
            // `null` says that it is meant.
            let is_meant = written.is_some_and(|module| matches!(module.opens, Field::Null));
            if is_covered || is_meant {
                continue;
            }
            let name = module.name.as_str();
            findings.push(
                Diagnostic::new(
                    Code::ModuleWithoutOpening,
                    key(document, &modules.key(name)),
                    format!("module {name} has no opening and is open at once"),
                )
                .why("openings are not inherited: what has none is open from the first day of access")
                .help(format!(
                    "give {name} an opening; {} opens {}; `opens: null` says that it is meant",
                    release.what(before),
                    release::show(configuration, before.opens)
                ))
                .related(before.place, "an earlier module has an opening")
                .about(&document.address),
            );
        }
    }
}
