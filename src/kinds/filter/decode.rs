//! Conditions on the platform → as they are written. The inverse of `Filter::encode`.

use crate::kinds::decode::{
    From, Inexpressible, duration, form, inexpressible, instant, list, number, text,
};
use crate::model::Value;
use crate::yaml::Written;

type Result<T> = std::result::Result<T, Inexpressible>;

/// A condition.
pub(in crate::kinds) fn filter(of: From<'_>, value: &Value) -> Result<Written> {
    let (key, inner) = form(value)?;
    let many = || {
        let filters = list(inner)?.iter().map(|it| filter(of, it));
        filters.collect::<Result<_>>().map(Written::List)
    };
    let it = of.of(inner).unwrap_or(of);
    let at = |key: &str| it.attributes.get(key).unwrap_or(&Value::Null);
    let of_course = || Ok(("course".to_owned(), it.reference_at("course", "course_id")?));
    let decoded = match key {
        "all" | "any" => many()?,
        "not" => filter(of, inner)?,
        "purchases" => Written::map([("at_least", number(at("at_least"))?)]),
        "bought" => Written::map([("offer", it.reference_at("offer", "offer_id")?)]),
        "progress" => {
            let Value::Int(percent) = at("at_least_percent") else {
                return inexpressible("a share", inner);
            };
            let share = Written::Text(format!("{percent}%"));
            Written::Map(vec![of_course()?, ("at_least".to_owned(), share)])
        }
        "inactive" => inactive(it)?,
        "access" => Written::Map(vec![of_course()?]),
        "paid" | "registered" => match (at("before_at"), at("after_at")) {
            (before, Value::Null) => Written::map([("before", since(of, before)?)]),
            (Value::Null, after) => Written::map([("after", of.until(after)?)]),
            (_, _) => return inexpressible("a condition", value),
        },
        "last_purchase" => match (at("before_at"), at("more_than")) {
            (Value::Null, more_than) => Written::map([("more_than", duration(more_than)?)]),
            (before, Value::Null) => Written::map([("before", since(of, before)?)]),
            (_, _) => return inexpressible("a condition", value),
        },
        "lessons_completed" => Written::Map(vec![
            of_course()?,
            ("at_least".to_owned(), number(at("at_least"))?),
        ]),
        "completed_lesson" => completed_lesson(it)?,
        "webinar" | "tag" => text(at("name"))?,
        "visited" => text(at("url"))?,
        "field" => Written::map([("name", text(at("name"))?), ("equals", text(at("equals"))?)]),
        "in_list" => it.reference_at("list", "list_id")?,
        _ => return inexpressible("a condition", value),
    };
    Ok(Written::map([(key, decoded)]))
}

fn since(of: From<'_>, value: &Value) -> Result<Written> {
    Ok(Written::Text(of.naming.since(instant(value)?)))
}

/// `{ for, course }`
pub(in crate::kinds) fn inactive(it: From<'_>) -> Result<Written> {
    let length = it.attributes.get("for").unwrap_or(&Value::Null);
    let mut fields = vec![("for".to_owned(), duration(length)?)];
    it.set_field(&mut fields, "course", "course_id", |course| {
        it.reference("course", course)
    })?;
    Ok(Written::Map(fields))
}

/// `{ course, lesson }`
pub(in crate::kinds) fn completed_lesson(it: From<'_>) -> Result<Written> {
    let course = it.attributes.get("course_id").unwrap_or(&Value::Null);
    let lesson = it.attributes.get("lesson_id").unwrap_or(&Value::Null);
    let Some(path) = it.naming.lesson(course, lesson) else {
        return inexpressible("a lesson", lesson);
    };
    Ok(Written::map([
        ("course", it.reference("course", course)?),
        ("lesson", Written::Text(path)),
    ]))
}
