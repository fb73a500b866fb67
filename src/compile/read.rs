//! Reading trees into types (stands in until the schema room does it).

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::{self, META_FIELDS, Meta, Project, Spec};
use crate::model::Currency;
use crate::yaml::{DeError, DeErrorKind, Mapping, Node, Value, from_node};

pub(super) fn read_project(node: &Node, findings: &mut Diagnostics) -> Option<Project> {
    report(from_node(node), node, findings)
}

pub(super) fn read_document(
    node: &Node,
    _: Option<Currency>,
    findings: &mut Diagnostics,
) -> Option<(Meta, Spec)> {
    let Value::Mapping(mapping) = &node.value else {
        findings.push(Diagnostic::new(Code::WrongType, node.span, "no mapping"));
        return None;
    };
    let meta = mapping
        .entries
        .iter()
        .filter(|e| META_FIELDS.contains(&&*e.key))
        .cloned();
    let meta = Node {
        span: node.span,
        value: Value::Mapping(Mapping::from(meta.collect::<Vec<_>>())),
    };
    let meta: Option<Meta> = report(from_node(&meta), node, findings);
    let kind = node.get("kind").and_then(Node::as_str);
    let Some(kind) = kind.and_then(kinds::kind) else {
        findings.push(Diagnostic::new(
            Code::UnknownKind,
            node.span,
            "unknown kind",
        ));
        return None;
    };
    let spec = report((kind.parse)(node), node, findings);
    Some((meta?, spec?))
}

fn report<T>(read: Result<T, DeError>, node: &Node, findings: &mut Diagnostics) -> Option<T> {
    read.map_err(|error| {
        let code = match error.kind {
            DeErrorKind::UnknownField { .. } => Code::UnknownField,
            DeErrorKind::MissingField { .. } => Code::MissingField,
            DeErrorKind::UnknownValue { .. } => Code::UnknownValue,
            DeErrorKind::WrongType | DeErrorKind::Custom => Code::WrongType,
        };
        findings.push(Diagnostic::new(
            code,
            error.span(node),
            error.message.clone(),
        ));
    })
    .ok()
}
