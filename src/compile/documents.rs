//! Documents: each read alone, then with what is merged under it.

use super::{likes, merge};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::kinds::{Document, Elsewhere};
use crate::kinds::{KINDS, Meta, Spec};
use crate::model::Address;
use crate::schema::read_document;
use crate::source::{FileId, Span};
use crate::yaml::Node;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What documents are read with.
pub(super) struct Reading<'a> {
    /// bursar.yaml.
    pub(super) project: &'a Node,
    /// The chosen environment.
    pub(super) environment: Option<&'a str>,
    /// The project's environments.
    pub(super) environments: &'a [String],
    /// The code of the project's currency, for cures.
    pub(super) currency: Option<&'a str>,
}

/// The documents of a run.
#[derive(Debug, Default)]
pub(super) struct ReadDocuments {
    /// Those that count in this environment, by address.
    pub(super) documents: Vec<Document>,
    /// Names that are taken by others.
    pub(super) elsewhere: BTreeMap<Address, Elsewhere>,
}

/// Reads every document: alone first, so that it is right by itself; then with the fields of the
/// offer that it is like and with the project's defaults merged under its own.
pub(super) fn read(
    nodes: Vec<Node>,
    reading: &Reading<'_>,
    findings: &mut Diagnostics,
) -> ReadDocuments {
    let kinds: BTreeMap<&str, Arc<str>> = KINDS
        .iter()
        .map(|kind| (kind.id, Arc::from(kind.id)))
        .collect();
    let mut out = ReadDocuments::default();
    let mut drafts = Vec::with_capacity(nodes.len());
    for node in nodes {
        match read_document(&node, reading.currency, findings) {
            Some((meta, spec)) => {
                let kind = kinds.get(spec.kind()).cloned();
                let kind = kind.unwrap_or_else(|| spec.kind().into());
                drafts.push(Document {
                    address: Address::new(kind, meta.name.0.clone()),
                    meta,
                    spec,
                    node,
                });
            }
            None => {
                for address in written_addresses(&node) {
                    out.elsewhere.insert(address, Elsewhere::Unread);
                }
            }
        }
    }
    refuse_duplicates(&mut drafts, findings);
    let changed = merge_under(&mut drafts, reading, findings);
    reread(&mut drafts, &changed, reading, findings, &mut out);
    for document in drafts {
        if counts(&document, reading, findings) {
            out.documents.push(document);
        } else {
            let only_in = document.meta.only_in.into_iter().flatten();
            let names = only_in.map(|name| name.0.into()).collect();
            let elsewhere = Elsewhere::Environments(names);
            out.elsewhere.insert(document.address, elsewhere);
        }
    }
    out
}

/// The addresses that a document could have, if it could be read: of a kind that does not exist,
/// those of every kind.
fn written_addresses(node: &Node) -> Vec<Address> {
    let text = |key| node.get(key).and_then(Node::as_str);
    let Some(name) = text("name") else {
        return Vec::new();
    };
    let kind = text("kind").filter(|id| KINDS.iter().any(|kind| kind.id == *id));
    match kind {
        Some(kind) => vec![Address::new(kind, name)],
        None => KINDS
            .iter()
            .map(|kind| Address::new(kind.id, name))
            .collect(),
    }
}

/// Puts documents in the order of their addresses and keeps the first, as files go, of each.
fn refuse_duplicates(drafts: &mut Vec<Document>, findings: &mut Diagnostics) {
    drafts.sort_by(|a, b| {
        let key = |document: &Document| document.name_span();
        a.address.cmp(&b.address).then_with(|| key(a).cmp(&key(b)))
    });
    drafts.dedup_by(|later, first| {
        let same = later.address == first.address;
        if same {
            findings.push(
                Diagnostic::new(
                    Code::DuplicateAddress,
                    later.name_span(),
                    format!("`{}` is declared twice", later.address),
                )
                .label("declared again")
                .why("an address is the identity of one object")
                .help("give one of them another name, or delete one")
                .related(first.name_span(), "declared first")
                .about(&later.address),
            );
        }
        same
    });
}

/// Merges copied fields and defaults under the documents that have some. Returns the positions of
/// those that changed.
fn merge_under(
    drafts: &mut [Document],
    reading: &Reading<'_>,
    findings: &mut Diagnostics,
) -> Vec<usize> {
    let mut changed = BTreeSet::new();
    for (at, node) in likes::merged(drafts, findings) {
        if let Some(draft) = drafts.get_mut(at) {
            draft.node = node;
            changed.insert(at);
        }
    }
    if let Some(defaults) = reading.project.get("defaults") {
        for (at, draft) in drafts.iter_mut().enumerate() {
            if let Some(lower) = defaults.get(&draft.address.kind) {
                merge::under(&mut draft.node, lower);
                changed.insert(at);
            }
        }
    }
    changed.into_iter().collect()
}

/// Reads changed documents again. What is wrong in a default is said once, not for each document.
fn reread(
    drafts: &mut Vec<Document>,
    changed: &[usize],
    reading: &Reading<'_>,
    findings: &mut Diagnostics,
    out: &mut ReadDocuments,
) {
    let mut unread = BTreeSet::new();
    let mut said: BTreeSet<(Code, Span, String)> = BTreeSet::new();
    let own_file: FileId = reading.project.span.file;
    for &at in changed {
        let Some(draft) = drafts.get_mut(at) else {
            continue;
        };
        let mut new = Diagnostics::new();
        match read_document(&draft.node, reading.currency, &mut new) {
            Some((meta, spec)) => (draft.meta, draft.spec) = (meta, spec),
            None => {
                unread.insert(at);
            }
        }
        for finding in new.iter() {
            let key = (finding.code, finding.span, finding.message.clone());
            if finding.span.file != own_file || said.insert(key) {
                findings.push(finding.clone());
            }
        }
    }
    let mut at = 0;
    drafts.retain(|draft| {
        let keep = !unread.contains(&at);
        at += 1;
        if !keep {
            out.elsewhere
                .insert(draft.address.clone(), Elsewhere::Unread);
        }
        keep
    });
}

/// Whether a document counts in the chosen environment.
fn counts(document: &Document, reading: &Reading<'_>, findings: &mut Diagnostics) -> bool {
    let Meta { only_in, .. } = &document.meta;
    let Some(only_in) = only_in else { return true };
    for (at, name) in only_in.iter().enumerate() {
        if reading.environments.iter().any(|known| **known == *name.0) {
            continue;
        }
        let place = document.node.get("only_in");
        let place = place
            .and_then(|list| list.as_sequence()?.get(at))
            .map_or(document.name_span(), |node| node.span);
        let known = reading.environments.iter().map(String::as_str);
        let help = did_you_mean(&name.0, known).unwrap_or_else(|| {
            if reading.environments.is_empty() {
                "the project has no environments: declare them in bursar.yaml, or delete `only_in`"
                    .to_owned()
            } else {
                format!("the project has `{}`", reading.environments.join("`, `"))
            }
        });
        findings.push(
            Diagnostic::new(
                Code::UnknownValue,
                place,
                format!("there is no environment `{}`", name.0),
            )
            .help(help)
            .about(&document.address),
        );
    }
    reading
        .environment
        .is_some_and(|chosen| only_in.iter().any(|name| *name.0 == *chosen))
}

/// Whether a document is of a kind that is written to the platform.
pub(super) fn is_written(spec: &Spec) -> bool {
    crate::kinds::kind(spec.kind())
        .and_then(|kind| kind.collection)
        .is_some_and(|collection| match collection.access {
            crate::kinds::Access::Write => true,
            crate::kinds::Access::Read => false,
        })
}
