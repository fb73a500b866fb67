//! `course-copied-per-plan`: several copies of one course are sold as price levels.

use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Document;
use crate::kinds::course::Course;
use crate::kinds::offer::OfferStatus;
use crate::model::Instant;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = Rule {
    code: Code::CourseCopiedPerPlan,
    check,
};

/// The names of a course's modules, each with those of its lessons, in order.
type Program<'a> = Vec<(&'a str, Vec<&'a str>)>;

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut programs: BTreeMap<Program<'_>, Vec<(&Document, &Course)>> = BTreeMap::new();
    for (document, course) in configuration.courses() {
        if course.modules.is_empty() {
            continue;
        }
        let program = course.modules.iter().map(|module| {
            let lessons = module.lessons.iter();
            (
                module.name.as_str(),
                lessons.map(|lesson| lesson.name.as_str()).collect(),
            )
        });
        programs
            .entry(program.collect())
            .or_default()
            .push((document, course));
    }
    for same in programs.into_values().filter(|same| same.len() > 1) {
        // The first course that is sold for each launch.
        let mut first: BTreeMap<Option<Instant>, &Document> = BTreeMap::new();
        for (document, _) in same {
            // Copies of one course for different launches are what the guide asks for.
            let launches = launches(configuration, document);
            let other = launches
                .iter()
                .find_map(|launch| first.get(launch).copied());
            for launch in launches {
                first.entry(launch).or_insert(document);
            }
            let Some(other) = other else {
                continue;
            };
            findings.push(
                Diagnostic::new(
                    Code::CourseCopiedPerPlan,
                    document.name_span(),
                    format!(
                        "`{}` and `{}` have one program and are sold side by side",
                        document.address.name, other.address.name
                    ),
                )
                .label("a copy for a price level")
                .why("with several offers on one course clients keep their progress when they change the plan")
                .help("sell one course by several offers, with `content` where a plan gives less")
                .related(other.name_span(), "the same program")
                .about(&document.address),
            );
        }
    }
}

/// The starts of the cohorts with which a course is sold now; `None` for a sale without a cohort.
fn launches(configuration: &Configuration<'_>, course: &Document) -> BTreeSet<Option<Instant>> {
    let mut launches = BTreeSet::new();
    for (_, offer, _, product) in configuration.index.sales_of(&course.address.name) {
        if offer.status.set() == Some(&OfferStatus::Archived) {
            continue;
        }
        let cohort = product
            .cohort
            .set()
            .and_then(|cohort| configuration.index.cohort(cohort));
        launches.insert(
            cohort.and_then(|(_, cohort)| Some(configuration.instant(&cohort.starts.as_ref()?.0))),
        );
    }
    launches
}
