//! Mermaid: graphs that GitHub and GitLab draw in comments.

pub mod graph;
