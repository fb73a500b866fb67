//! Rules that depend on the clock: a calendar day alone never breaks a pull request. What they say
//! of what is as it was applied last is a hint.

use crate::diag::{Code, Diagnostics, Label, Severity};
use crate::kinds::{Index, Spec, kind, normal_attributes};
use crate::model::{Address, Attributes, BaseState, DesiredObject, DesiredState};
use crate::source::Span;
use std::collections::BTreeSet;

/// Makes hints of findings that depend on the clock about what has not changed against the state.
/// A cohort is not written: it is as it was if every offer that sells it is.
pub(super) fn soften(
    index: &Index<'_>,
    desired: &DesiredState,
    applied: &BaseState,
    clocked: &BTreeSet<(Code, Span)>,
    findings: &mut Diagnostics,
) {
    let is_as_applied = |address: &Address| {
        let object = desired.objects.get(address);
        let entry = applied.objects.get(address);
        object.zip(entry).is_some_and(|(object, entry)| {
            resolved(address, object, applied).as_ref() == Some(&entry.attributes)
        })
    };
    let is_unchanged = |address: &Address| {
        if &*address.kind != "cohort" {
            return is_as_applied(address);
        }
        let mut sellers = index.documents().iter().filter(|document| {
            let Spec::Offer(offer) = &document.spec else {
                return false;
            };
            let mut products = offer.products.set().into_iter().flatten();
            products.any(|product| {
                let cohort = product.cohort.set().and_then(|cohort| cohort.name());
                cohort.is_some_and(|name| name.as_str() == &*address.name)
            })
        });
        sellers.all(|offer| is_as_applied(&offer.address))
    };
    let is_written =
        |address: &Address| &*address.kind == "cohort" || desired.objects.contains_key(address);
    findings.retain_mut(|finding| {
        let is_clocked = clocked.contains(&(finding.code, finding.span));
        // A scenario for an offer that this change closes is news, though the scenario is as it was.
        let is_involved_unchanged = |label: &Label| {
            let document = index.documents().iter().find(|document| {
                document.node.span.contains(label.span) && is_written(&document.address)
            });
            document.is_none_or(|document| is_unchanged(&document.address))
        };
        if is_clocked
            && finding.address.as_ref().is_some_and(is_unchanged)
            && finding.related.iter().all(is_involved_unchanged)
        {
            finding.severity = Severity::Hint;
        }
        true
    });
}

/// The declared attributes as the state would hold them: what they refer to by its id.
fn resolved(address: &Address, object: &DesiredObject, applied: &BaseState) -> Option<Attributes> {
    let collection = kind(&address.kind)?.collection?;
    let id = |of: &Address| Some(applied.objects.get(of)?.id.0);
    let output = |of: &Address, name: &str| applied.objects.get(of)?.outputs.get(name).cloned();
    let attributes = object.attributes.iter();
    let resolved = attributes.map(|(key, value)| (key.clone(), value.resolve(&id, &output)));
    Some(normal_attributes(collection, resolved.collect()))
}

/// The findings of a calendar day, before the project's severities. Of a pack, that is the sale of an
/// item that has ended, which is only a warning.
pub(super) fn of_the_clock(findings: &Diagnostics) -> BTreeSet<(Code, Span)> {
    let clocked = findings.iter().filter(|finding| {
        let is_ended_item =
            finding.code == Code::PackUnsellable && finding.severity == Severity::Warning;
        finding.code.depends_on_clock() || is_ended_item
    });
    clocked
        .map(|finding| (finding.code, finding.span))
        .collect()
}
