//! The platform's objects → a school.

use super::{
    Action, Content, Coupon, CouponPolicy, Course, Id, Lesson, List, Module, Occasion, Offer,
    OfferLetters, Pack, PackItem, Pass, Payment, Product, Scenario, Schedule, School, Subscription,
    Term, Trigger,
};
use crate::domain::pricing::Promotion;
use crate::domain::schedule::Opens;
use crate::domain::world::filter::Filter;
use crate::kinds::{Discount, WireInstant, WireMoney};
use crate::kinds::{coupon, course, list, offer, pack, pass, scenario};
use crate::model::{Duration, Instant, TimeOfDay};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An object that is not what its kind takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{collection} {id}: {message}")]
pub struct Unreadable {
    /// Where it lives: `offers`.
    pub collection: String,
    /// Its id.
    pub id: Id,
    /// What is wrong.
    pub message: String,
}

/// Whether fields that every object has may be missing, since somebody else looks after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// They may: what is not declared is not managed.
    Allowed,
    /// They may not: the platform's objects are whole.
    Refused,
}

impl School {
    /// Takes an object in, in the platform's form. Collections without meaning here are passed over.
    ///
    /// # Errors
    /// The object is not what its kind takes.
    pub fn insert(
        &mut self,
        collection: &str,
        id: Id,
        mut body: Value,
        incomplete: Incomplete,
    ) -> Result<(), Unreadable> {
        let unreadable = |message: String| Unreadable {
            collection: collection.to_owned(),
            id,
            message,
        };
        let without_price = incomplete == Incomplete::Allowed && fill(collection, &mut body);
        let done: Result<(), String> = match collection {
            "courses" => typed(body)
                .and_then(course_of)
                .map(|course| drop(self.courses.insert(id, course))),
            "offers" => typed(body).and_then(offer_of).map(|mut offer| {
                if without_price {
                    offer.price = None;
                }
                self.offers.insert(id, offer);
            }),
            "coupons" => typed(body)
                .and_then(coupon_of)
                .map(|coupon| drop(self.coupons.insert(id, coupon))),
            "lists" => typed(body)
                .and_then(list_of)
                .map(|list| drop(self.lists.insert(id, list))),
            "scenarios" => typed(body)
                .and_then(scenario_of)
                .map(|scenario| drop(self.scenarios.insert(id, scenario))),
            "passes" => typed(body).map(|pass| {
                let mut pass = pass_of(pass);
                if without_price {
                    pass.price = None;
                }
                self.passes.insert(id, pass);
            }),
            "packs" => typed(body).map(|pack| {
                let mut pack = pack_of(pack);
                if without_price {
                    pack.price = None;
                }
                self.packs.insert(id, pack);
            }),
            _ => Ok(()),
        };
        done.map_err(unreadable)
    }

    /// Takes an object out.
    pub fn remove(&mut self, collection: &str, id: Id) {
        match collection {
            "courses" => drop(self.courses.remove(&id)),
            "offers" => drop(self.offers.remove(&id)),
            "coupons" => drop(self.coupons.remove(&id)),
            "lists" => drop(self.lists.remove(&id)),
            "scenarios" => drop(self.scenarios.remove(&id)),
            "passes" => drop(self.passes.remove(&id)),
            "packs" => drop(self.packs.remove(&id)),
            _ => {}
        }
    }
}

/// Fills in what a declaration may leave out; whether the price is among it.
fn fill(collection: &str, body: &mut Value) -> bool {
    let Some(body) = body.as_object_mut() else {
        return false;
    };
    if collection == "coupons" && body.get("discount").is_none_or(Value::is_null) {
        body.insert("discount".to_owned(), serde_json::json!({ "percent": "0" }));
    }
    let priced = matches!(collection, "offers" | "passes" | "packs");
    if !priced || body.get("price").is_some_and(|price| !price.is_null()) {
        return false;
    }
    body.insert(
        "price".to_owned(),
        serde_json::json!({ "amount": "0", "currency": "EUR" }),
    );
    true
}

fn typed<T: DeserializeOwned>(body: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(body)
        .map_err(|error| format!("{}: {}", error.path(), error.inner()))
}

fn duration(text: &str) -> Result<Duration, String> {
    text.parse().map_err(|error| format!("`{text}`: {error}"))
}

fn hour(text: Option<&str>) -> Result<Option<TimeOfDay>, String> {
    text.map(|text| {
        text.parse()
            .map_err(|_| format!("`{text}` is no hour: `09:00`"))
    })
    .transpose()
}

fn instant(at: Option<WireInstant>) -> Option<Instant> {
    at.map(|at| at.0)
}

fn course_of(course: course::wire::Course) -> Result<Course, String> {
    let opens = |own: Option<course::wire::OwnOpening>| -> Result<Option<Opens>, String> {
        let Some(course::wire::OwnOpening {
            after_days,
            hour: at,
        }) = own
        else {
            return Ok(None);
        };
        let hour = hour(at.as_deref())?;
        Ok(Some(Opens::AfterAccess {
            days: after_days,
            hour,
        }))
    };
    let mut modules = Vec::with_capacity(course.modules.len());
    for module in course.modules {
        let mut lessons = Vec::with_capacity(module.lessons.len());
        for lesson in module.lessons {
            lessons.push(Lesson {
                id: lesson.id.unwrap_or_default(),
                opens: opens(lesson.opens)?,
                checkpoint: lesson.checkpoint,
            });
        }
        modules.push(Module {
            id: module.id.unwrap_or_default(),
            opens: opens(module.opens)?,
            lessons,
        });
    }
    Ok(Course { modules })
}

fn offer_of(offer: offer::wire::Offer) -> Result<Offer, String> {
    let offer::wire::Offer {
        title: _,
        status,
        listed: _,
        price: WireMoney(price),
        promotion,
        payment,
        sale,
        products,
        coupon_policy,
        coupon_ids,
        upgrade: _,
        renewal,
        cross_sell_offer_ids: _,
        page: _,
        form: _,
        letters,
        extra: _,
    } = offer;
    let letter = |choice| match choice {
        offer::wire::LetterChoice::Letter { letter_id } => Some(letter_id),
        offer::wire::LetterChoice::Default | offer::wire::LetterChoice::None => None,
    };
    Ok(Offer {
        published: status == offer::wire::Status::Published,
        price: Some(price),
        promotion: promotion.map(|promotion| Promotion {
            price: promotion.price.0,
            starts: instant(promotion.starts_at),
            ends: instant(promotion.ends_at),
        }),
        payment: payment_of(&payment)?,
        opens: instant(sale.opens_at),
        closes: instant(sale.closes_at),
        products: products
            .into_iter()
            .map(product_of)
            .collect::<Result<_, _>>()?,
        coupons: match coupon_policy {
            offer::wire::CouponPolicy::None => CouponPolicy::None,
            offer::wire::CouponPolicy::Any => CouponPolicy::Any,
            offer::wire::CouponPolicy::Chosen => {
                CouponPolicy::Chosen(coupon_ids.into_iter().collect())
            }
        },
        renewal: match renewal {
            Some(renewal) => Some((renewal.offer_id, duration(&renewal.by)?)),
            None => None,
        },
        letters: OfferLetters {
            activation: letter(letters.activation),
            purchased: letter(letters.purchased),
            accepted_free: letter(letters.accepted_free),
        },
    })
}

fn payment_of(payment: &offer::wire::Payment) -> Result<Payment, String> {
    let offer::wire::Payment {
        full,
        equal_installments,
        installments,
        subscription,
        without_login: _,
    } = payment;
    let parts = installments.iter();
    Ok(Payment {
        full: full.unwrap_or(true),
        schedule: parts
            .map(|part| (part.price.0, instant(part.due_at)))
            .collect(),
        equal: match equal_installments {
            Some(equal) => Some((
                u32::try_from(equal.count).unwrap_or(u32::MAX),
                duration(&equal.every)?,
            )),
            None => None,
        },
        subscription: match subscription {
            Some(subscription) => Some(Subscription {
                every: duration(&subscription.every)?,
                automatic: subscription.charge == offer::wire::Charge::Automatic,
            }),
            None => None,
        },
    })
}

fn product_of(product: offer::wire::Product) -> Result<Product, String> {
    let offer::wire::Product {
        course_id,
        access,
        content,
        schedule,
    } = product;
    Ok(Product {
        course: course_id,
        access: match access {
            offer::wire::AccessTerm::Unlimited => Term::Unlimited,
            offer::wire::AccessTerm::Until { ends_at } => Term::Until(ends_at.0),
            offer::wire::AccessTerm::For { length } => Term::For(duration(&length)?),
        },
        content: if content.all {
            Content::All
        } else {
            Content::Chosen {
                modules: content.module_ids.into_iter().collect(),
                lessons: content.lesson_ids.into_iter().collect(),
            }
        },
        schedule: schedule_of(&schedule)?,
    })
}

fn schedule_of(schedule: &offer::wire::Schedule) -> Result<Schedule, String> {
    let offer::wire::Schedule {
        source,
        base,
        openings,
    } = schedule;
    let keeps_course = match source {
        offer::wire::ScheduleSource::Product => {
            return Ok(Schedule {
                keeps_course: true,
                ..Schedule::default()
            });
        }
        offer::wire::ScheduleSource::Own => *base == offer::wire::ScheduleBase::Course,
    };
    let mut out = Schedule {
        keeps_course,
        ..Schedule::default()
    };
    for opening in openings {
        let opens = match (opening.opens_at, opening.after_days) {
            (Some(WireInstant(at)), _) => Some(Opens::At(at)),
            (None, Some(days)) => Some(Opens::AfterAccess {
                days,
                hour: hour(opening.hour.as_deref())?,
            }),
            (None, None) => None,
        };
        match opening.lesson_id {
            Some(lesson) => out.lessons.insert(lesson, opens),
            None => out.modules.insert(opening.module_id, opens),
        };
    }
    Ok(out)
}

fn coupon_of(coupon: coupon::wire::Coupon) -> Result<Coupon, String> {
    let coupon::wire::Coupon {
        title: _,
        code: _,
        status,
        discount,
        ends_at,
        uses_total,
        uses_per_contact,
        list_ids,
        extra: _,
    } = coupon;
    Ok(Coupon {
        active: status == coupon::wire::Status::Active,
        discount: match discount {
            coupon::wire::Discount::Percent(percent) => format!("{percent}%").parse()?,
            coupon::wire::Discount::Amount(WireMoney(amount)) => Discount::Amount(amount),
        },
        ends: instant(ends_at),
        uses_total,
        uses_per_contact,
        lists: list_ids.into_iter().collect(),
    })
}

fn list_of(list: list::wire::List) -> Result<List, String> {
    let segment = match (list.type_, list.where_) {
        (list::wire::Type::Segment, Some(filter)) => Some(Filter::read(filter)?),
        // A segment without conditions takes everyone.
        (list::wire::Type::Segment, None) => Some(Filter::All(Vec::new())),
        (list::wire::Type::Static, _) => None,
    };
    Ok(List { segment })
}

fn scenario_of(scenario: scenario::wire::Scenario) -> Result<Scenario, String> {
    let scenario::wire::Scenario {
        title: _,
        status,
        triggers,
        extra: _,
    } = scenario;
    Ok(Scenario {
        active: status == scenario::wire::Status::Active,
        triggers: triggers
            .into_iter()
            .map(trigger_of)
            .collect::<Result<_, _>>()?,
    })
}

fn trigger_of(trigger: scenario::wire::Trigger) -> Result<Trigger, String> {
    let scenario::wire::Trigger {
        when,
        wait_before_if,
        if_,
        wait,
        do_,
    } = trigger;
    Ok(Trigger {
        when: when.map(occasion_of).transpose()?,
        wait_before_if: duration(&wait_before_if)?,
        condition: if_.map(Filter::read).transpose()?,
        wait: duration(&wait)?,
        actions: do_.into_iter().map(action_of).collect::<Result<_, _>>()?,
    })
}

fn occasion_of(event: scenario::wire::Event) -> Result<Occasion, String> {
    use scenario::wire::Event;
    Ok(match event {
        Event::UnpaidOrder { offer_id } => Occasion::UnpaidOrder(offer_id),
        Event::PaidOrder { offer_id } => Occasion::PaidOrder(offer_id),
        Event::EnteredList { list_id } => Occasion::EnteredList(list_id),
        Event::Registered {} => Occasion::Registered,
        Event::CompletedLesson {
            course_id,
            lesson_id,
        } => Occasion::CompletedLesson(course_id, lesson_id),
        Event::CompletedCourse { course_id } => Occasion::CompletedCourse(course_id),
        Event::Inactive { for_, course_id } => Occasion::Inactive(duration(&for_)?, course_id),
    })
}

fn action_of(action: scenario::wire::Action) -> Result<Action, String> {
    use scenario::wire::Action as Wire;
    Ok(match action {
        Wire::AddToList { list_id } => Action::AddToList(list_id),
        Wire::RemoveFromList { list_id } => Action::RemoveFromList(list_id),
        Wire::SendLetter { letter_id } => Action::SendLetter(letter_id),
        Wire::AwardPoints { course_id, points } => Action::AwardPoints(course_id, points),
        Wire::ExtendAccess { offer_id, by } => Action::ExtendAccess(offer_id, duration(&by)?),
    })
}

fn pass_of(pass: pass::wire::Pass) -> Pass {
    let pass::wire::Pass {
        title: _,
        status,
        price: WireMoney(price),
        credits: _,
        valid_for: _,
        sale_ends_at,
        new_members_only,
        tags,
        extra: _,
    } = pass;
    Pass {
        for_sale: status == pass::wire::Status::Available,
        price: Some(price),
        sale_ends: instant(sale_ends_at),
        new_members_only: new_members_only.unwrap_or(false),
        allowed: tags.allowed.into_iter().collect(),
        denied: tags.denied.into_iter().collect(),
    }
}

fn pack_of(pack: pack::wire::Pack) -> Pack {
    let pack::wire::Pack {
        title: _,
        status,
        price: WireMoney(price),
        items,
        extra: _,
    } = pack;
    let items = items
        .into_iter()
        .filter_map(|item| match (item.pass_id, item.other_id) {
            (Some(pass), _) => Some(PackItem::Pass(pass)),
            (None, Some(id)) => Some(PackItem::Other {
                id,
                for_sale: item.for_sale,
            }),
            (None, None) => None,
        });
    Pack {
        for_sale: status == pass::wire::Status::Available,
        price: Some(price),
        items: items.collect(),
    }
}
