//! What a configuration does by itself, when and to whom: sales, promotions, openings, ends, letters.

use super::stage::Stage;
use crate::compile::Compiled;
use crate::domain::pricing::Promotion;
use crate::domain::schedule::Opens;
use crate::domain::world::{Action, Course, Id, Occasion, Offer, Schedule, Term};
use crate::kinds::{Document, Reference, Spec};
use crate::model::{Address, Duration, Instant, Name};
use std::collections::{BTreeMap, BTreeSet};

/// A configuration's timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The project's time zone.
    pub zone: String,
    /// What happens at instants, in their order.
    pub moments: Vec<Moment>,
    /// What lasts, for charts: lane by lane.
    pub spans: Vec<Span>,
    /// What happens so long after something else.
    pub relative: Vec<Relative>,
}

/// Something that happens at an instant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// When.
    pub at: Instant,
    /// When, on the clocks of the project.
    pub time: String,
    /// The document that it comes from.
    pub of: String,
    /// What, in a word for machines.
    pub what: &'static str,
    /// Which part of the document: a module, a lesson, an instalment.
    pub part: String,
    /// The cohort that it belongs to.
    pub cohort: Option<String>,
    /// What, in a sentence.
    pub text: String,
    /// Whom it reaches, and how.
    pub whom: Option<String>,
}

/// Something that lasts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The document that it comes from.
    pub of: String,
    /// What: `sale`, `promotion`, `discount`.
    pub what: &'static str,
    /// Its beginning; open, if `None`.
    pub from: Option<Instant>,
    /// Its end; open, if `None`.
    pub to: Option<Instant>,
    /// What is written on it.
    pub label: String,
}

/// Something that happens so long after something else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relative {
    /// The document that it comes from.
    pub of: String,
    /// The cohort that it belongs to.
    pub cohort: Option<String>,
    /// When: `30m after an unpaid order of offer …`.
    pub when: String,
    /// What.
    pub text: String,
}

/// What differs between two timelines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// It happens at another time.
    Moved {
        /// As it was.
        before: Moment,
        /// As it is.
        after: Moment,
    },
    /// It did not happen before.
    Appears(Moment),
    /// It does not happen any more.
    Disappears(Moment),
}

impl Timeline {
    /// What happens from an instant on and before another.
    #[must_use]
    pub fn between(self, from: Option<Instant>, to: Option<Instant>) -> Self {
        let is_in = |at: Instant| from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to);
        let meets = |span: &Span| {
            to.is_none_or(|to| span.from.is_none_or(|begins| begins < to))
                && from.is_none_or(|from| span.to.is_none_or(|ends| ends > from))
        };
        Timeline {
            moments: self
                .moments
                .into_iter()
                .filter(|moment| is_in(moment.at))
                .collect(),
            spans: self.spans.into_iter().filter(meets).collect(),
            ..self
        }
    }

    /// What lasts at an instant.
    pub fn lasting(&self, at: Instant) -> Vec<&Span> {
        self.spans
            .iter()
            .filter(|span| {
                span.from.is_none_or(|from| from <= at) && span.to.is_none_or(|to| at < to)
            })
            .collect()
    }

    /// What has moved since an earlier timeline, in the order of time.
    pub fn moved_since(&self, before: &Timeline) -> Vec<Move> {
        let keyed = |timeline: &Timeline| -> BTreeMap<(String, &'static str, String), Moment> {
            let moments = timeline.moments.iter();
            moments
                .map(|it| ((it.of.clone(), it.what, it.part.clone()), it.clone()))
                .collect()
        };
        let (old, new) = (keyed(before), keyed(self));
        let mut moves = Vec::new();
        for (key, after) in &new {
            match old.get(key) {
                None => moves.push(Move::Appears(after.clone())),
                Some(before) if before.at != after.at => moves.push(Move::Moved {
                    before: before.clone(),
                    after: after.clone(),
                }),
                Some(_) => {}
            }
        }
        let gone = old.iter().filter(|(key, _)| !new.contains_key(*key));
        moves.extend(gone.map(|(_, moment)| Move::Disappears(moment.clone())));
        moves.sort_by_key(|it| {
            let (Move::Moved { after: moment, .. }
            | Move::Appears(moment)
            | Move::Disappears(moment)) = it;
            (moment.at, moment.of.clone(), moment.part.clone())
        });
        moves
    }
}

/// The timeline of a compiled configuration.
pub fn timeline(compiled: &Compiled, stage: &Stage) -> Timeline {
    let mut out = Builder {
        stage,
        timeline: Timeline {
            zone: compiled.zone.name().to_owned(),
            ..Timeline::default()
        },
        seen: BTreeSet::new(),
    };
    for document in &compiled.documents {
        out.document(document);
    }
    let mut timeline = out.timeline;
    timeline.moments.sort();
    timeline.spans.sort_by(|one, other| one.of.cmp(&other.of));
    timeline.relative.sort();
    timeline
}

struct Builder<'a> {
    stage: &'a Stage,
    timeline: Timeline,
    /// Openings that are said already: of a cohort's module or lesson.
    seen: BTreeSet<(String, String)>,
}

/// Something that happens at an instant, as it is put together.
struct New<'a> {
    at: Option<Instant>,
    of: &'a Address,
    what: &'static str,
    part: String,
    cohort: Option<&'a str>,
    text: String,
    whom: Option<String>,
}

impl Builder<'_> {
    fn moment(&mut self, new: New<'_>) {
        let New {
            at,
            of,
            what,
            part,
            cohort,
            text,
            whom,
        } = new;
        let Some(at) = at else { return };
        self.timeline.moments.push(Moment {
            at,
            time: self.stage.time(at),
            of: of.to_string(),
            what,
            part,
            cohort: cohort.map(str::to_owned),
            text,
            whom,
        });
    }

    fn relative(&mut self, of: &Address, cohort: Option<&str>, when: String, text: String) {
        self.timeline.relative.push(Relative {
            of: of.to_string(),
            cohort: cohort.map(str::to_owned),
            when,
            text,
        });
    }

    fn document(&mut self, document: &Document) {
        let address = &document.address;
        let Some(id) = self.stage.id(address) else {
            return;
        };
        let school = &self.stage.school;
        match &document.spec {
            Spec::Cohort(cohort) => {
                let at = cohort
                    .starts
                    .as_ref()
                    .and_then(|at| self.stage.instant(at).ok());
                self.moment(New {
                    at,
                    of: address,
                    what: "starts",
                    part: String::new(),
                    cohort: Some(&address.name),
                    text: format!("cohort `{}` starts", address.name),
                    whom: None,
                });
            }
            Spec::Offer(written) => {
                let products = written.products.set().into_iter().flatten();
                let cohorts: Vec<Option<&Name>> = products
                    .map(|product| product.cohort.set().and_then(Reference::name))
                    .collect();
                if let Some(offer) = school.offers.get(&id).cloned() {
                    self.offer(address, &offer, &cohorts);
                }
            }
            Spec::Coupon(_) => {
                if let Some(coupon) = school.coupons.get(&id).filter(|coupon| coupon.active) {
                    let ends = coupon.ends;
                    self.moment(New {
                        at: ends,
                        of: address,
                        what: "discount-ends",
                        part: String::new(),
                        cohort: None,
                        text: format!("coupon `{}` ceases to work", address.name),
                        whom: None,
                    });
                    self.timeline.spans.push(Span {
                        of: address.to_string(),
                        what: "discount",
                        from: None,
                        to: ends,
                        label: format!("coupon `{}` works", address.name),
                    });
                }
            }
            Spec::Pass(_) => {
                if let Some(pass) = school.passes.get(&id).filter(|pass| pass.for_sale) {
                    let ends = pass.sale_ends;
                    self.moment(New {
                        at: ends,
                        of: address,
                        what: "sale-ends",
                        part: String::new(),
                        cohort: None,
                        text: format!("the sale of pass `{}` has ended", address.name),
                        whom: None,
                    });
                    self.timeline.spans.push(Span {
                        of: address.to_string(),
                        what: "sale",
                        from: None,
                        to: ends,
                        label: format!("pass `{}` is for sale", address.name),
                    });
                }
            }
            Spec::Scenario(_) => {
                if let Some(scenario) = school.scenarios.get(&id).filter(|it| it.active).cloned() {
                    self.scenario(address, &scenario);
                }
            }
            Spec::Course(_)
            | Spec::List(_)
            | Spec::Letter(_)
            | Spec::Pack(_)
            | Spec::Removed(_)
            | Spec::Test(_) => {}
        }
    }

    fn offer(&mut self, address: &Address, offer: &Offer, cohorts: &[Option<&Name>]) {
        if !offer.published {
            return;
        }
        let cohort = cohorts.iter().flatten().next().map(|name| name.as_str());
        let stage = self.stage;
        let name = &address.name;
        let price = match offer.price {
            Some(price) => format!(", at {price}"),
            None => String::new(),
        };
        let mut say = |at, what, part: String, text: String, whom| {
            self.moment(New {
                at,
                of: address,
                what,
                part,
                cohort,
                text,
                whom,
            });
        };
        say(
            offer.opens,
            "sale-opens",
            String::new(),
            format!("the sale of offer `{name}` opens{price}"),
            None,
        );
        say(
            offer.closes,
            "sale-closes",
            String::new(),
            format!("the sale of offer `{name}` has closed"),
            None,
        );
        if let Some(Promotion {
            price,
            starts,
            ends,
        }) = offer.promotion
        {
            say(
                starts,
                "promotion-begins",
                String::new(),
                format!("offer `{name}` costs {price} from now on"),
                None,
            );
            let regular = offer
                .price
                .map_or(String::new(), |price| format!(" {price}"));
            say(
                ends,
                "promotion-ends",
                String::new(),
                format!("offer `{name}` costs its regular price{regular} again"),
                None,
            );
        }
        for (at, (amount, due)) in offer.payment.schedule.iter().enumerate() {
            say(
                *due,
                "instalment-due",
                (at + 1).to_string(),
                format!("instalment {} of offer `{name}`, {amount}, was due", at + 1),
                Some("who pays it in parts".to_owned()),
            );
        }
        for product in &offer.products {
            if let Term::Until(ends) = product.access {
                let course = stage.name("course", product.course);
                say(
                    Some(ends),
                    "access-ends",
                    course.clone(),
                    format!("access to course `{course}` by offer `{name}` ends"),
                    Some("everyone who has bought it".to_owned()),
                );
            }
        }
        self.spans(address, offer);
        for (at, product) in offer.products.iter().enumerate() {
            let cohort = cohorts.get(at).copied().flatten();
            let course = self.stage.school.courses.get(&product.course).cloned();
            if let Some(course) = course {
                self.openings(address, cohort, product.course, &course, &product.schedule);
            }
            if let Term::For(length) = product.access {
                let course = self.stage.name("course", product.course);
                self.relative(
                    address,
                    cohort.map(Name::as_str),
                    format!("{length} after access"),
                    format!("access to course `{course}` ends"),
                );
            }
        }
    }

    fn spans(&mut self, address: &Address, offer: &Offer) {
        let label = match offer.price {
            Some(price) => format!("offer `{}` is on sale, at {price}", address.name),
            None => format!("offer `{}` is on sale", address.name),
        };
        self.timeline.spans.push(Span {
            of: address.to_string(),
            what: "sale",
            from: offer.opens,
            to: offer.closes,
            label,
        });
        if let Some(promotion) = offer.promotion {
            self.timeline.spans.push(Span {
                of: address.to_string(),
                what: "promotion",
                from: promotion.starts,
                to: promotion.ends,
                label: format!("offer `{}` costs {}", address.name, promotion.price),
            });
        }
    }

    /// Openings of modules and lessons. What several offers take from one cohort is said once.
    fn openings(
        &mut self,
        offer: &Address,
        cohort: Option<&Name>,
        course_id: Id,
        course: &Course,
        schedule: &Schedule,
    ) {
        let of = match cohort {
            Some(cohort) => Address::new("cohort", cohort.0.clone()),
            None => offer.clone(),
        };
        let cohort = cohort.map(Name::as_str);
        for module in &course.modules {
            let first = module.lessons.first();
            let module_name = first.map_or_else(
                || format!("{}/{}", self.stage.name("course", course_id), module.id),
                |lesson| {
                    let name = self.stage.lesson_name(course_id, lesson.id);
                    name.rsplit_once('/')
                        .map_or(name.clone(), |(module, _)| module.to_owned())
                },
            );
            if let Some(opens) = schedule.module(module) {
                self.opening(&of, cohort, &module_name, "module", opens);
            }
            for lesson in &module.lessons {
                if let Some(opens) = schedule.lesson(lesson) {
                    let name = self.stage.lesson_name(course_id, lesson.id);
                    self.opening(&of, cohort, &name, "lesson", opens);
                }
            }
        }
    }

    fn opening(
        &mut self,
        of: &Address,
        cohort: Option<&str>,
        name: &str,
        sort: &'static str,
        opens: Opens,
    ) {
        if !self.seen.insert((of.to_string(), name.to_owned())) {
            return;
        }
        match opens {
            Opens::At(at) => self.moment(New {
                at: Some(at),
                of,
                what: "opens",
                part: name.to_owned(),
                cohort,
                text: format!("{sort} `{name}` opens"),
                whom: Some("participants, by e-mail and by the bell".to_owned()),
            }),
            Opens::AfterAccess { days, hour } => {
                let hour = hour.map_or_else(
                    || "at each participant's own hour".to_owned(),
                    |hour| format!("at {hour}"),
                );
                self.relative(
                    of,
                    cohort,
                    format!("{days}d after access, {hour}"),
                    format!("{sort} `{name}` opens, with an e-mail and a bell"),
                );
            }
        }
    }

    fn scenario(&mut self, address: &Address, scenario: &crate::domain::world::Scenario) {
        let Some(when) = scenario.triggers.first().and_then(|first| first.when) else {
            return;
        };
        let event = self.occasion(when);
        let mut minutes = 0_u64;
        for trigger in &scenario.triggers {
            let waits = [trigger.wait_before_if, trigger.wait];
            let waited: u64 = waits.iter().filter_map(|wait| wait.exact_minutes()).sum();
            minutes += waited;
            let when = match length(minutes) {
                Some(length) => format!("{length} after {event}"),
                None => format!("at once after {event}"),
            };
            let condition = if trigger.condition.is_some() {
                ", if its condition holds"
            } else {
                ""
            };
            for action in &trigger.actions {
                let text = format!("{}{condition}", self.action(*action));
                self.relative(address, None, when.clone(), text);
            }
        }
    }

    fn occasion(&self, occasion: Occasion) -> String {
        let stage = self.stage;
        match occasion {
            Occasion::UnpaidOrder(offer) => {
                format!("an unpaid order of offer `{}`", stage.name("offer", offer))
            }
            Occasion::PaidOrder(offer) => {
                format!("a payment of offer `{}`", stage.name("offer", offer))
            }
            Occasion::EnteredList(list) => {
                format!("somebody enters list `{}`", stage.name("list", list))
            }
            Occasion::Registered => "a registration".to_owned(),
            Occasion::CompletedLesson(course, lesson) => {
                format!(
                    "lesson `{}` is completed",
                    stage.lesson_name(course, lesson)
                )
            }
            Occasion::CompletedCourse(course) => {
                format!("course `{}` is completed", stage.name("course", course))
            }
            Occasion::Inactive(length, None) => format!("{length} without a visit"),
            Occasion::Inactive(length, Some(course)) => {
                format!(
                    "{length} away from course `{}`",
                    stage.name("course", course)
                )
            }
        }
    }

    fn action(&self, action: Action) -> String {
        let stage = self.stage;
        match action {
            Action::AddToList(list) => {
                format!("the client enters list `{}`", stage.name("list", list))
            }
            Action::RemoveFromList(list) => {
                format!("the client leaves list `{}`", stage.name("list", list))
            }
            Action::SendLetter(letter) => {
                format!("letter `{}` is sent", stage.name("letter", letter))
            }
            Action::AwardPoints(course, points) => {
                format!(
                    "{points} points in course `{}`",
                    stage.name("course", course)
                )
            }
            Action::ExtendAccess(offer, by) => format!(
                "access by offer `{}` is prolonged by {by}",
                stage.name("offer", offer)
            ),
        }
    }
}

/// Minutes as people write them; `None` for none.
fn length(minutes: u64) -> Option<Duration> {
    let minutes = u32::try_from(minutes).ok()?;
    let length = Duration {
        months: 0,
        days: 0,
        minutes,
    };
    (minutes > 0).then(|| length.normal_exact())
}
