//! What `pull --all` has written down, as JSON.

use crate::render::human::pull::View;
use serde_json::{Value, json};

/// Files, counts, and what is left out and why.
pub fn render(view: &View<'_>) -> String {
    let View {
        files,
        adopted,
        drafts,
        written,
    } = view;
    let left_out: Vec<Value> = drafts
        .left_out
        .iter()
        .map(|it| json!({"kind": it.kind, "id": it.id.0, "title": it.title, "why": it.why}))
        .collect();
    let value = json!({
        "format_version": "1.0",
        "written": written,
        "files": files,
        "adopted": adopted,
        "left_out": left_out,
        "copies": drafts.copies,
        "archived": drafts.put_away,
    });
    format!("{value:#}\n")
}
