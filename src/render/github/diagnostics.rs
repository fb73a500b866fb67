//! Findings as annotations: one workflow command a line.
//!
//! What stands in files must not start a command of its own: line ends and the signs that end a
//! property are escaped as GitHub's toolkit does, and control codes are shown.

use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::render::terminal::escape;
use crate::source::SourceMap;

/// `::error file=…,line=…,col=…,endLine=…,endColumn=…,title=CODE::message`, one line a finding.
pub fn render(findings: &Diagnostics, sources: &SourceMap) -> String {
    findings
        .iter()
        .map(|finding| command(finding, sources))
        .collect()
}

fn command(finding: &Diagnostic, sources: &SourceMap) -> String {
    let word = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    };
    let start = sources.line_column(finding.span.file, finding.span.start);
    let end = sources.line_column(finding.span.file, finding.span.end);
    let mut message = finding.message.clone();
    for more in [&finding.why, &finding.help].into_iter().flatten() {
        message.push('\n');
        message.push_str(more);
    }
    let mut place = format!(
        "file={},line={},endLine={}",
        property(sources.path(finding.span.file)),
        start.line,
        end.line
    );
    // Columns are shown on one line alone.
    if start.line == end.line {
        place.push_str(&format!(",col={},endColumn={}", start.column, end.column));
    }
    format!(
        "::{word} {place},title={}::{}\n",
        property(finding.code.as_str()),
        data(&message)
    )
}

fn data(text: &str) -> String {
    let text: String = text.split_inclusive(['\r', '\n']).map(shown).collect();
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A line, end and all, without what a terminal would obey.
fn shown(line: &str) -> String {
    let words = line.trim_end_matches(['\r', '\n']);
    let end = line.get(words.len()..).unwrap_or("");
    format!("{}{end}", escape(words))
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;
    use crate::source::Span;

    #[test]
    fn hostile_text_stays_inside_its_command() {
        let mut sources = SourceMap::new();
        let file = sources.add("a,b:c.yaml", "name: x\n");
        let mut findings = Diagnostics::new();
        findings.push(
            Diagnostic::new(
                Code::UnknownField,
                Span::new(file, 0, 4),
                "100 %\n::set-output name=a::b\u{1b}[2J",
            )
            .help("line\r\nend"),
        );
        assert_eq!(
            render(&findings, &sources),
            "::error file=a%2Cb%3Ac.yaml,line=1,endLine=1,col=1,endColumn=5,title=unknown-field::100 %25%0A\\u{3a}:set-output name=a::b\\u{1b}[2J%0Aline%0D%0Aend\n"
        );
    }
}
