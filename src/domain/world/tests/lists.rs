//! Lists: static ones and segments that fill themselves (S002, S004).

use super::*;

fn with(filter: Filter) -> School {
    let mut school = selling(offer("490.00 EUR"));
    school.offers.insert(DEARER, offer("890.00 EUR"));
    school.lists.insert(LIST, static_list());
    school.lists.insert(SEGMENT, segment(filter));
    school
}

fn entered(play: &Play) -> Vec<Instant> {
    play.when(|what| *what == What::Entered { list: SEGMENT })
}

fn left(play: &Play) -> Vec<Instant> {
    play.when(|what| *what == What::Left { list: SEGMENT })
}

#[test]
fn a_static_list_begins_empty_and_holds_whom_it_is_given() {
    let mut play = Play::of(with(Filter::Tag("x".into())));
    assert!(play.lists().is_empty());
    play.does(Command::AddsToList(LIST))
        .does(Command::AddsToList(LIST));
    assert_eq!(play.lists(), [LIST]);
    assert_eq!(play.when(|w| *w == What::Entered { list: LIST }).len(), 1);
    play.pays().at("2028-01-01T00:00");
    assert_eq!(play.lists(), [LIST], "nothing but a deed takes one out");
    play.does(Command::RemovesFromList(LIST))
        .does(Command::RemovesFromList(LIST));
    assert!(play.lists().is_empty());
    assert_eq!(play.when(|w| *w == What::Left { list: LIST }).len(), 1);
}

#[test]
fn a_segment_fills_itself_when_its_conditions_come_true() {
    let mut play = Play::of(with(Filter::Purchases(2)));
    play.pays();
    assert!(play.lists().is_empty());
    play.at("2027-02-01T10:00").does(pays(DEARER));
    assert_eq!(play.lists(), [SEGMENT]);
    assert_eq!(entered(&play), [at("2027-02-01T10:00")]);
}

#[test]
fn who_fits_from_the_beginning_is_in_it_without_having_entered() {
    let mut play = Play::empty(with(Filter::Purchases(1)), Assumptions::default());
    play.0.arrive(
        ANNA,
        Newcomer {
            bought: vec![(Buyable::Offer(OFFER), at("2026-01-01T00:00"))],
            ..Newcomer::default()
        },
    );
    assert_eq!(play.lists(), [SEGMENT]);
    assert!(entered(&play).is_empty());
}

#[test]
fn nobody_is_put_into_a_segment_by_hand() {
    let mut play = Play::of(with(Filter::Purchases(1)));
    assert_eq!(play.refuses(Command::AddsToList(SEGMENT)), Refusal::Segment);
    assert_eq!(
        play.refuses(Command::RemovesFromList(SEGMENT)),
        Refusal::Segment
    );
}

#[test]
fn a_segment_lets_go_of_whom_it_does_not_fit_any_more() {
    let mut play = Play::of(with(Filter::Tag("vip".into())));
    play.does(Command::Tags("vip".into()));
    assert_eq!(play.lists(), [SEGMENT]);
    play.at("2027-02-01T00:00")
        .does(Command::Untags("vip".into()));
    assert!(play.lists().is_empty());
    assert_eq!(left(&play), [at("2027-02-01T00:00")]);
    play.does(Command::Tags("vip".into()));
    assert_eq!(entered(&play).len(), 2);
}

#[test]
fn whom_a_scenario_removes_stays_out_until_the_conditions_begin_anew() {
    let mut school = with(Filter::Tag("vip".into()));
    let remove = Action::RemoveFromList(SEGMENT);
    let entered_it = Some(Occasion::EnteredList(SEGMENT));
    let mut link = trigger(entered_it, &[remove]);
    link.wait = length("36h");
    school.scenarios.insert(SCENARIO, scenario(vec![link]));
    let mut play = Play::of(school);
    play.does(Command::Tags("vip".into()))
        .at("2027-01-02T11:59");
    assert_eq!(play.lists(), [SEGMENT]);
    play.at("2027-01-02T12:00");
    assert!(play.lists().is_empty());
    play.does(Command::LogsIn).pays().at("2027-02-01T00:00");
    assert!(
        play.lists().is_empty(),
        "the tag alone does not bring her back"
    );
    play.does(Command::Untags("vip".into()));
    play.does(Command::Tags("vip".into()));
    assert_eq!(play.lists(), [SEGMENT]);
}

#[test]
fn a_person_who_was_said_to_be_in_a_segment_is_until_it_fits_once() {
    let mut play = Play::empty(with(Filter::Tag("vip".into())), Assumptions::default());
    play.0.arrive(
        ANNA,
        Newcomer {
            lists: ids(&[SEGMENT, LIST]),
            ..Newcomer::default()
        },
    );
    play.does(Command::LogsIn);
    assert_eq!(play.lists(), [LIST, SEGMENT]);
    play.does(Command::Tags("vip".into()));
    play.does(Command::Untags("vip".into()));
    assert_eq!(play.lists(), [LIST]);
}

#[test]
fn segments_may_build_on_each_other() {
    let mut school = with(Filter::Tag("vip".into()));
    let outer = 39; // Looked at before the segment that it builds on.
    school.lists.insert(outer, segment(Filter::InList(SEGMENT)));
    let mut play = Play::of(school);
    play.does(Command::Tags("vip".into()));
    assert_eq!(play.lists(), [outer, SEGMENT]);
    play.does(Command::Untags("vip".into()));
    assert!(play.lists().is_empty());
}

#[test]
fn segments_that_contradict_each_other_come_to_rest() {
    let other = 42;
    let mut school = with(Filter::Not(Box::new(Filter::InList(other))));
    school.lists.insert(other, segment(Filter::InList(SEGMENT)));
    let mut play = Play::of(school);
    play.does(Command::LogsIn).at("2027-02-01T00:00");
    assert!(play.0.events().len() < 1_000, "it is cut off");
}
