//! Passes and packs, and who may buy them: S003.

use super::*;
use crate::kinds::test::Because;

const PASS: Id = 70;
const FREE_PASS: Id = 71;
const PACK: Id = 80;

fn pass() -> Pass {
    Pass {
        for_sale: true,
        price: Some(money("45.00 EUR")),
        sale_ends: None,
        new_members_only: false,
        allowed: BTreeSet::new(),
        denied: BTreeSet::new(),
    }
}

fn pack(items: &[PackItem]) -> Pack {
    Pack {
        for_sale: true,
        price: Some(money("99.00 EUR")),
        items: items.to_vec(),
    }
}

/// A pass that has a restriction, one that has none, and a pack with both.
fn studio(restricted: Pass) -> Play {
    let mut school = school();
    school.passes.insert(PASS, restricted);
    school.passes.insert(FREE_PASS, pass());
    let items = [PackItem::Pass(FREE_PASS), PackItem::Pass(PASS)];
    school.packs.insert(PACK, pack(&items));
    Play::empty(school, Assumptions::default())
}

/// A member with tags, who has bought something before, or has not.
fn profile(tags: &[&str], bought: Option<Buyable>) -> Newcomer {
    Newcomer {
        tags: words(tags),
        bought: bought
            .map(|what| (what, at("2026-06-01T00:00")))
            .into_iter()
            .collect(),
        ..Newcomer::default()
    }
}

/// Why somebody cannot buy the pass, and that the pack says the same of it.
fn bars(restricted: &Pass, who: Newcomer) -> Option<Because> {
    let mut play = studio(restricted.clone());
    play.0.arrive(ANNA, who);
    let alone = play.0.barred(ANNA, Buyable::Pass(PASS));
    let through = play.0.barred(ANNA, Buyable::Pack(PACK));
    assert_eq!(play.0.barred(ANNA, Buyable::Pass(FREE_PASS)), None);
    let because = alone.map(|barred| barred.because);
    let expected = because.map(|because| Barred {
        because,
        item: Some(PackItem::Pass(PASS)),
    });
    assert_eq!(through, expected, "the pack follows the card in it");
    // What is barred is not bought, and what is not, is.
    let result = play.0.act(ANNA, Command::Buys(Buyable::Pass(PASS)));
    assert_eq!(
        result,
        match alone {
            Some(barred) => Err(Refusal::Barred(barred)),
            None => Ok(()),
        }
    );
    because
}

#[test]
fn a_card_for_new_members_is_for_who_has_never_bought_a_pass_or_a_pack() {
    let new_only = Pass {
        new_members_only: true,
        ..pass()
    };
    let cases = [
        (None, None),
        (
            Some(Buyable::Pass(FREE_PASS)),
            Some(Because::NewMembersOnly),
        ),
        (Some(Buyable::Pass(PASS)), Some(Because::NewMembersOnly)),
        (Some(Buyable::Pack(PACK)), Some(Because::NewMembersOnly)),
        // An offer of a course is neither.
        (Some(Buyable::Offer(OFFER)), None),
    ];
    for (bought, expected) in cases {
        assert_eq!(
            bars(&new_only, profile(&[], bought)),
            expected,
            "{bought:?}"
        );
    }
}

#[test]
fn the_first_purchase_makes_a_member() {
    let mut play = studio(Pass {
        new_members_only: true,
        ..pass()
    });
    play.0.arrive(ANNA, Newcomer::default());
    play.does(Command::Buys(Buyable::Pack(PACK)));
    let bought = play.anna().purchases.iter().map(|bought| bought.what);
    assert_eq!(bought.collect::<Vec<_>>(), [Buyable::Pack(PACK)]);
    for what in [Buyable::Pass(PASS), Buyable::Pack(PACK)] {
        let barred = play.0.barred(ANNA, what).unwrap();
        assert_eq!(barred.because, Because::NewMembersOnly);
    }
    assert!(matches!(
        play.refuses(Command::Buys(Buyable::Pack(PACK))),
        Refusal::Barred(_)
    ));
    assert_eq!(play.anna().purchases.len(), 1);
}

#[test]
fn what_is_not_for_sale_is_not_sold_and_what_is_held_stays() {
    let mut play = studio(pass());
    play.0.arrive(ANNA, Newcomer::default());
    play.does(Command::Buys(Buyable::Pass(PASS)));
    play.0.school.passes.get_mut(&PASS).unwrap().for_sale = false;
    let barred = play.0.barred(ANNA, Buyable::Pass(PASS)).unwrap();
    assert_eq!(barred.because, Because::NotForSale);
    assert_eq!(play.anna().purchases.len(), 1, "the one she has is hers");
    // It can be made available again.
    play.0.school.passes.get_mut(&PASS).unwrap().for_sale = true;
    assert_eq!(play.0.barred(ANNA, Buyable::Pass(PASS)), None);
}

#[test]
fn a_sale_ends_by_itself_on_its_date() {
    let mut play = studio(Pass {
        sale_ends: Some(at("2027-09-01T00:00")),
        ..pass()
    });
    play.0.arrive(ANNA, Newcomer::default());
    play.at("2027-08-31T23:59");
    assert_eq!(play.0.barred(ANNA, Buyable::Pass(PASS)), None);
    assert_eq!(play.0.barred(ANNA, Buyable::Pack(PACK)), None);
    play.at("2027-09-01T00:00");
    for (what, item) in [
        (Buyable::Pass(PASS), None),
        (Buyable::Pack(PACK), Some(PackItem::Pass(PASS))),
    ] {
        let expected = Barred {
            because: Because::SaleEnded,
            item,
        };
        assert_eq!(play.0.barred(ANNA, what), Some(expected));
    }
}

#[test]
fn tags_allow_and_deny() {
    let tagged = |allowed: &[&str], denied: &[&str]| Pass {
        allowed: words(allowed),
        denied: words(denied),
        ..pass()
    };
    let required = Some(Because::TagRequired);
    let denied = Some(Because::TagDenied);
    let cases = [
        // Only members with at least one of the allowed tags.
        (tagged(&["vip", "premium"], &[]), vec![], required),
        (tagged(&["vip", "premium"], &[]), vec!["premium"], None),
        (
            tagged(&["vip", "premium"], &[]),
            vec!["vip", "premium"],
            None,
        ),
        (tagged(&["vip", "premium"], &[]), vec!["Vip"], required),
        // No member with one of the denied tags.
        (tagged(&[], &["suspended", "debtor"]), vec![], None),
        (tagged(&[], &["suspended", "debtor"]), vec!["vip"], None),
        (
            tagged(&[], &["suspended", "debtor"]),
            vec!["vip", "debtor"],
            denied,
        ),
        // Both: in the one group and not in the other.
        (tagged(&["vip"], &["suspended"]), vec!["vip"], None),
        (
            tagged(&["vip"], &["suspended"]),
            vec!["vip", "suspended"],
            denied,
        ),
        (
            tagged(&["vip"], &["suspended"]),
            vec!["suspended"],
            required,
        ),
        (tagged(&["vip"], &["suspended"]), vec![], required),
        (tagged(&["vip"], &["vip"]), vec!["vip"], denied),
    ];
    for (restricted, tags, expected) in cases {
        let name = format!("{:?} {:?} {tags:?}", restricted.allowed, restricted.denied);
        assert_eq!(bars(&restricted, profile(&tags, None)), expected, "{name}");
    }
}

#[test]
fn of_several_reasons_the_first_is_named() {
    let mut bad = Pass {
        for_sale: false,
        sale_ends: Some(at("2026-12-31T00:00")),
        new_members_only: true,
        allowed: words(&["vip"]),
        denied: words(&["suspended"]),
        ..pass()
    };
    let who = || profile(&["suspended"], Some(Buyable::Pass(FREE_PASS)));
    let mut found = Vec::new();
    for step in 0..6 {
        found.push(bars(&bad, who()));
        match step {
            0 => bad.for_sale = true,
            1 => bad.sale_ends = None,
            2 => bad.new_members_only = false,
            3 => bad.allowed = BTreeSet::new(),
            _ => bad.denied = BTreeSet::new(),
        }
    }
    let expected = [
        Some(Because::NotForSale),
        Some(Because::SaleEnded),
        Some(Because::NewMembersOnly),
        Some(Because::TagRequired),
        Some(Because::TagDenied),
        None,
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_pack_must_be_for_sale_itself() {
    let mut play = studio(pass());
    play.0.school.packs.get_mut(&PACK).unwrap().for_sale = false;
    play.0.arrive(ANNA, Newcomer::default());
    let expected = Barred {
        because: Because::NotForSale,
        item: None,
    };
    assert_eq!(play.0.barred(ANNA, Buyable::Pack(PACK)), Some(expected));
    assert_eq!(play.0.barred(ANNA, Buyable::Pass(PASS)), None);
    assert_eq!(play.0.barred(ANNA, Buyable::Pack(99)), Some(expected));
    assert_eq!(play.0.barred(ANNA, Buyable::Pass(99)), Some(expected));
}

#[test]
fn anything_in_a_pack_can_block_it() {
    let other = |for_sale| PackItem::Other { id: 5, for_sale };
    let mut school = school();
    school.passes.insert(PASS, pass());
    school
        .packs
        .insert(PACK, pack(&[PackItem::Pass(PASS), other(true)]));
    let blocked = pack(&[PackItem::Pass(PASS), other(false)]);
    school.packs.insert(81, blocked);
    // A pass that nobody here looks after is not judged.
    school.packs.insert(82, pack(&[PackItem::Pass(99)]));
    let play = Play::of(school);
    assert_eq!(play.0.barred(ANNA, Buyable::Pack(PACK)), None);
    let expected = Barred {
        because: Because::NotForSale,
        item: Some(other(false)),
    };
    assert_eq!(play.0.barred(ANNA, Buyable::Pack(81)), Some(expected));
    assert_eq!(play.0.barred(ANNA, Buyable::Pack(82)), None);
}

#[test]
fn of_several_items_in_the_way_the_one_with_the_first_reason_is_named() {
    let mut school = school();
    let tagged = Pass {
        allowed: words(&["vip"]),
        ..pass()
    };
    let ended = Pass {
        sale_ends: Some(at("2026-01-01T00:00")),
        ..pass()
    };
    school.passes.insert(1, tagged.clone());
    school.passes.insert(2, ended);
    school.passes.insert(3, tagged);
    let items = [1, 2, 3].map(PackItem::Pass);
    school.packs.insert(PACK, pack(&items));
    school
        .packs
        .insert(81, pack(&[PackItem::Pass(3), PackItem::Pass(1)]));
    let play = Play::of(school);
    let named = |pack| play.0.barred(ANNA, Buyable::Pack(pack)).unwrap();
    assert_eq!(
        named(PACK),
        Barred {
            because: Because::SaleEnded,
            item: Some(PackItem::Pass(2))
        }
    );
    // Of equal reasons, the first in the pack.
    assert_eq!(
        named(81),
        Barred {
            because: Because::TagRequired,
            item: Some(PackItem::Pass(3))
        }
    );
}

#[test]
fn a_tag_counts_at_the_moment_of_the_purchase() {
    let mut play = studio(Pass {
        allowed: words(&["vip"]),
        ..pass()
    });
    play.0.arrive(ANNA, Newcomer::default());
    let can = |play: &Play| play.0.barred(ANNA, Buyable::Pack(PACK)).is_none();
    assert!(!can(&play));
    play.does(Command::Tags("vip".into()));
    assert!(can(&play));
    play.does(Command::Untags("vip".into()));
    assert!(!can(&play));
}
