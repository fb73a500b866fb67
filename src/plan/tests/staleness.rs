//! A plan held against what would be planned now.

use super::world::{World, at, declare, state};
use crate::model::{Address, DesiredObject, DesiredState, Value};
use crate::plan::{Action, FieldChange, What, differences};
use serde_json::{Value as Json, json};

fn coupon(name: &str, attributes: Json) -> (Address, DesiredObject) {
    let mut body = json!({ "title": name, "code": name, "status": "active" });
    for (key, value) in attributes.as_object().unwrap() {
        body[key] = value.clone();
    }
    declare("coupon", name, body)
}

fn ten(name: &str) -> (Address, DesiredObject) {
    coupon(name, json!({ "discount": { "percent": "10" } }))
}

/// A world in which `a` and `b` are applied, and what is declared now.
fn world(now: [(Address, DesiredObject); 2]) -> (World, DesiredState) {
    let mut world = World::new();
    world.settle_into(&state([ten("a"), ten("b")]));
    (world, state(now))
}

fn by_hand(world: &mut World, name: &str, change: &Json) {
    let id = world.base.objects[&at(&format!("coupon.{name}"))].id;
    world.patch("coupon", id, change);
}

#[test]
fn what_is_changed_elsewhere_makes_no_difference() {
    let twenty = coupon("a", json!({ "discount": { "percent": "20" } }));
    let (mut world, desired) = world([twenty, ten("b")]);
    let planned = world.plan(&desired);
    assert_eq!(differences(&planned, &world.plan(&desired)), []);
    // Another object, and a field of this one that is not managed.
    by_hand(&mut world, "b", &json!({ "discount": { "percent": "50" } }));
    by_hand(&mut world, "a", &json!({ "uses_total": 5 }));
    assert_eq!(differences(&planned, &world.plan(&desired)), []);
}

#[test]
fn a_field_that_changes_from_something_else_is_told() {
    let twenty = coupon("a", json!({ "discount": { "percent": "20" } }));
    let (mut world, desired) = world([twenty, ten("b")]);
    let planned = world.plan(&desired);
    by_hand(&mut world, "a", &json!({ "discount": { "percent": "15" } }));
    // It is a conflict now, unless that is decided.
    let found = differences(&planned, &world.plan(&desired));
    assert!(
        matches!(&found[..], [_, refused] if matches!(refused.what, What::Refused(_))),
        "{found:?}"
    );
    world.settings.conflicts_ours = true;
    let found = differences(&planned, &world.plan(&desired));
    let [difference] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(difference.address, at("coupon.a"));
    let What::Field { planned, now, .. } = &difference.what else {
        panic!("{difference:?}");
    };
    let percent = |text| Value::map([("percent", Value::text(text))]);
    let live = |field: &Option<Box<FieldChange>>| field.as_ref().unwrap().live.clone();
    assert_eq!(live(planned), Some(percent("10")));
    assert_eq!(live(now), Some(percent("15")));
}

#[test]
fn what_was_done_by_hand_meanwhile_is_told() {
    let twenty = coupon("a", json!({ "discount": { "percent": "20" } }));
    let (mut world, desired) = world([twenty, ten("b")]);
    let planned = world.plan(&desired);
    by_hand(&mut world, "a", &json!({ "discount": { "percent": "20" } }));
    let found = differences(&planned, &world.plan(&desired));
    assert!(
        matches!(&found[..], [one] if one.what == What::Action { planned: Some(Action::Update), now: None }),
        "{found:?}"
    );
}

#[test]
fn an_object_that_someone_made_meanwhile_is_not_made_twice() {
    let (mut world, mut desired) = world([ten("a"), ten("b")]);
    desired.objects.extend([ten("c")]);
    let planned = world.plan(&desired);
    world.insert(
        "coupon",
        json!({ "title": "c", "code": "c", "status": "active", "discount": { "percent": "10" } }),
    );
    let found = differences(&planned, &world.plan(&desired));
    assert!(
        matches!(&found[..], [one] if one.address == at("coupon.c")
            && one.what == What::Action { planned: Some(Action::Create), now: Some(Action::Adopt) }),
        "{found:?}"
    );
}
