//! The platform contract over HTTP.
//!
//! [`HttpReader`] has no method that writes; [`HttpWriter`] wraps one and shares its connections,
//! its limiter and its budgets.

mod address;
mod body;
mod connection;
mod limiter;
mod listing;
#[cfg(test)]
mod tests;
mod trust;
mod veil;
mod wire;

#[cfg(test)]
pub(crate) use wire::simulated::{Came, Network, Sent};

use super::decode::Decoded;
use super::{Listing, ProviderError, Reader, RemoteObject, WriteError, Writer};
use crate::kinds::{Collection, KindInfo};
use crate::model::{RemoteId, Secret, Target};
use connection::{Connection, Failure, Request};
use reqwest::Method;
use serde::Deserialize;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Once};
use std::time::Duration;
use tokio::sync::watch;

/// Where a platform is, as whom it is spoken to, and how patiently.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// The provider's name, `sandbox`.
    pub provider: String,
    /// The base address.
    pub url: String,
    /// What [`Target::url`] says instead of the address: `embedded`.
    pub shown_as: Option<String>,
    /// The header `Token`.
    pub token: Secret,
    /// The header `Cabinet-Hash`.
    pub account: Secret,
    /// Pages of one listing that are fetched at the same time.
    pub parallelism: usize,
    /// Retries for the whole run, whatever their cause.
    pub retries: u64,
    /// The pause before the first retry; it doubles, with jitter.
    pub backoff: Duration,
    /// The longest single wait that the platform may ask for.
    pub longest_wait: Duration,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long the platform may be silent; an answer may take four times as long in all.
    pub read_timeout: Duration,
}

impl HttpSettings {
    /// The usual patience.
    pub fn new(provider: &str, url: &str, token: Secret, account: Secret) -> Self {
        HttpSettings {
            provider: provider.to_owned(),
            url: url.to_owned(),
            shown_as: None,
            token,
            account,
            parallelism: 10,
            retries: 200,
            backoff: Duration::from_millis(250),
            longest_wait: Duration::from_secs(300),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
        }
    }
}

/// Why a platform cannot be spoken to as set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not an address.
    #[error("the platform's address must be `https://HOST[/PATH]`, without query")]
    Address,
    /// `http` to another machine.
    #[error(
        "the platform's address must begin with `https://`; plain `http` is for this machine only"
    )]
    Plaintext,
    /// A name or password in the address.
    #[error("the platform's address must not hold a name or password")]
    CredentialsInAddress,
    /// A credential that no header can carry; it is not quoted.
    #[error("the credential for the header `{0}` is empty or holds characters that cannot be sent")]
    Credential(&'static str),
    /// The client could not be set up: certificates, proxy.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

/// Installs the process's TLS provider, once; later calls do nothing.
pub fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error says that someone else has installed one, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// Reads a platform over HTTP. It cannot write. Copies share everything.
#[derive(Clone, Debug)]
pub struct HttpReader {
    connection: Arc<Connection>,
}

impl HttpReader {
    /// Sets up a client; nothing is sent yet.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn new(settings: HttpSettings) -> Result<Self, SettingsError> {
        Ok(HttpReader {
            connection: Arc::new(Connection::new(settings)?),
        })
    }

    /// A reader over a network that is no network.
    #[cfg(test)]
    pub(crate) fn simulated(
        settings: HttpSettings,
        network: Arc<dyn Network>,
    ) -> Result<Self, SettingsError> {
        Ok(HttpReader {
            connection: Arc::new(Connection::simulated(settings, network)?),
        })
    }

    /// The platform's limit, if it has told one.
    pub fn requests_per_minute(&self) -> Option<u32> {
        self.connection.requests_per_minute()
    }

    /// Requests sent so far, retries included.
    pub fn requests(&self) -> u64 {
        self.connection.requests()
    }
}

impl Reader for HttpReader {
    fn target(&self) -> Target {
        self.connection.target.clone()
    }

    async fn list(&self, kind: &'static KindInfo) -> Result<Listing, ProviderError> {
        listing::list(&self.connection, kind).await
    }

    async fn get(
        &self,
        kind: &'static KindInfo,
        id: RemoteId,
    ) -> Result<Option<RemoteObject>, ProviderError> {
        let collection = collection_of(kind)?;
        let request = Request {
            method: Method::GET,
            path: format!("{}/{id}", collection.path),
            page: None,
            body: None,
        };
        match self.connection.call(&request, &AtomicU64::new(0)).await {
            Ok(body) => object(&self.connection, collection, &request, &body, Some(id)).map(Some),
            Err(Failure::Refused { status: 404, .. }) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }
}

/// Writes to a platform over HTTP.
#[derive(Clone, Debug)]
pub struct HttpWriter {
    reader: HttpReader,
    stop: Option<watch::Receiver<bool>>,
}

impl HttpWriter {
    /// A writer over the reader's connections, limiter and budgets.
    pub fn new(reader: HttpReader) -> Self {
        HttpWriter { reader, stop: None }
    }

    /// The same; once `stop` is true, a write that waits for its turn is not sent any more. Reads are: they
    /// tell what has become of those that were.
    #[must_use]
    pub fn until(self, stop: watch::Receiver<bool>) -> Self {
        HttpWriter {
            stop: Some(stop),
            ..self
        }
    }

    /// What it reads with.
    pub fn reader(&self) -> &HttpReader {
        &self.reader
    }

    async fn write(
        &self,
        kind: &'static KindInfo,
        method: Method,
        id: Option<RemoteId>,
        body: &serde_json::Value,
    ) -> Result<RemoteObject, WriteError> {
        let collection = collection_of(kind).map_err(WriteError::NotDone)?;
        let request = Request {
            method,
            path: match id {
                Some(id) => format!("{}/{id}", collection.path),
                None => collection.path.to_owned(),
            },
            page: None,
            body: Some(body.to_string().into_bytes()),
        };
        let answer = self
            .reader
            .connection
            .call_until(&request, &AtomicU64::new(0), self.stop.as_ref())
            .await?;
        // The platform said that it is done; only with what is open.
        object(&self.reader.connection, collection, &request, &answer, id)
            .map_err(WriteError::InDoubt)
    }
}

impl Reader for HttpWriter {
    fn target(&self) -> Target {
        self.reader.target()
    }

    async fn list(&self, kind: &'static KindInfo) -> Result<Listing, ProviderError> {
        self.reader.list(kind).await
    }

    async fn get(
        &self,
        kind: &'static KindInfo,
        id: RemoteId,
    ) -> Result<Option<RemoteObject>, ProviderError> {
        self.reader.get(kind, id).await
    }
}

impl Writer for HttpWriter {
    async fn create(
        &self,
        kind: &'static KindInfo,
        body: &serde_json::Value,
    ) -> Result<RemoteObject, WriteError> {
        self.write(kind, Method::POST, None, body).await
    }

    async fn update(
        &self,
        kind: &'static KindInfo,
        id: RemoteId,
        patch: &serde_json::Value,
    ) -> Result<RemoteObject, WriteError> {
        self.write(kind, Method::PATCH, Some(id), patch).await
    }

    async fn delete(&self, kind: &'static KindInfo, id: RemoteId) -> Result<(), WriteError> {
        let collection = collection_of(kind).map_err(WriteError::NotDone)?;
        let request = Request {
            method: Method::DELETE,
            path: format!("{}/{id}", collection.path),
            page: None,
            body: None,
        };
        self.reader
            .connection
            .call_until(&request, &AtomicU64::new(0), self.stop.as_ref())
            .await?;
        Ok(())
    }
}

fn collection_of(kind: &'static KindInfo) -> Result<&'static Collection, ProviderError> {
    kind.collection.ok_or_else(|| {
        ProviderError::Answer(format!("the platform has no objects of kind `{}`", kind.id))
    })
}

/// Reads `{"data": {…}}`, which must be of the object that was asked for.
fn object(
    connection: &Connection,
    collection: &'static Collection,
    request: &Request,
    body: &[u8],
    id: Option<RemoteId>,
) -> Result<RemoteObject, ProviderError> {
    #[derive(Deserialize)]
    struct Body {
        data: Decoded,
    }
    let odd = |what: String| {
        let Request { method, path, .. } = request;
        let said = format!("{method} /{path}: the answer {what}");
        ProviderError::Answer(connection.veil.over(said))
    };
    let found = body::parse::<Body>(body)
        .map_err(odd)?
        .data
        .finish(collection);
    match id {
        Some(id) if id != found.id => Err(odd(format!("is about object {}", found.id))),
        Some(_) | None => Ok(found),
    }
}
