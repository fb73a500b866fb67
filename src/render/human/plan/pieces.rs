//! Parts of a shown plan, for forms that put them in another order.

use super::{View, because, consequences, counts, head_of, line, render_change, tail};
use crate::plan::{Change, Consequences, Plan, Refusal, drifts};
use crate::render::human::drift::in_words;
use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use std::collections::BTreeMap;

pub(in crate::render) use super::consequences::{NOT_TO_BE_HAD, way};
pub(in crate::render) use super::{are_short, happened, shown_sides};

/// How much has changed on the platform, in one line; nothing, if nothing has.
pub(in crate::render) fn drift_line(plan: &Plan) -> Option<String> {
    (!plan.drift.is_empty()).then(|| format!("Drift: {}", in_words(drifts(&plan.drift))))
}

/// What each change means, as lines, by address.
pub(in crate::render) fn meanings(consequences: &Consequences) -> BTreeMap<String, Vec<String>> {
    consequences::by_address(consequences)
        .into_iter()
        .map(|(address, meaning)| (address, meaning.lines()))
        .collect()
}

/// A change with its fields and what it means.
pub(in crate::render) fn change_block(
    change: &Change,
    meaning: &[String],
    view: View<'_>,
) -> String {
    let mut out = String::new();
    render_change(&mut out, change, meaning, view.names, view.style);
    out
}

/// What is refused, with the object that it is about.
pub(in crate::render) fn refused(refusal: &Refusal) -> String {
    let Refusal {
        address,
        message,
        help: _,
    } = refusal;
    match address.as_ref().map(ToString::to_string) {
        Some(address) if !message.starts_with(&address) => format!("{address}: {message}"),
        Some(_) | None => message.clone(),
    }
}

/// A change on one line: `~ offer.x "Title" will be updated`.
pub(in crate::render) fn change_line(change: &Change) -> String {
    let (verb, _) = head_of(change.action);
    let title = change.title.as_ref();
    let title = title.map_or_else(String::new, |title| format!(" \"{}\"", escape(title)));
    let mark = change.action.mark();
    format!("{mark} {}{title} {verb}", change.address)
}

/// What is done with an object and why, in words: `will be updated: its declaration changed`. And in which colour.
pub(in crate::render) fn deed(change: &Change) -> (String, Tone) {
    let (verb, tone) = head_of(change.action);
    let why = because(&change.reason);
    let separator = if why.is_empty() { "" } else { ": " };
    (format!("{verb}{separator}{why}"), tone)
}

/// Whom the changes reach, and until when they must be applied; a line each.
pub(in crate::render) fn reaching(view: View<'_>) -> String {
    let mut out = String::new();
    consequences::summary(&mut out, &view.plan.consequences, Style::Plain);
    out
}

/// What is not managed, and what the plan costs; a line each.
pub(in crate::render) fn cost(view: View<'_>) -> String {
    let mut out = String::new();
    tail(&mut out, view.plan, view.requests_per_minute);
    out
}

/// What stands at the end: counts, whom it reaches, until when it must be applied, what it costs.
pub(in crate::render) fn end(view: View<'_>) -> String {
    let View {
        plan,
        names: _,
        requests_per_minute,
        style,
    } = view;
    let mut out = String::new();
    line(
        &mut out,
        format_args!("Plan: {}", counts(crate::plan::counts(plan))),
    );
    consequences::summary(&mut out, &plan.consequences, style);
    tail(&mut out, plan, requests_per_minute);
    out
}
