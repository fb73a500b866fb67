//! Findings, each with its places, and a count.

use super::snippet;
use crate::diag::{Diagnostic, Diagnostics, Label, Severity};
use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use crate::source::{FileId, SourceMap, Span};
use std::fmt::Write as _;

/// Every finding in order, with a snippet for every place, and the count.
///
/// Empty if there are none.
pub fn render(findings: &Diagnostics, sources: &SourceMap, style: Style) -> String {
    let mut out = String::new();
    for finding in findings.iter() {
        render_one(&mut out, finding, sources, style);
        out.push('\n');
    }
    if !findings.is_empty() {
        out.push_str(&summary(findings));
        out.push('\n');
    }
    out
}

/// `2 errors, 1 warning`; `no findings` if there are none.
pub fn summary(findings: &Diagnostics) -> String {
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Hint]
        .into_iter()
        .filter_map(|severity| match findings.count(severity) {
            0 => None,
            1 => Some(format!("1 {}", severity.as_str())),
            count => Some(format!("{count} {}s", severity.as_str())),
        })
        .collect();
    if parts.is_empty() {
        "no findings".to_owned()
    } else {
        parts.join(", ")
    }
}

fn render_one(out: &mut String, finding: &Diagnostic, sources: &SourceMap, style: Style) {
    let Diagnostic {
        code,
        severity,
        message,
        span,
        label,
        why,
        help,
        related,
        address: _,
        fix: _,
    } = finding;
    let head = format!("{}[{code}]", severity.as_str());
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "{}{}",
        style.paint(tone(*severity), head),
        style.paint(Tone::Strong, format!(": {}", escape(message)))
    );
    for (file, labels) in by_file(*span, label, related) {
        let first = labels.first().map_or(*span, |label| label.span);
        let _ = writeln!(
            out,
            "  {} {}",
            style.paint(Tone::Dim, "-->"),
            place(sources, first)
        );
        snippet::render(out, sources, file, &labels, style);
    }
    for (word, text) in [("why", why), ("help", help)] {
        if let Some(text) = text {
            let _ = writeln!(
                out,
                "  {} {}",
                style.paint(Tone::Hint, format!("{word}:")),
                escape(text)
            );
        }
    }
}

/// `path:line:column`
fn place(sources: &SourceMap, span: Span) -> String {
    let at = sources.line_column(span.file, span.start);
    format!(
        "{}:{}:{}",
        escape(sources.path(span.file)),
        at.line,
        at.column
    )
}

/// The places by file: the file of the finding first, the others in the order they are named. The
/// first label of each group is the one whose place is said.
fn by_file(span: Span, label: &str, related: &[Label]) -> Vec<(FileId, Vec<Label>)> {
    let main = Label {
        span,
        text: label.to_owned(),
    };
    let mut groups: Vec<(FileId, Vec<Label>)> = vec![(span.file, vec![main])];
    for label in related {
        match groups.iter_mut().find(|(file, _)| *file == label.span.file) {
            Some((_, labels)) => labels.push(label.clone()),
            None => groups.push((label.span.file, vec![label.clone()])),
        }
    }
    groups
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Error,
        Severity::Warning => Tone::Warning,
        Severity::Hint => Tone::Hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;

    #[test]
    fn shows_every_place_in_every_file() {
        let mut sources = SourceMap::new();
        let a = sources.add("a.yaml", "kind: offer\nname: x\n");
        let b = sources.add("b.yaml", "# two\nkind: offer\nname: x\ntitle: Ü\n");
        let mut findings = Diagnostics::new();
        findings.push(
            Diagnostic::new(
                Code::DuplicateAddress,
                Span::new(b, 24, 25),
                "`offer.x` is declared twice",
            )
            .label("again here")
            .related(Span::new(a, 18, 19), "first here")
            .why("an address is an identity")
            .help("rename one of them"),
        );
        let expected = "\
error[duplicate-address]: `offer.x` is declared twice
  --> b.yaml:3:7
   ╭────
 2 │ kind: offer
 3 │ name: x
   ·       ┬
   ·       ╰── again here
 4 │ title: Ü
   ╰────
  --> a.yaml:2:7
   ╭────
 1 │ kind: offer
 2 │ name: x
   ·       ┬
   ·       ╰── first here
   ╰────
  why: an address is an identity
  help: rename one of them

1 error
";
        assert_eq!(render(&findings, &sources, Style::Plain), expected);
    }

    #[test]
    fn control_codes_of_files_do_not_reach_the_terminal() {
        let mut sources = SourceMap::new();
        let file = sources.add("a\u{1b}.yaml", "kind: \"\u{1b}]0;x\u{7}\"\n");
        let mut findings = Diagnostics::new();
        findings.push(Diagnostic::new(
            Code::UnknownKind,
            Span::new(file, 6, 14),
            "no kind `\u{1b}]0;x`",
        ));
        let text = render(&findings, &sources, Style::Plain);
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{7}'),
            "{text}"
        );
        assert!(text.contains("a\\u{1b}.yaml:1:7"), "{text}");
    }

    #[test]
    fn counts_by_severity() {
        let mut sources = SourceMap::new();
        let file = sources.add("a.yaml", "");
        let mut findings = Diagnostics::new();
        assert_eq!(summary(&findings), "no findings");
        for code in [Code::YamlSyntax, Code::NotUtf8, Code::UnusedAllow] {
            findings.push(Diagnostic::new(code, Span::start_of(file), ""));
        }
        assert_eq!(summary(&findings), "2 errors, 1 warning");
    }
}
