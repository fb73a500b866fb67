//! What was applied, as people hand it on: page addresses, links, codes, and where to look at it.
//!
//! From the state alone. What is not managed is not known from there, and is said to be unknown.

mod read;
mod value;

pub use value::{NoValue, Output, Remark};

use crate::kinds::{self, Collection, Kind as _, coupon, offer};
use crate::model::{Address, BaseObject, BaseState, Instant, Target};
use std::collections::BTreeMap;

/// The provider whose links apply a coupon in a way that is known.
const EMBEDDED: &str = "sandbox";
/// The provider whose screens `menu` describes.
const KWIGA: &str = "kwiga";

/// Everything that there is to hand on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outputs {
    /// The platform and account; `None` before the first apply.
    pub target: Option<Target>,
    /// The instant at which sales and coupons were judged.
    pub at: Instant,
    /// Offers in the order of addresses.
    pub offers: Vec<Offer>,
    /// Coupons in the order of addresses.
    pub coupons: Vec<Coupon>,
    /// Where people see each object, in the order of addresses.
    pub screens: Vec<Screen>,
}

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its address.
    pub address: Address,
    /// Its id on the platform.
    pub id: i64,
    /// What clients see.
    pub title: String,
    /// The address of its public page, as the platform gave it.
    pub page: Option<String>,
    /// Whether it sells.
    pub sale: Sale,
    /// The first instant of its sale.
    pub opens: Option<Instant>,
    /// The end of its sale, exclusive.
    pub closes: Option<Instant>,
    /// Which coupons it accepts.
    pub accepts: Accepts,
    /// The coupons of this project that it accepts, with its page's link.
    pub coupons: Vec<Accepted>,
    /// The ids of others that it accepts: nobody here knows their codes.
    pub other_coupons: Vec<i64>,
}

/// Whether an offer sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sale {
    /// It does.
    Open,
    /// It is a draft.
    Draft,
    /// It is archived.
    Archived,
    /// Its sale opens later.
    NotOpen,
    /// Its sale has closed.
    Ended,
    /// Its status is not managed.
    Unknown,
}

/// Which coupons an offer accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepts {
    /// None.
    None,
    /// Every one.
    Any,
    /// Some.
    Chosen,
    /// It is not managed.
    Unknown,
}

/// A coupon that an offer accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The coupon.
    pub coupon: Coupon,
    /// The offer's page with the coupon applied.
    pub link: Result<String, NoLink>,
}

/// Why there is no link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLink {
    /// The offer's page is not known.
    #[error("the platform has not told the offer's page")]
    NoPage,
    /// How a link applies a coupon is not known of this platform.
    #[error("how a link applies a coupon on {0} is not known")]
    Form(String),
}

/// A coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupon {
    /// Its address.
    pub address: Address,
    /// What people call it.
    pub title: String,
    /// What the client types.
    pub code: Option<String>,
    /// Whether it works.
    pub validity: Validity,
    /// When it ceases to work, exclusive; `None`: never, or it is not managed.
    pub until: Option<Instant>,
    /// The lists whose members may use it; everyone, if empty.
    pub lists: Vec<List>,
}

/// Whether a coupon works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It does.
    Works,
    /// It is disabled.
    Disabled,
    /// Its time is over.
    Expired,
    /// Its status is not managed.
    Unknown,
}

/// A list that a coupon is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Its address, if it is managed here.
    pub address: Option<Address>,
    /// Its id on the platform.
    pub id: i64,
}

/// Where people see an object, and change it by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// The object.
    pub address: Address,
    /// Its id on the platform.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Where it is.
    pub place: Place,
}

/// Where a screen is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At an address.
    Url(String),
    /// At a path of the embedded platform, once `bursar sandbox` serves it.
    Path(String),
    /// Behind these menus; there the object is found by its title.
    Menu(&'static [&'static str]),
    /// Nobody here knows.
    Unknown,
}

/// Gathers what was applied. What was retired is left out.
pub fn outputs(base: &BaseState, target: Option<&Target>, now: Instant) -> Outputs {
    let in_use = || base.objects.iter().filter(|(_, object)| !object.retired);
    let names = Ids {
        managed: in_use()
            .map(|(address, object)| ((&*address.kind, object.id.0), address))
            .collect(),
        retired: base
            .objects
            .iter()
            .filter(|(_, object)| object.retired)
            .map(|(address, object)| (&*address.kind, object.id.0))
            .collect(),
    };
    let of = |kind: &'static str| in_use().filter(move |(address, _)| *address.kind == *kind);
    let coupons: Vec<Coupon> = of(coupon::Coupon::ID)
        .map(|(address, object)| read::coupon(address, object, &names, now))
        .collect();
    let provider = target.map_or("this platform", |target| target.provider.as_str());
    let offers = of(offer::Offer::ID)
        .map(|(address, object)| {
            let offer = read::offer(address, object, now);
            with_coupons(offer, &coupons, object, &names, provider)
        })
        .collect();
    let screens = in_use()
        .filter_map(|(address, object)| {
            let collection = kinds::kind(&address.kind)?.collection?;
            Some(Screen {
                address: address.clone(),
                id: object.id.0,
                title: read::title(address, object),
                place: place(collection, object.id.0, target),
            })
        })
        .collect();
    Outputs {
        target: target.cloned(),
        at: now,
        offers,
        coupons,
        screens,
    }
}

/// What ids stand for.
struct Ids<'a> {
    managed: BTreeMap<(&'a str, i64), &'a Address>,
    /// What is only remembered.
    retired: Vec<(&'a str, i64)>,
}

/// The offer with the coupons that it accepts.
fn with_coupons(
    offer: Offer,
    coupons: &[Coupon],
    object: &BaseObject,
    ids: &Ids<'_>,
    provider: &str,
) -> Offer {
    let kind = coupon::Coupon::ID;
    let chosen = read::ids(object, "coupon_ids");
    let accepted = |coupon: &&Coupon| match offer.accepts {
        Accepts::Any => true,
        Accepts::Chosen => chosen
            .iter()
            .any(|id| ids.managed.get(&(kind, *id)) == Some(&&coupon.address)),
        Accepts::None | Accepts::Unknown => false,
    };
    let linked = |coupon: &Coupon| Accepted {
        link: link(offer.page.as_deref(), coupon, provider),
        coupon: coupon.clone(),
    };
    let is_other = |id: &i64| {
        offer.accepts == Accepts::Chosen
            && !ids.managed.contains_key(&(kind, *id))
            && !ids.retired.contains(&(kind, *id))
    };
    Offer {
        coupons: coupons.iter().filter(accepted).map(linked).collect(),
        other_coupons: chosen.iter().copied().filter(is_other).collect(),
        ..offer
    }
}

fn link(page: Option<&str>, coupon: &Coupon, provider: &str) -> Result<String, NoLink> {
    if provider != EMBEDDED {
        return Err(NoLink::Form(provider.to_owned()));
    }
    let (Some(page), Some(code)) = (page, &coupon.code) else {
        return Err(NoLink::NoPage);
    };
    Ok(coupon::link::applied_to(page, code))
}

fn place(collection: &Collection, id: i64, target: Option<&Target>) -> Place {
    let Some(target) = target else {
        return Place::Unknown;
    };
    match target.provider.as_str() {
        EMBEDDED => {
            let path = format!("/ui/{}/{id}", collection.path);
            if target.url.starts_with("http") {
                Place::Url(format!("{}{path}", target.url.trim_end_matches('/')))
            } else {
                Place::Path(path)
            }
        }
        KWIGA if !collection.menu.is_empty() => Place::Menu(collection.menu),
        _ => Place::Unknown,
    }
}

#[cfg(test)]
mod tests;
