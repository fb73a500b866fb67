//! References between documents.

use crate::kinds::{Text, WholeNumber};
use crate::model::{Name, Path};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The name of another document, or the platform's id of what the project does not manage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A document of the kind that the field asks for.
    Name(Name),
    /// `{ id: 991, title: "WD spring" }`.
    Outside {
        /// The platform's id.
        id: i64,
        /// What people call it; for readers only.
        title: Option<String>,
    },
}

impl Reference {
    /// The name, if it is one.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Reference::Name(name) => Some(name),
            Reference::Outside { .. } => None,
        }
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReferenceVisitor;

        impl<'de> Visitor<'de> for ReferenceVisitor {
            type Value = Reference;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a name, or `{ id: …, title: … }` for what this project does not manage",
                )
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Reference, E> {
                Name::parse(text).map(Reference::Name).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Reference, A::Error> {
                let outside = Outside::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Reference::Outside {
                    id: outside.id.0,
                    title: outside.title.map(|t| t.0.into()),
                })
            }
        }

        deserializer.deserialize_any(ReferenceVisitor)
    }
}

/// What the project does not manage.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Outside {
    /// The platform's id.
    id: WholeNumber,
    /// What people call it; for readers only.
    title: Option<Text>,
}

impl JsonSchema for Reference {
    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "title": "Reference",
            "description": "The name of another document, or `{ id: 991, title: \"WD spring\" }` for what this project does not manage.",
            "anyOf": [generator.subschema_for::<Name>(), generator.subschema_for::<Outside>()],
        })
    }
}

/// How much one object needs another to exist first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// It cannot be made without it.
    Strong,
    /// Where it closes a circle, it is set later.
    Weak,
    /// Only the compiler needs it; the order of writing does not.
    Compiler,
}

/// A reference and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Where it stands in the document.
    pub path: Path,
    /// Whether the name is the value at `path` or its key.
    pub place: Place,
    /// The kind that the field asks for.
    pub kind: &'static str,
    /// What it names.
    pub to: Reference,
    /// How much it is needed.
    pub strength: Strength,
    /// The part of the course that is meant. Where the course itself is not declared, nothing is to
    /// be said about its parts: another link at the same field or beside it names the course.
    pub inside: Option<Inside>,
}

/// Where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is the value.
    Value,
    /// It is the key: `can_use: { come-back: false }`.
    Key,
}

/// A part of a course, by names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inside {
    /// A module.
    Module(Box<str>),
    /// A lesson of a module.
    LessonOf {
        /// The module.
        module: Box<str>,
        /// The lesson.
        lesson: Box<str>,
    },
    /// A lesson of any module.
    Lesson(Box<str>),
}

/// The links of a document, as [`super::Kind::links`] collects them.
#[derive(Clone, Debug, Default)]
pub struct Links(Vec<Link>);

impl Links {
    /// Adds a reference.
    pub fn push(&mut self, path: Path, kind: &'static str, to: &Reference, strength: Strength) {
        self.add(path, Place::Value, kind, to, strength);
    }

    /// Adds a reference by the key at the end of `path`.
    pub fn push_key(&mut self, path: Path, kind: &'static str, to: &Name, strength: Strength) {
        let to = Reference::Name(to.clone());
        self.add(path, Place::Key, kind, &to, strength);
    }

    /// Adds a reference to a part of a course.
    pub fn push_inside(&mut self, path: Path, place: Place, course: &Reference, inside: Inside) {
        self.0.push(Link {
            path,
            place,
            kind: "course",
            to: course.clone(),
            strength: Strength::Compiler,
            inside: Some(inside),
        });
    }

    fn add(
        &mut self,
        path: Path,
        place: Place,
        kind: &'static str,
        to: &Reference,
        strength: Strength,
    ) {
        self.0.push(Link {
            path,
            place,
            kind,
            to: to.clone(),
            strength,
            inside: None,
        });
    }

    /// The links in the order added.
    pub fn into_vec(self) -> Vec<Link> {
        self.0
    }
}

impl Inside {
    /// A module.
    pub fn module(module: &Name) -> Self {
        Inside::Module(module.as_str().into())
    }

    /// A lesson of a module.
    pub fn lesson_of(module: &Name, lesson: &Name) -> Self {
        Inside::LessonOf {
            module: module.as_str().into(),
            lesson: lesson.as_str().into(),
        }
    }
}
