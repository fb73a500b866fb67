//! A year of a school: 20 cohorts, 100 scenarios, 2,000 clients and twice and four times as many, from
//! the first order to the last letter.
//!
//! ```sh
//! cargo bench --bench school
//! ```
//!
//! The floor, measured in the same run: the same number of happenings put into a sorted queue, taken
//! out in the order of time and written down, with nothing decided about them.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise, uses the machine and prints its table"
)]

use bursar::domain::schedule::Opens;
use bursar::domain::world::{
    Action, Assumptions, Command, Content, Coupon, CouponPolicy, Course, Event, Filter, Id, Lesson,
    List, Module, Newcomer, Occasion, Offer, OfferLetters, Payment, Product, Scenario, Schedule,
    School, Term, Trigger, World,
};
use bursar::domain::zone::Zone;
use bursar::model::{Duration, Instant, parse_instant};
use std::collections::{BTreeMap, BTreeSet};

const COHORTS: Id = 20;
const MODULES: Id = 10;
const LESSONS: Id = 4;
const CLIENTS: Id = 2_000;
const YEAR_MINUTES: u64 = 365 * 24 * 60;

fn main() {
    println!("| clients | events | time | floor | ratio | an event | memory |");
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    for times in [1, 2, 4] {
        let clients = CLIENTS * times;
        let (time, world) = timed(|| year(clients));
        let events = world.events().len();
        let floor = (0..3)
            .map(|_| timed(|| bare(world.events())).0)
            .min()
            .unwrap();
        println!(
            "| {clients} | {events} | {:.2} s | {:.3} s | {:.1} | {:.1} µs | {} MiB |",
            time.as_secs_f64(),
            floor.as_secs_f64(),
            time.as_secs_f64() / floor.as_secs_f64().max(1e-9),
            time.as_secs_f64() * 1e6 / f64::from(u32::try_from(events).unwrap()),
            peak_mib(),
        );
    }
}

/// The processor's time: what else the machine does takes no part in it.
fn timed<T>(run: impl FnOnce() -> T) -> (std::time::Duration, T) {
    let start = cpu_time::ThreadTime::now();
    let out = run();
    (start.elapsed(), out)
}

/// The most memory that this process has held, which the largest run so far decides.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

/// The floor.
fn bare(events: &[Event]) -> usize {
    let mut queue = BTreeMap::new();
    // Not in the order in which they come out.
    for (number, event) in events.iter().enumerate() {
        let key = (
            event.at,
            number.wrapping_mul(0x9E37_79B9) % events.len(),
            number,
        );
        queue.insert(key, event);
    }
    let mut written = Vec::new();
    while let Some(((at, ..), event)) = queue.pop_first() {
        written.push(Event {
            at,
            ..event.clone()
        });
    }
    written.len()
}

fn begin() -> Instant {
    parse_instant("2027-01-01T00:00:00Z").unwrap()
}

fn after(minutes: u64) -> Instant {
    begin() + chrono::TimeDelta::minutes(i64::try_from(minutes).unwrap())
}

fn length(text: &str) -> Duration {
    text.parse().unwrap()
}

/// Everyone arrives, does what people do in a year, and the year ends.
fn year(clients: Id) -> World {
    let mut world = World::new(school(), Assumptions::default(), begin());
    for client in 1..=clients {
        world.arrive(client, Newcomer::default());
    }
    for (minute, client, command) in deeds(clients) {
        world.advance(after(minute));
        // Much is refused in a year: lessons that are not open yet, what is paid already.
        let _ = world.act(client, command);
    }
    world.advance(after(YEAR_MINUTES));
    world
}

/// What each client does, in the order of time: orders, of which some are paid, lessons, visits.
fn deeds(clients: Id) -> Vec<(u64, Id, Command)> {
    let mut draw = fastrand::Rng::with_seed(1);
    let mut deeds = Vec::new();
    for client in 1..=clients {
        for _ in 0..3 {
            let minute = draw.u64(..YEAR_MINUTES * 2 / 3);
            let offer = draw.i64(1..=2 * COHORTS);
            deeds.push((minute, client, Command::OpensOffer(offer)));
            if draw.u8(..10) >= 6 {
                continue;
            }
            let pays = Command::Pays {
                offer,
                coupon: None,
                order: None,
            };
            deeds.push((minute + draw.u64(1..3 * 24 * 60), client, pays));
            for _ in 0..12 {
                let lesson = draw.i64(0..MODULES) * 10 + draw.i64(0..LESSONS);
                let completes = Command::Completes {
                    course: (offer - 1) / 2 + 1,
                    lesson,
                };
                deeds.push((minute + draw.u64(..120 * 24 * 60), client, completes));
            }
        }
        for _ in 0..10 {
            deeds.push((draw.u64(..YEAR_MINUTES), client, Command::LogsIn));
        }
    }
    deeds.sort_by_key(|(minute, client, _)| (*minute, *client));
    deeds
}

fn school() -> School {
    let mut school = School::empty(Zone::get("Europe/Kyiv").unwrap());
    for cohort in 1..=COHORTS {
        school.courses.insert(cohort, course());
        for offer in [2 * cohort - 1, 2 * cohort] {
            school.offers.insert(offer, offer_of(cohort));
            school.lists.insert(offer, List { segment: None });
            school.coupons.insert(offer, coupon(offer));
            school.scenarios.insert(offer, win_back(offer));
            school.scenarios.insert(1_000 + offer, thanks(offer));
        }
        let segment = segment(cohort);
        school.lists.insert(
            2_000 + cohort,
            List {
                segment: Some(segment),
            },
        );
        school
            .scenarios
            .insert(2_000 + cohort, reward(2_000 + cohort));
    }
    assert_eq!(school.scenarios.len(), 100);
    school
}

fn course() -> Course {
    let module = |module: Id| Module {
        id: module,
        opens: None,
        lessons: (0..LESSONS)
            .map(|lesson| Lesson {
                id: module * 10 + lesson,
                opens: None,
                checkpoint: false,
            })
            .collect(),
    };
    Course {
        modules: (0..MODULES).map(module).collect(),
    }
}

/// A module a week, from a start of the cohort's own.
fn offer_of(cohort: Id) -> Offer {
    let week = |module: Id| {
        let days = u64::try_from(cohort * 15 + module * 7).unwrap();
        (module, Some(Opens::At(after(days * 24 * 60 + 600))))
    };
    Offer {
        published: true,
        price: Some("490.00 EUR".parse().unwrap()),
        promotion: None,
        payment: Payment {
            full: true,
            ..Payment::default()
        },
        opens: None,
        closes: None,
        products: vec![Product {
            course: cohort,
            access: Term::For(length("6mo")),
            content: Content::All,
            schedule: Schedule {
                modules: (0..MODULES).map(week).collect(),
                ..Schedule::default()
            },
        }],
        coupons: CouponPolicy::Any,
        renewal: None,
        letters: OfferLetters {
            purchased: Some(1),
            ..OfferLetters::default()
        },
    }
}

fn coupon(list: Id) -> Coupon {
    Coupon {
        active: true,
        discount: "10%".parse().unwrap(),
        ends: None,
        uses_total: None,
        uses_per_contact: Some(1),
        lists: BTreeSet::from([list]),
    }
}

fn link(when: Option<Occasion>, wait: &str, actions: Vec<Action>) -> Trigger {
    Trigger {
        when,
        wait_before_if: length("0m"),
        condition: None,
        wait: length(wait),
        actions,
    }
}

fn win_back(offer: Id) -> Scenario {
    let actions = vec![Action::AddToList(offer), Action::SendLetter(offer)];
    let mut first = link(Some(Occasion::UnpaidOrder(offer)), "0m", actions);
    first.wait_before_if = length("30m");
    first.condition = Some(Filter::All(vec![
        Filter::Not(Box::new(Filter::Bought(offer))),
        Filter::Not(Box::new(Filter::InList(offer))),
    ]));
    let second = link(None, "24h", vec![Action::RemoveFromList(offer)]);
    Scenario {
        active: true,
        triggers: vec![first, second],
    }
}

fn thanks(offer: Id) -> Scenario {
    let paid = Some(Occasion::PaidOrder(offer));
    Scenario {
        active: true,
        triggers: vec![
            link(paid, "1d", vec![Action::SendLetter(1_000 + offer)]),
            link(None, "7d", vec![Action::SendLetter(1_100 + offer)]),
        ],
    }
}

fn reward(list: Id) -> Scenario {
    let entered = Some(Occasion::EnteredList(list));
    Scenario {
        active: true,
        triggers: vec![link(entered, "1h", vec![Action::SendLetter(list)])],
    }
}

/// Every sort of condition, those that time alone changes among them.
fn segment(cohort: Id) -> Filter {
    match cohort % 5 {
        0 => Filter::Purchases(2),
        1 => Filter::All(vec![Filter::Access(cohort), Filter::Progress(cohort, 20)]),
        2 => Filter::All(vec![
            Filter::Purchases(1),
            Filter::Inactive(length("60d"), None),
        ]),
        3 => Filter::LastPurchaseMoreThan(length("90d")),
        _ => Filter::Any(vec![
            Filter::Bought(2 * cohort - 1),
            Filter::Bought(2 * cohort),
        ]),
    }
}
