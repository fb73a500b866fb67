//! What of a lost state was found again.

use super::plan::line;
use crate::plan::{Doubt, Match, Recovery};
use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use std::collections::BTreeMap;

/// The certain ones, those in doubt, those that are missing, and what nobody declares.
pub fn render(recovery: &Recovery, style: Style) -> String {
    let Recovery {
        certain,
        ambiguous,
        missing,
        unmanaged,
    } = recovery;
    let mut out = String::new();
    let title = |text: String| style.paint(Tone::Strong, text);
    line(
        &mut out,
        format_args!("{}", title(format!("Certain: {}", certain.len()))),
    );
    for Match {
        address,
        key,
        differs,
        entry,
    } in certain
    {
        let by = match key {
            Some((key, value)) => format!("{} \"{}\"", escape(key), escape(value)),
            None => "`adopt` names it".to_owned(),
        };
        let mark = style.paint(Tone::Hint, "=");
        line(
            &mut out,
            format_args!("  {mark} {address} (id {}): {by}", entry.id),
        );
        if !differs.is_empty() {
            let differs: Vec<String> = differs
                .iter()
                .map(|path| escape(&path.to_string()).into_owned())
                .collect();
            let what = differs.join(", ");
            line(
                &mut out,
                format_args!("      # differs from what is declared in: {what}"),
            );
        }
    }
    if !ambiguous.is_empty() {
        line(
            &mut out,
            format_args!("{}", title(format!("Ambiguous: {}", ambiguous.len()))),
        );
    }
    for Doubt {
        address: _,
        candidates: _,
        message,
        help,
    } in ambiguous
    {
        let mark = style.paint(Tone::Warning, "?");
        line(&mut out, format_args!("  {mark} {}", escape(message)));
        let word = style.paint(Tone::Hint, "help:");
        line(&mut out, format_args!("      {word} {}", escape(help)));
    }
    if !missing.is_empty() {
        line(
            &mut out,
            format_args!("{}", title(format!("Missing: {}", missing.len()))),
        );
    }
    for address in missing {
        let mark = style.paint(Tone::Add, "+");
        line(
            &mut out,
            format_args!("  {mark} {address}: the platform has none; `bursar apply` makes it"),
        );
    }
    others(&mut out, unmanaged);
    out
}

fn others(out: &mut String, unmanaged: &BTreeMap<String, usize>) {
    let counts: Vec<String> = unmanaged
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    if !counts.is_empty() {
        line(
            out,
            format_args!("Belongs to nothing declared: {}.", counts.join(", ")),
        );
    }
}
