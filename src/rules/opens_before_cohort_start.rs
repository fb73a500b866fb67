//! `opens-before-cohort-start`: an opening counted from access falls before the cohort's start, or before an earlier module.

use super::configuration::value;
use super::{Configuration, Rule};
use super::{release, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::{Opens, effective};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::OpensBeforeCohortStart,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let Some(release) = release::of_cohort(configuration, document) else {
            continue;
        };
        let starts = release::starts(configuration, cohort);
        let sold = release::sold(configuration, document);
        for item in &release.items {
            if !matches!(item.opens, Opens::AfterAccess { .. }) {
                continue;
            }
            let module = item.lesson.and_then(|_| release.module(item.module));
            let module = module.map(|module| module.opens);
            let found = sold.iter().find_map(|(of, offer, ..)| {
                let access = sale::window(configuration, offer).opens?;
                let opens = effective(module, Some(item.opens), access, configuration.zone)?;
                let earlier = release
                    .items
                    .iter()
                    .filter(|other| other.lesson.is_none() && other.module < item.module);
                let earlier = earlier.map(|other| {
                    let at = other.opens.instant(access, configuration.zone);
                    (at, other.place, release.what(other))
                });
                let start = starts.map(|starts| {
                    let place = value(document, &Path::root().key("starts"));
                    (starts, place, "the cohort's start".to_owned())
                });
                let mut bounds = start.into_iter().chain(earlier);
                let bound = bounds.find(|(at, ..)| opens < *at)?;
                Some((*of, access, opens, bound))
            });
            let Some((of, access, opens, (at, place, what))) = found else {
                continue;
            };
            let zone = configuration.zone;
            let days = (zone.local(at).date() - zone.local(access).date()).num_days();
            let sale_opens = Path::root().key("sale").key("opens");
            findings.push(
                Diagnostic::new(
                    Code::OpensBeforeCohortStart,
                    release.place(item),
                    format!(
                        "{} opens {} for a buyer at the opening of sale, before {what}",
                        release.what(item),
                        configuration.show(opens)
                    ),
                )
                .label(release::show(configuration, item.opens))
                .why(format!(
                    "access begins when the order is paid, from {} on; {what} is {}",
                    configuration.show(access),
                    configuration.show(at)
                ))
                .help(format!(
                    "count it from the start with `after_start`, or wait {days} days or more"
                ))
                .related(place, format!("{what}: {}", configuration.show(at)))
                .related(value(of, &sale_opens), "the sale opens here")
                .about(&document.address),
            );
        }
    }
}
