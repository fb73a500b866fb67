//! Tests that have been run, for every form of telling it.

use crate::simulate::{Coverage, Outcome};

/// The tests of one environment.
#[derive(Clone, Copy, Debug)]
pub struct Tested<'a> {
    /// The environment, if the project has some.
    pub environment: Option<&'a str>,
    /// The project's time zone, for the times of timelines.
    pub zone: &'a str,
    /// What came of each test.
    pub outcomes: &'a [Outcome],
    /// What they cover.
    pub coverage: &'a Coverage,
    /// Whether what is not covered is listed.
    pub gaps: bool,
}
