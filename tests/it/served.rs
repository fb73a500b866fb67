//! `bursar sandbox` as a process of its own.

use crate::harness::Project;
use std::process::{Child, Stdio};

/// `bursar sandbox`, which goes with it.
pub struct Sandbox {
    child: Child,
    /// Its address.
    pub url: String,
}

impl Sandbox {
    /// One that misbehaves so, and has no limit.
    pub fn start(project: &Project, faults: &str) -> Self {
        Sandbox::limited(project, faults, "0")
    }

    /// One that answers so many requests in a minute.
    pub fn limited(project: &Project, faults: &str, per_minute: &str) -> Self {
        let file = project.path().join("faults.yaml.txt");
        std::fs::write(&file, faults).unwrap();
        let mut child = project
            .bursar(&[
                "sandbox",
                "--port",
                "0",
                "--rate-limit",
                per_minute,
                "--faults",
            ])
            .arg(file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = crate::harness::address_of(&mut child);
        Sandbox { child, url }
    }

    /// Points the project here; gives how it was pointed.
    pub fn point(&self, project: &Project) -> String {
        let file = project.path().join("bursar.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        let far = format!("provider: sandbox, url: \"{}\"", self.url);
        std::fs::write(&file, text.replace("provider: sandbox", &far)).unwrap();
        far
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
