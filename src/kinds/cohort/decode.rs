//! A schedule as it stands in an offer → the cohort that compiles to it.

use crate::kinds::decode::{Fields, From, Inexpressible, Naming, hour, inexpressible, list, word};
use crate::model::{Attributes, Value};
use crate::yaml::Written;

type Result<T> = std::result::Result<T, Inexpressible>;

/// The fields of a cohort of this course with this schedule. Every opening is written out: nothing
/// says what it was counted from.
///
/// # Errors
/// It is no schedule of an offer's own, or a part of the course is not known.
pub fn decode(course: &Value, schedule: &Value, naming: &dyn Naming) -> Result<Fields> {
    let nothing = Attributes::new();
    let of = From {
        attributes: &nothing,
        naming,
    };
    let Some(it) = of.of(schedule) else {
        return inexpressible("a schedule", schedule);
    };
    if it.attributes.get("source").and_then(Value::as_text) != Some("own") {
        return inexpressible("a schedule", schedule);
    }
    let mut written = Fields::new();
    it.field(&mut written, "base", "base", word(&["scratch", "course"]))?;
    let mut modules: Vec<(String, Module)> = Vec::new();
    for opening in list(it.attributes.get("openings").unwrap_or(&Value::Null))? {
        add(of, course, opening, &mut modules)?;
    }
    if !modules.is_empty() {
        let modules = modules
            .into_iter()
            .map(|(name, Module { opens, lessons })| {
                let mut fields: Fields = opens
                    .into_iter()
                    .map(|opens| ("opens".to_owned(), opens))
                    .collect();
                if !lessons.is_empty() {
                    fields.push(("lessons".to_owned(), Written::Map(lessons)));
                }
                (name, Written::Map(fields))
            });
        written.push(("modules".to_owned(), Written::Map(modules.collect())));
    }
    Ok(vec![
        ("course".to_owned(), of.reference("course", course)?),
        ("schedule".to_owned(), Written::Map(written)),
    ])
}

#[derive(Default)]
struct Module {
    opens: Option<Written>,
    lessons: Fields,
}

fn add(
    of: From<'_>,
    course: &Value,
    value: &Value,
    modules: &mut Vec<(String, Module)>,
) -> Result<()> {
    let Some(it) = of.of(value) else {
        return inexpressible("an opening", value);
    };
    let at = |key: &str| it.attributes.get(key).unwrap_or(&Value::Null);
    let Some(name) = of.naming.module(course, at("module_id")) else {
        return inexpressible("a module", value);
    };
    let opens = opening(of, value)?;
    let known = modules.iter().position(|(own, _)| *own == name);
    let index = known.unwrap_or_else(|| {
        modules.push((name.clone(), Module::default()));
        modules.len() - 1
    });
    let Some((_, module)) = modules.get_mut(index) else {
        return inexpressible("an opening", value);
    };
    if *at("lesson_id") == Value::Null {
        if module.opens.replace(opens).is_some() {
            return inexpressible("two openings of one module", value);
        }
        return Ok(());
    }
    let Some(path) = of.naming.lesson(course, at("lesson_id")) else {
        return inexpressible("a lesson", value);
    };
    match path.split_once('/') {
        Some((of_module, lesson)) if of_module == name => {
            if module.lessons.iter().any(|(own, _)| own == lesson) {
                return inexpressible("two openings of one lesson", value);
            }
            let opens = Written::map([("opens", opens)]);
            module.lessons.push((lesson.to_owned(), opens));
            Ok(())
        }
        Some(_) | None => inexpressible("a lesson of another module", value),
    }
}

/// An opening as it is written: an instant, or days after access.
///
/// # Errors
/// It is neither.
pub(in crate::kinds) fn opening(of: From<'_>, value: &Value) -> Result<Written> {
    let Some(it) = of.of(value) else {
        return inexpressible("an opening", value);
    };
    let at = |key: &str| it.attributes.get(key).unwrap_or(&Value::Null);
    match (at("opens_at"), at("after_days")) {
        (Value::Null, Value::Int(days)) => {
            let mut fields = vec![("after_access".to_owned(), Written::Text(format!("{days}d")))];
            it.set_field(&mut fields, "at", "hour", hour)?;
            Ok(Written::Map(fields))
        }
        (instant, Value::Null) if *at("hour") == Value::Null => of.at(instant),
        (_, _) => inexpressible("an opening", value),
    }
}
