//! The switch between coloured and plain text.

use owo_colors::{OwoColorize as _, Style as Ink};
use std::fmt::Display;

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No control codes at all.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// What a piece of text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// An error, a refusal.
    Error,
    /// A warning.
    Warning,
    /// A hint, help.
    Hint,
    /// Something is added.
    Add,
    /// Something is changed.
    Change,
    /// Something is taken away.
    Remove,
    /// The words that are added in a line.
    AddedWords,
    /// The words that are taken away in a line.
    RemovedWords,
    /// A title.
    Strong,
    /// Said in passing.
    Dim,
}

impl Style {
    /// The text in its colour; as it is, if plain. The text must be escaped already.
    pub fn paint(self, tone: Tone, text: impl Display) -> String {
        match self {
            Style::Plain => text.to_string(),
            Style::Coloured => text.style(tone.ink()).to_string(),
        }
    }
}

impl Tone {
    fn ink(self) -> Ink {
        match self {
            Tone::Error => Ink::new().red().bold(),
            Tone::Warning => Ink::new().yellow().bold(),
            Tone::Hint => Ink::new().cyan(),
            Tone::Add => Ink::new().green(),
            Tone::Change => Ink::new().yellow(),
            Tone::Remove => Ink::new().red(),
            Tone::AddedWords => Ink::new().green().reversed(),
            Tone::RemovedWords => Ink::new().red().reversed(),
            Tone::Strong => Ink::new().bold(),
            Tone::Dim => Ink::new().dimmed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_no_control_codes() {
        assert_eq!(Style::Plain.paint(Tone::Error, "x"), "x");
        assert_eq!(
            Style::Coloured.paint(Tone::Add, "x"),
            "\u{1b}[32mx\u{1b}[0m"
        );
    }
}
