//! Pages of `bursar explain`.

use crate::diag::{Code, Lock};
use crate::render::terminal::escape_lines;
use crate::render::{Style, Tone};
use std::fmt::Write as _;

/// The page of a finding's code.
pub fn code(code: Code, style: Style) -> String {
    let mut out = title(code.as_str(), code.summary(), style);
    line(&mut out, "severity", code.default_severity().as_str());
    line(&mut out, "chapter", code.group());
    let lock = match code.lock() {
        Lock::Fixed => "no: nothing is planned while it stands",
        Lock::Free => {
            "yes, by `rules:` in bursar.yaml; one place is excused by `allow:` with a reason"
        }
    };
    line(&mut out, "changeable", lock);
    if code.depends_on_clock() {
        line(
            &mut out,
            "clock",
            "judged by the clock (`--now`, else today)",
        );
    }
    out
}

/// The page of an exit code.
pub fn exit(number: u8, word: &str, text: &str, style: Style) -> String {
    let mut out = title(&format!("exit code {number}"), word, style);
    out.push('\n');
    out.push_str(text);
    out.push('\n');
    out
}

/// A title, then paragraphs as they are.
pub fn page(name: &str, summary: &str, text: &str, style: Style) -> String {
    let mut out = title(name, summary, style);
    if !text.is_empty() {
        out.push('\n');
        out.push_str(&escape_lines(text.trim_end()));
        out.push('\n');
    }
    out
}

fn title(name: &str, summary: &str, style: Style) -> String {
    format!("{}: {summary}\n", style.paint(Tone::Strong, name))
}

fn line(out: &mut String, word: &str, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  {word}: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_what_it_weighs_and_whether_that_can_be_changed() {
        assert_eq!(
            code(Code::OpeningInThePast, Style::Plain),
            "opening-in-the-past: an absolute opening lies in the past while an offer is on sale\n  \
             severity: warning\n  \
             chapter: release schedule\n  \
             changeable: yes, by `rules:` in bursar.yaml; one place is excused by `allow:` with a reason\n  \
             clock: judged by the clock (`--now`, else today)\n"
        );
    }
}
