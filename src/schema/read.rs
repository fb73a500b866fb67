//! A tree → a typed document, or everything that is wrong with it.

use super::check::against;
use super::generate::PROJECT;
use crate::diag::{Code, Diagnostic, Diagnostics, Safety, did_you_mean, only_near};
use crate::kinds::{KINDS, KindInfo, META_FIELDS, Meta, Project, Spec, kind};
use crate::model::{Address, Name};
use crate::yaml::{DeError, Node, describe, from_node, from_node_only};

/// Reads a document. An empty one is passed over: `None` without a finding.
///
/// Findings carry the document's address where it has one. `currency` is the project's, for cures:
/// `EUR`.
pub fn read_document(
    node: &Node,
    currency: Option<&str>,
    findings: &mut Diagnostics,
) -> Option<(Meta, Spec)> {
    if node.is_null() {
        return None;
    }
    let kind = kind_of(node, findings)?;
    let error = match from_node_only::<Meta>(node, META_FIELDS) {
        Ok(meta) => match (kind.parse)(node) {
            Ok(spec) => return Some((meta, spec)),
            Err(error) => error,
        },
        Err(error) => error,
    };
    let mut found = Diagnostics::new();
    against(kind.id, node, currency, &mut found);
    if found.is_empty() {
        found.push(in_its_own_words(&error, node));
    }
    let name = node.get("name").and_then(Node::as_str);
    if let Some(name) = name.filter(|name| Name::check(name).is_ok()) {
        let address = Address::new(kind.id, name);
        found.retain_mut(|finding| {
            finding.address = Some(address.clone());
            true
        });
    }
    findings.extend(found);
    None
}

/// Reads the project file, or what is left of it after an environment has been merged in.
pub fn read_project(node: &Node, findings: &mut Diagnostics) -> Option<Project> {
    let error = match from_node(node) {
        Ok(project) => return Some(project),
        Err(error) => error,
    };
    let mut found = Diagnostics::new();
    against(PROJECT, node, None, &mut found);
    if found.is_empty() {
        found.push(in_its_own_words(&error, node));
    }
    findings.extend(found);
    None
}

/// What the type says. The schema says it better; where it has nothing to say, this is told.
fn in_its_own_words(error: &DeError, node: &Node) -> Diagnostic {
    let mut finding = Diagnostic::new(Code::WrongType, error.span(node), error.message.clone())
        .label("does not fit");
    finding.help = error.help.clone();
    finding
}

fn kind_of(node: &Node, findings: &mut Diagnostics) -> Option<&'static KindInfo> {
    let Some(mapping) = node.as_mapping() else {
        findings.push(
            Diagnostic::new(
                Code::WrongType,
                node.span,
                format!("a document must be a mapping, found {}", describe(node)),
            )
            .label("not a document")
            .help("begin with `kind: …` and `name: …`"),
        );
        return None;
    };
    let ids = || KINDS.iter().map(|kind| kind.id);
    let listed = || {
        ids()
            .map(|id| format!("`{id}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let Some(written) = mapping.get("kind") else {
        let span = mapping.get("name").map_or(node.span, |name| name.span);
        let misspelt = mapping
            .entries
            .iter()
            .find(|entry| crate::diag::nearest(&entry.key, ["kind"]).is_some());
        findings.push(match misspelt {
            Some(entry) => Diagnostic::new(
                Code::UnknownField,
                entry.key_span,
                format!("unknown field `{}`", entry.key),
            )
            .label("unknown")
            .help("did you mean `kind`?"),
            None => Diagnostic::new(Code::MissingField, span, "this document has no `kind`")
                .label("`kind` is missing")
                .help(format!("add `kind`: one of {}", listed())),
        });
        return None;
    };
    let Some(id) = written.as_str() else {
        findings.push(
            Diagnostic::new(
                Code::WrongType,
                written.span,
                format!("`kind` must be text, found {}", describe(written)),
            )
            .label("wrong type")
            .help(format!("write one of {}", listed())),
        );
        return None;
    };
    let known = kind(id);
    if known.is_none() {
        findings.push(
            Diagnostic::new(
                Code::UnknownKind,
                written.span,
                format!("unknown kind `{id}`"),
            )
            .label("unknown")
            .help(did_you_mean(id, ids()).unwrap_or_else(|| format!("the kinds are {}", listed())))
            .rename_to(only_near(id, ids()), Safety::Safe),
        );
    }
    known
}
