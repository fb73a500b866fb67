//! Attributes while they are put together.

use super::{Field, Reference, Surroundings, Title, WholeNumber};
use crate::model::{Attributes, Value};

/// A map of the platform contract in the making.
#[derive(Debug, Default)]
pub(in crate::kinds) struct Body(Attributes);

impl Body {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// A map that starts with the title: the document's name, if it declares none.
    pub fn titled(title: Option<&Title>, surroundings: &dyn Surroundings) -> Self {
        let title = title.map_or_else(|| surroundings.name(), |title| &*title.0);
        let mut body = Body::new();
        body.set("title", Value::text(title));
        body
    }

    /// Sets an entry.
    pub fn set(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    /// Sets an entry, if there is a value.
    pub fn put(&mut self, key: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.set(key, value);
        }
    }

    /// Sets an entry of a field: nothing if it is absent, `Null` if it is null.
    pub fn field<T>(
        &mut self,
        key: &str,
        field: &Field<T>,
        encode: impl FnOnce(&T) -> Option<Value>,
    ) {
        self.put(key, field.encode(encode));
    }

    /// Sets an entry of a truth value.
    pub fn flag(&mut self, key: &str, field: &Field<bool>) {
        self.field(key, field, |truth| Some(Value::Bool(*truth)));
    }

    /// Sets an entry of a number.
    pub fn number(&mut self, key: &str, field: &Field<WholeNumber>) {
        self.field(key, field, |number| Some(Value::Int(number.0)));
    }

    /// Sets an entry of references to one kind.
    pub fn references(
        &mut self,
        key: &str,
        field: &Field<Vec<Reference>>,
        kind: &str,
        surroundings: &dyn Surroundings,
    ) {
        self.field(key, field, |to| Some(references(to, kind, surroundings)));
    }

    /// The map as a nested value.
    pub fn into_value(self) -> Value {
        Value::Map(self.0)
    }

    /// The map as an object's attributes.
    pub fn into_attributes(self) -> Attributes {
        self.0
    }
}

/// References to one kind as a list of ids.
pub(in crate::kinds) fn references(
    to: &[Reference],
    kind: &str,
    surroundings: &dyn Surroundings,
) -> Value {
    Value::List(
        to.iter()
            .map(|reference| surroundings.reference(kind, reference))
            .collect(),
    )
}
