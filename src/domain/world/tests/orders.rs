//! Orders: S001, and what the language adds.

use super::*;
use crate::domain::pricing::Promotion;
use crate::kinds::test::Because;

fn promoted() -> Offer {
    Offer {
        promotion: Some(Promotion {
            price: money("390.00 EUR"),
            starts: None,
            ends: Some(at("2027-02-01T00:00")),
        }),
        ..offer("490.00 EUR")
    }
}

fn prices(play: &Play) -> Vec<String> {
    let orders = play.anna().orders.iter();
    orders
        .map(|order| order.price.unwrap().to_string())
        .collect()
}

fn copies(play: &Play) -> Vec<bool> {
    play.anna().orders.iter().map(|o| o.is_copy).collect()
}

#[test]
fn every_visit_of_the_page_makes_a_new_unpaid_order() {
    let mut play = Play::of(selling(offer("490.00 EUR")));
    play.opens().at("2027-01-01T00:05").opens().opens();
    assert_eq!(play.paid(), [false, false, false]);
    let numbers: Vec<u64> = play.anna().orders.iter().map(|o| o.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert!(
        play.anna()
            .orders
            .iter()
            .all(|o| o.made_by == MadeBy::Client)
    );
    assert!(!play.has_access(), "an order alone gives nothing");
}

#[test]
fn an_order_keeps_the_price_of_its_moment() {
    let mut play = Play::of(selling(promoted()));
    play.opens().at("2027-02-01T00:00").opens();
    assert_eq!(prices(&play), ["390.00 EUR", "490.00 EUR"]);
    play.does(Command::Pays {
        offer: OFFER,
        coupon: None,
        order: Some(1),
    });
    assert_eq!(play.paid(), [true, false]);
    assert_eq!(
        play.payments(),
        [(at("2027-02-01T00:00"), "390.00 EUR".to_owned())]
    );
}

#[test]
fn a_changed_price_does_not_touch_orders_that_are_made() {
    let mut play = Play::of(selling(offer("490.00 EUR")));
    play.opens();
    play.0.school.offers.insert(OFFER, offer("590.00 EUR"));
    play.opens();
    assert_eq!(prices(&play), ["490.00 EUR", "590.00 EUR"]);
    play.does(Command::Pays {
        offer: OFFER,
        coupon: None,
        order: Some(1),
    });
    assert_eq!(play.payments()[0].1, "490.00 EUR");
}

#[test]
fn which_tariff_is_paid_is_always_known() {
    let mut school = selling(offer("290.00 EUR"));
    school.offers.insert(DEARER, offer("890.00 EUR"));
    let mut play = Play::of(school);
    play.opens()
        .does(Command::OpensOffer(DEARER))
        .does(pays(DEARER));
    assert_eq!(play.paid(), [false, true]);
    assert!(play.anna().has_bought(DEARER));
    assert!(!play.anna().has_bought(OFFER));
    assert_eq!(play.payments()[0].1, "890.00 EUR");
}

#[test]
fn a_page_that_sells_nothing_makes_no_order_and_says_why() {
    let sold = || offer("490.00 EUR");
    let no_way = Payment::default();
    let (early, late) = (Some(at("2027-06-01T00:00")), Some(at("2026-06-01T00:00")));
    let cases = [
        (
            Offer {
                published: false,
                ..sold()
            },
            Because::NotForSale,
        ),
        (
            Offer {
                opens: early,
                ..sold()
            },
            Because::SaleNotOpen,
        ),
        (
            Offer {
                closes: late,
                ..sold()
            },
            Because::SaleEnded,
        ),
        (
            Offer {
                payment: no_way.clone(),
                ..sold()
            },
            Because::NoWayToPay,
        ),
        // Of several reasons the first in the language's order counts.
        (
            Offer {
                published: false,
                opens: early,
                closes: late,
                payment: no_way.clone(),
                ..sold()
            },
            Because::NotForSale,
        ),
        (
            Offer {
                opens: early,
                closes: late,
                payment: no_way.clone(),
                ..sold()
            },
            Because::SaleNotOpen,
        ),
        (
            Offer {
                closes: late,
                payment: no_way,
                ..sold()
            },
            Because::SaleEnded,
        ),
    ];
    for (offer, because) in cases {
        let mut play = Play::of(selling(offer));
        let found = play.0.barred(ANNA, Buyable::Offer(OFFER)).unwrap();
        assert_eq!(
            found,
            Barred {
                because,
                item: None
            }
        );
        play.opens();
        assert!(play.anna().orders.is_empty());
        let what = What::NothingSold {
            offer: OFFER,
            because,
        };
        assert_eq!(play.0.events().last().unwrap().what, what);
        assert_eq!(play.refuses(pays(OFFER)), Refusal::Barred(found));
    }
}

#[test]
fn the_first_instant_of_a_sale_is_in_it_and_its_end_is_not() {
    let mut play = Play::of(selling(Offer {
        opens: Some(at("2027-01-02T00:00")),
        closes: Some(at("2027-01-04T00:00")),
        ..offer("490.00 EUR")
    }));
    let cases = [
        ("2027-01-01T23:59", false),
        ("2027-01-02T00:00", true),
        ("2027-01-03T23:59", true),
        ("2027-01-04T00:00", false),
    ];
    for (time, can) in cases {
        play.at(time);
        assert_eq!(
            play.0.barred(ANNA, Buyable::Offer(OFFER)).is_none(),
            can,
            "{time}"
        );
    }
}

#[test]
fn staff_makes_orders_by_hand() {
    let mut play = Play::of(selling(Offer {
        published: false,
        ..offer("490.00 EUR")
    }));
    let order = |price: Option<&str>, paid| Command::CreatesOrder {
        offer: OFFER,
        price: price.map(money),
        paid,
    };
    play.does(order(None, false));
    play.does(order(Some("300.00 EUR"), true));
    assert_eq!(prices(&play), ["490.00 EUR", "300.00 EUR"]);
    assert_eq!(play.paid(), [false, true]);
    assert!(
        play.anna()
            .orders
            .iter()
            .all(|o| o.made_by == MadeBy::Staff)
    );
    assert!(play.has_access());
}

#[test]
fn editing_an_order_that_was_paid_on_the_page_makes_a_copy_of_the_offer() {
    let mut play = Play::of(selling(offer("490.00 EUR")));
    play.pays();
    assert_eq!(copies(&play), [false]);
    play.does(edits(None, Some(Term::Until(at("2027-06-01T00:00")))));
    assert_eq!(copies(&play), [true]);
    assert_eq!(play.ends(), [Some(at("2027-06-01T00:00"))]);
    // A second edit changes the copy, and makes none of its own.
    play.does(edits(None, Some(Term::Unlimited)));
    assert_eq!(play.ends(), [None]);
    let copied = play.when(|what| matches!(what, What::Copied { .. }));
    assert_eq!(copied.len(), 1);
}

#[test]
fn editing_any_other_order_makes_no_copy() {
    // Made on the page and not paid.
    let mut play = Play::of(selling(offer("490.00 EUR")));
    play.opens().does(edits(Some("450.00 EUR"), None));
    assert_eq!(copies(&play), [false]);
    play.pays();
    assert_eq!(play.payments()[0].1, "450.00 EUR");
    // Made by staff, and paid.
    let mut play = Play::of(selling(offer("490.00 EUR")));
    play.does(Command::CreatesOrder {
        offer: OFFER,
        price: None,
        paid: true,
    });
    play.does(edits(None, Some(Term::Until(at("2027-06-01T00:00")))));
    assert_eq!(copies(&play), [false]);
    assert_eq!(play.ends(), [Some(at("2027-06-01T00:00"))]);
}

#[test]
fn terms_edited_before_the_payment_hold_after_it() {
    let mut play = Play::of(selling(offer("490.00 EUR")));
    play.opens();
    play.does(edits(None, Some(Term::For(length("7d")))));
    play.at("2027-01-02T10:00").pays();
    assert_eq!(play.ends(), [Some(at("2027-01-09T10:00"))]);
}

#[test]
fn later_changes_of_the_offer_reach_who_follows_it_and_not_who_has_a_copy() {
    let mut play = Play::of(selling(offer("490.00 EUR")));
    play.pays();
    play.0.act(BORIS, pays(OFFER)).unwrap();
    play.does(edits(None, Some(Term::Until(at("2027-06-01T00:00")))));
    let mut shorter = offer("490.00 EUR");
    shorter.products = vec![product(Term::Until(at("2027-03-01T00:00")))];
    play.0.school.offers.insert(OFFER, shorter);
    assert_eq!(play.ends(), [Some(at("2027-06-01T00:00"))]);
    let of_boris = play.0.accesses(BORIS, COURSE);
    assert_eq!(of_boris[0].ends, Some(at("2027-03-01T00:00")));
}

#[test]
fn extending_and_freezing_need_no_edited_order() {
    let mut with_term = offer("490.00 EUR");
    with_term.products = vec![product(Term::For(length("3mo")))];
    let mut play = Play::of(selling(with_term));
    play.pays().does(extends("1mo")).does(freezes("14d"));
    assert_eq!(copies(&play), [false]);
    // 1 January + 3 months + 1 month + 14 days.
    assert_eq!(play.ends(), [Some(at("2027-05-15T00:00"))]);
}

#[test]
fn what_is_not_there_cannot_be_paid_or_edited() {
    let mut play = Play::of(selling(offer("490.00 EUR")));
    let nth = |order| Command::Pays {
        offer: OFFER,
        coupon: None,
        order: Some(order),
    };
    assert_eq!(play.refuses(nth(1)), Refusal::NoOrder);
    assert_eq!(play.refuses(edits(None, None)), Refusal::NoOrder);
    assert_eq!(play.refuses(pays(99)), Refusal::NoOffer);
    assert_eq!(play.refuses(Command::OpensOffer(99)), Refusal::NoOffer);
    assert_eq!(play.refuses(extends("1d")), Refusal::NothingToExtend);
    assert_eq!(play.refuses(freezes("1d")), Refusal::NothingToExtend);
    play.pays();
    for order in [0, 2, u64::MAX] {
        assert_eq!(play.refuses(nth(order)), Refusal::NoOrder, "{order}");
    }
    assert_eq!(play.refuses(pays(OFFER)), Refusal::Paid);
    assert_eq!(play.0.act(99, pays(OFFER)), Err(Refusal::NoPerson));
    assert_eq!(play.payments().len(), 1, "nothing was paid twice");
}
