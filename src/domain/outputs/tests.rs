use super::*;
use crate::kinds::from_json;
use crate::model::{Attributes, RemoteId, Value, parse_instant};
use serde_json::json;

const PAGE: &str = "https://school.kwiga.example/o/abcdefghijkl";

/// A state of these objects: kind, name, id, attributes, page.
fn state(objects: &[(&str, &str, i64, serde_json::Value)]) -> BaseState {
    let objects = objects.iter().map(|(kind, name, id, attributes)| {
        let page = *kind == "offer";
        let object = BaseObject {
            id: RemoteId(*id),
            attributes: attributes_of(attributes.clone()),
            outputs: page
                .then(|| ("url".to_owned(), PAGE.to_owned()))
                .into_iter()
                .collect(),
            protect: false,
            retired: false,
            deposed: Vec::new(),
        };
        (Address::new(*kind, *name), object)
    });
    BaseState {
        objects: objects.collect(),
        open_intents: Vec::new(),
    }
}

fn attributes_of(json: serde_json::Value) -> Attributes {
    match from_json(json) {
        Value::Map(attributes) => attributes,
        other => panic!("{other:?}"),
    }
}

fn target(provider: &str, url: &str) -> Target {
    Target {
        provider: provider.to_owned(),
        url: url.to_owned(),
        account: "0123456789abcdef".to_owned(),
    }
}

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

/// One offer that accepts `accepts`, two coupons, of which one is for a list and ends.
fn school(accepts: serde_json::Value) -> BaseState {
    let mut offer = json!({
        "title": "A", "status": "published",
        "sale": { "opens_at": "2026-07-01T00:00:00Z", "closes_at": "2026-09-11T00:00:00Z" },
    });
    let more = accepts.as_object().unwrap().clone();
    offer.as_object_mut().unwrap().extend(more);
    state(&[
        ("offer", "a", 11, offer),
        ("list", "gate", 5, json!({ "title": "Gate" })),
        (
            "coupon",
            "gated",
            7,
            json!({
                "title": "Gated", "code": "10 %", "status": "active",
                "ends_at": "2026-10-01T00:00:00Z", "list_ids": [5, 99],
            }),
        ),
        (
            "coupon",
            "open",
            8,
            json!({ "title": "Open", "code": "OPEN", "status": "active" }),
        ),
    ])
}

fn links(base: &BaseState) -> Vec<(String, Result<String, NoLink>)> {
    let outputs = outputs(
        base,
        Some(&target("sandbox", "embedded")),
        at("2026-08-01T00:00:00Z"),
    );
    let offer = &outputs.offers[0];
    offer
        .coupons
        .iter()
        .map(|it| (it.coupon.address.to_string(), it.link.clone()))
        .collect()
}

#[test]
fn an_offer_links_what_it_accepts_and_nothing_else() {
    let gated = (
        "coupon.gated".to_owned(),
        Ok(format!("{PAGE}?coupon=10%20%25")),
    );
    let open = ("coupon.open".to_owned(), Ok(format!("{PAGE}?coupon=OPEN")));
    for (accepts, expected) in [
        (json!({ "coupon_policy": "none", "coupon_ids": [] }), vec![]),
        // Its policy counts, whatever ids are left.
        (
            json!({ "coupon_policy": "none", "coupon_ids": [7] }),
            vec![],
        ),
        (
            json!({ "coupon_policy": "any", "coupon_ids": [] }),
            vec![gated.clone(), open.clone()],
        ),
        (
            json!({ "coupon_policy": "chosen", "coupon_ids": [8] }),
            vec![open],
        ),
        // 11 is the offer's id, 5 the list's: ids of other kinds are no coupons.
        (
            json!({ "coupon_policy": "chosen", "coupon_ids": [7, 11, 5] }),
            vec![gated],
        ),
        (json!({}), vec![]),
    ] {
        assert_eq!(links(&school(accepts.clone())), expected, "{accepts}");
    }
}

#[test]
fn what_others_look_after_is_counted_and_what_was_retired_is_not() {
    let mut base = school(json!({ "coupon_policy": "chosen", "coupon_ids": [7, 8, 90] }));
    let retired = Address::new("coupon", "open");
    base.objects.get_mut(&retired).unwrap().retired = true;
    let sandbox = target("sandbox", "embedded");
    let outputs = outputs(&base, Some(&sandbox), at("2026-08-01T00:00:00Z"));
    let offer = &outputs.offers[0];
    assert_eq!(offer.other_coupons, [90]);
    assert_eq!(offer.coupons.len(), 1);
    assert_eq!(outputs.coupons.len(), 1);
    let lists = &outputs.coupons[0].lists;
    assert_eq!(lists[0].address, Some(Address::new("list", "gate")));
    assert_eq!((&lists[1].address, lists[1].id), (&None, 99));
    assert!(outputs.screens.iter().all(|it| it.address != retired));
}

#[test]
fn sales_and_coupons_are_judged_at_an_instant() {
    // The sale lasts from 1 July up to 11 September, exclusive; the coupon up to 1 October.
    for (now, sale, validity) in [
        ("2026-06-30T23:59:59Z", Sale::NotOpen, Validity::Works),
        ("2026-07-01T00:00:00Z", Sale::Open, Validity::Works),
        ("2026-09-10T23:59:59Z", Sale::Open, Validity::Works),
        ("2026-09-11T00:00:00Z", Sale::Ended, Validity::Works),
        ("2026-09-30T23:59:59Z", Sale::Ended, Validity::Works),
        ("2026-10-01T00:00:00Z", Sale::Ended, Validity::Expired),
    ] {
        let base = school(json!({}));
        let outputs = outputs(&base, None, at(now));
        assert_eq!(outputs.offers[0].sale, sale, "{now}");
        assert_eq!(outputs.coupons[0].validity, validity, "{now}");
        assert_eq!(outputs.coupons[1].validity, Validity::Works, "{now}");
    }
    for (status, sale) in [
        (json!("draft"), Sale::Draft),
        (json!("archived"), Sale::Archived),
        (json!(null), Sale::Unknown),
    ] {
        let base = school(json!({ "status": status }));
        let outputs = outputs(&base, None, at("2026-08-01T00:00:00Z"));
        assert_eq!(outputs.offers[0].sale, sale);
    }
    let disabled = state(&[(
        "coupon",
        "x",
        1,
        json!({ "code": "X", "status": "disabled", "ends_at": "2026-10-01T00:00:00Z" }),
    )]);
    let outputs = outputs(&disabled, None, at("2026-11-01T00:00:00Z"));
    assert_eq!(outputs.coupons[0].validity, Validity::Disabled);
}

#[test]
fn nothing_is_invented_of_other_platforms() {
    let base = school(json!({ "coupon_policy": "any" }));
    let outputs = outputs(
        &base,
        Some(&target("kwiga", "https://api.kwiga.com/")),
        at("2026-08-01T00:00:00Z"),
    );
    let offer = &outputs.offers[0];
    assert_eq!(offer.page.as_deref(), Some(PAGE));
    assert_eq!(offer.coupons.len(), 2);
    for it in &offer.coupons {
        assert_eq!(it.link, Err(NoLink::Form("kwiga".to_owned())));
    }
    // The screens of platforms.md, by address.
    let places: Vec<(String, &Place)> = outputs
        .screens
        .iter()
        .map(|it| (it.address.to_string(), &it.place))
        .collect();
    let coupons = Place::Menu(&["Courses", "Sales settings", "Coupons"]);
    assert_eq!(
        places,
        [
            ("coupon.gated".to_owned(), &coupons),
            ("coupon.open".to_owned(), &coupons),
            (
                "list.gate".to_owned(),
                &Place::Menu(&["CRM", "Contact lists"])
            ),
            ("offer.a".to_owned(), &Place::Menu(&["Sales", "Offers"])),
        ]
    );
    let bsport = super::outputs(&base, Some(&target("bsport", "https://x/")), outputs.at);
    assert!(bsport.screens.iter().all(|it| it.place == Place::Unknown));
}

#[test]
fn every_value_has_a_name_of_its_own() {
    let base = school(json!({ "coupon_policy": "chosen", "coupon_ids": [7] }));
    let far = target("sandbox", "http://127.0.0.1:8080/");
    let values = outputs(&base, Some(&far), at("2026-10-02T00:00:00Z")).values();
    let ui = |path: &str| Ok(format!("http://127.0.0.1:8080/ui/{path}"));
    let expected = [
        ("offer.a.page", Ok(PAGE.to_owned()), true),
        (
            "offer.a.link.gated",
            Ok(format!("{PAGE}?coupon=10%20%25")),
            true,
        ),
        ("coupon.gated.code", Ok("10 %".to_owned()), true),
        ("coupon.open.code", Ok("OPEN".to_owned()), false),
        ("coupon.gated.screen", ui("coupons/7"), false),
        ("coupon.open.screen", ui("coupons/8"), false),
        ("list.gate.screen", ui("lists/5"), false),
        ("offer.a.screen", ui("offers/11"), false),
    ];
    let found: Vec<_> = values
        .iter()
        .map(|it| (it.name.as_str(), it.value.clone(), it.remark.is_some()))
        .collect();
    assert_eq!(found, expected);
    // On the embedded platform, the pages are there while it is served.
    let near = outputs(
        &base,
        Some(&target("sandbox", "embedded")),
        at("2026-10-02T00:00:00Z"),
    );
    assert_eq!(
        near.screens[3].place,
        Place::Path("/ui/offers/11".to_owned())
    );
}
