//! Access: terms, extensions, freezes, renewals, content.

use super::*;

fn giving(access: Term) -> School {
    let mut sold = offer("490.00 EUR");
    sold.products = vec![product(access)];
    selling(sold)
}

fn bought(access: Term) -> Play {
    let mut play = Play::of(giving(access));
    play.pays();
    play
}

#[test]
fn access_lasts_as_long_as_its_term() {
    let until = at("2027-06-30T22:00");
    let cases = [
        (Term::Unlimited, "2027-01-31T10:00", None),
        (Term::Until(until), "2027-01-31T10:00", Some(until)),
        // 31 January and a month is 28 February.
        (
            Term::For(length("1mo")),
            "2027-01-31T10:00",
            Some(at("2027-02-28T10:00")),
        ),
        (
            Term::For(length("6mo")),
            "2027-03-01T12:00",
            Some(at("2027-09-01T12:00")),
        ),
        (
            Term::For(length("2w")),
            "2027-01-31T10:00",
            Some(at("2027-02-14T10:00")),
        ),
    ];
    for (term, paid, ends) in cases {
        let mut play = Play::of(giving(term));
        play.at(paid).pays();
        assert_eq!(play.ends(), [ends], "{term:?}");
    }
}

#[test]
fn access_begins_with_the_payment_and_its_end_is_not_in_it() {
    let mut play = Play::of(giving(Term::For(length("1d"))));
    play.opens();
    assert!(!play.has_access());
    play.at("2027-01-02T10:00").pays();
    assert!(play.has_access());
    play.at("2027-01-03T09:59");
    assert!(play.has_access());
    play.at("2027-01-03T10:00");
    assert!(!play.has_access());
    let ended = play.when(|what| matches!(what, What::AccessEnded { .. }));
    assert_eq!(ended, [at("2027-01-03T10:00")]);
}

#[test]
fn a_term_keeps_its_hour_across_a_clock_change() {
    let mut school = giving(Term::For(length("1mo")));
    school.zone = Zone::get("Europe/Paris").unwrap();
    let mut play = Play::of(school);
    // From 10:00 on 15 March (UTC+1) to 10:00 on 15 April (UTC+2).
    play.at("2027-03-15T09:00").pays();
    assert_eq!(play.ends(), [Some(at("2027-04-15T08:00"))]);
}

#[test]
fn an_extension_goes_on_from_the_end() {
    let mut play = bought(Term::For(length("1mo")));
    play.at("2027-01-10T00:00").does(extends("7d"));
    assert_eq!(play.ends(), [Some(at("2027-02-08T00:00"))]);
    play.at("2027-02-07T23:59");
    assert!(play.has_access());
    play.at("2027-02-08T00:00");
    assert!(!play.has_access());
    let ended = play.when(|what| matches!(what, What::AccessEnded { .. }));
    assert_eq!(ended, [at("2027-02-08T00:00")], "once, at the new end");
}

#[test]
fn what_has_ended_goes_on_from_the_day_of_the_extension() {
    let mut play = bought(Term::For(length("1mo")));
    play.at("2027-03-01T12:00");
    assert!(!play.has_access());
    play.does(extends("7d"));
    assert!(play.has_access());
    assert_eq!(play.ends(), [Some(at("2027-03-08T12:00"))]);
}

#[test]
fn what_has_no_end_is_not_given_one() {
    let mut play = bought(Term::Unlimited);
    play.does(extends("7d")).does(freezes("3d"));
    assert_eq!(play.ends(), [None]);
    assert!(!play.has_access());
    play.at("2027-01-04T00:00");
    assert!(play.has_access());
}

#[test]
fn a_freeze_takes_access_away_and_gives_its_time_back() {
    let mut play = bought(Term::For(length("1mo")));
    play.at("2027-01-20T00:00").does(freezes("20d"));
    assert!(!play.has_access());
    // 1 February and 20 days.
    assert_eq!(play.ends(), [Some(at("2027-02-21T00:00"))]);
    play.at("2027-02-08T23:59");
    assert!(!play.has_access());
    play.at("2027-02-09T00:00");
    assert!(play.has_access());
    play.at("2027-02-21T00:00");
    assert!(!play.has_access());
}

#[test]
fn extensions_and_freezes_count_in_the_order_in_which_they_were_given() {
    let mut play = bought(Term::For(length("1mo")));
    // Ends on 1 February; with the freeze on 21 February; then a week more.
    play.at("2027-01-20T00:00").does(freezes("20d"));
    play.at("2027-02-10T00:00").does(extends("7d"));
    assert_eq!(play.ends(), [Some(at("2027-02-28T00:00"))]);
    // The other way round the sum is the same.
    let mut play = bought(Term::For(length("1mo")));
    play.at("2027-01-10T00:00").does(extends("7d"));
    play.at("2027-01-20T00:00").does(freezes("20d"));
    assert_eq!(play.ends(), [Some(at("2027-02-28T00:00"))]);
}

#[test]
fn a_freeze_after_the_end_changes_nothing() {
    let mut play = bought(Term::For(length("1mo")));
    play.at("2027-03-01T00:00").does(freezes("20d"));
    assert_eq!(play.ends(), [Some(at("2027-02-01T00:00"))]);
}

#[test]
fn two_purchases_are_two_accesses() {
    let mut play = bought(Term::For(length("1mo")));
    play.at("2027-01-20T00:00").opens().pays();
    let ends = ["2027-02-01T00:00", "2027-02-20T00:00"].map(|end| Some(at(end)));
    assert_eq!(play.ends(), ends);
    play.at("2027-02-10T00:00");
    assert!(play.has_access(), "by the second");
}

#[test]
fn a_renewal_prolongs_what_it_is_a_renewal_of() {
    let mut school = giving(Term::For(length("1mo")));
    let mut renewal = offer("150.00 EUR");
    renewal.renewal = Some((OFFER, length("3mo")));
    school.offers.insert(DEARER, renewal);
    let mut play = Play::of(school);
    play.pays().at("2027-01-20T00:00").does(pays(DEARER));
    assert_eq!(play.ends(), [Some(at("2027-05-01T00:00"))]);
    assert!(play.anna().has_bought(DEARER));
}

#[test]
fn a_renewal_bought_before_the_world_began_counts_too() {
    let mut school = giving(Term::For(length("1mo")));
    let mut renewal = offer("150.00 EUR");
    renewal.renewal = Some((OFFER, length("3mo")));
    school.offers.insert(DEARER, renewal);
    let mut play = Play::empty(school, Assumptions::default());
    let bought = vec![
        (Buyable::Offer(OFFER), at("2026-12-15T00:00")),
        (Buyable::Offer(DEARER), at("2026-12-20T00:00")),
    ];
    play.0.arrive(
        ANNA,
        Newcomer {
            bought,
            ..Newcomer::default()
        },
    );
    // 15 December, a month and three months; and it ends then.
    assert_eq!(play.ends(), [Some(at("2027-04-15T00:00"))]);
    play.at("2027-12-01T00:00");
    let ended = play.when(|what| matches!(what, What::AccessEnded { .. }));
    assert_eq!(ended, [at("2027-04-15T00:00")]);
}

#[test]
fn a_renewal_without_anything_to_renew_gives_what_it_has() {
    let mut school = giving(Term::For(length("1mo")));
    let mut renewal = offer("150.00 EUR");
    renewal.renewal = Some((OFFER, length("3mo")));
    school.offers.insert(DEARER, renewal);
    let mut play = Play::of(school);
    play.does(pays(DEARER));
    assert_eq!(play.ends(), [None]);
}

#[test]
fn only_the_chosen_content_is_given() {
    let mut sold = offer("290.00 EUR");
    sold.products[0].content = Content::Chosen {
        modules: ids(&[1]),
        lessons: ids(&[22]),
    };
    let mut school = selling(sold);
    school.courses.insert(COURSE, course(2, 2));
    school.offers.insert(DEARER, offer("490.00 EUR"));
    let mut play = Play::of(school);
    play.pays();
    let open = |play: &Play| [11, 12, 21, 22].map(|l| play.0.lesson_open(ANNA, COURSE, l).is_ok());
    assert_eq!(open(&play), [true, true, false, true]);
    assert_eq!(play.0.lesson_open(ANNA, COURSE, 21), Err(NotOpen::NoAccess));
    // Who goes on to another plan of one course keeps the progress.
    play.does(completes(11)).does(completes(22));
    play.does(pays(DEARER));
    assert_eq!(open(&play), [true; 4]);
    assert_eq!(play.0.progress_of(ANNA, COURSE), 50);
}

#[test]
fn progress_is_of_all_lessons_in_whole_percent() {
    let mut school = giving(Term::Unlimited);
    school.courses.insert(COURSE, course(1, 3));
    let mut play = Play::of(school);
    play.pays();
    let mut steps = Vec::new();
    for lesson in [11, 12, 12, 13] {
        play.does(completes(lesson));
        steps.push(play.0.progress_of(ANNA, COURSE));
    }
    assert_eq!(steps, [33, 66, 66, 100]);
    let completed = play.when(|what| matches!(what, What::Completed { .. }));
    assert_eq!(completed.len(), 3, "a lesson is completed once");
    let course = play.when(|what| matches!(what, What::CompletedCourse { .. }));
    assert_eq!(course.len(), 1);
}

#[test]
fn a_lesson_can_be_completed_only_while_it_is_open() {
    let mut play = Play::of(giving(Term::For(length("1mo"))));
    assert_eq!(play.refuses(completes(11)), Refusal::NoAccess);
    play.pays();
    assert_eq!(play.refuses(completes(99)), Refusal::NoLesson);
    play.does(freezes("3d"));
    assert_eq!(play.refuses(completes(11)), Refusal::NoAccess);
    play.at("2027-01-04T00:00").does(completes(11));
    play.at("2027-03-01T00:00");
    assert_eq!(
        play.0.lesson_open(ANNA, COURSE, 11),
        Err(NotOpen::AccessEnded(at("2027-02-04T00:00")))
    );
    assert_eq!(play.refuses(completes(12)), Refusal::NoAccess);
}
