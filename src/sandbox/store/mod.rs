//! Where the platform keeps its objects: one SQLite file, shared by every process that opens it.

mod read;
mod write;

pub(super) use read::{Page, Row, Window, exists, find_label};
pub(super) use write::{Change, Changes};

use super::answer::Refusal;
use super::behaviour::life::Life;
use super::error::SandboxError;
use super::{DataDir, behaviour, resource::Resource};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The layout below. A store of another layout is refused, not guessed at.
const LAYOUT_VERSION: i64 = 1;
/// Marks the file as ours: "burs".
const APPLICATION_ID: i64 = 0x6275_7273;
/// How long to wait for another process that is writing.
const PATIENCE: Duration = Duration::from_secs(10);
const FILE_NAME: &str = "platform.sqlite3";

const LAYOUT: &str = "
CREATE TABLE objects (
    key        INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    id         INTEGER NOT NULL,
    label      TEXT NOT NULL, -- by which people know it: title, code, email
    status     TEXT NOT NULL,
    body       TEXT NOT NULL, -- JSON in normal form, without what the platform adds
    computed   TEXT NOT NULL, -- JSON of what the platform adds beside id and times
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
-- Pages are cut on this index alone; bodies are read for one page only.
CREATE UNIQUE INDEX objects_by_id ON objects (collection, id);
CREATE INDEX objects_by_label ON objects (collection, label);
CREATE TABLE sequences (
    collection TEXT PRIMARY KEY,
    next_id    INTEGER NOT NULL, -- never goes back: ids are not used again
    count      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE refs (
    from_collection TEXT NOT NULL,
    from_id         INTEGER NOT NULL,
    to_collection   TEXT NOT NULL,
    to_id           INTEGER NOT NULL,
    PRIMARY KEY (from_collection, from_id, to_collection, to_id)
) WITHOUT ROWID;
CREATE INDEX refs_by_target ON refs (to_collection, to_id);
CREATE TABLE members (
    holder_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    PRIMARY KEY (holder_id, member_id)
) WITHOUT ROWID;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
";

/// The open store.
#[derive(Debug)]
pub(super) struct Store {
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    file: PathBuf,
    /// The people's life as this process knows it.
    life: Mutex<Option<Life>>,
    /// Removed with the store; last, so that the connections are closed before.
    _temporary: Option<tempfile::TempDir>,
}

impl Store {
    /// Opens the store in a folder, and makes both if they are missing.
    ///
    /// # Errors
    /// The folder cannot be used, or what is in it is not a store of this version.
    pub(super) fn open(data: &DataDir) -> Result<Self, SandboxError> {
        let (folder, temporary) = match data {
            DataDir::Path(folder) => {
                std::fs::create_dir_all(folder).map_err(|source| SandboxError::DataFolder {
                    folder: folder.clone(),
                    source: source.into(),
                })?;
                (folder.clone(), None)
            }
            DataDir::Temporary => {
                let folder = tempfile::Builder::new()
                    .prefix("bursar-sandbox-")
                    .tempdir()
                    .map_err(|source| SandboxError::DataFolder {
                        folder: std::env::temp_dir(),
                        source: source.into(),
                    })?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let file = folder.join(FILE_NAME);
        let mut writer = connect(&file).map_err(|source| failure(&folder, source))?;
        prepare(&mut writer, &folder)?;
        Ok(Store {
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            file,
            life: Mutex::default(),
            _temporary: temporary,
        })
    }

    /// Reads in one snapshot.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let idle = {
            let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
            readers.pop()
        };
        let mut connection = match idle {
            Some(connection) => connection,
            None => connect(&self.file)?,
        };
        let snapshot = connection.transaction()?;
        let result = work(&snapshot);
        drop(snapshot);
        self.readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        result
    }

    /// Writes in one transaction: all of it or, if `work` refuses, nothing.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&mut Changes<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut changes = Changes::new(transaction);
        let result = work(&mut changes)?;
        changes.commit()?;
        Ok(result)
    }

    /// Writes in one transaction, with the people's life as this process knows it. What is left in
    /// its place is known from then on; what refuses must leave nothing.
    pub(super) fn live<T>(
        &self,
        work: impl FnOnce(&mut Changes<'_>, &mut Option<Life>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut life = self.life.lock().unwrap_or_else(PoisonError::into_inner);
        let done = self.write(|changes| work(changes, &mut life));
        if done.is_err() {
            *life = None;
        }
        done
    }

    /// Writes one object and returns it as the platform shows it.
    pub(super) fn write_one(
        &self,
        resource: &'static Resource,
        work: impl FnOnce(&mut Changes<'_>) -> Result<i64, Refusal>,
    ) -> Result<String, Refusal> {
        self.write(|changes| {
            let id = work(changes)?;
            changes.recount()?;
            Ok(Row::load(changes.connection(), resource, id)?.text())
        })
    }
}

fn connect(file: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    // Two processes that turn a new file to WAL at once are told "busy" without being made to wait.
    let started = Instant::now();
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()));
        match mode {
            Err(rusqlite::Error::SqliteFailure(error, _))
                if error.code == ErrorCode::DatabaseBusy && started.elapsed() < PATIENCE =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error),
            Ok(()) => break,
        }
    }
    // A killed process loses nothing; only a power cut may lose the last writes, never older ones.
    connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000;")?;
    Ok(connection)
}

/// Makes the tables of a new file; checks the version of an old one.
fn prepare(connection: &mut Connection, folder: &Path) -> Result<(), SandboxError> {
    let wrap = |source| failure(folder, source);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(wrap)?;
    let pragma = |name: &str| {
        transaction
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
            .map_err(wrap)
    };
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 = transaction
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(wrap)?;
    if tables == 0 && application == 0 && version == 0 {
        transaction
            .execute_batch(&format!(
                "{LAYOUT} {} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {LAYOUT_VERSION};",
                behaviour::LAYOUT
            ))
            .map_err(wrap)?;
    } else if application != APPLICATION_ID || version != LAYOUT_VERSION {
        return Err(SandboxError::OtherVersion {
            file: folder.join(FILE_NAME),
            found: (application == APPLICATION_ID).then_some(version),
            supported: LAYOUT_VERSION,
        });
    }
    transaction.commit().map_err(wrap)
}

fn failure(folder: &Path, source: rusqlite::Error) -> SandboxError {
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => SandboxError::OtherVersion {
            file: folder.join(FILE_NAME),
            found: None,
            supported: LAYOUT_VERSION,
        },
        Some(_) | None => SandboxError::DataFolder {
            folder: folder.to_owned(),
            source: source.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path) -> Result<Store, SandboxError> {
        Store::open(&DataDir::Path(folder.to_owned()))
    }

    #[test]
    fn other_versions_and_other_files_are_refused() {
        let check = |spoil: &dyn Fn(&Path), expected: Option<i64>| {
            let folder = tempfile::tempdir().unwrap();
            drop(open(folder.path()).unwrap());
            spoil(&folder.path().join(FILE_NAME));
            match open(folder.path()) {
                Err(SandboxError::OtherVersion { found, .. }) => assert_eq!(found, expected),
                other => panic!("{other:?}"),
            }
        };
        let pragma = |text: &'static str| {
            move |file: &Path| Connection::open(file).unwrap().execute_batch(text).unwrap()
        };
        check(&pragma("PRAGMA user_version = 2"), Some(2));
        check(&pragma("PRAGMA application_id = 7"), None);
        check(
            &|file| std::fs::write(file, "no database at all").unwrap(),
            None,
        );
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(matches!(
            open(&file.join("data")),
            Err(SandboxError::DataFolder { .. })
        ));
    }

    #[test]
    fn many_may_make_the_same_store_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| open(folder.path()).unwrap());
            }
        });
    }
}
