//! A row of a table in PostgreSQL, and an advisory lock.
//!
//! The row has a version, and a write names the one that it replaces. The lock belongs to a session
//! of the database, so that it ends with its run; the row says who holds it. To take it away is to
//! end that session.

mod connect;

use super::patience::{Patience, Trouble};
use super::{CAP_BYTES, Document};
use crate::model::Secret;
use crate::state::error::StateError;
use crate::state::lock::Holder;
pub use connect::PostgresAddress;
use connect::Server;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio_postgres::{Client, Row};

/// How often a lock is looked at that is being taken away, and how long between.
const FREEING_TRIES: u32 = 50;
const FREEING_PAUSE: Duration = Duration::from_millis(100);
/// How often one is asked for that has not said who holds it, and how long between.
const NAMING_TRIES: u32 = 20;
const NAMING_PAUSE: Duration = Duration::from_millis(50);

/// A state in a row.
#[derive(Clone)]
pub struct PostgresStore {
    server: Server,
    /// The table with its schema, quoted.
    table: String,
    schema: String,
    /// The row.
    name: String,
    place: String,
    patience: Patience,
    /// The session that holds the lock.
    held: Arc<Mutex<Option<Held>>>,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresStore").field(&self.place).finish()
    }
}

struct Held {
    id: String,
    client: Client,
}

/// Who holds the lock.
struct Lock {
    /// The process of the server.
    pid: i32,
    /// Who says so; absent if the row is another session's.
    holder: Option<Holder>,
}

impl PostgresStore {
    /// Checks the settings; nothing is sent. `schema` is a plain lower-case name; `name` names the
    /// row.
    ///
    /// # Errors
    /// The address or the schema is wrong, or TLS is switched off outside of loopback.
    pub fn new(
        address: &PostgresAddress,
        password: Option<Secret>,
        schema: &str,
        name: &str,
    ) -> Result<Self, StateError> {
        let server = Server::new(address, password)?;
        let is_plain = schema.len() < 64
            && schema.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && schema
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !is_plain {
            return Err(StateError::Settings(
                "`state.schema` is not a name of lower-case letters, digits and `_`".to_owned(),
            ));
        }
        Ok(PostgresStore {
            place: format!("{}/{schema}/{name}", server.place()),
            server,
            table: format!("\"{schema}\".bursar_states"),
            schema: schema.to_owned(),
            name: name.to_owned(),
            patience: Patience::default(),
            held: Arc::default(),
        })
    }

    /// The same without long pauses between tries.
    #[must_use]
    pub fn with_pause(self, pause: Duration) -> Self {
        PostgresStore {
            patience: Patience::with_pause(pause),
            ..self
        }
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    pub(super) async fn read(&self) -> Result<Option<Document>, StateError> {
        self.patience
            .ask(&self.place, async || {
                let client = self.connect().await?;
                self.get(&client).await
            })
            .await
    }

    pub(super) async fn write(
        &self,
        known: Option<&Document>,
        text: Vec<u8>,
    ) -> Result<Document, StateError> {
        self.patience
            .ask(&self.place, async || {
                // The session of the lock, while it lives: its end is known at once by its error.
                let held = self.held.lock().await;
                let own;
                let client = match &*held {
                    Some(held) if !held.client.is_closed() => &held.client,
                    _ => {
                        own = self.connect().await?;
                        &own
                    }
                };
                self.put(client, known, &text).await
            })
            .await
    }

    pub(super) async fn lock(&self, holder: &Holder) -> Result<(), StateError> {
        let client = self
            .patience
            .ask(&self.place, async || self.lock_once(holder).await)
            .await?;
        *self.held.lock().await = Some(Held {
            id: holder.id.clone(),
            client,
        });
        Ok(())
    }

    pub(super) async fn unlock(&self, holder: &Holder) -> Result<(), StateError> {
        if let Some(held) = self.held.lock().await.take_if(|held| held.id == holder.id) {
            // The lock ends with its session, whatever comes of saying so.
            let freed = self.let_go(&held.client).await;
            return match freed {
                Ok(()) | Err(Trouble::Passing(_)) => Ok(()),
                Err(Trouble::Final(error)) => Err(error),
            };
        }
        self.patience
            .ask(&self.place, async || self.take_away(holder).await)
            .await
    }

    async fn connect(&self) -> Result<Client, Trouble> {
        self.server.connect(&self.place).await
    }

    async fn get(&self, client: &Client) -> Result<Option<Document>, Trouble> {
        if !self.is_made(client).await? {
            return Ok(None);
        }
        let cap = i64::try_from(CAP_BYTES).unwrap_or(i64::MAX);
        let sql = format!(
            "SELECT version, CASE WHEN octet_length(document) <= $2::bigint THEN document END, document IS NULL \
             FROM {} WHERE name = $1",
            self.table
        );
        let row = client.query_opt(&sql, &[&self.name, &cap]).await;
        let Some(row) = row.map_err(|error| self.trouble(&error))? else {
            return Ok(None);
        };
        let version: i64 = self.column(&row, 0)?;
        match (self.column(&row, 1)?, self.column(&row, 2)?) {
            (Some(text), _) => Ok(Some(Document {
                text,
                version: Some(version.to_string()),
            })),
            (None, true) => Ok(None),
            (None, false) => Err(Trouble::Final(
                self.refused(format!("holds more than {CAP_BYTES} bytes")),
            )),
        }
    }

    async fn put(
        &self,
        client: &Client,
        known: Option<&Document>,
        text: &[u8],
    ) -> Result<Document, Trouble> {
        let version = known.and_then(|known| known.version.as_deref());
        // A row without a document is one whose state has been locked, and never written.
        let sql = format!(
            "UPDATE {} SET document = $2, version = version + 1 WHERE name = $1 AND \
             CASE WHEN $3::text IS NULL THEN document IS NULL \
             ELSE document IS NOT NULL AND version::text = $3 END RETURNING version",
            self.table
        );
        let row = client
            .query_opt(&sql, &[&self.name, &text, &version])
            .await
            .map_err(|error| self.trouble(&error))?;
        if let Some(row) = row {
            let version: i64 = self.column(&row, 0)?;
            return Ok(Document {
                text: text.to_vec(),
                version: Some(version.to_string()),
            });
        }
        // An earlier try may have written it, its answer lost.
        match self.get(client).await? {
            Some(found) if found.text == text => Ok(found),
            _ => Err(Trouble::Final(StateError::Overtaken {
                place: self.place.clone(),
            })),
        }
    }

    /// The session that holds the lock now.
    async fn lock_once(&self, holder: &Holder) -> Result<Client, Trouble> {
        let client = self.connect().await?;
        self.make(&client).await?;
        if !self.try_lock(&client).await? {
            return Err(self.locked(&client, holder).await?);
        }
        // Texts and numbers alone: there is nothing that JSON cannot say.
        let text = serde_json::to_string(holder).unwrap_or_default();
        let sql = format!(
            "INSERT INTO {} AS kept (name, version, holder, holder_pid) \
             VALUES ($1, 0, $2, pg_backend_pid()) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, holder_pid = excluded.holder_pid",
            self.table
        );
        client
            .execute(&sql, &[&self.name, &text])
            .await
            .map_err(|error| self.trouble(&error))?;
        Ok(client)
    }

    /// Why the lock is not to be had.
    async fn locked(&self, client: &Client, holder: &Holder) -> Result<Trouble, Trouble> {
        for _ in 0..NAMING_TRIES {
            let Some(Lock { holder: found, .. }) = self.find_lock(client).await? else {
                return Ok(Trouble::Passing("the lock changes all the time".to_owned()));
            };
            match found {
                // An earlier try got it and lost its session, of which the server does not know yet.
                Some(found) if found.id == holder.id => {
                    return Ok(Trouble::Passing(
                        "a lost session still holds the lock".to_owned(),
                    ));
                }
                Some(found) => return Ok(self.held_by(Some(found))),
                // Who has just got it is about to say so.
                None => tokio::time::sleep(NAMING_PAUSE).await,
            }
        }
        Ok(self.held_by(None))
    }

    fn held_by(&self, holder: Option<Holder>) -> Trouble {
        Trouble::Final(StateError::Locked {
            path: PathBuf::from(&self.place),
            holder: holder.map(Box::new),
        })
    }

    async fn try_lock(&self, client: &Client) -> Result<bool, Trouble> {
        let sql = format!("SELECT pg_try_advisory_lock({KEY})");
        let row = client.query_one(&sql, &[&self.key()]).await;
        self.column(&row.map_err(|error| self.trouble(&error))?, 0)
    }

    async fn let_go(&self, client: &Client) -> Result<(), Trouble> {
        let sql = format!(
            "UPDATE {} SET holder = NULL, holder_pid = NULL \
             WHERE name = $1 AND holder_pid = pg_backend_pid()",
            self.table
        );
        let cleared = client.execute(&sql, &[&self.name]).await;
        cleared.map_err(|error| self.trouble(&error))?;
        let sql = format!("SELECT pg_advisory_unlock({KEY})");
        let freed = client.query_one(&sql, &[&self.key()]).await;
        freed.map(drop).map_err(|error| self.trouble(&error))
    }

    async fn find_lock(&self, client: &Client) -> Result<Option<Lock>, Trouble> {
        let sql = format!(
            "SELECT held.pid, kept.holder FROM pg_locks held \
             LEFT JOIN {} kept ON kept.name = $2 AND kept.holder_pid = held.pid \
             WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1 \
             AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND held.classid = (({KEY} >> 32) & 4294967295)::oid \
             AND held.objid = ({KEY} & 4294967295)::oid",
            self.table
        );
        let row = client.query_opt(&sql, &[&self.key(), &self.name]).await;
        let Some(row) = row.map_err(|error| self.trouble(&error))? else {
            return Ok(None);
        };
        let text: Option<String> = self.column(&row, 1)?;
        Ok(Some(Lock {
            pid: self.column(&row, 0)?,
            holder: text.and_then(|text| serde_json::from_str(&text).ok()),
        }))
    }

    /// Ends the session of a run that holds the lock under this id.
    async fn take_away(&self, holder: &Holder) -> Result<(), Trouble> {
        let client = self.connect().await?;
        if !self.is_made(&client).await? {
            return Ok(());
        }
        let Some(Lock { pid, holder: found }) = self.find_lock(&client).await? else {
            return Ok(());
        };
        match found {
            Some(found) if found.id == holder.id => {}
            Some(found) => {
                return Err(Trouble::Final(StateError::NotTheLock {
                    holder: Box::new(found),
                }));
            }
            None => {
                return Err(Trouble::Final(self.refused(format!(
                    "the lock is held by process {pid} of the server, which has not said who it is; to end it: SELECT pg_terminate_backend({pid})"
                ))));
            }
        }
        let ended = client
            .query_one("SELECT pg_terminate_backend($1)", &[&pid])
            .await;
        ended.map_err(|error| self.trouble(&error))?;
        for _ in 0..FREEING_TRIES {
            if self
                .find_lock(&client)
                .await?
                .is_none_or(|lock| lock.pid != pid)
            {
                return Ok(());
            }
            tokio::time::sleep(FREEING_PAUSE).await;
        }
        Err(Trouble::Passing(format!(
            "process {pid} of the server, which holds the lock, does not end"
        )))
    }

    /// What the advisory lock is called.
    fn key(&self) -> String {
        format!("bursar {} {}", self.schema, self.name)
    }

    async fn is_made(&self, client: &Client) -> Result<bool, Trouble> {
        let row = client
            .query_one("SELECT to_regclass($1) IS NOT NULL", &[&self.table])
            .await;
        self.column(&row.map_err(|error| self.trouble(&error))?, 0)
    }

    /// Makes schema and table, if they are missing.
    async fn make(&self, client: &Client) -> Result<(), Trouble> {
        if self.is_made(client).await? {
            return Ok(());
        }
        // Two makers at the same instant would refuse each other: one waits for the other.
        let sql = format!(
            "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('bursar {schema}', 0)); \
             DO $$ BEGIN IF to_regnamespace('{schema}') IS NULL THEN CREATE SCHEMA \"{schema}\"; END IF; END $$; \
             CREATE TABLE IF NOT EXISTS {table} (name text PRIMARY KEY, version bigint NOT NULL, \
             document bytea, holder text, holder_pid integer); COMMIT",
            schema = self.schema,
            table = self.table,
        );
        let made = client.batch_execute(&sql).await;
        made.map_err(|error| self.trouble(&error))
    }

    fn column<'a, T: tokio_postgres::types::FromSql<'a>>(
        &self,
        row: &'a Row,
        at: usize,
    ) -> Result<T, Trouble> {
        row.try_get(at).map_err(|error| self.trouble(&error))
    }

    fn trouble(&self, error: &tokio_postgres::Error) -> Trouble {
        connect::trouble(&self.place, error)
    }

    fn refused(&self, what: String) -> StateError {
        StateError::Refused {
            place: self.place.clone(),
            what,
        }
    }
}

/// The number of the advisory lock; its first parameter is the lock's name.
const KEY: &str = "hashtextextended($1, 0)";
