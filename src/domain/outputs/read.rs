//! Applied attributes as they are needed here.

use super::{Accepts, Coupon, Ids, List, Offer, Sale, Validity};
use crate::kinds::{Kind as _, list};
use crate::model::{Address, BaseObject, Instant, Value, parse_instant};

/// An offer, without its coupons.
pub(super) fn offer(address: &Address, object: &BaseObject, now: Instant) -> Offer {
    let sale = object.attributes.get("sale").and_then(Value::as_map);
    let bound = |name| instant(sale.and_then(|sale| sale.get(name)));
    let (opens, closes) = (bound("opens_at"), bound("closes_at"));
    let sale = match text(object, "status") {
        Some("archived") => Sale::Archived,
        Some("draft") => Sale::Draft,
        _ if closes.is_some_and(|closes| now >= closes) => Sale::Ended,
        _ if opens.is_some_and(|opens| now < opens) => Sale::NotOpen,
        Some("published") => Sale::Open,
        Some(_) | None => Sale::Unknown,
    };
    Offer {
        address: address.clone(),
        id: object.id.0,
        title: title(address, object),
        page: object.outputs.get("url").cloned(),
        sale,
        opens,
        closes,
        accepts: match text(object, "coupon_policy") {
            Some("none") => Accepts::None,
            Some("any") => Accepts::Any,
            Some("chosen") => Accepts::Chosen,
            Some(_) | None => Accepts::Unknown,
        },
        coupons: Vec::new(),
        other_coupons: Vec::new(),
    }
}

/// A coupon.
pub(super) fn coupon(
    address: &Address,
    object: &BaseObject,
    known: &Ids<'_>,
    now: Instant,
) -> Coupon {
    let until = instant(object.attributes.get("ends_at"));
    let lists = ids(object, "list_ids").into_iter().map(|id| List {
        address: known
            .managed
            .get(&(list::List::ID, id))
            .map(|address| (*address).clone()),
        id,
    });
    Coupon {
        address: address.clone(),
        title: title(address, object),
        code: text(object, "code").map(str::to_owned),
        validity: match text(object, "status") {
            Some("disabled") => Validity::Disabled,
            _ if until.is_some_and(|until| now >= until) => Validity::Expired,
            Some("active") => Validity::Works,
            Some(_) | None => Validity::Unknown,
        },
        until,
        lists: lists.collect(),
    }
}

/// The title; the name, where there is none.
pub(super) fn title(address: &Address, object: &BaseObject) -> String {
    text(object, "title").unwrap_or(&address.name).to_owned()
}

/// The ids in a list, in its order.
pub(super) fn ids(object: &BaseObject, key: &str) -> Vec<i64> {
    let items = object.attributes.get(key).and_then(Value::as_list);
    let items = items.unwrap_or_default().iter();
    items.filter_map(Value::as_int).collect()
}

fn text<'a>(object: &'a BaseObject, key: &str) -> Option<&'a str> {
    object.attributes.get(key).and_then(Value::as_text)
}

fn instant(value: Option<&Value>) -> Option<Instant> {
    parse_instant(value?.as_text()?)
}
