//! Scenarios: events, waits, conditions, chains (S002, S004).

use super::*;

fn unpaid() -> Option<Occasion> {
    Some(Occasion::UnpaidOrder(OFFER))
}

fn not_bought() -> Option<Filter> {
    Some(Filter::Not(Box::new(Filter::Bought(OFFER))))
}

/// The chain of the article: after half an hour, who has not paid gets into the list and a letter;
/// a day later, out of the list.
fn win_back() -> Vec<Trigger> {
    let send = [Action::AddToList(LIST), Action::SendLetter(LETTER)];
    let first = Trigger {
        wait_before_if: length("30m"),
        condition: not_bought(),
        ..trigger(unpaid(), &send)
    };
    let second = Trigger {
        wait: length("24h"),
        ..trigger(None, &[Action::RemoveFromList(LIST)])
    };
    vec![first, second]
}

fn acting(triggers: Vec<Trigger>) -> School {
    let mut school = selling(offer("490.00 EUR"));
    school.courses.insert(COURSE, course(1, 3));
    school.lists.insert(LIST, static_list());
    school.scenarios.insert(SCENARIO, scenario(triggers));
    school
}

fn sent(play: &Play) -> Vec<Instant> {
    play.when(|what| *what == What::LetterSent { letter: LETTER })
}

#[test]
fn who_does_not_pay_is_written_to_and_loses_the_list_a_day_later() {
    let mut play = Play::of(acting(win_back()));
    play.opens().at("2027-01-01T00:29");
    assert!(play.lists().is_empty() && play.letters().is_empty());
    play.at("2027-01-01T00:30");
    assert_eq!(play.lists(), [LIST]);
    assert_eq!(play.letters(), [LETTER]);
    play.at("2027-01-02T00:29");
    assert_eq!(play.lists(), [LIST]);
    play.at("2027-01-02T00:30");
    assert!(play.lists().is_empty());
    assert_eq!(play.letters(), [LETTER]);
}

#[test]
fn the_list_comes_before_the_letter() {
    let mut play = Play::of(acting(win_back()));
    play.opens().at("2027-01-01T01:00");
    let order: Vec<bool> = play
        .0
        .events()
        .iter()
        .filter_map(|event| match event.what {
            What::Entered { .. } => Some(true),
            What::LetterSent { .. } => Some(false),
            _ => None,
        })
        .collect();
    assert_eq!(order, [true, false]);
}

#[test]
fn who_pays_during_the_wait_gets_nothing() {
    let mut play = Play::of(acting(win_back()));
    play.opens()
        .at("2027-01-01T00:29")
        .pays()
        .at("2027-02-01T00:00");
    assert!(play.lists().is_empty() && play.letters().is_empty());
    let asked = What::Asked {
        scenario: SCENARIO,
        trigger: 0,
        holds: false,
    };
    assert_eq!(play.when(|what| *what == asked), [at("2027-01-01T00:30")]);
}

#[test]
fn without_a_condition_a_payment_does_not_stop_the_chain() {
    let mut chain = win_back();
    chain[0].condition = None;
    let mut play = Play::of(acting(chain));
    play.opens().pays().at("2027-02-01T00:00");
    assert_eq!(sent(&play), [at("2027-01-01T00:30")]);
}

#[test]
fn the_condition_is_asked_after_the_first_wait_and_before_the_second() {
    let chain = |before: &str, after: &str| {
        vec![Trigger {
            wait_before_if: length(before),
            wait: length(after),
            condition: not_bought(),
            ..trigger(unpaid(), &[Action::SendLetter(LETTER)])
        }]
    };
    // Paid after the condition was asked: the letter goes all the same.
    let mut play = Play::of(acting(chain("10m", "20m")));
    play.opens()
        .at("2027-01-01T00:15")
        .pays()
        .at("2027-01-01T01:00");
    assert_eq!(sent(&play), [at("2027-01-01T00:30")]);
    let mut play = Play::of(acting(chain("20m", "10m")));
    play.opens()
        .at("2027-01-01T00:15")
        .pays()
        .at("2027-01-01T01:00");
    assert!(sent(&play).is_empty());
}

#[test]
fn every_visit_starts_the_chain_and_a_condition_can_prevent_it() {
    let mut play = Play::of(acting(win_back()));
    play.opens()
        .at("2027-01-01T00:10")
        .opens()
        .at("2027-01-01T02:00");
    assert_eq!(
        sent(&play),
        ["2027-01-01T00:30", "2027-01-01T00:40"].map(at)
    );
    let mut guarded = win_back();
    guarded[0].condition = Some(Filter::Not(Box::new(Filter::InList(LIST))));
    let mut play = Play::of(acting(guarded));
    play.opens()
        .at("2027-01-01T00:10")
        .opens()
        .at("2027-01-01T02:00");
    assert_eq!(sent(&play), [at("2027-01-01T00:30")]);
}

#[test]
fn each_client_has_a_time_of_their_own() {
    let mut play = Play::of(acting(win_back()));
    play.opens().at("2027-01-01T12:00");
    play.0.act(BORIS, Command::OpensOffer(OFFER)).unwrap();
    let boris = |play: &Play| play.0.person(BORIS).unwrap().lists.contains_key(&LIST);
    play.at("2027-01-02T00:30");
    assert!(play.lists().is_empty() && boris(&play));
    play.at("2027-01-02T12:30");
    assert!(!boris(&play));
    assert_eq!(sent(&play).len(), 1);
}

#[test]
fn without_a_second_trigger_nothing_ends() {
    let mut chain = win_back();
    chain.truncate(1);
    let mut play = Play::of(acting(chain));
    play.opens().at("2030-01-01T00:00");
    assert_eq!(play.lists(), [LIST]);
}

#[test]
fn scenarios_are_not_retroactive() {
    let mut school = acting(vec![trigger(
        Some(Occasion::EnteredList(SEGMENT)),
        &[Action::SendLetter(LETTER)],
    )]);
    school.lists.insert(SEGMENT, segment(Filter::Purchases(1)));
    let mut play = Play::empty(school, Assumptions::default());
    play.0.arrive(
        ANNA,
        Newcomer {
            bought: vec![(Buyable::Offer(OFFER), at("2026-01-01T00:00"))],
            ..Newcomer::default()
        },
    );
    play.0.arrive(BORIS, Newcomer::default());
    play.does(Command::LogsIn).at("2027-02-01T00:00");
    assert_eq!(play.lists(), [SEGMENT]);
    assert!(play.letters().is_empty());
    // Who comes into the list later hears of it.
    play.0.act(BORIS, pays(OFFER)).unwrap();
    assert_eq!(play.0.person(BORIS).unwrap().letters.len(), 1);
}

#[test]
fn a_segment_that_is_entered_starts_a_chain_at_once_or_after_its_wait() {
    for (wait, expected) in [("0m", "2027-01-01T00:00"), ("1d", "2027-01-02T00:00")] {
        let mut link = trigger(
            Some(Occasion::EnteredList(SEGMENT)),
            &[Action::SendLetter(LETTER)],
        );
        link.wait = length(wait);
        let mut school = acting(vec![link]);
        school.lists.insert(SEGMENT, segment(Filter::Purchases(1)));
        let mut play = Play::of(school);
        play.pays().at("2027-01-05T00:00");
        assert_eq!(sent(&play), [at(expected)]);
    }
}

#[test]
fn every_event_starts_what_waits_for_it() {
    let cases: [(Occasion, Vec<Command>); 5] = [
        (
            Occasion::UnpaidOrder(OFFER),
            vec![Command::OpensOffer(OFFER)],
        ),
        (Occasion::PaidOrder(OFFER), vec![pays(OFFER)]),
        (Occasion::EnteredList(LIST), vec![Command::AddsToList(LIST)]),
        (
            Occasion::CompletedLesson(COURSE, 12),
            vec![pays(OFFER), completes(12)],
        ),
        (
            Occasion::CompletedCourse(COURSE),
            vec![pays(OFFER), completes(11), completes(12), completes(13)],
        ),
    ];
    for (occasion, deeds) in cases {
        let school = acting(vec![trigger(Some(occasion), &[Action::SendLetter(LETTER)])]);
        let mut play = Play::of(school);
        let (last, before) = deeds.split_last().unwrap();
        for deed in before {
            play.does(deed.clone());
        }
        assert!(sent(&play).is_empty(), "{occasion:?}");
        play.does(last.clone());
        assert_eq!(sent(&play).len(), 1, "{occasion:?}");
    }
}

#[test]
fn events_of_other_objects_start_nothing() {
    let others = [
        Occasion::UnpaidOrder(DEARER),
        Occasion::PaidOrder(DEARER),
        Occasion::EnteredList(99),
        Occasion::CompletedLesson(COURSE, 13),
        Occasion::CompletedCourse(99),
        Occasion::Registered,
    ];
    let mut school = acting(Vec::new());
    for (number, occasion) in (100..).zip(others) {
        let link = trigger(Some(occasion), &[Action::SendLetter(LETTER)]);
        school.scenarios.insert(number, scenario(vec![link]));
    }
    let mut play = Play::of(school);
    play.pays()
        .does(completes(11))
        .does(Command::AddsToList(LIST));
    play.at("2028-01-01T00:00");
    assert!(sent(&play).is_empty());
}

#[test]
fn a_registration_in_the_future_is_an_event_then() {
    let school = acting(vec![trigger(
        Some(Occasion::Registered),
        &[Action::SendLetter(LETTER)],
    )]);
    let mut play = Play::empty(school, Assumptions::default());
    for (id, registered) in [(ANNA, "2027-03-01T10:00"), (BORIS, "2026-03-01T10:00")] {
        play.0.arrive(
            id,
            Newcomer {
                registered: Some(at(registered)),
                ..Newcomer::default()
            },
        );
    }
    play.at("2027-06-01T00:00");
    assert_eq!(sent(&play), [at("2027-03-01T10:00")]);
    assert!(play.0.person(BORIS).unwrap().letters.is_empty());
}

#[test]
fn who_is_away_long_enough_is_noticed_once_until_seen_again() {
    let away = Occasion::Inactive(length("30d"), None);
    let school = acting(vec![trigger(Some(away), &[Action::SendLetter(LETTER)])]);
    let mut play = Play::empty(school, Assumptions::default());
    let seen = |when| Newcomer {
        last_seen: Some(at(when)),
        ..Newcomer::default()
    };
    play.0.arrive(ANNA, seen("2026-12-20T00:00"));
    // Away for longer than that when the scenario began: it is not retroactive.
    play.0.arrive(BORIS, seen("2026-06-01T00:00"));
    play.at("2027-01-10T00:00").does(Command::LogsIn);
    play.at("2027-05-01T00:00");
    assert_eq!(sent(&play), [at("2027-02-09T00:00")]);
    play.does(Command::LogsIn).at("2027-12-01T00:00");
    assert_eq!(
        sent(&play),
        ["2027-02-09T00:00", "2027-05-31T00:00"].map(at)
    );
    assert!(play.0.person(BORIS).unwrap().letters.is_empty());
}

#[test]
fn who_is_away_from_a_course_is_noticed_from_access_on() {
    let away = Occasion::Inactive(length("10d"), Some(COURSE));
    let school = acting(vec![trigger(Some(away), &[Action::SendLetter(LETTER)])]);
    let mut play = Play::of(school);
    play.at("2027-02-01T00:00").pays();
    play.at("2027-02-05T00:00").does(completes(11));
    play.at("2027-02-10T00:00").does(Command::LogsIn);
    play.at("2027-06-01T00:00");
    assert_eq!(sent(&play), [at("2027-02-15T00:00")]);
}

#[test]
fn actions_award_points_and_extend_access() {
    let mut school = acting(vec![trigger(
        Some(Occasion::CompletedLesson(COURSE, 11)),
        &[
            Action::AwardPoints(COURSE, 50),
            Action::ExtendAccess(OFFER, length("7d")),
            Action::ExtendAccess(DEARER, length("7d")),
            Action::AwardPoints(COURSE, 5),
        ],
    )]);
    let sold = school.offers.get_mut(&OFFER).unwrap();
    sold.products = vec![product(Term::For(length("1mo")))];
    let mut play = Play::of(school);
    play.pays().does(completes(11));
    assert_eq!(play.anna().points.get(&COURSE), Some(&55));
    assert_eq!(play.ends(), [Some(at("2027-02-08T00:00"))]);
    let extended = What::AccessExtended {
        course: COURSE,
        ends: Some(at("2027-02-08T00:00")),
    };
    let by = play.0.events().iter().find(|event| event.what == extended);
    let link = By::Scenario {
        scenario: SCENARIO,
        trigger: 0,
    };
    assert_eq!(by.unwrap().by, link);
}

#[test]
fn chains_go_on_link_by_link() {
    let link = |wait: &str, letter| Trigger {
        wait: length(wait),
        ..trigger(None, &[Action::SendLetter(letter)])
    };
    let mut first = link("1d", 51);
    first.when = unpaid();
    let mut middle = link("2d", 52);
    middle.wait_before_if = length("12h");
    let mut play = Play::of(acting(vec![first, middle, link("0m", 53)]));
    play.opens().at("2027-02-01T00:00");
    let expected = [
        (at("2027-01-02T00:00"), 51),
        (at("2027-01-04T12:00"), 52),
        (at("2027-01-04T12:00"), 53),
    ];
    assert_eq!(play.anna().letters, expected);
}

#[test]
fn a_condition_that_does_not_hold_ends_the_chain_for_this_client() {
    let mut second = trigger(None, &[Action::SendLetter(52)]);
    second.condition = Some(Filter::Tag("vip".into()));
    let third = trigger(None, &[Action::SendLetter(53)]);
    let chain = vec![trigger(unpaid(), &[Action::SendLetter(51)]), second, third];
    let mut play = Play::of(acting(chain));
    play.0.act(BORIS, Command::Tags("vip".into())).unwrap();
    play.0.act(BORIS, Command::OpensOffer(OFFER)).unwrap();
    play.opens();
    assert_eq!(play.letters(), [51]);
    let of_boris = &play.0.person(BORIS).unwrap().letters;
    let of_boris: Vec<Id> = of_boris.iter().map(|(_, letter)| *letter).collect();
    assert_eq!(of_boris, [51, 52, 53]);
}

#[test]
fn a_trigger_without_an_action_stops_the_chain() {
    let chain = vec![
        trigger(unpaid(), &[]),
        trigger(None, &[Action::SendLetter(LETTER)]),
    ];
    let mut play = Play::of(acting(chain));
    play.opens().at("2027-02-01T00:00");
    assert!(play.letters().is_empty());
}

#[test]
fn a_paused_scenario_does_nothing() {
    let mut school = acting(win_back());
    school.scenarios.get_mut(&SCENARIO).unwrap().active = false;
    let mut play = Play::of(school);
    play.opens().at("2027-02-01T00:00");
    assert!(play.letters().is_empty() && play.lists().is_empty());
    assert!(
        play.when(|what| matches!(what, What::Started { .. }))
            .is_empty()
    );
}

#[test]
fn scenarios_start_each_other_through_lists() {
    let mut school = acting(vec![trigger(unpaid(), &[Action::AddToList(LIST)])]);
    let mut next = trigger(
        Some(Occasion::EnteredList(LIST)),
        &[Action::SendLetter(LETTER)],
    );
    next.wait = length("1h");
    school.scenarios.insert(61, scenario(vec![next]));
    let mut play = Play::of(school);
    play.opens().at("2027-01-01T01:00");
    assert_eq!(sent(&play), [at("2027-01-01T01:00")]);
    // Who is in the list already does not enter it again.
    play.opens().at("2027-01-02T00:00");
    assert_eq!(sent(&play).len(), 1);
}

#[test]
fn a_loop_without_a_wait_is_cut_off_and_said() {
    let feed = [Action::RemoveFromList(LIST), Action::AddToList(LIST)];
    let school = acting(vec![trigger(Some(Occasion::EnteredList(LIST)), &feed)]);
    let mut play = Play::of(school);
    play.does(Command::AddsToList(LIST));
    let said = play.0.events().iter().filter(|e| e.what == What::Runaway);
    assert_eq!(said.count(), 1);
    // The world goes on.
    play.at("2027-01-02T00:00").opens();
    assert_eq!(play.anna().orders.len(), 1);
}

#[test]
fn a_loop_with_a_wait_takes_its_time() {
    let feed = [Action::RemoveFromList(LIST), Action::AddToList(LIST)];
    let mut link = trigger(Some(Occasion::EnteredList(LIST)), &feed);
    link.wait = length("1d");
    let mut play = Play::of(acting(vec![link]));
    play.does(Command::AddsToList(LIST)).at("2027-01-11T00:00");
    let acted = play.when(|what| matches!(what, What::Acted { .. }));
    assert_eq!(acted.len(), 10);
    assert!(!play.0.events().iter().any(|e| e.what == What::Runaway));
}

#[test]
fn an_unpaid_order_made_by_staff_counts_and_a_paid_one_does_not() {
    let order = |paid| Command::CreatesOrder {
        offer: OFFER,
        price: None,
        paid,
    };
    let mut play = Play::of(acting(win_back()));
    play.does(order(true)).at("2027-02-01T00:00");
    assert!(sent(&play).is_empty());
    let mut play = Play::of(acting(win_back()));
    play.does(order(false)).at("2027-02-01T00:00");
    assert_eq!(sent(&play), [at("2027-01-01T00:30")]);
}

#[test]
fn the_same_world_makes_the_same_events() {
    let run = || {
        let mut play = Play::of(acting(win_back()));
        play.opens()
            .at("2027-01-01T00:20")
            .opens()
            .at("2027-01-03T00:00");
        play.0.events().to_vec()
    };
    assert_eq!(run(), run());
    // One step or many, it is the same.
    let mut play = Play::of(acting(win_back()));
    play.opens();
    for minute in 1..=20 {
        play.0
            .advance(at("2027-01-01T00:00") + chrono::TimeDelta::minutes(minute));
    }
    play.opens();
    for hour in 1..=48 {
        play.0
            .advance(at("2027-01-01T00:20") + chrono::TimeDelta::hours(hour));
    }
    assert_eq!(play.0.events(), run());
}
