//! Places outside of this machine that keep a state: a document, replaced whole, and a lock.

mod http;

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

impl Store {
    /// The place as it is named in messages.
    pub fn place(&self) -> &str {
        match self {
            Store::Http(store) => store.place(),
        }
    }

    /// The document; `None` before the first one.
    pub(super) async fn read(&self) -> Result<Option<Vec<u8>>, StateError> {
        match self {
            Store::Http(store) => store.read().await,
        }
    }

    /// Puts a document in place of the one that was `known` last, and of no other.
    pub(super) async fn write(
        &self,
        known: Option<&[u8]>,
        text: &[u8],
        lock: &str,
    ) -> Result<(), StateError> {
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
