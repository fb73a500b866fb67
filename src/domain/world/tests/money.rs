//! Sums, by arithmetic on paper. Each line says a price and what happens to it; the sums are what is
//! paid, one after another.

use super::*;
use crate::domain::pricing::Promotion;

/// Price; what happens to it, step by step; what is paid.
const CASES: &[(&str, &str, &str)] = &[
    // Percent: rounded half up to the minor unit, once.
    ("490.00 EUR", "coupon 10%", "441.00 EUR"),
    ("490.00 EUR", "coupon 1%", "485.10 EUR"),
    ("490.00 EUR", "coupon 99%", "4.90 EUR"),
    ("490.00 EUR", "coupon 100%", "0.00 EUR"),
    ("99.99 EUR", "coupon 10%", "89.99 EUR"),   // 89.991
    ("99.99 EUR", "coupon 15%", "84.99 EUR"),   // 84.9915
    ("99.95 EUR", "coupon 10%", "89.96 EUR"),   // 89.955
    ("99.99 EUR", "coupon 12.5%", "87.49 EUR"), // 87.49125
    ("33.33 EUR", "coupon 33%", "22.33 EUR"),   // 22.3311
    ("0.05 EUR", "coupon 10%", "0.05 EUR"),     // 0.045
    ("0.05 EUR", "coupon 11%", "0.04 EUR"),     // 0.0445
    ("0.15 EUR", "coupon 50%", "0.08 EUR"),     // 0.075
    ("0.01 EUR", "coupon 50%", "0.01 EUR"),     // 0.005
    ("0.01 EUR", "coupon 51%", "0.00 EUR"),     // 0.0049
    ("10.01 EUR", "coupon 25%", "7.51 EUR"),    // 7.5075
    ("19.90 EUR", "coupon 5%", "18.91 EUR"),    // 18.905
    ("999999999999.99 EUR", "coupon 10%", "899999999999.99 EUR"), // ….991
    ("500 JPY", "coupon 10%", "450 JPY"),
    ("333 JPY", "coupon 33%", "223 JPY"), // 223.11
    ("1 JPY", "coupon 50%", "1 JPY"),     // 0.5
    ("5 JPY", "coupon 10%", "5 JPY"),     // 4.5
    ("5 JPY", "coupon 11%", "4 JPY"),     // 4.45
    ("12800 JPY", "coupon 7%", "11904 JPY"),
    ("1.234 KWD", "coupon 10%", "1.111 KWD"), // 1.1106
    ("0.005 KWD", "coupon 10%", "0.005 KWD"), // 0.0045
    ("149.500 KWD", "coupon 15%", "127.075 KWD"),
    ("149.505 KWD", "coupon 15%", "127.079 KWD"), // 127.07925
    ("0.001 KWD", "coupon 51%", "0.000 KWD"),     // 0.00049
    // Fixed sums: exact, and never below zero.
    ("490.00 EUR", "coupon 33.00 EUR", "457.00 EUR"),
    ("490.00 EUR", "coupon 0.01 EUR", "489.99 EUR"),
    ("490.00 EUR", "coupon 490.00 EUR", "0.00 EUR"),
    ("490.00 EUR", "coupon 500.00 EUR", "0.00 EUR"),
    ("12800 JPY", "coupon 3000 JPY", "9800 JPY"),
    ("149.500 KWD", "coupon 9.505 KWD", "139.995 KWD"),
    // Promotions, and a coupon on them.
    ("490.00 EUR", "promotion 390.00 EUR", "390.00 EUR"),
    (
        "490.00 EUR",
        "promotion 390.00 EUR, coupon 10%",
        "351.00 EUR",
    ),
    (
        "490.00 EUR",
        "promotion 399.99 EUR, coupon 15%",
        "339.99 EUR",
    ), // 339.9915
    (
        "490.00 EUR",
        "promotion 390.00 EUR, coupon 33.00 EUR",
        "357.00 EUR",
    ),
    ("12800 JPY", "promotion 9900 JPY", "9900 JPY"),
    ("12800 JPY", "promotion 9950 JPY, coupon 5%", "9453 JPY"), // 9452.5
    (
        "149.500 KWD",
        "promotion 120.005 KWD, coupon 50%",
        "60.003 KWD",
    ), // 60.0025
    // Equal parts: they add up, and the first takes what does not divide.
    ("490.00 EUR", "parts 2", "245.00 EUR, 245.00 EUR"),
    (
        "490.00 EUR",
        "parts 3",
        "163.34 EUR, 163.33 EUR, 163.33 EUR",
    ),
    ("100.00 EUR", "parts 3", "33.34 EUR, 33.33 EUR, 33.33 EUR"),
    (
        "100.00 EUR",
        "parts 7",
        "14.32 EUR, 14.28 EUR, 14.28 EUR, 14.28 EUR, 14.28 EUR, 14.28 EUR, 14.28 EUR",
    ),
    ("0.02 EUR", "parts 3", "0.02 EUR, 0.00 EUR, 0.00 EUR"),
    ("12800 JPY", "parts 3", "4268 JPY, 4266 JPY, 4266 JPY"),
    (
        "100 JPY",
        "parts 6",
        "20 JPY, 16 JPY, 16 JPY, 16 JPY, 16 JPY, 16 JPY",
    ),
    ("1.000 KWD", "parts 3", "0.334 KWD, 0.333 KWD, 0.333 KWD"),
    (
        "149.500 KWD",
        "parts 4",
        "37.375 KWD, 37.375 KWD, 37.375 KWD, 37.375 KWD",
    ),
    (
        "490.00 EUR",
        "coupon 10%, parts 2",
        "220.50 EUR, 220.50 EUR",
    ),
    (
        "99.95 EUR",
        "coupon 10%, parts 3",
        "30.00 EUR, 29.98 EUR, 29.98 EUR",
    ), // 89.96
    (
        "490.00 EUR",
        "promotion 390.00 EUR, parts 4",
        "97.50 EUR, 97.50 EUR, 97.50 EUR, 97.50 EUR",
    ),
    // Parts of their own: a discount comes off the last ones.
    (
        "490.00 EUR",
        "schedule 90.00 EUR + 400.00 EUR",
        "90.00 EUR, 400.00 EUR",
    ),
    (
        "490.00 EUR",
        "schedule 90.00 EUR + 430.00 EUR",
        "90.00 EUR, 430.00 EUR",
    ), // more than the price
    (
        "490.00 EUR",
        "coupon 10%, schedule 90.00 EUR + 400.00 EUR",
        "90.00 EUR, 351.00 EUR",
    ),
    (
        "490.00 EUR",
        "coupon 450.00 EUR, schedule 90.00 EUR + 400.00 EUR",
        "40.00 EUR, 0.00 EUR",
    ),
    (
        "490.00 EUR",
        "promotion 390.00 EUR, schedule 90.00 EUR + 200.00 EUR + 200.00 EUR",
        "90.00 EUR, 200.00 EUR, 100.00 EUR",
    ),
    (
        "12800 JPY",
        "coupon 7%, schedule 2800 JPY + 10000 JPY",
        "2800 JPY, 9104 JPY",
    ), // 11904
    (
        "149.500 KWD",
        "coupon 15%, schedule 49.500 KWD + 100.000 KWD",
        "49.500 KWD, 77.575 KWD",
    ), // 127.075
    // A surcharge: the price that was paid and the difference are the price of the other plan.
    (
        "290.00 EUR",
        "surcharge to 520.00 EUR",
        "290.00 EUR, 230.00 EUR",
    ),
    ("9900 JPY", "surcharge to 12800 JPY", "9900 JPY, 2900 JPY"),
    (
        "99.505 KWD",
        "surcharge to 149.500 KWD",
        "99.505 KWD, 49.995 KWD",
    ),
];

#[test]
fn sums_are_as_on_paper() {
    let mut wrong = Vec::new();
    for (price, steps, expected) in CASES {
        let paid = paid(price, steps);
        if paid.join(", ") != *expected {
            wrong.push(format!(
                "{price}, {steps}: {}, not {expected}",
                paid.join(", ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_is_as_long_as_it_should_be() {
    assert!(CASES.len() >= 60, "{}", CASES.len());
    for (word, least) in [
        ("coupon", 30),
        ("promotion", 8),
        ("parts", 10),
        ("schedule", 7),
        ("surcharge", 3),
        ("JPY", 10),
        ("KWD", 10),
    ] {
        let count = CASES
            .iter()
            .filter(|(price, steps, _)| price.ends_with(word) || steps.contains(word));
        assert!(count.count() >= least, "{word}");
    }
}

/// What Anna pays, one payment after another.
fn paid(price: &str, steps: &str) -> Vec<String> {
    let mut sold = offer(price);
    sold.coupons = CouponPolicy::Any;
    let mut school = selling(sold.clone());
    let mut coupon = None;
    for step in steps.split(", ") {
        let (what, how) = step.split_once(' ').unwrap();
        match what {
            "coupon" => {
                coupon = Some(COUPON);
                school.coupons.insert(
                    COUPON,
                    Coupon {
                        active: true,
                        discount: how.parse().unwrap(),
                        ends: None,
                        uses_total: None,
                        uses_per_contact: None,
                        lists: BTreeSet::new(),
                    },
                );
            }
            "promotion" => {
                sold.promotion = Some(Promotion {
                    price: money(how),
                    starts: None,
                    ends: None,
                });
            }
            "parts" => {
                sold.payment = Payment {
                    equal: Some((how.parse().unwrap(), length("1mo"))),
                    ..Payment::default()
                };
            }
            "schedule" => {
                let parts = how.split(" + ").map(|part| (money(part), None));
                sold.payment = Payment {
                    schedule: parts.collect(),
                    ..Payment::default()
                };
            }
            "surcharge" => {
                let whole = money(how.strip_prefix("to ").unwrap());
                let difference = Money {
                    minor: whole.minor - money(price).minor,
                    ..whole
                };
                school.offers.insert(DEARER, offer(&difference.to_string()));
            }
            _ => panic!("{step}"),
        }
    }
    let is_surcharge = school.offers.contains_key(&DEARER);
    school.offers.insert(OFFER, sold);
    let mut play = Play::of(school);
    play.does(Command::Pays {
        offer: OFFER,
        coupon,
        order: None,
    });
    while play.0.act(ANNA, pays(OFFER)).is_ok() {}
    if is_surcharge {
        play.does(pays(DEARER));
    }
    play.payments().into_iter().map(|(_, sum)| sum).collect()
}
