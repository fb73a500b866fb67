use super::super::{KINDS, META_FIELDS, Times, kind};
use crate::diag::Diagnostics;
use crate::kinds::Meta;
use crate::model::Path;
use crate::source::FileId;
use crate::yaml::{Limits, Node, Value, from_node_only, parse};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Every field that holds a time, once.
const DATED: &str = r#"
kind: cohort
name: c
course: w
starts: 2026-09-07T10:00
allow: [{ rule: r, because: b, until: 2026-01-01 }]
schedule:
  every: { period: 7d, skip: [{ from: 2026-12-21, to: 2027-01-03 }] }
  modules:
    html: { opens: 2026-09-14T10:00 }
    css: { opens: { after_start: 14d }, lessons: { flexbox: { opens: 2026-09-15T10:00Z } } }
---
kind: offer
name: o
promotion: { price: 1.00 EUR, from: 2026-07-01T00:00, until: 2026-07-31 }
payment: { installments: { schedule: [{ amount: 1.00 EUR }, { amount: 1.00 EUR, due: 2026-09-20 }] } }
sale: { opens: 2026-07-01T00:00, closes: 2026-09-10 }
products: [{ course: w, access: { for: 6mo } }, { course: w, access: { until: 2026-12-31 } }]
---
kind: coupon
name: k
code: K
valid_until: 2026-08-31
---
kind: list
name: l
type: segment
where:
  all:
    - { any: [{ paid: { before: 2026-11-01 } }, { not: { paid: { after: 2026-11-02T00:00 } } }] }
    - { registered: { after: 2026-11-03 } }
    - { last_purchase: { before: 2026-11-04 } }
---
kind: scenario
name: s
triggers: [{ if: { not: { paid: { before: 2026-11-01 } } }, do: [] }]
---
kind: pass
name: p
sale_ends: 2026-12-31
---
kind: test
name: t
people:
  a:
    bought: [{ offer: o, at: 2026-08-01T10:00 }, { pass: p, at: 2026-08-02T10:00 }, { pack: q, at: 2026-08-03T10:00 }]
    registered: 2026-07-01T10:00
    last_seen: 2026-07-02T10:00
timeline:
  - at: 2026-08-04T10:00
    do: { staff: { edits_order: { person: a, offer: o, access: { until: 2026-10-01 } } } }
    expect: { a: { opens: { w/css/flexbox: 2026-09-15T12:00 }, access: { w: { until: 2026-09-30 } } } }
"#;

fn documents(text: &str) -> Vec<Node> {
    let mut findings = Diagnostics::new();
    let nodes = parse(FileId(0), text, &Limits::default(), &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    nodes
}

/// The places of a tree at which a time stands.
fn dated(node: &Node, path: &Path, out: &mut BTreeSet<String>) {
    match &node.value {
        Value::Scalar(scalar) => {
            if scalar.text.parse::<crate::model::Moment>().is_ok() {
                out.insert(path.to_string());
            }
        }
        Value::Sequence(items) => {
            for (at, item) in items.iter().enumerate() {
                dated(item, &path.index(at), out);
            }
        }
        Value::Mapping(mapping) => {
            for entry in &mapping.entries {
                dated(&entry.value, &path.key(&entry.key), out);
            }
        }
    }
}

#[test]
fn every_time_is_named_at_its_place() {
    for node in documents(DATED) {
        let id = node.get("kind").and_then(Node::as_str).unwrap();
        let spec = (kind(id).unwrap().parse)(&node).unwrap();
        let meta: Meta = from_node_only(&node, META_FIELDS).unwrap();
        let mut named = spec.times();
        let mut common = Times::default();
        meta.times(&mut common);
        named.extend(common.into_vec());
        for time in &named {
            let written = node.descend(&time.path.0).as_str().unwrap();
            assert_eq!(written.parse(), Ok(time.moment), "{id} {}", time.path);
        }
        let named: BTreeSet<String> = named.iter().map(|time| time.path.to_string()).collect();
        let mut expected = BTreeSet::new();
        dated(&node, &Path::root(), &mut expected);
        assert_eq!(named, expected, "{id}");
    }
}

/// The fields whose schema is one of a time: `KIND/DEFINITION.field`.
fn fields_of_times(id: &str, schema: &Json) -> BTreeSet<String> {
    const TIMES: [&str; 3] = ["#/$defs/Instant", "#/$defs/End", "#/$defs/Day"];
    let mut out = BTreeSet::new();
    let mut open = vec![(String::new(), schema)];
    while let Some((at, schema)) = open.pop() {
        match schema {
            Json::Object(map) => {
                let is_time = |to: &Json| to.as_str().is_some_and(|to| TIMES.contains(&to));
                if map.get("$ref").is_some_and(is_time) {
                    out.insert(format!("{id}{at}"));
                }
                for (key, value) in map {
                    open.push((format!("{at}/{key}"), value));
                }
            }
            Json::Array(items) => {
                open.extend(items.iter().map(|item| (format!("{at}/"), item)));
            }
            _ => {}
        }
    }
    out
}

/// A new field with a time shows up here: name it in [`super::super::Kind::times`], add it to
/// `DATED`, and count it.
#[test]
fn no_field_with_a_time_is_forgotten() {
    let count = |id: &str| {
        let mut generator = schemars::SchemaGenerator::default();
        let schema = (kind(id).unwrap().schema)(&mut generator);
        let definitions = generator.take_definitions(true);
        let mut all = fields_of_times(id, schema.as_value());
        for (name, definition) in &definitions {
            all.extend(fields_of_times(&format!("{id}:{name}"), definition));
        }
        all.len()
    };
    let counts: Vec<(&str, usize)> = KINDS.iter().map(|kind| (kind.id, count(kind.id))).collect();
    let expected = [
        ("course", 0),
        // `starts`, both days of a skip, an opening.
        ("cohort", 4),
        // `from`, `until`, `due`, `opens`, `closes`, `access.until`.
        ("offer", 6),
        ("coupon", 1),
        // `before` and `after`; `last_purchase.before`.
        ("list", 3),
        ("letter", 0),
        ("scenario", 3),
        ("pass", 1),
        ("pack", 0),
        ("removed", 0),
        // Three purchases, `registered`, `last_seen`, `at`, two of access, an opening.
        ("test", 9),
    ];
    assert_eq!(counts, expected);
}
