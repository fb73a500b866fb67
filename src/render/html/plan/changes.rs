//! Changes: what is done with each object and why, field by field.

use super::words::difference;
use super::{named, paragraph};
use crate::model::{Path, Value};
use crate::plan::{Change, FieldChange, Side};
use crate::render::html::page::{table_end, table_head};
use crate::render::human::Names;
use crate::render::human::plan::pieces::{are_short, deed, shown_sides};
use crate::render::markup::{entities, line};
use std::fmt::Write as _;

/// As many changes stand open; of more, each is opened by who reads it.
const MOST_OPEN: usize = 30;

/// The identity of a change on the page.
pub(super) fn id(number: usize) -> String {
    format!("change-{number}")
}

/// Changes that are never folded.
pub(super) fn whole(out: &mut String, changes: &[(usize, &Change)], names: &Names) {
    for (number, change) in changes {
        let (words, tone) = deed(change);
        let name = named(change, change.action.mark(), tone);
        let id = id(*number);
        let _ = writeln!(out, "<article id=\"{id}\">\n<h3>{name}</h3>");
        content(out, change, &words, names);
        out.push_str("</article>\n");
    }
}

/// Changes that whoever reads may fold.
pub(super) fn foldable(out: &mut String, changes: &[(usize, &Change)], names: &Names) {
    if changes.is_empty() {
        paragraph(out, "note", "Nothing else changes.");
    }
    let open = if changes.len() <= MOST_OPEN {
        " open"
    } else {
        ""
    };
    for (number, change) in changes {
        let (words, tone) = deed(change);
        let name = named(change, change.action.mark(), tone);
        let id = id(*number);
        let _ = writeln!(
            out,
            "<details id=\"{id}\"{open}>\n<summary><h3>{name}</h3></summary>"
        );
        content(out, change, &words, names);
        out.push_str("</details>\n");
    }
}

fn content(out: &mut String, change: &Change, words: &str, names: &Names) {
    // The words are escaped where they hold what others wrote.
    let _ = writeln!(out, "<p>{}</p>", entities(words));
    for note in &change.notes {
        paragraph(out, "note", &line(note));
    }
    if change.fields.is_empty() {
        return;
    }
    let has_sides = change
        .fields
        .iter()
        .any(|it| it.side != Side::Configuration);
    let is_new = change.fields.iter().all(|it| it.live.is_none());
    let columns: &[&str] = match (is_new, has_sides) {
        (true, false) => &["Field", "Declared"],
        (false, false) => &["Field", "On the platform", "Declared"],
        (_, true) => &["Field", "Last applied", "On the platform", "Declared"],
    };
    table_head(out, "Fields", columns);
    for field in &change.fields {
        row(out, field, columns.len(), names);
    }
    table_end(out);
}

/// The fields of what was changed on the platform: as last applied, and as they are.
pub(super) fn drifted(out: &mut String, change: &Change, names: &Names) {
    if change.fields.is_empty() {
        return;
    }
    let columns = ["Field", "Last applied", "On the platform"];
    table_head(out, "Fields", &columns);
    for field in &change.fields {
        let (base, live) = (field.base.as_ref(), field.live.as_ref());
        let (before, after) = shown_sides(&field.path, base, live, names);
        let _ = write!(out, "<tr>{}", head(field, ""));
        cells(out, before.as_deref(), after.as_deref());
        out.push_str("</tr>\n");
    }
    table_end(out);
}

fn row(out: &mut String, field: &FieldChange, columns: usize, names: &Names) {
    let FieldChange {
        path,
        base,
        live,
        desired,
        side,
        forces_replacement,
    } = field;
    let mut remark = match side {
        Side::Configuration => String::new(),
        Side::Drift => "changed on the platform".to_owned(),
        Side::Conflict => "conflict: both sides have changed it".to_owned(),
    };
    if *forces_replacement {
        let separator = if remark.is_empty() { "" } else { "; " };
        remark.push_str(separator);
        remark.push_str("forces replacement");
    }
    let _ = write!(out, "<tr>{}", head(field, &remark));
    if columns == 4 {
        let base = base.as_ref().map(|base| lines(path, base, names));
        cell(out, base.as_deref());
    }
    let (before, after) = shown_sides(path, live.as_ref(), desired.as_ref(), names);
    if columns == 2 {
        cell(out, after.as_deref());
    } else {
        cells(out, before.as_deref(), after.as_deref());
    }
    out.push_str("</tr>\n");
}

fn head(field: &FieldChange, remark: &str) -> String {
    let path = line(&field.path.to_string());
    let remark = match remark {
        "" => String::new(),
        remark => format!("<br><span class=\"remove\">{remark}</span>"),
    };
    format!("<th scope=\"row\"><code>{path}</code>{remark}</th>")
}

fn lines(path: &Path, value: &Value, names: &Names) -> Vec<String> {
    let (lines, _) = shown_sides(path, Some(value), None, names);
    lines.unwrap_or_default()
}

/// Two sides: beside each other, or as a difference of lines and words where one is long.
fn cells(out: &mut String, before: Option<&[String]>, after: Option<&[String]>) {
    match (before, after) {
        (Some(before), Some(after)) if !are_short(before, after) => {
            let _ = write!(
                out,
                "<td colspan=\"2\"><pre>{}</pre></td>",
                difference(before, after)
            );
        }
        (before, after) => {
            cell(out, before);
            cell(out, after);
        }
    }
}

/// One side. Its lines are escaped already.
fn cell(out: &mut String, lines: Option<&[String]>) {
    let _ = match lines {
        None => write!(out, "<td class=\"note\">not set</td>"),
        Some([one]) => write!(out, "<td><code>{}</code></td>", entities(one)),
        Some(lines) => write!(out, "<td><pre>{}</pre></td>", entities(&lines.join("\n"))),
    };
}
