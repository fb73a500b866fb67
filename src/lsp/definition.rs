//! From a reference to what it names.

use super::declared::{Declarations, Named};
use super::links::links;
use super::place::{covers, document_at};
use crate::kinds::Link;
use crate::source::Span;
use crate::yaml::Node;

/// What the reference at a byte names, and the reference's place.
pub(super) fn target<'d>(
    documents: &[Node],
    byte: usize,
    declarations: &'d Declarations,
) -> Option<(&'d Named, Link, Span)> {
    let links = links(document_at(documents, byte)?, byte)?;
    let length = |span: Span| span.range().len();
    let (link, span) = links
        .into_iter()
        .filter(|(_, span)| covers(*span, byte))
        // Of several at one place, the part of a course says most.
        .min_by_key(|(link, span)| (length(*span), link.inside.is_none()))?;
    let named = declarations.find(&link)?;
    Some((named, link, span))
}
