//! Coupons: who may use them, where, how often, until when (S002, S004).

use super::*;
use crate::domain::pricing::Promotion;
use crate::kinds::Discount;

/// A coupon of 10 % for members of the list.
fn coupon() -> Coupon {
    Coupon {
        active: true,
        discount: "10%".parse().unwrap(),
        ends: None,
        uses_total: None,
        uses_per_contact: None,
        lists: ids(&[LIST]),
    }
}

fn with(coupon: Coupon) -> Play {
    let mut school = selling(Offer {
        coupons: CouponPolicy::Chosen(ids(&[COUPON])),
        ..offer("490.00 EUR")
    });
    school.coupons.insert(COUPON, coupon);
    school.lists.insert(LIST, static_list());
    school.offers.insert(DEARER, offer("890.00 EUR"));
    Play::of(school)
}

fn member(coupon: Coupon) -> Play {
    let mut play = with(coupon);
    play.does(Command::AddsToList(LIST));
    play
}

fn refused(play: &Play) -> Option<CouponRefusal> {
    play.0.coupon_refused(ANNA, COUPON, Some(OFFER))
}

#[test]
fn a_member_of_the_list_pays_less_and_nobody_else_does() {
    let play = member(coupon());
    assert_eq!(refused(&play), None);
    assert_eq!(
        play.0.price(ANNA, OFFER, Some(COUPON)),
        Ok(money("441.00 EUR"))
    );
    assert_eq!(play.0.price(ANNA, OFFER, None), Ok(money("490.00 EUR")));
    // Passed on to somebody else, it is worth nothing.
    let not_in = CouponRefusal::NotInList(vec![LIST]);
    assert_eq!(
        play.0.coupon_refused(BORIS, COUPON, Some(OFFER)),
        Some(not_in.clone())
    );
    assert_eq!(
        play.0.price(BORIS, OFFER, Some(COUPON)),
        Err(NoPrice::Coupon(not_in))
    );
}

#[test]
fn it_ceases_when_the_client_leaves_the_list() {
    let mut play = member(coupon());
    play.does(Command::RemovesFromList(LIST));
    assert_eq!(refused(&play), Some(CouponRefusal::NotInList(vec![LIST])));
    assert_eq!(
        play.refuses(pays_with(COUPON)),
        Refusal::Coupon(CouponRefusal::NotInList(vec![LIST]))
    );
    assert!(play.anna().orders.is_empty(), "nothing has happened");
}

#[test]
fn one_of_its_lists_is_enough_and_without_lists_it_is_for_all() {
    let mut play = member(Coupon {
        lists: ids(&[LIST, 47]),
        ..coupon()
    });
    assert_eq!(refused(&play), None);
    play.does(Command::RemovesFromList(LIST));
    assert_eq!(
        refused(&play),
        Some(CouponRefusal::NotInList(vec![LIST, 47]))
    );
    let open = with(Coupon {
        lists: BTreeSet::new(),
        ..coupon()
    });
    assert_eq!(refused(&open), None);
}

#[test]
fn the_offer_must_accept_it() {
    let policies = [
        (CouponPolicy::None, Some(CouponRefusal::NotAccepted)),
        (
            CouponPolicy::Chosen(ids(&[99])),
            Some(CouponRefusal::NotAccepted),
        ),
        (CouponPolicy::Chosen(ids(&[99, COUPON])), None),
        (CouponPolicy::Any, None),
    ];
    for (policy, expected) in policies {
        let mut play = member(coupon());
        play.0.school.offers.get_mut(&OFFER).unwrap().coupons = policy;
        assert_eq!(refused(&play), expected);
        // Where nothing accepts it, it cannot be used at all.
        let anywhere = expected.map(|_| CouponRefusal::NothingAccepts);
        assert_eq!(play.0.coupon_refused(ANNA, COUPON, None), anywhere);
    }
    let play = member(coupon());
    assert_eq!(
        play.0.coupon_refused(ANNA, COUPON, Some(99)),
        Some(CouponRefusal::NotAccepted)
    );
}

#[test]
fn an_offer_that_is_not_on_sale_accepts_nothing() {
    let mut play = member(coupon());
    play.0.school.offers.get_mut(&OFFER).unwrap().closes = Some(at("2027-02-01T00:00"));
    play.at("2027-01-31T23:59");
    assert_eq!(play.0.coupon_refused(ANNA, COUPON, None), None);
    play.at("2027-02-01T00:00");
    assert_eq!(
        play.0.coupon_refused(ANNA, COUPON, None),
        Some(CouponRefusal::NothingAccepts)
    );
}

#[test]
fn it_works_up_to_its_end_and_not_at_it() {
    let ends = at("2027-03-01T00:00");
    let mut play = member(Coupon {
        ends: Some(ends),
        ..coupon()
    });
    play.at("2027-02-28T23:59");
    assert_eq!(refused(&play), None);
    play.at("2027-03-01T00:00");
    assert_eq!(refused(&play), Some(CouponRefusal::Ended(ends)));
}

#[test]
fn without_an_end_it_works_for_years() {
    let mut play = member(coupon());
    play.at("2040-01-01T00:00");
    assert_eq!(refused(&play), None);
}

#[test]
fn uses_are_counted_for_all_and_for_each() {
    let mut play = member(Coupon {
        lists: BTreeSet::new(),
        uses_total: Some(3),
        uses_per_contact: Some(2),
        ..coupon()
    });
    for _ in 0..2 {
        assert_eq!(refused(&play), None);
        play.opens().does(pays_with(COUPON));
    }
    assert_eq!(refused(&play), Some(CouponRefusal::UsedByContact(2)));
    let of_boris = |play: &Play| play.0.coupon_refused(BORIS, COUPON, Some(OFFER));
    assert_eq!(of_boris(&play), None);
    play.0.act(BORIS, pays_with(COUPON)).unwrap();
    assert_eq!(of_boris(&play), Some(CouponRefusal::UsedUp(3)));
    assert_eq!(
        play.0.coupon_uses.get(&COUPON),
        Some(&3),
        "a payment that is refused uses nothing"
    );
}

#[test]
fn a_part_uses_the_coupon_once() {
    let mut play = member(Coupon {
        uses_per_contact: Some(1),
        ..coupon()
    });
    let offer = play.0.school.offers.get_mut(&OFFER).unwrap();
    offer.payment = Payment {
        equal: Some((3, length("1mo"))),
        ..Payment::default()
    };
    play.does(pays_with(COUPON)).pays().pays();
    assert_eq!(play.payments().len(), 3);
    assert_eq!(play.0.coupon_uses.get(&COUPON), Some(&1));
}

#[test]
fn a_fixed_discount_is_of_the_offers_currency() {
    let play = member(Coupon {
        discount: Discount::Amount(money("33.00 USD")),
        ..coupon()
    });
    assert_eq!(refused(&play), Some(CouponRefusal::OtherCurrency));
    assert_eq!(
        play.0.coupon_refused(ANNA, COUPON, None),
        Some(CouponRefusal::NothingAccepts)
    );
}

#[test]
fn of_several_reasons_the_first_is_named() {
    let unknown = play_of_unknown();
    assert_eq!(
        unknown.0.coupon_refused(ANNA, COUPON, Some(OFFER)),
        Some(CouponRefusal::Unknown)
    );
    // Everything that can be wrong is; mended one by one, in the order of the reasons.
    let ends = at("2026-01-01T00:00");
    let mut bad = Coupon {
        active: false,
        ends: Some(ends),
        uses_total: Some(0),
        uses_per_contact: Some(0),
        discount: Discount::Amount(money("33.00 USD")),
        ..coupon()
    };
    let mut refusals = Vec::new();
    let mut policy = CouponPolicy::None;
    let mut is_member = false;
    for step in 0..8 {
        let mut play = with(bad.clone());
        play.0.school.offers.get_mut(&OFFER).unwrap().coupons = policy.clone();
        if is_member {
            play.does(Command::AddsToList(LIST));
        }
        refusals.push(refused(&play));
        match step {
            0 => bad.active = true,
            1 => bad.ends = None,
            2 => bad.uses_total = None,
            3 => bad.uses_per_contact = None,
            4 => is_member = true,
            5 => policy = CouponPolicy::Any,
            _ => bad.discount = "10%".parse().unwrap(),
        }
    }
    let expected = [
        Some(CouponRefusal::Disabled),
        Some(CouponRefusal::Ended(ends)),
        Some(CouponRefusal::UsedUp(0)),
        Some(CouponRefusal::UsedByContact(0)),
        Some(CouponRefusal::NotInList(vec![LIST])),
        Some(CouponRefusal::NotAccepted),
        Some(CouponRefusal::OtherCurrency),
        None,
    ];
    assert_eq!(refusals, expected);
}

fn play_of_unknown() -> Play {
    Play::of(selling(offer("490.00 EUR")))
}

#[test]
fn it_takes_off_the_price_that_the_order_has_kept() {
    let mut play = member(coupon());
    play.0.school.offers.get_mut(&OFFER).unwrap().promotion = Some(Promotion {
        price: money("390.00 EUR"),
        starts: None,
        ends: Some(at("2027-02-01T00:00")),
    });
    assert_eq!(
        play.0.price(ANNA, OFFER, Some(COUPON)),
        Ok(money("351.00 EUR"))
    );
    play.opens().at("2027-02-02T00:00").does(pays_with(COUPON));
    assert_eq!(play.payments()[0].1, "351.00 EUR");
    assert_eq!(
        play.0.price(ANNA, OFFER, Some(COUPON)),
        Ok(money("441.00 EUR"))
    );
}

#[test]
fn a_discount_of_everything_is_free_and_below_it_there_is_nothing() {
    for discount in ["100%", "490.00 EUR", "600.00 EUR"] {
        let mut play = member(Coupon {
            discount: discount.parse().unwrap(),
            ..coupon()
        });
        play.does(pays_with(COUPON));
        assert_eq!(play.payments()[0].1, "0.00 EUR", "{discount}");
        assert!(play.has_access());
    }
}
