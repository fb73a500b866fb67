//! `module-without-opening`: a later module has no opening and opens at once.

use super::{Configuration, Rule, configuration, openings};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Field;
use crate::model::{Name, Path};

pub(super) const RULE: Rule = Rule {
    code: Code::ModuleWithoutOpening,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let Some(modules) = openings::of(configuration, document, cohort) else {
            continue;
        };
        let written = |name: &Name| cohort.schedule.as_ref()?.modules.get(name);
        let mut earlier = None;
        for module in &modules {
            if let Some(opening) = module.opening {
                earlier.get_or_insert((module.module, opening));
                continue;
            }
            let Some((first, opening)) = earlier else {
                continue;
            };
            // `null` asks for the platform's default in so many words.
            let own = written(&module.module.name);
            let is_meant = own.is_some_and(|own| own.opens == Field::Null);
            if is_meant || module.lessons.iter().all(|(_, opening)| opening.is_some()) {
                continue;
            }
            let name = module.module.name.as_str();
            let path = Path::root().key("schedule").key("modules").key(name);
            findings.push(
                Diagnostic::new(
                    Code::ModuleWithoutOpening,
                    configuration::key(document, &path),
                    format!("the module `{name}` has no opening and opens at once"),
                )
                .label("opens with the purchase")
                .why(format!(
                    "openings are not inherited: `{}` opens later, and a module after it is open before it",
                    first.name.as_str()
                ))
                .help(format!("give `{name}` an opening under `schedule.modules`"))
                .related(opening.span, format!("`{}` has one", first.name.as_str()))
                .about(&document.address),
            );
        }
    }
}
