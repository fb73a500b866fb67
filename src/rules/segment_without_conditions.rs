//! `segment-without-conditions`: a segment has no conditions.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::list::ListType;
use crate::kinds::{Field, Filter};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::SegmentWithoutConditions,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, list) in configuration.lists() {
        if list.type_ != ListType::Segment {
            continue;
        }
        if list.where_.set().is_some_and(has_conditions) {
            continue;
        }
        let path = Path::root().key("where");
        let place = if list.where_ == Field::Absent {
            document.name_span()
        } else {
            configuration::value(document, &path)
        };
        findings.push(
            Diagnostic::new(
                Code::SegmentWithoutConditions,
                place,
                format!("the segment `{}` has no conditions", document.address.name),
            )
            .label("would hold every contact")
            .why("a segment can be saved once: without its conditions it stays as it is")
            .help("write all of them under `where`")
            .about(&document.address),
        );
    }
}

/// Whether a filter asks for anything: groups of nothing but empty groups do not.
fn has_conditions(filter: &Filter) -> bool {
    match filter {
        Filter::All(filters) | Filter::Any(filters) => filters.iter().any(has_conditions),
        Filter::Not(filter) => has_conditions(filter),
        _ => true,
    }
}
