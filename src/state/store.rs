//! Places outside of this machine that keep a state: a document, replaced whole, and a lock.

mod client;
mod http;
mod patience;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "s3")]
mod s3;

pub use http::{HttpAddresses, HttpStore};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresAddress, PostgresStore};
#[cfg(feature = "s3")]
pub use s3::{S3Credentials, S3Object, S3Store};

use super::error::StateError;
use super::lock::Holder;
use tracing::Instrument as _;

/// The most that a kept state may hold.
const CAP_BYTES: usize = 256 * 1024 * 1024;

/// A place that keeps a state.
#[derive(Clone, Debug)]
pub enum Store {
    /// A server that speaks Terraform's HTTP backend protocol.
    Http(Box<HttpStore>),
    /// A bucket.
    #[cfg(feature = "s3")]
    S3(S3Store),
    /// A row in PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(PostgresStore),
}

/// A document as a place has given or taken it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    /// All of it.
    pub(super) text: Vec<u8>,
    /// What the place calls this version of it, if it has names for them.
    pub(super) version: Option<String>,
}

impl Store {
    /// The place as it is named in messages.
    pub fn place(&self) -> &str {
        match self {
            Store::Http(store) => store.place(),
            #[cfg(feature = "s3")]
            Store::S3(store) => store.place(),
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => store.place(),
        }
    }

    /// The document; `None` before the first one.
    pub(super) async fn read(&self) -> Result<Option<Document>, StateError> {
        let work = async {
            match self {
                Store::Http(store) => store.read().await,
                #[cfg(feature = "s3")]
                Store::S3(store) => store.read().await,
                #[cfg(feature = "postgres")]
                Store::Postgres(store) => store.read().await,
            }
        };
        self.told("read", work).await
    }

    /// Puts a document in place of the one that was `known` last, and of no other.
    pub(super) async fn write(
        &self,
        known: Option<&Document>,
        text: Vec<u8>,
        lock: &str,
    ) -> Result<Document, StateError> {
        let work = async {
            match self {
                Store::Http(store) => store.write(known, text, lock).await,
                #[cfg(feature = "s3")]
                Store::S3(store) => store.write(known, text).await,
                #[cfg(feature = "postgres")]
                Store::Postgres(store) => store.write(known, text).await,
            }
        };
        self.told("write", work).await
    }

    /// Takes the lock.
    pub(super) async fn lock(&self, holder: &Holder) -> Result<(), StateError> {
        let work = async {
            match self {
                Store::Http(store) => store.lock(holder).await,
                #[cfg(feature = "s3")]
                Store::S3(store) => store.lock(holder).await,
                #[cfg(feature = "postgres")]
                Store::Postgres(store) => store.lock(holder).await,
            }
        };
        self.told("lock", work).await
    }

    /// Lets go of a lock.
    pub(super) async fn unlock(&self, holder: &Holder) -> Result<(), StateError> {
        let work = async {
            match self {
                Store::Http(store) => store.unlock(holder).await,
                #[cfg(feature = "s3")]
                Store::S3(store) => store.unlock(holder).await,
                #[cfg(feature = "postgres")]
                Store::Postgres(store) => store.unlock(holder).await,
            }
        };
        self.told("unlock", work).await
    }

    /// Does something there, as a span of its own, and logs how it ended.
    async fn told<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StateError>>,
    ) -> Result<T, StateError> {
        let span = tracing::debug_span!(
            "state",
            otel.name = %format_args!("state {operation}"),
            otel.kind = "client",
            operation,
            place = %self.place(),
            error = tracing::field::Empty,
        );
        let told = async {
            let done = work.await;
            match &done {
                Ok(_) => tracing::debug!("state {operation}"),
                Err(error) => {
                    tracing::Span::current().record("error", error.to_string());
                    tracing::debug!(%error, "state {operation}");
                }
            }
            done
        };
        told.instrument(span).await
    }
}
