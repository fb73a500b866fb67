//! From one cohort to the next: the documents of a launch renamed and dated anew.
//!
//! ```text
//! documents ─members→ what belongs to the launch
//!           ─label→ new names, titles, codes      ─release→ new schedule
//!           ─standalone→ texts of their own       ─rewrite→ one text, with what is left to decide
//! ```
//!
//! Pure: documents, texts and a start in; a text and decisions out.

mod anchors;
mod calendar;
mod decision;
mod follows;
mod journeys;
mod label;
mod making;
mod members;
mod mentions;
mod notes;
mod pauses;
mod release;
mod rewrite;
mod spoken;
mod standalone;
mod tree;
mod words;

pub use calendar::Clock;
pub use decision::{Decision, Topic};
pub use follows::{FORMS, form_means, form_name};
pub use members::Kept;
pub use rewrite::Changed;

pub use crate::kinds::cohort::Launch as Form;

use crate::diag::nearest;
use crate::domain::zone::Zone;
use crate::kinds::cohort::{Cohort, Launch};
use crate::kinds::course::Module;
use crate::kinds::{At, Document, Index, Reference, Spec};
use crate::model::{Address, Moment, Name};
use crate::source::{FileId, SourceMap};
use crate::yaml::{Limits, Node, format};
use calendar::Redated;
use chrono::{NaiveDate, NaiveDateTime};
use label::Naming;
use making::Making;
use members::Members;
use release::Launched;
use rewrite::Renames;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The texts of the project.
    pub sources: &'a SourceMap,
    /// The file of `bursar.yaml`: what stands there is every document's.
    pub project: FileId,
    /// Its documents, typed.
    pub documents: &'a [Document],
    /// Its documents as they are written, nothing filled in.
    pub written: &'a [Node],
    /// Its time zone.
    pub zone: &'a Zone,
    /// The language of names and titles, if it is known: `fr`.
    pub language: Option<&'static str>,
    /// The name of the cohort to start from.
    pub from: &'a str,
    /// When the new one starts; at the same hour, if it is a bare date.
    pub starts: Moment,
    /// The new one's name, if it is chosen.
    pub name: Option<&'a str>,
    /// The form of the launch.
    pub launch: Launch,
    /// The copy of the course, for a launch of one.
    pub course: Option<&'a str>,
}

/// The next launch.
#[derive(Clone, Debug)]
pub struct NextCohort {
    /// The new cohort.
    pub address: Address,
    /// The one before.
    pub follows: Address,
    /// The file of the one before.
    pub file: FileId,
    /// Its form.
    pub launch: Launch,
    /// What follows from the form, a sentence each.
    pub consequences: Vec<String>,
    /// The start of the one before, on the project's clocks.
    pub started: NaiveDateTime,
    /// The start, on the project's clocks.
    pub starts: NaiveDateTime,
    /// Calendar days between the starts.
    pub days: i64,
    /// The documents, by their old and new addresses, in the order of the text.
    pub renamed: Vec<(Address, Address)>,
    /// The dates that changed.
    pub changed: Vec<Changed>,
    /// What a person must decide or look at.
    pub decisions: Vec<Decision>,
    /// What the launch shares with others, and is not copied.
    pub shared: Vec<Kept>,
    /// Tests that speak of other cohorts too, and are not copied.
    pub left: Vec<Kept>,
    /// The documents as they were, in the order of the text.
    pub before: String,
    /// The new text.
    pub text: String,
    naming: Naming,
}

/// Why there is no next launch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such cohort.
    #[error("there is no cohort `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// The cohort that was probably meant.
        near: Option<String>,
    },
    /// The new name is taken.
    #[error("cohort.{0} exists already")]
    Taken(String),
    /// It is no name.
    #[error("`{name}` is no name: {why}")]
    BadName {
        /// The text.
        name: String,
        /// Why not.
        why: String,
    },
    /// Nothing in the cohort says when it starts.
    #[error("nothing in cohort.{0} says when it started")]
    NoStart(String),
    /// A copy is to be launched, and it is not known.
    #[error("a launch of a copy needs the copy's program: its modules have ids of their own")]
    NoCopy {
        /// The course that is copied.
        course: String,
    },
    /// A course is named where none is needed.
    #[error("`{0}` launches the course of the cohort before")]
    CourseNotNeeded(&'static str),
    /// No such course.
    #[error("there is no course `{name}`")]
    UnknownCourse {
        /// The name.
        name: String,
        /// The course that was probably meant.
        near: Option<String>,
    },
    /// The copy is the course itself.
    #[error("`{0}` is the course of the cohort before, and no copy of it")]
    SameCourse(String),
    /// A document's text could not be taken over: a fault of bursar.
    #[error("the text of {0} could not be taken over")]
    Unreadable(Address),
}

/// Makes the next launch of a cohort.
///
/// # Errors
/// What is asked for does not fit the project.
pub fn next_cohort(request: &Request<'_>) -> Result<NextCohort, Refusal> {
    let elsewhere = BTreeMap::new();
    let index = Index::new(request.documents, &elsewhere);
    let (document, cohort) = cohort_of(&index, request.from)?;
    let copy = copy_of(&index, cohort, request)?;
    let started =
        start_of(cohort, request.zone).ok_or_else(|| Refusal::NoStart(request.from.to_owned()))?;
    let starts = new_start(cohort, started, request);
    let days = (starts.local.date() - started.date()).num_days();
    let naming = name_it(&index, request, started.date(), starts.local.date())?;
    let members = members::of(request.documents, document, request.project);
    let renames = renames(&members, &index, &naming, cohort, copy);

    let program = |course: &Reference| program_of(&index, course);
    let old_program = program(&cohort.course);
    let new_program = copy.map_or(old_program, |copy| {
        program(&Reference::Name(Name(copy.address.name.clone())))
    });
    let before = Launched {
        cohort,
        program: old_program,
        zone: request.zone,
    };
    let at = At(starts.text.parse().unwrap_or(Moment::Local(starts.local)));
    let release = release::next(before, new_program, at, days);

    let mut making = Making {
        request,
        naming: &naming,
        members: &members,
        renames: &renames,
        cohort,
        copy,
        starts: &starts,
        days,
        release: &release,
        before,
        program: new_program,
        codes: codes(request.documents),
        titles: titles(request.documents),
        changed: Vec::new(),
        decisions: Vec::new(),
    };
    let (old, new) = making.documents()?;
    let Making {
        changed,
        mut decisions,
        ..
    } = making;
    notes::of_schedule(
        &release,
        cohort,
        &address(&naming),
        request.documents,
        (started, starts.local),
        &mut decisions,
    );
    decisions.sort_by(|a, b| (a.topic, &a.address).cmp(&(b.topic, &b.address)));
    let header = format!(
        "# The launch after {}, {}, made by `bursar new cohort`.\n\n",
        document.address,
        distance(days)
    );
    let text = format!("{header}{new}");
    let text = format(&text, &Limits::default())
        .map_err(|_| Refusal::Unreadable(document.address.clone()))?;
    let own = members.own.iter().copied();
    let reach = follows::reach(own.filter_map(follows::offer), request.zone);
    let course = cohort.course.name().map_or("", Name::as_str);
    Ok(NextCohort {
        address: address(&naming),
        follows: document.address.clone(),
        file: document.node.span.file,
        launch: request.launch,
        consequences: follows::of(
            request.launch,
            document,
            course,
            copy.map(|copy| &*copy.address.name),
            request.zone.instant(starts.local),
            reach,
            request.zone,
        ),
        started,
        starts: starts.local,
        days,
        renamed: members
            .own
            .iter()
            .map(|it| (it.address.clone(), renamed(&it.address, &renames)))
            .collect(),
        changed,
        decisions,
        shared: members.shared,
        left: members.left,
        before: format(&old, &Limits::default()).unwrap_or(old),
        text,
        naming,
    })
}

impl NextCohort {
    /// Where the new file goes if nobody says: beside the file of the cohort before, in a folder
    /// that is called after the new launch where that one is called after the old.
    pub fn place(&self, file_before: &str) -> String {
        let name = self.naming.cohort();
        match file_before.rsplit_once('/') {
            Some((folder, _)) => format!("{}/{name}.yaml", self.naming.folder(folder)),
            None => format!("{name}.yaml"),
        }
    }
}

/// `175 days later`
pub fn distance(days: i64) -> String {
    let (count, side) = (
        days.unsigned_abs(),
        if days < 0 { "earlier" } else { "later" },
    );
    match count {
        1 => format!("1 day {side}"),
        _ => format!("{count} days {side}"),
    }
}

fn address(naming: &Naming) -> Address {
    Address::new("cohort", naming.cohort())
}

fn renamed(address: &Address, renames: &Renames) -> Address {
    let key = (address.kind.to_string(), address.name.to_string());
    match renames.get(&key) {
        Some(name) => Address::new(address.kind.clone(), name.as_str()),
        None => address.clone(),
    }
}

fn cohort_of<'a>(index: &Index<'a>, name: &str) -> Result<(&'a Document, &'a Cohort), Refusal> {
    let document = index.get("cohort", name);
    match document.map(|document| (document, &document.spec)) {
        Some((document, Spec::Cohort(cohort))) => Ok((document, cohort)),
        Some(_) | None => Err(Refusal::Unknown {
            name: name.to_owned(),
            near: nearest(name, index.names("cohort")).map(str::to_owned),
        }),
    }
}

/// The copy that is launched, if the form asks for one.
fn copy_of<'a>(
    index: &Index<'a>,
    cohort: &Cohort,
    request: &Request<'_>,
) -> Result<Option<&'a Document>, Refusal> {
    let own = cohort.course.name().map_or("", Name::as_str);
    match (request.launch, request.course) {
        (Launch::CourseCopy, None) => Err(Refusal::NoCopy {
            course: own.to_owned(),
        }),
        (Launch::CourseCopy, Some(name)) if name == own => {
            Err(Refusal::SameCourse(name.to_owned()))
        }
        (Launch::CourseCopy, Some(name)) => match index.get("course", name) {
            Some(document) => Ok(Some(document)),
            None => Err(Refusal::UnknownCourse {
                name: name.to_owned(),
                near: nearest(name, index.names("course")).map(str::to_owned),
            }),
        },
        (Launch::ScheduleOnly | Launch::CourseEdited, None) => Ok(None),
        (form @ (Launch::ScheduleOnly | Launch::CourseEdited), Some(_)) => {
            Err(Refusal::CourseNotNeeded(form_name(form)))
        }
    }
}

/// When a cohort started: `starts`, else its first absolute opening.
fn start_of(cohort: &Cohort, zone: &Zone) -> Option<NaiveDateTime> {
    if let Some(starts) = cohort.starts {
        return Some(calendar::local(&starts.0, zone));
    }
    let times = Spec::Cohort(Box::new(cohort.clone())).times();
    let openings = times.iter().filter(|time| !release::is_pause(&time.path));
    openings
        .map(|time| calendar::local(&time.moment, zone))
        .min()
}

/// The new start, in the form of the old one.
fn new_start(cohort: &Cohort, started: NaiveDateTime, request: &Request<'_>) -> Redated {
    let local = match request.starts {
        Moment::Date(day) => day.and_time(started.time()),
        Moment::Local(local) => local,
        Moment::Offset(time) => request.zone.local(time.to_utc()),
    };
    let form = cohort.starts.map_or(Moment::Local(started), |it| it.0);
    calendar::redate(&form, local, request.zone)
}

fn name_it(
    index: &Index<'_>,
    request: &Request<'_>,
    old: NaiveDate,
    new: NaiveDate,
) -> Result<Naming, Refusal> {
    let naming = Naming::new(request.from, old, new, request.name, request.language);
    let name = naming.cohort();
    if let Err(error) = Name::check(name) {
        return Err(Refusal::BadName {
            name: name.to_owned(),
            why: error.to_string(),
        });
    }
    if index.get("cohort", name).is_some() {
        return Err(Refusal::Taken(name.to_owned()));
    }
    Ok(naming)
}

fn program_of<'a>(index: &Index<'a>, course: &Reference) -> &'a [Module] {
    index
        .course(course)
        .map_or(&[], |(document, course)| index.program(document, course).1)
}

fn renames(
    members: &Members<'_>,
    index: &Index<'_>,
    naming: &Naming,
    cohort: &Cohort,
    copy: Option<&Document>,
) -> Renames {
    let mut renames = Renames::new();
    let mut taken: BTreeSet<(String, String)> = BTreeSet::new();
    for document in &members.own {
        let Address { kind, name } = &document.address;
        let is_free = |new: &str| {
            index.get(kind, new).is_none() && !taken.contains(&(kind.to_string(), new.to_owned()))
        };
        let new = match &document.spec {
            Spec::Cohort(_) => naming.cohort().to_owned(),
            _ => naming.name(name, &is_free),
        };
        taken.insert((kind.to_string(), new.clone()));
        renames.insert((kind.to_string(), name.to_string()), new);
    }
    if let (Some(course), Some(copy)) = (cohort.course.name(), copy) {
        let key = ("course".to_owned(), course.as_str().to_owned());
        renames.insert(key, copy.address.name.to_string());
    }
    renames
}

/// The titles that are taken, by kind.
fn titles(documents: &[Document]) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for document in documents {
        let titles = out.entry(document.address.kind.to_string()).or_default();
        titles.insert(document.title().to_owned());
    }
    out
}

/// The codes that clients type, letter case aside.
fn codes(documents: &[Document]) -> BTreeSet<String> {
    let codes = documents
        .iter()
        .filter_map(|document| match &document.spec {
            Spec::Coupon(coupon) => Some(coupon.code.0.to_lowercase()),
            _ => None,
        });
    codes.collect()
}
