//! Cures that can be carried out: edits of the text.

use crate::source::Span;

/// How sure a cure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// The cure is certain and touches neither money nor anybody's access.
    Safe,
    /// The cure is likely, or it changes what clients get: a person decides.
    Unsafe,
}

/// One replacement of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A cure: edits that are made together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: `rename it to \`title\``.
    pub title: String,
    /// How sure it is.
    pub safety: Safety,
    /// The edits, none overlapping another.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A certain cure by one edit.
    pub fn safe(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Fix::new(title, Safety::Safe, span, text)
    }

    /// A likely cure by one edit.
    pub fn likely(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Fix::new(title, Safety::Unsafe, span, text)
    }

    fn new(title: impl Into<String>, safety: Safety, span: Span, text: impl Into<String>) -> Self {
        Fix {
            title: title.into(),
            safety,
            edits: vec![Edit {
                span,
                text: text.into(),
            }],
        }
    }
}
