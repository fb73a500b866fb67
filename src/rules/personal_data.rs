//! `personal-data`: personal data stands in the configuration.

use super::{Configuration, Rule, contacts, filters};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::kinds::Spec;
use crate::source::Span;
use crate::yaml::{Node, Value};

pub(super) const RULE: Rule = Rule {
    code: Code::PersonalData,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let own: Vec<&str> = configuration
        .settings
        .map(|settings| settings.own_contacts.iter().map(|own| &*own.0).collect())
        .unwrap_or_default();
    let conditions = filters::all(configuration);
    let mut conditions = conditions.iter().peekable();
    for document in configuration.index.documents() {
        let mut judge = |node: &Node, weight: Severity| {
            visit(node, &mut |text, span| {
                // The school's own are expected where its letters are signed, and nowhere else.
                let is_own = |found: &str| weight == Severity::Warning && own.contains(&found);
                let Some(found) = contacts::find(text)
                    .into_iter()
                    .find(|found| !is_own(found))
                else {
                    return;
                };
                let what = if found.contains('@') {
                    "an e-mail address"
                } else {
                    "a phone number"
                };
                let mut finding = Diagnostic::new(
                    Code::PersonalData,
                    span,
                    format!("{what} stands in the configuration"),
                )
                .label("a person's data?")
                .why("the repository is read by many and keeps everything for ever")
                .help("take it out; in a letter's text the school's own addresses are known by `own_contacts` of bursar.yaml")
                .about(&document.address);
                finding.severity = weight;
                findings.push(finding);
            });
        };
        match &document.spec {
            Spec::Test(_) => judge(&document.node, Severity::Error),
            Spec::Letter(_) => {
                titles(&document.node, &mut |node| judge(node, Severity::Error));
                for key in ["subject", "body"] {
                    let text = document.node.get(key);
                    text.into_iter()
                        .for_each(|node| judge(node, Severity::Warning));
                }
            }
            _ => titles(&document.node, &mut |node| judge(node, Severity::Error)),
        }
        while let Some((of, path, _)) = conditions.peek() {
            if of.address > document.address {
                break;
            }
            if of.address == document.address {
                judge(document.node.descend(&path.0), Severity::Error);
            }
            conditions.next();
        }
    }
}

/// Every name and title of a tree: of the document, and of what is inside it.
fn titles(node: &Node, told: &mut impl FnMut(&Node)) {
    match &node.value {
        Value::Mapping(mapping) => {
            for entry in &mapping.entries {
                if matches!(&*entry.key, "name" | "title") {
                    told(&entry.value);
                } else {
                    titles(&entry.value, told);
                }
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| titles(item, told)),
        _ => {}
    }
}

/// Every text of a tree, keys included.
fn visit(node: &Node, told: &mut impl FnMut(&str, Span)) {
    match &node.value {
        Value::Mapping(mapping) => {
            for entry in &mapping.entries {
                told(&entry.key, entry.key_span);
                visit(&entry.value, told);
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| visit(item, told)),
        _ => {
            if let Some(text) = node.as_str() {
                told(text, node.span);
            }
        }
    }
}
