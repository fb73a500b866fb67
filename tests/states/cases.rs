//! The cases that every place that keeps a state must pass, whatever keeps it.

use super::line::Line;
use bursar::model::{Address, Attributes, OpenIntent, RemoteId, Target, Value, parse_instant};
use bursar::state::{
    Effect, Holder, Intent, Journal, LocalState, RemoteState, Session, Start, State, StateError,
    Store, Unlocked,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;

/// A place, as machines with a folder each see it.
pub trait Place {
    /// The state of a project as the machine with this folder uses it.
    fn of(&self, machine: &Path, project: &str) -> State;

    /// What is kept, without bursar.
    async fn document(&self) -> Option<Vec<u8>>;

    /// Puts something else there, without bursar.
    async fn set_document(&self, text: &[u8]);

    fn on(&self, machine: &Path) -> State {
        self.of(machine, "school")
    }
}

/// A place that a line leads to.
pub trait Elsewhere: Place {
    fn line(&self) -> &Line;
}

/// The state of a project in a store, as the machine with this folder uses it.
pub fn in_store(store: Store, machine: &Path, project: &str) -> State {
    let copy = LocalState::open(machine, project, None);
    State::Remote(Box::new(RemoteState::new(store, copy)))
}

/// A test for each case that every place passes; `make` gives a new one.
macro_rules! place_cases {
    ($make:path) => {
        $crate::state_suite::cases::place_cases!($make =>
            what_one_machine_applies_another_reads,
            of_sixteen_lockers_one_wins_and_the_others_are_told_who,
            damage_anywhere_is_refused_and_nothing_is_overwritten,
            a_stale_plan_is_refused,
            entries_are_renamed_forgotten_and_recovered,
        );
    };
    ($make:path => $($case:ident,)*) => {
        $(#[tokio::test]
        async fn $case() {
            $crate::state_suite::cases::$case(&$make().await).await;
        })*
    };
}

/// A test for each case that every place elsewhere passes.
macro_rules! elsewhere_cases {
    ($make:path) => {
        $crate::state_suite::cases::place_cases!($make);
        $crate::state_suite::cases::place_cases!($make =>
            a_lock_is_taken_away_by_its_id_and_its_run_can_write_no_more,
            a_machine_that_vanishes_leaves_its_intents_to_the_next,
            a_state_that_cannot_be_saved_is_kept_and_saved_by_the_next_run,
            a_state_that_cannot_be_saved_is_recovered_elsewhere,
            lost_answers_do_no_harm,
            a_lock_whose_answers_are_all_lost_is_let_go,
            who_writes_in_between_is_not_overwritten,
            a_place_that_cannot_be_reached_is_told,
        );
    };
}

pub(crate) use {elsewhere_cases, place_cases};

pub fn holder(id: &str) -> Holder {
    let since = parse_instant("2026-09-01T08:00:00Z").unwrap();
    Holder::new(id, "ann", "desk", "apply", since)
}

pub fn offer(name: &str) -> Address {
    Address::new("offer", name)
}

fn attributes(title: &str) -> Attributes {
    Attributes::from_iter([("title".into(), Value::text(title))])
}

pub fn created(id: i64, title: &str) -> Effect {
    Effect::Created {
        id: RemoteId(id),
        attributes: attributes(title),
        outputs: BTreeMap::new(),
        protect: false,
        replaces: None,
        digest: None,
    }
}

pub fn announced(name: &str) -> OpenIntent {
    OpenIntent {
        address: offer(name),
        id: None,
        attributes: attributes(name),
        replaces: None,
    }
}

pub fn intent(step: u32, name: &str) -> Intent {
    Intent {
        step,
        address: offer(name),
        operation: "create".into(),
        id: None,
        attributes: attributes(name),
        replaces: None,
    }
}

fn start(session: &Session) -> Start {
    let snapshot = session.snapshot();
    Start {
        target: Target {
            provider: "sandbox".into(),
            url: "embedded".into(),
            account: "0123".into(),
        },
        lineage: snapshot.lineage.clone(),
        serial: snapshot.serial,
        new_lineage: "lineage-1".into(),
        plan: "digest".into(),
    }
}

pub async fn begin(session: &mut Session, names: &[&str]) -> Result<Journal, StateError> {
    let start = start(session);
    let names = names.iter().map(|name| announced(name)).collect();
    session.begin(start, names).await
}

/// A whole apply that makes one object. Gives the serial.
pub async fn apply(state: &State, run: &str, name: &str, id: i64) -> Result<u64, StateError> {
    let mut session = state.lock(&holder(run)).await?;
    let ended = async {
        let journal = begin(&mut session, &[name]).await?;
        journal.intent(intent(1, name)).await?;
        journal.done(1, offer(name), created(id, name)).await?;
        session.commit(journal, &BTreeSet::new()).await
    };
    let ended = ended.await;
    session.release().await?;
    ended
}

pub async fn what_one_machine_applies_another_reads(place: &impl Place) {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let fresh = place.on(one.path()).read().await.unwrap();
    assert_eq!((fresh.serial, fresh.lineage), (0, None));
    let first = apply(&place.on(one.path()), "run-1", "a", 1).await.unwrap();
    let second = apply(&place.on(two.path()), "run-2", "b", 2).await.unwrap();
    assert!(first > 0 && second > first, "{first} {second}");
    let read = place.on(one.path()).read().await.unwrap();
    assert_eq!(read.serial, second);
    assert_eq!(read.lineage.as_deref(), Some("lineage-1"));
    assert_eq!(read.base.objects[&offer("a")].id, RemoteId(1));
    assert_eq!(read.base.objects[&offer("b")].id, RemoteId(2));
    assert_eq!(read.base.open_intents, []);
}

pub async fn of_sixteen_lockers_one_wins_and_the_others_are_told_who(place: &impl Place) {
    let machines: Vec<TempDir> = (0..16).map(|_| TempDir::new().unwrap()).collect();
    let states: Vec<State> = machines.iter().map(|m| place.on(m.path())).collect();
    let tries = states
        .iter()
        .enumerate()
        .map(|(number, state)| async move { state.lock(&holder(&format!("run-{number}"))).await });
    let outcomes = futures_util::future::join_all(tries).await;
    let mut won = 0;
    for outcome in &outcomes {
        match outcome {
            Ok(_) => won += 1,
            Err(StateError::Locked {
                holder: Some(holder),
                ..
            }) => assert_eq!((&*holder.user, &*holder.host), ("ann", "desk")),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(won, 1);
}

pub async fn damage_anywhere_is_refused_and_nothing_is_overwritten(place: &impl Place) {
    let machine = TempDir::new().unwrap();
    let state = place.on(machine.path());
    apply(&state, "run-1", "a", 1).await.unwrap();
    let whole = place.document().await.unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        place.set_document(&damaged).await;
        let error = state.read().await.expect_err("read though damaged");
        assert!(
            matches!(
                error,
                StateError::Damaged { .. } | StateError::Version { .. }
            ),
            "byte {at}: {error}"
        );
    }
    for length in 1..whole.len() {
        place.set_document(&whole[..length]).await;
        assert!(state.read().await.is_err(), "cut at {length}");
    }
    place.set_document(&whole[..whole.len() / 2]).await;
    assert!(apply(&state, "run-2", "b", 2).await.is_err());
    assert_eq!(place.document().await.unwrap(), &whole[..whole.len() / 2]);
    // The refusal has let go of the lock, and another project's state is refused.
    place.set_document(&whole).await;
    let other = TempDir::new().unwrap();
    let error = place.of(other.path(), "other").read().await;
    assert!(matches!(error, Err(StateError::Foreign { .. })));
    apply(&state, "run-3", "b", 2).await.unwrap();
}

pub async fn a_stale_plan_is_refused(place: &impl Place) {
    let machine = TempDir::new().unwrap();
    let state = place.on(machine.path());
    apply(&state, "run-1", "a", 1).await.unwrap();
    let mut session = state.lock(&holder("run-2")).await.unwrap();
    for off in [0, session.snapshot().serial + 1] {
        let mut stale = start(&session);
        stale.serial = off;
        let begun = session.begin(stale, Vec::new()).await;
        assert!(matches!(begun, Err(StateError::Stale { .. })));
    }
    session.release().await.unwrap();
}

pub async fn entries_are_renamed_forgotten_and_recovered(place: &impl Place) {
    let machine = TempDir::new().unwrap();
    let state = place.on(machine.path());
    let before = apply(&state, "run-1", "a", 1).await.unwrap();
    let kept = place.document().await.unwrap();
    let mut session = state.lock(&holder("run-2")).await.unwrap();
    let forget = vec![(offer("a"), Effect::Forgotten)];
    assert_eq!(session.record(forget).await.unwrap(), before + 1);
    session.release().await.unwrap();
    assert!(state.read().await.unwrap().base.objects.is_empty());
    // Never backwards: the old content is a new version.
    let file = Path::new("kept.json");
    let serial = state.recover(file, &kept, &holder("run-3")).await.unwrap();
    assert_eq!(serial, before + 2);
    let read = state.read().await.unwrap();
    assert_eq!(read.serial, serial);
    assert_eq!(read.base.objects[&offer("a")].id, RemoteId(1));
    // A damaged one is recovered from; a damaged file is not.
    place.set_document(b"{}").await;
    assert!(state.recover(file, b"{}", &holder("run-4")).await.is_err());
    let again = state.recover(file, &kept, &holder("run-5")).await.unwrap();
    assert!(again > before);
    apply(&state, "run-6", "b", 2).await.unwrap();
}

pub async fn a_lock_is_taken_away_by_its_id_and_its_run_can_write_no_more(place: &impl Elsewhere) {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    apply(&place.on(one.path()), "run-0", "z", 9).await.unwrap();
    let mut lost = place.on(one.path()).lock(&holder("run-1")).await.unwrap();
    let journal = begin(&mut lost, &["a"]).await.unwrap();
    let second = place.on(two.path());
    let wrong = second.unlock("run-7", &holder("run-2")).await;
    let Err(StateError::NotTheLock { holder: found }) = wrong else {
        panic!("unlocked with a wrong id");
    };
    assert_eq!(found.id, "run-1");
    let freed = second.unlock("run-1", &holder("run-2")).await.unwrap();
    assert!(matches!(freed, Unlocked::Freed(from) if from.id == "run-1"));
    let free = second.unlock("run-1", &holder("run-2")).await.unwrap();
    assert!(matches!(free, Unlocked::WasFree));
    // The other run sees what the first one was about to do, and goes on.
    let session = second.lock(&holder("run-3")).await.unwrap();
    let open = &session.snapshot().base.open_intents;
    assert_eq!(open.as_slice(), [announced("a")]);
    session.release().await.unwrap();
    apply(&second, "run-4", "b", 2).await.unwrap();
    let present = place.document().await;
    // The first one wakes up.
    journal.intent(intent(1, "a")).await.unwrap();
    journal.done(1, offer("a"), created(1, "a")).await.unwrap();
    let error = lost
        .commit(journal, &BTreeSet::new())
        .await
        .expect_err("wrote without the lock");
    let StateError::NotSaved { copy, source } = &error else {
        panic!("{error}");
    };
    assert!(matches!(**source, StateError::Overtaken { .. }), "{source}");
    assert!(copy.exists());
    assert!(error.hint().contains("state recover"), "{}", error.hint());
    assert_eq!(place.document().await, present);
}

pub async fn a_machine_that_vanishes_leaves_its_intents_to_the_next(place: &impl Elsewhere) {
    let (gone, next) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut session = place.on(gone.path()).lock(&holder("run-1")).await.unwrap();
    let journal = begin(&mut session, &["a", "b"]).await.unwrap();
    journal.intent(intent(1, "a")).await.unwrap();
    drop((journal, session, gone));
    let state = place.on(next.path());
    state.unlock("run-1", &holder("run-2")).await.unwrap();
    let mut session = state.lock(&holder("run-2")).await.unwrap();
    let open = session.snapshot().base.open_intents.clone();
    assert_eq!(open, [announced("a"), announced("b")]);
    // What has been looked up is settled, and what was not done stays open.
    let journal = begin(&mut session, &[]).await.unwrap();
    session
        .commit(journal, &BTreeSet::from([offer("b")]))
        .await
        .unwrap();
    session.release().await.unwrap();
    let read = state.read().await.unwrap();
    assert_eq!(read.base.open_intents, [announced("b")]);
}

/// A run that has done its work, cut off from the place before it can say so: where it kept what it
/// could not save.
async fn cut_off(place: &impl Elsewhere, state: &State) -> std::path::PathBuf {
    let mut session = state.lock(&holder("run-1")).await.unwrap();
    let journal = begin(&mut session, &["a"]).await.unwrap();
    journal.intent(intent(1, "a")).await.unwrap();
    journal.done(1, offer("a"), created(1, "a")).await.unwrap();
    place.line().cut();
    let error = session.commit(journal, &BTreeSet::new()).await;
    let Err(StateError::NotSaved { copy, source }) = error else {
        panic!("saved without a line");
    };
    assert!(
        matches!(*source, StateError::Unreachable { .. }),
        "{source}"
    );
    place.line().mend();
    session.release().await.unwrap();
    copy
}

pub async fn a_state_that_cannot_be_saved_is_kept_and_saved_by_the_next_run(
    place: &impl Elsewhere,
) {
    let machine = TempDir::new().unwrap();
    let state = place.on(machine.path());
    cut_off(place, &state).await;
    apply(&state, "run-2", "b", 2).await.unwrap();
    let read = state.read().await.unwrap();
    assert_eq!(read.base.objects[&offer("a")].id, RemoteId(1));
    assert_eq!(read.base.objects[&offer("b")].id, RemoteId(2));
    assert_eq!(read.base.open_intents, []);
}

pub async fn a_state_that_cannot_be_saved_is_recovered_elsewhere(place: &impl Elsewhere) {
    let (first, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let state = place.on(first.path());
    let copy = cut_off(place, &state).await;
    let kept = std::fs::read(&copy).unwrap();
    let recovered = place.on(other.path());
    recovered
        .recover(&copy, &kept, &holder("run-2"))
        .await
        .unwrap();
    let read = recovered.read().await.unwrap();
    assert_eq!(read.base.objects[&offer("a")].id, RemoteId(1));
    // The journal that is left on the first machine is history now, and kept as such.
    apply(&state, "run-3", "b", 2).await.unwrap();
    assert_eq!(state.read().await.unwrap().base.objects.len(), 2);
    let aside: Vec<String> = std::fs::read_dir(first.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("overtaken-"))
        .collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
}

pub async fn lost_answers_do_no_harm(place: &impl Elsewhere) {
    let machine = TempDir::new().unwrap();
    let state = place.on(machine.path());
    // Of a lock: it was taken.
    place.line().lose("run-1", 1);
    let first = apply(&state, "run-1", "a", 1).await.unwrap();
    // Of a write: each is found to have happened, once.
    place.line().lose("lineage-1", 2);
    let second = apply(&state, "run-2", "b", 2).await.unwrap();
    assert_eq!(second, first + 2);
    place.line().mend();
    let read = state.read().await.unwrap();
    assert_eq!(read.serial, second);
    assert_eq!(read.base.objects.len(), 2);
    apply(&place.on(machine.path()), "run-3", "c", 3)
        .await
        .unwrap();
}

pub async fn a_lock_whose_answers_are_all_lost_is_let_go(place: &impl Elsewhere) {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    apply(&place.on(one.path()), "run-0", "z", 9).await.unwrap();
    place.line().lose("run-1", usize::MAX);
    let locked = place.on(one.path()).lock(&holder("run-1")).await.map(drop);
    assert!(
        matches!(locked, Err(StateError::Unreachable { .. })),
        "{locked:?}"
    );
    place.line().mend();
    apply(&place.on(two.path()), "run-2", "b", 2).await.unwrap();
}

pub async fn who_writes_in_between_is_not_overwritten(place: &impl Elsewhere) {
    let machine = TempDir::new().unwrap();
    let state = place.on(machine.path());
    apply(&state, "run-1", "a", 1).await.unwrap();
    let mut session = state.lock(&holder("run-2")).await.unwrap();
    // The same text with other spaces: whoever wrote it did not ask for the lock.
    let mut other = place.document().await.unwrap();
    other.push(b'\n');
    place.set_document(&other).await;
    let begun = begin(&mut session, &["b"]).await.map(drop);
    assert!(
        matches!(begun, Err(StateError::Overtaken { .. })),
        "{begun:?}"
    );
    session.release().await.unwrap();
    assert_eq!(place.document().await.unwrap(), other);
}

pub async fn a_place_that_cannot_be_reached_is_told(place: &impl Elsewhere) {
    let machine = TempDir::new().unwrap();
    let state = place.on(machine.path());
    place.line().cut();
    let read = state.read().await.map(drop);
    assert!(
        matches!(read, Err(StateError::Unreachable { .. })),
        "{read:?}"
    );
    let locked = state.lock(&holder("run-1")).await.map(drop);
    assert!(
        matches!(locked, Err(StateError::Unreachable { .. })),
        "{locked:?}"
    );
    place.line().mend();
    apply(&state, "run-2", "a", 1).await.unwrap();
}
