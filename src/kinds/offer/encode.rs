//! An offer in the platform contract's names.

use super::{
    AccessTerm, All, Charge, ChosenContent, Content, CouponWord, Coupons, EqualInstallments, Form,
    FormField, Installment, Installments, LetterChoice, Letters, NewContent, NewContentWord,
    NoneWord, Offer, OfferStatus, Page, Payment, Product, Promotion, Renewal, Sale, Subscription,
    Upgrade,
};
use crate::kinds::body::{Body, references};
use crate::kinds::{
    At, Field, Price, Surroundings, Until, course::Course, instant_value, money_value,
};
use crate::model::{Attributes, Path, Value};

/// The declared attributes of an offer.
pub(super) fn encode(offer: &Offer, surroundings: &dyn Surroundings) -> Attributes {
    let Offer {
        like: _,
        title,
        status,
        listed,
        price,
        promotion,
        payment,
        sale,
        products,
        coupons,
        upgrade,
        renewal,
        cross_sell,
        page,
        form,
        letters,
    } = offer;
    let root = Path::root();
    let mut body = Body::titled(title.as_ref(), surroundings);
    body.field("status", status, |status| {
        Some(Value::text(match status {
            OfferStatus::Draft => "draft",
            OfferStatus::Published => "published",
            OfferStatus::Archived => "archived",
        }))
    });
    body.flag("listed", listed);
    body.field("price", price, |Price(price)| Some(money_value(*price)));
    body.field("promotion", promotion, |promotion| {
        encode_promotion(promotion, &root.key("promotion"), surroundings)
    });
    body.field("payment", payment, |payment| {
        encode_payment(payment, &root.key("payment"), surroundings)
    });
    body.field("sale", sale, |sale| {
        Some(encode_sale(sale, &root.key("sale"), surroundings))
    });
    body.field("products", products, |products| {
        let products = products.iter().enumerate();
        Some(Value::List(
            products
                .map(|(at, product)| encode_product(at, product, surroundings))
                .collect(),
        ))
    });
    encode_coupons(coupons, &mut body, surroundings);
    body.field("upgrade", upgrade, |Upgrade { from, to }| {
        Some(Value::map([
            ("from_offer_id", surroundings.reference("offer", from)),
            ("to_offer_id", surroundings.reference("offer", to)),
        ]))
    });
    body.field("renewal", renewal, |Renewal { of, by }| {
        Some(Value::map([
            ("offer_id", surroundings.reference("offer", of)),
            ("by", Value::text(by.to_string())),
        ]))
    });
    body.references("cross_sell_offer_ids", cross_sell, "offer", surroundings);
    body.field("page", page, |Page { language }| {
        let mut page = Body::new();
        page.field("language", language, |language| {
            Some(Value::text(language.code()))
        });
        Some(page.into_value())
    });
    body.field("form", form, |form| Some(encode_form(form)));
    body.field("letters", letters, |letters| {
        Some(encode_letters(letters, surroundings))
    });
    body.into_attributes()
}

fn encode_promotion(
    promotion: &Promotion,
    path: &Path,
    surroundings: &dyn Surroundings,
) -> Option<Value> {
    let Promotion { price, from, until } = promotion;
    let starts = match from {
        Some(At(moment)) => instant_value(surroundings.instant(moment, &path.key("from"))?),
        None => Value::Null,
    };
    let ends = match until {
        Some(Until(moment)) => instant_value(surroundings.end(moment, &path.key("until"))?),
        None => Value::Null,
    };
    Some(Value::map([
        ("price", money_value(price.0)),
        ("starts_at", starts),
        ("ends_at", ends),
    ]))
}

fn encode_payment(
    payment: &Payment,
    path: &Path,
    surroundings: &dyn Surroundings,
) -> Option<Value> {
    let Payment {
        full,
        installments,
        subscription,
        without_login,
    } = payment;
    let mut body = Body::new();
    body.flag("full", full);
    match installments {
        Field::Absent => {}
        Field::Null => {
            body.set("equal_installments", Value::Null);
            body.set("installments", Value::Null);
        }
        Field::Set(Installments { equal, schedule }) => {
            body.field(
                "equal_installments",
                equal,
                |EqualInstallments { count, every }| {
                    Some(Value::map([
                        ("count", Value::Int(count.0)),
                        ("every", Value::text(every.to_string())),
                    ]))
                },
            );
            let path = path.key("installments").key("schedule");
            body.field("installments", schedule, |schedule| {
                let parts = schedule.iter().enumerate();
                let parts: Option<Vec<Value>> = parts
                    .map(|(at, part)| encode_installment(part, &path.index(at), surroundings))
                    .collect();
                parts.map(Value::List)
            });
        }
    }
    body.field("subscription", subscription, |subscription| {
        let Subscription { every, charge } = subscription;
        let mut body = Body::new();
        body.set("every", Value::text(every.to_string()));
        let charge = match charge {
            Field::Absent => None,
            // Nothing is the default of the whole, so that its own default stands nowhere.
            Field::Null | Field::Set(Charge::Automatic) => Some(Value::text("automatic")),
            Field::Set(Charge::Manual) => Some(Value::text("manual")),
        };
        body.put("charge", charge);
        Some(body.into_value())
    });
    body.flag("without_login", without_login);
    Some(body.into_value())
}

fn encode_installment(
    part: &Installment,
    path: &Path,
    surroundings: &dyn Surroundings,
) -> Option<Value> {
    let Installment { amount, due } = part;
    let due = match due {
        Some(Until(moment)) => instant_value(surroundings.end(moment, &path.key("due"))?),
        None => Value::Null,
    };
    Some(Value::map([
        ("price", money_value(amount.0)),
        ("due_at", due),
    ]))
}

fn encode_sale(sale: &Sale, path: &Path, surroundings: &dyn Surroundings) -> Value {
    let Sale { opens, closes } = sale;
    let mut body = Body::new();
    body.field("opens_at", opens, |At(moment)| {
        surroundings
            .instant(moment, &path.key("opens"))
            .map(instant_value)
    });
    body.field("closes_at", closes, |Until(moment)| {
        surroundings
            .end(moment, &path.key("closes"))
            .map(instant_value)
    });
    body.into_value()
}

/// Nulls in here are written as the platform's defaults at once: those of list items stand in no
/// collection's defaults.
fn encode_product(at: usize, product: &Product, surroundings: &dyn Surroundings) -> Value {
    let Product {
        course,
        cohort,
        access,
        content,
    } = product;
    let mut body = Body::new();
    body.set("course_id", surroundings.reference("course", course));
    let unlimited = || Value::map([("kind", Value::text("unlimited"))]);
    match access {
        Field::Absent => {}
        Field::Null => body.set("access", unlimited()),
        Field::Set(AccessTerm::Unlimited) => body.set("access", unlimited()),
        Field::Set(AccessTerm::Until(Until(moment))) => {
            let path = Path::root().key("products").index(at).key("access");
            let ends = surroundings.end(moment, &path.key("until"));
            let until = ends.map(|ends| {
                Value::map([
                    ("kind", Value::text("until")),
                    ("ends_at", instant_value(ends)),
                ])
            });
            body.put("access", until);
        }
        Field::Set(AccessTerm::For(length)) => body.set(
            "access",
            Value::map([
                ("kind", Value::text("for")),
                ("length", Value::text(length.to_string())),
            ]),
        ),
    }
    match content {
        Field::Absent => {}
        Field::Null | Field::Set(Content::All(All::All)) => {
            body.set(
                "content",
                content_value(true, [const { Vec::new() }; 3], "none"),
            );
        }
        Field::Set(Content::Chosen(chosen)) => {
            let course = surroundings.course(course);
            body.set("content", chosen_content(chosen, course));
        }
    }
    match cohort {
        Field::Absent => {}
        Field::Null => body.set(
            "schedule",
            Value::map([
                ("source", Value::text("product")),
                ("base", Value::text("scratch")),
                ("openings", Value::List(Vec::new())),
            ]),
        ),
        Field::Set(_) => body.put("schedule", surroundings.schedule(at)),
    }
    body.into_value()
}

/// Parts that the course's mirror does not know, or not the id of, are left out; the check of
/// links reports them.
fn chosen_content(chosen: &ChosenContent, course: Option<&Course>) -> Value {
    let ChosenContent {
        modules,
        lessons,
        new_content,
    } = chosen;
    let module_ids = |names: &[crate::model::Name]| -> Vec<Value> {
        names
            .iter()
            .filter_map(|name| course?.module(name)?.id)
            .map(|id| Value::Int(id.0))
            .collect()
    };
    let lesson_ids = lessons
        .iter()
        .filter_map(|path| course?.module(&path.module)?.lesson(&path.lesson)?.id)
        .map(|id| Value::Int(id.0))
        .collect();
    let (new, new_modules) = match new_content {
        None | Some(NewContent::Word(NewContentWord::None)) => ("none", Vec::new()),
        Some(NewContent::Word(NewContentWord::All)) => ("all", Vec::new()),
        Some(NewContent::Modules(names)) => ("modules", module_ids(names)),
    };
    content_value(false, [module_ids(modules), lesson_ids, new_modules], new)
}

fn content_value(all: bool, [modules, lessons, new_modules]: [Vec<Value>; 3], new: &str) -> Value {
    Value::map([
        ("all", Value::Bool(all)),
        ("module_ids", Value::List(modules)),
        ("lesson_ids", Value::List(lessons)),
        ("new_content", Value::text(new)),
        ("new_content_module_ids", Value::List(new_modules)),
    ])
}

fn encode_coupons(coupons: &Field<Coupons>, body: &mut Body, surroundings: &dyn Surroundings) {
    let (policy, ids) = match coupons {
        Field::Absent => return,
        Field::Null => (Value::Null, Value::Null),
        Field::Set(Coupons::Word(CouponWord::None)) => {
            (Value::text("none"), Value::List(Vec::new()))
        }
        Field::Set(Coupons::Word(CouponWord::Any)) => (Value::text("any"), Value::List(Vec::new())),
        Field::Set(Coupons::Chosen(chosen)) => (
            Value::text("chosen"),
            references(chosen, "coupon", surroundings),
        ),
    };
    body.set("coupon_policy", policy);
    body.set("coupon_ids", ids);
}

fn encode_form(form: &Form) -> Value {
    let Form {
        fields,
        consent,
        terms,
    } = form;
    let mut body = Body::new();
    body.field("fields", fields, |fields| {
        let fields = fields.iter().map(|FormField { name, required }| {
            Value::map([
                ("name", Value::text(&*name.0)),
                ("required", Value::Bool(required.unwrap_or(false))),
            ])
        });
        Some(Value::List(fields.collect()))
    });
    body.flag("consent", consent);
    body.field("terms_url", terms, |terms| Some(Value::text(&*terms.0)));
    body.into_value()
}

fn encode_letters(letters: &Letters, surroundings: &dyn Surroundings) -> Value {
    let mut body = Body::new();
    for (key, choice) in letters.choices() {
        let mode = |mode| Value::map([("mode", Value::text(mode))]);
        let value = match choice {
            Field::Absent => continue,
            Field::Null => mode("default"),
            Field::Set(LetterChoice::None(NoneWord::None)) => mode("none"),
            Field::Set(LetterChoice::Letter(letter)) => Value::map([
                ("mode", Value::text("letter")),
                ("letter_id", surroundings.reference("letter", letter)),
            ]),
        };
        body.set(key, value);
    }
    body.into_value()
}
