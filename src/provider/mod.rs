//! The port to a platform: [`Reader`], and [`Writer`] which adds what changes it.
//!
//! Code that is given a [`Reader`] cannot write. Adapters: `http` speaks the platform contract;
//! `memory` is for tests.

mod decode;
pub mod http;
pub mod memory;
mod reading;

pub use reading::{Reading, Unreadable, kinds_of, read, read_settled};

use crate::kinds::KindInfo;
use crate::model::{LiveObject, RemoteId, Target};
use std::collections::BTreeMap;
use std::future::Future;

/// An object as the platform sent it, decoded to normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteObject {
    /// Its id, which is not among the attributes.
    pub id: RemoteId,
    /// Its attributes.
    pub object: LiveObject,
}

/// All objects of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The objects, by id.
    pub objects: BTreeMap<RemoteId, LiveObject>,
    /// What it cost, in requests.
    pub requests: u64,
}

/// Reading from a platform.
pub trait Reader: Send + Sync {
    /// The platform and account.
    fn target(&self) -> Target;

    /// Every object of a kind: `ceil(n / page)` requests, none per object.
    ///
    /// # Errors
    /// See [`ProviderError`]; an incomplete or shifting listing is one.
    fn list(
        &self,
        kind: &'static KindInfo,
    ) -> impl Future<Output = Result<Listing, ProviderError>> + Send;

    /// One object; `None` if the platform does not have it.
    ///
    /// # Errors
    /// See [`ProviderError`].
    fn get(
        &self,
        kind: &'static KindInfo,
        id: RemoteId,
    ) -> impl Future<Output = Result<Option<RemoteObject>, ProviderError>> + Send;
}

/// Writing to a platform.
pub trait Writer: Reader {
    /// Makes an object.
    ///
    /// # Errors
    /// See [`WriteError`].
    fn create(
        &self,
        kind: &'static KindInfo,
        body: &serde_json::Value,
    ) -> impl Future<Output = Result<RemoteObject, WriteError>> + Send;

    /// Changes the attributes that `patch` names (a merge patch).
    ///
    /// # Errors
    /// See [`WriteError`].
    fn update(
        &self,
        kind: &'static KindInfo,
        id: RemoteId,
        patch: &serde_json::Value,
    ) -> impl Future<Output = Result<RemoteObject, WriteError>> + Send;

    /// Deletes an object.
    ///
    /// # Errors
    /// See [`WriteError`].
    fn delete(
        &self,
        kind: &'static KindInfo,
        id: RemoteId,
    ) -> impl Future<Output = Result<(), WriteError>> + Send;
}

/// Why a platform could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The platform refused the credentials (401, 403).
    #[error("{0}")]
    Credentials(String),
    /// The rate or retry budget is used up.
    #[error("{0}")]
    Exhausted(String),
    /// The platform refused the request (400, 404, 405, 409, 422).
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said, escaped and shortened.
        message: String,
    },
    /// The platform's answer is not what the contract says.
    #[error("{0}")]
    Answer(String),
    /// The platform could not be reached.
    #[error("{0}")]
    Unreachable(String),
    /// The run was told to stop before the request was sent.
    #[error("interrupted before it was sent")]
    Stopped,
    /// What answers at the address does not show that it is the platform: nothing was sent to it.
    #[error("{0}")]
    Untrusted(String),
}

/// Why a write has no good outcome.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It has certainly not happened.
    #[error(transparent)]
    NotDone(ProviderError),
    /// It may have happened: look the object up before trying again.
    #[error("it is not known whether it was done: {0}")]
    InDoubt(ProviderError),
}
