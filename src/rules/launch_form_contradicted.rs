//! `launch-form-contradicted`: the launch form does not fit the courses of the two cohorts.

use super::configuration::value;
use super::{Configuration, Rule};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::cohort::Launch;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::LaunchFormContradicted,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let before = cohort.follows.as_ref();
        let before = before.and_then(|before| configuration.index.cohort(before));
        let (Some((earlier, before)), Some(launch)) = (before, cohort.launch) else {
            continue;
        };
        let own = configuration.index.course(&cohort.course);
        let other = configuration.index.course(&before.course);
        let (Some((own, _)), Some((other, _))) = (own, other) else {
            continue;
        };
        let is_same = own.address == other.address;
        let (message, help) = match (launch, is_same) {
            (Launch::ScheduleOnly, false) => (
                format!(
                    "`schedule-only`, but {} launched {}, not {}",
                    earlier.address, other.address, own.address
                ),
                format!(
                    "write `course: {}`, or `launch: course-copy`",
                    other.address.name
                ),
            ),
            (Launch::CourseCopy, true) => (
                format!(
                    "`course-copy`, but {} launched {} too",
                    earlier.address, own.address
                ),
                "name the copy in `course`, or write `launch: schedule-only`".to_owned(),
            ),
            (Launch::ScheduleOnly, true)
            | (Launch::CourseCopy, false)
            | (Launch::CourseEdited, _) => continue,
        };
        let root = Path::root();
        findings.push(
            Diagnostic::new(
                Code::LaunchFormContradicted,
                value(document, &root.key("launch")),
                message,
            )
            .why("where only dates change, the course stays; where content changes, a copy is launched")
            .help(help)
            .related(value(document, &root.key("course")), "the course of this cohort")
            .related(value(earlier, &root.key("course")), "the course of the cohort before")
            .about(&document.address),
        );
    }
}
