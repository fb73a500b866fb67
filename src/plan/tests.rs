//! Whole plans. Each test ends by carrying its plan out on values and planning again.

mod consequences;
mod interruptions;
mod laws;
pub(crate) mod project;
mod refusals;
mod replacement;
mod staleness;
pub(super) mod world;

use crate::model::{Address, DesiredObject, DesiredState, Instruction, RemoteId, RemovalKind};
use crate::plan::{Action, Namesake, Plan, Reason, Side};
use serde_json::json;
use world::{World, at, declare, late_url, state};

/// The changes: mark, address, paths.
fn shown(plan: &Plan) -> Vec<String> {
    plan.changes
        .iter()
        .map(|change| {
            let paths: Vec<_> = change.fields.iter().map(|f| f.path.to_string()).collect();
            let mark = change.action.mark();
            match change.action {
                Action::Create => format!("{mark} {}", change.address),
                _ => format!("{mark} {} {}", change.address, paths.join(" "))
                    .trim_end()
                    .to_owned(),
            }
        })
        .collect()
}

/// The steps: verb and address.
fn steps(plan: &Plan) -> Vec<String> {
    plan.steps
        .iter()
        .map(|step| format!("{} {}", step.verb, step.address))
        .collect()
}

/// Plans, compares what is shown and done, carries it out and plans again.
#[track_caller]
fn check(world: &mut World, desired: &DesiredState, changes: &[&str], done: &[&str]) -> Plan {
    let plan = world.plan(desired);
    assert_eq!(plan.refusals, []);
    assert_eq!(shown(&plan), changes);
    assert_eq!(steps(&plan), done);
    world.apply(&plan);
    world.must_be_done(desired);
    plan
}

fn list(name: &str) -> (Address, DesiredObject) {
    declare("list", name, json!({"title": name, "type": "static"}))
}

fn price(amount: &str) -> serde_json::Value {
    json!({"amount": amount, "currency": "EUR"})
}

#[test]
fn what_acts_is_made_at_rest_and_activated_last() {
    let desired = state([
        list("l"),
        declare(
            "coupon",
            "c",
            json!({
                "title": "c", "code": "C", "status": "active", "discount": {"percent": "10"},
                "list_ids": ["@list.l"],
            }),
        ),
        declare(
            "offer",
            "o",
            json!({
                "title": "o", "status": "published", "price": price("490.00"),
                "coupon_policy": "chosen", "coupon_ids": ["@coupon.c"],
                "letters": {"purchased": {"mode": "letter", "letter_id": "@letter.m"}},
            }),
        ),
        declare(
            "letter",
            "m",
            json!({
                "title": "m", "subject": "s", "html": late_url("offer.o"), "text": "t",
            }),
        ),
        declare(
            "scenario",
            "s",
            json!({
                "title": "s", "status": "active",
                "triggers": [{"when": {"unpaid_order": {"offer_id": "@offer.o"}}, "do": [
                    {"add_to_list": {"list_id": "@list.l"}}, {"send_letter": {"letter_id": "@letter.m"}},
                ]}],
            }),
        ),
    ]);
    let plan = check(
        &mut World::new(),
        &desired,
        &[
            "+ coupon.c",
            "+ letter.m",
            "+ list.l",
            "+ offer.o",
            "+ scenario.s",
        ],
        &[
            "create list.l",
            "settle list.l",
            "create coupon.c",
            "activate coupon.c",
            "create offer.o",
            "create letter.m",
            "activate offer.o",
            "create scenario.s",
            "activate scenario.s",
        ],
    );
    assert!(
        plan.changes
            .iter()
            .all(|change| change.reason == Reason::Declared)
    );
}

#[test]
fn a_status_that_is_not_declared_is_not_sent() {
    let desired = state([declare(
        "offer",
        "o",
        json!({"title": "o", "price": price("1.00")}),
    )]);
    check(
        &mut World::new(),
        &desired,
        &["+ offer.o"],
        &["create offer.o"],
    );
}

#[test]
fn weak_references_in_a_circle_are_set_later() {
    let offer = |name: &str, other: &str| {
        declare(
            "offer",
            name,
            json!({
                "title": name, "price": price("1.00"), "cross_sell_offer_ids": [format!("@offer.{other}")],
            }),
        )
    };
    check(
        &mut World::new(),
        &state([offer("a", "b"), offer("b", "a")]),
        &["+ offer.a", "+ offer.b"],
        &[
            "create offer.a",
            "create offer.b",
            "link offer.a",
            "link offer.b",
        ],
    );
    // What exists closes no circle.
    let mut world = World::new();
    let plain = declare("offer", "a", json!({"title": "a", "price": price("1.00")}));
    world.settle_into(&state([plain]));
    check(
        &mut world,
        &state([offer("a", "b"), offer("b", "a")]),
        &["~ offer.a cross_sell_offer_ids", "+ offer.b"],
        &["create offer.b", "update offer.a"],
    );
}

#[test]
fn a_price_is_changed_by_the_least_patch() {
    let offer = |amount: &str| {
        state([declare(
            "offer",
            "o",
            json!({
                "title": "o", "status": "published", "price": price(amount), "page": {"language": "fr"},
            }),
        )])
    };
    let mut world = World::new();
    world.settle_into(&offer("490.00"));
    world.edit(
        "offer",
        "o",
        json!({"listed": false, "extra": {"seo": "kept"}}),
    );
    let plan = check(
        &mut world,
        &offer("450.00"),
        &["~ offer.o price"],
        &["update offer.o"],
    );
    assert_eq!(plan.changes[0].reason, Reason::ConfigurationChanged);
    assert_eq!(plan.changes[0].fields[0].side, Side::Configuration);
    assert_eq!(plan.drift, []);
    assert_eq!(world.seen("offer", "o", "extra"), json!({"seo": "kept"}));
    assert_eq!(world.seen("offer", "o", "listed"), json!(false));
}

#[test]
fn drift_is_named_and_put_back() {
    let desired = state([declare(
        "offer",
        "o",
        json!({"title": "o", "price": price("490.00")}),
    )]);
    let mut world = World::new();
    world.settle_into(&desired);
    world.edit("offer", "o", json!({"price": price("1.00")}));
    let plan = check(
        &mut world,
        &desired,
        &["~ offer.o price"],
        &["update offer.o"],
    );
    assert_eq!(plan.changes[0].reason, Reason::Drifted);
    assert_eq!(plan.drift.len(), 1);
}

#[test]
fn what_is_found_as_declared_is_only_recorded() {
    let offer = |amount: &str| {
        state([declare(
            "offer",
            "o",
            json!({"title": "o", "price": price(amount)}),
        )])
    };
    let mut world = World::new();
    world.settle_into(&offer("490.00"));
    world.edit("offer", "o", json!({"price": price("450.00")}));
    let plan = check(&mut world, &offer("450.00"), &[], &["record offer.o"]);
    assert_eq!(plan.drift, []);
    // A field that is no longer declared is let go.
    let less = state([declare("offer", "o", json!({"title": "o"}))]);
    check(&mut world, &less, &[], &["record offer.o"]);
    world.edit("offer", "o", json!({"price": price("1.00")}));
    check(&mut world, &less, &[], &[]);
}

#[test]
fn what_vanished_is_made_again_and_referred_to_anew() {
    let desired = state([
        declare(
            "letter",
            "m",
            json!({"title": "m", "subject": "s", "html": "h", "text": "t"}),
        ),
        declare(
            "scenario",
            "s",
            json!({
                "title": "s", "triggers": [{"do": [{"send_letter": {"letter_id": "@letter.m"}}]}],
            }),
        ),
    ]);
    let mut world = World::new();
    world.settle_into(&desired);
    world.vanish("letter", "m");
    let plan = check(
        &mut world,
        &desired,
        &["+ letter.m", "~ scenario.s triggers"],
        &["create letter.m", "re-point scenario.s"],
    );
    assert_eq!(plan.changes[0].reason, Reason::Vanished);
    assert_eq!(plan.changes[1].reason, Reason::Repointed(at("letter.m")));
    assert_eq!(plan.drift[0].reason, Reason::Vanished);
}

#[test]
fn a_new_name_is_a_move() {
    let mut world = World::new();
    world.settle_into(&state([list("a")]));
    let mut renamed = declare("list", "b", json!({"title": "b", "type": "static"}));
    renamed.1.previous = vec![at("list.x"), at("list.a")];
    let plan = check(
        &mut world,
        &state([renamed]),
        &["> list.b title"],
        &["move list.b", "update list.b"],
    );
    assert_eq!(plan.changes[0].reason, Reason::Renamed(at("list.a")));
}

#[test]
fn what_vanished_under_its_old_name_is_made_under_its_new_one() {
    let mut world = World::new();
    world.settle_into(&state([list("a")]));
    world.vanish("list", "a");
    let mut renamed = list("b");
    renamed.1.previous = vec![at("list.a")];
    let plan = check(
        &mut world,
        &state([renamed]),
        &["+ list.b"],
        &["forget list.a", "create list.b", "settle list.b"],
    );
    assert_eq!(plan.changes[0].notes, ["it was list.a"]);
}

#[test]
fn what_is_there_is_adopted() {
    let coupon = |percent: &str| {
        declare(
            "coupon",
            "c",
            json!({"title": "c", "code": "C", "discount": {"percent": percent}}),
        )
    };
    let mut world = World::new();
    world.settle_into(&state([coupon("10")]));
    world.base = Default::default();
    let plan = check(
        &mut world,
        &state([coupon("10")]),
        &["= coupon.c"],
        &["adopt coupon.c"],
    );
    let key = "code".to_owned();
    assert_eq!(plan.changes[0].reason, Reason::SameNaturalKey { key });
    world.base = Default::default();
    let plan = check(
        &mut world,
        &state([coupon("20")]),
        &["= coupon.c discount"],
        &["adopt coupon.c", "update coupon.c"],
    );
    assert_eq!(plan.changes[0].fields[0].side, Side::Configuration);
    assert_eq!(world.live.kinds["coupon"].len(), 1);
    world.base = Default::default();
    let mut other = declare("coupon", "d", json!({"title": "d"}));
    other.1.adopt = world.live.kinds["coupon"].keys().next().copied();
    let plan = check(
        &mut world,
        &state([other]),
        &["= coupon.d title"],
        &["adopt coupon.d", "update coupon.d"],
    );
    assert_eq!(plan.changes[0].reason, Reason::AdoptionDeclared);
}

#[test]
fn copies_for_one_client_are_none_of_our_business() {
    let mut world = World::new();
    let copy = world.insert(
        "offer",
        json!({"title": "Copy system o", "price": price("1.00")}),
    );
    // A title that `validate` refuses; even so the copy is not taken for the declared offer.
    let desired = state([declare(
        "offer",
        "o",
        json!({"title": "Copy system o", "price": price("2.00")}),
    )]);
    let plan = world.plan(&desired);
    assert_eq!(plan.changes[0].action, Action::Create);
    assert_eq!(plan.unmanaged, [].into());
    assert_eq!(plan.namesakes, []);
    let theirs = ("offer".to_owned(), copy);
    assert!(!plan.touched.contains_key(&theirs));
}

#[test]
fn what_may_be_there_twice_is_said() {
    let offer = |title: &str| {
        state([declare(
            "offer",
            "o",
            json!({"title": title, "price": price("1.00")}),
        )])
    };
    let mut world = World::new();
    world.settle_into(&offer("o"));
    let body = |title: &str, status: &str| json!({"title": title, "status": status, "price": price("2.00")});
    let twin = world.insert("offer", body("o", "draft"));
    for (title, status) in [
        ("another", "draft"),
        ("o", "archived"),
        ("Copy system o", "draft"),
    ] {
        world.insert("offer", body(title, status));
    }
    let plan = world.plan(&offer("o"));
    let expected = Namesake {
        address: at("offer.o"),
        id: twin,
        key: "title".to_owned(),
        value: "o".to_owned(),
    };
    assert_eq!(plan.namesakes, [expected]);
    assert_eq!((plan.steps, plan.refusals), (Vec::new(), Vec::new()));
    world.edit("offer", "o", json!({"title": "moved"}));
    assert_eq!(world.plan(&offer("moved")).namesakes, []);
}

#[test]
fn what_leaves_is_retired_after_what_refers_to_it() {
    let coupon = declare(
        "coupon",
        "c",
        json!({
            "title": "c", "code": "C", "discount": {"percent": "10"}, "list_ids": ["@list.l"],
        }),
    );
    let mut world = World::new();
    world.settle_into(&state([list("l"), coupon.clone()]));
    let plan = check(
        &mut world,
        &state([]),
        &["# coupon.c status", "# list.l status"],
        &["retire coupon.c", "retire list.l"],
    );
    assert_eq!(plan.changes[0].reason, Reason::NoLongerDeclared);
    assert_eq!(world.seen("list", "l", "status"), json!("archived"));
    // Declared again, they come back into use.
    check(
        &mut world,
        &state([list("l"), coupon]),
        &["~ coupon.c status", "~ list.l status"],
        &["update list.l", "update coupon.c"],
    );
    assert_eq!(world.seen("list", "l", "status"), json!("active"));
}

#[test]
fn removed_documents_say_how() {
    let lists = ["a", "b", "c"].map(list);
    let mut world = World::new();
    world.settle_into(&state(lists));
    let mut desired = state([]);
    let kinds = [
        RemovalKind::Delete,
        RemovalKind::Forget,
        RemovalKind::Retire,
    ];
    for (name, then) in ["list.a", "list.b", "list.c", "list.never"]
        .iter()
        .zip(kinds.iter().chain([&RemovalKind::Delete]))
    {
        let instruction = Instruction {
            document: at("removed.r"),
            then: *then,
        };
        desired.removals.insert(at(name), instruction);
    }
    let plan = check(
        &mut world,
        &desired,
        &["- list.a", ". list.b", "# list.c status"],
        &["delete list.a", "forget list.b", "retire list.c"],
    );
    assert_eq!(plan.changes[0].reason, Reason::Removed(at("removed.r")));
    assert_eq!(world.live.kinds["list"].len(), 2);
}

#[test]
fn what_is_retired_by_hand_is_shown_and_only_recorded() {
    let mut world = World::new();
    world.settle_into(&state([list("a")]));
    world.edit("list", "a", json!({"status": "archived"}));
    check(&mut world, &state([]), &["# list.a"], &["record list.a"]);
    // What was retired here and comes back by hand is left alone.
    world.edit("list", "a", json!({"status": "active"}));
    check(&mut world, &state([]), &[], &[]);
}

#[test]
fn a_kind_that_cannot_be_read_is_taken_as_applied() {
    let offer = |amount: &str| {
        state([declare(
            "offer",
            "o",
            json!({"title": "o", "price": price(amount)}),
        )])
    };
    let mut world = World::new();
    world.settle_into(&offer("490.00"));
    let offers = world.live.kinds.remove("offer").unwrap();
    assert_eq!(world.plan(&offer("490.00")).steps, []);
    let plan = world.plan(&offer("450.00"));
    assert_eq!(shown(&plan), ["~ offer.o price"]);
    assert_eq!(plan.drift, []);
    world.live.kinds.insert("offer".to_owned(), offers);
    world.apply(&plan);
    world.must_be_done(&offer("450.00"));
}

#[test]
fn unmanaged_objects_are_counted() {
    let mut world = World::new();
    world.insert("list", json!({"title": "x", "type": "static"}));
    world.insert(
        "list",
        json!({"title": "y", "type": "static", "status": "archived"}),
    );
    let plan = world.plan(&state([]));
    assert_eq!(plan.unmanaged, [("list".to_owned(), 1)].into());
    assert_eq!(plan.steps, []);
}

#[test]
fn protection_alone_is_recorded() {
    let mut world = World::new();
    world.settle_into(&state([list("a")]));
    let mut protected = list("a");
    protected.1.protect = Some(true);
    check(&mut world, &state([protected]), &[], &["record list.a"]);
    assert!(world.base.objects[&at("list.a")].protect);
    // Not declared, it stays.
    check(&mut world, &state([list("a")]), &[], &[]);
}

#[test]
fn digests_of_live_objects_do_not_see_counts() {
    let mut world = World::new();
    let id: RemoteId = world.insert("list", json!({"title": "x", "type": "static"}));
    let digest = |world: &World| crate::plan::live_digest(&world.live.kinds["list"][&id]);
    let before = digest(&world);
    world.computed("list", id, "members_count", 7);
    assert_eq!(digest(&world), before);
    world.computed("list", id, "points", 7);
    assert_ne!(digest(&world), before);
}
