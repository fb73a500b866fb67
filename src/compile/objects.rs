//! Documents → the objects that the platform should hold.

use super::documents::is_written;
use super::surroundings::{Facts, View};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::removed::Then;
use crate::kinds::{Document, Index};
use crate::kinds::{DocumentPlaces, Spec, fill_nulls, kind, normal_attributes};
use crate::model::{Address, DesiredObject, DesiredState, Instruction, RemoteId, RemovalKind};
use crate::source::Span;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Checks each document by itself and writes down what it declares.
pub(super) fn encode(facts: &Facts<'_>, findings: &mut Diagnostics) -> DesiredState {
    let mut desired = DesiredState::default();
    for document in facts.index.documents() {
        let mut own = Diagnostics::new();
        let node = &document.node;
        document.spec.check(&DocumentPlaces { node }, &mut own);
        let view = View {
            facts,
            document,
            findings: RefCell::new(own),
        };
        let attributes = document.spec.encode(&view);
        let mut own = view.findings.into_inner();
        own.retain_mut(|finding| {
            finding
                .address
                .get_or_insert_with(|| document.address.clone());
            true
        });
        findings.extend(own);
        if let Spec::Course(course) = &document.spec
            && let Some(id) = course.id
        {
            desired
                .mirrors
                .insert(document.address.clone(), RemoteId(id.0));
        }
        let collection = kind(document.spec.kind()).and_then(|kind| kind.collection);
        let (Some(mut attributes), Some(collection)) = (attributes, collection) else {
            continue;
        };
        if !is_written(&document.spec) {
            continue;
        }
        fill_nulls(collection, &mut attributes);
        let previous = document.meta.previous_names.iter();
        let object = DesiredObject {
            attributes: normal_attributes(collection, attributes),
            previous: previous
                .map(|name| Address::new(document.address.kind.clone(), name.0.clone()))
                .collect(),
            protect: document.meta.protect,
            adopt: document
                .meta
                .adopt
                .as_ref()
                .map(|adopt| RemoteId(adopt.id.0)),
        };
        let derived = document.spec.derived();
        if !derived.is_empty() {
            desired.derived.insert(document.address.clone(), derived);
        }
        desired.objects.insert(document.address.clone(), object);
    }
    desired.removals = removals(facts.index, findings);
    refuse_taken_names(facts.index, findings);
    desired
}

/// What `removed` documents say. An address cannot be declared and removed at once, nor removed
/// twice.
fn removals(index: &Index<'_>, findings: &mut Diagnostics) -> BTreeMap<Address, Instruction> {
    let mut removals = BTreeMap::new();
    let mut said_at: BTreeMap<&Address, Span> = BTreeMap::new();
    for document in index.documents() {
        let Spec::Removed(removed) = &document.spec else {
            continue;
        };
        let address = &removed.address.0;
        let place = document.node.get("address");
        let place = place.map_or(document.name_span(), |node| node.span);
        if let Some(declared) = index.get(&address.kind, &address.name) {
            findings.push(
                Diagnostic::new(
                    Code::DuplicateAddress,
                    place,
                    format!("`{address}` is declared and removed at once"),
                )
                .label("removed here")
                .help("delete one of the two documents")
                .related(declared.name_span(), "declared here")
                .about(&document.address),
            );
            continue;
        }
        if let Some(heir) = index.documents().iter().find(|document| {
            document.spec.kind() == &*address.kind
                && document
                    .meta
                    .previous_names
                    .iter()
                    .any(|name| name.as_str() == &*address.name)
        }) {
            findings.push(
                Diagnostic::new(
                    Code::DuplicateAddress,
                    place,
                    format!(
                        "`{address}` is renamed to `{}` and removed at once",
                        heir.address
                    ),
                )
                .label("removed here")
                .why("its object cannot both stay and leave")
                .help("delete this document, or take the name out of `previous_names` there")
                .related(heir.name_span(), "renamed here")
                .about(&document.address),
            );
            continue;
        }
        if let Some(first) = said_at.get(address) {
            findings.push(
                Diagnostic::new(
                    Code::DuplicateAddress,
                    place,
                    format!("`{address}` is removed twice"),
                )
                .label("removed again")
                .help("delete one of the two documents")
                .related(*first, "removed first")
                .about(&document.address),
            );
            continue;
        }
        said_at.insert(address, place);
        let then = match removed.then {
            Then::Retire => RemovalKind::Retire,
            Then::Delete => RemovalKind::Delete,
            Then::Forget => RemovalKind::Forget,
        };
        removals.insert(
            address.clone(),
            Instruction {
                document: document.address.clone(),
                then,
            },
        );
    }
    removals
}

/// A previous name must be free: not declared, and claimed by one document alone.
fn refuse_taken_names(index: &Index<'_>, findings: &mut Diagnostics) {
    let mut claimed: BTreeMap<(&str, &str), (&Document, Span)> = BTreeMap::new();
    for document in index.documents() {
        let kind = document.spec.kind();
        let places = document
            .node
            .get("previous_names")
            .and_then(|node| node.as_sequence());
        for (at, name) in document.meta.previous_names.iter().enumerate() {
            let place = places
                .and_then(|places| places.get(at))
                .map_or(document.name_span(), |node| node.span);
            let name = name.as_str();
            let declared = index
                .get(kind, name)
                .map(|other| (other, other.name_span()));
            let taken = declared.or_else(|| claimed.get(&(kind, name)).copied());
            match taken {
                Some((other, there)) => findings.push(
                    Diagnostic::new(
                        Code::DuplicateAddress,
                        place,
                        format!("the name `{name}` still belongs to `{}`", other.address),
                    )
                    .label("said to be an earlier name")
                    .why("one object cannot become two")
                    .help("take it out of `previous_names` here, or rename the other")
                    .related(there, "the other")
                    .about(&document.address),
                ),
                None => {
                    claimed.insert((kind, name), (document, place));
                }
            }
        }
    }
}
