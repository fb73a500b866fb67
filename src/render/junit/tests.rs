//! What came of tests, as a JUnit report: a suite an environment, a case a test.

use crate::render::human::tests::timeline;
use crate::render::terminal::mask;
use crate::render::{Style, Tested};
use crate::simulate::{Miss, Outcome};
use crate::source::SourceMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// A report without times, so that the same tests give the same bytes.
pub fn render(views: &[Tested<'_>], sources: &SourceMap) -> String {
    let mut report = Report::new("bursar test");
    for view in views {
        let mut suite = TestSuite::new(view.environment.unwrap_or("bursar.yaml"));
        for outcome in view.outcomes {
            suite.add_test_case(case(outcome, view.zone, sources));
        }
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_default()
}

fn case(outcome: &Outcome, zone: &str, sources: &SourceMap) -> TestCase {
    let status = match outcome.misses.first() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("miss");
            status.set_message(format!(
                "expected {}, found {}",
                first.expected, first.found
            ));
            status.set_description(description(outcome, zone, sources));
            status
        }
    };
    let mut case = TestCase::new(outcome.title.as_str(), status);
    let place = sources.line_column(outcome.span.file, outcome.span.start);
    case.set_classname(format!("bursar.{}", outcome.test));
    let file = sources.path(outcome.span.file);
    case.extra.insert("file".into(), file.into());
    let line = place.line.to_string();
    case.extra.insert("line".into(), line.as_str().into());
    case
}

fn description(outcome: &Outcome, zone: &str, sources: &SourceMap) -> String {
    let mut text = String::new();
    for miss in &outcome.misses {
        let Miss {
            span,
            time,
            expected,
            found,
            because,
            story,
        } = miss;
        let at = sources.line_column(span.file, span.start);
        let path = sources.path(span.file);
        let time = time.as_deref().unwrap_or("before the timeline");
        text.push_str(&format!(
            "{path}:{}:{}, {time}\nexpected: {expected}\nfound: {found}\n",
            at.line, at.column
        ));
        if let Some(because) = because {
            text.push_str(&format!("because: {because}\n"));
        }
        if let Some(story) = story {
            timeline(&mut text, story, zone, Style::Plain);
        }
    }
    mask(&text).into_owned()
}
