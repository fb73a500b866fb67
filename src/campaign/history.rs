//! What happens in a history, as data: made from a seed, made smaller when it fails.

use std::collections::BTreeMap;

/// A history.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) seed: u64,
    pub(super) rounds: Vec<Round>,
}

/// Somebody edits, things go wrong, runs come and go.
#[derive(Clone, Debug)]
pub(super) struct Round {
    /// The configuration, from bytes.
    pub(super) project: Vec<u8>,
    pub(super) edits: Vec<Edit>,
    pub(super) mischief: BTreeMap<u32, Mischief>,
    pub(super) weather: Weather,
    pub(super) runs: Vec<Run>,
}

/// What the network and the platform are like.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weather {
    /// The longest way there or back.
    pub(super) latency_ms: u64,
    /// How old an object is before listings show it.
    pub(super) lag_ms: u64,
    /// Requests a minute.
    pub(super) limit: Option<u32>,
    /// How long every request is answered with 429, from the beginning.
    pub(super) storm_ms: u64,
}

/// Somebody works on the platform by hand: on which object, counted over all of them, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit {
    pub(super) object: u32,
    pub(super) how: Hand,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hand {
    /// A note in a field that nobody manages.
    Notes(u32),
    /// Taken out of use.
    Retires,
    /// Another title, price or content.
    Changes,
    Deletes,
    /// A new object of their own.
    Makes,
    /// The platform copies an offer for one client.
    Copies,
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mischief {
    /// No connection.
    Refused,
    /// Lost on the way there.
    LostBefore,
    /// Done, and the answer is lost.
    LostAfter,
    /// 5xx, and nothing is done.
    ErrorBefore,
    /// 5xx, and it is done.
    ErrorAfter,
    /// 429 in some form of `Retry-After`.
    Throttled(Wait),
    /// Half of the answer, and the connection ends.
    Truncated,
    /// Half of the answer, as if it were all.
    Garbled,
    /// A page for people.
    Wrong,
    Redirected,
    /// It takes much longer to arrive.
    Late,
}

/// The forms of `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wait {
    Seconds,
    Date,
    Absurd,
    Missing,
}

/// A run of the program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) is_plan: bool,
    /// How long after the others it begins.
    pub(super) after_ms: u64,
    pub(super) end: End,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    ByItself,
    /// SIGKILL when it has been polled so often: at some await.
    KilledAtPoll(u32),
    /// SIGKILL in the middle of an operation on the disk; what decides how far it comes.
    KilledAtDisk(u32, u64),
    /// The power goes.
    PowerLost(u32),
    /// SIGINT after so long.
    Interrupted(u64),
}

impl History {
    /// The history of a seed.
    pub(super) fn of(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let count = random.usize(1..=4);
        let mut project: Vec<u8> = Vec::new();
        let rounds = (0..count)
            .map(|number| {
                if number == 0 || random.u8(0..3) > 0 {
                    edit_project(&mut random, &mut project);
                }
                round(&mut random, &project, number == 0)
            })
            .collect();
        History { seed, rounds }
    }

    /// A run is killed in the middle of an operation on the disk; a plan reads the state, and then the
    /// power goes; another run follows.
    pub(super) fn of_a_plan_before_a_power_cut(operation: u32) -> Self {
        let seed = u64::from(operation);
        let mut random = fastrand::Rng::with_seed(seed);
        let mut project = Vec::new();
        edit_project(&mut random, &mut project);
        let run = |is_plan, end| Run {
            is_plan,
            after_ms: 0,
            end,
        };
        let round = |runs| Round {
            project: project.clone(),
            edits: Vec::new(),
            mischief: BTreeMap::new(),
            weather: Weather::default(),
            runs,
        };
        let killed = run(false, End::KilledAtDisk(operation, seed));
        let plan = run(true, End::PowerLost(random.u32(2..20)));
        let rounds = vec![round(vec![killed]), round(vec![plan])];
        History { seed, rounds }
    }

    /// Smaller histories, the smallest first.
    pub(super) fn smaller(&self) -> Vec<History> {
        let mut all = Vec::new();
        let mut with = |change: &dyn Fn(&mut History) -> bool| {
            let mut history = self.clone();
            if change(&mut history) {
                all.push(history);
            }
        };
        for at in 0..self.rounds.len() {
            with(&|history| {
                history.rounds.remove(at);
                !history.rounds.is_empty()
            });
        }
        for (at, round) in self.rounds.iter().enumerate() {
            let calm = Weather::default();
            with(&|history| {
                let round = &mut history.rounds[at];
                let changes = round.mischief.len() + round.edits.len() > 1;
                round.mischief.clear();
                round.edits.clear();
                changes
            });
            for run in 0..round.runs.len() {
                with(&|history| {
                    history.rounds[at].runs.remove(run);
                    !history.rounds[at].runs.is_empty()
                });
                with(&|history| {
                    let end = &mut history.rounds[at].runs[run].end;
                    std::mem::replace(end, End::ByItself) != End::ByItself
                });
            }
            for edit in 0..round.edits.len() {
                with(&|history| {
                    history.rounds[at].edits.remove(edit);
                    true
                });
            }
            for number in round.mischief.keys() {
                with(&|history| history.rounds[at].mischief.remove(number).is_some());
            }
            for change in [
                |weather: &mut Weather, calm: Weather| {
                    std::mem::replace(&mut weather.lag_ms, calm.lag_ms) != calm.lag_ms
                },
                |weather: &mut Weather, calm: Weather| {
                    std::mem::replace(&mut weather.storm_ms, calm.storm_ms) != calm.storm_ms
                },
                |weather: &mut Weather, calm: Weather| {
                    std::mem::replace(&mut weather.limit, calm.limit) != calm.limit
                },
            ] {
                with(&|history| change(&mut history.rounds[at].weather, calm));
            }
            let half = round.project.len() / 2;
            with(&|history| {
                history.rounds[at].project.truncate(half);
                round.project.len() > 2
            });
        }
        all
    }
}

/// Somebody edits the configuration: all of it, or a few places.
fn edit_project(random: &mut fastrand::Rng, project: &mut Vec<u8>) {
    if project.is_empty() || random.u8(0..3) == 0 {
        let length = random.usize(20..90);
        *project = std::iter::repeat_with(|| random.u8(..))
            .take(length)
            .collect();
        return;
    }
    for _ in 0..random.usize(1..5) {
        let at = random.usize(0..project.len());
        project[at] = random.u8(..);
    }
}

fn round(random: &mut fastrand::Rng, project: &[u8], is_first: bool) -> Round {
    let edits = match random.u8(0..3) {
        0 => random.usize(1..6),
        _ => usize::from(is_first),
    };
    let edits = (0..edits).map(|_| edit(random)).collect();
    let mischief = match random.u8(0..4) {
        0 => 0,
        1 => random.usize(1..3),
        2 => random.usize(1..8),
        _ => random.usize(1..25),
    };
    let mischief = (0..mischief)
        .map(|_| (random.u32(0..70), strike(random)))
        .collect();
    let weather = Weather {
        latency_ms: [1, 20, 300, 900][random.usize(0..4)],
        lag_ms: [0, 0, 500, 3_000][random.usize(0..4)],
        limit: (random.u8(0..6) == 0).then(|| random.u32(10..80)),
        storm_ms: match random.u8(0..8) {
            0 => random.u64(500..6_000),
            _ => 0,
        },
    };
    let count = match random.u8(0..12) {
        0 => random.usize(2..=16),
        1..=3 => 2,
        _ => 1,
    };
    let runs = (0..count).map(|number| run(random, number)).collect();
    Round {
        project: project.to_vec(),
        edits,
        mischief,
        weather,
        runs,
    }
}

fn edit(random: &mut fastrand::Rng) -> Edit {
    let how = match random.u8(0..10) {
        0..=3 => Hand::Notes(random.u32(..1000)),
        4 => Hand::Retires,
        5 | 6 => Hand::Changes,
        7 => Hand::Deletes,
        8 => Hand::Makes,
        _ => Hand::Copies,
    };
    Edit {
        object: random.u32(..1000),
        how,
    }
}

fn strike(random: &mut fastrand::Rng) -> Mischief {
    match random.u8(0..14) {
        0 => Mischief::Refused,
        1 | 2 => Mischief::LostBefore,
        3 | 4 => Mischief::LostAfter,
        5 => Mischief::ErrorBefore,
        6 => Mischief::ErrorAfter,
        7 => Mischief::Throttled(Wait::Seconds),
        8 => Mischief::Throttled([Wait::Date, Wait::Absurd, Wait::Missing][random.usize(0..3)]),
        9 => Mischief::Truncated,
        10 => Mischief::Garbled,
        11 => Mischief::Wrong,
        12 => Mischief::Redirected,
        _ => Mischief::Late,
    }
}

fn run(random: &mut fastrand::Rng, number: usize) -> Run {
    let end = match random.u8(0..10) {
        0..=3 => {
            let most = [20, 80, 250][random.usize(0..3)];
            End::KilledAtPoll(random.u32(1..most))
        }
        4 => End::KilledAtDisk(random.u32(0..60), random.u64(..)),
        5 => End::PowerLost(random.u32(1..120)),
        6 => End::Interrupted(random.u64(1..3_000)),
        _ => End::ByItself,
    };
    Run {
        is_plan: random.u8(0..8) == 0,
        after_ms: match number {
            0 => 0,
            _ => random.u64(0..2_000),
        },
        end,
    }
}
