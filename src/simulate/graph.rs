//! What refers to what, and how scenarios go: boxes and arrows.

use super::stage::Stage;
use crate::compile::Compiled;
use crate::domain::world::{Action, Id, Occasion};
use crate::kinds::Spec;
use crate::model::Address;
use std::collections::{BTreeMap, BTreeSet};

/// Boxes and arrows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The boxes, in order.
    pub boxes: Vec<GraphBox>,
    /// The arrows, in order.
    pub arrows: Vec<Arrow>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphBox {
    /// What arrows call it: an address, or a step of a scenario's.
    pub id: String,
    /// What it is.
    pub shape: Shape,
    /// What is written in it, line by line. It may hold anything that a title may.
    pub lines: Vec<String>,
    /// The scenario that it is a step of.
    pub within: Option<String>,
}

/// What a box is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An object.
    Object,
    /// What starts a scenario.
    Event,
    /// A condition.
    Condition,
    /// What is done.
    Action,
    /// The end of a chain.
    End,
}

/// An arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// From this box.
    pub from: String,
    /// To this box.
    pub to: String,
    /// What is written on it.
    pub label: String,
}

/// The graph of a compiled configuration: of everything, or of what a pattern touches with what that
/// refers to and is referred to by.
pub fn graph(compiled: &Compiled, stage: &Stage, pattern: Option<&str>) -> Graph {
    let mut out = Builder {
        stage,
        graph: Graph::default(),
        labels: BTreeMap::new(),
    };
    for document in &compiled.documents {
        if matches!(document.spec, Spec::Test(_) | Spec::Removed(_)) {
            continue;
        }
        let kind = document.spec.kind();
        let mut lines = vec![format!("{kind} {}", document.address.name)];
        if document.title() != &*document.address.name {
            lines.push(document.title().to_owned());
        }
        out.graph.boxes.push(GraphBox {
            id: document.address.to_string(),
            shape: Shape::Object,
            lines,
            within: matches!(document.spec, Spec::Scenario(_))
                .then(|| document.address.to_string()),
        });
        if let Spec::Scenario(_) = &document.spec {
            out.scenario(&document.address);
            continue;
        }
        let mut seen = BTreeSet::new();
        for link in document.spec.links() {
            let Some(name) = link.to.name() else { continue };
            let to = Address::new(link.kind, name.0.clone()).to_string();
            let label = link.path.field().unwrap_or_default().to_owned();
            if seen.insert((to.clone(), label.clone())) {
                out.graph.arrows.push(Arrow {
                    from: document.address.to_string(),
                    to,
                    label,
                });
            }
        }
    }
    match pattern {
        Some(pattern) => narrowed(out.graph, pattern),
        None => whole(out.graph),
    }
}

/// Without arrows that lead nowhere.
fn whole(mut graph: Graph) -> Graph {
    let known: BTreeSet<String> = graph.boxes.iter().map(|it| it.id.clone()).collect();
    graph
        .arrows
        .retain(|arrow| known.contains(&arrow.from) && known.contains(&arrow.to));
    graph
}

/// What a pattern touches, and its neighbours.
fn narrowed(graph: Graph, pattern: &str) -> Graph {
    let wanted = pattern.to_lowercase();
    let touched: BTreeSet<&str> = graph
        .boxes
        .iter()
        .filter(|it| {
            it.id.to_lowercase().contains(&wanted)
                || it
                    .lines
                    .iter()
                    .any(|line| line.to_lowercase().contains(&wanted))
        })
        .map(|it| it.within.as_deref().unwrap_or(&it.id))
        .collect();
    let whose: BTreeMap<&str, &str> = graph
        .boxes
        .iter()
        .map(|it| (it.id.as_str(), it.within.as_deref().unwrap_or(&it.id)))
        .collect();
    let of = |id: &str| whose.get(id).copied().unwrap_or_default().to_owned();
    let mut keep: BTreeSet<String> = touched.iter().map(|it| (*it).to_owned()).collect();
    for arrow in &graph.arrows {
        let (from, to) = (of(&arrow.from), of(&arrow.to));
        if touched.contains(from.as_str()) {
            keep.insert(to);
        } else if touched.contains(to.as_str()) {
            keep.insert(from);
        }
    }
    let boxes = graph.boxes.iter().filter(|it| keep.contains(&of(&it.id)));
    let boxes = boxes.cloned().collect();
    whole(Graph {
        boxes,
        arrows: graph.arrows,
    })
}

struct Builder<'a> {
    stage: &'a Stage,
    graph: Graph,
    labels: BTreeMap<String, usize>,
}

impl Builder<'_> {
    /// A step of a scenario; gives its id.
    fn step(&mut self, scenario: &Address, shape: Shape, line: String) -> String {
        let count = self.labels.entry(scenario.to_string()).or_default();
        *count += 1;
        let id = format!("{scenario}#{count}");
        self.graph.boxes.push(GraphBox {
            id: id.clone(),
            shape,
            lines: vec![line],
            within: Some(scenario.to_string()),
        });
        id
    }

    fn arrow(&mut self, from: &str, to: &str, label: impl Into<String>) {
        self.graph.arrows.push(Arrow {
            from: from.to_owned(),
            to: to.to_owned(),
            label: label.into(),
        });
    }

    fn object(&self, kind: &'static str, id: Id) -> String {
        format!("{kind}.{}", self.stage.name(kind, id))
    }

    fn scenario(&mut self, address: &Address) {
        let id = self.stage.id(address).unwrap_or_default();
        let Some(scenario) = self.stage.school.scenarios.get(&id).cloned() else {
            return;
        };
        let mut last = address.to_string();
        for trigger in &scenario.triggers {
            if let Some(when) = trigger.when {
                last = self.event(address, &last, when);
            }
            let mut label = match trigger.wait_before_if {
                wait if wait.is_zero() => String::new(),
                wait => format!("after {wait}"),
            };
            if trigger.condition.is_some() {
                let asks = self.step(address, Shape::Condition, "the condition holds?".to_owned());
                self.arrow(&last, &asks, label);
                let end = self.step(address, Shape::End, "ends for this client".to_owned());
                self.arrow(&asks, &end, "no");
                last = asks;
                label = "yes".to_owned();
            }
            if !trigger.wait.is_zero() {
                let wait = format!("after {}", trigger.wait);
                label = if label.is_empty() {
                    wait
                } else {
                    format!("{label}, {wait}")
                };
            }
            for action in &trigger.actions {
                let done = self.action(address, *action);
                self.arrow(&last, &done, std::mem::take(&mut label));
                last = done;
            }
        }
    }

    fn event(&mut self, scenario: &Address, last: &str, when: Occasion) -> String {
        let (line, object) = match when {
            Occasion::UnpaidOrder(offer) => (
                "an unpaid order".to_owned(),
                Some(self.object("offer", offer)),
            ),
            Occasion::PaidOrder(offer) => {
                ("a paid order".to_owned(), Some(self.object("offer", offer)))
            }
            Occasion::EnteredList(list) => (
                "somebody enters the list".to_owned(),
                Some(self.object("list", list)),
            ),
            Occasion::Registered => ("a registration".to_owned(), None),
            Occasion::CompletedLesson(course, lesson) => (
                format!("completes {}", self.stage.lesson_name(course, lesson)),
                Some(self.object("course", course)),
            ),
            Occasion::CompletedCourse(course) => (
                "completes the course".to_owned(),
                Some(self.object("course", course)),
            ),
            Occasion::Inactive(length, course) => (
                format!("away for {length}"),
                course.map(|course| self.object("course", course)),
            ),
        };
        let event = self.step(scenario, Shape::Event, line);
        self.arrow(last, &event, "begins with");
        if let Some(object) = object {
            self.arrow(&object, &event, "");
        }
        event
    }

    fn action(&mut self, scenario: &Address, action: Action) -> String {
        let (line, object) = match action {
            Action::AddToList(list) => ("add to list".to_owned(), self.object("list", list)),
            Action::RemoveFromList(list) => {
                ("remove from list".to_owned(), self.object("list", list))
            }
            Action::SendLetter(letter) => ("send letter".to_owned(), self.object("letter", letter)),
            Action::AwardPoints(course, points) => (
                format!("award {points} points"),
                self.object("course", course),
            ),
            Action::ExtendAccess(offer, by) => (
                format!("extend access by {by}"),
                self.object("offer", offer),
            ),
        };
        let step = self.step(scenario, Shape::Action, line);
        self.arrow(&step, &object, "");
        step
    }
}
