//! `${name}` in strings.

use super::places;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::source::SourceMap;
use crate::yaml::{Node, Scalar, ScalarType, Value};
use std::collections::BTreeMap;

/// The variables of a project.
///
/// A variable's value is text as it stands: it is not searched for further variables.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables(BTreeMap<Box<str>, Box<str>>);

impl Variables {
    /// Reads `vars:`. What is no text is reported where the project is read.
    pub(super) fn read(vars: Option<&Node>, findings: &mut Diagnostics) -> Self {
        let mut all = BTreeMap::new();
        let entries = vars.and_then(Node::as_mapping);
        for entry in entries.into_iter().flat_map(|vars| &vars.entries) {
            let Value::Scalar(scalar) = &entry.value.value else {
                continue;
            };
            if scalar.text.contains("${") {
                findings.push(
                    Diagnostic::new(
                        Code::UndefinedVariable,
                        entry.value.span,
                        "a variable's value cannot use variables",
                    )
                    .label("is taken as it stands")
                    .help("write the value out"),
                );
            }
            all.insert(entry.key.clone(), scalar.text.clone());
        }
        Variables(all)
    }

    /// Replaces variables in every string below a node, apart from keys.
    pub(super) fn substitute(
        &self,
        node: &mut Node,
        sources: &SourceMap,
        findings: &mut Diagnostics,
    ) {
        match &mut node.value {
            Value::Scalar(Scalar {
                text,
                ty: ScalarType::String,
                ..
            }) => {
                if text.contains("${") {
                    let text = text.clone();
                    let replaced = self.replace(&text, node, sources, findings);
                    if let Value::Scalar(scalar) = &mut node.value {
                        scalar.text = replaced.into();
                    }
                }
            }
            Value::Scalar(_) => {}
            Value::Sequence(items) => {
                for item in items {
                    self.substitute(item, sources, findings);
                }
            }
            Value::Mapping(mapping) => {
                for entry in &mut mapping.entries {
                    self.substitute(&mut entry.value, sources, findings);
                }
            }
        }
    }

    fn replace(
        &self,
        text: &str,
        node: &Node,
        sources: &SourceMap,
        findings: &mut Diagnostics,
    ) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| rest.find("${")) {
            let open = at + found;
            let before = text.get(at..open).unwrap_or("");
            let inner = text.get(open + 2..).unwrap_or("");
            if let Some(before) = before.strip_suffix('$') {
                out.push_str(before);
                out.push_str("${");
                at = open + 2;
                continue;
            }
            out.push_str(before);
            let Some(close) = inner.find('}') else {
                findings.push(
                    Diagnostic::new(
                        Code::UndefinedVariable,
                        places::inside(sources, node, text, open..text.len()),
                        "`${` is not closed",
                    )
                    .help("write `${name}`, or `$${` for the characters themselves"),
                );
                out.push_str("${");
                at = open + 2;
                continue;
            };
            let end = open + 2 + close + 1;
            let name = inner.get(..close).unwrap_or("");
            match self.0.get(name) {
                Some(value) => out.push_str(value),
                None => {
                    let place = places::inside(sources, node, text, open..end);
                    findings.push(self.unknown(name, place));
                }
            }
            at = end;
        }
        out.push_str(text.get(at..).unwrap_or(""));
        out
    }

    fn unknown(&self, name: &str, place: crate::source::Span) -> Diagnostic {
        let names = || self.0.keys().map(|name| &**name);
        let help = did_you_mean(name.trim(), names()).unwrap_or_else(|| {
            if self.0.is_empty() {
                "declare it under `vars` in bursar.yaml, or write `$${` for the characters `${`"
                    .to_owned()
            } else {
                let known: Vec<String> = names().map(|name| format!("`{name}`")).collect();
                format!(
                    "variables are declared under `vars` in bursar.yaml; there are {}",
                    known.join(", ")
                )
            }
        });
        Diagnostic::new(
            Code::UndefinedVariable,
            place,
            format!("there is no variable `{name}`"),
        )
        .label("not declared")
        .help(help)
    }
}

/// A text that is written so that it is read as this one: `${` stands for itself.
pub fn literal(text: &str) -> String {
    text.replace("${", "$${")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Limits, parse, to_json};
    use serde_json::json;

    /// The document with its variables replaced, and each finding as `what: where`.
    fn check(yaml: &str) -> (serde_json::Value, Vec<String>) {
        let vars = "{suffix: \" (test)\", course: web, brace: \"${x\"}";
        let mut sources = SourceMap::new();
        let file = sources.add("a.yaml", yaml);
        let limits = Limits::default();
        let mut findings = Diagnostics::new();
        let vars_node = parse(file, vars, &limits, &mut findings).remove(0);
        let variables = Variables::read(Some(&vars_node), &mut Diagnostics::new());
        let mut node = parse(file, yaml, &limits, &mut findings).remove(0);
        variables.substitute(&mut node, &sources, &mut findings);
        let shown = findings.iter().map(|finding| {
            let help = finding.help.as_deref().unwrap_or("");
            format!(
                "{} | {} | {help}",
                finding.message,
                sources.slice(finding.span)
            )
        });
        (to_json(&node), shown.collect())
    }

    #[test]
    fn replaces_in_values_alone() {
        let cases = [
            ("a: \"WD${suffix}\"\n", json!({ "a": "WD (test)" })),
            (
                "a: [\"${course}-${course}\"]\n",
                json!({ "a": ["web-web"] }),
            ),
            ("\"${course}\": 1\n", json!({ "${course}": 1 })),
            (
                "a: $${course} costs $5\n",
                json!({ "a": "${course} costs $5" }),
            ),
            ("a: \"$$${course}\"\n", json!({ "a": "$${course}" })),
            // A value is not searched again.
            ("a: ${brace}}\n", json!({ "a": "${x}" })),
        ];
        for (yaml, expected) in cases {
            assert_eq!(check(yaml), (expected, Vec::new()), "{yaml}");
        }
    }

    #[test]
    fn says_what_is_not_declared_and_where() {
        let cases = [
            (
                "a: \"x ${sufix}\"\n",
                "there is no variable `sufix` | ${sufix} | did you mean `suffix`?",
            ),
            (
                "a: x\nb: |\n  one\n  two ${zebra}\n",
                "there is no variable `zebra` | ${zebra} | variables are declared under `vars` in bursar.yaml; there are `brace`, `course`, `suffix`",
            ),
            (
                "a: x ${course\n",
                "`${` is not closed | ${course | write `${name}`, or `$${` for the characters themselves",
            ),
        ];
        for (yaml, expected) in cases {
            assert_eq!(check(yaml).1, [expected], "{yaml}");
        }
    }
}
