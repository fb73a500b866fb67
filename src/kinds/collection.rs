//! What the types cannot say about a kind's objects on the platform.

use crate::model::{Attributes, Value};
use schemars::{Schema, SchemaGenerator};

/// The objects of a kind on the platform.
#[derive(Clone, Copy)]
pub struct Collection {
    /// The path under the platform's base: `offers`.
    pub path: &'static str,
    /// What people click, one after the other, to see its objects in Kwiga; empty where that is not
    /// known.
    pub menu: &'static [&'static str],
    /// Whether bursar writes it.
    pub access: Access,
    /// The attribute by which a person would recognise an object: `code`, `title`.
    pub natural_key: &'static str,
    /// What `status` means.
    pub status: Status,
    /// Rules of single attributes.
    pub fields: &'static [FieldRule],
    /// Attributes that one field declares together.
    pub pairs: &'static [&'static [&'static str]],
    /// Attributes that a creation must have.
    pub required: &'static [&'static str],
    /// The least body of a creation, in JSON: what the platform makes of it are its defaults.
    pub minimal: &'static str,
    /// The wire body's schema.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// Reads a wire body as a server does: unknown fields dropped, defaults filled in, amounts and
    /// instants in normal form.
    pub normalise: fn(serde_json::Value) -> Result<serde_json::Value, super::WireError>,
}

impl std::fmt::Debug for Collection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Collection({})", self.path)
    }
}

/// Whether bursar writes a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read only.
    Read,
    /// Created, updated, retired.
    Write,
}

/// What the values of `status` mean.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// Every value that the platform knows.
    pub values: &'static [&'static str],
    /// The value of a creation that does not name one.
    pub default: &'static str,
    /// The value in which an object is made before it is activated; `None` where objects of this
    /// kind do nothing by themselves and need no activation.
    pub resting: Option<&'static str>,
    /// The value of an object that left the configuration.
    pub retired: &'static str,
    /// Whether an object at rest stops acting, so that what it refers to can be replaced under it.
    pub rests_while_replaced: bool,
}

/// A rule of one attribute.
#[derive(Clone, Copy, Debug)]
pub struct FieldRule {
    /// The attribute, dotted from the top: `coupon_ids`, `tags.allowed`.
    pub path: &'static str,
    /// The rule.
    pub rule: Rule,
}

/// What is special about an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Saved once: a change is a replacement.
    Immutable,
    /// Given by the platform; others may refer to it.
    Computed,
    /// A list whose order means nothing. (Lists under keys ending in `_ids` always are.)
    Set,
    /// A weak link: where it closes a circle, the object is made without it and it is set when the
    /// object is activated.
    Weak,
    /// A list of maps that are recognised by this key: an update keeps what it does not mention in
    /// each.
    Keyed(&'static str),
    /// The platform refuses two objects in use that have the same text here.
    Unique,
    /// People could not tell two objects in use with the same text here apart: a plan makes no second
    /// one.
    Distinct,
    /// A computed count of what refers to the object beyond the kinds that are written: unless it is 0,
    /// the platform does not delete the object.
    Holders,
    /// A map that takes one of several forms: it is compared and sent as a whole.
    Whole,
    /// Objects whose text here starts with this are made by the platform for one client: they are
    /// never adopted, compared, changed or removed.
    HandsOff(&'static str),
    /// The object may hold people as soon as it is made: they are counted before anything is bound
    /// to it.
    Gate {
        /// With this text here it must be empty to go on; with another, a replacement is counted.
        empty_when: &'static str,
        /// The computed attribute that counts.
        count: &'static str,
    },
}

/// What is counted before anything is bound to a new object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Whether it must be empty to go on.
    pub must_be_empty: bool,
    /// The computed attribute that counts.
    pub count: &'static str,
}

impl Collection {
    /// What the platform fills in for attributes that a creation does not mention, in normal form.
    pub fn defaults(&self) -> Attributes {
        let minimal = serde_json::from_str(self.minimal).unwrap_or_default();
        let mut body = match (self.normalise)(minimal) {
            Ok(body) => body,
            Err(_) => return Attributes::new(),
        };
        if let Some(body) = body.as_object_mut() {
            for required in self.required {
                body.remove(*required);
            }
        }
        match super::from_json(body) {
            Value::Map(attributes) => attributes,
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Ref(_)
            | Value::Late(_) => Attributes::new(),
        }
    }

    /// Whether a top-level attribute has a rule.
    pub fn has(&self, path: &str, rule: Rule) -> bool {
        self.fields
            .iter()
            .any(|field| field.path == path && field.rule == rule)
    }

    /// The key by which the items of the list at a dotted path are recognised.
    pub fn keyed_by<'p>(
        &self,
        path: impl Iterator<Item = &'p str> + Clone,
    ) -> Option<&'static str> {
        self.fields.iter().find_map(|field| match field.rule {
            Rule::Keyed(key) => field.path.split('.').eq(path.clone()).then_some(key),
            Rule::Immutable
            | Rule::Computed
            | Rule::Set
            | Rule::Weak
            | Rule::Whole
            | Rule::Unique
            | Rule::Distinct
            | Rule::Holders
            | Rule::HandsOff(_)
            | Rule::Gate { .. } => None,
        })
    }

    /// What is counted of an object with these attributes before anything is bound to it.
    pub fn gate(&self, attributes: &Attributes) -> Option<Gate> {
        self.fields.iter().find_map(|field| match field.rule {
            Rule::Gate { empty_when, count } => Some(Gate {
                must_be_empty: attributes.get(field.path).and_then(Value::as_text)
                    == Some(empty_when),
                count,
            }),
            Rule::Immutable
            | Rule::Computed
            | Rule::Set
            | Rule::Weak
            | Rule::Keyed(_)
            | Rule::Whole
            | Rule::Unique
            | Rule::Distinct
            | Rule::Holders
            | Rule::HandsOff(_) => None,
        })
    }

    /// The attributes with a rule.
    pub fn with(&self, rule: Rule) -> impl Iterator<Item = &'static str> + use<> {
        self.fields
            .iter()
            .filter(move |field| field.rule == rule)
            .map(|field| field.path)
    }
}

/// Replaces every `Null` of desired attributes, at the top or nested in maps, by the platform's
/// default, where that is not `Null` itself. Nulls inside lists stay.
pub fn fill_nulls(collection: &Collection, attributes: &mut Attributes) {
    if attributes.values().any(holds_null) {
        fill(attributes, &collection.defaults());
    }
}

fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Map(entries) => entries.values().any(holds_null),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Ref(_)
        | Value::Late(_) => false,
    }
}

fn fill(attributes: &mut Attributes, defaults: &Attributes) {
    for (key, value) in attributes {
        let Some(default) = defaults.get(key) else {
            continue;
        };
        if *value == Value::Null {
            *value = default.clone();
        } else if let (Value::Map(entries), Value::Map(defaults)) = (value, default) {
            fill(entries, defaults);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{Kind as _, from_json, offer::Offer};
    use serde_json::json;

    fn attributes(json: serde_json::Value) -> Attributes {
        match from_json(json) {
            Value::Map(attributes) => attributes,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nulls_become_defaults_at_every_depth() {
        let mut offer = attributes(json!({
            "title": "A",
            "promotion": null,
            "coupon_policy": null,
            "coupon_ids": null,
            "listed": null,
            "sale": null,
            "payment": { "full": null, "subscription": null, "installments": null },
            "letters": { "purchased": null },
        }));
        fill_nulls(Offer::COLLECTION.unwrap(), &mut offer);
        let expected = attributes(json!({
            "title": "A",
            "promotion": null,
            "coupon_policy": "none",
            "coupon_ids": [],
            "listed": true,
            "sale": { "opens_at": null, "closes_at": null },
            "payment": { "full": true, "subscription": null, "installments": [] },
            "letters": { "purchased": { "mode": "default" } },
        }));
        assert_eq!(offer, expected);
    }
}
