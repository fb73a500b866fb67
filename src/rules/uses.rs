//! What is referred to on the platform.

use super::Configuration;
use crate::kinds::Spec;
use std::collections::BTreeSet;

/// The names of a kind that a written document refers to; what only tests name is not used.
pub(super) fn of<'a>(configuration: &Configuration<'a>, kind: &str) -> BTreeSet<&'a str> {
    let mut used = BTreeSet::new();
    let documents = configuration.index.documents().iter();
    for (document, links) in documents.zip(configuration.links) {
        if matches!(document.spec, Spec::Test(_) | Spec::Removed(_)) {
            continue;
        }
        let named = links
            .iter()
            .filter(|link| link.kind == kind && link.inside.is_none());
        used.extend(named.filter_map(|link| Some(link.to.name()?.as_str())));
    }
    used
}

/// Whether a document that could not be read may use one.
pub(super) fn is_uncertain(configuration: &Configuration<'_>) -> bool {
    ["offer", "coupon", "list", "scenario"]
        .iter()
        .any(|kind| configuration.index.has_unread(kind))
}
