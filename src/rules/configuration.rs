//! What rules are given.

use super::release::Releases;
use crate::domain::schedule::Timetable;
use crate::domain::zone::Zone;
use crate::kinds::cohort::Cohort;
use crate::kinds::coupon::Coupon;
use crate::kinds::course::Course;
use crate::kinds::letter::Letter;
use crate::kinds::list::List;
use crate::kinds::offer::Offer;
use crate::kinds::pack::Pack;
use crate::kinds::pass::Pass;
use crate::kinds::scenario::Scenario;
use crate::kinds::test::Test;
use crate::kinds::{Document, DocumentPlaces, Index, Kind, Link, Project, Reference, Spec};
use crate::model::{Address, BaseState, Instant, Moment, Path};
use crate::source::Span;
use crate::yaml::Node;
use std::collections::BTreeMap;

/// The configuration of one environment, read.
pub struct Configuration<'a> {
    /// Every document that counts, and finding them by name.
    pub index: &'a Index<'a>,
    /// bursar.yaml; `None` if it could not be read.
    pub settings: Option<&'a Project>,
    /// The tree of bursar.yaml.
    pub project: &'a Node,
    /// The project's time zone.
    pub zone: &'a Zone,
    /// The clock.
    pub now: Instant,
    /// The schedules of cohorts whose course is known, by the cohort's address.
    pub timetables: &'a BTreeMap<Address, Timetable>,
    /// What each document refers to, in the order of the documents.
    pub links: &'a [Vec<Link>],
    /// What was applied last, by address, if the state is at hand.
    pub applied: Option<&'a BaseState>,
    /// What opens when, by cohort: read once, by the first rule that asks.
    pub releases: Releases<'a>,
}

macro_rules! of_kind {
    ($($method:ident: $variant:ident($ty:ty), $doc:literal;)+) => {
        impl<'a> Configuration<'a> {
            $(
                #[doc = $doc]
                pub fn $method(&self) -> impl Iterator<Item = (&'a Document, &'a $ty)> + use<'a> {
                    let documents = self.index.of_kind(<$ty as Kind>::ID).iter();
                    documents.filter_map(|document| match &document.spec {
                        Spec::$variant(spec) => Some((*document, &**spec)),
                        _ => None,
                    })
                }
            )+
        }
    };
}

of_kind! {
    courses: Course(Course), "Every course, by address.";
    cohorts: Cohort(Cohort), "Every cohort, by address.";
    offers: Offer(Offer), "Every offer, by address.";
    coupons: Coupon(Coupon), "Every coupon, by address.";
    lists: List(List), "Every list, by address.";
    letters: Letter(Letter), "Every letter, by address.";
    scenarios: Scenario(Scenario), "Every scenario, by address.";
    passes: Pass(Pass), "Every pass, by address.";
    packs: Pack(Pack), "Every pack, by address.";
    tests: Test(Test), "Every test, by address.";
}

impl<'a> Configuration<'a> {
    /// The instant of a time; a bare date is the start of that local day, a local time that a clock
    /// change skips or doubles is resolved leniently (it is reported elsewhere).
    pub fn instant(&self, moment: &Moment) -> Instant {
        match *moment {
            Moment::Offset(time) => time.to_utc(),
            Moment::Local(local) => self.zone.instant(local),
            Moment::Date(day) => self.zone.start_of_day(day),
        }
    }

    /// The exclusive end that a time in an end field means: a bare date includes its whole day.
    pub fn end(&self, moment: &Moment) -> Instant {
        match *moment {
            Moment::Date(day) => self.zone.end_of_day(day),
            Moment::Offset(_) | Moment::Local(_) => self.instant(moment),
        }
    }

    /// A list that is named.
    pub fn list(&self, reference: &Reference) -> Option<(&'a Document, &'a List)> {
        let document = self.index.find("list", reference)?;
        match &document.spec {
            Spec::List(list) => Some((document, list)),
            _ => None,
        }
    }

    /// A letter that is named.
    pub fn letter(&self, reference: &Reference) -> Option<(&'a Document, &'a Letter)> {
        let document = self.index.find("letter", reference)?;
        match &document.spec {
            Spec::Letter(letter) => Some((document, letter)),
            _ => None,
        }
    }

    /// An instant as people read it: `10 April 2026 10:00`, in the project's time zone.
    pub fn show(&self, instant: Instant) -> String {
        let local = self.zone.local(instant);
        local.format("%-d %B %Y %H:%M").to_string()
    }
}

/// The span of the value at a path of a document, or of the innermost value on the way.
pub(super) fn value(document: &Document, path: &Path) -> Span {
    DocumentPlaces {
        node: &document.node,
    }
    .span(path)
}

/// The span of the key at the end of a path; of the document's `name`, if it is not there.
pub(super) fn key(document: &Document, path: &Path) -> Span {
    DocumentPlaces {
        node: &document.node,
    }
    .key(path)
}
