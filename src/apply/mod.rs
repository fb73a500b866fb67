//! Carrying a plan out. It decides nothing: what is done, and in which order, is the plan's.
//!
//! Steps run as their dependencies allow. Each write is announced in the journal before it is
//! sent, and its outcome is written after. A failed step skips those that depend on it; the rest
//! goes on.

mod announce;
mod carry_out;
mod doubt;
mod event;
mod executor;
mod job;
mod schedule;
#[cfg(test)]
mod tests;

pub use announce::announced;
pub use event::{Because, Event, Failed, Outcome, Skipped, StepError};
pub use executor::{ApplySettings, apply};
