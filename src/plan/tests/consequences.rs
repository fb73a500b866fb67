//! What a plan says of people, and what that leaves alone.

use super::project::{meddle, project};
use super::world::{World, at, declare, state};
use crate::domain::zone::Zone;
use crate::model::{DesiredState, Value};
use crate::plan::{About, Circumstances, Consequence, Plan, digest, with_consequences};
use proptest::prelude::*;
use serde_json::json;

fn meant(world: &World, plan: Plan, desired: &DesiredState) -> Plan {
    let zone = Zone::utc();
    let circumstances = Circumstances {
        zone: &zone,
        now: world.settings.now,
        accept_shortened_access: false,
        accept_closed_lessons: false,
    };
    with_consequences(plan, desired, &world.live, &world.base, circumstances)
}

fn offer(access: &serde_json::Value) -> DesiredState {
    state([declare(
        "offer",
        "o",
        json!({
            "title": "O", "status": "published", "price": {"amount": "10.00", "currency": "EUR"},
            "products": [{"course_id": 7, "access": access}],
        }),
    )])
}

/// Writes a count of people on every live object of a kind.
fn count(world: &mut World, kind: &str, attribute: &str, count: i64) {
    for object in world.live.kinds.get_mut(kind).unwrap().values_mut() {
        let attributes = &mut object.attributes;
        attributes.insert(attribute.to_owned(), Value::Int(count));
    }
}

fn texts(plan: &Plan, about: About) -> Vec<&str> {
    let of = plan.consequences.of.iter();
    let of = of.filter(|one: &&Consequence| one.about == about);
    of.map(|one| &*one.text).collect()
}

#[test]
fn what_the_platform_does_not_count_is_unknown_and_never_zero() {
    let mut world = World::new();
    world.settle_into(&offer(&json!({"kind": "for", "length": "6mo"})));
    let desired = offer(&json!({"kind": "for", "length": "3mo"}));

    let plan = meant(&world, world.plan(&desired), &desired);
    assert_eq!(
        texts(&plan, About::Reach),
        ["unknown how many clients follow it and have the new terms at once"]
    );
    assert_eq!(plan.consequences.of[0].count, None);
    let [reach] = plan.consequences.reach[..] else {
        panic!("{:?}", plan.consequences.reach);
    };
    assert!(!reach.is_complete);
    // Nobody can say that nobody is hurt.
    assert_eq!(plan.refusals.len(), 1, "{:?}", plan.refusals);
    assert!(plan.refusals[0].help.contains("--accept-shortened-access"));

    count(&mut world, "offer", "clients_count", 0);
    let plan = meant(&world, world.plan(&desired), &desired);
    assert_eq!(plan.refusals, []);
    count(&mut world, "offer", "clients_count", 5);
    let plan = meant(&world, world.plan(&desired), &desired);
    assert_eq!(plan.refusals.len(), 1);
    assert!(plan.refusals[0].message.contains("for 5 clients"));
}

#[test]
fn a_course_that_cannot_be_read_is_not_taken_to_be_harmless() {
    let opens = |at: &str| {
        let mut desired = offer(&json!({"kind": "unlimited"}));
        let object = desired.objects.get_mut(&at_offer()).unwrap();
        let products = crate::kinds::from_json(json!([{
            "course_id": 7, "access": {"kind": "unlimited"},
            "schedule": {"source": "own", "base": "scratch", "openings": [{"module_id": 1, "opens_at": at}]},
        }]));
        object.attributes.insert("products".to_owned(), products);
        desired
    };
    let mut world = World::new();
    world.settle_into(&opens("2025-12-01T00:00:00Z"));
    count(&mut world, "offer", "clients_count", 2);
    let later = opens("2026-02-01T00:00:00Z");
    let plan = meant(&world, world.plan(&later), &later);
    assert_eq!(
        texts(&plan, About::LessonsClosed),
        [
            "course 7 cannot be read: whether lessons that are open now close for 2 clients is unknown"
        ]
    );
    assert_eq!(plan.refusals.len(), 1, "{:?}", plan.refusals);
}

fn at_offer() -> crate::model::Address {
    at("offer.o")
}

#[test]
fn a_discount_of_another_form_is_read_as_the_platform_will() {
    let coupon = |discount: serde_json::Value| {
        let coupon = declare(
            "coupon",
            "c",
            json!({"title": "C", "code": "C", "status": "active", "discount": discount}),
        );
        let offer = declare(
            "offer",
            "o",
            json!({
                "title": "O", "status": "published", "price": {"amount": "99.99", "currency": "EUR"},
                "coupon_policy": "any",
            }),
        );
        state([coupon, offer])
    };
    let mut world = World::new();
    world.settle_into(&coupon(json!({"percent": "12.5"})));
    let desired = coupon(json!({"amount": {"amount": "9.99", "currency": "EUR"}}));
    let plan = meant(&world, world.plan(&desired), &desired);
    let prices: Vec<(Option<String>, Option<String>)> = plan
        .consequences
        .prices
        .iter()
        .map(|price| {
            let show = |money: crate::kinds::WireMoney| money.0.to_string();
            (price.before.map(show), price.after.map(show))
        })
        .collect();
    // 99.99 × 0.875 = 87.49125.
    assert_eq!(
        prices,
        [(Some("87.49 EUR".to_owned()), Some("90.00 EUR".to_owned()))]
    );

    // Of another currency, it cannot be used.
    let desired = coupon(json!({"amount": {"amount": "9.99", "currency": "USD"}}));
    let plan = meant(&world, world.plan(&desired), &desired);
    assert_eq!(plan.consequences.prices[0].after, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_it_means_changes_nothing_that_is_done(
        first in prop::collection::vec(any::<u8>(), 0..120),
        by_hand in prop::collection::vec(any::<u8>(), 0..120),
        second in prop::collection::vec(any::<u8>(), 0..120),
        people in 0_i64..100,
    ) {
        let mut world = World::new();
        world.settings.conflicts_ours = true;
        let desired = project(&first);
        let plan = world.plan(&desired);
        world.apply(&plan);
        meddle(&mut world, &by_hand);
        let desired = project(&second);
        let bare = world.plan(&desired);
        let plan = meant(&world, bare.clone(), &desired);
        prop_assert_eq!(&plan.steps, &bare.steps);
        prop_assert_eq!(&plan.changes, &bare.changes);
        prop_assert_eq!(&plan, &meant(&world, bare.clone(), &desired));
        // Every change that is spoken of is one of the plan.
        for one in &plan.consequences.of {
            let known = plan.changes.iter().any(|change| change.address.to_string() == one.address);
            prop_assert!(known, "{:?}", one);
        }
        // Numbers of people are no part of what a plan is known by.
        for (kind, attribute) in [
            ("offer", "clients_count"), ("offer", "unpaid_orders_count"), ("list", "members_count"),
        ] {
            count(&mut world, kind, attribute, people + 1);
        }
        let one = digest(&meant(&world, bare.clone(), &desired));
        for (kind, attribute) in [
            ("offer", "clients_count"), ("offer", "unpaid_orders_count"), ("list", "members_count"),
        ] {
            count(&mut world, kind, attribute, people + 2);
        }
        // A refusal tells its number, and a plan with one is never carried out.
        if meant(&world, bare.clone(), &desired).refusals.is_empty() {
            prop_assert_eq!(&one, &digest(&meant(&world, bare, &desired)));
        }
    }
}
