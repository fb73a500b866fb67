//! `edits-course-still-in-use`: a course is edited while the earlier cohort still has access.

use super::configuration::value;
use super::{Configuration, Rule};
use super::{release, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::schedule::later;
use crate::kinds::cohort::Launch;
use crate::kinds::offer::{AccessTerm, Offer, OfferStatus, Product};
use crate::model::{Instant, Path};

pub(super) const RULE: Rule = Rule {
    code: Code::EditsCourseStillInUse,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let before = cohort.follows.as_ref();
        let before = before.and_then(|before| configuration.index.cohort(before));
        let starts = release::starts(configuration, cohort);
        let (Some(Launch::CourseEdited), Some((earlier, before)), Some(starts)) =
            (cohort.launch, before, starts)
        else {
            continue;
        };
        if cohort.course.name() != before.course.name() {
            continue;
        }
        let sold = release::sold(configuration, earlier).into_iter();
        let reaching = sold.filter_map(|(of, offer, at, product)| {
            let until = reach(configuration, offer, product, starts)?;
            let path = Path::root().key("products").index(at).key("access");
            Some((value(of, &path), of, until))
        });
        let reaching: Vec<_> = reaching.collect();
        let Some((_, first, until)) = reaching.first() else {
            continue;
        };
        let mut finding = Diagnostic::new(
            Code::EditsCourseStillInUse,
            value(document, &Path::root().key("launch")),
            format!(
                "{} gives access {until}, past the start {}",
                first.address,
                configuration.show(starts)
            ),
        )
        .why("an edited course changes for everyone who still has access to it")
        .help(format!(
            "`launch: course-copy`, or end the access of {} by {}",
            earlier.address,
            configuration.show(starts)
        ));
        for (place, _, until) in &reaching {
            finding = finding.related(*place, format!("access {until}"));
        }
        findings.push(finding.about(&document.address));
    }
}

/// Until when access lasts, in words, if that is past an instant.
fn reach(
    configuration: &Configuration<'_>,
    offer: &Offer,
    product: &Product,
    instant: Instant,
) -> Option<String> {
    let until = match product.access.set()? {
        AccessTerm::Unlimited => return Some("without end".to_owned()),
        AccessTerm::Until(until) => configuration.end(&until.0),
        AccessTerm::For(term) => {
            let window = sale::window(configuration, offer);
            let is_archived = offer.status.set() == Some(&OfferStatus::Archived);
            if window.closes.is_none() && !is_archived {
                return Some("to buyers whose sale does not close".to_owned());
            }
            later(window.closes.or(window.opens)?, *term, configuration.zone)?
        }
    };
    (until > instant).then(|| format!("until {}", configuration.show(until)))
}
