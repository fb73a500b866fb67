//! The suite of places on this machine and on our own stub of a server, and what a server may do to
//! the protocol.

#[cfg(feature = "s3")]
mod bucket;
pub mod server;
#[cfg(feature = "s3")]
mod stub;

use crate::state_suite::cases::{
    Elsewhere, Place, apply, begin, elsewhere_cases, holder, in_store, place_cases,
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
        in_store(Store::Http(Box::new(store(&address))), machine, project)
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

/// Our own bucket, behind a line.
#[cfg(feature = "s3")]
struct Bucket {
    stub: stub::Stub,
    line: Line,
}

#[cfg(feature = "s3")]
impl Bucket {
    async fn start() -> Self {
        let stub = stub::Stub::start().await;
        let line = Line::to(stub.address().trim_start_matches("http://")).await;
        Bucket { stub, line }
    }
}

#[cfg(feature = "s3")]
impl Place for Bucket {
    fn of(&self, machine: &Path, project: &str) -> State {
        let address = format!("http://127.0.0.1:{}", self.line.port());
        in_store(Store::S3(stub_store(&address)), machine, project)
    }

    async fn document(&self) -> Option<Vec<u8>> {
        self.stub.object(DOCUMENT)
    }

    async fn set_document(&self, text: &[u8]) {
        self.stub.set_object(DOCUMENT, text);
    }
}

#[cfg(feature = "s3")]
impl Elsewhere for Bucket {
    fn line(&self) -> &Line {
        &self.line
    }
}

/// Where the stub of a bucket keeps the document.
#[cfg(feature = "s3")]
const DOCUMENT: &str = "/b/school/state.json";

#[cfg(feature = "s3")]
fn stub_store(address: &str) -> bursar::state::S3Store {
    use bursar::model::Secret;
    use bursar::state::{S3Credentials, S3Object, S3Store};
    let object = S3Object {
        bucket: "b".to_owned(),
        key: "school/state.json".to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some(address.to_owned()),
    };
    let credentials = S3Credentials {
        access_key_id: Secret::new("s3cret-id"),
        secret_access_key: Secret::new("s3cret-key"),
        session_token: Some(Secret::new("s3cret-token")),
    };
    S3Store::new(&object, &credentials)
        .unwrap()
        .with_pause(Duration::from_millis(1))
}

mod local {
    use super::*;
    place_cases!(Local::start);
}

#[cfg(feature = "s3")]
mod s3 {
    use super::*;
    elsewhere_cases!(Bucket::start);
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

#[tokio::test]
async fn nothing_and_too_much_are_told_apart() {
    let place = Http::start().await;
    let (server, machine) = (place.server.clone(), TempDir::new().unwrap());
    let capped = store(&server.address()).with_cap(1 << 19);
    let state = in_store(Store::Http(Box::new(capped)), machine.path(), "school");
    let first = apply(&state, "run-1", "a", 1).await.unwrap();
    // No content and no bytes both mean that there is no state.
    for mood in [Mood::HasNoContent, Mood::IsEmpty] {
        server.turn(mood);
        assert_eq!(state.read().await.unwrap().serial, 0);
        // A write is not: what was read is no longer there.
        server.turn(Mood::Works);
        let mut session = state.lock(&holder("run-2")).await.unwrap();
        assert_eq!(session.snapshot().serial, first);
        server.turn(mood);
        let begun = begin(&mut session, &["b"]).await.map(drop);
        assert!(
            matches!(begun, Err(StateError::Overtaken { .. })),
            "{begun:?}"
        );
        server.turn(Mood::Works);
        session.release().await.unwrap();
    }
    server.turn(Mood::IsHuge);
    let error = state.read().await.unwrap_err();
    assert!(matches!(error, StateError::Refused { .. }), "{error}");
    assert!(error.to_string().contains("524288 bytes"), "{error}");
    let error = state.lock(&holder("run-3")).await.map(drop).unwrap_err();
    assert!(matches!(error, StateError::Refused { .. }), "{error}");
    server.turn(Mood::Works);
    apply(&state, "run-4", "b", 2).await.unwrap();
}

#[tokio::test]
async fn a_lock_may_be_refused_as_a_conflict() {
    let place = Http::start().await;
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let held = place.on(one.path()).lock(&holder("run-1")).await.unwrap();
    place.server.turn(Mood::Conflicts);
    let locked = place.on(two.path()).lock(&holder("run-2")).await.map(drop);
    let Err(StateError::Locked {
        holder: Some(found),
        ..
    }) = locked
    else {
        panic!("{locked:?}");
    };
    assert_eq!(found.id, "run-1");
    held.release().await.unwrap();
}

#[tokio::test]
async fn a_server_that_checks_the_lock_refuses_who_has_lost_it() {
    let place = Http::start().await;
    let (server, machine) = (place.server.clone(), TempDir::new().unwrap());
    server.turn(Mood::ChecksId);
    let state = place.on(machine.path());
    apply(&state, "run-1", "a", 1).await.unwrap();
    let mut session = state.lock(&holder("run-2")).await.unwrap();
    server.set_lock("run-x", "bob@ci", "2026-01-01T00:00:00Z");
    let begun = begin(&mut session, &["b"]).await.map(drop);
    assert!(
        matches!(begun, Err(StateError::Overtaken { .. })),
        "{begun:?}"
    );
}

#[tokio::test]
async fn each_address_and_verb_is_used_where_it_is_meant() {
    let server = Server::start().await;
    let machine = TempDir::new().unwrap();
    let address = server.address();
    let gitlab = HttpAddresses {
        address: address.clone(),
        lock_address: Some(format!("{address}/lock")),
        unlock_address: None,
        update_method: Some("PUT".to_owned()),
        lock_method: Some("POST".to_owned()),
        unlock_method: Some("DELETE".to_owned()),
    };
    let store = HttpStore::new(&gitlab, None).unwrap();
    let state = in_store(Store::Http(Box::new(store)), machine.path(), "school");
    apply(&state, "run-1", "a", 1).await.unwrap();
    let seen = server.seen();
    let (first, last) = (seen.first().unwrap(), seen.last().unwrap());
    assert_eq!(first, "POST /state/school/lock");
    assert_eq!(last, "DELETE /state/school/lock");
    let between: std::collections::BTreeSet<&str> =
        seen[1..seen.len() - 1].iter().map(|it| &**it).collect();
    let expected = ["GET /state/school", "PUT /state/school"];
    assert_eq!(between, expected.into());
    assert!(!server.is_locked());
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

#[cfg(feature = "postgres")]
#[test]
fn addresses_of_databases_are_safe_and_never_quoted() {
    use bursar::state::{PostgresAddress, PostgresStore};
    let made = |url: &str, user: Option<&str>, schema| {
        let address = PostgresAddress {
            url: url.to_owned(),
            user: user.map(str::to_owned),
        };
        PostgresStore::new(&address, None, schema, "school/default")
    };
    for (url, expected) in [
        ("s3cret", "is not an address"),
        ("https://ann@db/s3cret", "is not an address"),
        ("postgres://ann:s3cret@db/school", "holds a password"),
        ("postgres://db/school", "names no user"),
        ("postgres://ann@db", "names no database"),
        (
            "postgres://ann@db/school?sslmode=disable",
            "switches TLS off",
        ),
        (
            "postgres://ann@db/school?sslmode=prefer",
            "switches TLS off",
        ),
        (
            "postgres://ann@db/school?password=s3cret",
            "no other setting",
        ),
        (
            "postgres://ann@db/school?options=s3cret",
            "no other setting",
        ),
    ] {
        let error = made(url, None, "bursar").unwrap_err().to_string();
        assert!(error.contains(expected), "{url}: {error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
    for schema in ["", "Bursar", "a b", "a\"; drop table x; --", "1a"] {
        assert!(made("postgres://ann@db/school", None, schema).is_err());
    }
    for (url, user) in [
        ("postgres://ann@db.example:6543/school", None),
        ("postgresql://db/school?sslmode=require", Some("ann")),
        ("postgres://ann@[::1]/school?sslmode=verify-full", None),
        ("postgres://ann@127.0.0.1/school?sslmode=disable", None),
    ] {
        let store = made(url, user, "bursar").unwrap();
        let shown = format!("{store:?}");
        assert!(shown.contains("school/bursar/school/default"), "{shown}");
    }
}
