//! `scenario-loop`: scenarios feed each other's lists in a circle.

use super::mailing::action_path;
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::scenario::{Action, Event};
use crate::kinds::{Document, Reference};
use crate::model::Path;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = Rule {
    code: Code::ScenarioLoop,
    check,
};

/// From one list to another: the scenario that starts when a client enters the one and adds him to
/// the other.
struct Feed<'a> {
    to: &'a str,
    document: &'a Document,
    action: Path,
}

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut feeds: BTreeMap<&str, Vec<Feed<'_>>> = BTreeMap::new();
    for (document, scenario) in configuration.scenarios() {
        let event = scenario
            .triggers
            .first()
            .and_then(|first| first.when.as_ref());
        let Some(Event::EnteredList(Reference::Name(from))) = event else {
            continue;
        };
        for (at, trigger) in scenario.triggers.iter().enumerate() {
            for (action, what) in trigger.do_.iter().enumerate() {
                if let Action::AddToList(Reference::Name(to)) = what {
                    feeds.entry(from.as_str()).or_default().push(Feed {
                        to: to.as_str(),
                        document,
                        action: action_path(at, action).key("add_to_list"),
                    });
                }
            }
        }
    }
    let mut done = BTreeSet::new();
    let lists: Vec<&str> = feeds.keys().copied().collect();
    for list in lists {
        if let Some(circle) = circle(list, &feeds, &mut done) {
            report(&circle, findings);
        }
    }
}

/// The first circle that is met on the way from a list; what has been left behind is in `done`.
fn circle<'f, 'a>(
    start: &'a str,
    feeds: &'f BTreeMap<&'a str, Vec<Feed<'a>>>,
    done: &mut BTreeSet<&'a str>,
) -> Option<Vec<&'f Feed<'a>>> {
    let mut way: Vec<(&str, &'f Feed<'a>)> = Vec::new();
    let mut open: Vec<(&'a str, usize)> = vec![(start, 0)];
    while let Some((list, next)) = open.last_mut() {
        let list = *list;
        let feed = feeds.get(list).and_then(|of| of.get(*next));
        *next += 1;
        let Some(feed) = feed.filter(|_| !done.contains(list)) else {
            done.insert(list);
            open.pop();
            way.pop();
            continue;
        };
        way.push((list, feed));
        if let Some(at) = way.iter().position(|(from, _)| *from == feed.to) {
            done.extend(
                way.iter()
                    .map(|(from, _)| feeds.get_key_value(from).map_or(feed.to, |(key, _)| *key)),
            );
            return Some(way.drain(at..).map(|(_, feed)| feed).collect());
        }
        open.push((feed.to, 0));
    }
    None
}

fn report(circle: &[&Feed<'_>], findings: &mut Diagnostics) {
    // Told at the scenario that comes first by address.
    let Some((at, first)) = circle
        .iter()
        .enumerate()
        .min_by_key(|(_, feed)| &feed.document.address)
    else {
        return;
    };
    let place = |feed: &Feed<'_>| configuration::value(feed.document, &feed.action);
    let message = match circle.len() {
        1 => format!(
            "`{}` adds clients to the list that starts it",
            first.document.address.name
        ),
        _ => "scenarios feed each other's lists in a circle".to_owned(),
    };
    let mut finding = Diagnostic::new(Code::ScenarioLoop, place(first), message)
        .label(format!("adds to `{}`", first.to))
        .why("a client would go round for ever, and get every letter on the way again and again")
        .help("take one of these additions out")
        .about(&first.document.address);
    let (before, from) = circle.split_at(at);
    for feed in from.iter().chain(before).skip(1) {
        finding = finding.related(
            place(feed),
            format!(
                "then `{}` adds to `{}`",
                feed.document.address.name, feed.to
            ),
        );
    }
    findings.push(finding);
}
