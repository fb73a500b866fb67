//! What decoding a live object needs: names for ids, local times for instants, and readers of the
//! platform's values.

use super::money;
use crate::model::{Attributes, Duration, Instant, TimeOfDay, Value, parse_instant};
use crate::yaml::Written;

/// The fields of a document, in the order in which they are written.
pub type Fields = Vec<(String, Written)>;

/// Why an object cannot be written in the language: what it is and what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Inexpressible(pub String);

/// What a document is decoded with: the facts that only the whole account knows. The inverse of
/// [`super::Surroundings`].
pub trait Naming {
    /// A reference to an object of a kind: its name, or `{ id, title }` for what is not managed.
    fn reference(&self, kind: &str, to: &Value) -> Option<Written>;
    /// The name of a module.
    fn module(&self, course: &Value, module: &Value) -> Option<String>;
    /// A lesson by its module's name and its own.
    fn lesson(&self, course: &Value, lesson: &Value) -> Option<String>;
    /// The name of a module or lesson of a mirror: the one that it has, or one made of its title.
    fn part(&self, course: i64, part: Part, id: Option<i64>, title: &str) -> String;
    /// A point in time as it is written: local, or with an offset where that would be no instant.
    fn at(&self, instant: Instant) -> String;
    /// An end as it is written: the last day, if it is the end of one.
    fn until(&self, instant: Instant) -> String;
    /// The last day of which this is the end.
    fn last_day(&self, instant: Instant) -> Option<String>;
    /// The first day of which this is the start, else the point in time.
    fn since(&self, instant: Instant) -> String;
    /// The cohort whose schedule this is.
    fn cohort(&self, course: &Value, schedule: &Value) -> Option<Written>;
    /// The subject and body of a letter that is rendered to these: subject, HTML, plain text.
    fn letter(&self, subject: &str, html: &str, text: &str) -> Option<(String, String)>;
}

/// A part of a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A module.
    Module,
    /// A lesson.
    Lesson,
}

/// Attributes while they are read.
#[derive(Clone, Copy)]
pub(in crate::kinds) struct From<'a> {
    pub attributes: &'a Attributes,
    pub naming: &'a dyn Naming,
}

type Result<T> = std::result::Result<T, Inexpressible>;

/// An error about a value.
pub(in crate::kinds) fn inexpressible<T>(what: &str, value: &Value) -> Result<T> {
    let shown = super::to_json(value).map_or_else(|| "?".to_owned(), |json| json.to_string());
    let short: String = shown.chars().take(60).collect();
    Err(Inexpressible(format!("{what} cannot be written: {short}")))
}

impl<'a> From<'a> {
    /// The entries of a nested map.
    pub fn inside(self, key: &str) -> Option<From<'a>> {
        self.of(self.attributes.get(key)?)
    }

    /// The entries of a map.
    pub fn of(self, value: &'a Value) -> Option<From<'a>> {
        let attributes = value.as_map()?;
        Some(From { attributes, ..self })
    }

    /// Adds a field if its attribute is there; null is null.
    pub fn field(
        self,
        fields: &mut Fields,
        field: &str,
        key: &str,
        decode: impl FnOnce(&'a Value) -> Result<Written>,
    ) -> Result<()> {
        match self.attributes.get(key) {
            None => {}
            Some(Value::Null) => fields.push((field.to_owned(), Written::Null)),
            Some(value) => fields.push((field.to_owned(), decode(value)?)),
        }
        Ok(())
    }

    /// Adds a field that cannot be null if its attribute is there and set.
    pub fn set_field(
        self,
        fields: &mut Fields,
        field: &str,
        key: &str,
        decode: impl FnOnce(&'a Value) -> Result<Written>,
    ) -> Result<()> {
        match self.attributes.get(key) {
            None | Some(Value::Null) => Ok(()),
            Some(_) => self.field(fields, field, key, decode),
        }
    }

    /// Adds the title.
    pub fn title(self, fields: &mut Fields) -> Result<()> {
        self.set_field(fields, "title", "title", text)
    }

    /// A list of references to one kind.
    pub fn references(self, kind: &str, value: &Value) -> Result<Written> {
        let items = list(value)?;
        items
            .iter()
            .map(|item| self.reference(kind, item))
            .collect::<Result<_>>()
            .map(Written::List)
    }

    /// A reference.
    pub fn reference(self, kind: &str, value: &Value) -> Result<Written> {
        match self.naming.reference(kind, value) {
            Some(reference) => Ok(reference),
            None => inexpressible(&format!("a reference to a {kind}"), value),
        }
    }

    /// A reference under a key.
    pub fn reference_at(self, kind: &str, key: &str) -> Result<Written> {
        self.reference(kind, self.attributes.get(key).unwrap_or(&Value::Null))
    }

    /// A point in time.
    pub fn at(self, value: &Value) -> Result<Written> {
        Ok(Written::Text(self.naming.at(instant(value)?)))
    }

    /// An end.
    pub fn until(self, value: &Value) -> Result<Written> {
        Ok(Written::Text(self.naming.until(instant(value)?)))
    }
}

/// A text.
pub(in crate::kinds) fn text(value: &Value) -> Result<Written> {
    match value.as_text() {
        Some(it) => Ok(Written::text(it)),
        None => inexpressible("a text", value),
    }
}

/// A truth value.
pub(in crate::kinds) fn flag(value: &Value) -> Result<Written> {
    match value.as_bool() {
        Some(it) => Ok(Written::Bool(it)),
        None => inexpressible("a truth value", value),
    }
}

/// A number.
pub(in crate::kinds) fn number(value: &Value) -> Result<Written> {
    match value.as_int() {
        Some(it) => Ok(Written::Int(it)),
        None => inexpressible("a number", value),
    }
}

/// Money, `490.00 EUR`.
pub(in crate::kinds) fn price(value: &Value) -> Result<Written> {
    if let Value::Map(entries) = value
        && let Some(money) = money(entries)
    {
        return Ok(Written::Text(money.to_string()));
    }
    inexpressible("an amount", value)
}

/// A duration: a text that is one.
pub(in crate::kinds) fn duration(value: &Value) -> Result<Written> {
    match value.as_text() {
        Some(text) if text.parse::<Duration>().is_ok() => Ok(Written::text(text)),
        Some(_) | None => inexpressible("a duration", value),
    }
}

/// An instant.
pub(in crate::kinds) fn instant(value: &Value) -> Result<Instant> {
    match value.as_text().and_then(parse_instant) {
        Some(instant) => Ok(instant),
        None => inexpressible("a time", value),
    }
}

/// An hour of the day.
pub(in crate::kinds) fn hour(value: &Value) -> Result<Written> {
    match value.as_text() {
        Some(text) if text.parse::<TimeOfDay>().is_ok() => Ok(Written::text(text)),
        Some(_) | None => inexpressible("an hour", value),
    }
}

/// One of these words.
pub(in crate::kinds) fn word(words: &'static [&'static str]) -> impl Fn(&Value) -> Result<Written> {
    move |value| match value.as_text() {
        Some(text) if words.contains(&text) => Ok(Written::text(text)),
        Some(_) | None => inexpressible("a word", value),
    }
}

/// The items of a list.
pub(in crate::kinds) fn list(value: &Value) -> Result<&[Value]> {
    match value.as_list() {
        Some(items) => Ok(items),
        None => inexpressible("a list", value),
    }
}

/// The one entry of a map that takes one of several forms.
pub(in crate::kinds) fn form(value: &Value) -> Result<(&str, &Value)> {
    if let Value::Map(entries) = value {
        let mut set = entries.iter().filter(|(_, value)| **value != Value::Null);
        if let (Some((key, value)), None) = (set.next(), set.next()) {
            return Ok((key, value));
        }
    }
    inexpressible("a form", value)
}
