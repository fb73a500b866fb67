//! One suite for every place that keeps a state. Each test target brings its places.

pub mod cases;
pub mod line;
