//! Which live objects are none of our business.

use crate::kinds::{Collection, Rule};
use crate::model::LiveObject;

/// Whether the platform made an object for one client, so that it is never adopted, compared,
/// changed or removed (planner rule 1).
pub fn hands_off(collection: &Collection, object: &LiveObject) -> bool {
    collection.fields.iter().any(|field| match field.rule {
        Rule::HandsOff(prefix) => object
            .attributes
            .get(field.path)
            .and_then(|text| text.as_text())
            .is_some_and(|text| text.starts_with(prefix)),
        Rule::Immutable
        | Rule::Computed
        | Rule::Set
        | Rule::Weak
        | Rule::Keyed(_)
        | Rule::Whole
        | Rule::Unique
        | Rule::Distinct
        | Rule::Holders
        | Rule::Gate { .. } => false,
    })
}

/// Whether an object is put away: it has the retired status, and that is not one in which objects
/// of its kind are made or wait. Natural keys range over what is not put away (planner rule 7).
pub fn put_away(collection: &Collection, object: &LiveObject) -> bool {
    let status = &collection.status;
    Some(status.retired) != status.resting
        && status.retired != status.default
        && has_status(object, status.retired)
}

/// Whether an object has this status.
pub(super) fn has_status(object: &LiveObject, status: &str) -> bool {
    object
        .attributes
        .get("status")
        .and_then(|text| text.as_text())
        == Some(status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::kind;
    use crate::model::Value;

    #[test]
    fn copies_and_archived_objects_are_left_alone() {
        let check = |kind_id: &str, title: &str, status: &str, expected: (bool, bool)| {
            let collection = kind(kind_id).unwrap().collection.unwrap();
            let object = LiveObject {
                attributes: [
                    ("title".to_owned(), Value::text(title)),
                    ("status".to_owned(), Value::text(status)),
                ]
                .into_iter()
                .collect(),
            };
            let got = (
                hands_off(collection, &object),
                put_away(collection, &object),
            );
            assert_eq!(got, expected, "{kind_id} {title} {status}");
        };
        check("offer", "Copy system of A", "published", (true, false));
        check("offer", "A", "archived", (false, true));
        check("offer", "A", "draft", (false, false));
        check("list", "Copy system", "archived", (false, true));
        // A coupon is made disabled: that says nothing of whether it was put away.
        check("coupon", "A", "disabled", (false, false));
        check("scenario", "A", "paused", (false, false));
    }
}
