//! Pages of `bursar explain`.

use crate::diag::{CODES, Code, Lock};
use crate::render::terminal::escape_lines;
use crate::render::{Style, Tone};
use crate::rules;
use crate::schema::Explanation;
use std::fmt::Write as _;

/// Every code with its severity and when it holds, by chapter.
pub fn codes(style: Style) -> String {
    let mut out = String::new();
    let mut chapter = "";
    for code in CODES {
        if code.group() != chapter {
            if !out.is_empty() {
                out.push('\n');
            }
            chapter = code.group();
            let _ = writeln!(out, "{}", style.paint(Tone::Strong, chapter));
        }
        let severity = code.default_severity().as_str();
        let _ = writeln!(out, "  {severity:<7}  {code}: {}", code.summary());
    }
    out
}

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
    // The page begins with the code and its severity, which have been said.
    let page = rules::page(code);
    let text = page.splitn(3, "\n\n").nth(2).unwrap_or(page);
    out.push('\n');
    for part in text.lines().filter(|part| !part.starts_with("```")) {
        match part.strip_prefix("## ") {
            Some(heading) => out.push_str(&style.paint(Tone::Strong, heading).to_string()),
            None => out.push_str(part),
        }
        out.push('\n');
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

/// Every exit code with its number, name, summary and text.
pub fn exits(
    codes: impl Iterator<Item = (u8, &'static str, &'static str, &'static str)>,
    style: Style,
) -> String {
    let mut out = String::new();
    for (number, _, summary, text) in codes {
        let number = style
            .paint(Tone::Strong, format!("{number:>3}"))
            .to_string();
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{number}  {summary}: {text}");
    }
    out
}

/// The page of a kind or a field.
pub fn page(explanation: &Explanation, style: Style) -> String {
    let Explanation {
        topic,
        title: summary,
        description,
        form,
        nullable,
        required,
        values,
        pattern,
        default,
        fields,
        example,
    } = explanation;
    let mut out = title(topic, summary, style);
    if !description.is_empty() {
        out.push_str(&format!("\n{}\n", escape_lines(description.trim_end())));
    }
    out.push('\n');
    line(&mut out, "form", form);
    line(&mut out, "required", if *required { "yes" } else { "no" });
    if *nullable {
        line(&mut out, "null", "allowed");
    }
    if let Some(default) = default {
        line(&mut out, "platform's default", default);
    }
    // A long pattern tells a person nothing that the form has not said.
    if let Some(pattern) = pattern.as_ref().filter(|text| text.len() <= 100) {
        line(&mut out, "pattern", pattern);
    }
    let values = values
        .iter()
        .map(|value| (value.value.clone(), value.description.as_str()));
    table(&mut out, "Values", values.collect(), style);
    let fields = fields.iter().map(|field| {
        let required = if field.required { ", required" } else { "" };
        (
            format!("{} ({}{required})", field.name, field.form),
            field.summary.as_str(),
        )
    });
    table(&mut out, "Fields", fields.collect(), style);
    if !example.is_empty() {
        out.push_str(&format!("\n{}\n", style.paint(Tone::Strong, "Example")));
        for text in example.lines() {
            out.push_str(&format!("  {text}\n"));
        }
    }
    out
}

/// A title, then names with what they are.
fn table(out: &mut String, name: &str, rows: Vec<(String, &str)>, style: Style) {
    if rows.is_empty() {
        return;
    }
    out.push_str(&format!("\n{}\n", style.paint(Tone::Strong, name)));
    for (name, text) in rows {
        let text = if text.is_empty() {
            String::new()
        } else {
            format!(": {text}")
        };
        out.push_str(&format!("  {name}{text}\n"));
    }
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
        let page = code(Code::OpeningInThePast, Style::Plain);
        let head = "opening-in-the-past: an absolute opening lies in the past while an offer is on sale\n  \
             severity: warning\n  \
             chapter: release schedule\n  \
             changeable: yes, by `rules:` in bursar.yaml; one place is excused by `allow:` with a reason\n  \
             clock: judged by the clock (`--now`, else today)\n";
        assert!(page.starts_with(head), "{page}");
        for heading in ["Why", "Bad", "Good", "Source"] {
            assert!(page.contains(&format!("\n{heading}\n")), "{page}");
        }
    }
}
