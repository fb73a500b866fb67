//! Payments: at once, in parts, again and again, too late.

use super::*;
use crate::domain::pricing::Promotion;
use crate::kinds::Discount;
use crate::kinds::test::Because;

fn paid_in(payment: Payment) -> School {
    let mut school = selling(Offer {
        payment,
        ..offer("490.00 EUR")
    });
    school.coupons.insert(
        COUPON,
        Coupon {
            active: true,
            discount: Discount::Amount(money("100.00 EUR")),
            ends: None,
            uses_total: None,
            uses_per_contact: None,
            lists: BTreeSet::new(),
        },
    );
    school.offers.get_mut(&OFFER).unwrap().coupons = CouponPolicy::Any;
    school
}

fn equal(count: u32, every: &str) -> Payment {
    Payment {
        equal: Some((count, length(every))),
        ..Payment::default()
    }
}

/// A prepayment, and the rest on 20 February.
fn prepaid() -> Payment {
    Payment {
        schedule: vec![
            (money("90.00 EUR"), None),
            (money("400.00 EUR"), Some(at("2027-02-20T00:00"))),
        ],
        ..Payment::default()
    }
}

fn monthly(automatic: bool) -> Payment {
    Payment {
        subscription: Some(Subscription {
            every: length("1mo"),
            automatic,
        }),
        ..Payment::default()
    }
}

fn amounts(play: &Play) -> Vec<String> {
    play.payments().into_iter().map(|(_, sum)| sum).collect()
}

fn overdue(play: &Play) -> Vec<Instant> {
    play.when(|what| matches!(what, What::Overdue { .. }))
}

fn ended(play: &Play) -> Vec<Instant> {
    play.when(|what| matches!(what, What::AccessEnded { .. }))
}

#[test]
fn a_full_payment_gives_access_letters_and_counts_as_bought() {
    let mut sold = offer("490.00 EUR");
    sold.letters = OfferLetters {
        activation: Some(51),
        purchased: Some(52),
        accepted_free: Some(54),
    };
    let mut play = Play::of(selling(sold));
    play.opens().at("2027-01-02T10:00").pays();
    assert_eq!(play.paid(), [true]);
    assert_eq!(
        play.payments(),
        [(at("2027-01-02T10:00"), "490.00 EUR".to_owned())]
    );
    assert!(play.has_access() && play.anna().has_bought(OFFER));
    assert_eq!(play.letters(), [52, 51]);
    assert_eq!(
        play.0.accesses(ANNA, COURSE)[0].begins,
        at("2027-01-02T10:00")
    );
}

#[test]
fn what_is_free_is_accepted_without_a_way_to_pay() {
    let mut free = offer("0.00 EUR");
    free.payment = Payment::default();
    free.letters.accepted_free = Some(54);
    free.letters.purchased = Some(52);
    let mut play = Play::of(selling(free));
    play.pays();
    assert_eq!(play.letters(), [54]);
    assert_eq!(amounts(&play), ["0.00 EUR"]);
}

#[test]
fn equal_parts_are_due_by_the_calendar_and_the_first_takes_the_rest() {
    let mut play = Play::of(paid_in(equal(3, "1mo")));
    play.at("2027-01-31T10:00").pays();
    assert!(play.has_access(), "from the first payment on");
    assert_eq!(play.paid(), [false]);
    play.at("2027-02-28T09:59");
    assert!(overdue(&play).is_empty());
    play.pays().at("2027-03-31T10:00");
    // The third was due on 31 March: counted from the beginning, months do not drift.
    assert_eq!(overdue(&play), [at("2027-03-31T10:00")]);
    play.pays();
    assert_eq!(amounts(&play), ["163.34 EUR", "163.33 EUR", "163.33 EUR"]);
    assert_eq!(play.paid(), [true]);
    assert_eq!(play.refuses(pays(OFFER)), Refusal::Paid);
}

#[test]
fn a_prepayment_gives_access_and_the_rest_is_due_on_its_day() {
    let mut play = Play::of(paid_in(prepaid()));
    play.pays();
    assert_eq!(amounts(&play), ["90.00 EUR"]);
    assert!(play.has_access() && play.anna().has_bought(OFFER));
    play.at("2027-02-19T23:59");
    assert!(overdue(&play).is_empty());
    play.at("2027-02-20T00:00");
    assert_eq!(overdue(&play), [at("2027-02-20T00:00")]);
    play.pays();
    assert_eq!(amounts(&play), ["90.00 EUR", "400.00 EUR"]);
    assert_eq!(play.paid(), [true]);
}

#[test]
fn a_part_that_is_paid_in_time_is_never_overdue() {
    let mut play = Play::of(paid_in(prepaid()));
    play.pays()
        .at("2027-02-01T00:00")
        .pays()
        .at("2027-12-01T00:00");
    assert!(overdue(&play).is_empty());
}

#[test]
fn who_buys_after_a_part_was_due_owes_it_at_once() {
    let mut play = Play::of(paid_in(prepaid()));
    play.at("2027-03-01T00:00").pays().at("2027-03-01T00:01");
    assert_eq!(overdue(&play), [at("2027-03-01T00:00")]);
}

#[test]
fn a_discount_comes_off_the_parts() {
    // 490 less 100: 390 in three parts of 130; of 90 and 400, the last gives.
    let mut play = Play::of(paid_in(equal(3, "1mo")));
    play.does(pays_with(COUPON)).pays().pays();
    assert_eq!(amounts(&play), ["130.00 EUR", "130.00 EUR", "130.00 EUR"]);
    let mut play = Play::of(paid_in(prepaid()));
    play.does(pays_with(COUPON)).pays();
    assert_eq!(amounts(&play), ["90.00 EUR", "300.00 EUR"]);
    // A promotion's price does as well: 390 instead of 490.
    let mut school = paid_in(prepaid());
    school.offers.get_mut(&OFFER).unwrap().promotion = Some(Promotion {
        price: money("390.00 EUR"),
        starts: None,
        ends: None,
    });
    let mut play = Play::of(school);
    play.pays().pays();
    assert_eq!(amounts(&play), ["90.00 EUR", "300.00 EUR"]);
}

#[test]
fn a_coupon_is_typed_with_the_first_part() {
    let mut play = Play::of(paid_in(prepaid()));
    play.pays();
    assert_eq!(play.refuses(pays_with(COUPON)), Refusal::Paid);
}

#[test]
fn of_several_ways_the_whole_comes_first_then_parts_of_their_own_then_equal_ones() {
    let all = Payment {
        full: true,
        equal: Some((2, length("1mo"))),
        subscription: monthly(true).subscription,
        ..prepaid()
    };
    let first = |payment: &Payment| {
        let mut play = Play::of(paid_in(payment.clone()));
        play.pays();
        amounts(&play).remove(0)
    };
    assert_eq!(first(&all), "490.00 EUR");
    let parts = Payment { full: false, ..all };
    assert_eq!(first(&parts), "90.00 EUR");
    let equal = Payment {
        schedule: Vec::new(),
        ..parts
    };
    assert_eq!(first(&equal), "245.00 EUR");
    let again = Payment {
        equal: None,
        ..equal
    };
    assert_eq!(first(&again), "490.00 EUR");
}

#[test]
fn an_automatic_subscription_is_charged_when_it_is_due_and_access_never_ends() {
    let mut play = Play::of(paid_in(monthly(true)));
    play.at("2027-01-31T10:00").pays().at("2027-04-01T00:00");
    let dates: Vec<Instant> = play.payments().into_iter().map(|(at, _)| at).collect();
    let expected = ["2027-01-31T10:00", "2027-02-28T10:00", "2027-03-31T10:00"];
    assert_eq!(dates, expected.map(at));
    assert_eq!(amounts(&play), ["490.00 EUR"; 3]);
    assert!(play.has_access());
    assert_eq!(play.ends(), [Some(at("2027-04-30T10:00"))]);
    assert!(ended(&play).is_empty(), "it goes on without a break");
    assert!(overdue(&play).is_empty());
}

#[test]
fn a_manual_subscription_that_is_not_paid_is_overdue_and_access_ends() {
    let mut play = Play::of(paid_in(monthly(false)));
    play.pays().at("2027-01-31T23:59");
    assert!(play.has_access());
    assert_eq!(play.paid(), [true]);
    play.at("2027-02-01T00:00");
    assert!(!play.has_access());
    assert_eq!(play.paid(), [false]);
    assert_eq!(overdue(&play), [at("2027-02-01T00:00")]);
    assert_eq!(ended(&play), [at("2027-02-01T00:00")]);
    // Paid ten days late, the month begins then.
    play.at("2027-02-11T00:00").pays();
    assert!(play.has_access());
    assert_eq!(play.ends(), [Some(at("2027-03-11T00:00"))]);
}

#[test]
fn a_manual_subscription_that_is_paid_early_loses_nothing() {
    let mut play = Play::of(paid_in(monthly(false)));
    play.pays().at("2027-01-20T00:00").pays();
    assert_eq!(play.ends(), [Some(at("2027-03-01T00:00"))]);
    play.at("2027-02-15T00:00");
    assert!(overdue(&play).is_empty());
    assert!(play.has_access());
}

#[test]
fn a_subscription_keeps_its_hour_across_a_clock_change() {
    let mut school = paid_in(monthly(true));
    school.zone = Zone::get("Europe/Paris").unwrap();
    let mut play = Play::of(school);
    // 15 March, 10:00 in Paris is 09:00 UTC; from 28 March on it is 08:00.
    play.at("2027-03-15T09:00").pays().at("2027-05-01T00:00");
    let dates: Vec<Instant> = play.payments().into_iter().map(|(at, _)| at).collect();
    assert_eq!(dates, ["2027-03-15T09:00", "2027-04-15T08:00"].map(at));
}

#[test]
fn what_staff_has_made_can_be_paid_while_the_offer_is_not_on_sale() {
    let mut play = Play::of(selling(Offer {
        closes: Some(at("2026-12-01T00:00")),
        ..offer("490.00 EUR")
    }));
    play.does(Command::CreatesOrder {
        offer: OFFER,
        price: None,
        paid: false,
    });
    play.pays();
    assert_eq!(play.paid(), [true]);
}

#[test]
fn an_order_without_a_way_to_pay_cannot_be_paid() {
    let mut play = Play::of(selling(Offer {
        payment: Payment::default(),
        ..offer("490.00 EUR")
    }));
    play.does(Command::CreatesOrder {
        offer: OFFER,
        price: None,
        paid: false,
    });
    let barred = Barred {
        because: Because::NoWayToPay,
        item: None,
    };
    assert_eq!(play.refuses(pays(OFFER)), Refusal::Barred(barred));
}

#[test]
fn a_price_that_is_looked_after_elsewhere_is_paid_without_a_sum() {
    let mut play = Play::of(selling(Offer {
        price: None,
        ..offer("490.00 EUR")
    }));
    play.pays();
    assert_eq!(play.paid(), [true]);
    assert_eq!(
        play.anna().orders[0].payments,
        [(at("2027-01-01T00:00"), None)]
    );
    assert_eq!(play.0.price(ANNA, OFFER, None), Err(NoPrice::Unmanaged));
    assert_eq!(play.0.price(ANNA, 99, None), Err(NoPrice::NoOffer));
}
