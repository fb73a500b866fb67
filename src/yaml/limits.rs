//! How much the reader takes before it refuses.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::Span;

/// Limits of the reader.
///
/// Every number is the largest that is still accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file.
    pub file_bytes: usize,
    /// Bytes of a scalar or key, after unquoting.
    pub scalar_bytes: usize,
    /// Sequences and mappings inside each other, aliases expanded; a flat mapping has one.
    pub depth: usize,
    /// Values of a file: scalars, sequences and mappings. Keys are not counted.
    pub nodes: usize,
    /// Values that aliases and merges may add to a file.
    pub alias_nodes: usize,
}

/// Files of 4 MiB, scalars of 1 MiB, 64 levels, 200,000 values, 10,000 more by aliases.
impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes: 4 << 20,
            scalar_bytes: 1 << 20,
            depth: 64,
            nodes: 200_000,
            alias_nodes: 10_000,
        }
    }
}

/// Findings of one file after which it is read no further: a hostile file could otherwise fill the
/// memory with them.
const MOST_FINDINGS: usize = 1_000;

/// Where the reader puts its findings; counts them.
#[derive(Debug)]
pub(super) struct Sink<'a> {
    findings: &'a mut Diagnostics,
    taken: usize,
}

impl<'a> Sink<'a> {
    /// A sink for one file.
    pub(super) fn new(findings: &'a mut Diagnostics) -> Self {
        Sink { findings, taken: 0 }
    }

    /// Adds a finding; instead of the first that is too many, says that there are more.
    pub(super) fn push(&mut self, finding: Diagnostic) {
        if self.taken < MOST_FINDINGS {
            self.findings.push(finding);
        } else if self.taken == MOST_FINDINGS {
            self.findings.push(exceeded(
                finding.span,
                format!(
                    "more than {} problems in one file",
                    thousands(MOST_FINDINGS)
                ),
                "the file is read no further",
                "correct those before it first",
            ));
        }
        self.taken += 1;
    }

    /// Whether the file should be read no further.
    pub(super) fn is_full(&self) -> bool {
        self.taken > MOST_FINDINGS
    }
}

/// A `limit-exceeded`.
pub(super) fn exceeded(
    span: Span,
    message: impl Into<String>,
    label: &str,
    help: &str,
) -> Diagnostic {
    Diagnostic::new(Code::LimitExceeded, span, message)
        .label(label)
        .help(help)
}

/// `4194304` as `4,194,304`.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_digits() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (4_194_304, "4,194,304"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }
}
