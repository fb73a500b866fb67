//! A bucket: S3 and what is compatible, with conditional writes.
//!
//! The document is one object, the lock another beside it. Each write names the version that it
//! replaces (`If-Match`) or that there is none (`If-None-Match`), and the store decides. A lock that
//! is let go stays as an object that names nobody: S3 deletes without conditions, and a deletion
//! could hit the lock of another run.

use super::patience::{Patience, Trouble};
use super::{CAP_BYTES, Document, client};
use crate::model::Secret;
use crate::state::error::StateError;
use crate::state::lock::Holder;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::path::Path;
use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, RetryConfig,
    UpdateVersion,
};
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Where credentials come from.
const CREDENTIALS: &str = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or …_FILE), with AWS_SESSION_TOKEN if they are temporary, to a key that may list the bucket, read and write";
/// How often a lock is tried that others change at the same instant.
const LOCK_TRIES: u32 = 8;
/// A version that no object has.
const NO_ETAG: &str = "\"00000000000000000000000000000000\"";

/// Which object.
#[derive(Clone, Debug)]
pub struct S3Object {
    /// The bucket.
    pub bucket: String,
    /// The document's key; the lock's is the same with `.lock`.
    pub key: String,
    /// The region.
    pub region: String,
    /// The address of a store other than Amazon's.
    pub endpoint: Option<String>,
}

/// Who we are.
#[derive(Clone, Debug)]
pub struct S3Credentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: Secret,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: Secret,
    /// `AWS_SESSION_TOKEN`, of temporary credentials.
    pub session_token: Option<Secret>,
}

/// A state in a bucket.
#[derive(Clone)]
pub struct S3Store {
    store: Arc<AmazonS3>,
    key: Path,
    lock_key: Path,
    place: String,
    patience: Patience,
}

impl fmt::Debug for S3Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("S3Store").field(&self.place).finish()
    }
}

/// What stands in the object of the lock.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockFile {
    format_version: u32,
    /// Absent once it has been let go.
    holder: Option<Holder>,
}

impl LockFile {
    const FORMAT: u32 = 1;

    fn text(holder: Option<&Holder>) -> Vec<u8> {
        let file = LockFile {
            format_version: LockFile::FORMAT,
            holder: holder.cloned(),
        };
        // Texts and numbers alone: there is nothing that JSON cannot say.
        serde_json::to_vec(&file).unwrap_or_default()
    }

    fn parse(text: &[u8]) -> Option<LockFile> {
        serde_json::from_slice::<LockFile>(text)
            .ok()
            .filter(|file| file.format_version == LockFile::FORMAT)
    }
}

/// How a conditional write ended.
enum Put {
    Done(Document),
    /// Another version is there.
    Refused,
}

impl S3Store {
    /// Checks the settings; nothing is sent.
    ///
    /// # Errors
    /// The key or the endpoint is wrong, or TLS is missing outside of loopback.
    pub fn new(object: &S3Object, credentials: &S3Credentials) -> Result<Self, StateError> {
        let S3Object {
            bucket,
            key,
            region,
            endpoint,
        } = object;
        let wrong = |what: &str| StateError::Settings(what.to_owned());
        let parse = |key: &str| {
            Path::parse(key).map_err(|_| wrong("`state.key` is not the key of an object"))
        };
        let (path, lock_key) = (parse(key)?, parse(&format!("{key}.lock"))?);
        if path.as_ref().is_empty() {
            return Err(wrong("`state.key` is empty"));
        }
        let S3Credentials {
            access_key_id,
            secret_access_key,
            session_token,
        } = credentials;
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(region)
            .with_access_key_id(access_key_id.expose())
            .with_secret_access_key(secret_access_key.expose())
            .with_retry(RetryConfig {
                max_retries: 0,
                ..RetryConfig::default()
            })
            .with_http_connector(Connector {
                is_plain: endpoint.as_ref().is_some_and(|to| to.starts_with("http:")),
            });
        if let Some(token) = session_token {
            builder = builder.with_token(token.expose());
        }
        builder = match endpoint {
            Some(endpoint) => {
                let url = client::checked("endpoint", endpoint)?;
                builder
                    .with_allow_http(url.scheme() == "http")
                    .with_endpoint(endpoint.trim_end_matches('/'))
            }
            // A bucket with a dot has no certificate of its own.
            None => builder.with_virtual_hosted_style_request(!bucket.contains('.')),
        };
        let store = builder
            .build()
            .map_err(|_| wrong("`state` does not name a bucket that can be used"))?;
        Ok(S3Store {
            store: Arc::new(store),
            key: path,
            lock_key,
            place: format!("s3://{bucket}/{key}"),
            patience: Patience::default(),
        })
    }

    /// The same without long pauses between tries.
    #[must_use]
    pub fn with_pause(self, pause: Duration) -> Self {
        S3Store {
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
                let found = self.get(&self.key).await?;
                if found.is_none() {
                    self.look_for_bucket().await?;
                }
                Ok(found)
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
                if let Put::Done(document) = self.put(&self.key, known, &text).await? {
                    return Ok(document);
                }
                // An earlier try may have written it, its answer lost.
                match self.get(&self.key).await? {
                    Some(found) if found.text == text => Ok(found),
                    // The store could not decide between writers, and none has won.
                    found if found.as_ref() == known => {
                        Err(Trouble::Passing("refuses a write that is right".to_owned()))
                    }
                    _ => Err(Trouble::Final(StateError::Overtaken {
                        place: self.place.clone(),
                    })),
                }
            })
            .await
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

    async fn lock_once(&self, holder: &Holder) -> Result<(), Trouble> {
        let text = LockFile::text(Some(holder));
        if let Put::Done(_) = self.put(&self.lock_key, None, &text).await? {
            return self.prove(&text).await;
        }
        for _ in 0..LOCK_TRIES {
            let Some(found) = self.get(&self.lock_key).await? else {
                break;
            };
            match LockFile::parse(&found.text) {
                Some(LockFile { holder: None, .. }) => {
                    if let Put::Done(_) = self.put(&self.lock_key, Some(&found), &text).await? {
                        return Ok(());
                    }
                }
                // An earlier try got it, and its answer was lost.
                Some(LockFile {
                    holder: Some(found),
                    ..
                }) if found.id == holder.id => return Ok(()),
                other => {
                    return Err(Trouble::Final(StateError::Locked {
                        path: PathBuf::from(&self.place),
                        holder: other.and_then(|file| file.holder).map(Box::new),
                    }));
                }
            }
        }
        Err(Trouble::Passing("the lock changes all the time".to_owned()))
    }

    /// The first lock that a place ever sees shows whether it looks at conditions: one that does not
    /// would give the lock to everybody.
    async fn prove(&self, text: &[u8]) -> Result<(), Trouble> {
        let no_such = Document {
            text: Vec::new(),
            version: Some(NO_ETAG.to_owned()),
        };
        for known in [None, Some(&no_such)] {
            if let Put::Done(document) = self.put(&self.lock_key, known, text).await? {
                let free = LockFile::text(None);
                self.put(&self.lock_key, Some(&document), &free).await?;
                return Err(Trouble::Final(self.refused(
                    "does not honour conditional writes (If-None-Match and If-Match), by which a state is locked",
                )));
            }
        }
        Ok(())
    }

    async fn unlock_once(&self, holder: &Holder) -> Result<(), Trouble> {
        for _ in 0..LOCK_TRIES {
            let Some(found) = self.get(&self.lock_key).await? else {
                return Ok(());
            };
            match LockFile::parse(&found.text) {
                Some(LockFile { holder: None, .. }) => return Ok(()),
                Some(LockFile {
                    holder: Some(other),
                    ..
                }) if other.id != holder.id => {
                    return Err(Trouble::Final(StateError::NotTheLock {
                        holder: Box::new(other),
                    }));
                }
                Some(_) => {
                    let free = LockFile::text(None);
                    if let Put::Done(_) = self.put(&self.lock_key, Some(&found), &free).await? {
                        return Ok(());
                    }
                }
                None => {
                    let what = format!(
                        "the object `{}` is no lock of bursar; delete it if nobody else needs it",
                        self.lock_key
                    );
                    return Err(Trouble::Final(self.refused(&what)));
                }
            }
        }
        Err(Trouble::Passing("the lock changes all the time".to_owned()))
    }

    async fn get(&self, key: &Path) -> Result<Option<Document>, Trouble> {
        let result = match self.store.get(key).await {
            Ok(result) => result,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.trouble("give the state", &error)),
        };
        let version = result.meta.e_tag.clone();
        let mut stream = result.into_stream();
        let mut text = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| self.trouble("give the state", &error))?;
            if text.len() + chunk.len() > CAP_BYTES {
                let what = format!("answers with more than {CAP_BYTES} bytes");
                return Err(Trouble::Final(self.refused(&what)));
            }
            text.extend_from_slice(&chunk);
        }
        if version.is_none() {
            return Err(Trouble::Final(
                self.refused("names no version (ETag) of its objects"),
            ));
        }
        Ok(Some(Document { text, version }))
    }

    /// Writes if the version that is `known` is still there.
    async fn put(&self, key: &Path, known: Option<&Document>, text: &[u8]) -> Result<Put, Trouble> {
        let mode = match known {
            None => PutMode::Create,
            Some(known) => PutMode::Update(UpdateVersion {
                e_tag: known.version.clone(),
                version: None,
            }),
        };
        let payload = PutPayload::from(text.to_vec());
        let options = PutOptions::from(mode);
        match self.store.put_opts(key, payload, options).await {
            Ok(result) if result.e_tag.is_some() => Ok(Put::Done(Document {
                text: text.to_vec(),
                version: result.e_tag,
            })),
            Ok(_) => Err(Trouble::Final(
                self.refused("names no version (ETag) of its objects"),
            )),
            Err(
                object_store::Error::AlreadyExists { .. }
                | object_store::Error::Precondition { .. }
                | object_store::Error::NotModified { .. },
            ) => Ok(Put::Refused),
            // To a writer, a key that is not there is a bucket that is not there.
            Err(object_store::Error::NotFound { .. }) => {
                Err(Trouble::Final(self.refused("the bucket does not exist")))
            }
            Err(error) => Err(self.trouble("take the state", &error)),
        }
    }

    /// A missing object and a missing bucket are answered alike.
    async fn look_for_bucket(&self) -> Result<(), Trouble> {
        match self.store.list(Some(&self.key)).next().await {
            None | Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(self.trouble("list the bucket", &error)),
        }
    }

    /// What an error means. Its own text may quote an answer and is not shown.
    fn trouble(&self, what: &str, error: &object_store::Error) -> Trouble {
        let mut source: Option<&(dyn Error + 'static)> = Some(error);
        let mut transport = None;
        while let Some(cause) = source {
            if let Some(Answered(status)) = cause.downcast_ref::<Answered>() {
                return self.refusal(*status, what);
            }
            if let Some(error) = cause.downcast_ref::<HttpError>() {
                transport = error.source().map(client::chain);
            }
            source = cause.source();
        }
        match transport {
            Some(message) => Trouble::Passing(message),
            None => Trouble::Final(self.refused(&format!("does not {what}"))),
        }
    }

    fn refusal(&self, status: StatusCode, what: &str) -> Trouble {
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Trouble::Final(StateError::Credentials {
                place: self.place.clone(),
                answer: status.as_u16().to_string(),
                variables: CREDENTIALS,
            });
        }
        // Only of a listing: a missing object is no error.
        if status == StatusCode::NOT_FOUND {
            return Trouble::Final(self.refused("the bucket does not exist"));
        }
        let message = format!("does not {what}: it answers {}", status.as_u16());
        let is_passing = status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
            || matches!(
                status,
                StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
            );
        if is_passing {
            return Trouble::Passing(message);
        }
        Trouble::Final(self.refused(&if status.is_redirection() {
            format!("{message}, a redirect, which is not followed: is `state.region` right?")
        } else {
            message
        }))
    }

    fn refused(&self, what: &str) -> StateError {
        StateError::Refused {
            place: self.place.clone(),
            what: what.to_owned(),
        }
    }
}

/// Gives the library our client.
#[derive(Debug)]
struct Connector {
    /// Whether it goes over plain HTTP, to this machine.
    is_plain: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        // What is kept comes back byte by byte, with its length.
        let client = client::builder(self.is_plain).build();
        let client = client.map_err(|error| object_store::Error::Generic {
            store: "S3",
            source: Box::new(error),
        })?;
        Ok(HttpClient::new(Statuses(HttpClient::new(client))))
    }
}

/// Makes errors of answers that mean neither success nor another version, so that their status is
/// known, and nothing of their text.
#[derive(Debug)]
struct Statuses(HttpClient);

#[async_trait]
impl HttpService for Statuses {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let query = request.uri().query().unwrap_or_default();
        let is_listing = query.contains("list-type=");
        let response = self.0.execute(request).await?;
        let status = response.status();
        let is_told_apart = match status {
            StatusCode::NOT_FOUND => !is_listing,
            StatusCode::NOT_MODIFIED | StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => {
                true
            }
            _ => false,
        };
        if status.is_success() || is_told_apart {
            return Ok(response);
        }
        Err(HttpError::new(HttpErrorKind::Unknown, Answered(status)))
    }
}

/// The status of an answer.
#[derive(Debug, thiserror::Error)]
#[error("answers {0}")]
struct Answered(StatusCode);
