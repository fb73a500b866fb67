//! `opens-after-access-ends`: a lesson opens after access has ended.

use super::{Configuration, Rule, configuration, openings, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::{Opens, effective};
use crate::kinds::offer::AccessTerm;
use crate::model::Path;
use chrono::TimeDelta;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::OpensAfterAccessEnds,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let Some(modules) = openings::of(configuration, document, cohort) else {
            continue;
        };
        let mut said = BTreeSet::new();
        for (offer, spec, at, product) in openings::sellers(configuration, document) {
            let window = sale::window(configuration, spec);
            let last = window
                .closes
                .and_then(|closes| closes.checked_sub_signed(TimeDelta::seconds(1)));
            let mut buyers = vec![(window.opens, "opening"), (last, "close")];
            // Where nothing counts from the purchase, its date does not matter.
            if let (None, None, Some(AccessTerm::Until(_))) =
                (window.opens, window.closes, product.access.set())
            {
                buyers = vec![(Some(configuration.now), "time")];
            }
            for module in &modules {
                let lessons = module
                    .lessons
                    .iter()
                    .filter_map(|(lesson, own)| Some((lesson.name.as_str(), (*own)?, true)));
                let own = module
                    .opening
                    .map(|own| (module.module.name.as_str(), own, false));
                for (name, opening, is_lesson) in own.into_iter().chain(lessons) {
                    let of_module = module.opening.filter(|_| is_lesson);
                    let ended = buyers.iter().find_map(|(buys, when)| {
                        let buys = (*buys)?;
                        let ends = openings::access_ends(configuration, product, buys)?;
                        let (module, lesson) = match of_module {
                            Some(of) => (Some(of.opens), Some(opening.opens)),
                            None => (Some(opening.opens), None),
                        };
                        if *when == "time" && matches!(opening.opens, Opens::AfterAccess { .. }) {
                            return None;
                        }
                        let opens = effective(module, lesson, buys, configuration.zone)?;
                        (opens >= ends).then_some((buys, when, opens, ends))
                    });
                    let Some((buys, when, opens, ends)) = ended else {
                        continue;
                    };
                    // A lesson that opens too late because of its module is said there.
                    let by_module = of_module.is_some_and(|of| said.contains(&of.span));
                    if by_module || !said.insert(opening.span) {
                        continue;
                    }
                    let buyer = match *when {
                        "time" => "for every client".to_owned(),
                        when => format!(
                            "for who buys at the {when} of sale, {}",
                            configuration.show(buys)
                        ),
                    };
                    let path = Path::root().key("products").index(at).key("access");
                    findings.push(
                        Diagnostic::new(
                            Code::OpensAfterAccessEnds,
                            opening.span,
                            format!("`{name}` opens after access has ended"),
                        )
                        .label(format!("opens {}", configuration.show(opens)))
                        .why(format!(
                            "with `{}`, access ends {} {buyer}; `{name}` opens {}",
                            offer.address.name,
                            configuration.show(ends),
                            configuration.show(opens)
                        ))
                        .help("let it open earlier, or give longer access")
                        .related(
                            configuration::value(offer, &path),
                            format!("ends {}", configuration.show(ends)),
                        )
                        .about(&document.address),
                    );
                }
            }
        }
    }
}
