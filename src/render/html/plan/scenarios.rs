//! Scenarios: each as a drawing, and in words.

use super::paragraph;
use crate::render::html::page::figure;
use crate::render::markup::line;
use crate::render::svg::Marks;
use crate::render::svg::graph::{Beside, Other, Scenario, Step, render, scenarios};
use crate::simulate::Graph;
use std::fmt::Write as _;

/// A drawing a scenario.
pub(super) fn drawings(out: &mut String, graph: &Graph, marks: &Marks) {
    let scenarios = scenarios(graph);
    if scenarios.is_empty() {
        paragraph(out, "note", "There are no scenarios.");
        return;
    }
    let note = "From top to bottom: what begins it, its waits, conditions and actions. On the right: what a step refers to, and what else has to do with that.";
    paragraph(out, "note", note);
    for (number, scenario) in (1..).zip(&scenarios) {
        let Scenario { head, steps } = scenario;
        let sign = marks.get(&head.id).map_or_else(String::new, |sign| {
            format!("<span class=\"sign\">{sign}</span> ")
        });
        let title = line(&head.lines.join(": "));
        let _ = writeln!(out, "<h3>{sign}{title}</h3>");
        let drawing = render(scenario, marks, &format!("scenario-{number}"));
        figure(out, &title, &drawing);
        out.push_str("<details><summary>In words</summary>\n<ol>\n");
        for step in steps {
            let _ = writeln!(out, "<li>{}</li>", line(&in_words(step)));
        }
        out.push_str("</ol>\n</details>\n");
    }
}

/// `yes, after 1d: send letter; letter relance`
fn in_words(step: &Step<'_>) -> String {
    let Step { at, way, beside } = step;
    let mut words = match *way {
        "" => String::new(),
        way => format!("{way}: "),
    };
    words.push_str(&at.lines.join(" "));
    for Beside {
        to: Other { at, label, .. },
        ..
    } in beside
    {
        words.push_str("; ");
        if !label.is_empty() {
            words.push_str(label);
            words.push_str(": ");
        }
        words.push_str(&at.lines.join(" "));
    }
    words
}
