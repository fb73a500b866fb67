//! What stops a command, other than findings in the user's files.

use super::exit::Exit;
use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use std::fmt::Write as _;

/// Why a command stopped: the kind of it (which is the exit code), what, because of what, and what
/// to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The kind.
    pub exit: Exit,
    /// What went wrong; lower case, no full stop.
    pub message: String,
    /// What caused it, the nearest first.
    pub causes: Vec<String>,
    /// What to do.
    pub hints: Vec<String>,
    /// Whether it has been said already, as findings or a plan on the standard output.
    pub said: bool,
}

impl Failure {
    /// A failure with neither causes nor hints.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Failure {
            exit,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            said: false,
        }
    }

    /// A failure that is an error of some room, with its chain of sources.
    pub fn from_error(exit: Exit, error: &dyn std::error::Error) -> Self {
        let mut failure = Failure::new(exit, error.to_string());
        let mut source = error.source();
        while let Some(cause) = source {
            failure.causes.push(cause.to_string());
            source = cause.source();
        }
        failure
    }

    /// A failure that the output has already told about: only the exit code is left.
    pub fn said(exit: Exit) -> Self {
        Failure {
            said: true,
            ..Failure::new(exit, String::new())
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds a cause.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// For people: `error: …`, `cause: …`, `help: …`.
    pub fn human(&self, style: Style) -> String {
        let mut out = String::new();
        let mut line = |tone, word: &str, text: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{} {}", style.paint(tone, word), escape(text));
        };
        line(Tone::Error, "error:", &self.message);
        for cause in &self.causes {
            line(Tone::Dim, "  cause:", cause);
        }
        for hint in &self.hints {
            line(Tone::Hint, "  help:", hint);
        }
        out
    }

    /// For machines, on one line.
    pub fn json(&self) -> String {
        let document = serde_json::json!({
            "format_version": "1.0",
            "error": {
                "kind": self.exit.as_str(),
                "exit_code": self.exit.code(),
                "message": self.message,
                "causes": self.causes,
                "hints": self.hints,
            },
        });
        format!("{document}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_hold_everything() {
        let failure = Failure::new(Exit::Locked, "the state is locked")
            .cause("by a\u{1b}")
            .hint("wait");
        assert_eq!(
            failure.human(Style::Plain),
            "error: the state is locked\n  cause: by a\\u{1b}\n  help: wait\n"
        );
        let json: serde_json::Value = serde_json::from_str(&failure.json()).unwrap();
        assert_eq!(json["error"]["exit_code"], 8);
        assert_eq!(json["error"]["hints"][0], "wait");
    }
}
