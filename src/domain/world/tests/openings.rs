//! Openings of lessons: S000.

use super::*;
use crate::domain::schedule::Opens;

fn on(text: &str) -> Option<Opens> {
    Some(Opens::At(at(text)))
}

fn in_days(days: u32, hour: Option<&str>) -> Option<Opens> {
    Some(Opens::AfterAccess {
        days,
        hour: hour.map(|hour| hour.parse().unwrap()),
    })
}

/// An offer with delays of its own, from scratch.
fn scheduled(modules: &[(Id, Option<Opens>)], lessons: &[(Id, Option<Opens>)]) -> School {
    let mut sold = offer("490.00 EUR");
    sold.products[0].schedule = Schedule {
        keeps_course: false,
        modules: modules.iter().copied().collect(),
        lessons: lessons.iter().copied().collect(),
    };
    let mut school = selling(sold);
    school.courses.insert(COURSE, course(3, 2));
    school
}

fn open(play: &Play) -> Vec<Id> {
    let all = [11, 12, 21, 22, 31, 32];
    let open = all.into_iter();
    open.filter(|lesson| play.0.lesson_open(ANNA, COURSE, *lesson).is_ok())
        .collect()
}

fn told(play: &Play) -> Vec<(Instant, Id)> {
    let told = play.anna().told.iter();
    told.map(|(when, _, lesson)| (*when, *lesson)).collect()
}

fn opens_on(play: &Play, lesson: Id) -> Instant {
    play.0.openings(ANNA, COURSE, lesson)[0].1
}

#[test]
fn a_module_opens_all_its_lessons_on_its_date_and_no_other_module() {
    let mut play = Play::of(scheduled(&[(1, on("2027-04-10T10:00"))], &[]));
    play.pays().at("2027-04-10T09:59");
    assert_eq!(
        open(&play),
        [21, 22, 31, 32],
        "later modules need their own"
    );
    assert_eq!(
        play.0.lesson_open(ANNA, COURSE, 11),
        Err(NotOpen::Opens(at("2027-04-10T10:00")))
    );
    play.at("2027-04-10T10:00");
    assert_eq!(open(&play), [11, 12, 21, 22, 31, 32]);
}

#[test]
fn a_lesson_does_not_open_before_its_module() {
    // The example of the article: the module on 10 April at 10, lesson 2 on 8 April at 10.
    let school = scheduled(
        &[(1, on("2027-04-10T10:00"))],
        &[(12, on("2027-04-08T10:00"))],
    );
    let mut play = Play::of(school);
    play.pays().at("2027-04-08T10:00");
    assert_eq!(opens_on(&play, 12), at("2027-04-10T10:00"));
    assert_eq!(open(&play), [21, 22, 31, 32]);
    play.at("2027-04-10T10:00");
    assert_eq!(open(&play), [11, 12, 21, 22, 31, 32]);
}

#[test]
fn a_lesson_opens_later_than_its_module_if_it_says_so() {
    let school = scheduled(
        &[(1, on("2027-04-10T10:00"))],
        &[(12, on("2027-04-12T10:00"))],
    );
    let mut play = Play::of(school);
    play.pays().at("2027-04-11T10:00");
    assert_eq!(open(&play), [11, 21, 22, 31, 32]);
    assert_eq!(
        play.refuses(completes(12)),
        Refusal::Closed {
            opens: Some(at("2027-04-12T10:00"))
        }
    );
}

#[test]
fn delays_in_days_count_from_each_ones_access() {
    let school = scheduled(
        &[
            (1, in_days(0, None)),
            (2, in_days(7, None)),
            (3, in_days(7, Some("09:00"))),
        ],
        &[],
    );
    let mut play = Play::of(school);
    play.at("2027-02-01T15:30").pays();
    play.at("2027-02-20T08:00");
    play.0.act(BORIS, pays(OFFER)).unwrap();
    assert_eq!(opens_on(&play, 11), at("2027-02-01T15:30"));
    assert_eq!(opens_on(&play, 21), at("2027-02-08T15:30"));
    assert_eq!(opens_on(&play, 31), at("2027-02-08T09:00"));
    let of_boris = |lesson| play.0.openings(BORIS, COURSE, lesson)[0].1;
    assert_eq!(of_boris(21), at("2027-02-27T08:00"));
    assert_eq!(of_boris(31), at("2027-02-27T09:00"));
}

#[test]
fn the_same_delays_serve_every_cohort() {
    // No date is written anywhere: who buys a year later has the same rhythm.
    let mut play = Play::of(scheduled(&[(2, in_days(7, Some("09:00")))], &[]));
    play.at("2028-02-25T20:00").pays();
    assert_eq!(opens_on(&play, 21), at("2028-03-03T09:00"));
}

#[test]
fn an_offer_leaves_the_products_delays_replaces_them_or_copies_some() {
    let with = |schedule: Schedule| {
        let mut school = scheduled(&[], &[]);
        let delayed = school.courses.get_mut(&COURSE).unwrap();
        delayed.modules[0].opens = in_days(1, None);
        delayed.modules[1].lessons[0].opens = in_days(2, None);
        let sold = school.offers.get_mut(&OFFER).unwrap();
        sold.products[0].schedule = schedule;
        let mut play = Play::of(school);
        play.pays();
        [11, 21, 31].map(|lesson| opens_on(&play, lesson))
    };
    let (start, first, second) = (
        at("2027-01-01T00:00"),
        at("2027-01-02T00:00"),
        at("2027-01-03T00:00"),
    );
    // As in the product.
    let product = Schedule {
        keeps_course: true,
        ..Schedule::default()
    };
    assert_eq!(with(product.clone()), [first, second, start]);
    // From scratch: nothing is open later but what says so here.
    assert_eq!(with(Schedule::default()), [start, start, start]);
    // A copy with one change, one that is taken away and one that is new.
    let date = at("2027-05-05T05:00");
    let changed = Schedule {
        modules: [(1, on("2027-05-05T05:00")), (3, in_days(1, None))].into(),
        lessons: [(21, None)].into(),
        ..product
    };
    assert_eq!(with(changed), [date, start, first]);
}

#[test]
fn who_has_access_is_told_once_when_a_lesson_opens() {
    let school = scheduled(
        &[(1, on("2027-04-10T10:00"))],
        &[(12, on("2027-04-12T10:00"))],
    );
    let mut play = Play::of(school);
    play.pays().opens().pays().at("2027-06-01T00:00");
    let expected = [(at("2027-04-10T10:00"), 11), (at("2027-04-12T10:00"), 12)];
    assert_eq!(told(&play), expected, "two purchases, and told once");
    let events = play.when(|what| matches!(what, What::LessonOpened { .. }));
    assert_eq!(events.len(), 2);
    assert!(play.0.person(BORIS).unwrap().told.is_empty());
}

#[test]
fn who_comes_after_a_lesson_opened_is_not_told_of_it() {
    let mut play = Play::of(scheduled(&[(1, on("2027-04-10T10:00"))], &[]));
    play.at("2027-04-11T00:00").pays().at("2027-06-01T00:00");
    assert!(told(&play).is_empty());
    assert_eq!(open(&play), [11, 12, 21, 22, 31, 32]);
}

#[test]
fn whose_access_is_over_is_not_told() {
    let mut school = scheduled(&[(1, on("2027-04-10T10:00"))], &[]);
    school.offers.get_mut(&OFFER).unwrap().products[0].access = Term::For(length("1mo"));
    let mut play = Play::of(school);
    play.pays().at("2027-06-01T00:00");
    assert!(told(&play).is_empty());
}

#[test]
fn a_lesson_outside_of_the_content_neither_opens_nor_is_told_of() {
    let mut school = scheduled(&[(1, on("2027-04-10T10:00"))], &[]);
    let sold = school.offers.get_mut(&OFFER).unwrap();
    sold.products[0].content = Content::Chosen {
        modules: BTreeSet::new(),
        lessons: ids(&[12]),
    };
    let mut play = Play::of(school);
    play.pays().at("2027-06-01T00:00");
    assert_eq!(open(&play), [12]);
    assert_eq!(told(&play), [(at("2027-04-10T10:00"), 12)]);
    assert!(play.0.openings(ANNA, COURSE, 11).is_empty());
}

#[test]
fn a_schedule_that_is_moved_moves_for_all_who_follow_the_offer() {
    let mut play = Play::of(scheduled(&[(1, on("2027-04-10T10:00"))], &[]));
    play.pays();
    let sold = play.0.school.offers.get_mut(&OFFER).unwrap();
    sold.products[0].schedule.modules = [(1, on("2027-04-20T10:00"))].into();
    play.at("2027-04-15T00:00");
    assert!(told(&play).is_empty());
    play.at("2027-04-20T10:00");
    let expected = [11, 12].map(|lesson| (at("2027-04-20T10:00"), lesson));
    assert_eq!(told(&play), expected);
}

#[test]
fn an_edited_order_opens_lessons_for_one_client_alone() {
    // The article's own case: one pupil of a group sees more, earlier.
    let mut play = Play::of(scheduled(&[(1, on("2027-04-10T10:00"))], &[]));
    play.pays();
    play.0.act(BORIS, pays(OFFER)).unwrap();
    play.does(edits(None, None));
    let number = play.anna().orders[0].number;
    let own = play.anna().orders[0].terms.clone().unwrap();
    let mut own = Offer::clone(&own);
    own.products[0].schedule = Schedule::default();
    let own = std::sync::Arc::new(own);
    let anna = play.0.people.get_mut(&ANNA).unwrap();
    for grant in anna.grants.iter_mut().filter(|g| g.order == number) {
        grant.terms = Some(own.clone());
    }
    assert!(play.0.lesson_open(ANNA, COURSE, 11).is_ok());
    assert!(play.0.lesson_open(BORIS, COURSE, 11).is_err());
}

#[test]
fn hours_stay_across_a_clock_change() {
    let mut school = scheduled(
        &[(1, in_days(30, None)), (2, in_days(30, Some("09:00")))],
        &[],
    );
    school.zone = Zone::get("America/New_York").unwrap();
    let mut play = Play::of(school);
    // 1 March 2027, 10:00 in New York (UTC−5); from 14 March on it is UTC−4.
    play.at("2027-03-01T15:00").pays();
    assert_eq!(opens_on(&play, 11), at("2027-03-31T14:00"));
    assert_eq!(opens_on(&play, 21), at("2027-03-31T13:00"));
}
