//! Whole projects.

mod findings;
mod language;

use super::*;
use crate::model::parse_instant;
use crate::yaml::{Limits, parse};

/// A compiled project and its findings.
pub(super) struct Run {
    pub(super) sources: SourceMap,
    pub(super) findings: Diagnostics,
    pub(super) compiled: Option<Compiled>,
}

impl Run {
    pub(super) fn desired(&self) -> &DesiredState {
        match &self.compiled {
            Some(compiled) => &compiled.desired,
            None => panic!("{:#?}", self.shown()),
        }
    }

    /// `code path:line:column message`, and behind ` | ` the help, and the other places. What the
    /// rules find is not compiling's: each has its file in `tests/suite`.
    pub(super) fn shown(&self) -> Vec<String> {
        let place = |span: crate::source::Span| {
            let at = self.sources.line_column(span.file, span.start);
            format!("{}:{}:{}", self.sources.path(span.file), at.line, at.column)
        };
        let show = |finding: &Diagnostic| {
            let mut line = format!(
                "{} {} {}",
                finding.code,
                place(finding.span),
                finding.message
            );
            if let Some(help) = &finding.help {
                line.push_str(&format!(" | {help}"));
            }
            for label in &finding.related {
                line.push_str(&format!(" | {} {}", place(label.span), label.text));
            }
            line
        };
        let own = self.findings.iter().filter(|finding| {
            let mut rules = rules::RULES.iter();
            !rules.any(|rule| rule.code == finding.code)
        });
        own.map(show).collect()
    }
}

/// Compiles files; the first is bursar.yaml.
pub(super) fn run(files: &[(&str, &str)], environment: Option<&str>) -> Run {
    let mut sources = SourceMap::new();
    let mut findings = Diagnostics::new();
    let mut nodes = Vec::new();
    for (path, text) in files {
        let file = sources.add(*path, *text);
        let parsed = parse(file, text, &Limits::default(), &mut findings);
        nodes.extend(parsed.into_iter().map(|node| Source { file, node }));
    }
    let documents = nodes.split_off(1);
    let input = Input {
        sources: &sources,
        project: nodes.remove(0),
        documents,
        environment: environment.map(str::to_owned),
        now: parse_instant("2026-06-01T00:00:00Z").unwrap(),
        applied: None,
    };
    let compiled = compile(input, &mut findings);
    Run {
        sources,
        findings,
        compiled,
    }
}
