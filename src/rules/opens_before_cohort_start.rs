//! `opens-before-cohort-start`: an opening counted from access falls before the cohort's start.

use super::{Configuration, Rule, configuration, openings, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::Opens;
use crate::model::{Instant, Path};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    code: Code::OpensBeforeCohortStart,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let starts = cohort
            .starts
            .as_ref()
            .map(|starts| configuration.instant(&starts.0));
        let sellers = openings::sellers(configuration, document);
        let first = sellers
            .iter()
            .filter_map(|(offer, spec, _, _)| {
                Some((sale::window(configuration, spec).opens?, *offer))
            })
            .min_by_key(|(opens, offer)| (*opens, &offer.address));
        let Some((buys, offer)) = first else {
            continue;
        };
        let mut latest: Option<(Instant, &str, Span)> = None;
        for module in openings::of(configuration, document, cohort)
            .into_iter()
            .flatten()
        {
            let Some(opening) = module.opening else {
                continue;
            };
            let name = module.module.name.as_str();
            let opens = opening.opens.instant(buys, configuration.zone);
            let counts_from_access = matches!(opening.opens, Opens::AfterAccess { .. });
            let before_start = starts.filter(|starts| opens < *starts);
            let before_other = latest.filter(|(other, _, _)| opens < *other);
            if counts_from_access && (before_start.is_some() || before_other.is_some()) {
                let mut finding = Diagnostic::new(
                    Code::OpensBeforeCohortStart,
                    opening.span,
                    match (before_start, before_other) {
                        (None, Some((_, other, _))) => {
                            format!("`{name}` can open before the earlier module `{other}`")
                        }
                        _ => format!("`{name}` can open before the cohort starts"),
                    },
                )
                .label(format!("{} for the first buyer", configuration.show(opens)))
                .why(format!(
                    "the sale of `{}` opens {}, and the days count from each client's purchase",
                    offer.address.name,
                    configuration.show(buys)
                ))
                .help("count it from the start: `after_start`, or give it a date")
                .related(
                    configuration::value(offer, &Path::root().key("sale").key("opens")),
                    "the first purchase",
                )
                .about(&document.address);
                finding = match (before_start, before_other) {
                    (None, Some((other, _, span))) => {
                        finding.related(span, format!("opens {}", configuration.show(other)))
                    }
                    _ => finding.related(
                        configuration::value(document, &Path::root().key("starts")),
                        "the cohort starts here",
                    ),
                };
                findings.push(finding);
            }
            if latest.is_none_or(|(other, _, _)| opens > other) {
                latest = Some((opens, name, opening.span));
            }
        }
    }
}
