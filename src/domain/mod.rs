//! What a configuration means: pure functions of time and events.
//!
//! No clock, no randomness: instants are arguments. What is computed here is the same for the
//! compiler, for tests of a configuration and for the embedded platform.

pub mod consequences;
pub mod outputs;
pub mod pricing;
pub mod schedule;
pub mod world;
pub mod zone;
