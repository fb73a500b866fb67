//! What is referred to on the platform.

use super::Configuration;
use crate::kinds::Spec;
use std::collections::BTreeSet;

/// The names of a kind that a written document refers to; what only tests name is not used.
pub(super) fn of<'a>(configuration: &Configuration<'a>, kind: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for document in configuration.index.documents() {
        if matches!(document.spec, Spec::Test(_) | Spec::Removed(_)) {
            continue;
        }
        for link in document.spec.links() {
            if link.kind == kind
                && link.inside.is_none()
                && let Some(name) = link.to.name()
            {
                used.insert(name.as_str().to_owned());
            }
        }
    }
    used
}

/// Whether a document that could not be read may use one.
pub(super) fn is_uncertain(configuration: &Configuration<'_>) -> bool {
    ["offer", "coupon", "list", "scenario"]
        .iter()
        .any(|kind| configuration.index.has_unread(kind))
}
