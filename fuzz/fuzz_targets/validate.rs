//! Any bytes as a project: reading, compiling and all rules must end, quickly, without a panic.
//!
//! The text before the first line `%%` is bursar.yaml, the rest is one file of documents; without
//! such a line all of it is documents of a project of its own.
#![no_main]

use bursar::compile::{Input, Source, compile};
use bursar::diag::Diagnostics;
use bursar::render::{Style, human};
use bursar::source::SourceMap;
use bursar::yaml::{Limits, parse};
use libfuzzer_sys::fuzz_target;

const PROJECT: &str = "version: 1\nproject: fuzz\ntimezone: Europe/Kyiv\ncurrency: EUR\n";

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (project, documents) = match text.split_once("\n%%\n") {
        Some((project, documents)) => (project, documents),
        None => (PROJECT, text),
    };
    let mut sources = SourceMap::new();
    let mut findings = Diagnostics::new();
    let file = sources.add("bursar.yaml", project);
    let Some(node) = parse(file, project, &Limits::default(), &mut findings)
        .into_iter()
        .next()
    else {
        return;
    };
    let project = Source { file, node };
    let file = sources.add("documents.yaml", documents);
    let documents = parse(file, documents, &Limits::default(), &mut findings);
    let input = Input {
        sources: &sources,
        project,
        documents: documents
            .into_iter()
            .map(|node| Source { file, node })
            .collect(),
        environment: None,
        now: bursar::model::parse_instant("2026-06-01T00:00:00Z").unwrap_or_default(),
        applied: None,
    };
    let _ = compile(input, &mut findings);
    let _ = human::diagnostics::render(&findings, &sources, Style::Plain);
});
