//! Lists, coupons, letters, scenarios: who is in, who gets nothing, what is sent from now on.

use super::said::{About, Consequence, Counted};
use super::sides::{Change, Deed, Side, Sides, many, text};
use crate::domain::world::{Action, Id, Occasion, Scenario};
use crate::model::{Attributes, Value};

/// What a change of a list, a coupon, a letter or a scenario means.
pub(super) fn say(sides: &Sides<'_>, change: &Change<'_>, out: &mut Vec<Consequence>) {
    match &*change.address.kind {
        "list" => list(sides, change, out),
        "coupon" => coupon(sides, change, out),
        "letter" => letter(sides, change, out),
        "scenario" => scenario(sides, change, out),
        _ => {}
    }
}

fn is_segment(list: &Attributes) -> bool {
    text(list, "type") == Some("segment")
}

/// How many are in a list: nobody in a new static one, unknown how many in a new segment.
fn members(sides: &Sides<'_>, id: Id) -> Option<u64> {
    let made = (id < 0)
        .then(|| sides.attributes(Side::After, "list", id))
        .flatten();
    match made {
        Some(list) if is_segment(list) => None,
        Some(_) | None => sides.count("list", id, "members_count"),
    }
}

fn list(sides: &Sides<'_>, change: &Change<'_>, out: &mut Vec<Consequence>) {
    let old = change.old.and_then(|id| members(sides, id));
    let old_words = many(old, Counted::Members);
    match (change.deed, &change.after) {
        (Deed::Made, Some(list)) if is_segment(list) => {
            let text =
                "whoever fits its conditions is in it at once; how many is unknown until it exists";
            out.push(
                change
                    .say(About::NewList, text)
                    .counting(Counted::Members, None),
            );
        }
        (Deed::Replaced, Some(list)) if is_segment(list) => {
            let text = format!(
                "the old list has {old_words}; how many are in the new one at once is unknown until it exists, and is read before anything is bound to it"
            );
            out.push(
                change
                    .say(About::NewList, text)
                    .counting(Counted::Members, None),
            );
            let started = change
                .new
                .map(|id| started_by(sides, id))
                .unwrap_or_default();
            let scenarios = match started.as_slice() {
                [] => String::new(),
                names => format!(" ({} would start for them)", names.join(", ")),
            };
            let text = format!(
                "whether the platform takes them for people who have entered the list now is unknown{scenarios}"
            );
            out.push(change.say(About::EntryEvents, text));
        }
        (Deed::Replaced, Some(_)) => {
            let text = format!("the new list is empty: {old_words} of the old one are not in it");
            out.push(
                change
                    .say(About::NewList, text)
                    .counting(Counted::Members, old),
            );
        }
        (Deed::Retired | Deed::Deleted, _) if old != Some(0) => {
            let text = format!("{old_words} are in it");
            out.push(
                change
                    .say(About::Reach, text)
                    .counting(Counted::Members, old),
            );
        }
        _ => {}
    }
}

/// The active scenarios that a list starts when someone enters it.
fn started_by(sides: &Sides<'_>, list: Id) -> Vec<String> {
    let scenarios = sides.ids("scenario").into_iter();
    let started = scenarios.filter_map(|id| {
        let body = sides.attributes(Side::After, "scenario", id)?;
        if text(body, "status") != Some("active") {
            return None;
        }
        let scenario = sides.scenario(id, body)?;
        let when = scenario.triggers.first()?.when?;
        (when == Occasion::EnteredList(list)).then(|| sides.name("scenario", id))
    });
    started.collect()
}

fn coupon(sides: &Sides<'_>, change: &Change<'_>, out: &mut Vec<Consequence>) {
    let takes_effect = [
        "discount",
        "status",
        "ends_at",
        "list_ids",
        "uses_total",
        "uses_per_contact",
    ];
    let matters = takes_effect.iter().any(|key| change.changes(key));
    if !matters {
        return;
    }
    if let Some(id) = change.old {
        let used = sides.count("coupon", id, "used_count");
        if used != Some(0) {
            let used_words = match used {
                Some(1) => "1 order has used it and keeps its price".to_owned(),
                Some(used) => format!("{used} orders have used it and keep their prices"),
                None => "unknown how many orders have used it; they keep their prices".to_owned(),
            };
            out.push(
                change
                    .say(About::Kept, used_words)
                    .counting(Counted::Uses, used),
            );
        }
    }
    let lists = change.after.as_ref().and_then(|it| it.get("list_ids"));
    let lists = lists.and_then(Value::as_list).into_iter().flatten();
    for list in lists.filter_map(Value::as_int) {
        let count = members(sides, list);
        let verb = if count == Some(1) { "is" } else { "are" };
        let text = format!(
            "{} {verb} in {} and can use it, and who enters it later",
            many(count, Counted::Members),
            sides.name("list", list),
        );
        out.push(
            change
                .say(About::Reach, text)
                .counting(Counted::Members, count),
        );
    }
}

fn letter(sides: &Sides<'_>, change: &Change<'_>, out: &mut Vec<Consequence>) {
    let (Deed::Changed, Some(id)) = (change.deed, change.new) else {
        return;
    };
    if !["subject", "html", "text"]
        .iter()
        .any(|key| change.changes(key))
    {
        return;
    }
    let sends = |scenario: &Scenario| {
        let mut actions = scenario
            .triggers
            .iter()
            .flat_map(|trigger| &trigger.actions);
        actions.any(|action| *action == Action::SendLetter(id))
    };
    let scenarios = sides.ids("scenario").into_iter().filter(|of| {
        let body = sides.attributes(Side::After, "scenario", *of);
        body.filter(|body| text(body, "status") == Some("active"))
            .and_then(|body| sides.scenario(*of, body))
            .is_some_and(|scenario| sends(&scenario))
    });
    let senders: Vec<String> = scenarios.map(|of| sides.name("scenario", of)).collect();
    let by = match senders.as_slice() {
        [] => String::new(),
        [one] => format!(", by {one}"),
        [first, rest @ ..] => format!(", by {first} and {} more", rest.len()),
    };
    let text = format!("it is sent like this from now on{by}; what has been sent stays as it was");
    out.push(change.say(About::Sent, text));
}

fn scenario(sides: &Sides<'_>, change: &Change<'_>, out: &mut Vec<Consequence>) {
    let active = |side: &Option<Attributes>| {
        side.as_ref()
            .is_some_and(|it| text(it, "status") == Some("active"))
    };
    let (was, is) = (active(&change.before), active(&change.after));
    let read = |id: Option<Id>, body: &Option<Attributes>| sides.scenario(id?, body.as_ref()?);
    if is && !was {
        if let Some(scenario) = read(change.new, &change.after) {
            not_reached(sides, change, &scenario, out);
            payment(change, &scenario, out);
        }
    } else if was && is && change.changes("triggers") {
        let text = "for how many clients a wait is pending is unknown, and so is whether they go on as before or as it is now";
        out.push(change.say(About::PendingWaits, text));
    } else if was && !is {
        let text = "for how many clients a wait is pending is unknown, and so is whether it still ends in an action";
        out.push(change.say(About::PendingWaits, text));
    }
}

/// A scenario fires for later events alone (planner rule 6).
fn not_reached(
    sides: &Sides<'_>,
    change: &Change<'_>,
    scenario: &Scenario,
    out: &mut Vec<Consequence>,
) {
    let Some(when) = scenario.triggers.first().and_then(|first| first.when) else {
        return;
    };
    let mut say = |count: Option<u64>, what: Option<Counted>, text: String| {
        let said = change.say(About::NotReached, text);
        out.push(match what {
            Some(what) => said.counting(what, count),
            None => said,
        });
    };
    let of_offer = |id, attribute| {
        let name = sides.name("offer", id);
        (sides.count("offer", id, attribute), name)
    };
    match when {
        Occasion::EnteredList(id) => {
            let count = members(sides, id);
            let text = match count {
                Some(1) => format!(
                    "1 contact is in {} already and gets nothing",
                    sides.name("list", id)
                ),
                Some(count) => format!(
                    "{count} contacts are in {} already and get nothing",
                    sides.name("list", id)
                ),
                None => format!(
                    "unknown how many contacts are in {} already; they get nothing",
                    sides.name("list", id)
                ),
            };
            say(count, Some(Counted::Members), text);
        }
        Occasion::UnpaidOrder(id) => {
            let (count, name) = of_offer(id, "unpaid_orders_count");
            let text = match count {
                Some(1) => {
                    format!("1 unpaid order of {name} was made before; its client gets nothing")
                }
                _ => format!(
                    "{} of {name} were made before; their clients get nothing",
                    many(count, Counted::UnpaidOrders)
                ),
            };
            say(count, Some(Counted::UnpaidOrders), text);
        }
        Occasion::PaidOrder(id) => {
            let (count, name) = of_offer(id, "clients_count");
            let verb = if count == Some(1) {
                "has bought it already and gets"
            } else {
                "have bought it already and get"
            };
            let text = format!(
                "of {name}: {} {verb} nothing",
                many(count, Counted::Clients)
            );
            say(count, Some(Counted::Clients), text);
        }
        Occasion::CompletedLesson(course, _) | Occasion::CompletedCourse(course) => {
            let count = sides.count("course", course, "clients_count");
            let text = format!(
                "who has completed it before gets nothing; the course has {}",
                many(count, Counted::Clients)
            );
            say(None, None, text);
        }
        Occasion::Registered => say(
            None,
            None,
            "who has registered before gets nothing".to_owned(),
        ),
        Occasion::Inactive(..) => say(
            None,
            None,
            "whether it starts for who has been away for longer already is unknown".to_owned(),
        ),
    }
}

/// A wait that has begun is taken not to be cancelled by payment (planner rule 6).
fn payment(change: &Change<'_>, scenario: &Scenario, out: &mut Vec<Consequence>) {
    let Some(first) = scenario.triggers.first() else {
        return;
    };
    let waits = !first.wait.is_zero() || !first.wait_before_if.is_zero();
    if waits && matches!(first.when, Some(Occasion::UnpaidOrder(_))) {
        let text = "a payment is taken not to end a wait that has begun: the condition after the wait decides";
        out.push(change.say(About::PendingWaits, text));
    }
}
