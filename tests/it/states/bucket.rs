//! What a bucket may do that the real one does not: our own stub of S3, in a bad mood.

use super::stub::{Mode, Stub};
use super::{DOCUMENT, stub_store};
use crate::state_suite::cases::{apply, begin, holder, in_store};
use bursar::state::{State, StateError, Store};
use std::path::Path;
use tempfile::TempDir;

fn on(stub: &Stub, machine: &Path) -> State {
    in_store(Store::S3(stub_store(&stub.address())), machine, "school")
}

#[tokio::test]
async fn a_store_that_ignores_conditions_is_refused() {
    for mode in [Mode::IgnoresNoneMatch, Mode::IgnoresMatch] {
        let stub = Stub::start().await;
        stub.turn(mode);
        let machine = TempDir::new().unwrap();
        let error = on(&stub, machine.path())
            .lock(&holder("run-1"))
            .await
            .map(drop)
            .unwrap_err();
        let text = error.to_string();
        assert!(text.contains("conditional writes"), "{mode:?}: {text}");
        assert!(matches!(error, StateError::Refused { .. }), "{text}");
        // No lock is left behind.
        let lock = stub.object(&format!("{DOCUMENT}.lock")).unwrap();
        let lock = String::from_utf8(lock).unwrap();
        assert!(lock.contains("\"holder\":null"), "{lock}");
    }
}

#[tokio::test]
async fn bad_answers_are_told_and_never_quoted() {
    let stub = Stub::start().await;
    let machine = TempDir::new().unwrap();
    let state = on(&stub, machine.path());
    apply(&state, "run-1", "a", 1).await.unwrap();
    for (mode, expected) in [
        (Mode::Answers(500), "answers 500"),
        (Mode::Answers(403), "does not accept the credentials"),
        (Mode::Answers(418), "answers 418"),
        (Mode::Answers(307), "a redirect, which is not followed"),
        (Mode::NamesNoVersion, "names no version"),
    ] {
        stub.turn(mode);
        let read = state.read().await.map(drop).unwrap_err();
        let locked = state.lock(&holder("run-2")).await.map(drop).unwrap_err();
        for error in [read, locked] {
            let text = format!("{error} {error:?} {}", error.hint());
            assert!(text.contains(expected), "{mode:?}: {text}");
            assert!(!text.contains("s3cret"), "{text}");
        }
    }
    assert_eq!(stub.redirected(), 0, "the redirect was followed");
    stub.turn(Mode::Works);
    apply(&state, "run-3", "b", 2).await.unwrap();
}

#[tokio::test]
async fn a_conflict_that_nobody_has_won_is_tried_again() {
    let stub = Stub::start().await;
    let machine = TempDir::new().unwrap();
    let state = on(&stub, machine.path());
    apply(&state, "run-1", "a", 1).await.unwrap();
    // As Amazon's does with writers at the same instant.
    let mut session = state.lock(&holder("run-2")).await.unwrap();
    stub.turn(Mode::ConflictsTimes(2));
    begin(&mut session, &["b"]).await.map(drop).unwrap();
    session.release().await.unwrap();
    // The lock that was freed before is not the one that is there.
    let read = state.read().await.unwrap();
    assert_eq!(read.base.open_intents.len(), 1);
}
