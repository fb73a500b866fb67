//! The simulation campaign: the real planner, executor, HTTP client, journal and state, over a
//! simulated platform, clock, network and disk.
//!
//! A history is made from a seed: projects, edits of the configuration and by hand, faults of the
//! network and the platform, kills at every await and in the middle of writes, runs at the same
//! time. Then nothing goes wrong any more, at most two runs follow, and the invariants must hold.
//! Everything happens on one thread and in simulated time, so that a seed is a history.
//!
//! `BURSAR_SEED=123 cargo test --lib campaign` replays one; `BURSAR_SEEDS=200000` asks for so many.

mod disk;
mod history;
mod judge;
mod live;
mod network;
mod platform;
mod program;
mod seeds;
mod violation;
mod world;
