//! The catalogue: every kind of document, one file a kind.
//!
//! A kind's file holds its type (whose doc comments become the JSON Schema's descriptions), what it
//! refers to, its own checks and its form on the platform. The table below is the only list of
//! kinds; a new kind is its file, a line here and its fixtures. See `docs/adding-a-kind.md`.

mod body;
mod collection;
pub mod decode;
mod documents;
mod durations;
mod filter;
mod forms;
mod meta;
mod names;
mod project;
mod reference;
mod scalars;
mod times;
mod wire;

pub mod cohort;
pub mod coupon;
pub mod course;
pub mod letter;
pub mod list;
pub mod offer;
pub mod pack;
pub mod pass;
pub mod removed;
pub mod scenario;
pub mod test;

pub use collection::{Access, Collection, FieldRule, Gate, Rule, Status, fill_nulls};
pub use decode::{Fields, Inexpressible, Naming, Part};
pub use documents::{Document, Elsewhere, Index, Sold};
pub use filter::{
    BeforeOrAfter, Bought, CompletedLesson, ContactField, Filter, Inactive, LastPurchase,
    LessonName, LessonsCompleted, OfCourse, Progress, Purchases,
};
pub use meta::{Allow, META_FIELDS, Meta};
pub use names::{
    BuyableAddress, CourseLesson, CurrencyCode, LessonPath, PassAddress, PersonName, VariableName,
    WrittenAddress,
};
pub use project::{
    Backend, DatabaseAddress, Defaults, Environment, HttpStateConfig, LocalStateConfig,
    MaxRemovals, PROJECT_FILE, PartialDocument, PartialPlatform, PartialStateConfig, Platform,
    PostgresStateConfig, Project, Provider, RuleLevel, S3StateConfig, Safety, StateAddress,
    StateConfig, Version, WholePercent,
};
pub use reference::{Inside, Link, Links, Place, Reference, Strength};
pub use scalars::{
    At, Day, Discount, Field, Percent, Points, Price, Text, Title, Until, WholeNumber,
};
pub use times::{Sense, Time, Times};
pub use wire::{
    WireError, WireInstant, WireMoney, from_json, instant_value, money, money_value,
    normal_attributes, normalise, to_json,
};

use crate::diag::Diagnostics;
use crate::model::{Attributes, Instant, Moment, Path, Value};
use crate::source::Span;
use crate::yaml::{DeError, Node};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

/// What a kind of document is and knows.
pub trait Kind: Sized + Clone + std::fmt::Debug + DeserializeOwned + JsonSchema {
    /// The text of `kind:`.
    const ID: &'static str;
    /// One line for lists and the schema's title.
    const SUMMARY: &'static str;
    /// A whole document as an example; a test reads it.
    const EXAMPLE: &'static str;
    /// Its objects on the platform, if it has any.
    const COLLECTION: Option<&'static Collection> = None;

    /// Findings that need nothing but this document and its surroundings.
    fn check(&self, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        let _ = (document, findings);
    }

    /// Names everything that this document refers to, with its place.
    fn links(&self, links: &mut Links) {
        let _ = links;
    }

    /// Names every absolute time in this document, with its place. What counts from something else
    /// is none.
    fn times(&self, times: &mut Times) {
        let _ = times;
    }

    /// Of a mirror of something on the platform: that object in the platform's form, with its id.
    /// An embedded platform that does not know it yet is given it.
    fn mirror(&self, name: &str) -> Option<serde_json::Value> {
        let _ = name;
        None
    }

    /// Lists inside the encoded attributes that follow from the whole project: an object that was
    /// saved before is not changed because of them alone.
    fn derived(&self) -> Vec<Path> {
        Vec::new()
    }

    /// The declared attributes in the names of the platform contract. `None` for kinds that are
    /// not written.
    fn encode(&self, surroundings: &dyn Surroundings) -> Option<Attributes> {
        let _ = surroundings;
        None
    }

    /// The inverse: the fields of a document that declares these attributes of the object with this
    /// id. What is not among them is not declared.
    ///
    /// # Errors
    /// Something in them cannot be written in the language.
    fn decode(
        id: i64,
        attributes: &Attributes,
        naming: &dyn Naming,
    ) -> Result<Fields, Inexpressible> {
        let _ = (id, attributes, naming);
        Err(Inexpressible(format!(
            "a {} is not on the platform",
            Self::ID
        )))
    }
}

/// Places of a document, for findings.
#[derive(Clone, Copy, Debug)]
pub struct DocumentPlaces<'a> {
    /// The whole document, defaults and copied fields merged in.
    pub node: &'a Node,
}

impl DocumentPlaces<'_> {
    /// The value at a path, or the innermost value on the way that exists.
    pub fn span(&self, path: &Path) -> Span {
        self.node.descend(&path.0).span
    }

    /// The key at the end of a path; the document's `name` if there is none.
    pub fn key(&self, path: &Path) -> Span {
        self.node.key_span(&path.0).unwrap_or_else(|| self.name())
    }

    /// What a link's finding points at: the value or the key that names the other document.
    pub fn link(&self, link: &Link) -> Span {
        match link.place {
            Place::Value => self.span(&link.path),
            Place::Key => self.key(&link.path),
        }
    }

    /// The document's `name`.
    pub fn name(&self) -> Span {
        self.node
            .get("name")
            .map_or(self.node.span, |name| name.span)
    }
}

/// What a document is encoded with: the facts that only the whole project knows.
///
/// `compile` answers. Every method that is given a `Path` reports what is wrong there itself and
/// returns `None`; the caller leaves the attribute out.
pub trait Surroundings {
    /// The document's name.
    fn name(&self) -> &str;
    /// The instant of a time written at `path`. A bare date is the start of that local day.
    fn instant(&self, moment: &Moment, path: &Path) -> Option<Instant>;
    /// The exclusive end written at `path`: an instant, or the end of a bare date's local day.
    fn end(&self, moment: &Moment, path: &Path) -> Option<Instant>;
    /// The platform's id of what is referred to: a [`Value::Ref`] for objects of the project.
    fn reference(&self, kind: &str, reference: &Reference) -> Value;
    /// The mirror of a course, if it is declared.
    fn course(&self, reference: &Reference) -> Option<&course::Course>;
    /// Every offer that sells a course: references to the declared ones and to none other.
    fn offers_of_course(&self, reference: &Reference) -> Vec<Value>;
    /// The schedule of product number `product` of this offer, whose `cohort` is set: the
    /// cohort's, compiled. In the platform contract's form,
    /// `{"source": "own", "base": "scratch" | "course", "openings": […]}`.
    fn schedule(&self, product: usize) -> Option<Value>;
    /// The body of this letter, filled in and rendered.
    fn letter(&self) -> Option<RenderedLetter>;
}

/// A letter as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedLetter {
    /// The subject; text or late text.
    pub subject: Value,
    /// The body as HTML.
    pub html: Value,
    /// The body as plain text.
    pub text: Value,
}

/// A row of [`KINDS`]: a [`Kind`] without its type.
#[derive(Clone, Copy)]
pub struct KindInfo {
    /// [`Kind::ID`].
    pub id: &'static str,
    /// [`Kind::SUMMARY`].
    pub summary: &'static str,
    /// [`Kind::EXAMPLE`].
    pub example: &'static str,
    /// [`Kind::COLLECTION`].
    pub collection: Option<&'static Collection>,
    /// The schema of the kind's own fields, without those common to all kinds.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// Reads the kind's own fields; the common ones must have been taken out.
    pub parse: fn(&Node) -> Result<Spec, DeError>,
    /// [`Kind::decode`].
    pub decode: fn(i64, &Attributes, &dyn Naming) -> Result<Fields, Inexpressible>,
}

impl std::fmt::Debug for KindInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KindInfo({})", self.id)
    }
}

macro_rules! catalogue {
    ($($variant:ident($ty:ty),)+) => {
        /// A document's own fields, typed.
        #[derive(Clone, Debug)]
        pub enum Spec {
            $(#[doc = concat!("A `", stringify!($variant), "`.")] $variant(Box<$ty>),)+
        }

        /// Every kind, in the order in which the language names them.
        pub static KINDS: &[KindInfo] = &[$(KindInfo {
            id: <$ty as Kind>::ID,
            summary: <$ty as Kind>::SUMMARY,
            example: <$ty as Kind>::EXAMPLE,
            collection: <$ty as Kind>::COLLECTION,
            schema: <$ty as JsonSchema>::json_schema,
            parse: |node| {
                crate::yaml::from_node_without(node, META_FIELDS)
                    .map(|spec: $ty| Spec::$variant(Box::new(spec)))
            },
            decode: <$ty as Kind>::decode,
        },)+];

        impl Spec {
            /// The kind's row.
            pub fn kind(&self) -> &'static str {
                match self { $(Spec::$variant(_) => <$ty as Kind>::ID,)+ }
            }

            /// See [`Kind::check`].
            pub fn check(&self, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
                match self { $(Spec::$variant(spec) => spec.check(document, findings),)+ }
            }

            /// See [`Kind::links`].
            pub fn links(&self) -> Vec<Link> {
                let mut links = Links::default();
                match self { $(Spec::$variant(spec) => spec.links(&mut links),)+ }
                links.into_vec()
            }

            /// See [`Kind::times`].
            pub fn times(&self) -> Vec<Time> {
                let mut times = Times::default();
                match self { $(Spec::$variant(spec) => spec.times(&mut times),)+ }
                times.into_vec()
            }

            /// See [`Kind::mirror`].
            pub fn mirror(&self, name: &str) -> Option<serde_json::Value> {
                match self { $(Spec::$variant(spec) => spec.mirror(name),)+ }
            }

            /// See [`Kind::derived`].
            pub fn derived(&self) -> Vec<Path> {
                match self { $(Spec::$variant(spec) => spec.derived(),)+ }
            }

            /// See [`Kind::encode`].
            pub fn encode(&self, surroundings: &dyn Surroundings) -> Option<Attributes> {
                match self { $(Spec::$variant(spec) => spec.encode(surroundings),)+ }
            }
        }
    };
}

catalogue! {
    Course(course::Course),
    Cohort(cohort::Cohort),
    Offer(offer::Offer),
    Coupon(coupon::Coupon),
    List(list::List),
    Letter(letter::Letter),
    Scenario(scenario::Scenario),
    Pass(pass::Pass),
    Pack(pack::Pack),
    Removed(removed::Removed),
    Test(test::Test),
}

/// The field of a product that names a cohort.
pub const LAUNCH_FIELD: &str = <cohort::Cohort as Kind>::ID;

/// The kind and the fields of a cohort with this schedule of a course, as it stands in an offer.
///
/// # Errors
/// It is no schedule of an offer's own, or a part of the course is not known.
pub fn cohort_of_schedule(
    course: &Value,
    schedule: &Value,
    naming: &dyn Naming,
) -> Result<(&'static str, Fields), Inexpressible> {
    let fields = cohort::decode::decode(course, schedule, naming)?;
    Ok((<cohort::Cohort as Kind>::ID, fields))
}

/// The row of a kind.
pub fn kind(id: &str) -> Option<&'static KindInfo> {
    KINDS.iter().find(|kind| kind.id == id)
}

/// The kind whose objects live under a path of the platform contract (`offers`).
pub fn kind_of_collection(path: &str) -> Option<&'static KindInfo> {
    KINDS.iter().find(|kind| {
        kind.collection
            .is_some_and(|collection| collection.path == path)
    })
}

#[cfg(test)]
mod tests;
