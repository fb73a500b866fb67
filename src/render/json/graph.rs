//! What refers to what, as JSON.

use super::FORMAT_VERSION;
use crate::simulate::{Arrow, Graph, GraphBox, Shape};
use serde_json::json;

/// One object: boxes and arrows.
pub fn render(graph: &Graph) -> String {
    let boxes = graph.boxes.iter().map(|it| {
        let GraphBox {
            id,
            shape,
            lines,
            within,
        } = it;
        let shape = match shape {
            Shape::Object => "object",
            Shape::Event => "event",
            Shape::Condition => "condition",
            Shape::Action => "action",
            Shape::End => "end",
        };
        json!({"id": id, "shape": shape, "lines": lines, "within": within})
    });
    let arrows = graph.arrows.iter().map(|it| {
        let Arrow { from, to, label } = it;
        json!({"from": from, "to": to, "label": Some(label).filter(|label| !label.is_empty())})
    });
    let value = json!({
        "format_version": FORMAT_VERSION,
        "boxes": boxes.collect::<Vec<_>>(),
        "arrows": arrows.collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}
