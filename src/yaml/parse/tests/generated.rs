//! Texts that nobody thought of.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value as Json;

const SAMPLES: &[&str] = &[
    "kind: offer\nname: web-dev\nprice: 490.00 EUR\npage: { language: fr, title: 'Été' }\n---\nkind: coupon\ncode: \"A\\u00e9\"\n",
    "m: &m\n  a: 1\n  b: [x, 'y', \"z\"]\nn:\n  <<: [*m, {c: 3}]\n  d: |-\n    one\n     two\n\n  e: >\n    f\n? [g]\n: !t h\n",
    "%YAML 1.2\n--- # c\n- - - a\n  - &a b\n- *a\n-\n...\n\u{feff}# x\n---\r\nk: !!str 12\r\n'q': {a, b: , c: [d: e]}\r\n",
];

/// Holds for every text: no panic, sound places, limits kept.
fn check_sound(text: &str, limits: &Limits) {
    let (nodes, findings) = parse_all(text, limits);
    for finding in &findings {
        assert!(text.get(finding.span.range()).is_some(), "{finding:?}");
        for label in &finding.related {
            assert!(text.get(label.span.range()).is_some(), "{finding:?}");
        }
    }
    let mut count = 0;
    for node in &nodes {
        check_node(text, node, limits, 0, &mut count);
        let _ = to_json(node);
    }
    assert!(count <= limits.nodes + limits.alias_nodes);
}

fn check_node(text: &str, node: &Node, limits: &Limits, depth: usize, count: &mut usize) {
    *count += 1;
    assert!(text.get(node.span.range()).is_some(), "{node:?}");
    match &node.value {
        Value::Scalar(scalar) => assert!(scalar.text.len() <= limits.scalar_bytes),
        Value::Sequence(items) => {
            assert!(depth < limits.depth);
            for item in items {
                check_node(text, item, limits, depth + 1, count);
            }
        }
        Value::Mapping(mapping) => {
            assert!(depth < limits.depth);
            let mut keys: Vec<_> = mapping.entries.iter().map(|entry| &entry.key).collect();
            keys.sort();
            assert!(keys.windows(2).all(|pair| pair[0] != pair[1]));
            for entry in &mapping.entries {
                assert!(text.get(entry.key_span.range()).is_some(), "{entry:?}");
                check_node(text, &entry.value, limits, depth + 1, count);
            }
        }
    }
}

fn small() -> Limits {
    Limits {
        file_bytes: 2_000,
        scalar_bytes: 30,
        depth: 5,
        nodes: 40,
        alias_nodes: 10,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_soundly(text in any::<String>()) {
        check_sound(&text, &Limits::default());
        check_sound(&text, &small());
    }

    #[test]
    fn any_mixture_of_signs_is_read_soundly(signs in vec(select(vec![
        "a", "b", "é", "1", " ", "  ", "\n", "\n  ", "\r\n", "\t", ": ", ":", "- ", "? ", "[", "]", "{", "}", ",",
        "\"", "'", "|", ">", "|+\n", "&a ", "*a", "&b ", "*b ", "<<: ", "!", "!!str ", "!x ", "#", " # ", "---\n", "...\n", "%YAML 1.2\n",
        "\\", "\u{feff}", "\0", "~", "null", "a: ", "b: ", "- a: ", "\u{2028}", "😀",
    ]), 0..60)) {
        let text = signs.concat();
        check_sound(&text, &Limits::default());
        check_sound(&text, &small());
    }

    #[test]
    fn any_damage_is_read_soundly(
        sample in select(SAMPLES),
        cuts in vec((any::<Index>(), 0usize..4, select(vec!["", "", " ", "\n", ":", "'", "\"", "[", "}", "- ", "\t", "*m", "é", "\0"])), 0..6),
    ) {
        let mut text: Vec<char> = sample.chars().collect();
        for (at, length, instead) in cuts {
            if text.is_empty() { break; }
            let start = at.index(text.len());
            let end = (start + length).min(text.len());
            text.splice(start..end, instead.chars());
        }
        let text: String = text.into_iter().collect();
        check_sound(&text, &Limits::default());
        check_sound(&text, &small());
    }

    #[test]
    fn documents_are_read_as_the_oracle_reads_them(value in json(), styles in vec(any::<u8>(), 16)) {
        let mut text = String::new();
        Writer { styles: &styles, next: 0 }.block(&mut text, &value, 0);
        let ours = to_json(&read(&text));
        let theirs: serde_yaml::Value = serde_yaml::from_str(&text).expect(&text);
        prop_assert_eq!(&ours, &serde_json::to_value(theirs).unwrap(), "{}", text);
        prop_assert_eq!(&ours, &value, "{}", text);
    }
}

fn json() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        "[a-z]{1,8}",
        "[ -~éüß€😀]{0,12}",
        "[a-z]{1,5}( [a-z]{1,5}){1,3}",
        "([a-z]{1,6}\n){1,3}",
        select(vec![
            "no",
            "on",
            "off",
            "yes",
            "true",
            "null",
            "~",
            "12",
            "010",
            "1e3",
            "1:30",
            "2026-01-01",
            "- a",
            "# a",
            "a: b",
            "<<",
            "",
            " ",
            "{a}",
            "*a",
            "&a",
            "!a",
            "%a",
            "a #b",
            "-"
        ])
        .prop_map(str::to_owned),
    ];
    let scalar = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-999i32..999).prop_map(|n| Json::from(f64::from(n) / 4.0 + 0.125)),
        text.clone().prop_map(Json::from),
    ];
    scalar.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Json::from),
            vec((text.clone(), inner), 0..6)
                .prop_map(|pairs| Json::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Writes a value in one of the many forms that YAML has for it.
struct Writer<'a> {
    styles: &'a [u8],
    next: usize,
}

impl Writer<'_> {
    fn style(&mut self, among: u8) -> u8 {
        self.next += 1;
        self.styles[self.next % self.styles.len()] % among
    }

    fn block(&mut self, text: &mut String, value: &Json, indent: usize) {
        match value {
            Json::Array(items) if !items.is_empty() && self.style(3) > 0 => {
                for item in items {
                    text.push_str(&" ".repeat(indent));
                    text.push_str("- ");
                    self.nested(text, item, indent + 2);
                }
            }
            Json::Object(pairs) if !pairs.is_empty() && self.style(3) > 0 => {
                for (key, item) in pairs {
                    text.push_str(&" ".repeat(indent));
                    self.scalar(text, &Json::from(key.as_str()), None);
                    text.push_str(": ");
                    self.nested(text, item, indent + 2);
                }
            }
            flow => {
                text.push_str(&" ".repeat(indent));
                self.flow(text, flow);
                text.push('\n');
            }
        }
    }

    fn nested(&mut self, text: &mut String, value: &Json, indent: usize) {
        let is_collection = value.is_array() || value.is_object();
        if is_collection && self.style(2) > 0 {
            text.push_str(["\n", "# é\n", "\n\n", "\r\n"][self.style(4) as usize]);
            self.block(text, value, indent);
        } else if is_collection {
            self.flow(text, value);
            text.push_str(" # é\n");
        } else {
            self.scalar(text, value, Some(indent));
            text.push('\n');
        }
    }

    fn flow(&mut self, text: &mut String, value: &Json) {
        match value {
            Json::Array(items) => {
                text.push('[');
                for (at, item) in items.iter().enumerate() {
                    text.push_str(if at == 0 { "" } else { ", " });
                    self.flow(text, item);
                }
                text.push(']');
            }
            Json::Object(pairs) => {
                text.push('{');
                for (at, (key, item)) in pairs.iter().enumerate() {
                    text.push_str(if at == 0 { " " } else { ", " });
                    self.scalar(text, &Json::from(key.as_str()), None);
                    text.push_str(": ");
                    self.flow(text, item);
                }
                text.push('}');
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                self.scalar(text, value, None);
            }
        }
    }

    /// `indent` if a block scalar may stand here.
    fn scalar(&mut self, text: &mut String, value: &Json, indent: Option<usize>) {
        let Json::String(string) = value else {
            match (value, self.style(2)) {
                (Json::Null, 0) => text.push('~'),
                _ => text.push_str(&value.to_string()),
            }
            return;
        };
        let is_word = !string.is_empty()
            && string.chars().all(|c| c.is_ascii_lowercase() || c == ' ')
            && !string.starts_with(' ')
            && !string.ends_with(' ')
            && !["true", "false", "null", "nan"].contains(&string.as_str());
        match (self.style(3), indent) {
            (0, _) if is_word => text.push_str(string),
            (1, _) if !string.contains('\n') => {
                text.push_str(&format!("'{}'", string.replace('\'', "''")));
            }
            (_, Some(indent)) if string.ends_with('\n') => {
                text.push('|');
                for line in string.lines() {
                    text.push_str(&format!("\n{}{line}", " ".repeat(indent)));
                }
            }
            _ => text.push_str(&value.to_string()),
        }
    }
}
