//! `opening-in-the-past`: an absolute opening lies before the clock while the cohort is sold.

use super::configuration::value;
use super::{Configuration, Rule};
use super::{release, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::OpeningInThePast,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let Some(release) = release::of_cohort(configuration, document) else {
            continue;
        };
        let now = configuration.now;
        let sold = release::sold(configuration, document);
        let mut sold = sold.into_iter();
        let open = sold.find(|(_, offer, ..)| sale::can_be_bought_after(configuration, offer, now));
        let Some((of, ..)) = open else { continue };
        let starts = release::starts(configuration, cohort);
        for item in &release.items {
            let Some(opens) = item.written_instant().filter(|opens| *opens < now) else {
                continue;
            };
            // An opening before the start is told as that.
            if starts.is_some_and(|starts| opens < starts) {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    Code::OpeningInThePast,
                    item.place,
                    format!(
                        "{} opened {}, while {} can still be bought",
                        release.what(item),
                        configuration.show(opens),
                        of.address
                    ),
                )
                .why("it is open at once for everyone who buys from now on")
                .help(format!(
                    "write a date after {}, or close the sale",
                    configuration.show(now)
                ))
                .related(
                    value(of, &Path::root().key("sale")),
                    "this offer is still sold",
                )
                .about(&document.address),
            );
        }
    }
}
