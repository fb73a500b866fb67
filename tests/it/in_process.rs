//! Projects read and compiled in this process.

use bursar::compile::{self, Compiled, Input, Source};
use bursar::diag::Diagnostics;
use bursar::model::parse_instant;
use bursar::source::SourceMap;
use bursar::yaml::{self, Limits};
use std::path::Path;

/// The YAML files of an example, with their paths in it; not those that fill a platform.
pub fn example(name: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(name);
    let mut files = files(&folder);
    files.retain(|(path, _)| path != "people.yaml");
    files
}

/// The YAML files below a folder, with their paths in it.
pub fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            let inner = files(&path).into_iter();
            found.extend(inner.map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else if name.ends_with(".yaml") {
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// Files compiled together; their findings stop the test if they are errors.
#[track_caller]
pub fn compiled(files: &[(String, String)]) -> Compiled {
    let mut sources = SourceMap::new();
    let mut findings = Diagnostics::new();
    let mut project = None;
    let mut documents = Vec::new();
    for (path, text) in files {
        let file = sources.add(path.as_str(), text.as_str());
        for node in yaml::parse(file, text, &Limits::default(), &mut findings) {
            if path == "bursar.yaml" {
                project = Some(Source { file, node });
            } else {
                documents.push(Source { file, node });
            }
        }
    }
    let input = Input {
        sources: &sources,
        project: project.unwrap(),
        documents,
        environment: None,
        now: parse_instant("2027-01-01T00:00:00Z").unwrap(),
        applied: None,
    };
    compile::compile(input, &mut findings).unwrap_or_else(|| panic!("{findings:?}"))
}
