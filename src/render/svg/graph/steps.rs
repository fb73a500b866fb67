//! Who stands where: the steps of a scenario in order, beside each what it refers to, and beside that what else
//! has to do with it.

use crate::simulate::{Arrow, Graph, GraphBox, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// The most boxes that stand beside one object: what else has to do with it.
const MOST_FURTHER: usize = 3;

/// A scenario.
#[derive(Debug)]
pub struct Scenario<'a> {
    /// Its own box.
    pub head: &'a GraphBox,
    /// Its steps, in order.
    pub steps: Vec<Step<'a>>,
}

/// A step.
#[derive(Debug)]
pub struct Step<'a> {
    /// Its box.
    pub at: &'a GraphBox,
    /// What is written on the way to it.
    pub way: &'a str,
    /// What stands beside it.
    pub beside: Vec<Beside<'a>>,
}

/// What stands beside a step: what it refers to, or the end of who goes no further.
#[derive(Debug)]
pub struct Beside<'a> {
    /// It, and the arrow.
    pub to: Other<'a>,
    /// What else has to do with it.
    pub further: Vec<Other<'a>>,
    /// How many more have to do with it.
    pub more: usize,
}

/// The other end of an arrow.
#[derive(Clone, Copy, Debug)]
pub struct Other<'a> {
    /// Its box.
    pub at: &'a GraphBox,
    /// What is written on the arrow.
    pub label: &'a str,
    /// Whether the arrow leads from it.
    pub leads_here: bool,
}

/// Every scenario of a graph, in its order.
pub fn scenarios(graph: &Graph) -> Vec<Scenario<'_>> {
    let index = Index::new(graph);
    let mut order: Vec<&str> = Vec::new();
    let mut groups: BTreeMap<&str, Vec<&GraphBox>> = BTreeMap::new();
    for it in &graph.boxes {
        if let Some(within) = it.within.as_deref() {
            let group = groups.entry(within).or_default();
            if group.is_empty() {
                order.push(within);
            }
            group.push(it);
        }
    }
    order
        .into_iter()
        .filter_map(|id| {
            let head = index.boxes.get(id)?;
            let boxes = groups.get(id)?.iter();
            let steps = boxes.filter(|it| it.id != id && it.shape != Shape::End);
            Some(Scenario {
                head,
                steps: steps.map(|it| index.step(it)).collect(),
            })
        })
        .collect()
}

struct Index<'a> {
    boxes: BTreeMap<&'a str, &'a GraphBox>,
    from: BTreeMap<&'a str, Vec<&'a Arrow>>,
    to: BTreeMap<&'a str, Vec<&'a Arrow>>,
}

impl<'a> Index<'a> {
    fn new(graph: &'a Graph) -> Self {
        let mut index = Index {
            boxes: graph.boxes.iter().map(|it| (it.id.as_str(), it)).collect(),
            from: BTreeMap::new(),
            to: BTreeMap::new(),
        };
        for arrow in &graph.arrows {
            index.from.entry(&arrow.from).or_default().push(arrow);
            index.to.entry(&arrow.to).or_default().push(arrow);
        }
        index
    }

    /// What the arrows from a box lead to, then where those to it come from.
    fn others(&self, id: &str) -> impl Iterator<Item = Other<'a>> {
        let other = |arrow: &&'a Arrow, leads_here: bool| {
            let end = if leads_here { &arrow.from } else { &arrow.to };
            Some(Other {
                at: *self.boxes.get(end.as_str())?,
                label: &arrow.label,
                leads_here,
            })
        };
        let away = self.from.get(id).into_iter().flatten();
        let here = self.to.get(id).into_iter().flatten();
        away.filter_map(move |arrow| other(arrow, false))
            .chain(here.filter_map(move |arrow| other(arrow, true)))
    }

    fn step(&self, it: &'a GraphBox) -> Step<'a> {
        let mut way = "";
        let mut beside = Vec::new();
        for other in self.others(&it.id) {
            let is_own = other.at.within == it.within;
            if is_own && other.at.shape != Shape::End {
                if other.leads_here {
                    way = other.label;
                }
                continue;
            }
            beside.push(self.beside(it, other));
        }
        Step {
            at: it,
            way,
            beside,
        }
    }

    /// What a step acts on has a life of its own: it begins other scenarios, others refer to it. What begins a
    /// scenario is drawn alone.
    fn beside(&self, step: &GraphBox, to: Other<'a>) -> Beside<'a> {
        let mut further = Vec::new();
        if step.shape == Shape::Action {
            let mut seen = BTreeSet::new();
            for other in self.others(&to.at.id) {
                let Some(other) = self.whole(other) else {
                    continue;
                };
                if seen.insert((&other.at.id, other.leads_here)) {
                    further.push(other);
                }
            }
        }
        let more = further.len().saturating_sub(MOST_FURTHER);
        further.truncate(MOST_FURTHER);
        Beside { to, further, more }
    }

    /// In place of an event, the scenario that begins with it; nothing for the actions of others.
    fn whole(&self, other: Other<'a>) -> Option<Other<'a>> {
        match (other.at.within.as_deref(), other.leads_here) {
            (None, _) => Some(other),
            (Some(_), true) => None,
            (Some(scenario), false) => Some(Other {
                at: self.boxes.get(scenario)?,
                label: "begins",
                leads_here: false,
            }),
        }
    }
}
