//! What holds of every plan.

use super::project::{meddle, project};
use super::world::{Cut, World, declare, state};
use crate::kinds::to_json;
use proptest::prelude::*;
use serde_json::json;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..120)
}

/// A world in which a first project was applied and people have worked since.
fn lived_in(first: &[u8], by_hand: &[u8]) -> World {
    let mut world = World::new();
    world.settings.conflicts_ours = true;
    let desired = project(first);
    let plan = world.plan(&desired);
    assert_eq!(plan.refusals, []);
    world.apply(&plan);
    world.must_be_done(&desired);
    meddle(&mut world, by_hand);
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_plan_after_an_apply_is_empty(first in bytes(), by_hand in bytes(), second in bytes()) {
        let mut world = lived_in(&first, &by_hand);
        let desired = project(&second);
        let plan = world.plan(&desired);
        prop_assert_eq!(&plan, &world.plan(&desired));
        prop_assert_eq!(&plan.refusals, &[]);
        world.apply(&plan);
        world.must_be_done(&desired);
    }

    #[test]
    fn what_is_not_managed_keeps_its_bytes(first in bytes(), second in bytes()) {
        let mut world = lived_in(&first, &[9; 20]);
        let stranger = world.insert("offer", json!({
            "title": "stranger", "price": {"amount": "1", "currency": "EUR"}, "extra": {"x": 1},
        }));
        let copy = world.insert("offer", json!({
            "title": "Copy system a", "price": {"amount": "1", "currency": "EUR"},
        }));
        let before = [stranger, copy].map(|id| world.live.kinds["offer"][&id].clone());
        let managed: Vec<_> = world.base.objects.keys().cloned().collect();
        for address in &managed {
            world.edit(&address.kind, &address.name, json!({"extra": {"kept": [1, {"a": "b"}]}}));
        }
        let ids: Vec<_> = managed
            .iter()
            .map(|address| (address.kind.to_string(), world.base.objects[address].id))
            .collect();
        let desired = project(&second);
        world.settle_into(&desired);
        prop_assert_eq!([stranger, copy].map(|id| world.live.kinds["offer"][&id].clone()), before);
        for (kind, id) in ids {
            let extra = &world.live.kinds[&kind][&id].attributes[&"extra".to_owned()];
            prop_assert_eq!(to_json(extra), Some(json!({"kept": [1, {"a": "b"}]})));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_cut_off_anywhere_is_finished_by_the_next(
        first in bytes(), by_hand in bytes(), second in bytes(), twice in any::<usize>(),
    ) {
        let world = lived_in(&first, &by_hand);
        let desired = project(&second);
        let plan = world.plan(&desired);
        let mut clean = world.clone();
        clean.apply(&plan);
        for steps in 0..=plan.steps.len() {
            for cut in [Cut::BeforeTheWrite, Cut::AfterTheWrite] {
                let mut cut_off = world.clone();
                cut_off.apply_cut(&plan, steps, cut);
                let next = cut_off.plan(&desired);
                prop_assert_eq!(&next.refusals, &[], "{} {:?}", steps, cut);
                let mut again = cut_off.clone();
                again.apply_cut(&next, twice % (next.steps.len() + 1), Cut::AfterTheWrite);
                for mut world in [cut_off, again] {
                    let next = world.plan(&desired);
                    prop_assert_eq!(&next.refusals, &[], "{} {:?}", steps, cut);
                    world.apply(&next);
                    world.must_be_done(&desired);
                    prop_assert_eq!(world.picture(), clean.picture(), "{} {:?}", steps, cut);
                }
            }
        }
    }
}

#[test]
fn a_large_project_settles_too() {
    let mut world = World::new();
    let count = if cfg!(debug_assertions) {
        1_000
    } else {
        10_000
    };
    let objects = (0..count).map(|n| {
        let name = format!("o{n}");
        let coupon = format!("@coupon.c{}", n / 2 * 2);
        match n % 2 {
            0 => declare("coupon", &format!("c{n}"), json!({
                "title": name, "code": name, "status": "active", "discount": {"percent": "10"},
                "ends_at": "2026-12-31T00:00:00Z",
            })),
            _ => declare("offer", &name, json!({
                "title": name, "status": "published", "price": {"amount": "490.00", "currency": "EUR"},
                "coupon_policy": "chosen", "coupon_ids": [coupon], "page": {"language": "fr"},
                "products": [{"course_id": 7, "access": {"kind": "for", "length": "6mo"}, "schedule": {
                    "base": "scratch", "openings": [
                        {"module_id": 1, "opens_at": "2026-09-07T10:00:00Z"},
                        {"module_id": 2, "lesson_id": 3, "opens_at": "2026-09-14T10:00:00Z"},
                    ],
                }}],
            })),
        }
    });
    let desired = state(objects);
    let first = world.plan(&desired);
    world.apply(&first);
    world.must_be_done(&desired);
}
