//! Every filter of a configuration, with its place.

use super::Configuration;
use crate::kinds::{Document, Filter};
use crate::model::Path;

/// Visits a filter and everything inside it; `path` is the place of the map with one key.
pub(super) fn walk<'a>(filter: &'a Filter, path: &Path, visit: &mut impl FnMut(&'a Filter, &Path)) {
    visit(filter, path);
    match filter {
        Filter::All(all) => each(all, &path.key("all"), visit),
        Filter::Any(any) => each(any, &path.key("any"), visit),
        Filter::Not(inner) => walk(inner, &path.key("not"), visit),
        _ => {}
    }
}

/// Visits a filter and everything inside it that is not negated.
pub(super) fn walk_asked<'a>(
    filter: &'a Filter,
    path: &Path,
    visit: &mut impl FnMut(&'a Filter, &Path),
) {
    match filter {
        Filter::Not(_) => {}
        Filter::All(all) => {
            let path = path.key("all");
            for (at, filter) in all.iter().enumerate() {
                walk_asked(filter, &path.index(at), visit);
            }
        }
        Filter::Any(any) => {
            let path = path.key("any");
            for (at, filter) in any.iter().enumerate() {
                walk_asked(filter, &path.index(at), visit);
            }
        }
        other => visit(other, path),
    }
}

fn each<'a>(filters: &'a [Filter], path: &Path, visit: &mut impl FnMut(&'a Filter, &Path)) {
    for (at, filter) in filters.iter().enumerate() {
        walk(filter, &path.index(at), visit);
    }
}

/// The conditions of segments and of triggers, by address, each with its place.
pub(super) fn all<'a>(configuration: &Configuration<'a>) -> Vec<(&'a Document, Path, &'a Filter)> {
    let mut found = Vec::new();
    for (document, list) in configuration.lists() {
        if let Some(filter) = list.where_.set() {
            found.push((document, Path::root().key("where"), filter));
        }
    }
    for (document, scenario) in configuration.scenarios() {
        for (at, trigger) in scenario.triggers.iter().enumerate() {
            if let Some(filter) = &trigger.if_ {
                let path = Path::root().key("triggers").index(at).key("if");
                found.push((document, path, filter));
            }
        }
    }
    found
}

/// Whether a filter, or one inside it, asks how far somebody has got.
pub(super) fn asks_for_progress(filter: &Filter) -> bool {
    let mut asks = false;
    walk(filter, &Path::root(), &mut |filter, _| {
        asks |= matches!(
            filter,
            Filter::Progress(_) | Filter::LessonsCompleted(_) | Filter::CompletedLesson(_)
        );
    });
    asks
}
