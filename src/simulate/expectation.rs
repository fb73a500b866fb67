//! What must be so of a person, held against the world.

use super::stage::Stage;
use super::words;
use crate::domain::world::{Buyable, By, Event, Id, Order, What, World};
use crate::domain::world::{CouponRefusal, NotOpen};
use crate::kinds::test::{
    AccessExpectation, AccessUntil, CanBuy, Expectation, Notified, OrderExpectation,
    PriceExpectation, Purchase, UnlimitedWord,
};
use crate::kinds::{CourseLesson, Reference};
use crate::model::{Address, Duration, Instant, Path};
use std::collections::BTreeSet;

/// A look at one person at one instant.
pub(super) struct Look<'a> {
    pub(super) stage: &'a Stage,
    pub(super) world: &'a World,
    pub(super) person: Id,
    pub(super) found: Vec<NotSo>,
    pub(super) looked_at: usize,
}

/// Something that is not as expected.
pub(super) struct NotSo {
    pub(super) path: Path,
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) because: Option<String>,
}

impl Look<'_> {
    /// Looks at everything that is expected.
    pub(super) fn at(&mut self, expectation: &Expectation, path: &Path) {
        let Expectation {
            lists,
            letters,
            price,
            can_use,
            can_buy,
            lessons,
            opens,
            notified,
            orders,
            access,
            points,
        } = expectation;
        if let Some(lists) = lists {
            self.lists(lists, &path.key("lists"));
        }
        if let Some(letters) = letters {
            self.letters(letters, &path.key("letters"));
        }
        if let Some(price) = price {
            self.price(price, &path.key("price"));
        }
        for (coupon, expected) in can_use.iter().flatten() {
            let path = path.key("can_use").key(coupon.as_str());
            if let Some(coupon) = self.stage.named("coupon", coupon) {
                self.can_use(coupon, *expected, &path);
            }
        }
        for (address, expected) in can_buy.iter().flatten() {
            let path = path.key("can_buy").key(&address.0.to_string());
            self.can_buy(&address.0, expected, &path);
        }
        for (lesson, expected) in lessons.iter().flatten() {
            let path = path.key("lessons").key(&lesson.to_string());
            self.lesson(lesson, *expected, &path);
        }
        for (lesson, at) in opens.iter().flatten() {
            let path = path.key("opens").key(&lesson.to_string());
            // One that a clock change skips or doubles is no instant that anything opens at.
            let expected = self.stage.instant(at).ok();
            self.opens(lesson, expected, &at.0.to_string(), &path);
        }
        if let Some(notified) = notified {
            self.notified(notified, &path.key("notified"));
        }
        if let Some(orders) = orders {
            self.orders(orders, &path.key("orders"));
        }
        for (course, expected) in access.iter().flatten() {
            let path = path.key("access").key(course.as_str());
            if let Some(course) = self.stage.named("course", course) {
                self.access(course, expected, &path);
            }
        }
        for (course, expected) in points.iter().flatten() {
            let path = path.key("points").key(course.as_str());
            let course = self.stage.named("course", course);
            let person = self.world.person(self.person);
            let found = person
                .zip(course)
                .and_then(|(person, course)| person.points.get(&course).copied());
            let found = i64::try_from(found.unwrap_or_default()).unwrap_or(i64::MAX);
            let expected = expected.0;
            self.is(found == expected, &path, || {
                (
                    format!("{expected} points"),
                    format!("{found} points"),
                    None,
                )
            });
        }
    }

    /// Notes what is not so; the words are made only then.
    fn is(
        &mut self,
        so: bool,
        path: &Path,
        words: impl FnOnce() -> (String, String, Option<String>),
    ) {
        self.looked_at += 1;
        if so {
            return;
        }
        let (expected, found, because) = words();
        self.found.push(NotSo {
            path: path.clone(),
            expected,
            found,
            because,
        });
    }

    fn lists(&mut self, expected: &[Reference], path: &Path) {
        let stage = self.stage;
        let expected: BTreeSet<Id> = expected
            .iter()
            .filter_map(|list| stage.refer("list", list))
            .collect();
        let world = self.world;
        let found: BTreeSet<Id> = world
            .person(self.person)
            .map(|person| person.lists.keys().copied().collect())
            .unwrap_or_default();
        let cause = expected
            .symmetric_difference(&found)
            .next()
            .map(|list| self.why_list(*list));
        let names = |lists: &BTreeSet<Id>| all(lists.iter().map(|list| stage.name("list", *list)));
        self.is(expected == found, path, || {
            (
                format!("in {}", names(&expected)),
                format!("in {}", names(&found)),
                cause,
            )
        });
    }

    fn letters(&mut self, expected: &[Reference], path: &Path) {
        let stage = self.stage;
        let expected: Vec<Id> = expected
            .iter()
            .filter_map(|letter| stage.refer("letter", letter))
            .collect();
        let found: Vec<Id> = self
            .world
            .person(self.person)
            .map(|person| person.letters.iter().map(|(_, letter)| *letter).collect())
            .unwrap_or_default();
        let differs = expected
            .iter()
            .zip(&found)
            .position(|(one, other)| one != other);
        let differs = differs.unwrap_or(expected.len().min(found.len()));
        let cause = match (expected.get(differs), found.get(differs)) {
            (Some(missing), _) if !found.contains(missing) => Some(self.why_no_letter(*missing)),
            (_, Some(extra)) => self.why_letter(*extra, differs),
            (_, None) => None,
        };
        let names =
            |letters: &[Id]| all(letters.iter().map(|letter| stage.name("letter", *letter)));
        self.is(expected == found, path, || {
            (
                format!("letters so far: {}", names(&expected)),
                format!("letters so far: {}", names(&found)),
                cause,
            )
        });
    }

    fn price(&mut self, expected: &PriceExpectation, path: &Path) {
        let PriceExpectation { offer, coupon, is } = expected;
        let Some(offer) = self.stage.refer("offer", offer) else {
            return;
        };
        let coupon = coupon
            .as_ref()
            .and_then(|coupon| self.stage.refer("coupon", coupon));
        let found = self.world.price(self.person, offer, coupon);
        let expected = is.0;
        let because = match &found {
            Err(crate::domain::world::NoPrice::Coupon(refusal)) => self.why_coupon(refusal),
            Ok(_) | Err(_) => None,
        };
        let stage = self.stage;
        self.is(found.as_ref() == Ok(&expected), &path.key("is"), || {
            let found = match &found {
                Ok(price) => price.to_string(),
                Err(no) => stage.no_price(no),
            };
            (expected.to_string(), found, because)
        });
    }

    fn can_use(&mut self, coupon: Id, expected: bool, path: &Path) {
        let refusal = self.world.coupon_refused(self.person, coupon, None);
        let stage = self.stage;
        let because = match &refusal {
            Some(refusal) => self.why_coupon(refusal),
            None => {
                let lists = stage.school.coupons.get(&coupon).map(|c| c.lists.clone());
                let person = self.world.person(self.person);
                let list = lists
                    .into_iter()
                    .flatten()
                    .find(|list| person.is_some_and(|person| person.lists.contains_key(list)));
                list.map(|list| self.why_list(list))
            }
        };
        let name = stage.name("coupon", coupon);
        self.is(refusal.is_none() == expected, path, || {
            let word = |can: bool| if can { "can" } else { "cannot" };
            let found = match &refusal {
                Some(refusal) => format!(
                    "cannot use coupon `{name}`: {}",
                    stage.coupon_refusal(refusal)
                ),
                None => format!("can use coupon `{name}`"),
            };
            (
                format!("{} use coupon `{name}`", word(expected)),
                found,
                because,
            )
        });
    }

    fn can_buy(&mut self, address: &Address, expected: &CanBuy, path: &Path) {
        let Some(id) = self.stage.id(address) else {
            return;
        };
        let what = match &*address.kind {
            "offer" => Buyable::Offer(id),
            "pass" => Buyable::Pass(id),
            "pack" => Buyable::Pack(id),
            _ => return,
        };
        let (is, reason, item) = match expected {
            CanBuy::Is(is) => (*is, None, None),
            CanBuy::Because(Purchase { is, because, item }) => (*is, *because, item.as_ref()),
        };
        let barred = self.world.barred(self.person, what);
        let stage = self.stage;
        let found_item = barred.and_then(|barred| barred.item);
        let right = barred.is_none() == is
            && reason.is_none_or(|reason| barred.is_some_and(|b| b.because == reason))
            && item.is_none_or(|item| {
                found_item.is_some_and(|found| stage.item(found) == item.0.to_string())
            });
        let because = self.who().filter(|_| barred.is_some());
        self.is(right, path, || {
            let expected = match (is, reason, item) {
                (true, ..) => format!("can buy `{address}`"),
                (false, None, _) => format!("cannot buy `{address}`"),
                (false, Some(reason), None) => {
                    format!("cannot buy `{address}`: {}", words::because(reason))
                }
                (false, Some(reason), Some(item)) => format!(
                    "cannot buy `{address}`: {} ({})",
                    words::because(reason),
                    item.0
                ),
            };
            let found = match barred {
                None => format!("can buy `{address}`"),
                Some(barred) => format!("cannot buy `{address}`: {}", stage.barred(barred)),
            };
            (expected, found, because)
        });
    }

    /// What decides whether a person may buy something.
    fn who(&self) -> Option<String> {
        let person = self.world.person(self.person)?;
        let tags = if person.tags.is_empty() {
            "no tags".to_owned()
        } else {
            let tags: Vec<String> = person.tags.iter().map(|tag| format!("`{tag}`")).collect();
            format!("the tags {}", tags.join(", "))
        };
        let bought = if person.is_member() {
            "has bought a pass or a pack before"
        } else {
            "has never bought a pass or a pack"
        };
        Some(format!("the person has {tags}, and {bought}"))
    }

    fn lesson(&mut self, lesson: &CourseLesson, expected: bool, path: &Path) {
        let Some((course, id)) = self.stage.lesson(lesson) else {
            return;
        };
        let found = self.world.lesson_open(self.person, course, id);
        let stage = self.stage;
        let opened = self.world.openings(self.person, course, id);
        let opened = opened.into_iter().map(|(_, at)| at).min();
        self.is(found.is_ok() == expected, path, || {
            let word = |open: bool| if open { "is open" } else { "is not open" };
            let because = match (&found, opened) {
                (Err(no), _) => Some(stage.not_open(*no, course)),
                (Ok(()), Some(at)) => Some(format!("it opened on {}", stage.time(at))),
                (Ok(()), None) => None,
            };
            (
                format!("lesson `{lesson}` {}", word(expected)),
                format!("it {}", word(found.is_ok())),
                because,
            )
        });
    }

    fn opens(
        &mut self,
        lesson: &CourseLesson,
        expected: Option<Instant>,
        written: &str,
        path: &Path,
    ) {
        let Some((course, id)) = self.stage.lesson(lesson) else {
            return;
        };
        let openings = self.world.openings(self.person, course, id);
        // Where access begins after the schedule's opening, either is when it opens.
        let right = expected.is_some_and(|expected| {
            openings
                .iter()
                .any(|(opens, really)| *opens == Some(expected) || *really == expected)
        });
        let stage = self.stage;
        self.is(right, path, || {
            let found = match openings.iter().map(|(_, really)| *really).min() {
                Some(at) => format!("it opens on {}", stage.time(at)),
                None => stage.not_open(NotOpen::NoAccess, course),
            };
            let because = openings.iter().find_map(|(opens, really)| match opens {
                None => {
                    Some("it has no opening: it is open from the beginning of access".to_owned())
                }
                Some(opens) if opens < really => Some(format!(
                    "its schedule opens it on {}, before access began",
                    stage.time(*opens)
                )),
                Some(_) => None,
            });
            (
                format!("lesson `{lesson}` opens on {written}"),
                found,
                because,
            )
        });
    }

    fn notified(&mut self, notified: &Notified, path: &Path) {
        let Notified { email, bell } = notified;
        let stage = self.stage;
        let told: BTreeSet<(Id, Id)> = self
            .world
            .person(self.person)
            .map(|person| person.told.iter().map(|(_, c, l)| (*c, *l)).collect())
            .unwrap_or_default();
        // A lesson that opens is told of by both at once.
        for (key, expected) in [("email", email), ("bell", bell)] {
            let Some(expected) = expected else { continue };
            let expected: BTreeSet<(Id, Id)> = expected
                .iter()
                .filter_map(|lesson| stage.lesson(lesson))
                .collect();
            let differs = expected.symmetric_difference(&told).next();
            let because = differs.map(|(course, lesson)| {
                let name = stage.lesson_name(*course, *lesson);
                match self.world.lesson_open(self.person, *course, *lesson) {
                    Ok(()) if told.contains(&(*course, *lesson)) => {
                        format!("lesson `{name}` has opened")
                    }
                    Ok(()) => format!(
                        "lesson `{name}` was open from the beginning of access, or before this test begins"
                    ),
                    Err(no) => format!("lesson `{name}`: {}", stage.not_open(no, *course)),
                }
            });
            let names = |lessons: &BTreeSet<(Id, Id)>| {
                all(lessons
                    .iter()
                    .map(|(course, lesson)| stage.lesson_name(*course, *lesson)))
            };
            self.is(expected == told, &path.key(key), || {
                (
                    format!("told by {key} of {}", names(&expected)),
                    format!("told of {}", names(&told)),
                    because,
                )
            });
        }
    }

    fn orders(&mut self, expected: &[OrderExpectation], path: &Path) {
        let world = self.world;
        let stage = self.stage;
        let orders: &[Order] = world
            .person(self.person)
            .map_or(&[], |person| person.orders.as_slice());
        let describe = |order: &Order| {
            let price = match order.price {
                Some(price) => price.to_string(),
                None => "price not managed".to_owned(),
            };
            let paid = if order.is_paid(world.now(), &stage.school.zone) {
                "paid"
            } else {
                "not paid"
            };
            let copy = if order.is_copy { ", a copy" } else { "" };
            format!(
                "{} for {price}, {paid}{copy}",
                stage.name("offer", order.offer)
            )
        };
        self.is(orders.len() == expected.len(), path, || {
            (
                format!("{} orders", expected.len()),
                format!(
                    "{} orders: {}",
                    orders.len(),
                    all(orders.iter().map(describe))
                ),
                None,
            )
        });
        for (at, (expected, order)) in expected.iter().zip(orders).enumerate() {
            let path = path.index(at);
            let OrderExpectation {
                offer,
                price,
                paid,
                copy_of_offer,
            } = expected;
            let right = stage.refer("offer", offer) == Some(order.offer)
                && price
                    .as_ref()
                    .is_none_or(|price| order.price == Some(price.0))
                && paid.is_none_or(|paid| order.is_paid(world.now(), &stage.school.zone) == paid)
                && copy_of_offer.is_none_or(|copy| order.is_copy == copy);
            self.is(right, &path, || {
                let mut wanted = Vec::new();
                wanted.push(match offer {
                    Reference::Name(name) => name.as_str().to_owned(),
                    Reference::Outside { id, .. } => format!("{{ id: {id} }}"),
                });
                wanted.extend(price.as_ref().map(|price| format!("for {}", price.0)));
                wanted.extend(paid.map(|paid| if paid { "paid" } else { "not paid" }.to_owned()));
                wanted.extend(
                    copy_of_offer.map(|copy| if copy { "a copy" } else { "no copy" }.to_owned()),
                );
                (
                    format!("order {}: {}", at + 1, wanted.join(", ")),
                    describe(order),
                    None,
                )
            });
        }
    }

    fn access(&mut self, course: Id, expected: &AccessExpectation, path: &Path) {
        let stage = self.stage;
        let now = self.world.now();
        let accesses = self.world.accesses(self.person, course);
        let active = accesses.iter().filter(|access| access.is_active(now));
        let active: Vec<Option<Instant>> = active.map(|access| access.ends).collect();
        // Of several the longest counts.
        let longest = active
            .iter()
            .copied()
            .reduce(|one, other| one.zip(other).map(|(one, other)| one.max(other)));
        let (right, wanted) = match expected {
            AccessExpectation::Is(is) => (
                active.is_empty() != *is,
                if *is { "access" } else { "no access" }.to_owned(),
            ),
            AccessExpectation::Unlimited(UnlimitedWord::Unlimited) => {
                (longest == Some(None), "access without end".to_owned())
            }
            AccessExpectation::Until(AccessUntil { until }) => match stage.end(until) {
                Ok(end) => (
                    longest == Some(Some(end)),
                    format!("access until {}", stage.time(end)),
                ),
                Err(_) => (false, format!("access until {}", until.0)),
            },
        };
        let name = stage.name("course", course);
        self.is(right, path, || {
            let found = match longest {
                None => "no access".to_owned(),
                Some(None) => "access without end".to_owned(),
                Some(Some(end)) => format!("access until {}", stage.time(end)),
            };
            let ended = accesses.iter().filter_map(|access| access.ends).max();
            let because = match (longest, ended) {
                (None, Some(end)) if end <= now => Some(format!("it ended on {}", stage.time(end))),
                (None, Some(_)) => Some("it rests".to_owned()),
                (None, None) => Some("nothing that was bought gives it".to_owned()),
                (Some(_), _) => None,
            };
            (format!("{wanted} to course `{name}`"), found, because)
        });
    }

    /// Events of this person, the latest first.
    fn backwards(&self) -> impl Iterator<Item = &Event> {
        let person = self.person;
        let events = self.world.events().iter().rev();
        events.filter(move |event| event.person == person)
    }

    /// How a person came into a list, or left it, or why neither.
    fn why_list(&self, list: Id) -> String {
        let name = self.stage.name("list", list);
        let moved = self.backwards().find(|event| {
            matches!(event.what, What::Entered { list: of } | What::Left { list: of } if of == list)
        });
        match moved {
            Some(event) if event.what == (What::Left { list }) => {
                format!("list `{name}`: left it {}", self.how(event))
            }
            Some(event) => format!("list `{name}`: entered it {}", self.how(event)),
            None => {
                let is_in = self
                    .world
                    .person(self.person)
                    .is_some_and(|person| person.lists.contains_key(&list));
                if is_in {
                    format!("list `{name}`: in it from the beginning")
                } else {
                    let fills = self.who_acts(&|action| {
                        *action == crate::domain::world::Action::AddToList(list)
                    });
                    match fills {
                        Some(state) => format!("list `{name}`: never entered it; {state}"),
                        None => format!("list `{name}`: never entered it"),
                    }
                }
            }
        }
    }

    /// When and by what something happened: `24h after trigger 1 of scenario …`.
    fn how(&self, event: &Event) -> String {
        let at = self.stage.time(event.at);
        let by = self.stage.by(event.by);
        let after = match event.by {
            By::Scenario { scenario, trigger } => self.after_what(event, scenario, trigger),
            By::Person | By::Staff | By::Time | By::Segment => None,
        };
        match (by, after) {
            (Some(by), Some(after)) => format!("on {at}, {by}, {after}"),
            (Some(by), None) => format!("on {at}, {by}"),
            (None, _) => format!("on {at}"),
        }
    }

    fn after_what(&self, event: &Event, scenario: Id, trigger: usize) -> Option<String> {
        let before = |other: &&Event| other.at <= event.at;
        let (start, what) = match trigger.checked_sub(1) {
            Some(trigger) => {
                let acted = What::Acted { scenario, trigger };
                let acted = self.backwards().filter(before).find(|e| e.what == acted);
                (acted?.at, format!("trigger {}", trigger + 1))
            }
            None => {
                let started = What::Started { scenario };
                let started = self.backwards().filter(before).find(|e| e.what == started);
                (started?.at, "it began".to_owned())
            }
        };
        let minutes = u32::try_from((event.at - start).num_minutes()).ok()?;
        let length = Duration {
            months: 0,
            days: 0,
            minutes,
        };
        (minutes > 0).then(|| format!("{length} after {what}"))
    }

    fn why_letter(&self, letter: Id, nth: usize) -> Option<String> {
        let sent = self.world.events().iter().filter(|event| {
            event.person == self.person && matches!(event.what, What::LetterSent { .. })
        });
        let event = sent.into_iter().nth(nth)?;
        let name = self.stage.name("letter", letter);
        Some(format!("letter `{name}`: sent {}", self.how(event)))
    }

    fn why_no_letter(&self, letter: Id) -> String {
        let name = self.stage.name("letter", letter);
        let state =
            self.who_acts(&|action| *action == crate::domain::world::Action::SendLetter(letter));
        match state {
            Some(state) => format!("letter `{name}`: not sent; {state}"),
            None => format!("letter `{name}`: no scenario sends it"),
        }
    }

    /// How far the scenario that would do something has come for this person.
    fn who_acts(&self, does: &dyn Fn(&crate::domain::world::Action) -> bool) -> Option<String> {
        let scenarios = self.stage.school.scenarios.iter();
        let (id, scenario) = scenarios
            .filter(|(_, scenario)| {
                let mut actions = scenario.triggers.iter().flat_map(|t| &t.actions);
                actions.any(does)
            })
            // One that has begun says more than one that has not.
            .max_by_key(|(id, _)| {
                self.backwards()
                    .any(|event| event.what == What::Started { scenario: **id })
            })?;
        let name = self.stage.name("scenario", *id);
        if !scenario.active {
            return Some(format!("scenario `{name}` is paused"));
        }
        let mut events = self.backwards();
        let last = events.find(|event| event.what.scenario() == Some(*id));
        Some(match last {
            None => format!("scenario `{name}` has not begun for this person"),
            Some(event) => format!(
                "on {}: {}",
                self.stage.time(event.at),
                self.stage.happened(event)
            ),
        })
    }

    /// Why a person is in none of a coupon's lists.
    fn why_coupon(&self, refusal: &CouponRefusal) -> Option<String> {
        match refusal {
            CouponRefusal::NotInList(lists) => lists.first().map(|list| self.why_list(*list)),
            CouponRefusal::Unknown
            | CouponRefusal::Disabled
            | CouponRefusal::Ended(_)
            | CouponRefusal::UsedUp(_)
            | CouponRefusal::UsedByContact(_)
            | CouponRefusal::NotAccepted
            | CouponRefusal::NothingAccepts
            | CouponRefusal::OtherCurrency
            | CouponRefusal::OnPromotion => None,
        }
    }
}

/// Names in a row, or a word for none.
fn all(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
