//! A flowchart. Boxes get plain ids; what people wrote stands in quotes, as entities where a character
//! could be taken for more than itself.

use crate::simulate::{Arrow, Graph, GraphBox, Shape};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A flowchart, a subgraph a scenario.
pub fn render(graph: &Graph) -> String {
    let mut out = "flowchart LR\n".to_owned();
    let ids: BTreeMap<&str, String> = graph
        .boxes
        .iter()
        .zip(0..)
        .map(|(it, number)| (it.id.as_str(), format!("n{number}")))
        .collect();
    let mut groups: BTreeMap<Option<&str>, Vec<&GraphBox>> = BTreeMap::new();
    for it in &graph.boxes {
        groups.entry(it.within.as_deref()).or_default().push(it);
    }
    for (number, (within, boxes)) in (0..).zip(&groups) {
        let indent = if within.is_some() { "    " } else { "  " };
        if let Some(within) = within {
            let _ = writeln!(out, "  subgraph g{number}[\"{}\"]", quoted(within));
        }
        for it in boxes {
            let Some(id) = ids.get(it.id.as_str()) else {
                continue;
            };
            let lines: Vec<String> = it.lines.iter().map(|line| quoted(line)).collect();
            let label = lines.join("<br>");
            let (open, close) = match it.shape {
                Shape::Object => ("[", "]"),
                Shape::Event => ("([", "])"),
                Shape::Condition => ("{", "}"),
                Shape::Action => ("[[", "]]"),
                Shape::End => ("((", "))"),
            };
            let _ = writeln!(out, "{indent}{id}{open}\"{label}\"{close}");
        }
        if within.is_some() {
            out.push_str("  end\n");
        }
    }
    for Arrow { from, to, label } in &graph.arrows {
        let (Some(from), Some(to)) = (ids.get(from.as_str()), ids.get(to.as_str())) else {
            continue;
        };
        let _ = match label.as_str() {
            "" => writeln!(out, "  {from} --> {to}"),
            label => writeln!(out, "  {from} -->|\"{}\"| {to}", quoted(label)),
        };
    }
    out
}

/// Letters, digits, spaces and a few signs as they are; everything else by its number.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_alphanumeric() || matches!(char, ' ' | '.' | ',' | '-' | '_' | '/' | '?' | ':') {
            out.push(char);
        } else if char.is_control() {
            out.push(' ');
        } else {
            let _ = write!(out, "#{};", u32::from(char));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_titles_are_numbers() {
        assert_eq!(quoted("A \"b\" --> c"), "A #34;b#34; --#62; c");
        assert_eq!(
            quoted("<script>;%%{init}\n"),
            "#60;script#62;#59;#37;#37;#123;init#125; "
        );
        assert_eq!(quoted("Été, 10 €"), "Été, 10 #8364;");
    }
}
