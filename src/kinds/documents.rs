//! The documents of a run, and finding them by name.

use super::cohort::Cohort;
use super::coupon::Coupon;
use super::course::{Course, Module};
use super::offer::{CouponWord, Coupons, Offer, Product};
use super::{Meta, Reference, Spec};
use crate::model::Address;
use crate::source::Span;
use crate::yaml::Node;
use std::collections::{BTreeMap, BTreeSet};

/// A document, read: what is declared, defaults and copied fields merged in.
#[derive(Clone, Debug)]
pub struct Document {
    /// `kind.name`.
    pub address: Address,
    /// The fields that every kind has.
    pub meta: Meta,
    /// The kind's own fields.
    pub spec: Spec,
    /// The tree that both were read from; its spans are where things were written.
    pub node: Node,
}

impl Document {
    /// The place of the document's `name`.
    pub fn name_span(&self) -> Span {
        self.node
            .get("name")
            .map_or(self.node.span, |name| name.span)
    }

    /// What people call it: its title, or its name.
    pub fn title(&self) -> &str {
        let title = match &self.spec {
            Spec::Course(spec) => &spec.title,
            Spec::Cohort(spec) => &spec.title,
            Spec::Offer(spec) => &spec.title,
            Spec::Coupon(spec) => &spec.title,
            Spec::List(spec) => &spec.title,
            Spec::Letter(spec) => &spec.title,
            Spec::Scenario(spec) => &spec.title,
            Spec::Pass(spec) => &spec.title,
            Spec::Pack(spec) => &spec.title,
            Spec::Removed(spec) => &spec.title,
            Spec::Test(spec) => &spec.title,
        };
        title
            .as_ref()
            .map_or(&*self.address.name, |title| title.0.trim())
    }
}

/// A name that is taken outside of the documents of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// Declared in these environments only.
    Environments(Vec<String>),
    /// Declared in a document that could not be read; that is said there.
    Unread,
}

/// Documents by kind and name.
pub struct Index<'a> {
    documents: &'a [Document],
    kinds: BTreeMap<&'static str, BTreeMap<&'a str, &'a Document>>,
    by_kind: BTreeMap<&'static str, Vec<&'a Document>>,
    elsewhere: &'a BTreeMap<Address, Elsewhere>,
    sales: Sales<'a>,
}

/// A product of an offer, with its position there.
pub type Sold<'a> = (&'a Document, &'a Offer, usize, &'a Product);

/// Offers by what they name.
#[derive(Default)]
struct Sales<'a> {
    by_cohort: BTreeMap<&'a str, Vec<Sold<'a>>>,
    by_course: BTreeMap<&'a str, Vec<Sold<'a>>>,
    by_coupon: BTreeMap<&'a str, Vec<(&'a Document, &'a Offer)>>,
    any_coupon: Vec<(&'a Document, &'a Offer)>,
}

impl<'a> Sales<'a> {
    fn of(documents: &'a [Document]) -> Self {
        let mut sales = Sales::default();
        for document in documents {
            let Spec::Offer(offer) = &document.spec else {
                continue;
            };
            for (at, product) in offer.products.set().into_iter().flatten().enumerate() {
                let sold = (document, &**offer, at, product);
                if let Some(course) = product.course.name() {
                    sales
                        .by_course
                        .entry(course.as_str())
                        .or_default()
                        .push(sold);
                }
                if let Some(cohort) = product.cohort.set().and_then(Reference::name) {
                    sales
                        .by_cohort
                        .entry(cohort.as_str())
                        .or_default()
                        .push(sold);
                }
            }
            match offer.coupons.set() {
                Some(Coupons::Word(CouponWord::Any)) => sales.any_coupon.push((document, offer)),
                Some(Coupons::Chosen(chosen)) => {
                    let names: BTreeSet<&str> = chosen
                        .iter()
                        .filter_map(|c| Some(c.name()?.as_str()))
                        .collect();
                    for name in names {
                        sales
                            .by_coupon
                            .entry(name)
                            .or_default()
                            .push((document, offer));
                    }
                }
                Some(Coupons::Word(CouponWord::None)) | None => {}
            }
        }
        sales
    }
}

impl<'a> Index<'a> {
    /// An index of documents and of what is declared elsewhere.
    pub fn new(documents: &'a [Document], elsewhere: &'a BTreeMap<Address, Elsewhere>) -> Self {
        let mut kinds: BTreeMap<&'static str, BTreeMap<&str, &Document>> = BTreeMap::new();
        let mut by_kind: BTreeMap<&'static str, Vec<&Document>> = BTreeMap::new();
        for document in documents {
            by_kind
                .entry(document.spec.kind())
                .or_default()
                .push(document);
            let names = kinds.entry(document.spec.kind()).or_default();
            names.entry(&document.address.name).or_insert(document);
        }
        Index {
            documents,
            kinds,
            by_kind,
            elsewhere,
            sales: Sales::of(documents),
        }
    }

    /// The products that are sold with a cohort, by the offers' addresses.
    pub fn sold_with(&self, cohort: &str) -> &[Sold<'a>] {
        self.sales.by_cohort.get(cohort).map_or(&[], Vec::as_slice)
    }

    /// The products that are a course, by the offers' addresses.
    pub fn sales_of(&self, course: &str) -> &[Sold<'a>] {
        self.sales.by_course.get(course).map_or(&[], Vec::as_slice)
    }

    /// The offers that name a coupon, then those that accept any.
    pub fn accepting(&self, coupon: &str) -> impl Iterator<Item = (&'a Document, &'a Offer)> {
        let named = self.sales.by_coupon.get(coupon);
        let named = named.into_iter().flatten().copied();
        named.chain(self.sales.any_coupon.iter().copied())
    }

    /// All documents, by address.
    pub fn documents(&self) -> &'a [Document] {
        self.documents
    }

    /// All documents of a kind, by address.
    pub fn of_kind(&self, kind: &str) -> &[&'a Document] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The document of a name.
    pub fn get(&self, kind: &str, name: &str) -> Option<&'a Document> {
        self.kinds.get(kind)?.get(name).copied()
    }

    /// The document that a reference names.
    pub fn find(&self, kind: &str, reference: &Reference) -> Option<&'a Document> {
        self.get(kind, reference.name()?.as_str())
    }

    /// The names of a kind, in order.
    pub fn names(&self, kind: &str) -> impl Iterator<Item = &'a str> {
        self.kinds
            .get(kind)
            .into_iter()
            .flat_map(|names| names.keys().copied())
    }

    /// The other kinds that have a document of a name.
    pub fn kinds_of(&self, name: &str) -> Vec<&'static str> {
        let kinds = self.kinds.iter();
        kinds
            .filter(|(_, names)| names.contains_key(name))
            .map(|(kind, _)| *kind)
            .collect()
    }

    /// Whether a name that no document has is taken elsewhere.
    pub fn elsewhere(&self, kind: &str, name: &str) -> Option<&'a Elsewhere> {
        self.elsewhere.get(&Address::new(kind, name))
    }

    /// Whether a document that could not be read may be one of a kind.
    pub fn has_unread(&self, kind: &str) -> bool {
        let mut elsewhere = self.elsewhere.iter();
        elsewhere.any(|(address, what)| &*address.kind == kind && *what == Elsewhere::Unread)
    }

    /// The document that once had a name.
    pub fn renamed(&self, kind: &str, name: &str) -> Option<&'a Document> {
        self.documents.iter().find(|document| {
            let mut previous = document.meta.previous_names.iter();
            document.spec.kind() == kind && previous.any(|previous| previous.as_str() == name)
        })
    }

    /// The course that a reference names.
    pub fn course(&self, reference: &Reference) -> Option<(&'a Document, &'a Course)> {
        let document = self.find("course", reference)?;
        let Spec::Course(course) = &document.spec else {
            return None;
        };
        Some((document, course))
    }

    /// The cohort that a reference names.
    pub fn cohort(&self, reference: &Reference) -> Option<(&'a Document, &'a Cohort)> {
        let document = self.find("cohort", reference)?;
        let Spec::Cohort(cohort) = &document.spec else {
            return None;
        };
        Some((document, cohort))
    }

    /// The offer that a reference names.
    pub fn offer(&self, reference: &Reference) -> Option<(&'a Document, &'a Offer)> {
        let document = self.find("offer", reference)?;
        let Spec::Offer(offer) = &document.spec else {
            return None;
        };
        Some((document, offer))
    }

    /// The coupon that a reference names.
    pub fn coupon(&self, reference: &Reference) -> Option<(&'a Document, &'a Coupon)> {
        let document = self.find("coupon", reference)?;
        let Spec::Coupon(coupon) = &document.spec else {
            return None;
        };
        Some((document, coupon))
    }

    /// The modules of a course: its own, or those of the course that it is a copy of while the
    /// copy has not been read. The document is the one that names them.
    pub fn program(
        &self,
        document: &'a Document,
        course: &'a Course,
    ) -> (&'a Document, &'a [Module]) {
        let (mut document, mut course) = (document, course);
        let mut seen = BTreeSet::new();
        while course.modules.is_empty() && seen.insert(&document.address) {
            match course.copy_of.as_ref().and_then(|of| self.course(of)) {
                Some((original, of)) => (document, course) = (original, of),
                None => break,
            }
        }
        (document, &course.modules)
    }
}
