//! A course on the platform → its mirror.

use crate::kinds::decode::{Fields, From, Inexpressible, Part, hour, inexpressible, list, text};
use crate::model::Value;
use crate::yaml::Written;

type Result<T> = std::result::Result<T, Inexpressible>;

pub(super) fn decode(id: i64, of: From<'_>) -> Result<Fields> {
    let mut fields = vec![("id".to_owned(), Written::Int(id))];
    of.title(&mut fields)?;
    of.set_field(&mut fields, "modules", "modules", |modules| {
        let modules = list(modules)?.iter().map(|it| module(id, of, it));
        modules.collect::<Result<_>>().map(Written::List)
    })?;
    Ok(fields)
}

fn module(course: i64, of: From<'_>, value: &Value) -> Result<Written> {
    let Some(it) = of.of(value) else {
        return inexpressible("a module", value);
    };
    let mut fields = named(course, it, Part::Module)?;
    it.set_field(&mut fields, "opens", "opens", |opens| {
        own_opening(of, opens)
    })?;
    it.set_field(&mut fields, "lessons", "lessons", |lessons| {
        let lessons = list(lessons)?.iter().map(|it| lesson(course, of, it));
        lessons.collect::<Result<_>>().map(Written::List)
    })?;
    Ok(Written::Map(fields))
}

fn lesson(course: i64, of: From<'_>, value: &Value) -> Result<Written> {
    let Some(it) = of.of(value) else {
        return inexpressible("a lesson", value);
    };
    let mut fields = named(course, it, Part::Lesson)?;
    it.set_field(&mut fields, "opens", "opens", |opens| {
        own_opening(of, opens)
    })?;
    if it.attributes.get("checkpoint") == Some(&Value::Bool(true)) {
        fields.push(("checkpoint".to_owned(), Written::Bool(true)));
    }
    Ok(Written::Map(fields))
}

/// Its id, name and title.
fn named(course: i64, it: From<'_>, part: Part) -> Result<Fields> {
    let id = match it.attributes.get("id") {
        Some(Value::Int(id)) => Some(*id),
        Some(_) | None => None,
    };
    let title = it.attributes.get("title").and_then(Value::as_text);
    let name = it.naming.part(course, part, id, title.unwrap_or(""));
    let mut fields = Fields::new();
    if let Some(id) = id {
        fields.push(("id".to_owned(), Written::Int(id)));
    }
    fields.push(("name".to_owned(), Written::Text(name)));
    it.set_field(&mut fields, "title", "title", text)?;
    Ok(fields)
}

fn own_opening(of: From<'_>, value: &Value) -> Result<Written> {
    let Some(it) = of.of(value) else {
        return inexpressible("an opening", value);
    };
    let Some(Value::Int(days)) = it.attributes.get("after_days") else {
        return inexpressible("an opening", value);
    };
    let mut fields = vec![("after_access".to_owned(), Written::Text(format!("{days}d")))];
    it.set_field(&mut fields, "at", "hour", hour)?;
    Ok(Written::Map(fields))
}
