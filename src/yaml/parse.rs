//! Text → trees.

use crate::diag::Diagnostics;
use crate::source::FileId;
use crate::yaml::Node;

/// Limits of the reader.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a file.
    pub file_bytes: usize,
    /// Bytes of a scalar.
    pub scalar_bytes: usize,
    /// Nesting.
    pub depth: usize,
    /// Nodes of a file.
    pub nodes: usize,
    /// Nodes that aliases and merges may add to a file.
    pub alias_nodes: usize,
}

/// Reads the documents of a file.
pub fn parse(file: FileId, text: &str, limits: &Limits, findings: &mut Diagnostics) -> Vec<Node> {
    let _ = (file, text, limits, findings);
    Vec::new()
}
