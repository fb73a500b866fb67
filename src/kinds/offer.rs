//! `offer`: a price plan.

use super::decode::{Fields, From, Inexpressible, Naming};
use super::durations::{Counts, check_duration};
use super::forms::by_form;
use super::{
    Access, At, Collection, DocumentPlaces, Field, FieldRule, Inside, Kind, LessonPath, Links,
    Place, Price, Reference, Rule, Status, Strength, Surroundings, Text, Times, Title, Until,
    WholeNumber, letter::Language,
};
use crate::diag::Diagnostics;
use crate::model::{Attributes, Duration, Name, Path};
use schemars::JsonSchema;
use serde::Deserialize;

mod decode;
mod encode;
pub mod wire;

/// A price plan: price, payment, access, content, coupon policy, page, letters.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The offer whose fields are merged under these, and which people would copy by hand.
    pub like: Option<Reference>,
    /// What clients see; its name, if absent.
    pub title: Option<Title>,
    /// Whether it is on sale.
    #[serde(default)]
    pub status: Field<OfferStatus>,
    /// Whether it is on the public list; `false`: reachable by link only.
    #[serde(default)]
    pub listed: Field<bool>,
    /// The regular price.
    #[serde(default)]
    pub price: Field<Price>,
    /// A lower price for a time.
    #[serde(default)]
    pub promotion: Field<Promotion>,
    /// How it can be paid.
    #[serde(default)]
    pub payment: Field<Payment>,
    /// When it can be bought.
    #[serde(default)]
    pub sale: Field<Sale>,
    /// What it gives access to.
    #[serde(default)]
    pub products: Field<Vec<Product>>,
    /// Which coupons it accepts: `none`, `any`, or these.
    #[serde(default)]
    pub coupons: Field<Coupons>,
    /// A surcharge offer: from one offer to a better one; the price is the difference.
    #[serde(default)]
    pub upgrade: Field<Upgrade>,
    /// An offer that renews access.
    #[serde(default)]
    pub renewal: Field<Renewal>,
    /// Offers that are shown beside it.
    #[serde(default)]
    pub cross_sell: Field<Vec<Reference>>,
    /// Its public page.
    #[serde(default)]
    pub page: Field<Page>,
    /// What the client fills in.
    #[serde(default)]
    pub form: Field<Form>,
    /// What the client is sent.
    #[serde(default)]
    pub letters: Field<Letters>,
}

/// Whether an offer is on sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferStatus {
    /// Not yet.
    Draft,
    /// On sale.
    Published,
    /// No longer. Access that it gave stays.
    Archived,
}

/// A lower price for a time.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The price meanwhile.
    pub price: Price,
    /// Its first instant; at once, if absent.
    pub from: Option<At>,
    /// Its end.
    pub until: Option<Until>,
}

/// How an offer can be paid.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The whole price at once.
    #[serde(default)]
    pub full: Field<bool>,
    /// In parts.
    #[serde(default)]
    pub installments: Field<Installments>,
    /// Again and again.
    #[serde(default)]
    pub subscription: Field<Subscription>,
    /// Without logging in.
    #[serde(default)]
    pub without_login: Field<bool>,
}

/// Payment in parts.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Installments {
    /// Equal parts.
    #[serde(default)]
    pub equal: Field<EqualInstallments>,
    /// Parts of their own amounts and dates.
    #[serde(default)]
    pub schedule: Field<Vec<Installment>>,
}

/// Equal parts.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EqualInstallments {
    /// How many.
    pub count: WholeNumber,
    /// The time from one to the next.
    pub every: Duration,
}

/// One part.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Installment {
    /// How much.
    pub amount: Price,
    /// When it is due; the first, if absent, is paid at once: a prepayment.
    pub due: Option<Until>,
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// The time from one payment to the next.
    pub every: Duration,
    /// Who starts the payments; the platform, if absent.
    #[serde(default)]
    pub charge: Field<Charge>,
}

/// Who starts a subscription's payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    /// The platform.
    Automatic,
    /// The client.
    Manual,
}

/// When an offer can be bought.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sale {
    /// From this instant.
    #[serde(default)]
    pub opens: Field<At>,
    /// Up to this end.
    #[serde(default)]
    pub closes: Field<Until>,
}

/// Access to a course.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The course.
    pub course: Reference,
    /// The cohort whose schedule overrides the course's own delays; they stay, if absent.
    #[serde(default)]
    pub cohort: Field<Reference>,
    /// For how long.
    #[serde(default)]
    pub access: Field<AccessTerm>,
    /// To how much of the course: `all`, or these parts.
    #[serde(default)]
    pub content: Field<Content>,
}

/// For how long access lasts.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessTerm {
    /// Without end.
    Unlimited,
    /// Up to this end.
    Until(Until),
    /// For so many calendar days, weeks or months from the participant's access.
    For(Duration),
}

/// How much of a course.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Content {
    /// The word `all`.
    All(All),
    /// Chosen parts.
    Chosen(ChosenContent),
}

by_form!(
    Content,
    "`all`, or a mapping of `modules` and `lessons`",
    text |text| match text {
        "all" => Ok(Content::All(All::All)),
        _ => Err("content is `all`, or a mapping of `modules` and `lessons`".to_owned()),
    },
    map ChosenContent => |chosen| Ok(Content::Chosen(chosen)),
);

/// The word `all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum All {
    /// Everything.
    All,
}

/// Chosen parts of a course.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenContent {
    /// Whole modules.
    #[serde(default)]
    pub modules: Vec<Name>,
    /// Single lessons.
    #[serde(default)]
    pub lessons: Vec<LessonPath>,
    /// Which content is added by itself when the course grows; none, if absent.
    pub new_content: Option<NewContent>,
}

/// Which content is added by itself.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum NewContent {
    /// `none` or `all`.
    Word(NewContentWord),
    /// What comes into these modules.
    Modules(Vec<Name>),
}

by_form!(
    NewContent,
    "`none`, `all`, or a list of modules",
    text |text| match text {
        "none" => Ok(NewContent::Word(NewContentWord::None)),
        "all" => Ok(NewContent::Word(NewContentWord::All)),
        _ => Err("new content is `none`, `all`, or a list of modules".to_owned()),
    },
    list Name => NewContent::Modules,
);

/// None or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum NewContentWord {
    /// Nothing.
    None,
    /// Everything.
    All,
}

/// Which coupons an offer accepts.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Coupons {
    /// `none` or `any`.
    Word(CouponWord),
    /// These.
    Chosen(Vec<Reference>),
}

by_form!(
    Coupons,
    "`none`, `any`, or a list of coupons",
    text |text| match text {
        "none" => Ok(Coupons::Word(CouponWord::None)),
        "any" => Ok(Coupons::Word(CouponWord::Any)),
        _ => Err("coupons are `none`, `any`, or a list of coupons".to_owned()),
    },
    list Reference => Coupons::Chosen,
);

/// None or any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum CouponWord {
    /// None at all.
    None,
    /// Every coupon of the school.
    Any,
}

/// From one offer to a better one.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    /// What the client has.
    pub from: Reference,
    /// What the client gets.
    pub to: Reference,
}

/// More of the same access.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// The offer that is renewed.
    pub of: Reference,
    /// By how long.
    pub by: Duration,
}

/// An offer's public page.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its language; the client's own, if absent.
    #[serde(default)]
    pub language: Field<Language>,
}

/// What the client fills in.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The fields beside the e-mail address.
    #[serde(default)]
    pub fields: Field<Vec<FormField>>,
    /// Whether the client must consent to the processing of personal data.
    #[serde(default)]
    pub consent: Field<bool>,
    /// The address of the terms.
    #[serde(default)]
    pub terms: Field<Text>,
}

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    /// Its name: `phone`.
    pub name: Text,
    /// Whether it must be filled in.
    pub required: Option<bool>,
}

/// What the client is sent: a letter, or `none`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// When access begins.
    #[serde(default)]
    pub activation: Field<LetterChoice>,
    /// When the offer is paid.
    #[serde(default)]
    pub purchased: Field<LetterChoice>,
    /// When a payment fails.
    #[serde(default)]
    pub failed: Field<LetterChoice>,
    /// When a free offer is accepted.
    #[serde(default)]
    pub accepted_free: Field<LetterChoice>,
}

/// A letter, or none.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum LetterChoice {
    /// The word `none`.
    None(NoneWord),
    /// A letter.
    Letter(Reference),
}

by_form!(
    LetterChoice,
    "`none`, or a letter",
    text |text| match text {
        "none" => Ok(LetterChoice::None(NoneWord::None)),
        _ => match Name::parse(text) {
            Ok(name) => Ok(LetterChoice::Letter(Reference::Name(name))),
            Err(error) => Err(error.to_string()),
        },
    },
    map Reference => |letter| Ok(LetterChoice::Letter(letter)),
);

/// The word `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum NoneWord {
    /// Nothing.
    None,
}

static COLLECTION: Collection = Collection {
    path: "offers",
    menu: &["Sales", "Offers"],
    access: Access::Write,
    natural_key: "title",
    status: Status {
        values: &["draft", "published", "archived"],
        default: "draft",
        resting: Some("draft"),
        retired: "archived",
        rests_while_replaced: false,
    },
    fields: &[
        FieldRule {
            path: "title",
            rule: Rule::HandsOff("Copy system"),
        },
        FieldRule {
            path: "products",
            rule: Rule::Keyed("course_id"),
        },
        // Each says which module or lesson it is of.
        FieldRule {
            path: "products.schedule.openings",
            rule: Rule::Set,
        },
        FieldRule {
            path: "coupon_ids",
            rule: Rule::Weak,
        },
        FieldRule {
            path: "letters",
            rule: Rule::Weak,
        },
        FieldRule {
            path: "cross_sell_offer_ids",
            rule: Rule::Weak,
        },
        FieldRule {
            path: "upgrade",
            rule: Rule::Weak,
        },
        FieldRule {
            path: "renewal",
            rule: Rule::Weak,
        },
        FieldRule {
            path: "url",
            rule: Rule::Computed,
        },
        FieldRule {
            path: "unique_offer_code",
            rule: Rule::Computed,
        },
        FieldRule {
            path: "clients_count",
            rule: Rule::Computed,
        },
        FieldRule {
            path: "unpaid_orders_count",
            rule: Rule::Computed,
        },
        FieldRule {
            path: "clients_count",
            rule: Rule::Holders,
        },
        FieldRule {
            path: "unpaid_orders_count",
            rule: Rule::Holders,
        },
        FieldRule {
            path: "title",
            rule: Rule::Distinct,
        },
    ],
    pairs: &[&["coupon_policy", "coupon_ids"]],
    required: &["title", "price"],
    minimal: r#"{"title":"x","price":{"amount":"0","currency":"EUR"}}"#,
    schema: <wire::Offer as JsonSchema>::json_schema,
    normalise: super::normalise::<wire::Offer>,
};

impl Kind for Offer {
    const ID: &'static str = "offer";
    const SUMMARY: &'static str =
        "A price plan: price, payment, access, content, coupon policy, page, letters";
    const EXAMPLE: &'static str = r#"kind: offer
name: web-dev-2026-09-standard
title: Web Development, September 2026
status: published
listed: true
price: 490.00 EUR
payment:
  full: true
  installments:
    schedule: [{ amount: 90.00 EUR }, { amount: 430.00 EUR, due: 2026-09-20 }]
sale: { opens: 2026-07-01T00:00, closes: 2026-09-10 }
products:
  - course: web-dev
    cohort: web-dev-2026-09
    access: { for: 6mo }
    content: { modules: [basics, html], new_content: none }
coupons: [come-back]
page: { language: fr }
letters: { purchased: thanks-web-dev }
"#;
    const COLLECTION: Option<&'static Collection> = Some(&COLLECTION);

    fn links(&self, links: &mut Links) {
        let root = Path::root();
        if let Some(like) = &self.like {
            links.push(root.key("like"), "offer", like, Strength::Compiler);
        }
        let products = self.products.set().into_iter().flatten();
        for (at, product) in products.enumerate() {
            product.links(&root.key("products").index(at), links);
        }
        if let Some(Coupons::Chosen(coupons)) = self.coupons.set() {
            for (at, coupon) in coupons.iter().enumerate() {
                let path = root.key("coupons").index(at);
                links.push(path, "coupon", coupon, Strength::Weak);
            }
        }
        if let Some(Upgrade { from, to }) = self.upgrade.set() {
            let path = root.key("upgrade");
            links.push(path.key("from"), "offer", from, Strength::Weak);
            links.push(path.key("to"), "offer", to, Strength::Weak);
        }
        if let Some(Renewal { of, by: _ }) = self.renewal.set() {
            links.push(root.key("renewal").key("of"), "offer", of, Strength::Weak);
        }
        for (at, offer) in self.cross_sell.set().into_iter().flatten().enumerate() {
            let path = root.key("cross_sell").index(at);
            links.push(path, "offer", offer, Strength::Weak);
        }
        for (key, choice) in self.letters.set().into_iter().flat_map(Letters::choices) {
            if let Some(LetterChoice::Letter(letter)) = choice.set() {
                let path = root.key("letters").key(key);
                links.push(path, "letter", letter, Strength::Weak);
            }
        }
    }

    fn times(&self, times: &mut Times) {
        let root = Path::root();
        if let Some(Promotion {
            price: _,
            from,
            until,
        }) = self.promotion.set()
        {
            let path = root.key("promotion");
            if let Some(from) = from {
                times.at(path.key("from"), *from);
            }
            if let Some(until) = until {
                times.end(path.key("until"), *until);
            }
        }
        let installments = self.payment.set().and_then(|all| all.installments.set());
        let schedule = installments.and_then(|all| all.schedule.set());
        for (at, row) in schedule.into_iter().flatten().enumerate() {
            if let Some(due) = row.due {
                let path = root.key("payment").key("installments").key("schedule");
                times.end(path.index(at).key("due"), due);
            }
        }
        if let Some(Sale { opens, closes }) = self.sale.set() {
            let path = root.key("sale");
            if let Some(opens) = opens.set() {
                times.at(path.key("opens"), *opens);
            }
            if let Some(closes) = closes.set() {
                times.end(path.key("closes"), *closes);
            }
        }
        for (at, product) in self.products.set().into_iter().flatten().enumerate() {
            if let Some(AccessTerm::Until(until)) = product.access.set() {
                let path = root.key("products").index(at).key("access");
                times.end(path.key("until"), *until);
            }
        }
    }

    fn check(&self, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        let root = Path::root();
        let mut period = |duration: Duration, path: Path| {
            let counts = Counts::CalendarFromOneDay;
            check_duration(duration, counts, document, &path, findings);
        };
        if let Some(payment) = self.payment.set() {
            let path = root.key("payment");
            if let Some(equal) = payment
                .installments
                .set()
                .and_then(|parts| parts.equal.set())
            {
                period(
                    equal.every,
                    path.key("installments").key("equal").key("every"),
                );
            }
            if let Some(subscription) = payment.subscription.set() {
                period(subscription.every, path.key("subscription").key("every"));
            }
        }
        for (at, product) in self.products.set().into_iter().flatten().enumerate() {
            if let Some(AccessTerm::For(length)) = product.access.set() {
                let path = root.key("products").index(at).key("access");
                period(*length, path.key("for"));
            }
        }
        if let Some(renewal) = self.renewal.set() {
            period(renewal.by, root.key("renewal").key("by"));
        }
    }

    fn decode(
        _: i64,
        attributes: &Attributes,
        naming: &dyn Naming,
    ) -> Result<Fields, Inexpressible> {
        decode::decode(From { attributes, naming })
    }

    fn encode(&self, surroundings: &dyn Surroundings) -> Option<Attributes> {
        Some(encode::encode(self, surroundings))
    }
}

impl Product {
    fn links(&self, path: &Path, links: &mut Links) {
        let Product {
            course,
            cohort,
            access: _,
            content,
        } = self;
        links.push(path.key("course"), "course", course, Strength::Compiler);
        if let Some(cohort) = cohort.set() {
            links.push(path.key("cohort"), "cohort", cohort, Strength::Compiler);
        }
        let Some(Content::Chosen(chosen)) = content.set() else {
            return;
        };
        let path = path.key("content");
        let mut modules = |names: &[Name], path: Path| {
            for (at, module) in names.iter().enumerate() {
                let inside = Inside::module(module);
                links.push_inside(path.index(at), Place::Value, course, inside);
            }
        };
        modules(&chosen.modules, path.key("modules"));
        if let Some(NewContent::Modules(names)) = &chosen.new_content {
            modules(names, path.key("new_content"));
        }
        for (at, LessonPath { module, lesson }) in chosen.lessons.iter().enumerate() {
            let path = path.key("lessons").index(at);
            let inside = Inside::lesson_of(module, lesson);
            links.push_inside(path, Place::Value, course, inside);
        }
    }
}

impl Letters {
    /// Each occasion and what is sent then.
    fn choices(&self) -> [(&'static str, &Field<LetterChoice>); 4] {
        let Letters {
            activation,
            purchased,
            failed,
            accepted_free,
        } = self;
        [
            ("activation", activation),
            ("purchased", purchased),
            ("failed", failed),
            ("accepted_free", accepted_free),
        ]
    }
}
