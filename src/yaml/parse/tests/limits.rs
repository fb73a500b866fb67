//! Hostile files.

use super::*;
use std::time::Instant;

#[test]
fn refuses_only_beyond_the_limits() {
    let limits = Limits {
        file_bytes: 400,
        scalar_bytes: 10,
        depth: 4,
        nodes: 20,
        alias_nodes: 6,
    };
    let padded = |bytes: usize| format!("a: 1\n#{}", "x".repeat(bytes - 6));
    let items = |count: usize| format!("[{}]", vec!["1"; count - 1].join(","));
    let aliases = |count: usize| format!("[&a [1,1], {}]", vec!["*a"; count].join(","));
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let block = |depth: usize| format!("{}x", "- ".repeat(depth));
    for (what, fits, exceeds) in [
        ("file", padded(400), padded(401)),
        ("scalar", "a".repeat(10), "a".repeat(11)),
        ("characters", "é".repeat(5), "é".repeat(6)),
        (
            "quoted",
            format!("'{}'", "a".repeat(10)),
            format!("'{}'", "a".repeat(11)),
        ),
        (
            "key",
            format!("{}: 1", "a".repeat(10)),
            format!("{}: 1", "a".repeat(11)),
        ),
        ("depth", nested(4), nested(5)),
        ("block depth", block(4), block(5)),
        (
            "alias depth",
            "[&a [[]], [*a]]".into(),
            "[&a [[]], [[*a]]]".into(),
        ),
        ("nodes", items(20), items(21)),
        // The alias of a list of two adds three values.
        ("aliases", aliases(2), aliases(3)),
        (
            "merges",
            "- &a {b: 1, c: 2}\n- <<: *a\n- <<: *a\n".into(),
            "- &a {b: 1, c: 2}\n- <<: *a\n- <<: *a\n- <<: *a\n".into(),
        ),
    ] {
        let (nodes, findings) = parse_all(&fits, &limits);
        assert!(
            nodes.len() == 1 && findings.is_empty(),
            "{what}: {findings:?}"
        );
        let (_, findings) = parse_all(&exceeds, &limits);
        assert_eq!(findings.len(), 1, "{what}: {findings:?}");
        assert_eq!(findings[0].code, Code::LimitExceeded, "{what}");
    }
}

#[test]
fn the_default_limits_are_those_of_the_contract() {
    assert_eq!(
        Limits::default(),
        Limits {
            file_bytes: 4_194_304,
            scalar_bytes: 1_048_576,
            depth: 64,
            nodes: 200_000,
            alias_nodes: 10_000
        }
    );
}

#[test]
fn goes_on_behind_a_limit() {
    let deep = format!(
        "a: {}1{}\nb: 2\n---\nc: 3\n",
        "[".repeat(100),
        "]".repeat(100)
    );
    let (nodes, findings) = parse_all(&deep, &Limits::default());
    assert_eq!(findings.len(), 1);
    assert_eq!(&deep[findings[0].span.range()], "[");
    assert_eq!(findings[0].span.start, 3 + 63);
    assert_eq!(nodes.len(), 2);
    assert_eq!(nodes[0].get("b").map(show).as_deref(), Some("2"));
    // An alias of what was left out is not told again.
    let deep = format!("a: {}&x 1{}\nb: *x\n", "[".repeat(100), "]".repeat(100));
    let (nodes, findings) = parse_all(&deep, &Limits::default());
    assert_eq!((nodes.len(), findings.len()), (1, 1));
    // Beyond the crate's own cap the document is lost, with one finding.
    let deep = format!("{}\n---\nc: 3\n", "- ".repeat(5_000));
    let (nodes, findings) = parse_all(&deep, &Limits::default());
    assert_eq!((nodes.len(), findings.len()), (1, 1));
    assert_eq!(findings[0].code, Code::LimitExceeded);
}

#[test]
fn stops_at_too_many_findings() {
    let text = "---\n]\n".repeat(5_000);
    let (_, findings) = parse_all(&text, &Limits::default());
    assert_eq!(findings.len(), 1_001);
    assert_eq!(findings[1_000].code, Code::LimitExceeded);
    let text = "a: 1\n".repeat(5_000);
    let (_, findings) = parse_all(&text, &Limits::default());
    assert_eq!(findings.len(), 1_001);
}

#[test]
fn survives_alias_bombs() {
    let mut laughs = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for n in 1..20 {
        let names = vec![format!("*a{}", n - 1); 9].join(",");
        laughs.push_str(&format!("a{n}: &a{n} [{names}]\n"));
    }
    let merges = {
        let mut text = String::from("- &a0 {x: 1}\n");
        for n in 1..2_000 {
            text.push_str(&format!("- &a{n} {{<<: *a{}, k{n}: 1}}\n", n - 1));
        }
        text
    };
    // Anchors inside anchors: each holds all that are inside it.
    let nested = {
        let open: String = (0..63).map(|n| format!("&a{n} [")).collect();
        format!("[{open}{}{}, *a0]", "1,".repeat(9_000), "]".repeat(63))
    };
    let many_nested = {
        let open: String = (0..60).map(|n| format!("&a{n} [")).collect();
        let group = format!("{open}{}{}", "1,".repeat(8_000), "]".repeat(60));
        format!("[{}]", vec![group; 20].join(","))
    };
    for (name, text, told) in [
        ("laughs", laughs, 1),
        ("merges", merges, 1),
        ("nested", nested, 1),
        ("many nested", many_nested, 0),
    ] {
        let start = Instant::now();
        let (nodes, findings) = parse_all(&text, &Limits::default());
        assert!(
            start.elapsed().as_secs() < 3,
            "{name}: {:?}",
            start.elapsed()
        );
        assert_eq!(nodes.len(), 1, "{name}");
        assert_eq!(findings.len(), told, "{name}: {findings:?}");
        assert!(
            findings
                .iter()
                .all(|finding| finding.code == Code::LimitExceeded)
        );
    }
}

#[test]
fn reads_a_hundred_thousand_keys_quickly() {
    let text: String = (0..100_000)
        .rev()
        .map(|n| format!("key-{n}: {n}\n"))
        .collect();
    let start = Instant::now();
    let node = read(&text);
    let mapping = node.as_mapping().unwrap();
    for n in (0..100_000).step_by(7) {
        assert_eq!(
            mapping.get(&format!("key-{n}")).map(show),
            Some(n.to_string())
        );
    }
    assert_eq!(to_json(&node).as_object().unwrap().len(), 100_000);
    // A quadratic search takes over ten seconds even when it is optimised.
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}
