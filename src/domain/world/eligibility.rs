//! Who may buy what, with which coupon, at what price.

use super::World;
use super::assumptions::CouponOnPromotion;
use super::person::{Buyable, Person};
use super::school::{Coupon, CouponPolicy, Id, Offer, PackItem, Pass};
use crate::domain::pricing::{discounted, price_at};
use crate::kinds::Discount;
use crate::kinds::test::Because;
use crate::model::{Instant, Money};

/// Why something cannot be bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Barred {
    /// The first reason that holds.
    pub because: Because,
    /// In a pack, the item that is in the way.
    pub item: Option<PackItem>,
}

/// Why a coupon is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CouponRefusal {
    /// There is no such coupon.
    Unknown,
    /// It is disabled.
    Disabled,
    /// Its time is over.
    Ended(Instant),
    /// All clients together have used it as often as they may.
    UsedUp(u64),
    /// This client has used it as often as he may.
    UsedByContact(u64),
    /// The person is in none of its lists.
    NotInList(Vec<Id>),
    /// The offer does not accept it.
    NotAccepted,
    /// No offer that is on sale accepts it.
    NothingAccepts,
    /// It takes off another currency than the price's.
    OtherCurrency,
    /// A promotion lasts, and takes no coupons.
    OnPromotion,
}

/// Why there is no price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPrice {
    /// The offer is not known.
    NoOffer,
    /// The offer's price is looked after elsewhere.
    Unmanaged,
    /// The coupon is refused.
    Coupon(CouponRefusal),
}

impl World {
    /// Why a person cannot buy something now; `None` if they can.
    pub fn barred(&self, person: Id, what: Buyable) -> Option<Barred> {
        let person = self.people.get(&person)?;
        match what {
            Buyable::Offer(id) => match self.school.offers.get(&id) {
                Some(offer) => self.offer_bars(offer),
                None => Some(Because::NotForSale),
            }
            .map(|because| Barred {
                because,
                item: None,
            }),
            Buyable::Pass(id) => {
                let because = match self.school.passes.get(&id) {
                    Some(pass) => self.pass_bars(pass, person)?,
                    None => Because::NotForSale,
                };
                Some(Barred {
                    because,
                    item: None,
                })
            }
            Buyable::Pack(id) => self.pack_bars(id, person),
        }
    }

    /// Why an offer sells nothing now.
    pub(super) fn offer_bars(&self, offer: &Offer) -> Option<Because> {
        let now = self.now;
        if !offer.published {
            return Some(Because::NotForSale);
        }
        if offer.opens.is_some_and(|opens| now < opens) {
            return Some(Because::SaleNotOpen);
        }
        if offer.closes.is_some_and(|closes| now >= closes) {
            return Some(Because::SaleEnded);
        }
        no_way_to_pay(offer)
    }

    fn pass_bars(&self, pass: &Pass, person: &Person) -> Option<Because> {
        let Pass {
            for_sale,
            price: _,
            sale_ends,
            new_members_only,
            allowed,
            denied,
        } = pass;
        if !for_sale {
            return Some(Because::NotForSale);
        }
        if sale_ends.is_some_and(|ends| self.now >= ends) {
            return Some(Because::SaleEnded);
        }
        if *new_members_only && person.is_member() {
            return Some(Because::NewMembersOnly);
        }
        if !allowed.is_empty() && allowed.is_disjoint(&person.tags) {
            return Some(Because::TagRequired);
        }
        (!denied.is_disjoint(&person.tags)).then_some(Because::TagDenied)
    }

    /// A pack is for sale itself, and each of its items passes its own checks. Of several reasons the
    /// first in the order of reasons counts, and of its items the first in the pack.
    fn pack_bars(&self, id: Id, person: &Person) -> Option<Barred> {
        let Some(pack) = self.school.packs.get(&id).filter(|pack| pack.for_sale) else {
            return Some(Barred {
                because: Because::NotForSale,
                item: None,
            });
        };
        let bars = pack.items.iter().filter_map(|item| {
            let because = match item {
                PackItem::Pass(pass) => match self.school.passes.get(pass) {
                    Some(pass) => self.pass_bars(pass, person)?,
                    // What nobody here looks after is not judged.
                    None => return None,
                },
                PackItem::Other { for_sale, .. } if *for_sale => return None,
                PackItem::Other { .. } => Because::NotForSale,
            };
            Some(Barred {
                because,
                item: Some(*item),
            })
        });
        bars.min_by_key(|barred| barred.because)
    }

    /// What an offer costs a person now, with a coupon or without.
    ///
    /// # Errors
    /// The price is not known, or the coupon is refused.
    pub fn price(&self, person: Id, offer: Id, coupon: Option<Id>) -> Result<Money, NoPrice> {
        let of = self.school.offers.get(&offer).ok_or(NoPrice::NoOffer)?;
        let price = self.price_now(of).ok_or(NoPrice::Unmanaged)?;
        let Some(coupon) = coupon else {
            return Ok(price);
        };
        if let Some(refusal) = self.coupon_refused(person, coupon, Some(offer)) {
            return Err(NoPrice::Coupon(refusal));
        }
        let discount = self
            .school
            .coupons
            .get(&coupon)
            .map(|coupon| coupon.discount);
        reduced(price, discount).map_err(NoPrice::Coupon)
    }

    /// An offer's price at this instant.
    pub(super) fn price_now(&self, offer: &Offer) -> Option<Money> {
        Some(price_at(offer.price?, offer.promotion, self.now))
    }

    /// Why a person cannot use a coupon now, for an offer or for any; `None` if they can.
    pub fn coupon_refused(
        &self,
        person: Id,
        coupon: Id,
        offer: Option<Id>,
    ) -> Option<CouponRefusal> {
        let Some(of) = self.school.coupons.get(&coupon) else {
            return Some(CouponRefusal::Unknown);
        };
        let Coupon {
            active,
            discount,
            ends,
            uses_total,
            uses_per_contact,
            lists,
        } = of;
        if !active {
            return Some(CouponRefusal::Disabled);
        }
        if let Some(ends) = ends.filter(|ends| self.now >= *ends) {
            return Some(CouponRefusal::Ended(ends));
        }
        let used = self.coupon_uses.get(&coupon).copied().unwrap_or_default();
        if let Some(total) = uses_total.filter(|total| used >= *total) {
            return Some(CouponRefusal::UsedUp(total));
        }
        let person = self.people.get(&person);
        let used = person.and_then(|person| person.coupons.get(&coupon).copied());
        if let Some(most) = uses_per_contact.filter(|most| used.unwrap_or_default() >= *most) {
            return Some(CouponRefusal::UsedByContact(most));
        }
        let is_member =
            person.is_some_and(|person| lists.iter().any(|list| person.lists.contains_key(list)));
        if !lists.is_empty() && !is_member {
            return Some(CouponRefusal::NotInList(lists.iter().copied().collect()));
        }
        match offer {
            Some(offer) => {
                let Some(offer) = self.school.offers.get(&offer) else {
                    return Some(CouponRefusal::NotAccepted);
                };
                if !accepts(offer, coupon) {
                    return Some(CouponRefusal::NotAccepted);
                }
                self.not_in_this_price(offer, *discount)
            }
            None => {
                let mut offers = self.school.offers.values();
                let usable = offers.any(|offer| {
                    accepts(offer, coupon)
                        && self.offer_bars(offer).is_none()
                        && self.not_in_this_price(offer, *discount).is_none()
                });
                (!usable).then_some(CouponRefusal::NothingAccepts)
            }
        }
    }

    /// Why an offer's price of the moment takes no such discount.
    fn not_in_this_price(&self, offer: &Offer, discount: Discount) -> Option<CouponRefusal> {
        let price = self.price_now(offer)?;
        let is_promotion = offer.promotion.is_some() && Some(price) != offer.price;
        if is_promotion && self.assumptions.coupon_on_promotion == CouponOnPromotion::Refused {
            return Some(CouponRefusal::OnPromotion);
        }
        reduced(price, Some(discount)).err()
    }
}

/// Why nobody can pay an offer: it has a price, and no way to pay it.
pub(super) fn no_way_to_pay(offer: &Offer) -> Option<Because> {
    let is_free = offer.price.is_some_and(|price| price.minor == 0);
    (!is_free && !offer.payment.is_possible()).then_some(Because::NoWayToPay)
}

/// Whether an offer accepts a coupon.
pub(super) fn accepts(offer: &Offer, coupon: Id) -> bool {
    match &offer.coupons {
        CouponPolicy::None => false,
        CouponPolicy::Any => true,
        CouponPolicy::Chosen(chosen) => chosen.contains(&coupon),
    }
}

/// A price less a discount.
pub(super) fn reduced(price: Money, discount: Option<Discount>) -> Result<Money, CouponRefusal> {
    match discount {
        Some(discount) => discounted(price, discount).map_err(|_| CouponRefusal::OtherCurrency),
        None => Ok(price),
    }
}
