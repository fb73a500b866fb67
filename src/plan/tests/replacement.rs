//! Definitions that can be saved once.

use super::world::{World, at, declare, state};
use super::{check, list, price};
use crate::model::DesiredState;
use crate::model::Path;
use crate::plan::{Operation, Reason};
use serde_json::{Value as Json, json};

fn school(purchases: u64, scenario: Json) -> DesiredState {
    state([
        declare(
            "list",
            "l",
            json!({
                "title": "l", "type": "segment", "where": {"purchases": {"at_least": purchases}},
            }),
        ),
        declare(
            "coupon",
            "c",
            json!({
                "title": "c", "code": "C", "status": "active", "discount": {"percent": "10"},
                "list_ids": ["@list.l"],
            }),
        ),
        declare("scenario", "s", scenario),
    ])
}

fn scenario(status: Json) -> Json {
    let mut scenario = json!({
        "title": "s", "triggers": [{"when": {"entered_list": {"list_id": "@list.l"}}, "do": []}],
    });
    if !status.is_null() {
        scenario["status"] = status;
    }
    scenario
}

const SWAP: [&str; 8] = [
    "pause scenario.s",
    "create list.l",
    "settle list.l",
    "re-point coupon.c",
    "re-point scenario.s",
    "resume scenario.s",
    "retire list.l",
    "",
];

#[test]
fn a_definition_that_changes_is_a_replacement() {
    let mut world = World::new();
    let active = scenario(json!("active"));
    world.settle_into(&school(2, active.clone()));
    let plan = check(
        &mut world,
        &school(3, active),
        &[
            "~ coupon.c list_ids",
            "+/- list.l where",
            "~ scenario.s triggers",
        ],
        &SWAP[..7],
    );
    assert_eq!(plan.changes[0].reason, Reason::Repointed(at("list.l")));
    assert_eq!(
        plan.changes[1].reason,
        Reason::SavedOnce(Path::parse("where"))
    );
    assert_eq!(plan.changes[2].notes.len(), 1);
    assert_eq!(world.seen("scenario", "s", "status"), json!("active"));
    assert_eq!(world.live.kinds["list"].len(), 2);
}

#[test]
fn what_is_paused_stays_paused_and_what_is_not_declared_comes_back() {
    let mut world = World::new();
    world.settle_into(&school(2, scenario(json!("paused"))));
    check(
        &mut world,
        &school(3, scenario(json!("paused"))),
        &[
            "~ coupon.c list_ids",
            "+/- list.l where",
            "~ scenario.s triggers",
        ],
        &[
            "create list.l",
            "settle list.l",
            "re-point coupon.c",
            "re-point scenario.s",
            "retire list.l",
        ],
    );
    assert_eq!(world.seen("scenario", "s", "status"), json!("paused"));
    let undeclared = scenario(Json::Null);
    world.settle_into(&school(3, undeclared.clone()));
    world.edit("scenario", "s", json!({"status": "active"}));
    check(
        &mut world,
        &school(4, undeclared),
        &[
            "~ coupon.c list_ids",
            "+/- list.l where",
            "~ scenario.s triggers",
        ],
        &SWAP[..7],
    );
    assert_eq!(world.seen("scenario", "s", "status"), json!("active"));
    // Paused by its own declaration in the same plan.
    check(
        &mut world,
        &school(5, scenario(json!("paused"))),
        &[
            "~ coupon.c list_ids",
            "+/- list.l where",
            "~ scenario.s status triggers",
        ],
        &[
            "pause scenario.s",
            "create list.l",
            "settle list.l",
            "re-point coupon.c",
            "re-point scenario.s",
            "retire list.l",
        ],
    );
    // And activated by it.
    check(
        &mut world,
        &school(6, scenario(json!("active"))),
        &[
            "~ coupon.c list_ids",
            "+/- list.l where",
            "~ scenario.s status triggers",
        ],
        &SWAP[1..7],
    );
}

#[test]
fn a_definition_that_drifted_is_a_replacement() {
    let mut world = World::new();
    let desired = state([declare(
        "list",
        "l",
        json!({
            "title": "l", "type": "segment", "where": {"purchases": {"at_least": 2}},
        }),
    )]);
    world.settle_into(&desired);
    world.overwrite("list", "l", "where", json!({"purchases": {"at_least": 9}}));
    let plan = check(
        &mut world,
        &desired,
        &["+/- list.l where"],
        &["create list.l", "settle list.l", "retire list.l"],
    );
    assert_eq!(plan.drift.len(), 1);
}

#[test]
fn the_title_of_a_list_is_no_definition() {
    let mut world = World::new();
    world.settle_into(&state([list("a")]));
    let renamed = declare("list", "a", json!({"title": "A", "type": "static"}));
    check(
        &mut world,
        &state([renamed]),
        &["~ list.a title"],
        &["update list.a"],
    );
}

#[test]
fn replacements_run_on_through_definitions() {
    let desired = |purchases: u64| {
        state([
            declare(
                "list",
                "a",
                json!({
                    "title": "a", "type": "segment", "where": {"purchases": {"at_least": purchases}},
                }),
            ),
            declare(
                "list",
                "b",
                json!({
                    "title": "b", "type": "segment", "where": {"in_list": {"list_id": "@list.a"}},
                }),
            ),
        ])
    };
    let mut world = World::new();
    world.settle_into(&desired(1));
    check(
        &mut world,
        &desired(2),
        &["+/- list.a where", "+/- list.b where"],
        &[
            "create list.a",
            "settle list.a",
            "create list.b",
            "settle list.b",
            "retire list.b",
            "retire list.a",
        ],
    );
}

#[test]
fn a_new_static_list_must_be_empty_and_a_new_segment_is_not_asked() {
    let desired = state([
        list("gate"),
        declare(
            "list",
            "segment",
            json!({
                "title": "s", "type": "segment", "where": {"purchases": {"at_least": 1}},
            }),
        ),
    ]);
    let plan = check(
        &mut World::new(),
        &desired,
        &["+ list.gate", "+ list.segment"],
        &[
            "create list.gate",
            "settle list.gate",
            "create list.segment",
        ],
    );
    let settle = plan
        .steps
        .iter()
        .find(|step| step.verb == "settle")
        .unwrap();
    let Operation::Settle {
        must_be_empty,
        count,
        ..
    } = &settle.operation
    else {
        panic!("a settle step settles");
    };
    assert!(must_be_empty);
    assert_eq!(count, "members_count");
}

#[test]
fn products_keep_what_is_not_declared_in_them() {
    let offer = |length: &str| {
        state([declare(
            "offer",
            "o",
            json!({
                "title": "o", "price": price("1.00"),
                "products": [{"course_id": 7, "access": {"kind": "for", "length": length}}],
            }),
        )])
    };
    let mut world = World::new();
    world.settle_into(&offer("6mo"));
    let by_hand = json!({"products": [{
        "course_id": 7, "access": {"kind": "for", "length": "6mo"},
        "content": {"all": false, "module_ids": [1, 2]},
    }]});
    world.edit("offer", "o", by_hand);
    check(
        &mut world,
        &offer("3mo"),
        &["~ offer.o products[0].access.length"],
        &["update offer.o"],
    );
    let products = world.seen("offer", "o", "products");
    assert_eq!(products[0]["content"]["module_ids"], json!([1, 2]));
    assert_eq!(products[0]["access"]["length"], json!("3mo"));
}

/// A coupon that is made waits for nobody's re-pointing: the coupon that is re-pointed and begins to act in
/// one change waits, through a list, for the offer, which waits for the new coupon.
#[test]
fn what_is_made_acts_before_others_are_re_pointed() {
    let coupon = |name: &str, status: &str, lists: &[&str]| {
        let body = json!({
            "title": name, "code": name, "status": status, "discount": {"percent": "10"},
            "list_ids": lists,
        });
        declare("coupon", name, body)
    };
    let segment = |name: &str, conditions: Json| {
        let body = json!({"title": name, "type": "segment", "where": conditions});
        declare("list", name, body)
    };
    let offer = |status: &str, coupons: &[&str]| {
        let body = json!({
            "title": "o", "status": status, "price": price("2.00"), "coupon_policy": "chosen",
            "coupon_ids": coupons,
        });
        declare("offer", "o", body)
    };
    let buyers = || segment("buyers", json!({"bought": {"offer_id": "@offer.o"}}));
    let several = |least: u64| segment("several", json!({"purchases": {"at_least": least}}));
    let mut world = World::new();
    world.settle_into(&state([
        coupon("old", "disabled", &[]),
        buyers(),
        several(2),
        offer("draft", &["@coupon.old"]),
    ]));
    check(
        &mut world,
        &state([
            coupon("new", "active", &["@list.several"]),
            coupon("old", "active", &["@list.buyers", "@list.several"]),
            buyers(),
            several(1),
            offer("published", &["@coupon.new"]),
        ]),
        &[
            "+ coupon.new",
            "~ coupon.old list_ids status",
            "+/- list.several where",
            "~ offer.o coupon_ids status",
        ],
        &[
            "create list.several",
            "settle list.several",
            "create coupon.new",
            "activate coupon.new",
            "update offer.o",
            "update coupon.old",
            "retire list.several",
        ],
    );
}
