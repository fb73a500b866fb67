//! One suite for every place that keeps a state, and what a server may do to the protocol.

pub mod server;

use bursar::model::{Address, Attributes, OpenIntent, RemoteId, Target, Value, parse_instant};
use bursar::state::{
    Effect, Holder, HttpAddresses, HttpStore, Intent, Journal, LocalState, RemoteState, Session,
    Start, State, StateError, Store, Unlocked,
};
use server::{Mood, Server};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A place, as machines with a folder each see it.
enum Place {
    Local(TempDir),
    Http(Server),
}

impl Place {
    async fn all() -> Vec<Place> {
        vec![
            Place::Local(TempDir::new().unwrap()),
            Place::Http(Server::start().await),
        ]
    }

    /// The state as the machine with this folder uses it.
    fn on(&self, machine: &Path) -> State {
        self.of(machine, "school")
    }

    fn of(&self, machine: &Path, project: &str) -> State {
        match self {
            Place::Local(folder) => State::Local(LocalState::open(folder.path(), project, None)),
            Place::Http(server) => State::Remote(Box::new(RemoteState::new(
                Store::Http(store(&server.address())),
                LocalState::open(machine, project, None),
            ))),
        }
    }

    fn document(&self) -> Option<Vec<u8>> {
        match self {
            Place::Local(folder) => std::fs::read(folder.path().join("state.json")).ok(),
            Place::Http(server) => server.document(),
        }
    }

    fn set_document(&self, text: &[u8]) {
        match self {
            Place::Local(folder) => {
                let path = folder.path().join("state.json");
                let _ = std::fs::remove_file(&path);
                std::fs::write(path, text).unwrap();
            }
            Place::Http(server) => server.set_document(text),
        }
    }
}

fn store(address: &str) -> HttpStore {
    let addresses = HttpAddresses {
        address: address.to_owned(),
        ..HttpAddresses::default()
    };
    HttpStore::new(&addresses, None)
        .unwrap()
        .with_pause(Duration::from_millis(1))
}

fn holder(id: &str) -> Holder {
    let since = parse_instant("2026-09-01T08:00:00Z").unwrap();
    Holder::new(id, "ann", "desk", "apply", since)
}

fn offer(name: &str) -> Address {
    Address::new("offer", name)
}

fn attributes(title: &str) -> Attributes {
    Attributes::from_iter([("title".into(), Value::text(title))])
}

fn created(id: i64, title: &str) -> Effect {
    Effect::Created {
        id: RemoteId(id),
        attributes: attributes(title),
        outputs: BTreeMap::new(),
        protect: false,
        replaces: None,
        digest: None,
    }
}

fn announced(name: &str) -> OpenIntent {
    OpenIntent {
        address: offer(name),
        id: None,
        attributes: attributes(name),
        replaces: None,
    }
}

fn intent(step: u32, name: &str) -> Intent {
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

async fn begin(session: &mut Session, names: &[&str]) -> Result<Journal, StateError> {
    let start = start(session);
    let names = names.iter().map(|name| announced(name)).collect();
    session.begin(start, names).await
}

/// A whole apply that makes one object. Gives the serial.
async fn apply(state: &State, run: &str, name: &str, id: i64) -> Result<u64, StateError> {
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

#[tokio::test]
async fn what_one_machine_applies_another_reads() {
    for place in Place::all().await {
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
}

#[tokio::test]
async fn of_sixteen_lockers_one_wins_and_the_others_are_told_who() {
    for place in Place::all().await {
        let machines: Vec<TempDir> = (0..16).map(|_| TempDir::new().unwrap()).collect();
        let states: Vec<State> = machines.iter().map(|m| place.on(m.path())).collect();
        let tries = states.iter().enumerate().map(|(number, state)| async move {
            state.lock(&holder(&format!("run-{number}"))).await
        });
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
}

#[tokio::test]
async fn damage_anywhere_is_refused_and_nothing_is_overwritten() {
    for place in Place::all().await {
        let machine = TempDir::new().unwrap();
        let state = place.on(machine.path());
        apply(&state, "run-1", "a", 1).await.unwrap();
        let whole = place.document().unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            place.set_document(&damaged);
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
            place.set_document(&whole[..length]);
            assert!(state.read().await.is_err(), "cut at {length}");
        }
        place.set_document(&whole[..whole.len() / 2]);
        assert!(apply(&state, "run-2", "b", 2).await.is_err());
        assert_eq!(place.document().unwrap(), &whole[..whole.len() / 2]);
        // The refusal has let go of the lock, and another project's state is refused.
        place.set_document(&whole);
        let other = TempDir::new().unwrap();
        let error = place.of(other.path(), "other").read().await;
        assert!(matches!(error, Err(StateError::Foreign { .. })));
        apply(&state, "run-3", "b", 2).await.unwrap();
    }
}

#[tokio::test]
async fn a_stale_plan_is_refused() {
    for place in Place::all().await {
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
}

#[tokio::test]
async fn entries_are_renamed_forgotten_and_recovered() {
    for place in Place::all().await {
        let machine = TempDir::new().unwrap();
        let state = place.on(machine.path());
        let before = apply(&state, "run-1", "a", 1).await.unwrap();
        let kept = place.document().unwrap();
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
        place.set_document(b"{}");
        assert!(state.recover(file, b"{}", &holder("run-4")).await.is_err());
        let again = state.recover(file, &kept, &holder("run-5")).await.unwrap();
        assert!(again > before);
        apply(&state, "run-6", "b", 2).await.unwrap();
    }
}

#[tokio::test]
async fn a_lock_is_taken_away_by_its_id_and_its_run_can_write_no_more() {
    let place = Place::Http(Server::start().await);
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
    let present = place.document();
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
    assert_eq!(place.document(), present);
}

#[tokio::test]
async fn a_lock_is_taken_away_where_nobody_is_named() {
    let server = Server::start().await;
    let place = Place::Http(server.clone());
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let held = place.on(one.path()).lock(&holder("run-1")).await.unwrap();
    server.turn(Mood::NamesNobody);
    let second = place.on(two.path());
    let locked = second.lock(&holder("run-2")).await.map(drop);
    assert!(matches!(
        locked,
        Err(StateError::Locked { holder: None, .. })
    ));
    // The server judges the id.
    assert!(second.unlock("run-7", &holder("run-2")).await.is_err());
    let freed = second.unlock("run-1", &holder("run-2")).await.unwrap();
    assert!(matches!(freed, Unlocked::FreedUnnamed));
    second.lock(&holder("run-2")).await.unwrap();
    drop(held);
}

#[tokio::test]
async fn a_machine_that_vanishes_leaves_its_intents_to_the_next() {
    let place = Place::Http(Server::start().await);
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

#[tokio::test]
async fn a_state_that_cannot_be_saved_is_kept_and_saved_by_the_next_run() {
    let server = Server::start().await;
    let place = Place::Http(server.clone());
    let machine = TempDir::new().unwrap();
    let state = place.on(machine.path());
    let mut session = state.lock(&holder("run-1")).await.unwrap();
    let journal = begin(&mut session, &["a"]).await.unwrap();
    journal.intent(intent(1, "a")).await.unwrap();
    journal.done(1, offer("a"), created(1, "a")).await.unwrap();
    server.turn(Mood::Fails);
    let error = session.commit(journal, &BTreeSet::new()).await;
    let Err(StateError::NotSaved { copy, .. }) = error else {
        panic!("saved on a server that fails");
    };
    server.turn(Mood::Works);
    session.release().await.unwrap();
    // By the command that was named, on any machine …
    let kept = std::fs::read(&copy).unwrap();
    let other = TempDir::new().unwrap();
    let recovered = place.on(other.path());
    recovered
        .recover(&copy, &kept, &holder("run-2"))
        .await
        .unwrap();
    let read = recovered.read().await.unwrap();
    assert_eq!(read.base.objects[&offer("a")].id, RemoteId(1));
    // … after which the journal that is left on the first one is history.
    apply(&state, "run-3", "b", 2).await.unwrap();
    assert_eq!(state.read().await.unwrap().base.objects.len(), 2);
}

#[tokio::test]
async fn what_a_server_may_answer() {
    let server = Server::start().await;
    let place = Place::Http(server.clone());
    let machine = TempDir::new().unwrap();
    let state = place.on(machine.path());
    apply(&state, "run-1", "a", 1).await.unwrap();
    for (mood, expected) in [
        (Mood::Fails, "cannot be used"),
        (Mood::Unauthorized, "credentials"),
        (Mood::Redirects, "redirect"),
    ] {
        server.turn(mood);
        let error = state.read().await.expect_err("read all the same");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(apply(&state, "run-2", "b", 2).await.is_err());
    }
    assert_eq!(server.redirected(), 0, "the redirect was followed");
    // Three in a row are outlived; a write whose answer is lost is found to have happened.
    server.turn(Mood::FailsTimes(3));
    assert_eq!(state.read().await.unwrap().base.objects.len(), 1);
    server.turn(Mood::LosesAnswersOfWrites);
    apply(&state, "run-3", "b", 2).await.unwrap();
    server.turn(Mood::Works);
    assert_eq!(state.read().await.unwrap().base.objects.len(), 2);
}

#[test]
fn addresses_are_safe_and_never_quoted() {
    for address in [
        "http://state.example/x",
        "ftp://state.example/x",
        "https://ann:s3cret@state.example/x",
        "s3cret",
    ] {
        let addresses = HttpAddresses {
            address: address.to_owned(),
            ..HttpAddresses::default()
        };
        let error = HttpStore::new(&addresses, None).unwrap_err();
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}
