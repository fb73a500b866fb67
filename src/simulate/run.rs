//! A test: its people live through its timeline, and what must be so is looked at.

use super::coverage::Covered;
use super::expectation::Look;
use super::stage::Stage;
use super::story::Story;
use crate::domain::world::{Assumptions, Buyable, Command, Id, Newcomer, World};
use crate::domain::zone::Resolved;
use crate::kinds::scenario::Nothing;
use crate::kinds::test::{
    BoughtBefore, BoughtOffer, BoughtPack, BoughtPass, Deed, Deeds, EditsOrder, Extends, Freezes,
    OrderByStaff, Pays, Person, StaffDeed, TagsPerson, Test,
};
use crate::kinds::{Document, DocumentPlaces, PersonName};
use crate::model::{Address, Instant, Path};
use crate::source::Span;
use crate::yaml::Node;
use std::collections::BTreeMap;

/// What came of a test.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The test.
    pub test: Address,
    /// What it shows, as a sentence.
    pub title: String,
    /// Where it is declared: its `name`.
    pub span: Span,
    /// How many single expectations were looked at.
    pub looked_at: usize,
    /// What was not so, in the order of the timeline.
    pub misses: Vec<Miss>,
    /// What it touched.
    pub covered: Covered,
}

impl Outcome {
    /// Whether everything was as expected.
    pub fn passed(&self) -> bool {
        self.misses.is_empty()
    }
}

/// Something that was not so, or could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// Where it is expected.
    pub span: Span,
    /// When, on the clocks of the project, once the timeline has begun.
    pub time: Option<String>,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// The nearest cause.
    pub because: Option<String>,
    /// What happened to the person up to then.
    pub story: Option<Story>,
}

/// Runs a test against a school.
pub fn run(stage: &Stage, document: &Document, test: &Test, assumptions: Assumptions) -> Outcome {
    let mut run = Run::new(stage, &document.node, test, assumptions);
    run.timeline(assumptions);
    let Run {
        world,
        misses,
        looked_at,
        mut covered,
        ..
    } = run;
    covered.lived(&world);
    Outcome {
        test: document.address.clone(),
        title: document.title().to_owned(),
        span: document.name_span(),
        looked_at,
        misses,
        covered,
    }
}

struct Run<'a> {
    stage: &'a Stage,
    places: DocumentPlaces<'a>,
    test: &'a Test,
    people: BTreeMap<&'a PersonName, Id>,
    world: World,
    misses: Vec<Miss>,
    looked_at: usize,
    covered: Covered,
}

impl<'a> Run<'a> {
    fn new(stage: &'a Stage, node: &'a Node, test: &'a Test, assumptions: Assumptions) -> Self {
        Run {
            stage,
            places: DocumentPlaces { node },
            test,
            people: test.people.keys().zip(1..).collect(),
            world: World::new(stage.school.clone(), assumptions, Instant::MIN_UTC),
            misses: Vec::new(),
            looked_at: 0,
            covered: Covered::default(),
        }
    }
}

impl Run<'_> {
    fn timeline(&mut self, assumptions: Assumptions) {
        let root = Path::root().key("timeline");
        let test = self.test;
        for (at, entry) in test.timeline.iter().enumerate() {
            let path = root.index(at);
            let when = match (&entry.at, entry.after) {
                (Some(written), _) => match self.stage.instant(written) {
                    Ok(instant) => instant,
                    Err(resolved) => return self.no_instant(&path.key("at"), resolved),
                },
                (None, Some(after)) => {
                    let minutes = after.exact_minutes().unwrap_or_default();
                    let delta = i64::try_from(minutes)
                        .ok()
                        .and_then(chrono::TimeDelta::try_minutes);
                    delta
                        .and_then(|delta| self.world.now().checked_add_signed(delta))
                        .unwrap_or(Instant::MAX_UTC)
                }
                // Said by the test's own check.
                (None, None) => continue,
            };
            if at == 0 {
                self.world = World::new(self.stage.school.clone(), assumptions, when);
                if !self.arrive() {
                    return;
                }
            } else if when < self.world.now() {
                return self.miss(
                    &path.key("at"),
                    None,
                    "a timeline goes forward".to_owned(),
                    format!(
                        "{} lies before {}, the entry above",
                        self.stage.time(when),
                        self.stage.time(self.world.now())
                    ),
                    None,
                );
            }
            self.world.advance(when);
            self.deeds(&entry.do_, &path.key("do"));
            for (name, expectation) in &entry.expect {
                let Some(person) = self.people.get(name).copied() else {
                    continue;
                };
                let path = path.key("expect").key(name.0.as_str());
                let mut look = Look {
                    stage: self.stage,
                    world: &self.world,
                    person,
                    found: Vec::new(),
                    looked_at: 0,
                };
                look.at(expectation, &path);
                let Look {
                    found, looked_at, ..
                } = look;
                self.looked_at += looked_at;
                self.covered.looked_at(self.stage, expectation);
                for miss in found {
                    self.miss(
                        &miss.path,
                        Some((person, name)),
                        miss.expected,
                        miss.found,
                        miss.because,
                    );
                }
            }
        }
    }

    /// Everyone comes into the world. Whether their times can be read.
    fn arrive(&mut self) -> bool {
        let test = self.test;
        for (name, person) in &test.people {
            let path = Path::root().key("people").key(name.0.as_str());
            let Some(newcomer) = self.newcomer(person, &path) else {
                return false;
            };
            if let Some(id) = self.people.get(name) {
                self.world.arrive(*id, newcomer);
            }
        }
        true
    }

    fn newcomer(&mut self, person: &Person, path: &Path) -> Option<Newcomer> {
        let Person {
            tags,
            bought,
            lists,
            progress,
            completed,
            registered,
            last_seen,
            visited,
            webinars,
            fields,
        } = person;
        let stage = self.stage;
        let mut things = Vec::with_capacity(bought.len());
        for (at, bought) in bought.iter().enumerate() {
            let path = path.key("bought").index(at);
            let (what, when) = match bought {
                BoughtBefore::Address(address) => (self.buyable(&address.0), None),
                BoughtBefore::Offer(BoughtOffer { offer, at }) => {
                    (stage.refer("offer", offer).map(Buyable::Offer), Some(at))
                }
                BoughtBefore::Pass(BoughtPass { pass, at }) => {
                    (stage.refer("pass", pass).map(Buyable::Pass), Some(at))
                }
                BoughtBefore::Pack(BoughtPack { pack, at }) => {
                    (stage.refer("pack", pack).map(Buyable::Pack), Some(at))
                }
            };
            let when = match when {
                Some(written) => self.instant(written, &path.key("at"))?,
                None => self.world.now(),
            };
            things.extend(what.map(|what| (what, when)));
        }
        let text = |texts: &[crate::kinds::Text]| texts.iter().map(|t| t.0.to_string()).collect();
        let registered = match registered {
            Some(at) => Some(self.instant(at, &path.key("registered"))?),
            None => None,
        };
        let last_seen = match last_seen {
            Some(at) => Some(self.instant(at, &path.key("last_seen"))?),
            None => None,
        };
        let progress = progress.iter();
        let progress = progress
            .filter_map(|(course, percent)| Some((stage.named("course", course)?, percent.0)));
        Some(Newcomer {
            tags: text(tags),
            bought: things,
            ordered: Vec::new(),
            lists: lists
                .iter()
                .filter_map(|list| stage.refer("list", list))
                .collect(),
            progress: progress.collect(),
            completed: completed
                .iter()
                .filter_map(|lesson| stage.lesson(lesson))
                .collect(),
            registered,
            last_seen,
            visited: text(visited),
            webinars: text(webinars),
            fields: fields
                .iter()
                .map(|(name, value)| (name.0.to_string(), value.0.to_string()))
                .collect(),
        })
    }

    /// The instant of a written time, or a miss.
    fn instant(&mut self, written: &crate::kinds::At, path: &Path) -> Option<Instant> {
        match self.stage.instant(written) {
            Ok(instant) => Some(instant),
            Err(resolved) => {
                self.no_instant(path, resolved);
                None
            }
        }
    }

    fn buyable(&self, address: &Address) -> Option<Buyable> {
        let id = self.stage.id(address)?;
        match &*address.kind {
            "offer" => Some(Buyable::Offer(id)),
            "pass" => Some(Buyable::Pass(id)),
            "pack" => Some(Buyable::Pack(id)),
            _ => None,
        }
    }

    fn deeds(&mut self, deeds: &Deeds, path: &Path) {
        let Deeds { staff, people } = deeds;
        for (name, deed) in people {
            let path = path.key(name.0.as_str());
            if let (Some(person), Some(command)) =
                (self.people.get(name).copied(), self.command(deed))
            {
                self.act(person, name, command, &path);
            }
        }
        if let Some(deed) = staff {
            let path = path.key("staff").key(deed.verb());
            let name = deed.person();
            let Some(person) = self.people.get(name).copied() else {
                return;
            };
            match self.staff_command(deed) {
                Ok(Some(command)) => self.act(person, name, command, &path),
                Ok(None) => {}
                Err(resolved) => self.no_instant(&path, resolved),
            }
        }
    }

    fn act(&mut self, person: Id, name: &PersonName, command: Command, path: &Path) {
        self.covered.done(&command);
        if let Err(refusal) = self.world.act(person, command) {
            let found = format!("the platform refuses: {}", self.stage.refusal(&refusal));
            self.miss(
                path,
                Some((person, name)),
                "it can be done".to_owned(),
                found,
                None,
            );
        }
    }

    fn command(&self, deed: &Deed) -> Option<Command> {
        let stage = self.stage;
        Some(match deed {
            Deed::OpensOffer(offer)
            | Deed::SubmitsForm(offer)
            | Deed::ReturnsFromPayment(offer) => Command::OpensOffer(stage.refer("offer", offer)?),
            Deed::Pays(Pays {
                offer,
                coupon,
                order,
            }) => Command::Pays {
                offer: stage.refer("offer", offer)?,
                coupon: match coupon {
                    Some(coupon) => Some(stage.refer("coupon", coupon)?),
                    None => None,
                },
                order: order.as_ref().and_then(|nth| u64::try_from(nth.0).ok()),
            },
            Deed::Buys(address) => Command::Buys(self.buyable(&address.0)?),
            Deed::Completes(lesson) => {
                let (course, lesson) = stage.lesson(lesson)?;
                Command::Completes { course, lesson }
            }
            Deed::Visits(url) => Command::Visits(url.0.to_string()),
            Deed::LogsIn(Nothing {}) => Command::LogsIn,
        })
    }

    fn staff_command(&self, deed: &StaffDeed) -> Result<Option<Command>, Resolved> {
        let offer = |reference| self.stage.refer("offer", reference);
        Ok(match deed {
            StaffDeed::CreatesOrder(OrderByStaff {
                person: _,
                offer: of,
                price,
                paid,
            }) => offer(of).map(|offer| Command::CreatesOrder {
                offer,
                price: price.as_ref().map(|price| price.0),
                paid: paid.unwrap_or(false),
            }),
            StaffDeed::EditsOrder(EditsOrder {
                person: _,
                offer: of,
                order,
                price,
                access,
            }) => {
                let access = match access {
                    Some(term) => Some(self.stage.term(term)?),
                    None => None,
                };
                offer(of).map(|offer| Command::EditsOrder {
                    offer,
                    order: order.as_ref().and_then(|nth| u64::try_from(nth.0).ok()),
                    price: price.as_ref().map(|price| price.0),
                    access,
                })
            }
            StaffDeed::Extends(Extends {
                person: _,
                offer: of,
                by,
            }) => offer(of).map(|offer| Command::Extends { offer, by: *by }),
            StaffDeed::Freezes(Freezes {
                person: _,
                offer: of,
                for_,
            }) => offer(of).map(|offer| Command::Freezes {
                offer,
                length: *for_,
            }),
            StaffDeed::Tags(TagsPerson { person: _, tag }) => {
                Some(Command::Tags(tag.0.to_string()))
            }
            StaffDeed::Untags(TagsPerson { person: _, tag }) => {
                Some(Command::Untags(tag.0.to_string()))
            }
        })
    }

    fn miss(
        &mut self,
        path: &Path,
        person: Option<(Id, &PersonName)>,
        expected: String,
        found: String,
        because: Option<String>,
    ) {
        let now = self.world.now();
        let story = person.map(|(id, name)| {
            self.stage
                .story(id, name.0.as_str(), self.world.events(), now)
        });
        self.misses.push(Miss {
            span: self.places.span(path),
            time: person.map(|_| self.stage.time(now)),
            expected,
            found,
            because,
            story,
        });
    }

    /// A local time that is not one instant.
    fn no_instant(&mut self, path: &Path, resolved: Resolved) {
        let found = match resolved {
            Resolved::One(_) => return,
            Resolved::Skipped {
                before_reading,
                after_reading,
            } => format!(
                "a clock change skips it: write {} or {} instead",
                self.stage.time(after_reading),
                self.stage.time(before_reading)
            ),
            Resolved::Doubled { first, second } => format!(
                "a clock change doubles it: write it with an offset, {} or {}",
                crate::model::format_instant(first),
                crate::model::format_instant(second)
            ),
        };
        self.miss(path, None, "one instant".to_owned(), found, None);
    }
}

/// Plays a timeline of one person, and tells what happened to them, and what could not be done.
pub(super) fn story(
    stage: &Stage,
    node: &Node,
    test: &Test,
    assumptions: Assumptions,
) -> (Story, Vec<String>) {
    let mut run = Run::new(stage, node, test, assumptions);
    run.timeline(assumptions);
    let person = test.people.keys().next();
    let name = person.map_or("", |name| name.0.as_str());
    let story = stage.story(1, name, run.world.events(), run.world.now());
    let refused = run.misses.into_iter();
    let refused = refused.map(|miss| match miss.time {
        Some(time) => format!("on {time}: {}", miss.found),
        None => miss.found,
    });
    (story, refused.collect())
}
