//! Pages in Markdown: of a field, of a finding's code.

use crate::diag::{Code, Diagnostic};
use crate::rules;
use crate::schema::Explanation;
use std::fmt::Write as _;

/// Longer lists are cut: `bursar explain` shows all.
const MOST_LINES: usize = 30;

/// The page of a kind or a field.
pub(super) fn field(page: &Explanation) -> String {
    let mut out = format!("**{}**", page.topic);
    let needed = if page.required {
        "required"
    } else {
        "optional"
    };
    let _ = write!(out, " · {} · {needed}", page.form);
    if page.nullable {
        out.push_str(", may be `null`");
    }
    if !page.description.is_empty() {
        let _ = write!(out, "\n\n{}", page.description);
    }
    if let Some(default) = &page.default {
        let _ = write!(out, "\n\nThe platform's default: `{default}`");
    }
    list(
        &mut out,
        page.values
            .iter()
            .map(|line| (line.value.as_str(), line.description.as_str())),
    );
    list(
        &mut out,
        page.fields
            .iter()
            .map(|line| (line.name.as_str(), line.summary.as_str())),
    );
    if !page.example.is_empty() {
        let _ = write!(out, "\n\n```yaml\n{}```", page.example);
    }
    out
}

fn list<'a>(out: &mut String, lines: impl Iterator<Item = (&'a str, &'a str)>) {
    for (at, (word, text)) in lines.enumerate() {
        if at == 0 {
            out.push('\n');
        }
        if at == MOST_LINES {
            out.push_str("\n- …");
            break;
        }
        let dash = if text.is_empty() { "" } else { ": " };
        let _ = write!(out, "\n- `{word}`{dash}{text}");
    }
}

/// A finding and the page of its code.
pub(super) fn finding(finding: &Diagnostic) -> String {
    let severity = finding.severity.as_str();
    let mut out = format!("**{severity}** {}", finding.message);
    for more in [&finding.why, &finding.help].into_iter().flatten() {
        let _ = write!(out, "\n\n{more}");
    }
    out.push_str("\n\n---\n\n");
    out.push_str(code(finding.code).trim_end());
    out
}

/// The page of a code.
pub(super) fn code(code: Code) -> &'static str {
    rules::page(code)
}
