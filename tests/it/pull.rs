//! `pull`: mirrors refreshed in place, and whole accounts taken over.

mod accounts;
mod generated;
mod mirrors;

use crate::harness::Project;
use serde_json::Value;
use std::path::Path;

/// A project with these settings and nothing in it.
fn bare(settings: &str) -> Project {
    let project = Project::empty();
    let text = format!("version: 1\nproject: found\nplatform: {{ provider: sandbox }}\n{settings}");
    std::fs::write(project.path().join("bursar.yaml"), text).unwrap();
    project
}

/// Everything that the embedded platform holds, as it sends it.
fn everything(project: &Project) -> Vec<(String, Vec<Value>)> {
    project.with_platform(async |platform| {
        let mut all = Vec::new();
        for collection in crate::harness::collections() {
            all.push((collection.to_owned(), platform.list(collection).await));
        }
        all
    })
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// Pulls the whole account, and holds what must be true then: nothing was written to the platform,
/// the files are valid, and they plan to nothing at all. What was told is returned.
fn pulls_all(project: &Project, seed: &str) -> Value {
    let before = everything(project);
    let ran = project.run(&["pull", "--all", "--out", "live", "--json", "--quiet"]);
    assert_eq!(ran.code, 0, "{seed}\n{}\n{}", ran.stdout, ran.stderr);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| {
        panic!("{seed}: no JSON: {}", ran.stdout);
    });
    assert_eq!(
        everything(project),
        before,
        "{seed}: the platform has changed"
    );
    let valid = project.run(&["validate"]);
    assert_eq!(valid.code, 0, "{seed}\n{}", valid.stdout);
    let plan = project.run(&["plan", "--json", "--quiet", "--detailed-exitcode"]);
    assert_eq!(plan.code, 0, "{seed}\n{}", plan.stdout);
    let plan: Value = serde_json::from_str(&plan.stdout).unwrap();
    assert_eq!(plan["steps"], serde_json::json!([]), "{seed}");
    told
}

/// As [`pulls_all`]; and the files are in the one layout, and nothing has drifted.
pub fn pulls_all_well(project: &Project, seed: &str) -> Value {
    let told = pulls_all(project, seed);
    let laid_out = project.run(&["fmt", "--check"]);
    assert_eq!(laid_out.code, 0, "{seed}\n{}", laid_out.stdout);
    let drift = project.run(&["drift", "--detailed-exitcode"]);
    assert_eq!(drift.code, 0, "{seed}\n{}", drift.stdout);
    told
}
