//! Why a plan must not be applied.

use super::world::{World, at, declare, state};
use super::{list, price};
use crate::model::{DesiredState, Instruction, RemoteId, RemovalKind};
use crate::plan::{Action, LimitFrom};
use serde_json::json;

/// Plans and expects one refusal whose message and help contain these.
#[track_caller]
fn check(world: &World, desired: &DesiredState, message: &str, help: &str) {
    let plan = world.plan(desired);
    let [refusal] = plan.refusals.as_slice() else {
        panic!("one refusal, not {:?}", plan.refusals);
    };
    assert!(refusal.message.contains(message), "{refusal:?}");
    assert!(refusal.help.contains(help), "{refusal:?}");
}

fn offer(amount: &str) -> DesiredState {
    state([declare(
        "offer",
        "o",
        json!({"title": "o", "price": price(amount)}),
    )])
}

#[test]
fn several_objects_with_the_natural_key() {
    let mut world = World::new();
    for _ in 0..2 {
        world.insert("offer", json!({"title": "o", "price": price("1.00")}));
    }
    check(
        &world,
        &offer("1.00"),
        "any of the ids 101, 102",
        "adopt: { id: 101 }",
    );
    assert_eq!(world.plan(&offer("1.00")).steps, []);
    // One of them put away leaves no doubt.
    world.insert(
        "list",
        json!({"title": "l", "type": "static", "status": "archived"}),
    );
    world.insert("list", json!({"title": "l", "type": "static"}));
    world.settle_into(&state([list("l")]));
    assert_eq!(world.base.objects[&at("list.l")].id, RemoteId(104));
}

#[test]
fn two_declared_objects_for_one() {
    let mut world = World::new();
    world.insert("list", json!({"title": "x", "type": "static"}));
    let twin = |name: &str| declare("list", name, json!({"title": "x", "type": "static"}));
    let plan = world.plan(&state([twin("a"), twin("b")]));
    assert_eq!(plan.refusals.len(), 2);
    assert_eq!(plan.steps, []);
}

#[test]
fn adoptions_that_cannot_be() {
    let mut world = World::new();
    world.settle_into(&state([list("a")]));
    let adopting = |id: i64| {
        let mut object = declare("list", "b", json!({"title": "b", "type": "static"}));
        object.1.adopt = Some(RemoteId(id));
        state([list("a"), object])
    };
    check(&world, &adopting(999), "does not have", "correct the id");
    let id = world.base.objects[&at("list.a")].id.0;
    check(
        &world,
        &adopting(id),
        "managed as list.a",
        "previous_names: [a]",
    );
    let copy = world.insert(
        "offer",
        json!({"title": "Copy system", "price": price("1.00")}),
    );
    let mut object = declare("offer", "o", json!({"title": "o", "price": price("1.00")}));
    object.1.adopt = Some(copy);
    check(
        &world,
        &state([list("a"), object]),
        "made for one client",
        "original",
    );
}

#[test]
fn a_creation_without_what_it_needs() {
    let desired = state([declare("offer", "o", json!({"title": "o"}))]);
    check(
        &World::new(),
        &desired,
        "offer.o cannot be created without `price`",
        "declare `price`",
    );
}

#[test]
fn a_strong_circle() {
    let member = |name: &str, other: &str| {
        declare(
            "list",
            name,
            json!({
                "title": name, "type": "segment", "where": {"in_list": {"list_id": format!("@list.{other}")}},
            }),
        )
    };
    let desired = state([member("a", "b"), member("b", "a")]);
    check(
        &World::new(),
        &desired,
        "in a circle, so none can be made first: list.a, list.b",
        "take one",
    );
}

#[test]
fn conflicts() {
    let mut world = World::new();
    world.settle_into(&offer("490.00"));
    world.edit("offer", "o", json!({"price": price("1.00")}));
    check(&world, &offer("450.00"), "`price`", "--on-conflict ours");
    world.settings.conflicts_ours = true;
    world.settle_into(&offer("450.00"));
}

#[test]
fn protection() {
    let mut world = World::new();
    let mut protected = declare("list", "l", json!({"title": "l", "type": "static"}));
    protected.1.protect = Some(true);
    world.settle_into(&state([protected.clone()]));
    check(
        &world,
        &state([]),
        "list.l is protected and would be retired",
        "protect: false",
    );
    let mut deletion = state([]);
    let instruction = Instruction {
        document: at("removed.r"),
        then: RemovalKind::Delete,
    };
    deletion.removals.insert(at("list.l"), instruction);
    check(&world, &deletion, "would be deleted", "protect: false");
    let mut replaced = declare(
        "list",
        "l",
        json!({
            "title": "l", "type": "segment", "where": {"purchases": {"at_least": 1}},
        }),
    );
    replaced.1.protect = Some(false);
    check(
        &world,
        &state([replaced]),
        "would be replaced",
        "apply that first",
    );
    protected.1.protect = Some(false);
    world.settle_into(&state([protected]));
    world.settle_into(&state([]));
}

#[test]
fn too_much_at_once() {
    let lists = |count: usize| state((0..count).map(|n| list(&format!("l{n}"))));
    let mut world = World::new();
    world.settle_into(&lists(12));
    world.settings.max_removals.count = 3;
    check(
        &world,
        &lists(8),
        "4 of 12 objects would be retired or deleted, more than 3",
        "--max-removals 4",
    );
    world.settings.max_removals.count = 100;
    world.settings.max_removals.percent = 30;
    check(
        &world,
        &lists(8),
        "more than 30 %",
        "safety.max_removals.percent",
    );
    assert_eq!(world.plan(&lists(9)).refusals, []);
    // A percentage of few objects says little.
    let mut small = World::new();
    small.settle_into(&lists(9));
    small.settings.max_removals.percent = 30;
    assert_eq!(small.plan(&lists(1)).refusals, []);
}

#[test]
fn what_is_replaced_is_removed_too() {
    let segments = |count: usize, least: u64| {
        state((0..count).map(|n| {
            let name = format!("s{n}");
            let body = json!({
                "title": name, "type": "segment", "where": {"purchases": {"at_least": least}}
            });
            declare("list", &name, body)
        }))
    };
    let mut world = World::new();
    world.settle_into(&segments(4, 1));
    world.settings.max_removals.count = 3;
    check(
        &world,
        &segments(4, 2),
        "4 of 4 objects would be replaced, more than 3",
        "--max-removals 4",
    );
    // Three leave, and one is replaced.
    check(
        &world,
        &segments(1, 2),
        "4 of 4 objects would be retired, deleted or replaced, more than 3",
        "safety.max_removals.count",
    );
    // The setting does not help whom the flag binds.
    world.settings.max_removals.from = LimitFrom::Flag;
    let plan = world.plan(&segments(4, 2));
    assert_eq!(plan.refusals[0].help, "allow it: `--max-removals 4`");
    world.settings.max_removals.count = 4;
    world.settle_into(&segments(4, 2));
}

#[test]
fn what_people_have_is_not_deleted() {
    let mut world = World::new();
    world.settle_into(&offer("1.00"));
    let id = world.base.objects[&at("offer.o")].id;
    let mut gone = state([]);
    let instruction = Instruction {
        document: at("removed.r"),
        then: RemovalKind::Delete,
    };
    gone.removals.insert(at("offer.o"), instruction);
    world.computed("offer", id, "clients_count", 0);
    world.computed("offer", id, "unpaid_orders_count", 2);
    check(
        &world,
        &gone,
        "offer.o cannot be deleted: people have it (`unpaid_orders_count` is 2)",
        "then: retire",
    );
    world.computed("offer", id, "unpaid_orders_count", 0);
    world.settle_into(&gone);
}

#[test]
fn what_is_one_clients_by_now_is_left_alone() {
    let mut world = World::new();
    world.settle_into(&offer("1.00"));
    world.edit("offer", "o", json!({"title": "Copy system of o"}));
    check(
        &world,
        &offer("2.00"),
        "offer.o is titled `Copy system of o` on the platform",
        "bursar state rm offer.o",
    );
    assert_eq!(world.plan(&offer("2.00")).steps, []);
    // Declared no longer, it is forgotten and stays as it is.
    let before = world.live.clone();
    let plan = world.plan(&state([]));
    assert_eq!(plan.changes[0].action, Action::Forget);
    assert!(plan.changes[0].notes[0].contains("left alone"));
    world.settle_into(&state([]));
    assert_eq!(world.live.kinds, before.kinds);
}

#[test]
fn a_title_that_an_unmanaged_offer_has() {
    let titled = |title: &str| {
        state([declare(
            "offer",
            "o",
            json!({"title": title, "price": price("1.00")}),
        )])
    };
    let mut world = World::new();
    world.settle_into(&titled("ours"));
    let theirs = json!({"title": "theirs", "price": price("1.00")});
    let id = world.insert("offer", theirs);
    check(
        &world,
        &titled("theirs"),
        &format!("offer.o: id {id}, which is not managed here, has the title `theirs` already"),
        "write another title",
    );
    // What was so before, and is not done by this plan, is not held against it.
    world.patch("offer", id, &json!({"title": "ours"}));
    assert_eq!(world.plan(&titled("ours")).refusals, []);
    // What is put away is confused with nothing.
    world.patch(
        "offer",
        id,
        &json!({"title": "theirs", "status": "archived"}),
    );
    world.settle_into(&titled("theirs"));
}

#[test]
fn nothing_declared() {
    let mut world = World::new();
    world.settle_into(&state([list("a")]));
    world.settings.allow_empty = false;
    check(
        &world,
        &state([]),
        "nothing is declared, and the state has 1 objects",
        "--allow-empty",
    );
}

#[test]
fn deleting_what_is_referred_to() {
    let mut world = World::new();
    let coupon = |lists: serde_json::Value| {
        declare(
            "coupon",
            "c",
            json!({
                "title": "c", "code": "C", "discount": {"percent": "10"}, "list_ids": lists,
            }),
        )
    };
    world.settle_into(&state([list("l"), coupon(json!(["@list.l"]))]));
    let instruction = |then| Instruction {
        document: at("removed.r"),
        then,
    };
    let mut desired = state([]);
    desired
        .removals
        .insert(at("list.l"), instruction(RemovalKind::Delete));
    let plan = world.plan(&desired);
    assert!(
        plan.refusals[0]
            .message
            .contains("list.l cannot be deleted: coupon")
    );
    // With the referrer deleted too, or changed, it goes.
    let mut changed = state([coupon(json!([]))]);
    changed
        .removals
        .insert(at("list.l"), instruction(RemovalKind::Delete));
    world.settle_into(&changed);
}

#[test]
fn a_code_that_another_coupon_in_use_has() {
    let coupon = |name: &str, code: &str| {
        let body = json!({
            "title": name, "code": code, "status": "active", "discount": {"percent": "10"}
        });
        declare("coupon", name, body)
    };
    let mut world = World::new();
    world.settle_into(&state([coupon("a", "AAA"), coupon("b", "BBB")]));
    // A new name without `previous_names`.
    check(
        &world,
        &state([coupon("c", "AAA"), coupon("b", "BBB")]),
        "the code `AAA` is taken by coupon.a",
        "previous_names: [a]",
    );
    // A code of one that stays.
    check(
        &world,
        &state([coupon("a", "BBB"), coupon("b", "BBB")]),
        "the code `BBB` is taken by coupon.b",
        "change the code of coupon.b",
    );
    // A code of one that nothing manages; put out of use, it is free.
    let foreign = json!({
        "title": "x", "code": "XXX", "status": "active", "discount": {"percent": "10"}
    });
    world.insert("coupon", foreign);
    let wanted = state([coupon("a", "XXX"), coupon("b", "BBB")]);
    check(
        &world,
        &wanted,
        "the code `XXX` is taken by id",
        "adopt: { id:",
    );
}
