//! `list`: a contact list, static or filling itself.

use super::body::Body;
use super::decode::{Fields, From, Inexpressible, Naming};
use super::{
    Access, Collection, DocumentPlaces, Field, FieldRule, Filter, Kind, Links, Rule, Status,
    Surroundings, Times, Title,
};
use crate::diag::Diagnostics;
use crate::model::{Attributes, Path, Value};
use schemars::JsonSchema;
use serde::Deserialize;

mod decode;
pub mod wire;

/// A contact list. Its definition can be saved once; a change is a replacement. The title can change.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// What people call it; its name, if absent.
    pub title: Option<Title>,
    /// How contacts come and go.
    #[serde(rename = "type")]
    pub type_: ListType,
    /// The conditions of a segment.
    #[serde(rename = "where", default)]
    pub where_: Field<Filter>,
}

/// How contacts come into a list and leave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListType {
    /// Created empty; members come and go by scenarios.
    Static,
    /// Fills itself with whom its conditions hold for.
    Segment,
}

static COLLECTION: Collection = Collection {
    path: "lists",
    menu: &["CRM", "Contact lists"],
    access: Access::Write,
    natural_key: "title",
    status: Status {
        values: &["active", "archived"],
        default: "active",
        resting: None,
        retired: "archived",
        rests_while_replaced: false,
    },
    fields: &[
        FieldRule {
            path: "type",
            rule: Rule::Immutable,
        },
        FieldRule {
            path: "where",
            rule: Rule::Immutable,
        },
        FieldRule {
            path: "type",
            rule: Rule::Gate {
                empty_when: "static",
                count: "members_count",
            },
        },
        FieldRule {
            path: "members_count",
            rule: Rule::Computed,
        },
    ],
    pairs: &[],
    required: &["title", "type"],
    minimal: r#"{"title":"x","type":"static"}"#,
    schema: <wire::List as JsonSchema>::json_schema,
    normalise: super::normalise::<wire::List>,
};

impl Kind for List {
    const ID: &'static str = "list";
    const SUMMARY: &'static str = "A contact list: static, or a segment that fills itself";
    const EXAMPLE: &'static str = r#"kind: list
name: loyal
title: Two purchases or more
type: segment
where:
  all:
    - purchases: { at_least: 2 }
    - progress: { course: web-dev, at_least: 80% }
"#;
    const COLLECTION: Option<&'static Collection> = Some(&COLLECTION);

    fn links(&self, links: &mut Links) {
        if let Some(filter) = self.where_.set() {
            filter.links(&Path::root().key("where"), links);
        }
    }

    fn times(&self, times: &mut Times) {
        if let Some(filter) = self.where_.set() {
            filter.times(&Path::root().key("where"), times);
        }
    }

    fn check(&self, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        if let Some(filter) = self.where_.set() {
            filter.check(&Path::root().key("where"), document, findings);
        }
    }

    /// The offers of a course that a segment asks for: a later one does not replace the list
    /// (`segment-misses-new-offer` speaks of it).
    fn derived(&self) -> Vec<Path> {
        let mut out = Vec::new();
        if let Some(filter) = self.where_.set() {
            filter.derived(&Path::root().key("where"), &mut out);
        }
        out
    }

    fn decode(
        _: i64,
        attributes: &Attributes,
        naming: &dyn Naming,
    ) -> Result<Fields, Inexpressible> {
        decode::decode(From { attributes, naming })
    }

    fn encode(&self, surroundings: &dyn Surroundings) -> Option<Attributes> {
        let List {
            title,
            type_,
            where_,
        } = self;
        let mut body = Body::titled(title.as_ref(), surroundings);
        let type_ = match type_ {
            ListType::Static => "static",
            ListType::Segment => "segment",
        };
        body.set("type", Value::text(type_));
        body.field("where", where_, |filter| {
            filter.encode(&Path::root().key("where"), surroundings)
        });
        Some(body.into_attributes())
    }
}
