//! A scenario on the platform → its document. The inverse of `encode`.

use crate::kinds::decode::{
    Fields, From, Inexpressible, duration, form, inexpressible, list, number, word,
};
use crate::kinds::filter::decode::{completed_lesson, filter, inactive};
use crate::model::Value;
use crate::yaml::Written;

type Result<T> = std::result::Result<T, Inexpressible>;

pub(super) fn decode(of: From<'_>) -> Result<Fields> {
    let mut fields = Fields::new();
    of.title(&mut fields)?;
    let status = word(&["active", "paused"]);
    of.field(&mut fields, "status", "status", status)?;
    of.set_field(&mut fields, "triggers", "triggers", |triggers| {
        let triggers = list(triggers)?.iter().map(|it| trigger(of, it));
        triggers.collect::<Result<_>>().map(Written::List)
    })?;
    Ok(fields)
}

fn trigger(of: From<'_>, value: &Value) -> Result<Written> {
    let Some(it) = of.of(value) else {
        return inexpressible("a trigger", value);
    };
    let mut fields = Fields::new();
    it.set_field(&mut fields, "when", "when", |when| event(of, when))?;
    wait(it, &mut fields, "wait_before_if")?;
    it.set_field(&mut fields, "if", "if", |condition| filter(of, condition))?;
    wait(it, &mut fields, "wait")?;
    it.set_field(&mut fields, "do", "do", |actions| {
        let actions = list(actions)?.iter().map(|it| action(of, it));
        actions.collect::<Result<_>>().map(Written::List)
    })?;
    Ok(Written::Map(fields))
}

/// No time at all is not written.
fn wait(it: From<'_>, fields: &mut Fields, key: &str) -> Result<()> {
    if it.attributes.get(key).and_then(Value::as_text) == Some("0m") {
        return Ok(());
    }
    it.set_field(fields, key, key, duration)
}

fn event(of: From<'_>, value: &Value) -> Result<Written> {
    let (key, inner) = form(value)?;
    let Some(it) = of.of(inner) else {
        return inexpressible("an event", value);
    };
    let decoded = match key {
        "unpaid_order" | "paid_order" => {
            Written::map([("offer", it.reference_at("offer", "offer_id")?)])
        }
        "entered_list" => it.reference_at("list", "list_id")?,
        "registered" => Written::Map(Vec::new()),
        "completed_lesson" => completed_lesson(it)?,
        "completed_course" => Written::map([("course", it.reference_at("course", "course_id")?)]),
        "inactive" => inactive(it)?,
        _ => return inexpressible("an event", value),
    };
    Ok(Written::map([(key, decoded)]))
}

fn action(of: From<'_>, value: &Value) -> Result<Written> {
    let (key, inner) = form(value)?;
    let Some(it) = of.of(inner) else {
        return inexpressible("an action", value);
    };
    let at = |key: &str| it.attributes.get(key).unwrap_or(&Value::Null);
    let decoded = match key {
        "add_to_list" | "remove_from_list" => it.reference_at("list", "list_id")?,
        "send_letter" => it.reference_at("letter", "letter_id")?,
        "award_points" => Written::map([
            ("course", it.reference_at("course", "course_id")?),
            ("points", number(at("points"))?),
        ]),
        "extend_access" => Written::map([
            ("offer", it.reference_at("offer", "offer_id")?),
            ("by", duration(at("by"))?),
        ]),
        _ => return inexpressible("an action", value),
    };
    Ok(Written::map([(key, decoded)]))
}
