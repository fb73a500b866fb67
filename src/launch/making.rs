//! The documents of a launch, one after the other: read on their own, renamed, dated anew.

use super::anchors::Anchors;
use super::calendar::{self, Redated};
use super::decision::{Decision, Topic};
use super::journeys::{Journeys, Placed};
use super::label::Naming;
use super::members::Members;
use super::release::{self, Launched, Opened, Release};
use super::rewrite::{Changed, Renames, Rewriting};
use super::standalone::{self, Standalone};
use super::{Refusal, Request, follows, form_name, notes, renamed, tree};
use crate::domain::zone::next_day;
use crate::kinds::cohort::Cohort;
use crate::kinds::course::Module;
use crate::kinds::{Document, META_FIELDS, Reference, Sense, Spec, Time, Times};
use crate::model::{Moment, Path};
use crate::source::Span;
use crate::yaml::edit::{self, Others};
use crate::yaml::{Node, Written};
use chrono::{NaiveDate, NaiveTime};
use std::collections::{BTreeMap, BTreeSet};

/// The new documents while they are made.
pub(super) struct Making<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) naming: &'a Naming,
    pub(super) members: &'a Members<'a>,
    pub(super) renames: &'a Renames,
    pub(super) cohort: &'a Cohort,
    pub(super) copy: Option<&'a Document>,
    pub(super) starts: &'a Redated,
    pub(super) days: i64,
    pub(super) release: &'a Release,
    pub(super) before: Launched<'a>,
    pub(super) program: &'a [Module],
    pub(super) codes: BTreeSet<String>,
    /// Titles that are taken, by kind.
    pub(super) titles: BTreeMap<String, BTreeSet<String>>,
    pub(super) changed: Vec<Changed>,
    pub(super) decisions: Vec<Decision>,
}

impl<'a> Making<'a> {
    /// The texts of all documents: as they were, as they are.
    pub(super) fn documents(&mut self) -> Result<(String, String), Refusal> {
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

    fn journeys<'j>(&self, before: &'j [Opened], after: &'j [Opened]) -> Option<Journeys<'j>>
    where
        'a: 'j,
    {
        let zone = self.request.zone;
        let mut anchors = Anchors::new(self.days);
        for (old, new) in release::paired(before, after) {
            anchors.add(zone.local(old), zone.local(new));
        }
        for document in &self.members.own {
            if let Spec::Test(_) | Spec::Cohort(_) = document.spec {
                continue;
            }
            for time in document.spec.times() {
                let old = match (time.sense, time.moment) {
                    (Sense::End, Moment::Date(day)) => next_day(day).and_time(NaiveTime::MIN),
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
        if self.is_like_another_launch(document) {
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
        let mut rewriting = Rewriting::new(&own, &address, document, self.request.project);
        let name = Path::root().key("name");
        rewriting.put(&name, &address.name);
        rewriting.rename(self.renames);
        rewriting.rename_in_comments(self.renames);
        let is_test = matches!(document.spec, Spec::Test(_));
        let kind = document.address.kind.to_string();
        let taken = self.titles.entry(kind).or_default();
        let title = rewriting.retitle(self.naming, (!is_test).then_some(&*taken));
        taken.extend(title);
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

    /// Whether an offer is like one that does not go along. One that does has moved in the same way.
    fn is_like_another_launch(&self, document: &Document) -> bool {
        let like = follows::offer(document).and_then(|offer| offer.like.as_ref());
        like.and_then(Reference::name).is_some_and(|name| {
            let key = ("offer".to_owned(), name.as_str().to_owned());
            !self.renames.contains_key(&key)
        })
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
    fn redated(&self, document: &Document, journeys: &Option<Journeys<'_>>) -> Vec<Placed> {
        let zone = self.request.zone;
        let mut out = Vec::new();
        let mut common = Times::default();
        document.meta.times(&mut common);
        let times = document.spec.times();
        let plain = |time: &Time| {
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
