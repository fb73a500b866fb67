//! What was applied, as people hand it on, as JSON.

use super::FORMAT_VERSION;
use crate::domain::outputs::{
    Accepted, Accepts, Coupon, List, Offer, Outputs, Place, Sale, Screen, Validity,
};
use crate::model::{Instant, Target, format_instant};
use serde_json::{Value, json};

/// One object. What is not known is null.
pub fn render(outputs: &Outputs) -> String {
    let Outputs {
        target,
        at,
        offers,
        coupons,
        screens,
    } = outputs;
    let target = target.as_ref().map(|target| {
        let Target {
            provider,
            url,
            account: _,
        } = target;
        json!({ "provider": provider, "url": url })
    });
    let value = json!({
        "format_version": FORMAT_VERSION,
        "at": format_instant(*at),
        "target": target,
        "offers": offers.iter().map(offer).collect::<Vec<_>>(),
        "coupons": coupons.iter().map(coupon).collect::<Vec<_>>(),
        "screens": screens.iter().map(screen).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

/// A single value as a JSON text.
pub fn value(text: &str) -> String {
    format!("{}\n", json!(text))
}

fn offer(offer: &Offer) -> Value {
    let Offer {
        address,
        id,
        title,
        page,
        sale,
        opens,
        closes,
        accepts,
        coupons,
        other_coupons,
    } = offer;
    json!({
        "address": address.to_string(),
        "id": id,
        "title": title,
        "page": page,
        "sale": match sale {
            Sale::Open => "open",
            Sale::Draft => "draft",
            Sale::Archived => "archived",
            Sale::NotOpen => "not-open",
            Sale::Ended => "ended",
            Sale::Unknown => "unknown",
        },
        "opens": instant(*opens),
        "closes": instant(*closes),
        "accepts": match accepts {
            Accepts::None => "none",
            Accepts::Any => "any",
            Accepts::Chosen => "chosen",
            Accepts::Unknown => "unknown",
        },
        "coupons": coupons.iter().map(accepted).collect::<Vec<_>>(),
        "other_coupons": other_coupons,
    })
}

fn accepted(accepted: &Accepted) -> Value {
    let Accepted { coupon: of, link } = accepted;
    let mut value = coupon(of);
    value["link"] = json!(link.as_ref().ok());
    value["no_link_because"] = json!(link.as_ref().err().map(ToString::to_string));
    value
}

fn coupon(coupon: &Coupon) -> Value {
    let Coupon {
        address,
        title,
        code,
        validity,
        until,
        lists,
    } = coupon;
    let lists = lists.iter().map(|list| {
        let List { address, id } = list;
        json!({ "address": address.as_ref().map(ToString::to_string), "id": id })
    });
    json!({
        "address": address.to_string(),
        "title": title,
        "code": code,
        "validity": match validity {
            Validity::Works => "works",
            Validity::Disabled => "disabled",
            Validity::Expired => "expired",
            Validity::Unknown => "unknown",
        },
        "until": instant(*until),
        "lists": lists.collect::<Vec<_>>(),
    })
}

fn screen(screen: &Screen) -> Value {
    let Screen {
        address,
        id,
        title,
        place,
    } = screen;
    let (url, path, menu) = match place {
        Place::Url(url) => (Some(url), None, None),
        Place::Path(path) => (None, Some(path), None),
        Place::Menu(menu) => (None, None, Some(menu)),
        Place::Unknown => (None, None, None),
    };
    json!({
        "address": address.to_string(), "id": id, "title": title,
        "url": url, "path": path, "menu": menu,
    })
}

fn instant(instant: Option<Instant>) -> Option<String> {
    instant.map(format_instant)
}
