//! Every condition of the language, before it holds and after, and those that time alone changes.

use super::*;

const OTHER_COURSE: Id = 11;

/// The instants at which Anna entered and left a segment of a condition, by what she does and when.
fn lived(
    filter: Filter,
    newcomer: Newcomer,
    deeds: &[(&str, Command)],
    until: &str,
) -> (bool, Vec<String>) {
    let mut with_term = offer("490.00 EUR");
    with_term.products = vec![product(Term::For(length("1mo")))];
    let mut school = selling(with_term);
    school.courses.insert(COURSE, course(1, 4));
    school.courses.insert(OTHER_COURSE, course(1, 1));
    let mut other = offer("90.00 EUR");
    other.products[0].course = OTHER_COURSE;
    school.offers.insert(DEARER, other);
    school.lists.insert(LIST, static_list());
    school.lists.insert(SEGMENT, segment(filter));
    let mut play = Play::empty(school, Assumptions::default());
    play.0.arrive(ANNA, newcomer);
    let at_first = play.lists().contains(&SEGMENT);
    for (time, deed) in deeds {
        play.at(time).does(deed.clone());
    }
    // In one step: what time changes must be found by itself.
    play.at(until);
    let moves = play.0.events().iter().filter_map(|event| {
        let word = match event.what {
            What::Entered { list: SEGMENT } => "in",
            What::Left { list: SEGMENT } => "out",
            _ => return None,
        };
        Some(format!("{word} {}", event.at.format("%m-%d %H:%M:%S")))
    });
    (at_first, moves.collect())
}

fn check(
    name: &str,
    filter: Filter,
    newcomer: Newcomer,
    deeds: &[(&str, Command)],
    expected: (bool, &[&str]),
) {
    let (at_first, moves) = lived(filter, newcomer, deeds, "2027-12-01T00:00");
    assert_eq!(at_first, expected.0, "{name}: at first");
    assert_eq!(moves, expected.1, "{name}");
}

fn nobody() -> Newcomer {
    Newcomer::default()
}

fn bought(offer: Id, when: &str) -> Newcomer {
    Newcomer {
        bought: vec![(Buyable::Offer(offer), at(when))],
        ..nobody()
    }
}

#[test]
fn purchases_and_payments() {
    let pay = |when| (when, pays(OFFER));
    let deeds = [pay("2027-02-01T00:00")];
    check(
        "purchases",
        Filter::Purchases(1),
        nobody(),
        &deeds,
        (false, &["in 02-01 00:00:00"]),
    );
    check(
        "purchases: two",
        Filter::Purchases(2),
        bought(DEARER, "2026-05-01T00:00"),
        &deeds,
        (false, &["in 02-01 00:00:00"]),
    );
    check(
        "bought",
        Filter::Bought(OFFER),
        nobody(),
        &deeds,
        (false, &["in 02-01 00:00:00"]),
    );
    check(
        "bought: another",
        Filter::Bought(DEARER),
        nobody(),
        &deeds,
        (false, &[]),
    );
    check(
        "bought: before",
        Filter::Bought(OFFER),
        bought(OFFER, "2026-05-01T00:00"),
        &[],
        (true, &[]),
    );
    // An order that is not paid is no purchase.
    check(
        "bought: ordered",
        Filter::Bought(OFFER),
        nobody(),
        &[("2027-02-01T00:00", Command::OpensOffer(OFFER))],
        (false, &[]),
    );
    let date = at("2027-02-01T00:00");
    check(
        "paid before: at it",
        Filter::PaidBefore(date),
        nobody(),
        &deeds,
        (false, &[]),
    );
    check(
        "paid before",
        Filter::PaidBefore(date),
        nobody(),
        &[pay("2027-01-31T23:59")],
        (false, &["in 01-31 23:59:00"]),
    );
    check(
        "paid after: at it",
        Filter::PaidAfter(date),
        nobody(),
        &deeds,
        (false, &["in 02-01 00:00:00"]),
    );
    check(
        "paid after: before it",
        Filter::PaidAfter(date),
        nobody(),
        &[pay("2027-01-31T23:59")],
        (false, &[]),
    );
}

#[test]
fn the_last_purchase() {
    let date = at("2027-03-01T00:00");
    let deeds = [("2027-04-01T00:00", pays(OFFER))];
    let before = bought(DEARER, "2026-05-01T00:00");
    check(
        "before",
        Filter::LastPurchaseBefore(date),
        before.clone(),
        &deeds,
        (true, &["out 04-01 00:00:00"]),
    );
    check(
        "before: none at all",
        Filter::LastPurchaseBefore(date),
        nobody(),
        &[],
        (false, &[]),
    );
    // More than 90 days: not at 90 days, but right after. 31 days of January from the 1st, 28, 31: 1 April is 90 days.
    let more = || Filter::LastPurchaseMoreThan(length("90d"));
    check(
        "more than",
        more(),
        bought(DEARER, "2027-01-01T00:00"),
        &[],
        (false, &["in 04-01 00:00:01"]),
    );
    check(
        "more than: again",
        more(),
        bought(DEARER, "2027-01-01T00:00"),
        &[("2027-05-01T00:00", pays(OFFER))],
        (
            false,
            &[
                "in 04-01 00:00:01",
                "out 05-01 00:00:00",
                "in 07-30 00:00:01",
            ],
        ),
    );
    check(
        "more than: none at all",
        more(),
        nobody(),
        &[],
        (false, &[]),
    );
}

#[test]
fn absence() {
    let away = || Filter::Inactive(length("30d"), None);
    let seen = |when: &str| Newcomer {
        last_seen: Some(at(when)),
        ..nobody()
    };
    check(
        "for",
        away(),
        seen("2026-12-20T10:00"),
        &[],
        (false, &["in 01-19 10:00:00"]),
    );
    check(
        "for: long ago",
        away(),
        seen("2026-06-01T00:00"),
        &[],
        (true, &[]),
    );
    check(
        "for: seen again",
        away(),
        seen("2026-12-20T10:00"),
        &[
            ("2027-01-10T00:00", Command::LogsIn),
            ("2027-03-01T00:00", Command::Visits("/".into())),
        ],
        (
            false,
            &[
                "in 02-09 00:00:00",
                "out 03-01 00:00:00",
                "in 03-31 00:00:00",
            ],
        ),
    );
    // What the school does is not the person's presence.
    check(
        "for: staff",
        away(),
        seen("2026-12-20T10:00"),
        &[("2027-01-10T00:00", Command::Tags("x".into()))],
        (false, &["in 01-19 10:00:00"]),
    );
    // In a course: from the beginning of access on, and by what is completed there.
    let course = || Filter::Inactive(length("10d"), Some(COURSE));
    let deeds = [
        ("2027-02-01T00:00", pays(OFFER)),
        ("2027-02-05T00:00", completes(11)),
        ("2027-02-10T00:00", Command::LogsIn),
    ];
    check(
        "course",
        course(),
        nobody(),
        &deeds,
        (false, &["in 02-15 00:00:00"]),
    );
    check(
        "course: never had access",
        course(),
        seen("2026-01-01T00:00"),
        &[],
        (false, &[]),
    );
}

#[test]
fn access_and_progress() {
    let pay = [("2027-02-01T00:00", pays(OFFER))];
    check(
        "access",
        Filter::Access(COURSE),
        nobody(),
        &pay,
        (false, &["in 02-01 00:00:00", "out 03-01 00:00:00"]),
    );
    check(
        "access: another course",
        Filter::Access(OTHER_COURSE),
        nobody(),
        &pay,
        (false, &[]),
    );
    check(
        "access: from before",
        Filter::Access(COURSE),
        bought(OFFER, "2026-12-15T00:00"),
        &[],
        (true, &["out 01-15 00:00:00"]),
    );
    // Frozen for ten days on the fifth: out, in again, and out ten days later than without.
    let frozen = [
        ("2027-02-01T00:00", pays(OFFER)),
        ("2027-02-05T00:00", freezes("10d")),
    ];
    check(
        "access: frozen",
        Filter::Access(COURSE),
        nobody(),
        &frozen,
        (
            false,
            &[
                "in 02-01 00:00:00",
                "out 02-05 00:00:00",
                "in 02-15 00:00:00",
                "out 03-11 00:00:00",
            ],
        ),
    );
    let learns = [
        ("2027-02-01T00:00", pays(OFFER)),
        ("2027-02-02T00:00", completes(11)),
        ("2027-02-03T00:00", completes(12)),
        ("2027-02-04T00:00", completes(13)),
    ];
    // Four lessons: 25, 50, 75 %.
    check(
        "progress",
        Filter::Progress(COURSE, 50),
        nobody(),
        &learns,
        (false, &["in 02-03 00:00:00"]),
    );
    check(
        "progress: not quite",
        Filter::Progress(COURSE, 76),
        nobody(),
        &learns,
        (false, &[]),
    );
    let brought = Newcomer {
        progress: [(COURSE, 80)].into(),
        ..nobody()
    };
    check(
        "progress: brought along",
        Filter::Progress(COURSE, 80),
        brought.clone(),
        &[],
        (true, &[]),
    );
    check(
        "progress: another course",
        Filter::Progress(OTHER_COURSE, 1),
        brought,
        &[],
        (false, &[]),
    );
    check(
        "lessons completed",
        Filter::LessonsCompleted(COURSE, 2),
        nobody(),
        &learns,
        (false, &["in 02-03 00:00:00"]),
    );
    check(
        "completed lesson",
        Filter::CompletedLesson(COURSE, 13),
        nobody(),
        &learns,
        (false, &["in 02-04 00:00:00"]),
    );
    check(
        "completed lesson: not this",
        Filter::CompletedLesson(COURSE, 14),
        nobody(),
        &learns,
        (false, &[]),
    );
}

#[test]
fn registration() {
    let date = at("2027-02-01T00:00");
    let on = |when: &str| Newcomer {
        registered: Some(at(when)),
        ..nobody()
    };
    check(
        "before",
        Filter::RegisteredBefore(date),
        on("2026-12-01T00:00"),
        &[],
        (true, &[]),
    );
    check(
        "before: later",
        Filter::RegisteredBefore(date),
        on("2027-01-15T00:00"),
        &[],
        (false, &["in 01-15 00:00:00"]),
    );
    check(
        "before: at it",
        Filter::RegisteredBefore(date),
        on("2027-02-01T00:00"),
        &[],
        (false, &[]),
    );
    check(
        "before: nobody knows when",
        Filter::RegisteredBefore(date),
        nobody(),
        &[],
        (true, &[]),
    );
    check(
        "after: at it",
        Filter::RegisteredAfter(date),
        on("2027-02-01T00:00"),
        &[],
        (false, &["in 02-01 00:00:00"]),
    );
    check(
        "after: before it",
        Filter::RegisteredAfter(date),
        on("2027-01-31T23:59"),
        &[],
        (false, &[]),
    );
    check(
        "after: nobody knows when",
        Filter::RegisteredAfter(date),
        nobody(),
        &[],
        (false, &[]),
    );
}

#[test]
fn what_a_contact_is() {
    let is = Newcomer {
        tags: words(&["vip"]),
        webinars: words(&["open day"]),
        visited: words(&["/pricing"]),
        fields: [("city".to_owned(), "Lviv".to_owned())].into(),
        lists: ids(&[LIST]),
        ..nobody()
    };
    let cases = [
        ("tag", Filter::Tag("vip".into()), true),
        ("tag: another", Filter::Tag("VIP".into()), false),
        ("webinar", Filter::Webinar("open day".into()), true),
        (
            "webinar: another",
            Filter::Webinar("closed day".into()),
            false,
        ),
        ("visited", Filter::Visited("/pricing".into()), true),
        ("visited: another", Filter::Visited("/".into()), false),
        ("field", Filter::Field("city".into(), "Lviv".into()), true),
        (
            "field: another value",
            Filter::Field("city".into(), "Kyiv".into()),
            false,
        ),
        (
            "field: another field",
            Filter::Field("town".into(), "Lviv".into()),
            false,
        ),
        ("in list", Filter::InList(LIST), true),
        ("in list: another", Filter::InList(99), false),
    ];
    for (name, filter, holds) in cases {
        check(name, filter, is.clone(), &[], (holds, &[]));
    }
    let tagged = [
        ("2027-02-01T00:00", Command::Tags("x".into())),
        ("2027-03-01T00:00", Command::Untags("x".into())),
    ];
    let in_and_out = ["in 02-01 00:00:00", "out 03-01 00:00:00"];
    check(
        "tag",
        Filter::Tag("x".into()),
        nobody(),
        &tagged,
        (false, &in_and_out),
    );
    check(
        "visited",
        Filter::Visited("/x".into()),
        nobody(),
        &[("2027-02-01T00:00", Command::Visits("/x".into()))],
        (false, &["in 02-01 00:00:00"]),
    );
    let listed = [
        ("2027-02-01T00:00", Command::AddsToList(LIST)),
        ("2027-03-01T00:00", Command::RemovesFromList(LIST)),
    ];
    check(
        "in list",
        Filter::InList(LIST),
        nobody(),
        &listed,
        (false, &in_and_out),
    );
}

#[test]
fn conditions_are_nested_at_will() {
    let (yes, no) = (|| Filter::Tag("yes".into()), || Filter::Tag("no".into()));
    let not = |filter| Filter::Not(Box::new(filter));
    let cases = [
        (Filter::All(vec![yes(), yes()]), true),
        (Filter::All(vec![yes(), no()]), false),
        (Filter::Any(vec![no(), yes()]), true),
        (Filter::Any(vec![no(), no()]), false),
        (not(no()), true),
        (not(yes()), false),
        (
            Filter::All(vec![Filter::Any(vec![no(), yes()]), not(no())]),
            true,
        ),
        (
            not(Filter::All(vec![yes(), Filter::Any(vec![no(), no()])])),
            true,
        ),
        (Filter::All(Vec::new()), true),
        (Filter::Any(Vec::new()), false),
    ];
    for (filter, holds) in cases {
        let is = Newcomer {
            tags: words(&["yes"]),
            ..nobody()
        };
        let name = format!("{filter:?}");
        check(&name, filter, is, &[], (holds, &[]));
    }
}

#[test]
fn time_inside_of_nested_conditions_is_found() {
    // Access until 1 March, and away for ten days since 1 February: both from 11 to 28 February.
    let filter = Filter::All(vec![
        Filter::Access(COURSE),
        Filter::Inactive(length("10d"), None),
    ]);
    let deeds = [("2027-02-01T00:00", pays(OFFER))];
    check(
        "all",
        filter.clone(),
        nobody(),
        &deeds,
        (false, &["in 02-11 00:00:00", "out 03-01 00:00:00"]),
    );
    let filter = Filter::Not(Box::new(filter));
    check(
        "not",
        filter,
        nobody(),
        &deeds,
        (true, &["out 02-11 00:00:00", "in 03-01 00:00:00"]),
    );
}
