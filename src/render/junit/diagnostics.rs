//! Findings as a JUnit report: a suite a file, a case a finding.

use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::render::ci::harmless_xml;
use crate::source::SourceMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// A report without times. Errors are failures; warnings and hints are cases that pass, their text
/// in the output. Without findings there is one case that passes.
pub fn render(findings: &Diagnostics, sources: &SourceMap) -> String {
    let mut report = Report::new("bursar validate");
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for finding in findings.iter() {
        let path = sources.path(finding.span.file);
        let suite = suites.entry(path).or_insert_with(|| TestSuite::new(path));
        suite.add_test_case(case(finding, sources));
    }
    if suites.is_empty() {
        let mut suite = TestSuite::new("bursar.yaml");
        let mut case = TestCase::new("the configuration is valid", TestCaseStatus::success());
        case.set_classname("bursar.validate");
        suite.add_test_case(case);
        report.add_test_suite(suite);
    }
    for suite in suites.into_values() {
        report.add_test_suite(suite);
    }
    harmless_xml(report.to_string().unwrap_or_default())
}

fn case(finding: &Diagnostic, sources: &SourceMap) -> TestCase {
    let at = sources.line_column(finding.span.file, finding.span.start);
    let path = sources.path(finding.span.file);
    let name = format!(
        "{} at {path}:{}:{}: {}",
        finding.code, at.line, at.column, finding.message
    );
    let mut text = format!("{path}:{}:{}: {}", at.line, at.column, finding.message);
    for more in [&finding.why, &finding.help].into_iter().flatten() {
        text.push('\n');
        text.push_str(more);
    }
    let status = match finding.severity {
        Severity::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(finding.code.as_str());
            status.set_message(finding.message.as_str());
            status.set_description(text.as_str());
            status
        }
        Severity::Warning | Severity::Hint => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("bursar.{}", finding.code));
    if finding.severity != Severity::Error {
        case.set_system_out(format!("{}: {text}", finding.severity.as_str()));
    }
    case
}
