//! Secrets that stand in bursar.yaml where they must not: told, and shown nowhere.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::yaml::{Mapping, Node, Value};

/// Keys by which other programs are given credentials.
const KEYS: &[&str] = &[
    "username",
    "password",
    "token",
    "access_key",
    "secret_key",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "conn_str",
];

/// Where they come from, by backend.
const CURE: &str = "remove it and set BURSAR_STATE_USERNAME and BURSAR_STATE_PASSWORD, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or PGPASSWORD; or …_FILE to files that hold them";

/// Takes credentials out of the settings of the state, the project's and each environment's, and
/// gives their places, which must be shown to nobody.
pub fn secrets(project: &mut Node, findings: &mut Diagnostics) -> Vec<Span> {
    let mut hidden = Vec::new();
    for (key, node) in entries(project) {
        match key {
            "state" => in_settings(node, findings, &mut hidden),
            "environments" => {
                for (_, environment) in entries(node) {
                    for (key, node) in entries(environment) {
                        if key == "state" {
                            in_settings(node, findings, &mut hidden);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    hidden
}

fn entries(node: &mut Node) -> impl Iterator<Item = (&str, &mut Node)> {
    let entries = match &mut node.value {
        Value::Mapping(Mapping { entries, .. }) => Some(entries),
        Value::Sequence(_) | Value::Scalar(_) => None,
    };
    entries
        .into_iter()
        .flat_map(|entries| entries.iter_mut())
        .map(|entry| (&*entry.key, &mut entry.value))
}

fn in_settings(settings: &mut Node, findings: &mut Diagnostics, hidden: &mut Vec<Span>) {
    let Value::Mapping(mapping) = &mut settings.value else {
        return;
    };
    let mut kept = std::mem::take(&mut mapping.entries);
    kept.retain(|entry| {
        let is_secret = KEYS.contains(&&*entry.key);
        if is_secret {
            hidden.push(entry.value.span);
            findings.push(
                Diagnostic::new(
                    Code::UnknownField,
                    entry.key_span,
                    format!("`state.{}` must not stand in bursar.yaml", entry.key),
                )
                .label("credentials come from the environment alone")
                .help(CURE),
            );
        }
        !is_secret
    });
    for entry in &mut kept {
        let span = entry.value.span;
        if let Value::Scalar(scalar) = &mut entry.value.value
            && let Some(bare) = without_password(&scalar.text)
        {
            scalar.text = bare.into();
            hidden.push(span);
        }
    }
    *mapping = kept.into();
}

/// An address that holds a password, without it.
fn without_password(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let (name, host) = authority.rsplit_once('@')?;
    let (name, _) = name.split_once(':')?;
    Some(format!("{scheme}://{name}:***@{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::yaml::{Limits, parse, to_json};
    use serde_json::json;

    #[test]
    fn takes_them_out_wherever_the_state_is_described() {
        let text = "\
state: { backend: http, password: s3cret, address: 'https://ann:s3cr:t@x.example/a' }
environments:
  live: { state: { token: s3cret, url: postgres://ann@db.example/a } }
";
        let mut findings = Diagnostics::new();
        let mut node = parse(FileId(0), text, &Limits::default(), &mut findings).remove(0);
        let hidden = secrets(&mut node, &mut findings);
        let hidden: Vec<&str> = hidden.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(
            hidden,
            ["s3cret", "'https://ann:s3cr:t@x.example/a'", "s3cret"]
        );
        assert_eq!(findings.iter().count(), 2);
        assert_eq!(
            to_json(&node),
            json!({
                "state": { "backend": "http", "address": "https://ann:***@x.example/a" },
                "environments": { "live": { "state": { "url": "postgres://ann@db.example/a" } } },
            })
        );
    }
}
