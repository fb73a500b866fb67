//! Merging trees: maps merge, everything else replaces.
//!
//! Spans stay those of the places where values were written, so that a finding in a default points
//! at the default.

use crate::yaml::{Entry, Node, Value};

/// Puts what `under` has and `over` lacks into `over`.
pub(super) fn under(over: &mut Node, under: &Node) {
    if let Value::Mapping(lower) = &under.value {
        entries_under(over, lower.entries.iter());
    }
}

/// As [`under`], for some entries of a mapping.
pub(super) fn entries_under<'a>(over: &mut Node, lower: impl Iterator<Item = &'a Entry>) {
    let Value::Mapping(upper) = &mut over.value else {
        return;
    };
    for entry in lower {
        match upper.entries.iter_mut().find(|e| e.key == entry.key) {
            Some(existing) => under(&mut existing.value, &entry.value),
            None => upper.entries.push(entry.clone()),
        }
    }
}

/// Puts what `upper` says over `node`.
pub(super) fn over(node: &mut Node, upper: &Node) {
    let (Value::Mapping(mapping), Value::Mapping(upper_mapping)) = (&mut node.value, &upper.value)
    else {
        node.clone_from(upper);
        return;
    };
    for entry in &upper_mapping.entries {
        let mut existing = mapping.entries.iter_mut();
        match existing.find(|e| e.key == entry.key) {
            Some(existing) => {
                existing.key_span = entry.key_span;
                over(&mut existing.value, &entry.value);
            }
            None => mapping.entries.push(entry.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Diagnostics;
    use crate::source::FileId;
    use crate::yaml::{Limits, parse, to_json};

    fn node(text: &str) -> Node {
        parse(FileId(0), text, &Limits::default(), &mut Diagnostics::new()).remove(0)
    }

    #[test]
    fn maps_merge_and_lists_replace() {
        let cases = [
            ("{a: 1}", "{a: 2, b: 3}", "{a: 1, b: 3}", "{a: 2, b: 3}"),
            (
                "{a: {b: 1}}",
                "{a: {c: 2}}",
                "{a: {b: 1, c: 2}}",
                "{a: {b: 1, c: 2}}",
            ),
            ("{a: [1]}", "{a: [2, 3]}", "{a: [1]}", "{a: [2, 3]}"),
            ("{a: null}", "{a: {b: 1}}", "{a: null}", "{a: {b: 1}}"),
            ("{a: x}", "{a: {b: 1}}", "{a: x}", "{a: {b: 1}}"),
        ];
        for (own, other, expected_under, expected_over) in cases {
            let mut merged = node(own);
            under(&mut merged, &node(other));
            assert_eq!(
                to_json(&merged),
                to_json(&node(expected_under)),
                "{own} {other}"
            );
            let mut merged = node(own);
            over(&mut merged, &node(other));
            assert_eq!(
                to_json(&merged),
                to_json(&node(expected_over)),
                "{own} {other}"
            );
        }
    }

    #[test]
    fn spans_stay_where_they_were_written() {
        let mut merged = node("{a: {b: 1}}");
        let lower = node("{a:      {c: 2}}");
        under(&mut merged, &lower);
        let written = lower.get("a").unwrap().get("c").unwrap().span;
        assert_eq!(merged.get("a").unwrap().get("c").unwrap().span, written);
    }
}
