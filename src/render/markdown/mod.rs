//! Comments on pull requests, in GitHub's and GitLab's Markdown.

pub mod plan;

#[cfg(test)]
mod tests;
