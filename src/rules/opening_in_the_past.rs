//! `opening-in-the-past`: an absolute opening lies in the past while an offer is on sale.

use super::openings::{self, Opening, Origin};
use super::{Configuration, Rule, opening_before_start, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::Opens;

pub(super) const RULE: Rule = Rule {
    code: Code::OpeningInThePast,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let sold =
            openings::sellers(configuration, document)
                .into_iter()
                .find(|(_, offer, _, _)| {
                    sale::can_be_bought_after(configuration, offer, configuration.now)
                });
        let Some((offer, _, _, _)) = sold else {
            continue;
        };
        // A date before the start is wrong whatever the clock says; that is told there.
        let early = opening_before_start::all(configuration, document, cohort);
        let mut judge = |opening: Option<Opening>, name: &str| {
            let Some(Opening {
                opens: Opens::At(instant),
                span,
                origin: Origin::Absolute,
            }) = opening
            else {
                return;
            };
            if instant >= configuration.now || early.iter().any(|early| early.span == span) {
                return;
            }
            findings.push(
                Diagnostic::new(
                    Code::OpeningInThePast,
                    span,
                    format!("the opening of `{name}` has passed"),
                )
                .label("in the past")
                .why(format!(
                    "`{}` can still be bought, and whoever buys it now finds this open at once",
                    offer.address.name
                ))
                .help("give it a date to come, or take it out if it is to be open at once")
                .related(offer.name_span(), "still on sale")
                .about(&document.address),
            );
        };
        for module in openings::of(configuration, document, cohort)
            .into_iter()
            .flatten()
        {
            judge(module.opening, module.module.name.as_str());
            for (lesson, opening) in &module.lessons {
                judge(*opening, lesson.name.as_str());
            }
        }
    }
}
