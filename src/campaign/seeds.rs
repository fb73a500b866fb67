//! Seeds by the thousand, and planted faults one by one.

use super::history::History;
use super::live::{Verdict, live, live_and_tell};
use super::violation::{Planted, Violation};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Histories in each `cargo test`.
const SEEDS: u64 = 2_000;
/// Where a planted fault must be noticed at the latest.
const SEEDS_TO_NOTICE: u64 = 300;
/// How often a failing history is tried smaller.
const SHRINKS: usize = 400;

#[test]
fn the_invariants_hold_in_every_history() {
    if let Some(seed) = number("BURSAR_SEED") {
        let history = History::of(seed);
        let verdict = live_and_tell(&history, None, true);
        println!(
            "{history:#?}\n{}\n{:#?}",
            verdict.told.join("\n"),
            verdict.counts
        );
        complain(&history, &verdict);
        return;
    }
    let first = number("BURSAR_FIRST_SEED").unwrap_or(0);
    let end = first + number("BURSAR_SEEDS").unwrap_or(SEEDS);
    let next = AtomicU64::new(first);
    let counts: Mutex<BTreeMap<&'static str, u64>> = Mutex::default();
    let failed: Mutex<Option<u64>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let has_failed = failed
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .is_some();
                    if seed >= end || has_failed {
                        break;
                    }
                    let verdict = live(&History::of(seed), None);
                    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
                    *counts.entry("histories").or_default() += 1;
                    for (what, count) in &verdict.counts {
                        *counts.entry(what).or_default() += count;
                    }
                    drop(counts);
                    if !verdict.violations.is_empty() {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(seed);
                    }
                }
            });
        }
    });
    let failed = *failed.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(seed) = failed {
        let history = History::of(seed);
        complain(&history, &live(&history, None));
    }
    let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (what, count) in &counts {
        println!("{count:>9} {what}");
    }
    // A campaign in which nothing goes wrong shows nothing.
    for what in [
        "runs that were killed",
        "power cuts",
        "lost after the effect",
        "applies that were locked out",
        "429 in a storm",
        "applies that ended partly",
    ] {
        assert!(counts.contains_key(what), "{what}: never");
    }
}

/// What earlier and longer runs have found: `docs/reliability.md` says what each of them was.
#[test]
fn what_was_found_holds() {
    const FOUND: [u64; 24] = [
        812, 7966, 18002, 32041, 39021, 42639, 48748, 52678, 57023, 61896, 83273, 88577, 94661,
        99521, 101_162, 106_710, 111_652, 133_206, 145_687, 155_294, 160_073, 187_915, 194_815,
        198_369,
    ];
    for seed in FOUND {
        let history = History::of(seed);
        let verdict = live(&history, None);
        if !verdict.violations.is_empty() {
            complain(&history, &verdict);
        }
    }
}

#[test]
fn a_seed_is_a_history() {
    for seed in [1, 2, 3, 40, 41, 42] {
        let history = History::of(seed);
        let (one, two) = (live(&history, None), live(&history, None));
        assert_eq!(one.counts, two.counts, "seed {seed}");
        assert_eq!(one.picture, two.picture, "seed {seed}");
    }
}

/// A planted fault is noticed, as the violation that it is.
#[track_caller]
fn notices(planted: Planted, expected: Violation) {
    for seed in 0..SEEDS_TO_NOTICE {
        let verdict = live(&History::of(seed), Some(planted));
        if verdict
            .violations
            .iter()
            .any(|found| found.is_like(&expected))
        {
            return;
        }
    }
    panic!("{planted:?} was not noticed in {SEEDS_TO_NOTICE} histories");
}

fn any() -> String {
    String::new()
}

#[test]
fn a_creation_that_is_sent_twice_is_noticed() {
    notices(Planted::SendsTwice, Violation::Twice(any()));
}

#[test]
fn a_write_outside_of_the_plan_is_noticed() {
    notices(Planted::WritesMore, Violation::OutsideThePlan(any()));
}

#[test]
fn a_write_to_what_is_not_ours_is_noticed() {
    notices(Planted::WritesToStrangers, Violation::NotOwned(any()));
}

#[test]
fn a_removal_that_was_not_shown_is_noticed() {
    notices(Planted::RemovesInstead, Violation::UnshownRemoval(any()));
}

#[test]
fn a_plan_that_does_not_come_to_an_end_is_noticed() {
    notices(Planted::LosesChanges, Violation::NotConverged(any()));
}

#[test]
fn a_state_that_goes_back_is_noticed() {
    notices(Planted::StateGoesBack, Violation::State(any()));
}

#[test]
fn a_state_that_rots_is_noticed() {
    notices(Planted::StateRots, Violation::State(any()));
}

#[test]
fn a_write_without_an_intent_on_the_disk_is_noticed() {
    notices(Planted::SyncDoesNothing, Violation::NoIntent(any()));
}

#[test]
fn a_plan_that_writes_is_noticed() {
    notices(Planted::PlanWrites, Violation::ReadOnly(any()));
}

#[test]
fn what_acts_before_what_it_refers_to_is_noticed() {
    notices(Planted::ActsAtOnce, Violation::ActsTooSoon(any()));
}

#[test]
fn a_field_of_other_people_that_changes_is_noticed() {
    notices(Planted::WipesNotes, Violation::Unmanaged(any()));
}

#[test]
fn two_writers_are_noticed() {
    notices(Planted::LockKeepsNobodyOut, Violation::TwoWriters(any()));
}

#[test]
fn a_request_before_it_is_allowed_is_noticed() {
    notices(Planted::Impatient, Violation::TooSoon(any()));
}

#[test]
fn a_run_that_does_not_wait_for_what_may_be_under_way_is_noticed() {
    notices(Planted::DoesNotWait, Violation::Twice(any()));
}

#[test]
fn a_run_that_believes_listings_is_noticed() {
    notices(Planted::BelievesListings, Violation::Twice(any()));
}

/// A run is killed while it writes its journal, and a plan reads what it left before the power goes:
/// too rare a meeting to wait for.
#[test]
fn a_version_that_a_power_cut_takes_back_is_noticed() {
    let noticed = |planted| {
        (0..100).any(|operation| {
            let history = History::of_a_plan_before_a_power_cut(operation);
            let verdict = live(&history, planted);
            let like = Violation::TwoOfOneVersion(any());
            verdict.violations.iter().any(|found| found.is_like(&like))
        })
    };
    assert!(noticed(Some(Planted::BelievesUnsynced)));
    assert!(!noticed(None));
}

/// Stops the test with the smallest history that still fails.
#[track_caller]
fn complain(history: &History, verdict: &Verdict) {
    let Some(first) = verdict.violations.first() else {
        return;
    };
    let mut smallest = history.clone();
    let mut tries = SHRINKS;
    'shrinking: loop {
        for smaller in smallest.smaller() {
            if tries == 0 {
                break 'shrinking;
            }
            tries -= 1;
            let verdict = live(&smaller, None);
            if verdict.violations.iter().any(|found| found.is_like(first)) {
                smallest = smaller;
                continue 'shrinking;
            }
        }
        break;
    }
    let told = live_and_tell(&smallest, None, true);
    panic!(
        "seed {seed}: {:#?}\nthe smallest history that fails: {:#?}\n{}\nends with {:#?}\nreplay it: BURSAR_SEED={seed} cargo test --lib campaign",
        verdict.violations,
        smallest.rounds,
        told.told.join("\n"),
        told.violations,
        seed = history.seed,
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "a person asks for a seed through the environment"
)]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
