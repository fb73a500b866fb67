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
mod members;
mod mentions;
mod notes;
mod pauses;
mod release;
mod rewrite;
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
use crate::kinds::{At, Document, Index, META_FIELDS, Reference, Spec};
use crate::model::{Address, Moment, Name, Path};
use crate::source::{FileId, SourceMap, Span};
use crate::yaml::edit::{self, Others};
use crate::yaml::{Limits, Node, Written, format};
use calendar::Redated;
use chrono::{NaiveDate, NaiveDateTime};
use journeys::Journeys;
use label::Naming;
use members::Members;
use release::{Launched, Release};
use rewrite::{Renames, Rewriting};
use standalone::Standalone;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The texts of the project.
    pub sources: &'a SourceMap,
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
    let members = members::of(request.documents, document);
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
        "# The launch after {}, {days} days later, made by `bursar new cohort`.\n\n",
        document.address
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

/// The new documents while they are made.
struct Making<'a> {
    request: &'a Request<'a>,
    naming: &'a Naming,
    members: &'a Members<'a>,
    renames: &'a Renames,
    cohort: &'a Cohort,
    copy: Option<&'a Document>,
    starts: &'a Redated,
    days: i64,
    release: &'a Release,
    before: Launched<'a>,
    program: &'a [Module],
    codes: BTreeSet<String>,
    changed: Vec<Changed>,
    decisions: Vec<Decision>,
}

impl<'a> Making<'a> {
    /// The texts of all documents: as they were, as they are.
    fn documents(&mut self) -> Result<(String, String), Refusal> {
        let (mut old, mut new) = (String::new(), String::new());
        let written: BTreeMap<Span, &Node> = self
            .request
            .written
            .iter()
            .filter_map(|node| Some((node.get("name")?.span, node)))
            .collect();
        let before = release::openings(self.before);
        let after = release::openings(Launched {
            cohort: &self.release.cohort,
            program: self.program,
            zone: self.request.zone,
        });
        let journeys = self.journeys(&before, &after);
        for (at, document) in self.members.own.iter().enumerate() {
            let unreadable = || Refusal::Unreadable(document.address.clone());
            let node = written.get(&document.name_span()).ok_or_else(unreadable)?;
            let file = self.request.sources.text(node.span.file);
            let own = standalone::of(file, node.span).ok_or_else(unreadable)?;
            if at > 0 {
                old.push_str("---\n");
                new.push_str("---\n");
            }
            old.push_str(&own.text);
            let text = self.document(document, own, &journeys, &written);
            new.push_str(&text);
        }
        Ok((old, new))
    }

    fn journeys<'j>(
        &self,
        before: &'j [release::Opened],
        after: &'j [release::Opened],
    ) -> Option<Journeys<'j>>
    where
        'a: 'j,
    {
        let zone = self.request.zone;
        let mut anchors = anchors::Anchors::new(self.days);
        for (old, new) in release::paired(before, after) {
            anchors.add(zone.local(old), zone.local(new));
        }
        for document in &self.members.own {
            if let Spec::Test(_) | Spec::Cohort(_) = document.spec {
                continue;
            }
            for time in document.spec.times() {
                let old = match (time.sense, time.moment) {
                    (crate::kinds::Sense::End, Moment::Date(day)) => {
                        crate::domain::zone::next_day(day).and_time(chrono::NaiveTime::MIN)
                    }
                    (_, moment) => calendar::local(&moment, zone),
                };
                anchors.add(old, calendar::later(old, self.days));
            }
        }
        let own = self.members.own.iter();
        let offers = own.filter_map(|it| Some((&*it.address.name, follows::offer(it)?)));
        let lessons = self.before.program.iter().flat_map(|module| {
            let lessons = module.lessons.iter();
            lessons.map(move |lesson| (&module.name, &lesson.name))
        });
        Some(Journeys {
            zone,
            anchors,
            offers: offers.collect(),
            cohort: self.request.from,
            course: self.cohort.course.name()?,
            lessons: lessons.collect(),
            before,
            after,
        })
    }

    /// One document, renamed and dated anew.
    fn document(
        &mut self,
        document: &Document,
        own: Standalone,
        journeys: &Option<Journeys<'_>>,
        written: &BTreeMap<Span, &Node>,
    ) -> String {
        let address = renamed(&document.address, self.renames);
        let mut whole = true;
        let mut also = |(own, is_whole): (Standalone, bool)| {
            whole &= is_whole;
            own
        };
        let mut own = own;
        if follows::offer(document).is_some_and(|offer| offer.like.is_some()) {
            let likes = self.likes(document, written);
            let is_copied = |key: &str| key != "like" && !META_FIELDS.contains(&key);
            own = also(standalone::written_out(own, likes.into_iter(), is_copied));
        }
        // What was there before, and what it was called, is the earlier object's alone.
        for key in ["previous_names", "adopt"] {
            own = also(own.without(key));
        }
        if let Spec::Cohort(_) = document.spec {
            own = also(self.cohort_fields(own));
        }
        if !whole {
            self.decisions.push(Decision {
                topic: Topic::Left,
                address: address.clone(),
                path: None,
                message: "something in it is written in a form that is not changed: compare it with the earlier one".to_owned(),
            });
        }
        let mut rewriting = Rewriting::new(&own, &address);
        let name = Path::root().key("name");
        rewriting.put(&name, &address.name);
        rewriting.rename(document, self.renames);
        let is_test = matches!(document.spec, Spec::Test(_));
        rewriting.retitle(self.naming, !is_test);
        let mut code = None;
        if let Spec::Coupon(coupon) = &document.spec {
            let codes = &self.codes;
            let is_free = |code: &str| !codes.contains(&code.to_lowercase());
            let new = self.naming.code(&coupon.code.0, &is_free);
            rewriting.put(&Path::root().key("code"), &new);
            code = Some(new);
        }
        let redated = self.redated(document, journeys);
        for (path, new) in &redated {
            rewriting.redate(path, new);
        }
        if let Spec::Cohort(_) = document.spec {
            self.cohort_scalars(&mut rewriting);
        }
        let text = rewriting.text();
        let Rewriting { changed, left, .. } = rewriting;
        self.decisions.extend(left);
        let noted = notes::Noted {
            address: &address,
            document,
            text: &text,
            naming: self.naming,
            zone: self.request.zone,
            redated: &redated,
            code: code.as_deref(),
        };
        self.decisions.extend(noted.all());
        self.changed.extend(changed);
        self.codes.extend(code.map(|code| code.to_lowercase()));
        text
    }

    /// The offers that one is like, nearest first, as they are written.
    fn likes<'w>(&self, document: &Document, written: &BTreeMap<Span, &'w Node>) -> Vec<&'w Node> {
        let find = |name: &str| {
            let mut all = self.request.documents.iter();
            all.find(|it| &*it.address.kind == "offer" && &*it.address.name == name)
        };
        let mut out = Vec::new();
        let mut seen = BTreeSet::new();
        let mut at = Some(document);
        while let Some(document) = at.filter(|it| seen.insert(&it.address)) {
            let like = follows::offer(document).and_then(|offer| offer.like.as_ref());
            at = like
                .and_then(Reference::name)
                .and_then(|it| find(it.as_str()));
            out.extend(at.and_then(|it| written.get(&it.name_span()).copied()));
        }
        out
    }

    /// The new times of a document, by their places.
    fn redated(
        &self,
        document: &Document,
        journeys: &Option<Journeys<'_>>,
    ) -> Vec<journeys::Placed> {
        let zone = self.request.zone;
        let mut out = Vec::new();
        let mut common = crate::kinds::Times::default();
        document.meta.times(&mut common);
        let times = document.spec.times();
        let plain = |time: &crate::kinds::Time| {
            let new = calendar::later(calendar::local(&time.moment, zone), self.days);
            (time.path.clone(), calendar::redate(&time.moment, new, zone))
        };
        match (&document.spec, journeys) {
            (Spec::Cohort(_), _) => {
                out.extend(self.release.openings.iter().cloned());
                if self.cohort.starts.is_some() {
                    out.push((Path::root().key("starts"), self.starts.clone()));
                }
            }
            (Spec::Test(test), Some(journeys)) => out.extend(journeys.of(test, &times)),
            (_, _) => out.extend(times.iter().map(plain)),
        }
        out.extend(common.into_vec().iter().map(plain));
        out
    }

    /// What the new cohort has and the old one lacks; its pauses, where there are more or fewer.
    fn cohort_fields(&self, mut own: Standalone) -> (Standalone, bool) {
        let mut whole = true;
        let mut also = |(own, is_whole): (Standalone, bool)| {
            whole &= is_whole;
            own
        };
        let mut wanted = Vec::new();
        if let Some(course) = own.node.get("course").and_then(Node::as_str) {
            wanted.push(("course", Written::text(course)));
        }
        let values = [
            ("follows", self.request.from),
            ("launch", form_name(self.request.launch)),
            ("starts", self.starts.text.as_str()),
        ];
        for (key, value) in values {
            if own.node.get(key).is_none() {
                wanted.push((key, Written::text(value)));
            }
        }
        let wanted = Written::map(wanted);
        let edited = edit::set(&own.text, &own.node, &[], &wanted, Others::Stay);
        own = also(own.edited(&edited));
        let skip = Path::root().key("schedule").key("every").key("skip");
        let before = tree::value(&own.node, &skip).and_then(Node::as_sequence);
        let before = before.map(<[Node]>::len);
        if let (Some(before), Some(pauses)) = (before, &self.release.pauses)
            && before != pauses.len()
        {
            let edited = if pauses.is_empty() {
                edit::remove(&own.text, &own.node, &skip.0)
            } else {
                let days = pauses.iter().map(|pause| {
                    let day = |day: NaiveDate| Written::text(day.to_string());
                    Written::map([("from", day(pause.from)), ("to", day(pause.to))])
                });
                let wanted = Written::List(days.collect());
                edit::set(&own.text, &own.node, &skip.0, &wanted, Others::Stay)
            };
            own = also(own.edited(&edited));
        }
        for (path, new) in &self.release.settled {
            let wanted = Written::text(&*new.text);
            let edited = edit::set(&own.text, &own.node, &path.0, &wanted, Others::Stay);
            own = also(own.edited(&edited));
        }
        (own, whole)
    }

    /// What both cohorts have, with other values.
    fn cohort_scalars(&self, rewriting: &mut Rewriting<'_>) {
        let root = Path::root();
        rewriting.put(&root.key("follows"), self.request.from);
        rewriting.put(&root.key("launch"), form_name(self.request.launch));
        if let Some(copy) = self.copy {
            rewriting.put(&root.key("course"), &copy.address.name);
        }
        let skip = root.key("schedule").key("every").key("skip");
        for (at, pause) in self.release.pauses.iter().flatten().enumerate() {
            let path = skip.index(at);
            rewriting.put(&path.key("from"), &pause.from.to_string());
            rewriting.put(&path.key("to"), &pause.to.to_string());
        }
    }
}
