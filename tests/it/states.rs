//! The suite of places on this machine and on our own stub of a server, and what a server may do to
//! the protocol.

pub mod server;

use crate::state_suite::cases::{
    Elsewhere, Place, apply, elsewhere_cases, holder, in_store, place_cases,
};
use crate::state_suite::line::Line;
use bursar::state::{HttpAddresses, HttpStore, LocalState, State, StateError, Store, Unlocked};
use server::{Mood, Server};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A folder.
struct Local(TempDir);

impl Local {
    async fn start() -> Self {
        Local(TempDir::new().unwrap())
    }
}

impl Place for Local {
    fn of(&self, _: &Path, project: &str) -> State {
        State::Local(LocalState::open(self.0.path(), project, None))
    }

    async fn document(&self) -> Option<Vec<u8>> {
        std::fs::read(self.0.path().join("state.json")).ok()
    }

    async fn set_document(&self, text: &[u8]) {
        let path = self.0.path().join("state.json");
        let _ = std::fs::remove_file(&path);
        std::fs::write(path, text).unwrap();
    }
}

/// Our own server, behind a line.
struct Http {
    server: Server,
    line: Line,
}

impl Http {
    async fn start() -> Self {
        let server = Server::start().await;
        let line = Line::to(&server.host()).await;
        Http { server, line }
    }
}

impl Place for Http {
    fn of(&self, machine: &Path, project: &str) -> State {
        let address = format!("http://127.0.0.1:{}/state/school", self.line.port());
        in_store(Store::Http(store(&address)), machine, project)
    }

    async fn document(&self) -> Option<Vec<u8>> {
        self.server.document()
    }

    async fn set_document(&self, text: &[u8]) {
        self.server.set_document(text);
    }
}

impl Elsewhere for Http {
    fn line(&self) -> &Line {
        &self.line
    }
}

mod local {
    use super::*;
    place_cases!(Local::start);
}

mod http {
    use super::*;
    elsewhere_cases!(Http::start);
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

#[tokio::test]
async fn a_lock_is_taken_away_where_nobody_is_named() {
    let place = Http::start().await;
    let server = place.server.clone();
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
async fn what_a_server_may_answer() {
    let place = Http::start().await;
    let server = place.server.clone();
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
