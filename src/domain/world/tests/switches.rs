//! What the sources leave open, in both positions: one test a switch, with the switch's name.
//! `docs/model.md` lists them.

use super::*;
use crate::domain::pricing::Promotion;
use crate::kinds::Discount;
use crate::kinds::test::Because;

fn assuming(text: &str) -> Assumptions {
    Assumptions::with(&[text.parse().unwrap()]).unwrap()
}

#[test]
fn segment_drops() {
    for (word, expected) in [("yes", vec![]), ("no", vec![SEGMENT])] {
        let mut school = school();
        school
            .lists
            .insert(SEGMENT, segment(Filter::Tag("vip".into())));
        let mut play = Play::assuming(school, assuming(&format!("segment-drops={word}")));
        play.does(Command::Tags("vip".into()));
        play.does(Command::Untags("vip".into()));
        assert_eq!(play.lists(), expected, "{word}");
    }
}

#[test]
fn segment_takes_back() {
    for (word, expected) in [("no", vec![]), ("yes", vec![SEGMENT])] {
        let mut school = school();
        school
            .lists
            .insert(SEGMENT, segment(Filter::Tag("vip".into())));
        let mut link = trigger(
            Some(Occasion::EnteredList(SEGMENT)),
            &[Action::RemoveFromList(SEGMENT)],
        );
        link.wait = length("1d");
        school.scenarios.insert(SCENARIO, scenario(vec![link]));
        let mut play = Play::assuming(school, assuming(&format!("segment-takes-back={word}")));
        play.does(Command::Tags("vip".into()));
        play.at("2027-01-02T12:00").does(Command::LogsIn);
        assert_eq!(play.lists(), expected, "{word}");
    }
}

#[test]
fn payment_cancels_waits() {
    for (word, expected) in [("no", vec![51, 52]), ("yes", vec![52])] {
        let mut school = selling(offer("490.00 EUR"));
        let later = |when, letter| {
            let mut link = trigger(Some(when), &[Action::SendLetter(letter)]);
            link.wait = length("1h");
            scenario(vec![link])
        };
        school
            .scenarios
            .insert(1, later(Occasion::UnpaidOrder(OFFER), 51));
        // What the payment itself starts goes on.
        school
            .scenarios
            .insert(2, later(Occasion::PaidOrder(OFFER), 52));
        let mut play = Play::assuming(school, assuming(&format!("payment-cancels-waits={word}")));
        play.opens().pays().at("2027-01-02T00:00");
        assert_eq!(play.letters(), expected, "{word}");
    }
}

/// An offer of 490 in two parts, the second due on 1 February.
fn in_parts() -> Offer {
    Offer {
        payment: Payment {
            schedule: vec![
                (money("90.00 EUR"), None),
                (money("400.00 EUR"), Some(at("2027-02-01T00:00"))),
            ],
            ..Payment::default()
        },
        ..offer("490.00 EUR")
    }
}

#[test]
fn access_from() {
    for (word, first) in [("first-payment", true), ("last-payment", false)] {
        let assumptions = assuming(&format!("access-from={word}"));
        let mut play = Play::assuming(selling(in_parts()), assumptions);
        play.pays();
        assert_eq!(play.has_access(), first, "{word}");
        assert_eq!(play.anna().has_bought(OFFER), first, "{word}");
        play.at("2027-01-10T00:00").pays();
        assert!(play.has_access() && play.anna().has_bought(OFFER));
        let begins = if first {
            "2027-01-01T00:00"
        } else {
            "2027-01-10T00:00"
        };
        assert_eq!(play.0.accesses(ANNA, COURSE)[0].begins, at(begins));
        assert_eq!(play.anna().purchases.len(), 1);
    }
}

#[test]
fn overdue() {
    for (word, keeps) in [("keeps-access", true), ("suspends-access", false)] {
        let assumptions = assuming(&format!("overdue={word}"));
        let mut play = Play::assuming(selling(in_parts()), assumptions);
        play.pays().at("2027-01-31T23:59");
        assert!(play.has_access());
        play.at("2027-02-01T00:00");
        assert_eq!(play.has_access(), keeps, "{word}");
        play.at("2027-02-10T00:00").pays();
        assert!(play.has_access(), "{word}: what was due is paid");
    }
}

/// A school with a coupon for everybody.
fn with_coupon(mut sold: Offer, discount: &str) -> School {
    sold.coupons = CouponPolicy::Any;
    let mut school = selling(sold);
    let discount: Discount = discount.parse().unwrap();
    school.coupons.insert(
        COUPON,
        Coupon {
            active: true,
            discount,
            ends: None,
            uses_total: None,
            uses_per_contact: None,
            lists: BTreeSet::new(),
        },
    );
    school
}

#[test]
fn coupon_on_promotion() {
    let refused = NoPrice::Coupon(CouponRefusal::OnPromotion);
    let cases = [
        ("applies", Ok(money("351.00 EUR"))),
        ("refused", Err(refused)),
    ];
    for (word, expected) in cases {
        let promoted = Offer {
            promotion: Some(Promotion {
                price: money("390.00 EUR"),
                starts: None,
                ends: Some(at("2027-02-01T00:00")),
            }),
            ..offer("490.00 EUR")
        };
        let assumptions = assuming(&format!("coupon-on-promotion={word}"));
        let mut play = Play::assuming(with_coupon(promoted, "10%"), assumptions);
        assert_eq!(play.0.price(ANNA, OFFER, Some(COUPON)), expected, "{word}");
        play.at("2027-02-01T00:00");
        assert_eq!(
            play.0.price(ANNA, OFFER, Some(COUPON)),
            Ok(money("441.00 EUR"))
        );
    }
}

#[test]
fn coupon_in_parts() {
    // 490 less 50: of 90 and 400.
    let cases = [
        ("last", ["90.00 EUR", "350.00 EUR"]),
        ("first", ["40.00 EUR", "400.00 EUR"]),
    ];
    for (word, expected) in cases {
        let assumptions = assuming(&format!("coupon-in-parts={word}"));
        let mut play = Play::assuming(with_coupon(in_parts(), "50.00 EUR"), assumptions);
        play.does(pays_with(COUPON)).pays();
        let amounts = play.payments().into_iter().map(|(_, amount)| amount);
        assert_eq!(amounts.collect::<Vec<_>>(), expected, "{word}");
    }
}

#[test]
fn late_payment() {
    let barred = Refusal::Barred(Barred {
        because: Because::SaleEnded,
        item: None,
    });
    for (word, expected) in [("refused", Err(barred.clone())), ("accepted", Ok(()))] {
        let closing = Offer {
            closes: Some(at("2027-02-01T00:00")),
            ..offer("490.00 EUR")
        };
        let assumptions = assuming(&format!("late-payment={word}"));
        let mut play = Play::assuming(selling(closing), assumptions);
        play.opens().at("2027-02-01T00:00");
        assert_eq!(play.0.act(ANNA, pays(OFFER)), expected, "{word}");
        // Who has no order from before cannot buy in either case.
        assert_eq!(play.0.act(BORIS, pays(OFFER)), Err(barred.clone()));
    }
}

#[test]
fn checkpoints() {
    for (word, expected) in [("release", Ok(())), ("hold", Err(NotOpen::Checkpoint(12)))] {
        let mut school = selling(offer("490.00 EUR"));
        let mut checked = course(2, 2);
        checked.modules[0].lessons[1].checkpoint = true;
        school.courses.insert(COURSE, checked);
        let assumptions = assuming(&format!("checkpoints={word}"));
        let mut play = Play::assuming(school, assumptions);
        play.pays();
        // The checkpoint itself and what comes before it are open.
        assert_eq!(play.0.lesson_open(ANNA, COURSE, 11), Ok(()));
        assert_eq!(play.0.lesson_open(ANNA, COURSE, 12), Ok(()));
        assert_eq!(play.0.lesson_open(ANNA, COURSE, 21), expected, "{word}");
        if word == "hold" {
            assert_eq!(play.refuses(completes(21)), Refusal::Closed { opens: None });
        }
        play.does(completes(12));
        assert_eq!(play.0.lesson_open(ANNA, COURSE, 21), Ok(()), "{word}");
    }
}

#[test]
fn lesson_notices() {
    for (word, expected) in [("when-it-opens", vec![12]), ("always", vec![11, 12])] {
        let mut sold = offer("490.00 EUR");
        let opens = crate::domain::schedule::Opens::At(at("2027-02-01T00:00"));
        sold.products[0].schedule.lessons = [(12, Some(opens))].into();
        let assumptions = assuming(&format!("lesson-notices={word}"));
        let mut play = Play::assuming(selling(sold), assumptions);
        play.pays().at("2027-03-01T00:00");
        let told = play.anna().told.iter().map(|(_, _, lesson)| *lesson);
        assert_eq!(told.collect::<Vec<_>>(), expected, "{word}");
    }
}

#[test]
fn every_switch_has_a_test_of_its_name() {
    let tests = include_str!("switches.rs");
    for switch in SWITCHES {
        let name = switch.name.replace('-', "_");
        assert!(tests.contains(&format!("fn {name}()")), "{}", switch.name);
        for (word, _) in switch.choices {
            assert!(tests.contains(&format!("\"{word}\"")), "{word}");
        }
    }
}
