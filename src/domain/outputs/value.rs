//! Single values, by name: what a script asks for.

use super::{Accepted, Coupon, Offer, Outputs, Place, Sale, Screen, Validity};
use crate::model::Instant;

/// A value that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// What it is asked for by: `offer.NAME.page`.
    pub name: String,
    /// The value.
    pub value: Result<String, NoValue>,
    /// What people should know before they use it.
    pub remark: Option<Remark>,
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoValue(String);

/// Why something does not do what it is for, at this instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The sale is not open.
    Sale(Sale, Option<Instant>),
    /// The coupon does not work.
    Coupon(Validity, Option<Instant>),
}

impl Outputs {
    /// Every value, objects in the order of addresses within offers, coupons, screens.
    pub fn values(&self) -> Vec<Output> {
        let Outputs {
            target: _,
            at: _,
            offers,
            coupons,
            screens,
        } = self;
        let offers = offers.iter().flat_map(of_offer);
        let coupons = coupons.iter().map(of_coupon);
        let screens = screens.iter().map(of_screen);
        offers.chain(coupons).chain(screens).collect()
    }
}

fn of_offer(offer: &Offer) -> Vec<Output> {
    let address = &offer.address;
    let page = offer.page.clone();
    let page = Output {
        name: format!("{address}.page"),
        value: page.ok_or_else(|| NoValue("the platform has not told it".to_owned())),
        remark: offer.remark(),
    };
    let links = offer
        .coupons
        .iter()
        .map(|Accepted { coupon, link }| Output {
            name: format!("{address}.link.{}", coupon.address.name),
            value: link.clone().map_err(|why| NoValue(why.to_string())),
            remark: coupon.remark().or(offer.remark()),
        });
    std::iter::once(page).chain(links).collect()
}

fn of_coupon(coupon: &Coupon) -> Output {
    let code = coupon.code.clone();
    Output {
        name: format!("{}.code", coupon.address),
        value: code.ok_or_else(|| NoValue("the state does not hold it".to_owned())),
        remark: coupon.remark(),
    }
}

fn of_screen(screen: &Screen) -> Output {
    Output {
        name: format!("{}.screen", screen.address),
        value: match &screen.place {
            Place::Url(text) | Place::Path(text) => Ok(text.clone()),
            Place::Menu(menu) => Ok(menu.join(" → ")),
            Place::Unknown => Err(NoValue(
                "where this platform shows it is not known".to_owned(),
            )),
        },
        remark: None,
    }
}

impl Offer {
    /// Why nobody can buy it now, as far as it is known.
    pub fn remark(&self) -> Option<Remark> {
        match self.sale {
            Sale::Open | Sale::Unknown => None,
            Sale::Draft | Sale::Archived => Some(Remark::Sale(self.sale, None)),
            Sale::NotOpen => Some(Remark::Sale(self.sale, self.opens)),
            Sale::Ended => Some(Remark::Sale(self.sale, self.closes)),
        }
    }
}

impl Coupon {
    /// Why nobody can use it now, as far as it is known.
    pub fn remark(&self) -> Option<Remark> {
        match self.validity {
            Validity::Works | Validity::Unknown => None,
            Validity::Disabled => Some(Remark::Coupon(self.validity, None)),
            Validity::Expired => Some(Remark::Coupon(self.validity, self.until)),
        }
    }
}
