//! Terraform's HTTP backend protocol: GET, POST, LOCK, UNLOCK.
//!
//! The protocol knows no conditional write. Servers that check `?ID=` refuse a writer without the
//! lock; for the others the document is read again before each write, and must be the one that
//! this run knows.

use super::patience::{Patience, Trouble};
use super::{CAP_BYTES, Document, client};
use crate::model::Secret;
use crate::state::error::StateError;
use crate::state::lock::Holder;
use base64::Engine as _;
use md5::{Digest as _, Md5};
use reqwest::header::{CONTENT_TYPE, HeaderName};
use reqwest::{Method, Response, StatusCode, Url};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// Where credentials come from.
const CREDENTIALS: &str = "BURSAR_STATE_USERNAME and BURSAR_STATE_PASSWORD (or …_FILE, or TF_HTTP_USERNAME and TF_HTTP_PASSWORD)";
/// The most that an answer about a lock may hold.
const LOCK_CAP_BYTES: usize = 64 * 1024;

/// Where the server is, and which verbs it wants. Absent ones are Terraform's defaults.
#[derive(Clone, Debug, Default)]
pub struct HttpAddresses {
    /// The document.
    pub address: String,
    /// The lock; the document's address, if absent.
    pub lock_address: Option<String>,
    /// Where the lock is let go; the lock's address, if absent.
    pub unlock_address: Option<String>,
    /// The verb that writes: `POST`, if absent.
    pub update_method: Option<String>,
    /// The verb that locks: `LOCK`, if absent.
    pub lock_method: Option<String>,
    /// The verb that unlocks: `UNLOCK`, if absent.
    pub unlock_method: Option<String>,
}

/// A state on a server that speaks the protocol.
#[derive(Clone, Debug)]
pub struct HttpStore {
    client: reqwest::Client,
    address: Url,
    lock_address: Url,
    unlock_address: Url,
    update_method: Method,
    lock_method: Method,
    unlock_method: Method,
    credentials: Option<(String, Secret)>,
    place: String,
    patience: Patience,
    /// The most that a document may hold.
    cap: usize,
    deadline: Duration,
}

/// What the protocol says of a lock.
#[derive(Debug, Serialize, Deserialize)]
struct LockInfo {
    #[serde(rename = "ID", default)]
    id: String,
    #[serde(rename = "Operation", default)]
    operation: String,
    #[serde(rename = "Info", default)]
    info: String,
    #[serde(rename = "Who", default)]
    who: String,
    #[serde(rename = "Version", default)]
    version: String,
    #[serde(rename = "Created", default)]
    created: String,
    #[serde(rename = "Path", default)]
    path: String,
}

impl From<&Holder> for LockInfo {
    fn from(holder: &Holder) -> Self {
        let Holder {
            id,
            pid,
            user,
            host,
            command,
            since,
        } = holder;
        LockInfo {
            id: id.clone(),
            operation: command.clone(),
            info: pid.to_string(),
            who: format!("{user}@{host}"),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            created: since.clone(),
            path: String::new(),
        }
    }
}

impl From<LockInfo> for Holder {
    fn from(info: LockInfo) -> Self {
        let (user, host) = match info.who.rsplit_once('@') {
            Some((user, host)) => (user.to_owned(), host.to_owned()),
            None => (info.who, String::new()),
        };
        Holder {
            id: info.id,
            // Another program's information is no process of ours.
            pid: info.info.parse().unwrap_or(0),
            user,
            host,
            command: info.operation,
            since: info.created,
        }
    }
}

impl HttpStore {
    /// Checks the addresses; nothing is sent.
    ///
    /// # Errors
    /// An address or a verb is wrong, or TLS is missing outside of loopback.
    pub fn new(
        addresses: &HttpAddresses,
        credentials: Option<(String, Secret)>,
    ) -> Result<Self, StateError> {
        let HttpAddresses {
            address,
            lock_address,
            unlock_address,
            update_method,
            lock_method,
            unlock_method,
        } = addresses;
        let address = client::checked("address", address)?;
        let lock_address = match lock_address {
            Some(lock) => client::checked("lock_address", lock)?,
            None => address.clone(),
        };
        let unlock_address = match unlock_address {
            Some(unlock) => client::checked("unlock_address", unlock)?,
            None => lock_address.clone(),
        };
        let addresses = [&address, &lock_address, &unlock_address];
        // This machine alone: no proxy may see the password.
        let is_plain = addresses.iter().any(|url| url.scheme() == "http");
        let client = client::builder(is_plain)
            .build()
            .map_err(|error| StateError::Settings(error.to_string()))?;
        let mut shown = address.clone();
        shown.set_query(None);
        Ok(HttpStore {
            client,
            lock_address,
            unlock_address,
            update_method: verb("update_method", update_method.as_deref(), "POST")?,
            lock_method: verb("lock_method", lock_method.as_deref(), "LOCK")?,
            unlock_method: verb("unlock_method", unlock_method.as_deref(), "UNLOCK")?,
            credentials,
            place: shown.to_string(),
            address,
            patience: Patience::default(),
            cap: CAP_BYTES,
            deadline: client::DEADLINE,
        })
    }

    /// The same without long pauses between tries.
    #[must_use]
    pub fn with_pause(self, pause: Duration) -> Self {
        HttpStore {
            patience: Patience::with_pause(pause),
            ..self
        }
    }

    /// The same for documents of at most so many bytes.
    #[must_use]
    pub fn with_cap(self, cap: usize) -> Self {
        HttpStore { cap, ..self }
    }

    /// The same with another time that one answer may take in all.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        HttpStore { deadline, ..self }
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    pub(super) async fn read(&self) -> Result<Option<Document>, StateError> {
        self.patience
            .ask(&self.place, async || self.read_once().await)
            .await
    }

    pub(super) async fn write(
        &self,
        known: Option<&Document>,
        text: Vec<u8>,
        lock: &str,
    ) -> Result<Document, StateError> {
        let document = Document {
            text,
            version: None,
        };
        let written = self.patience.ask(&self.place, async || {
            // Also after a lost answer: it tells whether that write has happened.
            let found = self.read_once().await?;
            if found.as_ref() == Some(&document) {
                return Ok(());
            }
            if found.as_ref() != known {
                return Err(Trouble::Final(self.overtaken()));
            }
            self.write_once(&document.text, lock).await
        });
        written.await?;
        Ok(document)
    }

    pub(super) async fn lock(&self, holder: &Holder) -> Result<(), StateError> {
        let locked = self
            .patience
            .ask(&self.place, async || self.lock_once(holder).await)
            .await;
        if let Err(StateError::Unreachable { .. }) = locked {
            // One of the tries may have got it, its answer lost.
            let _ = self.unlock_once(holder).await;
        }
        locked
    }

    pub(super) async fn unlock(&self, holder: &Holder) -> Result<(), StateError> {
        self.patience
            .ask(&self.place, async || self.unlock_once(holder).await)
            .await
    }

    async fn read_once(&self) -> Result<Option<Document>, Trouble> {
        let request = self.request(Method::GET, self.address.clone());
        let response = self.send(request).await?;
        match response.status() {
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(None),
            StatusCode::OK => {
                let text = self.body(response, self.cap).await?;
                let document = Document {
                    text,
                    version: None,
                };
                Ok((!document.text.is_empty()).then_some(document))
            }
            _ => Err(self.refusal(&response, "give the state")),
        }
    }

    async fn write_once(&self, text: &[u8], lock: &str) -> Result<(), Trouble> {
        let mut url = self.address.clone();
        url.query_pairs_mut().append_pair("ID", lock);
        let sum = base64::engine::general_purpose::STANDARD.encode(Md5::digest(text));
        let request = self
            .request(self.update_method.clone(), url)
            .header(CONTENT_TYPE, "application/json")
            .header(HeaderName::from_static("content-md5"), sum)
            .body(text.to_vec());
        let response = self.send(request).await?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::CONFLICT | StatusCode::LOCKED | StatusCode::PRECONDITION_FAILED => {
                Err(Trouble::Final(self.overtaken()))
            }
            _ => Err(self.refusal(&response, "take the state")),
        }
    }

    async fn lock_once(&self, holder: &Holder) -> Result<(), Trouble> {
        let request = self
            .request(self.lock_method.clone(), self.lock_address.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(json(&LockInfo::from(holder)));
        let response = self.send(request).await?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::LOCKED | StatusCode::CONFLICT => {
                let text = self.body(response, LOCK_CAP_BYTES).await?;
                let found = serde_json::from_slice::<LockInfo>(&text)
                    .ok()
                    .map(|info| Box::new(Holder::from(info)));
                // An earlier try got it, and its answer was lost.
                if found.as_ref().is_some_and(|found| found.id == holder.id) {
                    return Ok(());
                }
                Err(Trouble::Final(StateError::Locked {
                    path: PathBuf::from(&self.place),
                    holder: found,
                }))
            }
            _ => Err(self.refusal(&response, "lock the state")),
        }
    }

    async fn unlock_once(&self, holder: &Holder) -> Result<(), Trouble> {
        let request = self
            .request(self.unlock_method.clone(), self.unlock_address.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(json(&LockInfo::from(holder)));
        let response = self.send(request).await?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND => Ok(()),
            _ => Err(self.refusal(&response, "let go of the lock")),
        }
    }

    fn request(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        let request = self.client.request(method, url).timeout(self.deadline);
        match &self.credentials {
            Some((user, password)) => request.basic_auth(user, Some(password.expose())),
            None => request,
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Response, Trouble> {
        request
            .send()
            .await
            .map_err(|error| Trouble::Passing(client::without_address(error)))
    }

    async fn body(&self, mut response: Response, cap: usize) -> Result<Vec<u8>, Trouble> {
        let mut text = Vec::new();
        loop {
            match response.chunk().await {
                Ok(None) => return Ok(text),
                Ok(Some(chunk)) if text.len() + chunk.len() <= cap => text.extend(chunk),
                Ok(Some(_)) => {
                    let what = format!("answers with more than {cap} bytes");
                    return Err(Trouble::Final(self.refused(what)));
                }
                Err(error) => return Err(Trouble::Passing(client::without_address(error))),
            }
        }
    }

    /// An answer that is neither good nor told apart. Its body may hold anything and is not quoted.
    fn refusal(&self, response: &Response, what: &str) -> Trouble {
        let status = response.status();
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Trouble::Final(StateError::Credentials {
                place: self.place.clone(),
                answer: status.as_u16().to_string(),
                variables: CREDENTIALS,
            });
        }
        let message = format!("does not {what}: it answers {}", status.as_u16());
        if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
            || status == StatusCode::TOO_MANY_REQUESTS
        {
            return Trouble::Passing(message);
        }
        let message = if status.is_redirection() {
            format!("{message}, a redirect, which is not followed")
        } else {
            message
        };
        Trouble::Final(self.refused(message))
    }

    fn overtaken(&self) -> StateError {
        StateError::Overtaken {
            place: self.place.clone(),
        }
    }

    fn refused(&self, what: String) -> StateError {
        StateError::Refused {
            place: self.place.clone(),
            what,
        }
    }
}

fn json(info: &LockInfo) -> Vec<u8> {
    // Texts alone: there is nothing that JSON cannot say.
    serde_json::to_vec(info).unwrap_or_default()
}

fn verb(name: &str, given: Option<&str>, default: &str) -> Result<Method, StateError> {
    Method::from_bytes(given.unwrap_or(default).as_bytes())
        .map_err(|_| StateError::Settings(format!("`state.{name}` is not a verb of HTTP")))
}
