//! What a letter may speak of, in its language.

use super::marks::{self, Late};
use super::{Letters, words};
use crate::domain::pricing::discounted;
use crate::kinds::Document;
use crate::kinds::Reference;
use crate::kinds::coupon::{Coupon, Never, Validity, link};
use crate::kinds::letter::{About, Language, Letter};
use crate::kinds::offer::Offer;
use crate::model::{Moment, Money, Path};
use minijinja::value::Value;
use std::collections::BTreeMap;

/// The first parts of everything that a letter can name.
const ROOTS: &[&str] = &["offer", "offers", "coupon", "price", "valid_for", "contact"];

/// Whether a path starts with something that letters know.
pub(super) fn is_rooted(path: &str) -> bool {
    ROOTS.contains(&path.split('.').next().unwrap_or(path))
}

type Group = BTreeMap<&'static str, String>;

/// The facts of one letter.
pub(super) struct LetterFacts<'a> {
    about: &'a About,
    /// The offer of `about.offer`, with its price.
    offer: Option<(Group, Option<Money>)>,
    offers: Option<Vec<Group>>,
    coupon: Option<(Group, &'a Coupon)>,
    price: Group,
    valid_for: Option<String>,
    late: Vec<Late>,
}

impl<'a> LetterFacts<'a> {
    /// Gathers the facts. `None` if the letter is about something that is not declared.
    pub(super) fn gather(
        letters: &Letters<'a>,
        document: &'a Document,
        letter: &'a Letter,
    ) -> Option<Self> {
        let about = &letter.about;
        let About {
            offer,
            offers,
            coupon,
            valid_for,
        } = about;
        let coupon = match coupon {
            Some(Reference::Outside { .. }) | None => None,
            Some(named) => Some(letters.index.coupon(named)?),
        };
        let mut named = Vec::new();
        for offer in offer.iter().chain(offers.iter().flatten()) {
            match offer {
                Reference::Name(_) => named.push((offer, Some(letters.index.offer(offer)?))),
                Reference::Outside { .. } => named.push((offer, None)),
            }
        }
        let own = letter.language;
        let of_offer = || {
            named
                .iter()
                .find_map(|(_, found)| page_language(found.map(|(_, offer)| offer)?))
        };
        let language = own.or_else(of_offer).unwrap_or(letters.language);
        let mut gathering = Gathering {
            language,
            code: coupon.map(|(_, coupon)| &*coupon.code.0),
            late: Vec::new(),
        };
        let mut groups = named
            .iter()
            .map(|(reference, found)| gathering.offer(reference, *found));
        let offer = offer.as_ref().and_then(|_| groups.next());
        let offers = offers
            .as_ref()
            .map(|_| groups.by_ref().map(|(group, _)| group).collect());
        drop(groups);
        let mut price = Group::new();
        if let Some((_, Some(before))) = &offer {
            price.insert("before", words::money(*before, language));
            let discount = coupon.and_then(|(_, coupon)| coupon.discount.set());
            if let Some(after) = discount.and_then(|discount| discounted(*before, *discount).ok()) {
                price.insert("after", words::money(after, language));
            }
        }
        let coupon = coupon
            .map(|(document, coupon)| (coupon_group(document, coupon, language, letters), coupon));
        let valid_for = valid_for.map(|duration| {
            let path = Path::root().key("about").key("valid_for");
            let written = document.node.descend(&path.0).as_str();
            written
                .and_then(|written| words::duration(written, language))
                .unwrap_or_else(|| duration.to_string())
        });
        Some(LetterFacts {
            about,
            offer,
            offers,
            coupon,
            price,
            valid_for,
            late: gathering.late,
        })
    }

    /// The late pieces that marks number.
    pub(super) fn late(&self) -> &[Late] {
        &self.late
    }

    /// The facts for the template engine.
    pub(super) fn values(&self) -> Value {
        let group = |group: &Group| {
            let entries = group
                .iter()
                .map(|(key, text)| (*key, Value::from(text.as_str())));
            Value::from(entries.collect::<BTreeMap<_, _>>())
        };
        let mut values: BTreeMap<&str, Value> = BTreeMap::new();
        if let Some((offer, _)) = &self.offer {
            values.insert("offer", group(offer));
        }
        if let Some(offers) = &self.offers {
            values.insert("offers", offers.iter().map(group).collect());
        }
        if let Some((coupon, _)) = &self.coupon {
            values.insert("coupon", group(coupon));
        }
        if !self.price.is_empty() {
            values.insert("price", group(&self.price));
        }
        if let Some(valid_for) = &self.valid_for {
            values.insert("valid_for", Value::from(valid_for.as_str()));
        }
        Value::from(values)
    }

    /// Everything that is defined, by its full name.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut add = |prefix: &str, group: &Group| {
            names.extend(group.keys().map(|key| format!("{prefix}.{key}")));
        };
        if let Some((offer, _)) = &self.offer {
            add("offer", offer);
        }
        for (at, offer) in self.offers.iter().flatten().enumerate() {
            add(&format!("offers[{at}]"), offer);
        }
        if let Some((coupon, _)) = &self.coupon {
            add("coupon", coupon);
        }
        add("price", &self.price);
        names.extend(self.valid_for.as_ref().map(|_| "valid_for".to_owned()));
        names
    }

    /// Why a value that letters can have is not there, and what to do.
    pub(super) fn reason(&self, path: &str) -> Option<(String, String)> {
        let About {
            offer,
            offers,
            coupon,
            valid_for,
        } = self.about;
        let reason = |why: &str, help: &str| Some((why.to_owned(), help.to_owned()));
        let (root, field) = path.split_once('.').unwrap_or((path, ""));
        let outside = |reference: &Option<Reference>| {
            reference
                .as_ref()
                .is_some_and(|reference| reference.name().is_none())
        };
        match root {
            "contact" => reason(
                "the platform fills it in when the letter is sent",
                "it can only stand alone, without filters: `{{ contact.first_name }}`",
            ),
            "offer" | "price" if offer.is_none() => reason(
                "`about` names no offer",
                "add `offer: NAME` to the letter's `about`",
            ),
            "offers" if offers.is_none() => reason(
                "`about` names no offers",
                "add `offers: [NAME, …]` to the letter's `about`",
            ),
            "offer" | "price" if outside(offer) => reason(
                "nothing but the title is known of an offer that this project does not manage",
                "declare the offer, or write the text out",
            ),
            "offer" | "price" | "coupon" | "valid_for" | "offers" => match (root, field) {
                ("coupon", _) | ("price", "after") | ("offer", "url_with_coupon")
                    if coupon.is_none() =>
                {
                    reason(
                        "`about` names no coupon",
                        "add `coupon: NAME` to the letter's `about`",
                    )
                }
                ("coupon", _) | ("price", "after") | ("offer", "url_with_coupon")
                    if outside(coupon) =>
                {
                    reason(
                        "nothing is known of a coupon that this project does not manage",
                        "declare the coupon, or write the text out",
                    )
                }
                ("coupon", "valid_until") => reason(
                    "the coupon has no end for everyone",
                    "take it out, or set `valid_until` of the coupon",
                ),
                ("coupon", "discount") => reason(
                    "the coupon declares no `discount`",
                    "set `discount` of the coupon",
                ),
                ("price", "before" | "after") | ("offer", "price")
                    if self.offer.as_ref().is_none_or(|(_, price)| price.is_none()) =>
                {
                    reason("the offer declares no `price`", "set `price` of the offer")
                }
                ("price", "after") => reason(
                    "the coupon takes off an amount in another currency than the price, or none",
                    "give the coupon a `discount` in the offer's currency, or a percentage",
                ),
                ("offer", "language") => reason(
                    "the offer declares no `page.language`",
                    "set `page: { language: … }` of the offer",
                ),
                ("valid_for", _) if valid_for.is_none() => reason(
                    "`about` does not say how long the coupon works for the client",
                    "add `valid_for: 24h` to the letter's `about`",
                ),
                (_, _) => None,
            },
            _ => None,
        }
    }
}

struct Gathering<'a> {
    language: Language,
    code: Option<&'a str>,
    late: Vec<Late>,
}

impl Gathering<'_> {
    /// An offer's values, and its price.
    fn offer(
        &mut self,
        reference: &Reference,
        found: Option<(&Document, &Offer)>,
    ) -> (Group, Option<Money>) {
        let mut group = Group::new();
        let Some((document, offer)) = found else {
            if let Reference::Outside {
                title: Some(title), ..
            } = reference
            {
                group.insert("title", title.clone());
            }
            return (group, None);
        };
        group.insert("title", document.title().to_owned());
        group.insert("name", document.address.name.to_string());
        let url = marks::late(self.late.len());
        self.late.push(Late {
            of: document.address.clone(),
            name: "url",
        });
        if let Some(code) = self.code {
            group.insert("url_with_coupon", link::applied_to(&url, code));
        }
        group.insert("url", url);
        let price = offer.price.set().map(|price| price.0);
        if let Some(price) = price {
            group.insert("price", words::money(price, self.language));
        }
        if let Some(language) = page_language(offer) {
            group.insert("language", language.code().to_owned());
        }
        (group, price)
    }
}

fn page_language(offer: &Offer) -> Option<Language> {
    offer.page.set()?.language.set().copied()
}

fn coupon_group(
    document: &Document,
    coupon: &Coupon,
    language: Language,
    letters: &Letters<'_>,
) -> Group {
    let mut group = Group::from([
        ("code", coupon.code.0.to_string()),
        ("title", document.title().to_owned()),
    ]);
    if let Some(discount) = coupon.discount.set() {
        group.insert("discount", words::discount(*discount, language));
    }
    match coupon.valid_until.set() {
        None | Some(Validity::Never(Never::Never)) => {}
        Some(Validity::Until(until)) => {
            let shown = match until.0 {
                Moment::Date(day) => words::date(day, language),
                Moment::Local(local) => words::date_time(local, language),
                Moment::Offset(time) => {
                    words::date_time(letters.zone.local(time.to_utc()), language)
                }
            };
            group.insert("valid_until", shown);
        }
    }
    group
}
