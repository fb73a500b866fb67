//! What a configuration says of time, document by document.

use super::{Moment, Relative, Shown, Span, Timeline};
use crate::compile::Compiled;
use crate::domain::pricing::Promotion;
use crate::domain::schedule::{Opens, later};
use crate::domain::world::{Course, Id, Offer, Schedule, Term};
use crate::domain::zone::Zone;
use crate::kinds::{Document, Reference, Spec};
use crate::model::{Address, Duration, Instant, Name};
use crate::simulate::stage::Stage;
use std::collections::BTreeMap;

/// The timeline of a compiled configuration.
pub fn timeline(compiled: &Compiled, stage: &Stage) -> Timeline {
    let mut out = Builder {
        stage,
        timeline: Timeline {
            zone: compiled.zone.name().to_owned(),
            ..Timeline::default()
        },
        zone: &compiled.zone,
        relative: Vec::new(),
        seen: BTreeMap::new(),
    };
    for document in &compiled.documents {
        out.document(document);
    }
    let mut timeline = out.timeline;
    timeline.moments.sort();
    timeline.spans.sort_by(|one, other| one.of.cmp(&other.of));
    // Steps of one instant stay in their order.
    let mut relative = out.relative;
    relative.sort_by(|(one, first), (other, second)| (&first.of, one).cmp(&(&second.of, other)));
    timeline.relative = relative.into_iter().map(|(_, it)| it).collect();
    timeline
}

pub(super) struct Builder<'a> {
    pub(super) stage: &'a Stage,
    zone: &'a Zone,
    timeline: Timeline,
    /// What counts from something else, each with its length for the order alone: months of 30 days.
    relative: Vec<(u64, Relative)>,
    /// Openings that are said already, of a cohort's module or lesson: where in `relative`, unless
    /// they have an instant.
    seen: BTreeMap<(String, String), Option<usize>>,
}

/// Who buys first and last: as the sale opens, and just before it closes.
#[derive(Clone, Copy)]
struct Buyers {
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Buyers {
    fn of(offer: &Offer) -> Self {
        let a_moment = chrono::TimeDelta::seconds(1);
        Buyers {
            first: offer.opens,
            last: offer
                .closes
                .and_then(|closes| closes.checked_sub_signed(a_moment)),
        }
    }
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

    pub(super) fn relative(&mut self, length: Duration, relative: Relative) {
        let days = u64::from(length.months) * 30 + u64::from(length.days);
        let minutes = days * 24 * 60 + u64::from(length.minutes);
        self.relative.push((minutes, relative));
    }

    fn shown(&self, at: Instant) -> Shown {
        Shown {
            at,
            time: self.stage.time(at),
        }
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
                        cohort: None,
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
                        cohort: None,
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
        self.spans(address, offer, cohort);
        let buyers = Buyers::of(offer);
        for (at, product) in offer.products.iter().enumerate() {
            let cohort = cohorts.get(at).copied().flatten();
            let course = self.stage.school.courses.get(&product.course).cloned();
            if let Some(course) = course {
                let openings = Openings {
                    offer: address,
                    cohort,
                    course: product.course,
                    schedule: &product.schedule,
                    buyers,
                };
                self.openings(&openings, &course);
            }
            if let Term::For(length) = product.access {
                let course = self.stage.name("course", product.course);
                let ends = |from: Instant| later(from, length, self.zone).map(|at| self.shown(at));
                let relative = Relative {
                    of: address.to_string(),
                    cohort: cohort.map(|cohort| cohort.as_str().to_owned()),
                    when: format!("{length} after access"),
                    text: format!("access to course `{course}` ends"),
                    first: buyers.first.and_then(ends),
                    last: buyers.last.and_then(ends),
                };
                self.relative(length, relative);
            }
        }
    }

    fn spans(&mut self, address: &Address, offer: &Offer, cohort: Option<&str>) {
        let label = match offer.price {
            Some(price) => format!("offer `{}` is on sale, at {price}", address.name),
            None => format!("offer `{}` is on sale", address.name),
        };
        self.timeline.spans.push(Span {
            of: address.to_string(),
            what: "sale",
            cohort: cohort.map(str::to_owned),
            from: offer.opens,
            to: offer.closes,
            label,
        });
        if let Some(promotion) = offer.promotion {
            self.timeline.spans.push(Span {
                of: address.to_string(),
                what: "promotion",
                cohort: cohort.map(str::to_owned),
                from: promotion.starts,
                to: promotion.ends,
                label: format!("offer `{}` costs {}", address.name, promotion.price),
            });
        }
        for product in &offer.products {
            if let Term::Until(ends) = product.access {
                let course = self.stage.name("course", product.course);
                self.timeline.spans.push(Span {
                    of: address.to_string(),
                    what: "access",
                    cohort: cohort.map(str::to_owned),
                    from: offer.opens,
                    to: Some(ends),
                    label: format!("access to course `{course}` by offer `{}`", address.name),
                });
            }
        }
    }

    /// Openings of modules and lessons. What several offers take from one cohort is said once.
    fn openings(&mut self, openings: &Openings<'_>, course: &Course) {
        let course_id = openings.course;
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
            if let Some(opens) = openings.schedule.module(module) {
                self.opening(openings, &module_name, "module", opens);
            }
            for lesson in &module.lessons {
                if let Some(opens) = openings.schedule.lesson(lesson) {
                    let name = self.stage.lesson_name(course_id, lesson.id);
                    self.opening(openings, &name, "lesson", opens);
                }
            }
        }
    }

    fn opening(&mut self, openings: &Openings<'_>, name: &str, sort: &'static str, opens: Opens) {
        let of = match openings.cohort {
            Some(cohort) => Address::new("cohort", cohort.0.clone()),
            None => openings.offer.clone(),
        };
        let cohort = openings.cohort.map(Name::as_str);
        let shown = |access: Option<Instant>| {
            access.map(|access| self.shown(opens.instant(access, self.zone)))
        };
        let (first, last) = (shown(openings.buyers.first), shown(openings.buyers.last));
        let key = (of.to_string(), name.to_owned());
        if let Some(said) = self.seen.get(&key) {
            // Another offer of the same cohort: its buyers may come earlier or later, or at any time.
            if let Some((_, said)) = said.and_then(|said| self.relative.get_mut(said)) {
                said.first = said.first.take().zip(first).map(|(one, two)| one.min(two));
                said.last = said.last.take().zip(last).map(|(one, two)| one.max(two));
            }
            return;
        }
        match opens {
            Opens::At(at) => {
                self.seen.insert(key, None);
                self.moment(New {
                    at: Some(at),
                    of: &of,
                    what: "opens",
                    part: name.to_owned(),
                    cohort,
                    text: format!("{sort} `{name}` opens"),
                    whom: Some("participants, by e-mail and by the bell".to_owned()),
                });
            }
            Opens::AfterAccess { days, hour } => {
                self.seen.insert(key, Some(self.relative.len()));
                let at = hour.map_or_else(
                    || "at each participant's own hour".to_owned(),
                    |hour| format!("at {hour}"),
                );
                let length = Duration {
                    months: 0,
                    days,
                    minutes: 0,
                };
                let relative = Relative {
                    of: of.to_string(),
                    cohort: cohort.map(str::to_owned),
                    when: format!("{days}d after access, {at}"),
                    text: format!("{sort} `{name}` opens, with an e-mail and a bell"),
                    first,
                    last,
                };
                self.relative(length, relative);
            }
        }
    }
}

/// What an offer's product opens, and to whom.
struct Openings<'a> {
    offer: &'a Address,
    cohort: Option<&'a Name>,
    course: Id,
    schedule: &'a Schedule,
    buyers: Buyers,
}
