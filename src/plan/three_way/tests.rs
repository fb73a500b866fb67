use super::*;
use crate::kinds::{from_json, kind, normal_attributes};
use crate::model::Address;
use serde_json::{Value as Json, json};

#[test]
fn every_way_that_three_sides_can_stand() {
    let value = |text: &str| match text {
        "-" => None,
        text => Some(Value::text(text)),
    };
    let check = |base, live, desired, expected: Verdict| {
        let live = value(live).unwrap_or(Value::Null);
        let got = judge(value(base).as_ref(), &live, value(desired).as_ref());
        assert_eq!(got, expected, "{base:?} {live:?} {desired:?}");
    };
    use Verdict::{Change, Found, LetGo, Same};
    check("-", "-", "-", Same);
    check("-", "x", "-", Same);
    check("a", "a", "-", LetGo { drifted: false });
    check("a", "x", "-", LetGo { drifted: true });
    check("a", "-", "-", LetGo { drifted: false });
    check("-", "a", "a", Found);
    check("-", "x", "a", Change(Side::Configuration));
    check("-", "-", "a", Change(Side::Configuration));
    check("a", "a", "a", Same);
    check("a", "a", "b", Change(Side::Configuration));
    check("a", "x", "a", Change(Side::Drift));
    check("a", "-", "a", Change(Side::Drift));
    check("a", "b", "b", Found);
    check("a", "x", "b", Change(Side::Conflict));
    check("a", "-", "b", Change(Side::Conflict));
}

fn attributes(kind_id: &str, json: Json) -> Attributes {
    let Value::Map(attributes) = from_json(json) else {
        panic!("a map")
    };
    normal_attributes(kind(kind_id).unwrap().collection.unwrap(), attributes)
}

/// The paths that change, each with its side, and the paths that drifted.
fn check(
    kind_id: &str,
    (base, live, desired): (Option<Json>, Json, Json),
    changes: &[(&str, Side)],
    drift: &[&str],
) {
    let collection = kind(kind_id).unwrap().collection.unwrap();
    let base = base.map(|base| attributes(kind_id, base));
    let live = attributes(kind_id, live);
    let desired = attributes(kind_id, desired);
    let got = compare(
        collection,
        &collection.defaults(),
        base.as_ref(),
        Some(&live),
        &desired,
    );
    let paths: Vec<_> = got
        .fields
        .iter()
        .map(|field| (field.path.to_string(), field.side))
        .collect();
    let expected: Vec<_> = changes
        .iter()
        .map(|(path, side)| ((*path).to_owned(), *side))
        .collect();
    assert_eq!(paths, expected);
    let drifted: Vec<_> = got
        .drift
        .iter()
        .map(|field| field.path.to_string())
        .collect();
    assert_eq!(drifted, drift);
}

#[test]
fn only_declared_keys_take_part() {
    let base = json!({"title": "A", "page": {"language": "fr"}});
    let live = json!({"title": " A ", "page": {"language": "fr", "theme": "dark"}, "listed": true});
    check("offer", (Some(base.clone()), live.clone(), base), &[], &[]);
    check(
        "offer",
        (None, live, json!({"title": "A", "listed": false})),
        &[("listed", Side::Configuration)],
        &[],
    );
}

#[test]
fn money_is_one_value() {
    let price = |amount: &str| json!({"price": {"amount": amount, "currency": "EUR"}});
    check(
        "offer",
        (Some(price("490.00")), price("490"), price("450.00")),
        &[("price", Side::Configuration)],
        &[],
    );
}

#[test]
fn null_means_the_platforms_default() {
    let desired = json!({"status": null, "promotion": null});
    let live = json!({"status": "draft", "promotion": null});
    check("offer", (None, live, desired.clone()), &[], &[]);
    let live = json!({"status": "published", "promotion": {"price": {"amount": "1.00", "currency": "EUR"}}});
    check(
        "offer",
        (Some(desired.clone()), live, desired),
        &[("promotion", Side::Drift), ("status", Side::Drift)],
        &["promotion", "status"],
    );
}

#[test]
fn a_field_no_longer_declared_is_let_go() {
    let base = json!({"title": "A", "page": {"language": "fr"}});
    let live = json!({"title": "A", "page": {"language": "de"}});
    check(
        "offer",
        (Some(base), live, json!({"title": "A"})),
        &[],
        &["page.language"],
    );
}

#[test]
fn items_of_keyed_lists_are_compared_by_their_keys() {
    let desired = json!({"products": [
        {"course_id": 2, "access": {"kind": "unlimited"}},
        {"course_id": 1, "access": {"kind": "for", "length": "6mo"}},
    ]});
    let live = json!({"products": [
        {"course_id": 1, "access": {"kind": "for", "length": "6mo"}, "content": {"all": true}},
        {"course_id": 2, "access": {"kind": "unlimited"}, "content": {"all": false}},
    ]});
    check("offer", (None, live.clone(), desired.clone()), &[], &[]);
    let mut shorter = desired.clone();
    shorter["products"][1]["access"]["length"] = "3mo".into();
    check(
        "offer",
        (Some(desired.clone()), live.clone(), shorter),
        &[("products[1].access.length", Side::Configuration)],
        &[],
    );
    let one = json!({"products": [{"course_id": 2}]});
    check(
        "offer",
        (Some(one.clone()), live, one.clone()),
        &[("products[0]", Side::Drift)],
        &["products[0]"],
    );
    check(
        "offer",
        (
            Some(desired.clone()),
            json!({"products": [{"course_id": 2, "access": {"kind": "unlimited"}}]}),
            desired,
        ),
        &[("products[1]", Side::Drift)],
        &["products[1]"],
    );
}

#[test]
fn lists_count_as_wholes_and_the_platform_fills_them_in() {
    let desired = json!({"triggers": [{"when": {"registered": {}}, "do": []}]});
    let filled = json!({"triggers": [
        {"when": {"registered": {}}, "wait_before_if": "0m", "if": null, "wait": "0m", "do": []}
    ]});
    check(
        "scenario",
        (None, filled.clone(), desired.clone()),
        &[],
        &[],
    );
    // A condition that is no longer declared in a list goes away: the list is a whole.
    let mut with_condition = filled.clone();
    with_condition["triggers"][0]["if"] = json!({"tag": {"name": "vip"}});
    let mut declared_condition = desired.clone();
    declared_condition["triggers"][0]["if"] = json!({"tag": {"name": "vip"}});
    check(
        "scenario",
        (
            Some(declared_condition),
            with_condition.clone(),
            desired.clone(),
        ),
        &[("triggers", Side::Configuration)],
        &[],
    );
    check(
        "scenario",
        (Some(desired.clone()), with_condition, desired),
        &[("triggers", Side::Drift)],
        &["triggers"],
    );
}

#[test]
fn maps_of_several_forms_are_wholes() {
    let percent = json!({"discount": {"percent": "10"}});
    let amount = json!({"discount": {"amount": {"amount": "5.00", "currency": "EUR"}}});
    check(
        "coupon",
        (Some(percent.clone()), percent, amount),
        &[("discount", Side::Configuration)],
        &[],
    );
    let both =
        |before| json!({"where": {"last_purchase": {"before_at": before, "more_than": "90d"}}});
    check(
        "list",
        (
            Some(both(json!("2026-01-01T00:00:00Z"))),
            both(json!("2026-01-01T00:00:00Z")),
            json!({"where": {"last_purchase": {"more_than": "90d"}}}),
        ),
        &[("where", Side::Configuration)],
        &[],
    );
}

#[test]
fn sets_have_no_order() {
    check(
        "pass",
        (
            None,
            json!({"tags": {"allowed": ["a", "b"]}}),
            json!({"tags": {"allowed": ["b", "a"]}}),
        ),
        &[],
        &[],
    );
}

#[test]
fn what_is_not_known_yet_is_a_change() {
    let collection = kind("offer").unwrap().collection.unwrap();
    let desired = Attributes::from_iter([(
        "coupon_ids".to_owned(),
        Value::List(vec![Value::Ref(Address::new("coupon", "a"))]),
    )]);
    let live = attributes("offer", json!({"coupon_ids": []}));
    let got = compare(
        collection,
        &collection.defaults(),
        Some(&live),
        Some(&live),
        &desired,
    );
    assert_eq!(got.fields.len(), 1);
}
