//! What we tell users about their files.
//!
//! A [`Diagnostic`] has a code and a place; [`Diagnostics`] collects them and never stops. Anything
//! else that ends a command is an error of the room that met it, not a diagnostic.

mod code;
mod fix;
mod suggest;

pub use code::{CODES, Code, Lock};
pub use fix::{Edit, Fix, Safety, apply_edits};
pub use suggest::{did_you_mean, nearest, only_near};

use crate::model::Address;
use crate::source::Span;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is planned.
    Error,
    /// Probably a mistake.
    Warning,
    /// Could be better.
    Hint,
}

impl Severity {
    /// `error`, `warning` or `hint`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        }
    }
}

/// A place that belongs to a finding, with a word about its part in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What it has to do with the finding; lower case, no full stop.
    pub text: String,
}

/// One finding.
///
/// Messages are in the user's words, lower case, without a full stop: what is wrong (`message`),
/// why it matters (`why`), what to do (`help`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The permanent code.
    pub code: Code,
    /// The severity after the project's `rules:`.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The innermost key or value that the user must edit; for a missing thing, the document's
    /// `name`.
    pub span: Span,
    /// What stands at `span`, said beside it in the snippet.
    pub label: String,
    /// Why it matters.
    pub why: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Other places involved.
    pub related: Vec<Label>,
    /// The document it is about.
    pub address: Option<Address>,
    /// A cure that can be carried out.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding of a code's default severity.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.default_severity(),
            message: message.into(),
            span,
            label: String::new(),
            why: None,
            help: None,
            related: Vec::new(),
            address: None,
            fix: None,
        }
    }

    /// Says what stands at the place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Says why it matters.
    #[must_use]
    pub fn why(mut self, text: impl Into<String>) -> Self {
        self.why = Some(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds a place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds the cure by which a word takes the place of the one at the finding's place; none if
    /// there is no word.
    #[must_use]
    pub fn rename_to(mut self, word: Option<&str>, safety: Safety) -> Self {
        self.fix = word.map(|word| Fix {
            title: format!("write `{word}`"),
            safety,
            edits: vec![Edit {
                span: self.span,
                text: word.to_owned(),
            }],
        });
        self
    }

    /// Adds a cure.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Says which document it is about.
    #[must_use]
    pub fn about(mut self, address: &Address) -> Self {
        self.address = Some(address.clone());
        self
    }
}

/// Findings, collected.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    /// Adds all findings of another list.
    pub fn extend(&mut self, other: Diagnostics) {
        self.items.extend(other.items);
    }

    /// Whether an error is among them.
    pub fn has_errors(&self) -> bool {
        self.items
            .iter()
            .any(|item| item.severity == Severity::Error)
    }

    /// How many there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.items
            .iter()
            .filter(|item| item.severity == severity)
            .count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The findings as they were collected; see [`Diagnostics::sort`].
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.items.iter()
    }

    /// Keeps what `keep` returns true for; it may change findings.
    pub fn retain_mut(&mut self, keep: impl FnMut(&mut Diagnostic) -> bool) {
        self.items.retain_mut(keep);
    }

    /// Puts them in file order (files in the order of their ids) and drops repetitions.
    pub fn sort(&mut self) {
        self.items.sort_by(|a, b| {
            (a.span, a.code, &a.message, &a.related).cmp(&(b.span, b.code, &b.message, &b.related))
        });
        self.items.dedup();
    }
}
