//! One suite for every place that keeps a state. Each test target brings its places.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a case stops at the first surprise"
)]

pub mod cases;
pub mod line;
