//! `test`: people, a timeline and what must happen.

use super::durations::{Counts, check_duration};
use super::forms::{by_form, present};
use super::{
    At, BuyableAddress, CourseLesson, DocumentPlaces, Kind, Links, Percent, PersonName, Reference,
    Sense, Strength, Surroundings, Text, Time, Times, Title,
};
use crate::diag::{Code, Diagnostic, Diagnostics, nearest};
use crate::model::{Attributes, Duration, Name, Path};
use crate::source::Span;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

mod deed;
mod expectation;

pub use deed::{
    Deed, Deeds, EditsOrder, Extends, Freezes, OrderByStaff, Pays, StaffDeed, TagsPerson,
};
pub use expectation::{
    AccessExpectation, AccessUntil, Because, CanBuy, Expectation, Notified, OrderExpectation,
    PriceExpectation, Purchase, UnlimitedWord,
};

/// People, a timeline and what must happen. It runs against the compiled configuration with a
/// virtual clock and never leaves the repository.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// What it shows, as a sentence; its name, if absent.
    pub title: Option<Title>,
    /// The people and what they are before the timeline begins; `{}`: a contact of whom nothing is
    /// known.
    pub people: IndexMap<PersonName, Person>,
    /// What happens and what must be so, in the order of time.
    pub timeline: Vec<Entry>,
}

/// What a person is before the timeline begins.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Person {
    /// Tags.
    pub tags: Vec<Text>,
    /// What the person has bought and paid: addresses, or with the time at which access began.
    pub bought: Vec<BoughtBefore>,
    /// Lists that the person is in, without having entered them by a scenario.
    pub lists: Vec<Reference>,
    /// Progress by course.
    pub progress: IndexMap<Name, Percent>,
    /// Lessons that the person has completed.
    pub completed: Vec<CourseLesson>,
    /// When the person registered; long ago, if absent. A time inside the timeline is an event there.
    pub registered: Option<At>,
    /// When the person was last seen; when the timeline begins, if absent.
    pub last_seen: Option<At>,
    /// Pages that the person has visited, by their addresses.
    pub visited: Vec<Text>,
    /// Webinars that the person has taken part in, by their names.
    pub webinars: Vec<Text>,
    /// Fields of the contact and their values.
    pub fields: IndexMap<Text, Text>,
}

/// What a person has bought.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum BoughtBefore {
    /// An address; bought when the timeline begins.
    Address(BuyableAddress),
    /// An offer.
    Offer(BoughtOffer),
    /// A pass.
    Pass(BoughtPass),
    /// A pack.
    Pack(BoughtPack),
}

by_form!(
    BoughtBefore,
    "an address such as `pass.discovery`, or `{ pass: discovery, at: 2026-01-15T10:00 }`",
    text |text| text.parse().map(BoughtBefore::Address),
    map BoughtBody => |body| match body {
        BoughtBody { offer: Some(offer), pass: None, pack: None, at } => {
            Ok(BoughtBefore::Offer(BoughtOffer { offer, at }))
        }
        BoughtBody { offer: None, pass: Some(pass), pack: None, at } => {
            Ok(BoughtBefore::Pass(BoughtPass { pass, at }))
        }
        BoughtBody { offer: None, pass: None, pack: Some(pack), at } => {
            Ok(BoughtBefore::Pack(BoughtPack { pack, at }))
        }
        BoughtBody { offer: _, pass: _, pack: _, at: _ } => {
            Err("expected exactly one of `offer`, `pass`, `pack`".to_owned())
        }
    },
);

/// Either purchase as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoughtBody {
    #[serde(default, deserialize_with = "present")]
    offer: Option<Reference>,
    #[serde(default, deserialize_with = "present")]
    pass: Option<Reference>,
    #[serde(default, deserialize_with = "present")]
    pack: Option<Reference>,
    at: At,
}

/// An offer that was bought.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BoughtOffer {
    /// The offer.
    pub offer: Reference,
    /// When it was paid and access began.
    pub at: At,
}

/// A pass that was bought.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BoughtPass {
    /// The pass.
    pub pass: Reference,
    /// When it was paid.
    pub at: At,
}

/// A pack that was bought.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BoughtPack {
    /// The pack.
    pub pack: Reference,
    /// When it was paid.
    pub at: At,
}

/// A moment of the timeline: `at` an instant, or some time `after` the entry before it. People act
/// first; what is expected is looked at afterwards.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The instant.
    pub at: Option<At>,
    /// Days of 24 hours, hours, minutes after the entry before it.
    pub after: Option<Duration>,
    /// What people do, by their names; `staff` is the school.
    #[serde(rename = "do", default)]
    pub do_: Deeds,
    /// What must be so, by the people's names.
    #[serde(default)]
    pub expect: IndexMap<PersonName, Expectation>,
}

impl Kind for Test {
    const ID: &'static str = "test";
    const SUMMARY: &'static str = "People, a timeline and what must happen";
    const EXAMPLE: &'static str = r#"kind: test
name: win-back-once
title: an unpaid buyer is won back once
people:
  olena: {}
timeline:
  - { at: 2026-08-01T10:00, do: { olena: { opens_offer: web-dev-2026-09-standard } } }
  - { after: 29m, expect: { olena: { letters: [] } } }
  - after: 2m
    expect:
      olena:
        lists: [unpaid-web-dev]
        letters: [unpaid-reminder]
        price: { offer: web-dev-2026-09-standard, coupon: come-back, is: 441.00 EUR }
  - { after: 24h, expect: { olena: { lists: [], can_use: { come-back: false } } } }
"#;

    fn links(&self, links: &mut Links) {
        let root = Path::root();
        for (name, person) in &self.people {
            person.links(&root.key("people").key(name.0.as_str()), links);
        }
        for (at, entry) in self.timeline.iter().enumerate() {
            let path = root.key("timeline").index(at);
            entry.do_.links(&path.key("do"), links);
            for (name, expectation) in &entry.expect {
                expectation.links(&path.key("expect").key(name.0.as_str()), links);
            }
        }
    }

    fn times(&self, times: &mut Times) {
        let root = Path::root();
        for (name, person) in &self.people {
            person.times(&root.key("people").key(name.0.as_str()), times);
        }
        for (at, entry) in self.timeline.iter().enumerate() {
            let path = root.key("timeline").index(at);
            if let Some(at) = entry.at {
                times.at(path.key("at"), at);
            }
            entry.do_.times(&path.key("do"), times);
            for (name, expectation) in &entry.expect {
                expectation.times(&path.key("expect").key(name.0.as_str()), times);
            }
        }
    }

    /// Nothing of it is written; each of its times is read, so that one which a clock change skips or
    /// doubles is told where it stands.
    fn encode(&self, surroundings: &dyn Surroundings) -> Option<Attributes> {
        let mut times = Times::default();
        self.times(&mut times);
        for Time {
            path,
            moment,
            sense,
        } in times.into_vec()
        {
            let _ = match sense {
                Sense::Instant | Sense::Day => surroundings.instant(&moment, &path),
                Sense::End => surroundings.end(&moment, &path),
            };
        }
        None
    }

    fn check(&self, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        let timeline = Path::root().key("timeline");
        for (at, entry) in self.timeline.iter().enumerate() {
            let path = timeline.index(at);
            entry.check(at == 0, &path, document, findings);
            let mut known = |name: &PersonName, span: Span| {
                if !self.people.contains_key(name) {
                    findings.push(self.unknown_person(name, span));
                }
            };
            for name in entry.do_.people.keys() {
                known(name, document.key(&path.key("do").key(name.0.as_str())));
            }
            if let Some(deed) = &entry.do_.staff {
                let path = path.key("do").key("staff").key(deed.verb()).key("person");
                known(deed.person(), document.span(&path));
            }
            for name in entry.expect.keys() {
                known(name, document.key(&path.key("expect").key(name.0.as_str())));
            }
        }
    }
}

impl Entry {
    fn check(
        &self,
        first: bool,
        path: &Path,
        document: &DocumentPlaces<'_>,
        findings: &mut Diagnostics,
    ) {
        match (self.at, self.after) {
            (Some(_), None) => {}
            (None, Some(_)) if first => {
                findings.push(no_first_instant(document.key(&path.key("after"))));
            }
            (None, Some(after)) => {
                let path = path.key("after");
                check_duration(after, Counts::Exact, document, &path, findings);
            }
            (Some(_), Some(_)) => findings.push(
                Diagnostic::new(
                    Code::WrongType,
                    document.key(&path.key("after")),
                    "an entry of a timeline has both `at` and `after`",
                )
                .label("one too many")
                .related(document.key(&path.key("at")), "the other")
                .help("keep one of them"),
            ),
            (None, None) => findings.push(
                Diagnostic::new(
                    Code::MissingField,
                    document.span(path),
                    "an entry of a timeline has no time",
                )
                .label("`at` or `after` is missing")
                .help("add `at: 2026-08-01T10:00`, or `after: 30m` to count from the entry before"),
            ),
        }
        self.do_.check(&path.key("do"), document, findings);
    }
}

/// The first entry counts from nothing.
fn no_first_instant(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::MissingField,
        span,
        "the first entry of a timeline has no instant",
    )
    .label("counts from nothing")
    .help("begin with `at: 2026-08-01T10:00`")
}

impl Test {
    fn unknown_person(&self, name: &PersonName, span: Span) -> Diagnostic {
        let names = || self.people.keys().map(|name| name.0.as_str());
        let help = match nearest(name.0.as_str(), names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add `{name}` to `people`"),
        };
        Diagnostic::new(
            Code::UnknownReference,
            span,
            format!("`{name}` is no person of this test"),
        )
        .label("not in `people`")
        .help(help)
    }
}

impl Person {
    fn times(&self, path: &Path, times: &mut Times) {
        for (at, bought) in self.bought.iter().enumerate() {
            let path = path.key("bought").index(at).key("at");
            match bought {
                BoughtBefore::Address(_) => {}
                BoughtBefore::Offer(BoughtOffer { offer: _, at }) => times.at(path, *at),
                BoughtBefore::Pass(BoughtPass { pass: _, at }) => times.at(path, *at),
                BoughtBefore::Pack(BoughtPack { pack: _, at }) => times.at(path, *at),
            }
        }
        if let Some(registered) = self.registered {
            times.at(path.key("registered"), registered);
        }
        if let Some(last_seen) = self.last_seen {
            times.at(path.key("last_seen"), last_seen);
        }
    }

    fn links(&self, path: &Path, links: &mut Links) {
        let Person {
            tags: _,
            bought,
            lists,
            progress,
            completed,
            registered: _,
            last_seen: _,
            visited: _,
            webinars: _,
            fields: _,
        } = self;
        for (at, bought) in bought.iter().enumerate() {
            let path = path.key("bought").index(at);
            match bought {
                BoughtBefore::Address(address) => link_address(path, &address.0, links),
                BoughtBefore::Offer(BoughtOffer { offer, at: _ }) => {
                    links.push(path.key("offer"), "offer", offer, Strength::Compiler);
                }
                BoughtBefore::Pass(BoughtPass { pass, at: _ }) => {
                    links.push(path.key("pass"), "pass", pass, Strength::Compiler);
                }
                BoughtBefore::Pack(BoughtPack { pack, at: _ }) => {
                    links.push(path.key("pack"), "pack", pack, Strength::Compiler);
                }
            }
        }
        for (at, list) in lists.iter().enumerate() {
            let path = path.key("lists").index(at);
            links.push(path, "list", list, Strength::Compiler);
        }
        for course in progress.keys() {
            let path = path.key("progress").key(course.as_str());
            links.push_key(path, "course", course, Strength::Compiler);
        }
        for (at, lesson) in completed.iter().enumerate() {
            link_lesson(path.key("completed").index(at), lesson, links);
        }
    }
}

/// A link by an address that is the value at `path`.
fn link_address(path: Path, address: &crate::model::Address, links: &mut Links) {
    if let Some(kind) = super::kind(&address.kind) {
        let to = Reference::Name(Name(address.name.clone()));
        links.push(path, kind.id, &to, Strength::Compiler);
    }
}

/// A link by an address that is the key at the end of `path`.
fn link_address_key(path: Path, address: &crate::model::Address, links: &mut Links) {
    if let Some(kind) = super::kind(&address.kind) {
        let to = Name(address.name.clone());
        links.push_key(path, kind.id, &to, Strength::Compiler);
    }
}

/// Links of `COURSE/MODULE/LESSON` that is the value at `path`.
fn link_lesson(path: Path, lesson: &CourseLesson, links: &mut Links) {
    let course = Reference::Name(lesson.course.clone());
    links.push(path.clone(), "course", &course, Strength::Compiler);
    let inside = super::Inside::lesson_of(&lesson.module, &lesson.lesson);
    links.push_inside(path, super::Place::Value, &course, inside);
}

/// Links of `COURSE/MODULE/LESSON` that is the key at the end of `path`.
fn link_lesson_key(path: Path, lesson: &CourseLesson, links: &mut Links) {
    links.push_key(path.clone(), "course", &lesson.course, Strength::Compiler);
    let course = Reference::Name(lesson.course.clone());
    let inside = super::Inside::lesson_of(&lesson.module, &lesson.lesson);
    links.push_inside(path, super::Place::Key, &course, inside);
}
