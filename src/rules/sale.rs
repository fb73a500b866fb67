//! When offers are sold, at which price, and with which coupons.

use super::Configuration;
use crate::kinds::coupon::Coupon;
use crate::kinds::offer::{CouponWord, Coupons, Offer, OfferStatus};
use crate::kinds::{Document, Field, Reference};
use crate::model::Instant;

/// When an offer can be bought: from an instant, up to an exclusive end; `None` is no bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// The first instant.
    pub(super) opens: Option<Instant>,
    /// The exclusive end.
    pub(super) closes: Option<Instant>,
}

/// An offer's window of sale, as it is declared.
pub(super) fn window(configuration: &Configuration<'_>, offer: &Offer) -> Window {
    let sale = offer.sale.set();
    let opens = sale.and_then(|sale| sale.opens.set());
    let closes = sale.and_then(|sale| sale.closes.set());
    Window {
        opens: opens.map(|at| configuration.instant(&at.0)),
        closes: closes.map(|until| configuration.end(&until.0)),
    }
}

/// Whether an offer can be bought at an instant or will be later: it is not archived, and its sale
/// has not closed by then.
pub(super) fn can_be_bought_after(
    configuration: &Configuration<'_>,
    offer: &Offer,
    instant: Instant,
) -> bool {
    let archived = offer.status.set() == Some(&OfferStatus::Archived);
    let window = window(configuration, offer);
    !archived && window.closes.is_none_or(|closes| closes > instant)
}

/// What an offer's `coupons` say of one coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Acceptance {
    /// It is named, or any is accepted.
    Accepted,
    /// It is not among those accepted.
    Refused,
    /// The offer leaves `coupons` as they are on the platform.
    Unmanaged,
    /// It names a coupon that is declared nowhere, which may mean this one.
    Unknown,
}

/// Whether an offer accepts a coupon of the project.
pub(super) fn accepts(
    configuration: &Configuration<'_>,
    offer: &Offer,
    coupon: &Document,
) -> Acceptance {
    match &offer.coupons {
        Field::Absent => Acceptance::Unmanaged,
        // The platform's default is not known: it is left out of promises.
        Field::Null => Acceptance::Unmanaged,
        Field::Set(Coupons::Word(CouponWord::Any)) => Acceptance::Accepted,
        Field::Set(Coupons::Word(CouponWord::None)) => Acceptance::Refused,
        Field::Set(Coupons::Chosen(chosen)) => {
            let named = |reference: &Reference| {
                let name = reference.name().map(|name| name.as_str());
                name == Some(&*coupon.address.name)
            };
            if chosen.iter().any(named) {
                Acceptance::Accepted
            } else if names_unknown_coupon(configuration, offer) {
                Acceptance::Unknown
            } else {
                Acceptance::Refused
            }
        }
    }
}

/// Whether an offer names a coupon that is declared nowhere: that is said there, and what follows
/// from it is not.
pub(super) fn names_unknown_coupon(configuration: &Configuration<'_>, offer: &Offer) -> bool {
    let Some(Coupons::Chosen(chosen)) = offer.coupons.set() else {
        return false;
    };
    let is_unknown = |reference: &Reference| {
        reference.name().is_some() && configuration.index.coupon(reference).is_none()
    };
    chosen.iter().any(is_unknown)
}

/// Every offer that certainly accepts a coupon.
pub(super) fn accepting<'a>(
    configuration: &Configuration<'a>,
    coupon: &Document,
) -> Vec<(&'a Document, &'a Offer)> {
    let mut offers: Vec<_> = configuration
        .index
        .accepting(&coupon.address.name)
        .collect();
    offers.sort_by_key(|(document, _)| &document.address);
    offers
}

/// Whether a coupon can be used by the members of some lists alone.
pub(super) fn is_bound(coupon: &Coupon) -> bool {
    coupon.lists.set().is_some_and(|lists| !lists.is_empty())
}
