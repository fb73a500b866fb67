//! The objects before and after, read as far as somebody asks for them.

use super::said::{About, Consequence, Counted};
use crate::domain::world::{Course, Id, Incomplete, Offer, Scenario, School};
use crate::domain::zone::Zone;
use crate::kinds::{WireInstant, kind, to_json};
use crate::model::{Address, Attributes, Instant, LiveState, RemoteId, Value};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// What consequences are computed from.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Everything that the platform holds now.
    pub live: &'a LiveState,
    /// What the plan does with each object, in the order of addresses.
    pub changes: Vec<Change<'a>>,
    /// What managed objects are called; what the plan makes has a negative id.
    pub names: BTreeMap<(&'a str, Id), &'a Address>,
    /// How the titles of private copies begin, by kind.
    pub copies: BTreeMap<&'a str, &'a str>,
    /// The project's time zone.
    pub zone: &'a Zone,
    /// The clock.
    pub now: Instant,
}

/// What a plan does with one object.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// The object.
    pub address: &'a Address,
    /// What is done.
    pub deed: Deed,
    /// Its id before, if it exists.
    pub old: Option<Id>,
    /// Its id after, if it still exists; negative if the plan makes it.
    pub new: Option<Id>,
    /// What it is like before.
    pub before: Option<Attributes>,
    /// What it is like after.
    pub after: Option<Attributes>,
}

/// What is done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is made.
    Made,
    /// It is changed.
    Changed,
    /// Another one takes its place.
    Replaced,
    /// It is taken out of use.
    Retired,
    /// It is deleted.
    Deleted,
}

/// A side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// As the platform is.
    Before,
    /// As the plan leaves it.
    After,
}

/// Both sides.
pub(super) struct Sides<'f> {
    pub facts: &'f Facts<'f>,
    before: BTreeMap<(&'f str, Id), &'f Change<'f>>,
    after: BTreeMap<(&'f str, Id), &'f Change<'f>>,
    courses: OnceCell<BTreeMap<Id, BTreeSet<Id>>>,
    copies: OnceCell<BTreeMap<&'f str, Vec<Id>>>,
}

impl<'f> Sides<'f> {
    pub fn new(facts: &'f Facts<'f>) -> Self {
        let by = |id: fn(&Change<'f>) -> Option<Id>| {
            let changes = facts.changes.iter();
            changes
                .filter_map(|change| Some(((&*change.address.kind, id(change)?), change)))
                .collect()
        };
        Sides {
            facts,
            before: by(|change| change.old),
            after: by(|change| change.new),
            courses: OnceCell::new(),
            copies: OnceCell::new(),
        }
    }

    /// The attributes of an object on a side; `None` if it does not exist there, or was not read.
    pub fn attributes(&self, side: Side, kind: &str, id: Id) -> Option<&'f Attributes> {
        let (before, after) = (self.before.get(&(kind, id)), self.after.get(&(kind, id)));
        match (side, before, after) {
            (Side::Before, Some(change), _) => change.before.as_ref(),
            (Side::After, _, Some(change)) => change.after.as_ref(),
            // It is replaced or gone.
            (Side::After, Some(_), None) | (Side::Before, None, Some(_)) => None,
            (_, None, None) => self.live(kind, id),
        }
    }

    /// The attributes of a live object.
    pub fn live(&self, kind: &str, id: Id) -> Option<&'f Attributes> {
        let objects = self.facts.live.kinds.get(kind)?;
        Some(&objects.get(&RemoteId(id))?.attributes)
    }

    /// Every id of a kind that exists on a side or the other, in order.
    pub fn ids(&self, kind: &str) -> BTreeSet<Id> {
        let live = self.facts.live.kinds.get(kind).into_iter();
        let live = live.flat_map(|objects| objects.keys().map(|id| id.0));
        let changed = self.facts.changes.iter();
        let changed = changed
            .filter(|change| &*change.address.kind == kind)
            .flat_map(|change| change.old.into_iter().chain(change.new));
        live.chain(changed).collect()
    }

    /// A number that comes with a listing; `None` where the platform tells none.
    pub fn count(&self, kind: &str, id: Id, attribute: &str) -> Option<u64> {
        // What the plan makes has nobody yet.
        if id < 0 {
            return Some(0);
        }
        let count = self.live(kind, id)?.get(attribute)?.as_int()?;
        u64::try_from(count).ok()
    }

    /// What an object is called: its address, or the title of what is not managed.
    pub fn name(&self, kind: &str, id: Id) -> String {
        if let Some(address) = self.facts.names.get(&(kind, id)) {
            return address.to_string();
        }
        let title = self.live(kind, id).and_then(|it| text(it, "title"));
        match title {
            Some(title) => format!("{kind} \"{title}\""),
            None => format!("{kind} {id}"),
        }
    }

    /// An offer on a side.
    pub fn offer(&self, side: Side, id: Id) -> Option<Offer> {
        let body = self.attributes(side, "offer", id)?;
        self.school("offer", id, body)?.offers.remove(&id)
    }

    /// A scenario of this body.
    pub fn scenario(&self, id: Id, body: &Attributes) -> Option<Scenario> {
        self.school("scenario", id, body)?.scenarios.remove(&id)
    }

    /// A coupon on a side.
    pub fn coupon(&self, side: Side, id: Id) -> Option<crate::domain::world::Coupon> {
        let body = self.attributes(side, "coupon", id)?;
        self.school("coupon", id, body)?.coupons.remove(&id)
    }

    /// A live course, with the titles of its modules and lessons.
    pub fn course(&self, id: Id) -> Option<(Course, Titles)> {
        let body = self.live("course", id)?;
        let course = self.school("course", id, body)?.courses.remove(&id)?;
        Some((course, Titles::of(body)))
    }

    /// A school with nothing but one object in it. What the platform answers oddly is not read.
    fn school(&self, kind_id: &str, id: Id, body: &Attributes) -> Option<School> {
        let collection = kind(kind_id)?.collection?;
        let body = to_json(&Value::Map(body.clone()))?;
        let mut school = School::empty(self.facts.zone.clone());
        let read = school.insert(collection.path, id, body, Incomplete::Allowed);
        read.is_ok().then_some(school)
    }

    /// The live offers on a course, copies included.
    pub fn offers_on(&self, course: Id) -> BTreeSet<Id> {
        let courses = self.courses.get_or_init(|| {
            let mut courses: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
            let offers = self.facts.live.kinds.get("offer").into_iter().flatten();
            for (offer, object) in offers {
                let products = object.attributes.get("products");
                for product in products.and_then(Value::as_list).into_iter().flatten() {
                    let course = product.as_map().and_then(|it| it.get("course_id"));
                    if let Some(course) = course.and_then(Value::as_int) {
                        courses.entry(course).or_default().insert(offer.0);
                    }
                }
            }
            courses
        });
        courses.get(&course).cloned().unwrap_or_default()
    }

    /// The private copies of an offer, told by their titles.
    pub fn copies_of(&self, title: &str) -> &[Id] {
        let copies = self.copies.get_or_init(|| {
            let mut copies: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
            let offers = self.facts.live.kinds.get("offer").into_iter().flatten();
            for (id, object) in offers {
                if let Some(of) = self.copied(&object.attributes) {
                    copies.entry(of).or_default().push(id.0);
                }
            }
            copies
        });
        copies.get(title.trim()).map_or(&[], Vec::as_slice)
    }

    /// The title of the offer that this one is a private copy of.
    pub fn copied<'v>(&self, offer: &'v Attributes) -> Option<&'v str> {
        let prefix = self.facts.copies.get("offer")?;
        let rest = text(offer, "title")?.strip_prefix(prefix)?;
        Some(rest.trim())
    }

    /// An instant as people read it, in the project's time zone.
    pub fn show(&self, at: Instant) -> String {
        let local = self.facts.zone.local(at);
        local.format("%-d %B %Y %H:%M").to_string()
    }
}

/// What people call the parts of a course.
#[derive(Debug, Default)]
pub(super) struct Titles {
    modules: BTreeMap<Id, String>,
    lessons: BTreeMap<Id, String>,
}

impl Titles {
    fn of(course: &Attributes) -> Self {
        let mut titles = Titles::default();
        let of = |part: &Attributes| {
            let id = part.get("id").and_then(Value::as_int)?;
            Some((id, text(part, "title")?.to_owned()))
        };
        let parts = |part: &'_ Attributes, key: &str| -> Vec<Attributes> {
            let parts = part.get(key).and_then(Value::as_list).into_iter().flatten();
            parts.filter_map(Value::as_map).cloned().collect()
        };
        for module in parts(course, "modules") {
            titles.modules.extend(of(&module));
            let lessons = parts(&module, "lessons");
            titles.lessons.extend(lessons.iter().filter_map(of));
        }
        titles
    }

    /// A module in words.
    pub fn module(&self, id: Id) -> String {
        self.modules.get(&id).map_or_else(
            || format!("module {id}"),
            |title| format!("module \"{title}\""),
        )
    }

    /// A lesson in words.
    pub fn lesson(&self, id: Id) -> String {
        self.lessons.get(&id).map_or_else(
            || format!("lesson {id}"),
            |title| format!("lesson \"{title}\""),
        )
    }
}

/// The text of an attribute.
pub(super) fn text<'v>(attributes: &'v Attributes, key: &str) -> Option<&'v str> {
    attributes.get(key)?.as_text()
}

/// A number of people in words: `24 clients`, `1 client`, `unknown how many clients`.
pub(super) fn many(count: Option<u64>, what: Counted) -> String {
    match count {
        Some(count) => format!("{count} {}", what.words(Some(count))),
        None => format!("unknown how many {}", what.words(None)),
    }
}

impl Change<'_> {
    /// Something to say of the change.
    pub(super) fn say(&self, about: About, text: impl Into<String>) -> Consequence {
        Consequence {
            address: self.address.to_string(),
            about,
            what: None,
            count: None,
            at: None,
            text: text.into(),
            ids: Vec::new(),
        }
    }

    /// Whether an attribute is another afterwards.
    pub(super) fn changes(&self, key: &str) -> bool {
        let at = |side: &Option<Attributes>| side.as_ref().and_then(|it| it.get(key)).cloned();
        at(&self.before) != at(&self.after)
    }
}

impl Consequence {
    /// With a number of people.
    pub(super) fn counting(mut self, what: Counted, count: Option<u64>) -> Self {
        self.what = Some(what);
        self.count = count;
        self
    }

    /// With an instant.
    pub(super) fn at(mut self, at: Instant) -> Self {
        self.at = Some(WireInstant(at));
        self
    }
}

impl About {
    /// Whether it takes something from people who have it.
    pub fn takes_away(self) -> bool {
        matches!(self, About::AccessShortened | About::LessonsClosed)
    }

    /// Whether what is counted with it is reached by the change.
    pub(super) fn counts(self) -> bool {
        match self {
            About::Reach
            | About::UnpaidOrders
            | About::AccessShortened
            | About::LessonsClosed
            | About::Notified
            | About::NewList => true,
            About::Opening
            | About::Kept
            | About::Copies
            | About::OnSaleNow
            | About::EarlierCohort
            | About::EntryEvents
            | About::NotReached
            | About::PendingWaits
            | About::Sent => false,
        }
    }
}
