//! What each document is encoded with.

use super::letters::Letters;
use super::schedules::{Schedules, clock_change};
use crate::diag::Diagnostics;
use crate::domain::zone::{Resolved, Zone};
use crate::kinds::course::Course;
use crate::kinds::{Document, Index};
use crate::kinds::{Reference, RenderedLetter, Spec, Surroundings};
use crate::model::{Address, Instant, Moment, Path, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The facts that hold for all documents.
pub(super) struct Facts<'a> {
    pub(super) index: &'a Index<'a>,
    pub(super) zone: &'a Zone,
    pub(super) schedules: &'a Schedules,
    pub(super) sellers: &'a Sellers,
    pub(super) letters: &'a Letters<'a>,
}

/// The offers that sell each course.
#[derive(Debug, Default)]
pub(super) struct Sellers {
    by_name: BTreeMap<Box<str>, Vec<Address>>,
    by_id: BTreeMap<i64, Vec<Address>>,
}

impl Sellers {
    /// Who sells what. A course that is declared with its id is the same by name and by id.
    pub(super) fn new(index: &Index<'_>) -> Self {
        let mut sellers = Sellers::default();
        for document in index.documents() {
            let Spec::Offer(offer) = &document.spec else {
                continue;
            };
            for product in offer.products.set().into_iter().flatten() {
                let of = match &product.course {
                    Reference::Name(name) => {
                        sellers.by_name.entry(name.as_str().into()).or_default()
                    }
                    Reference::Outside { id, .. } => sellers.by_id.entry(*id).or_default(),
                };
                if !of.contains(&document.address) {
                    of.push(document.address.clone());
                }
            }
        }
        sellers
    }

    fn of(&self, index: &Index<'_>, course: &Reference) -> Vec<Address> {
        let (name, id) = match course {
            Reference::Name(name) => {
                let id = index.course(course).and_then(|(_, course)| course.id);
                (Some(name.as_str()), id.map(|id| id.0))
            }
            Reference::Outside { id, .. } => {
                let declared = index.names("course").find(|name| {
                    let document = index.get("course", name);
                    let spec = document.map(|document| &document.spec);
                    matches!(spec, Some(Spec::Course(course)) if course.id.is_some_and(|own| own.0 == *id))
                });
                (declared, Some(*id))
            }
        };
        let by_name = name.and_then(|name| self.by_name.get(name));
        let by_id = id.and_then(|id| self.by_id.get(&id));
        let mut all: Vec<Address> = by_name
            .into_iter()
            .chain(by_id)
            .flatten()
            .cloned()
            .collect();
        all.sort();
        all.dedup();
        all
    }
}

/// The facts, as one document sees them. What is wrong is kept in `findings`.
pub(super) struct View<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) document: &'a Document,
    pub(super) findings: RefCell<Diagnostics>,
}

impl View<'_> {
    /// The instant of a local time; what a clock change does to it is reported.
    fn local(&self, local: chrono::NaiveDateTime, path: &Path) -> Option<Instant> {
        let zone = self.facts.zone;
        match zone.resolve(local) {
            Resolved::One(instant) => Some(instant),
            resolved @ (Resolved::Skipped { .. } | Resolved::Doubled { .. }) => {
                let place = self.document.node.descend(&path.0).span;
                if let Some(finding) = clock_change(local, resolved, zone, place) {
                    let finding = finding.about(&self.document.address);
                    self.findings.borrow_mut().push(finding);
                }
                None
            }
        }
    }
}

impl Surroundings for View<'_> {
    fn name(&self) -> &str {
        &self.document.address.name
    }

    fn instant(&self, moment: &Moment, path: &Path) -> Option<Instant> {
        match *moment {
            Moment::Offset(time) => Some(time.to_utc()),
            Moment::Local(local) => self.local(local, path),
            Moment::Date(day) => Some(self.facts.zone.start_of_day(day)),
        }
    }

    fn end(&self, moment: &Moment, path: &Path) -> Option<Instant> {
        match *moment {
            Moment::Offset(time) => Some(time.to_utc()),
            Moment::Local(local) => self.local(local, path),
            Moment::Date(day) => Some(self.facts.zone.end_of_day(day)),
        }
    }

    fn reference(&self, kind: &str, reference: &Reference) -> Value {
        match reference {
            Reference::Outside { id, .. } => Value::Int(*id),
            Reference::Name(name) => match self.facts.index.get(kind, name.as_str()) {
                Some(Document {
                    spec: Spec::Course(course),
                    address,
                    ..
                }) => course
                    .id
                    .map_or_else(|| Value::Ref(address.clone()), |id| Value::Int(id.0)),
                Some(document) => Value::Ref(document.address.clone()),
                // Reported where it stands; nothing is planned.
                None => Value::Ref(Address::new(kind, name.0.clone())),
            },
        }
    }

    fn course(&self, reference: &Reference) -> Option<&Course> {
        self.facts.index.course(reference).map(|(_, course)| course)
    }

    fn offers_of_course(&self, reference: &Reference) -> Vec<Value> {
        let offers = self.facts.sellers.of(self.facts.index, reference);
        offers.into_iter().map(Value::Ref).collect()
    }

    fn schedule(&self, product: usize) -> Option<Value> {
        let Spec::Offer(offer) = &self.document.spec else {
            return None;
        };
        let product = offer.products.set()?.get(product)?;
        let (cohort, _) = self.facts.index.cohort(product.cohort.set()?)?;
        self.facts.schedules.get(&cohort.address).cloned()
    }

    fn letter(&self) -> Option<RenderedLetter> {
        let Spec::Letter(letter) = &self.document.spec else {
            return None;
        };
        let mut findings = self.findings.borrow_mut();
        self.facts
            .letters
            .render(self.document, letter, &mut findings)
    }
}
