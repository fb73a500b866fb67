//! A plan as one page: what it means first, what leaves, then every change, prices, the timeline, the scenarios.

mod changes;
mod meaning;
mod prices;
mod scenarios;
mod words;

use super::page::page;
use super::timeline;
use crate::plan::{Action, Change, Plan, counts};
use crate::render::Tone;
use crate::render::human;
use crate::render::human::plan::pieces::{cost, reaching};
use crate::render::markup::{entities, line};
use crate::render::svg::Marks;
use crate::simulate::{Graph, Timeline};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a page of a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The plan, with what else all forms need.
    pub plan: human::plan::View<'a>,
    /// What happens when, once the plan is applied.
    pub timeline: &'a Timeline,
    /// What refers to what, once the plan is applied.
    pub graph: &'a Graph,
}

/// The whole page.
pub fn render(view: View<'_>) -> String {
    let View {
        plan: shown,
        timeline: when,
        graph,
    } = view;
    let plan = shown.plan;
    let environment = plan.environment.as_deref();
    let environment = environment.map_or_else(String::new, |it| format!(", {it}"));
    let title = line(&format!("Plan of {}{environment}", plan.project));
    let marks = marks(plan);
    let boxes = graph.boxes.iter();
    let titles: BTreeMap<&str, &str> = boxes
        .filter_map(|it| Some((it.id.as_str(), it.lines.get(1)?.as_str())))
        .collect();

    let mut out = format!("<header>\n<h1>{title}</h1>\n");
    paragraph(&mut out, "lead", &entities(&heading(plan)));
    for said in reaching(shown).lines() {
        paragraph(&mut out, "lead", &entities(said));
    }
    navigation(&mut out);
    out.push_str("</header>\n<main>\n");

    meaning::refused(&mut out, &plan.refusals);
    section(&mut out, "meaning", "What it means for people");
    meaning::people(&mut out, plan);

    let numbered: Vec<(usize, &Change)> = (1..).zip(&plan.changes).collect();
    let of = |is: fn(Action) -> bool| {
        let of = numbered.iter().filter(move |(_, it)| is(it.action));
        of.copied().collect::<Vec<_>>()
    };
    let leaving = of(Action::removes);
    if !leaving.is_empty() {
        section(&mut out, "leaves", "What leaves or is replaced");
        changes::whole(&mut out, &leaving, shown.names);
    }
    let by_hand = of(|action| action == Action::Manual);
    if !by_hand.is_empty() {
        section(&mut out, "by-hand", "By hand");
        changes::whole(&mut out, &by_hand, shown.names);
    }
    section(&mut out, "prices", "Prices");
    prices::table(&mut out, &plan.consequences.prices, &titles);
    section(&mut out, "changes", "Changes");
    meaning::found(&mut out, plan, shown.names);
    let others = of(|action| !action.removes() && action != Action::Manual);
    changes::foldable(&mut out, &others, shown.names);
    section(&mut out, "timeline", "Timeline");
    let note = "As it is once this is applied. A sign before a name: this plan changes it.";
    paragraph(&mut out, "note", note);
    timeline::chart(&mut out, when, &plan.project, &marks);
    section(&mut out, "scenarios", "Scenarios");
    scenarios::drawings(&mut out, graph, &marks);
    out.push_str("</main>\n<footer>\n");
    for said in cost(shown).lines() {
        paragraph(&mut out, "note", &entities(said));
    }
    out.push_str("</footer>\n");
    page(&title, &out)
}

/// `Plan: 0 to add, 1 to change, 0 to retire.`
fn heading(plan: &Plan) -> String {
    let counts = human::plan::counts(counts(plan));
    match (plan.changes.is_empty(), plan.refusals.is_empty()) {
        (true, true) => "No changes. The platform matches the configuration.".to_owned(),
        (true, false) => "Refused. No changes.".to_owned(),
        (false, true) => format!("Plan: {counts}"),
        (false, false) => format!("Refused. Plan: {counts}"),
    }
}

fn navigation(out: &mut String) {
    out.push_str("<nav aria-label=\"Parts of this page\"><ul>\n");
    for (id, title) in [
        ("meaning", "What it means for people"),
        ("prices", "Prices"),
        ("changes", "Changes"),
        ("timeline", "Timeline"),
        ("scenarios", "Scenarios"),
    ] {
        let _ = writeln!(out, "<li><a href=\"#{id}\">{title}</a></li>");
    }
    out.push_str("</ul></nav>\n");
}

fn section(out: &mut String, id: &str, title: &str) {
    let _ = writeln!(out, "<h2 id=\"{id}\">{title}</h2>");
}

/// A paragraph of what is markup already.
fn paragraph(out: &mut String, class: &str, markup: &str) {
    let _ = writeln!(out, "<p class=\"{class}\">{markup}</p>");
}

/// The signs of what the plan changes. What leaves is in no drawing, unless it is made anew.
fn marks(plan: &Plan) -> Marks {
    let changes = plan.changes.iter();
    let shown = changes.filter(|it| !matches!(it.action, Action::Retire | Action::Delete));
    shown
        .map(|it| (it.address.to_string(), it.action.mark()))
        .collect()
}

/// The class of a tone.
fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Add | Tone::AddedWords => "add",
        Tone::Change | Tone::Warning => "change",
        Tone::Remove | Tone::RemovedWords | Tone::Error => "remove",
        Tone::Hint => "hint",
        Tone::Strong | Tone::Dim => "note",
    }
}

/// The sign of a change and its object, as markup.
fn named(change: &Change, sign: &str, tone: Tone) -> String {
    let title = change.title.as_deref();
    let title = title.map_or_else(String::new, |title| format!(" “{}”", line(title)));
    let id = change.id.map_or_else(String::new, |id| {
        format!(" <span class=\"note\">(id {id})</span>")
    });
    format!(
        "<span class=\"sign {}\">{sign}</span> <code>{}</code>{title}{id}",
        class(tone),
        line(&change.address.to_string())
    )
}

#[cfg(test)]
mod tests;
