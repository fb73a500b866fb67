//! Scenarios that wait for unpaid orders.

use super::mailing::delay_minutes;
use super::{Configuration, configuration};
use crate::kinds::scenario::{Event, Scenario, Trigger};
use crate::kinds::{Document, Filter, Reference};
use crate::model::Path;
use crate::source::Span;

/// A scenario whose first event is an unpaid order.
pub(super) struct Unpaid<'a> {
    /// The scenario's document.
    pub(super) document: &'a Document,
    /// The scenario.
    pub(super) scenario: &'a Scenario,
    /// The first trigger.
    pub(super) trigger: &'a Trigger,
    /// The offer whose orders are waited for.
    pub(super) offer: &'a Reference,
    /// Both waits of the first trigger.
    pub(super) minutes: u64,
}

/// Every scenario that waits for unpaid orders, by address.
pub(super) fn all<'a>(
    configuration: &Configuration<'a>,
) -> impl Iterator<Item = Unpaid<'a>> + use<'a> {
    configuration
        .scenarios()
        .filter_map(|(document, scenario)| {
            let trigger = scenario.triggers.first()?;
            let Some(Event::UnpaidOrder(of)) = &trigger.when else {
                return None;
            };
            Some(Unpaid {
                document,
                scenario,
                trigger,
                offer: &of.offer,
                minutes: delay_minutes(trigger),
            })
        })
}

impl Unpaid<'_> {
    /// What of the delay must be edited: the wait that is there, else the event.
    pub(super) fn delay_span(&self) -> Span {
        let path = Path::root().key("triggers").index(0);
        let path = if self.trigger.wait_before_if.is_some() {
            path.key("wait_before_if")
        } else if self.trigger.wait.is_some() {
            path.key("wait")
        } else {
            return configuration::key(self.document, &path.key("when").key("unpaid_order"));
        };
        configuration::value(self.document, &path)
    }
}

/// Whether a condition is false for every client for whom `is_it` holds of a filter: it is the
/// negation of it, or a conjunction with one.
pub(super) fn leaves_out(filter: &Filter, is_it: &impl Fn(&Filter) -> bool) -> bool {
    match filter {
        Filter::Not(inner) => holds_whenever(inner, is_it),
        Filter::All(all) => all.iter().any(|filter| leaves_out(filter, is_it)),
        Filter::Any(any) => !any.is_empty() && any.iter().all(|filter| leaves_out(filter, is_it)),
        _ => false,
    }
}

/// Whether a filter holds for every client for whom `is_it` holds of a filter.
fn holds_whenever(filter: &Filter, is_it: &impl Fn(&Filter) -> bool) -> bool {
    match filter {
        Filter::Any(any) => any.iter().any(|filter| holds_whenever(filter, is_it)),
        Filter::All(all) => {
            !all.is_empty() && all.iter().all(|filter| holds_whenever(filter, is_it))
        }
        other => is_it(other),
    }
}

/// A number of minutes as people say it.
pub(super) fn say(minutes: u64) -> String {
    let part = |count: u64, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {one}s")),
    };
    let parts: Vec<String> = [
        part(minutes / 1440, "day"),
        part(minutes % 1440 / 60, "hour"),
        part(minutes % 60, "minute"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        "no time".to_owned()
    } else {
        parts.join(" ")
    }
}
