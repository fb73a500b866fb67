//! A directed graph, a cluster a scenario.

use crate::simulate::{Arrow, Graph, GraphBox, Shape};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A directed graph.
pub fn render(graph: &Graph) -> String {
    let mut out = "digraph bursar {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n".to_owned();
    let mut groups: BTreeMap<Option<&str>, Vec<&GraphBox>> = BTreeMap::new();
    for it in &graph.boxes {
        groups.entry(it.within.as_deref()).or_default().push(it);
    }
    for (number, (within, boxes)) in (0..).zip(&groups) {
        let indent = if within.is_some() { "    " } else { "  " };
        if let Some(within) = within {
            let _ = writeln!(
                out,
                "  subgraph cluster_{number} {{\n    label={};",
                quoted(within)
            );
        }
        for it in boxes {
            let shape = match it.shape {
                Shape::Object => "box",
                Shape::Event => "oval",
                Shape::Condition => "diamond",
                Shape::Action => "component",
                Shape::End => "circle",
            };
            let _ = writeln!(
                out,
                "{indent}{} [shape={shape}, label={}];",
                quoted(&it.id),
                quoted(&it.lines.join("\n"))
            );
        }
        if within.is_some() {
            out.push_str("  }\n");
        }
    }
    for Arrow { from, to, label } in &graph.arrows {
        let label = match label.as_str() {
            "" => String::new(),
            label => format!(" [label={}]", quoted(label)),
        };
        let _ = writeln!(out, "  {} -> {}{label};", quoted(from), quoted(to));
    }
    out.push_str("}\n");
    out
}

/// A quoted string: quotes and backslashes escaped, line ends as `\n`, other control codes left out.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            char if char.is_control() => out.push(' '),
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_titles_stay_in_their_quotes() {
        assert_eq!(quoted("a \"b\" \\n"), "\"a \\\"b\\\" \\\\n\"");
        assert_eq!(
            quoted("x\"]; y [label=\"z\r"),
            "\"x\\\"]; y [label=\\\"z \""
        );
    }
}
