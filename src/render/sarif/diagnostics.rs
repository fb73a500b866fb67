//! Findings as a SARIF log, with the rules' pages as help.

use crate::diag::{Code, Diagnostic, Diagnostics, Edit, Severity};
use crate::render::ci::harmless_json;
use crate::rules;
use crate::source::{SourceMap, Span};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// One SARIF 2.1.0 log with one run, indented, with a line end. Lines and columns count from 1,
/// columns in Unicode code points; byte offsets from 0.
pub fn render(findings: &Diagnostics, sources: &SourceMap) -> String {
    let used: BTreeSet<Code> = findings.iter().map(|finding| finding.code).collect();
    let used: Vec<Code> = used.into_iter().collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, &used, sources))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "bursar",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": used.iter().copied().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    harmless_json(text)
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.summary() },
        "help": { "text": rules::page(code), "markdown": rules::page(code) },
        "defaultConfiguration": { "level": level(code.default_severity()) },
        "properties": { "tags": [code.group()] },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn result(finding: &Diagnostic, used: &[Code], sources: &SourceMap) -> Value {
    let mut text = finding.message.clone();
    for more in [&finding.why, &finding.help].into_iter().flatten() {
        text.push_str(". ");
        text.push_str(more);
    }
    let mut result = json!({
        "ruleId": finding.code.as_str(),
        "ruleIndex": used.binary_search(&finding.code).unwrap_or_default(),
        "level": level(finding.severity),
        "message": { "text": without_links(&text) },
        "locations": [location(finding.span, None, sources)],
    });
    let Some(fields) = result.as_object_mut() else {
        return result;
    };
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(at, label)| {
            let mut place = location(label.span, Some(&label.text), sources);
            if let Some(place) = place.as_object_mut() {
                place.insert("id".to_owned(), json!(at + 1));
            }
            place
        });
        fields.insert("relatedLocations".to_owned(), related.collect());
    }
    if let Some(address) = &finding.address {
        let print = format!("{}:{address}:{}", finding.code, finding.message);
        fields.insert(
            "partialFingerprints".to_owned(),
            json!({ "bursar/v1": print }),
        );
    }
    if let Some(fix) = &finding.fix {
        let change = |edit: &Edit| {
            json!({
                "artifactLocation": { "uri": uri(sources.path(edit.span.file)) },
                "replacements": [{
                    "deletedRegion": region(edit.span, sources),
                    "insertedContent": { "text": edit.text },
                }],
            })
        };
        let changes: Vec<Value> = fix.edits.iter().map(change).collect();
        fields.insert(
            "fixes".to_owned(),
            json!([{ "description": { "text": fix.title }, "artifactChanges": changes }]),
        );
    }
    result
}

/// A text without embedded links: `[words](target)` is one in a SARIF message, so that words of a
/// file would lead somewhere.
fn without_links(text: &str) -> String {
    text.replace("](", "\\](")
}

fn location(span: Span, text: Option<&str>, sources: &SourceMap) -> Value {
    let mut place = json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(sources.path(span.file)) },
        "region": region(span, sources),
    } });
    if let (Some(text), Some(place)) = (text, place.as_object_mut()) {
        place.insert("message".to_owned(), json!({ "text": without_links(text) }));
    }
    place
}

fn region(span: Span, sources: &SourceMap) -> Value {
    let start = sources.line_column(span.file, span.start);
    let end = sources.line_column(span.file, span.end);
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "byteOffset": span.start,
        "byteLength": span.end - span.start,
    })
}

/// A path as a relative URI reference (RFC 3986): other bytes than the unreserved ones and `/` are
/// percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            b'\\' => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
