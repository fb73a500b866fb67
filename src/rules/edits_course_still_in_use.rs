//! `edits-course-still-in-use`: a course is edited while an earlier cohort has access.

use super::{Configuration, Rule, configuration, openings, sale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::cohort::Launch;
use crate::kinds::offer::AccessTerm;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::EditsCourseStillInUse,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let (Some(Launch::CourseEdited), Some(follows), Some(starts)) =
            (cohort.launch, &cohort.follows, &cohort.starts)
        else {
            continue;
        };
        let Some((before, _)) = configuration.index.cohort(follows) else {
            continue;
        };
        let starts = configuration.instant(&starts.0);
        let reaches = openings::sellers(configuration, before)
            .into_iter()
            .find_map(|(offer, spec, at, product)| {
                let path = Path::root().key("products").index(at).key("access");
                let place = configuration::value(offer, &path);
                let ends = match product.access.set()? {
                    AccessTerm::Unlimited => return Some((place, "never ends".to_owned())),
                    AccessTerm::Until(until) => configuration.end(&until.0),
                    AccessTerm::For(_) => match sale::window(configuration, spec).closes {
                        None => {
                            return Some((
                                place,
                                "ends so long after a sale that does not close".to_owned(),
                            ));
                        }
                        Some(closes) => openings::access_ends(configuration, product, closes)?,
                    },
                };
                (ends > starts).then(|| (place, format!("reaches to {}", configuration.show(ends))))
            });
        let Some((place, reach)) = reaches else {
            continue;
        };
        let root = Path::root();
        findings.push(
            Diagnostic::new(
                Code::EditsCourseStillInUse,
                configuration::value(document, &root.key("launch")),
                format!("the course is edited while `{}` still has access", before.address.name),
            )
            .label("changes what they see, too")
            .why("a course may be edited for a new cohort where the earlier one keeps no access")
            .help("make a copy of the course (`launch: course-copy`), or end the earlier access first")
            .related(place, format!("access {reach}"))
            .related(
                configuration::value(document, &root.key("starts")),
                format!("starts {}", configuration.show(starts)),
            )
            .about(&document.address),
        );
    }
}
