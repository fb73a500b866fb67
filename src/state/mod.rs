//! What was last applied, kept between runs: the state file, its lock, its journal.
//!
//! An apply holds the lock, writes every intent and every outcome to the journal, and folds the
//! journal into a new version of the state at its end. A run that was cut off leaves its journal;
//! whoever reads next sees both as one, and whoever locks next folds it.

mod disk;
mod document;
mod effect;
mod error;
mod folder;
mod form;
mod journal;
mod local;
mod lock;
mod record;
mod remote;
mod seal;
#[expect(
    clippy::module_inception,
    reason = "the room's main thing has its name"
)]
mod state;
mod store;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use disk::{Disk, Lock, NotLocked, Tail};
pub use effect::Effect;
pub use error::StateError;
pub use journal::Journal;
pub use local::{LocalState, Locked, Snapshot, Start};
pub use lock::{AtWork, Holder};
pub use record::Intent;
pub use remote::{RemoteLocked, RemoteState};
pub use seal::digest;
pub use state::{Session, State, Unlocked};
pub use store::{HttpAddresses, HttpStore, Store};
#[cfg(feature = "postgres")]
pub use store::{PostgresAddress, PostgresStore};
#[cfg(feature = "s3")]
pub use store::{S3Credentials, S3Object, S3Store};
