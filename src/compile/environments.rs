//! Environments: what `environments.ENV` lays over the rest of bursar.yaml.

use super::merge;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::yaml::{Node, Value};

/// The names of a project's environments, in the order written.
pub fn environments(project: &Node) -> Vec<String> {
    let environments = project.get("environments").and_then(Node::as_mapping);
    let entries = environments.into_iter().flat_map(|all| &all.entries);
    entries.map(|entry| entry.key.to_string()).collect()
}

/// The project as it is in an environment; as it is written, if none is chosen.
///
/// An environment that does not exist is reported, and nothing is laid over.
pub(super) fn overlay(project: &mut Node, environment: Option<&str>, findings: &mut Diagnostics) {
    let Some(chosen) = environment else { return };
    let upper = project
        .get("environments")
        .and_then(|all| all.get(chosen))
        .cloned();
    let Some(upper) = upper else {
        findings.push(unknown(project, chosen));
        return;
    };
    // What is no mapping is reported where the project is read; `name:` alone changes nothing.
    if let Value::Mapping(mapping) = &upper.value {
        let mut kept = mapping.entries.clone();
        kept.retain(|entry| !matches!(&*entry.key, "environments" | "project" | "version"));
        let upper = Node {
            span: upper.span,
            value: Value::Mapping(kept.into()),
        };
        give_way(project, &upper);
        merge::over(project, &upper);
    }
}

/// Another backend for the state takes nothing over from the project's.
fn give_way(project: &mut Node, upper: &Node) {
    let backend = |of: &Node| of.get("state")?.get("backend")?.as_str().map(str::to_owned);
    if let (Some(present), Some(chosen)) = (backend(project), backend(upper))
        && present != chosen
        && let Value::Mapping(mapping) = &mut project.value
    {
        let mut kept = std::mem::take(&mut mapping.entries);
        kept.retain(|entry| &*entry.key != "state");
        *mapping = kept.into();
    }
}

fn unknown(project: &Node, chosen: &str) -> Diagnostic {
    let names = environments(project);
    let place = project
        .get("environments")
        .filter(|all| all.as_mapping().is_some())
        .and_then(|_| project.key_span(&crate::model::Path::root().key("environments").0))
        .or_else(|| project.get("project").map(|name| name.span))
        .unwrap_or(project.span);
    let help = did_you_mean(chosen, names.iter().map(String::as_str)).unwrap_or_else(|| {
        if names.is_empty() {
            "the project has no environments: leave `--env` out, or declare it under `environments`"
                .to_owned()
        } else {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("the project has {}", names.join(", "))
        }
    });
    Diagnostic::new(
        Code::UnknownValue,
        place,
        format!("there is no environment `{chosen}`"),
    )
    .help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::yaml::{Limits, parse, to_json};
    use serde_json::json;

    const PROJECT: &str = "
version: 1
project: nova
vars: { suffix: '', school: Nova }
platform: { provider: sandbox, seed: people.yaml }
own_contacts: [a, b]
environments:
  staging: { vars: { suffix: ' (test)' }, own_contacts: [c] }
  production: { platform: { provider: kwiga } }
  empty:
";

    #[test]
    fn another_backend_takes_no_settings_over() {
        let text = "
state: { backend: http, address: 'https://x' }
environments:
  bucket: { state: { backend: s3, bucket: b } }
  verb: { state: { lock_method: POST } }
  other: { state: { backend: http, address: 'https://y' } }
";
        for (environment, expected) in [
            ("bucket", json!({ "backend": "s3", "bucket": "b" })),
            (
                "verb",
                json!({ "backend": "http", "address": "https://x", "lock_method": "POST" }),
            ),
            (
                "other",
                json!({ "backend": "http", "address": "https://y" }),
            ),
        ] {
            let mut findings = Diagnostics::new();
            let mut project = parse(FileId(0), text, &Limits::default(), &mut findings).remove(0);
            overlay(&mut project, Some(environment), &mut findings);
            assert_eq!(to_json(&project)["state"], expected);
            assert!(findings.is_empty());
        }
    }

    #[test]
    fn lays_an_environment_over_the_project() {
        let read =
            |text| parse(FileId(0), text, &Limits::default(), &mut Diagnostics::new()).remove(0);
        let cases = [
            (None, "", "sandbox", json!(["a", "b"]), None),
            (Some("staging"), " (test)", "sandbox", json!(["c"]), None),
            (Some("production"), "", "kwiga", json!(["a", "b"]), None),
            (Some("empty"), "", "sandbox", json!(["a", "b"]), None),
            (
                Some("prodction"),
                "",
                "sandbox",
                json!(["a", "b"]),
                Some("did you mean `production`?"),
            ),
            (
                Some("live"),
                "",
                "sandbox",
                json!(["a", "b"]),
                Some("the project has `staging`, `production`, `empty`"),
            ),
        ];
        for (environment, suffix, provider, contacts, help) in cases {
            let mut project = read(PROJECT);
            let mut findings = Diagnostics::new();
            overlay(&mut project, environment, &mut findings);
            let shown = to_json(&project);
            assert_eq!(shown["vars"], json!({ "suffix": suffix, "school": "Nova" }));
            assert_eq!(
                shown["platform"],
                json!({ "provider": provider, "seed": "people.yaml" })
            );
            assert_eq!(shown["own_contacts"], contacts);
            let found = findings
                .iter()
                .next()
                .and_then(|finding| finding.help.as_deref());
            assert_eq!(found, help, "{environment:?}");
        }
        assert_eq!(
            environments(&read(PROJECT)),
            ["staging", "production", "empty"]
        );
        assert_eq!(environments(&read("project: a")), Vec::<String>::new());
    }
}
