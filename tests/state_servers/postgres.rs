//! A database of PostgreSQL.

use super::{PAUSE, secret, told, unique};
use crate::state_suite::cases::{Elsewhere, Place, apply, elsewhere_cases, holder, in_store};
use crate::state_suite::line::Line;
use bursar::model::Secret;
use bursar::state::{PostgresAddress, PostgresStore, State, StateError, Store};
use std::path::Path;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

struct Row {
    line: Line,
    schema: String,
    name: String,
}

impl Row {
    /// Beside rows of other tests, in the schema that is there unless it is said otherwise.
    async fn start() -> Self {
        Row::in_schema("bursar").await
    }

    async fn in_schema(schema: &str) -> Self {
        Row {
            line: Line::to(&told("POSTGRES")).await,
            schema: schema.to_owned(),
            name: unique(),
        }
    }

    fn url(&self, user: &str, database: &str) -> PostgresAddress {
        PostgresAddress {
            url: format!(
                "postgres://{user}@127.0.0.1:{}/{database}",
                self.line.port()
            ),
            user: None,
        }
    }

    fn with(&self, address: &PostgresAddress, password: Option<Secret>, machine: &Path) -> State {
        let store = PostgresStore::new(address, password, &self.schema, &self.name);
        let store = store.unwrap().with_pause(PAUSE);
        in_store(Store::Postgres(store), machine, "school")
    }

    /// The database, without bursar.
    async fn raw(&self) -> Client {
        let (host, port) = told("POSTGRES")
            .split_once(':')
            .map(|(host, port)| (host.to_owned(), port.parse::<u16>().unwrap()))
            .unwrap();
        let mut config = tokio_postgres::Config::new();
        config.host(host).port(port).user("school").dbname("school");
        config.password(secret().expose());
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    fn table(&self) -> String {
        format!("\"{}\".bursar_states", self.schema)
    }
}

impl Place for Row {
    fn of(&self, machine: &Path, project: &str) -> State {
        let address = self.url("school", "school");
        let store = PostgresStore::new(&address, Some(secret()), &self.schema, &self.name);
        let store = store.unwrap().with_pause(PAUSE);
        in_store(Store::Postgres(store), machine, project)
    }

    async fn document(&self) -> Option<Vec<u8>> {
        let sql = format!("SELECT document FROM {} WHERE name = $1", self.table());
        let row = self.raw().await.query_opt(&sql, &[&self.name]).await;
        row.unwrap()?.get(0)
    }

    async fn set_document(&self, text: &[u8]) {
        let sql = format!(
            "UPDATE {} SET document = $2, version = version + 1 WHERE name = $1",
            self.table()
        );
        let set = self.raw().await.execute(&sql, &[&self.name, &text]).await;
        assert_eq!(set.unwrap(), 1);
    }
}

impl Elsewhere for Row {
    fn line(&self) -> &Line {
        &self.line
    }
}

elsewhere_cases!(Row::start);

#[tokio::test]
async fn a_first_lock_makes_schema_and_table_however_many_try() {
    let place = Row::in_schema(&unique()).await;
    let machines: Vec<TempDir> = (0..8).map(|_| TempDir::new().unwrap()).collect();
    let states: Vec<State> = machines.iter().map(|m| place.on(m.path())).collect();
    // To read makes nothing.
    assert_eq!(states[0].read().await.unwrap().serial, 0);
    let sql = "SELECT to_regnamespace($1)::text";
    let client = place.raw().await;
    let row = client.query_one(sql, &[&place.schema]).await.unwrap();
    assert_eq!(row.get::<_, Option<String>>(0), None);
    let tries = states
        .iter()
        .enumerate()
        .map(|(number, state)| async move { state.lock(&holder(&format!("run-{number}"))).await });
    let outcomes = futures_util::future::join_all(tries).await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let held = |outcome: &Result<_, StateError>| matches!(outcome, Err(StateError::Locked { .. }));
    let lost = outcomes.iter().filter(|outcome| held(outcome)).count();
    assert_eq!((won, lost), (1, 7));
}

#[tokio::test]
async fn a_session_that_ends_frees_its_lock() {
    let place = Row::start().await;
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let held = place.on(one.path()).lock(&holder("run-1")).await.unwrap();
    let second = place.on(two.path());
    let locked = second.lock(&holder("run-2")).await.map(drop);
    assert!(matches!(locked, Err(StateError::Locked { .. })));
    // As the system does with the connection of a killed run.
    drop(held);
    for _ in 0..100 {
        match second.lock(&holder("run-3")).await {
            Ok(session) => return session.release().await.unwrap(),
            Err(StateError::Locked { .. }) => tokio::time::sleep(PAUSE).await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the lock of a session that ended is held for ever");
}

#[tokio::test]
async fn who_may_not_is_told_so() {
    let place = Row::start().await;
    let machine = TempDir::new().unwrap();
    apply(&place.on(machine.path()), "run-0", "a", 1)
        .await
        .unwrap();
    let wrong = Some(Secret::new("s3cret-and-wrong"));
    for (user, database, password, expected) in [
        ("school", "school", wrong.clone(), "does not accept"),
        ("nobody", "school", wrong, "does not accept"),
        ("school", "school", None, "wants a password"),
        ("school", "no-such", Some(secret()), "3D000"),
        ("guest", "school", Some(secret()), "42501"),
    ] {
        let state = place.with(&place.url(user, database), password, machine.path());
        for error in [
            state.read().await.unwrap_err(),
            state.lock(&holder("run-1")).await.map(drop).unwrap_err(),
        ] {
            let text = format!("{error} {error:?} {}", error.hint());
            assert!(text.contains(expected), "{text}");
            assert!(!text.contains("s3cret"), "{text}");
            assert!(!matches!(error, StateError::Unreachable { .. }), "{text}");
        }
    }
}

#[tokio::test]
async fn a_lock_that_nobody_claims_is_told_with_its_process() {
    let place = Row::start().await;
    let machine = TempDir::new().unwrap();
    let state = place.on(machine.path());
    apply(&state, "run-0", "a", 1).await.unwrap();
    let client = place.raw().await;
    let key = format!("bursar {} {}", place.schema, place.name);
    let sql = "SELECT pg_backend_pid(), pg_advisory_lock(hashtextextended($1, 0))::text";
    let pid: i32 = client.query_one(sql, &[&key]).await.unwrap().get(0);
    let locked = state.lock(&holder("run-1")).await.map(drop);
    assert!(matches!(
        locked,
        Err(StateError::Locked { holder: None, .. })
    ));
    let error = state.unlock("run-0", &holder("run-1")).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(&format!("pg_terminate_backend({pid})")),
        "{text}"
    );
}

/// As `docs/state.md` says.
#[tokio::test]
async fn a_role_that_may_make_nothing_uses_what_was_made_for_it() {
    let place = Row::in_schema(&unique()).await;
    let schema = &place.schema;
    let sql = format!(
        "CREATE SCHEMA {schema}; \
         CREATE TABLE {schema}.bursar_states (name text PRIMARY KEY, version bigint NOT NULL, \
         document bytea, holder text, holder_pid integer); \
         GRANT USAGE ON SCHEMA {schema} TO guest; \
         GRANT SELECT, INSERT, UPDATE ON {schema}.bursar_states TO guest"
    );
    place.raw().await.batch_execute(&sql).await.unwrap();
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let address = place.url("guest", "school");
    let guest = |machine: &Path| place.with(&address, Some(secret()), machine);
    apply(&guest(one.path()), "run-1", "a", 1).await.unwrap();
    let held = guest(one.path()).lock(&holder("run-2")).await.unwrap();
    let freed = guest(two.path()).unlock("run-2", &holder("run-3")).await;
    assert!(freed.is_ok(), "{freed:?}");
    apply(&guest(two.path()), "run-4", "b", 2).await.unwrap();
    drop(held);
}
