//! Terraform's HTTP backend protocol: GET, POST, LOCK, UNLOCK.
//!
//! The protocol knows no conditional write. Servers that check `?ID=` refuse a writer without the
//! lock; for the others the document is read again before each write, and must be the one that
//! this run knows.

use super::CAP_BYTES;
use crate::model::Secret;
use crate::state::error::StateError;
use crate::state::lock::Holder;
use base64::Engine as _;
use md5::{Digest as _, Md5};
use reqwest::header::{CONTENT_TYPE, HeaderName};
use reqwest::{Method, Response, StatusCode, Url, redirect};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How often one request is tried.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the server may be silent …
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// … and how long one answer may take in all.
const DEADLINE: Duration = Duration::from_secs(300);
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
    pause: Duration,
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

/// Why one request has no good answer.
enum Trouble {
    /// The same request may have a better one.
    Passing(String),
    /// It will not.
    Final(StateError),
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
        // An error says that someone else has installed one, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = checked("address", address)?;
        let lock_address = match lock_address {
            Some(lock) => checked("lock_address", lock)?,
            None => address.clone(),
        };
        let unlock_address = match unlock_address {
            Some(unlock) => checked("unlock_address", unlock)?,
            None => lock_address.clone(),
        };
        let mut client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT);
        let addresses = [&address, &lock_address, &unlock_address];
        if addresses.iter().any(|url| url.scheme() == "http") {
            // This machine alone: no proxy may see the password.
            client = client.no_proxy();
        }
        let client = client
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
            pause: FIRST_PAUSE,
            deadline: DEADLINE,
        })
    }

    /// The same without long pauses between tries.
    #[must_use]
    pub fn with_pause(self, pause: Duration) -> Self {
        HttpStore { pause, ..self }
    }

    /// The same with another time that one answer may take in all.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        HttpStore { deadline, ..self }
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    pub(super) async fn read(&self) -> Result<Option<Vec<u8>>, StateError> {
        let mut tries = 0;
        loop {
            match self.read_once().await {
                Ok(text) => return Ok(text),
                Err(trouble) => self.again(trouble, &mut tries).await?,
            }
        }
    }

    pub(super) async fn write(
        &self,
        known: Option<&[u8]>,
        text: &[u8],
        lock: &str,
    ) -> Result<(), StateError> {
        let mut tries = 0;
        loop {
            // Also after a lost answer: it tells whether that write has happened.
            let found = self.read().await?;
            if found.as_deref() == Some(text) {
                return Ok(());
            }
            if found.as_deref() != known {
                return Err(StateError::Overtaken {
                    place: self.place.clone(),
                });
            }
            match self.write_once(text, lock).await {
                Ok(()) => return Ok(()),
                Err(trouble) => self.again(trouble, &mut tries).await?,
            }
        }
    }

    pub(super) async fn lock(&self, holder: &Holder) -> Result<(), StateError> {
        let mut tries = 0;
        loop {
            match self.lock_once(holder).await {
                Ok(()) => return Ok(()),
                Err(trouble) => self.again(trouble, &mut tries).await?,
            }
        }
    }

    pub(super) async fn unlock(&self, holder: &Holder) -> Result<(), StateError> {
        let mut tries = 0;
        loop {
            let body = json(&LockInfo::from(holder));
            let request = self
                .request(self.unlock_method.clone(), self.unlock_address.clone())
                .header(CONTENT_TYPE, "application/json")
                .body(body);
            let outcome = match self.send(request).await {
                Ok(response) if response.status().is_success() => Ok(()),
                Ok(response) if response.status() == StatusCode::NOT_FOUND => Ok(()),
                Ok(response) => Err(self.refusal(&response, "let go of the lock")),
                Err(trouble) => Err(trouble),
            };
            match outcome {
                Ok(()) => return Ok(()),
                Err(trouble) => self.again(trouble, &mut tries).await?,
            }
        }
    }

    async fn read_once(&self) -> Result<Option<Vec<u8>>, Trouble> {
        let request = self.request(Method::GET, self.address.clone());
        let response = self.send(request).await?;
        match response.status() {
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(None),
            StatusCode::OK => {
                let text = self.body(response, CAP_BYTES).await?;
                Ok((!text.is_empty()).then_some(text))
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
                Err(Trouble::Final(StateError::Overtaken {
                    place: self.place.clone(),
                }))
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
            .map_err(|error| Trouble::Passing(without_address(error)))
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
                Err(error) => return Err(Trouble::Passing(without_address(error))),
            }
        }
    }

    /// An answer that is neither good nor told apart. Its body may hold anything and is not quoted.
    fn refusal(&self, response: &Response, what: &str) -> Trouble {
        let status = response.status();
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Trouble::Final(StateError::Credentials {
                place: self.place.clone(),
                status: status.as_u16(),
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

    fn refused(&self, what: String) -> StateError {
        StateError::Refused {
            place: self.place.clone(),
            what,
        }
    }

    /// Waits before another try, unless there is none.
    async fn again(&self, trouble: Trouble, tries: &mut u32) -> Result<(), StateError> {
        match trouble {
            Trouble::Final(error) => Err(error),
            Trouble::Passing(message) => {
                *tries += 1;
                if *tries >= TRIES {
                    return Err(StateError::Unreachable {
                        place: self.place.clone(),
                        message,
                    });
                }
                tokio::time::sleep(self.pause * 2_u32.pow(*tries - 1)).await;
                Ok(())
            }
        }
    }
}

/// The text of an error without the address, whose query may hold what must not be seen.
fn without_address(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn json(info: &LockInfo) -> Vec<u8> {
    // Texts alone: there is nothing that JSON cannot say.
    serde_json::to_vec(info).unwrap_or_default()
}

fn checked(name: &str, address: &str) -> Result<Url, StateError> {
    // The address itself is not quoted: it may hold a password.
    let wrong = |what: &str| StateError::Settings(format!("`state.{name}` {what}"));
    let url = Url::parse(address).map_err(|_| wrong("is not an address like https://…"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "holds a name or a password; set BURSAR_STATE_USERNAME and BURSAR_STATE_PASSWORD",
        ));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(wrong("must begin with https:// outside of this machine")),
        _ => Err(wrong("must begin with https://")),
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

fn verb(name: &str, given: Option<&str>, default: &str) -> Result<Method, StateError> {
    Method::from_bytes(given.unwrap_or(default).as_bytes())
        .map_err(|_| StateError::Settings(format!("`state.{name}` is not a verb of HTTP")))
}
