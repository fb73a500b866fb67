//! The embedded platform: the platform contract over HTTP, on a real database, with pages for
//! people.
//!
//! It is generic over the catalogue; `behaviour` alone knows kinds. It must not be able to agree
//! with the engine by accident, so it imports nothing of it.
#![expect(
    clippy::disallowed_methods,
    reason = "a server has a clock and a data folder of its own"
)]

mod answer;
mod behaviour;
mod clock;
mod error;
mod faults;
mod guard;
mod http;
mod limiter;
mod listing;
mod living;
mod merge;
mod openapi;
mod pages;
mod people;
mod resource;
mod seed;
mod server;
mod stats;
mod store;

pub use error::SandboxError;
pub use faults::{
    Chance, Effect, Endpoint, Fault, FaultPlan, FaultRule, KindName, Method, Nth, RetryAfter,
    ServerError, ServerStatus, Shift, Spoil, Throttle, Wait,
};
pub use openapi::openapi;
pub use seed::{Seed, SeedContact, SeedOrder};
pub use server::{Running, start};

use crate::domain::zone::Zone;
use crate::model::Secret;
use std::path::PathBuf;
use std::time::Duration;

/// How the sandbox is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it keeps its objects.
    pub data: DataDir,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Requests a minute that it answers; 0 is no limit, and no headers about one.
    pub rate_limit_per_minute: u32,
    /// How long each request to the API waits before anything happens.
    pub latency: Duration,
    /// What the header `Token` must say.
    pub token: Secret,
    /// What the header `Cabinet-Hash` must say.
    pub account: Secret,
    /// Courses in the platform's form with their ids. Those whose id is not known yet are added.
    pub courses: Vec<serde_json::Value>,
    /// What a store that was never seeded is filled with.
    pub seed: Option<Seed>,
    /// The time zone in which days are counted; UTC by default.
    pub zone: Zone,
    /// How it is to misbehave; not at all by default.
    pub faults: FaultPlan,
}

impl Default for Options {
    /// A temporary store on a free port, unlimited, with the credentials `sandbox`, `sandbox`.
    fn default() -> Self {
        Options {
            data: DataDir::Temporary,
            port: 0,
            rate_limit_per_minute: 0,
            latency: Duration::ZERO,
            token: Secret::new("sandbox"),
            account: Secret::new("sandbox"),
            courses: Vec::new(),
            seed: None,
            zone: Zone::utc(),
            faults: FaultPlan::default(),
        }
    }
}

/// Where the sandbox keeps its objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataDir {
    /// In this folder, which is made if it is missing. Several processes may use it at once.
    Path(PathBuf),
    /// In a temporary folder that goes when the sandbox stops.
    Temporary,
}

#[cfg(test)]
mod tests;
