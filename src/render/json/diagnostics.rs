//! Findings in the form of `terraform validate -json`.

use crate::diag::{Diagnostics, Severity};
use crate::source::{SourceMap, Span};
use serde::Serialize;

/// The version of this form.
const FORMAT_VERSION: &str = "1.0";

/// All findings as one JSON object, indented, with a line end.
///
/// Lines and columns count from 1, columns in characters; bytes count from 0.
pub fn render(findings: &Diagnostics, sources: &SourceMap) -> String {
    let document = Document {
        format_version: FORMAT_VERSION,
        valid: !findings.has_errors(),
        error_count: findings.count(Severity::Error),
        warning_count: findings.count(Severity::Warning),
        hint_count: findings.count(Severity::Hint),
        diagnostics: findings
            .iter()
            .map(|finding| Entry {
                severity: finding.severity.as_str(),
                code: finding.code.as_str(),
                summary: &finding.message,
                detail: finding.why.as_deref(),
                help: finding.help.as_deref(),
                address: finding.address.as_ref().map(ToString::to_string),
                range: range(sources, finding.span),
                label: (!finding.label.is_empty()).then_some(finding.label.as_str()),
                related: finding
                    .related
                    .iter()
                    .map(|label| Related {
                        message: &label.text,
                        range: range(sources, label.span),
                    })
                    .collect(),
            })
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: &'static str,
    valid: bool,
    error_count: usize,
    warning_count: usize,
    hint_count: usize,
    diagnostics: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    severity: &'static str,
    code: &'static str,
    summary: &'a str,
    detail: Option<&'a str>,
    help: Option<&'a str>,
    address: Option<String>,
    range: Range<'a>,
    label: Option<&'a str>,
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    range: Range<'a>,
}

#[derive(Serialize)]
struct Range<'a> {
    filename: &'a str,
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
    byte: u32,
}

fn range(sources: &SourceMap, span: Span) -> Range<'_> {
    let place = |byte| {
        let at = sources.line_column(span.file, byte);
        Place {
            line: at.line,
            column: at.column,
            byte: at.byte,
        }
    };
    Range {
        filename: sources.path(span.file),
        start: place(span.start),
        end: place(span.end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Code, Diagnostic};
    use crate::model::Address;

    #[test]
    fn has_the_shape_of_the_contract() {
        let mut sources = SourceMap::new();
        let file = sources.add("a.yaml", "name: é\ntittle: X\n");
        let mut findings = Diagnostics::new();
        findings.push(
            Diagnostic::new(
                Code::UnknownField,
                Span::new(file, 9, 15),
                "no field `tittle`",
            )
            .help("did you mean `title`?")
            .about(&Address::new("offer", "e"))
            .related(Span::new(file, 6, 8), "of this"),
        );
        let value: serde_json::Value = serde_json::from_str(&render(&findings, &sources)).unwrap();
        let expected = serde_json::json!({
            "format_version": "1.0", "valid": false,
            "error_count": 1, "warning_count": 0, "hint_count": 0,
            "diagnostics": [{
                "severity": "error", "code": "unknown-field", "summary": "no field `tittle`",
                "detail": null, "help": "did you mean `title`?", "address": "offer.e",
                "range": { "filename": "a.yaml",
                    "start": { "line": 2, "column": 1, "byte": 9 },
                    "end": { "line": 2, "column": 7, "byte": 15 } },
                "label": null,
                "related": [{ "message": "of this", "range": { "filename": "a.yaml",
                    "start": { "line": 1, "column": 7, "byte": 6 },
                    "end": { "line": 1, "column": 8, "byte": 8 } } }],
            }],
        });
        assert_eq!(value, expected);
    }
}
