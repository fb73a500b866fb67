//! The state in a folder, as runs and crashes leave it.

#![expect(clippy::disallowed_methods, reason = "damage is done to files by hand")]

use super::{Effect, Holder, Intent, Journal, LocalState, Locked, Snapshot, Start, StateError};
use crate::model::{Address, Attributes, BaseState, Deposed, RemoteId, Target, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Writes a new file: file systems take their time over one that is written in place.
fn put(path: &Path, text: impl AsRef<[u8]>) {
    let _ = fs::remove_file(path);
    fs::write(path, text).unwrap();
}

fn target() -> Target {
    Target {
        provider: "sandbox".into(),
        url: "embedded".into(),
        account: "0123".into(),
    }
}

fn state(folder: &TempDir) -> LocalState {
    LocalState::open(folder.path(), "school", None)
}

fn holder() -> Holder {
    let since = crate::model::parse_instant("2026-09-01T08:00:00Z").unwrap();
    Holder::new("run-1", "ann", "desk", "apply", since)
}

fn lock(folder: &TempDir) -> Locked {
    state(folder).lock(&holder()).unwrap()
}

fn begin(locked: &mut Locked) -> Journal {
    let snapshot = locked.snapshot();
    let start = Start {
        target: target(),
        lineage: snapshot.lineage.clone(),
        serial: snapshot.serial,
        new_lineage: "lineage-1".into(),
        plan: "digest".into(),
    };
    locked.begin(start).unwrap()
}

fn offer(name: &str) -> Address {
    Address::new("offer", name)
}

fn attributes(title: &str) -> Attributes {
    Attributes::from_iter([
        ("title".into(), Value::text(title)),
        ("coupon_ids".into(), Value::List(vec![Value::Int(3)])),
    ])
}

fn created(id: i64, title: &str, replaces: Option<i64>) -> Effect {
    Effect::Created {
        id: RemoteId(id),
        attributes: attributes(title),
        outputs: BTreeMap::from([("url".into(), format!("https://x/{id}"))]),
        protect: id == 2,
        replaces: replaces.map(RemoteId),
        digest: Some("d1".into()),
    }
}

fn intent(step: u32, name: &str, id: Option<i64>) -> Intent {
    Intent {
        step,
        address: offer(name),
        operation: "create".into(),
        id: id.map(RemoteId),
        attributes: attributes(name),
        replaces: None,
    }
}

/// The records of a run: three creations, one of them a replacement, one left open, one failed.
async fn run(journal: &Journal) {
    journal.intent(intent(1, "a", None)).await.unwrap();
    journal.intent(intent(2, "b", None)).await.unwrap();
    journal
        .done(1, offer("a"), created(1, "a", None))
        .await
        .unwrap();
    journal
        .done(2, offer("b"), created(2, "b", None))
        .await
        .unwrap();
    journal.intent(intent(3, "a", None)).await.unwrap();
    journal
        .done(3, offer("a"), created(4, "a", Some(1)))
        .await
        .unwrap();
    journal.intent(intent(4, "c", None)).await.unwrap();
    journal.intent(intent(5, "d", None)).await.unwrap();
    journal
        .failed(5, offer("d"), false, "refused")
        .await
        .unwrap();
    journal.intent(intent(6, "e", Some(9))).await.unwrap();
    journal.failed(6, offer("e"), true, "cut").await.unwrap();
    journal
        .done(7, offer("b"), Effect::Forgotten)
        .await
        .unwrap();
}

fn all() -> BTreeSet<Address> {
    ["a", "b", "c", "d", "e"].into_iter().map(offer).collect()
}

async fn committed(folder: &TempDir) -> Snapshot {
    let mut locked = lock(folder);
    let journal = begin(&mut locked);
    run(&journal).await;
    locked.commit(journal, &all()).unwrap();
    locked.snapshot().clone()
}

fn open_names(base: &BaseState) -> Vec<String> {
    base.open_intents
        .iter()
        .map(|intent| intent.address.name.to_string())
        .collect()
}

#[tokio::test]
async fn what_was_committed_is_read() {
    let folder = TempDir::new().unwrap();
    let fresh = state(&folder).read().unwrap();
    assert_eq!((fresh.serial, fresh.lineage), (0, None));
    let written = committed(&folder).await;
    let read = state(&folder).read().unwrap();
    assert_eq!(read, written);
    assert_eq!(read.serial, 1);
    assert_eq!(read.lineage.as_deref(), Some("lineage-1"));
    assert_eq!(read.target, Some(target()));
    assert_eq!(read.base.objects.len(), 1);
    let a = &read.base.objects[&offer("a")];
    assert_eq!(a.id, RemoteId(4));
    assert_eq!(a.attributes, attributes("a"));
    assert_eq!(a.deposed, [Deposed { id: RemoteId(1) }]);
    assert_eq!(open_names(&read.base), ["c", "e"]);
    assert!(!read.journal_open);
    assert!(!folder.path().join("journal.jsonl").exists());
    assert_eq!(read.digests[&offer("a")], "d1");
}

#[tokio::test]
async fn open_intents_are_settled_by_the_next_apply() {
    let folder = TempDir::new().unwrap();
    committed(&folder).await;
    let mut locked = lock(&folder);
    let journal = begin(&mut locked);
    journal
        .done(1, offer("c"), created(7, "c", None))
        .await
        .unwrap();
    let serial = locked
        .commit(journal, &BTreeSet::from([offer("e")]))
        .unwrap();
    assert_eq!(serial, 2);
    assert_eq!(open_names(&locked.snapshot().base), ["e"]);
    // Nothing is left to do at `e` either: a run without records still settles it.
    let journal = begin(&mut locked);
    assert_eq!(locked.commit(journal, &BTreeSet::new()).unwrap(), 3);
    assert_eq!(open_names(&locked.snapshot().base), Vec::<String>::new());
    // And then there is nothing to write.
    let journal = begin(&mut locked);
    assert_eq!(locked.commit(journal, &BTreeSet::new()).unwrap(), 3);
}

#[tokio::test]
async fn every_flipped_byte_of_the_state_is_refused() {
    let folder = TempDir::new().unwrap();
    committed(&folder).await;
    let path = folder.path().join("state.json");
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        for bits in [0x01, 0x20, 0xff] {
            let mut text = whole.clone();
            text[at] ^= bits;
            put(&path, &text);
            let error = state(&folder).read().expect_err("a flipped byte was read");
            assert!(
                matches!(
                    error,
                    StateError::Damaged { .. } | StateError::Version { .. }
                ),
                "byte {at}: {error}"
            );
            assert!(!error.hint().is_empty());
        }
    }
    for length in 0..whole.len() {
        put(&path, &whole[..length]);
        assert!(state(&folder).read().is_err(), "cut at {length}");
    }
    let mut longer = whole.clone();
    longer.push(b'\n');
    put(&path, &longer);
    assert!(state(&folder).read().is_err());
    put(&path, &whole);
    assert!(state(&folder).read().is_ok());
}

/// A folder in which a run was cut off, and its journal.
async fn cut_off() -> (TempDir, PathBuf, Vec<u8>) {
    let folder = TempDir::new().unwrap();
    let mut locked = lock(&folder);
    let journal = begin(&mut locked);
    run(&journal).await;
    drop(journal);
    drop(locked);
    let path = folder.path().join("journal.jsonl");
    let text = fs::read(&path).unwrap();
    (folder, path, text)
}

#[tokio::test]
async fn every_flipped_byte_of_the_journal_is_refused_but_its_last_line_break() {
    let (folder, path, whole) = cut_off().await;
    let last = whole[..whole.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap();
    let before_last = {
        put(&path, &whole[..=last]);
        state(&folder).read().unwrap().base
    };
    for at in 0..whole.len() {
        let mut text = whole.clone();
        text[at] ^= 0x01;
        put(&path, &text);
        match state(&folder).read() {
            Ok(snapshot) => {
                // Without its line break, the last record looks cut.
                assert!(at == whole.len() - 1, "byte {at} was not missed");
                assert_eq!(snapshot.base, before_last);
            }
            Err(error) => {
                assert!(
                    matches!(error, StateError::Damaged { .. }),
                    "byte {at}: {error}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_run_that_is_cut_off_anywhere_is_folded() {
    let (folder, path, whole) = cut_off().await;
    let ends: Vec<usize> = (0..=whole.len())
        .filter(|at| *at == 0 || whole[at - 1] == b'\n')
        .collect();
    assert_eq!(ends.len(), 14, "none, the head, and twelve records");
    // By hand: what is there and what is open after the head and each record.
    let expected: [(&[&str], &[&str]); 13] = [
        (&[], &[]),
        (&[], &["a"]),
        (&[], &["a", "b"]),
        (&["a"], &["b"]),
        (&["a", "b"], &[]),
        (&["a", "b"], &["a"]),
        (&["a", "b"], &[]),
        (&["a", "b"], &["c"]),
        (&["a", "b"], &["c", "d"]),
        (&["a", "b"], &["c"]),
        (&["a", "b"], &["c", "e"]),
        (&["a", "b"], &["c", "e"]),
        (&["a"], &["c", "e"]),
    ];
    for length in 0..=whole.len() {
        let text = &whole[..length];
        put(&path, text);
        let lines = ends
            .iter()
            .filter(|end| **end <= length && **end > 0)
            .count();
        let read = state(&folder).read().unwrap();
        let (objects, open) = expected[lines.saturating_sub(1)];
        let names: Vec<&str> = read.base.objects.keys().map(|key| &*key.name).collect();
        assert_eq!(names, objects, "cut at {length}");
        assert_eq!(open_names(&read.base), open, "cut at {length}");
        assert_eq!(read.journal_open, lines > 1, "cut at {length}");

        // Who locks next makes a version of exactly that, and leaves no journal.
        if ends.contains(&length) {
            let locked = lock(&folder);
            assert_eq!(locked.snapshot().base, read.base);
            assert_eq!(locked.snapshot().serial, read.serial);
            assert!(!path.exists());
            drop(locked);
            let again = state(&folder).read().unwrap();
            assert_eq!(again.base, read.base);
            assert_eq!(again.serial, u64::from(lines > 1));
            let _ = fs::remove_file(folder.path().join("state.json"));
        }
    }
}

#[tokio::test]
async fn a_crash_between_state_and_journal_is_harmless() {
    let (folder, path, whole) = cut_off().await;
    let folded = lock(&folder).snapshot().clone();
    put(&path, &whole);
    let read = state(&folder).read().unwrap();
    assert_eq!(
        read,
        Snapshot {
            journal_open: false,
            ..folded.clone()
        }
    );
    assert_eq!(lock(&folder).snapshot().serial, folded.serial);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_journal_that_is_ahead_or_of_another_state_is_refused() {
    let (folder, path, whole) = cut_off().await;
    drop(lock(&folder));
    let ahead = {
        let mut locked = lock(&folder);
        let journal = begin(&mut locked);
        journal.intent(intent(1, "z", None)).await.unwrap();
        drop(journal);
        fs::read(&path).unwrap()
    };
    let state_file = folder.path().join("state.json");
    let good = fs::read(&state_file).unwrap();
    fs::remove_file(&state_file).unwrap();
    assert!(matches!(
        state(&folder).read(),
        Err(StateError::Damaged { .. })
    ));
    put(&path, &whole);
    fs::write(&state_file, &good).unwrap();
    assert!(state(&folder).read().is_ok());
    drop(ahead);

    let other = TempDir::new().unwrap();
    let mut locked = lock(&other);
    let mut start = Start {
        target: target(),
        lineage: None,
        serial: 0,
        new_lineage: "lineage-2".into(),
        plan: "p".into(),
    };
    let journal = locked.begin(start.clone()).unwrap();
    fs::copy(other.path().join("journal.jsonl"), &path).unwrap();
    assert!(matches!(
        state(&folder).read(),
        Err(StateError::Damaged { .. })
    ));
    drop(journal);

    // Plans for another version, lineage or target do not begin.
    fs::remove_file(&path).unwrap();
    let mut locked = lock(&folder);
    start.serial = 1;
    assert!(matches!(
        locked.begin(start.clone()),
        Err(StateError::Stale { .. })
    ));
    start.lineage = Some("lineage-1".into());
    start.serial = 7;
    assert!(matches!(
        locked.begin(start.clone()),
        Err(StateError::Stale { .. })
    ));
    start.serial = 1;
    start.target.account = "other".into();
    assert!(matches!(
        locked.begin(start.clone()),
        Err(StateError::Stale { .. })
    ));
    start.target = target();
    assert!(locked.begin(start).is_ok());
}

#[tokio::test]
async fn one_run_holds_the_lock() {
    let folder = TempDir::new().unwrap();
    let first = lock(&folder);
    let Err(error) = state(&folder).lock(&holder()) else {
        panic!("locked twice");
    };
    let StateError::Locked {
        holder: Some(found),
        ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(**found, holder());
    let now = crate::model::parse_instant("2026-09-01T08:01:30Z").unwrap();
    assert_eq!(found.age(now).map(|age| age.as_secs()), Some(90));
    assert!(
        error.to_string().contains("`apply` of ann on desk"),
        "{error}"
    );
    drop(first);
    drop(lock(&folder));
}

#[tokio::test]
async fn who_reads_while_an_apply_runs_gets_a_version_that_will_not_be() {
    let folder = TempDir::new().unwrap();
    committed(&folder).await;
    let mut locked = lock(&folder);
    let journal = begin(&mut locked);
    journal
        .done(1, offer("c"), created(7, "c", None))
        .await
        .unwrap();
    let read = state(&folder).read().unwrap();
    assert_eq!(
        (read.serial, read.at_work.is_some(), read.journal_open),
        (1, true, true)
    );
    locked.commit(journal, &all()).unwrap();
    let read = state(&folder).read().unwrap();
    assert_eq!(
        (read.serial, read.at_work.is_some(), read.journal_open),
        (2, false, false)
    );
}

#[tokio::test]
async fn another_project_environment_or_version_is_refused() {
    let folder = TempDir::new().unwrap();
    committed(&folder).await;
    for (project, environment) in [("school", Some("live")), ("other", None)] {
        let state = LocalState::open(folder.path(), project, environment.map(str::to_owned));
        let Err(error) = state.read() else {
            panic!("read as {project}");
        };
        assert!(matches!(error, StateError::Foreign { .. }), "{error}");
        assert!(state.lock(&holder()).is_err());
    }
    let path = folder.path().join("state.json");
    let newer = fs::read_to_string(&path)
        .unwrap()
        .replace("\"format_version\": 1", "\"format_version\": 2");
    put(&path, newer);
    let Err(error) = state(&folder).read() else {
        panic!("read a newer format");
    };
    assert!(
        matches!(error, StateError::Version { found: 2, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn the_last_ten_versions_are_kept_and_named_when_needed() {
    let folder = TempDir::new().unwrap();
    for round in 1..=13 {
        let mut locked = lock(&folder);
        let journal = begin(&mut locked);
        journal
            .done(1, offer("a"), created(round, "a", None))
            .await
            .unwrap();
        locked.commit(journal, &BTreeSet::new()).unwrap();
    }
    let names: Vec<String> = state(&folder)
        .backups()
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let expected: Vec<String> = (3..=12).rev().map(|n| format!("state-{n}.json")).collect();
    assert_eq!(names, expected);
    let path = folder.path().join("state.json");
    put(&path, "{}");
    let Err(error) = state(&folder).read() else {
        panic!("read an empty object");
    };
    assert!(error.hint().contains("state-12.json"), "{}", error.hint());
    // The cure works.
    fs::copy(folder.path().join("backups/state-12.json"), &path).unwrap();
    assert_eq!(
        state(&folder).read().unwrap().base.objects[&offer("a")].id,
        RemoteId(12)
    );
}

#[tokio::test]
async fn a_version_that_was_put_in_place_meanwhile_is_not_overwritten() {
    let folder = TempDir::new().unwrap();
    committed(&folder).await;
    let first = fs::read(folder.path().join("state.json")).unwrap();
    committed(&folder).await;
    let mut locked = lock(&folder);
    let journal = begin(&mut locked);
    journal
        .done(1, offer("z"), created(70, "z", None))
        .await
        .unwrap();
    fs::write(folder.path().join("state.json"), &first).unwrap();
    let error = locked
        .commit(journal, &all())
        .expect_err("a version was lost");
    assert!(
        matches!(error, StateError::Stale { .. } | StateError::Damaged { .. }),
        "{error}"
    );
    assert_eq!(fs::read(folder.path().join("state.json")).unwrap(), first);
    assert!(
        folder.path().join("journal.jsonl").exists(),
        "nothing is lost"
    );
}

#[tokio::test]
async fn concurrent_records_share_their_syncs() {
    let folder = TempDir::new().unwrap();
    let mut locked = lock(&folder);
    let journal = begin(&mut locked);
    let writes = (1..=500).map(|step| {
        let intent = Intent {
            step,
            address: offer(&format!("o{step}")),
            ..intent(step, "o", None)
        };
        journal.intent(intent)
    });
    let started = std::time::Instant::now();
    let outcomes = futures_util::future::join_all(writes).await;
    println!("500 intents in {:?}", started.elapsed());
    assert!(outcomes.iter().all(Result::is_ok));
    locked.commit(journal, &BTreeSet::new()).unwrap();
    assert_eq!(state(&folder).read().unwrap().base.open_intents.len(), 500);
}
