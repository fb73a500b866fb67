//! GitLab: what its merge requests show beside a pipeline.

pub mod plan;
