//! Places outside of this machine that keep a state: a document, replaced whole, and a lock.

mod http;
mod patience;

pub use http::{HttpAddresses, HttpStore};

use super::error::StateError;
use super::lock::Holder;

/// The most that a kept state may hold.
const CAP_BYTES: usize = 256 * 1024 * 1024;

/// A place that keeps a state.
#[derive(Clone, Debug)]
pub enum Store {
    /// A server that speaks Terraform's HTTP backend protocol.
    Http(HttpStore),
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
        }
    }

    /// The document; `None` before the first one.
    pub(super) async fn read(&self) -> Result<Option<Document>, StateError> {
        match self {
            Store::Http(store) => store.read().await,
        }
    }

    /// Puts a document in place of the one that was `known` last, and of no other.
    pub(super) async fn write(
        &self,
        known: Option<&Document>,
        text: Vec<u8>,
        lock: &str,
    ) -> Result<Document, StateError> {
        match self {
            Store::Http(store) => store.write(known, text, lock).await,
        }
    }

    /// Takes the lock.
    pub(super) async fn lock(&self, holder: &Holder) -> Result<(), StateError> {
        match self {
            Store::Http(store) => store.lock(holder).await,
        }
    }

    /// Lets go of a lock.
    pub(super) async fn unlock(&self, holder: &Holder) -> Result<(), StateError> {
        match self {
            Store::Http(store) => store.unlock(holder).await,
        }
    }
}
