//! Documents against schemas.

use super::*;
use crate::diag::{Diagnostic, Diagnostics};
use crate::kinds::{KINDS, Meta, Spec};
use crate::source::FileId;
use crate::yaml::{Limits, Node, parse};

mod decoded;
mod explained;
mod findings;
mod generated;

/// The one document of a text.
#[track_caller]
fn tree(text: &str) -> Node {
    let mut findings = Diagnostics::new();
    let mut nodes = parse(FileId(0), text, &Limits::default(), &mut findings);
    assert!(findings.is_empty(), "{text}\n{findings:?}");
    assert_eq!(nodes.len(), 1, "{text}");
    nodes.pop().unwrap()
}

/// What is read of a text, and the findings in file order.
#[track_caller]
fn read(text: &str) -> (Option<(Meta, Spec)>, Vec<Diagnostic>) {
    let mut findings = Diagnostics::new();
    let document = read_document(&tree(text), Some("EUR"), &mut findings);
    findings.sort();
    (document, findings.iter().cloned().collect())
}

#[test]
fn every_example_is_read_without_findings() {
    for kind in KINDS {
        let (document, findings) = read(kind.example);
        assert_eq!(findings, [], "{}", kind.id);
        assert_eq!(document.unwrap().1.kind(), kind.id);
    }
}

/// In a release build 10,000 documents take 20 ms of CPU; here only the order of magnitude is held,
/// in debug builds on busy machines too.
#[test]
fn reading_is_cheap() {
    let nodes: Vec<Node> = KINDS.iter().map(|kind| tree(kind.example)).collect();
    let start = std::time::Instant::now();
    let mut findings = Diagnostics::new();
    for at in 0..10_000 {
        let document = read_document(&nodes[at % nodes.len()], Some("EUR"), &mut findings);
        assert!(document.is_some());
    }
    let taken = start.elapsed();
    println!("10,000 documents in {taken:?}");
    assert!(taken.as_secs() < 10, "{taken:?}");
}
