//! The revision of the repository that a folder is in.

use std::path::Path;
use std::process::{Command, Stdio};

/// The variables in which CI systems name the revision.
const VARIABLES: &[&str] = &["GITHUB_SHA", "CI_COMMIT_SHA"];

/// The revision as a hexadecimal name; `None` outside of a repository, or without git.
pub fn revision(folder: &Path) -> Option<String> {
    asked_of_git(folder).or_else(|| {
        let mut values = VARIABLES.iter().filter_map(std::env::var_os);
        values.find_map(|value| checked(&value.to_string_lossy()))
    })
}

fn asked_of_git(folder: &Path) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["rev-parse", "--verify", "--quiet", "HEAD"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    checked(text.trim())
}

/// A name of 40 (SHA-1) or 64 (SHA-256) hexadecimal digits.
fn checked(text: &str) -> Option<String> {
    let is_name = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    is_name.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_is_taken() {
        let name = "591ea12591ea12591ea12591ea12591ea12591ea";
        assert_eq!(checked(name).as_deref(), Some(name));
        for other in ["", "591ea12", "main", &format!("{name}\n"), &"g".repeat(40)] {
            assert_eq!(checked(other), None, "{other}");
        }
    }
}
