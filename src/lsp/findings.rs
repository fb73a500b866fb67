//! Findings in the protocol's form.

use super::positions::{self, Encoding};
use super::{Checked, server::uri_of};
use crate::diag::{Diagnostic, Severity};
use lsp_types::{
    DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Range,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Who says it.
pub(super) const SOURCE: &str = "bursar";

/// The findings of a check by file.
pub(super) fn by_file(
    checked: &Checked,
    encoding: Encoding,
) -> BTreeMap<PathBuf, Vec<lsp_types::Diagnostic>> {
    let mut files: BTreeMap<PathBuf, Vec<lsp_types::Diagnostic>> = BTreeMap::new();
    for finding in checked.findings.iter() {
        let path = PathBuf::from(checked.sources.path(finding.span.file));
        let told = told(checked, finding, encoding);
        files.entry(path).or_default().push(told);
    }
    files
}

/// One finding.
pub(super) fn told(
    checked: &Checked,
    finding: &Diagnostic,
    encoding: Encoding,
) -> lsp_types::Diagnostic {
    let place = |span| positions::range(&checked.sources, span, encoding);
    let related = finding.related.iter().filter_map(|label| {
        let path = checked.sources.path(label.span.file);
        Some(DiagnosticRelatedInformation {
            location: Location {
                uri: uri_of(Path::new(path))?,
                range: place(label.span),
            },
            message: label.text.clone(),
        })
    });
    let related: Vec<DiagnosticRelatedInformation> = related.collect();
    lsp_types::Diagnostic {
        range: place(finding.span),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Hint => DiagnosticSeverity::HINT,
        }),
        code: Some(NumberOrString::String(finding.code.as_str().to_owned())),
        source: Some(SOURCE.to_owned()),
        message: message(finding),
        related_information: (!related.is_empty()).then_some(related),
        ..lsp_types::Diagnostic::default()
    }
}

fn message(finding: &Diagnostic) -> String {
    let mut message = finding.message.clone();
    for (word, text) in [("why", &finding.why), ("help", &finding.help)] {
        if let Some(text) = text {
            message.push_str(&format!("\n{word}: {text}"));
        }
    }
    message
}

/// Whether two places share a point.
pub(super) fn touch(a: Range, b: Range) -> bool {
    a.start <= b.end && b.start <= a.end
}
