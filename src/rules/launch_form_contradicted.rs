//! `launch-form-contradicted`: the launch form contradicts the course it is made on.

use super::{Configuration, Rule, configuration, mailing};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::cohort::Launch;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::LaunchFormContradicted,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, cohort) in configuration.cohorts() {
        let (Some(launch), Some(follows)) = (cohort.launch, &cohort.follows) else {
            continue;
        };
        let Some((before, earlier)) = configuration.index.cohort(follows) else {
            continue;
        };
        let is_same = mailing::same(&cohort.course, &earlier.course);
        let (message, why, help) = match (launch, is_same) {
            (Launch::ScheduleOnly, false) => (
                "a launch by schedule alone is on another course than the cohort before it",
                "where only the dates change, the new offer is made on the same course",
                "name the course of the cohort before, or write `launch: course-copy`",
            ),
            (Launch::CourseCopy, true) => (
                "a launch on a copy of the course names the same course as the cohort before it",
                "where the content changes, a copy keeps the earlier cohort's lessons as they were",
                "name the copy, or write `launch: schedule-only`",
            ),
            (Launch::ScheduleOnly, true)
            | (Launch::CourseCopy, false)
            | (Launch::CourseEdited, _) => continue,
        };
        let root = Path::root();
        findings.push(
            Diagnostic::new(
                Code::LaunchFormContradicted,
                configuration::value(document, &root.key("launch")),
                message,
            )
            .label("contradicts the course")
            .why(why)
            .help(help)
            .related(
                configuration::value(document, &root.key("course")),
                "this cohort's course",
            )
            .related(
                configuration::value(before, &root.key("course")),
                "the course before",
            )
            .about(&document.address),
        );
    }
}
