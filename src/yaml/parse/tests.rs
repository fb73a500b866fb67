use super::*;
use crate::diag::Severity;
use crate::model::Path;
use crate::yaml::{ScalarStyle, ScalarType, Value, to_json};

mod generated;
mod limits;

const FILE: FileId = FileId(7);

fn parse_all(text: &str, limits: &Limits) -> (Vec<Node>, Vec<Diagnostic>) {
    let mut findings = Diagnostics::new();
    let nodes = parse(FILE, text, limits, &mut findings);
    (nodes, findings.iter().cloned().collect())
}

/// The one document of a text without findings.
#[track_caller]
pub(in crate::yaml) fn read(text: &str) -> Node {
    let (mut nodes, findings) = parse_all(text, &Limits::default());
    assert_eq!(findings, [], "{text}");
    assert_eq!(nodes.len(), 1, "{text}");
    nodes.pop().unwrap()
}

/// A tree in one line: texts in quotes, floats as `f(…)`.
fn show(node: &Node) -> String {
    match &node.value {
        Value::Scalar(scalar) => match scalar.ty {
            ScalarType::Null => format!("null{}", &scalar.text),
            ScalarType::Bool(value) => value.to_string(),
            ScalarType::Int(value) => value.to_string(),
            ScalarType::Float => format!("f({})", scalar.text),
            ScalarType::String => format!("{:?}", scalar.text),
        },
        Value::Sequence(items) => {
            format!(
                "[{}]",
                items.iter().map(show).collect::<Vec<_>>().join(", ")
            )
        }
        Value::Mapping(mapping) => {
            let entry =
                |entry: &crate::yaml::Entry| format!("{}: {}", entry.key, show(&entry.value));
            format!(
                "{{{}}}",
                mapping
                    .entries
                    .iter()
                    .map(entry)
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
    }
}

#[track_caller]
fn check_trees(text: &str, trees: &[&str]) {
    let (nodes, findings) = parse_all(text, &Limits::default());
    assert_eq!(findings, [], "{text}");
    assert_eq!(nodes.iter().map(show).collect::<Vec<_>>(), trees, "{text}");
}

#[test]
fn reads_values() {
    for (text, tree) in [
        ("a", "\"a\""),
        (
            "a: 1\nb: [x, 'y', \"z\"]\n",
            r#"{a: 1, b: ["x", "y", "z"]}"#,
        ),
        (
            "no: no\non: on\n1: 1\ntrue: true\n",
            r#"{no: "no", on: "on", 1: 1, true: true}"#,
        ),
        (
            "[010, 0o10, 0x1F, 1e3, 1:30, .inf, ~, null, '']",
            r#"[10, 8, 31, f(1e3), "1:30", f(.inf), null~, nullnull, ""]"#,
        ),
        (
            "['1', \"true\", 'null', '~']",
            r#"["1", "true", "null", "~"]"#,
        ),
        (
            "a:\nb: \nc:\n- \n-\n",
            "{a: null, b: null, c: [null, null]}",
        ),
        (
            "{a: 1, b, c: , 'd': [e: f]}",
            r#"{a: 1, b: null, c: null, d: [{e: "f"}]}"#,
        ),
        (
            "a: |\n  one\n   two\n\nb: >-\n  one\n  two\n",
            r#"{a: "one\n two\n", b: "one two"}"#,
        ),
        ("a: |\n  12\n", r#"{a: "12\n"}"#),
        ("- - a\n  - b\n-\n  - c\n", r#"[["a", "b"], ["c"]]"#),
        ("? a\n: 1\n? b\n", "{a: 1, b: null}"),
        ("\"a\\u00e9\": \"\\t\\\"\"", "{aé: \"\\t\\\"\"}"),
        ("a: one\n  two\n", r#"{a: "one two"}"#),
        ("{}", "{}"),
        ("[]", "[]"),
        (
            "a: 2026-09-07T10:00\nb: 490.00 EUR\nc: 7d\n",
            r#"{a: "2026-09-07T10:00", b: "490.00 EUR", c: "7d"}"#,
        ),
        ("\u{feff}a: 1", "{a: 1}"),
        ("\u{feff}# c\n---\na: 1", "{a: 1}"),
        (
            "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: [1,\r\n 2]\r\n",
            r#"{a: 1, b: "x\ny\n", c: [1, 2]}"#,
        ),
        ("%YAML 1.2\n---\na: 1\n", "{a: 1}"),
        ("\"<<\": 1\n", "{<<: 1}"),
    ] {
        check_trees(text, &[tree]);
    }
}

#[test]
fn reads_streams() {
    check_trees("", &[]);
    check_trees("# only a comment\n", &[]);
    check_trees("---\n---\n# c\n---\na: 1\n---\n...\n", &["{a: 1}"]);
    check_trees(
        "a: 1\n--- # next\nb: 2\n...\n---\n- c\n",
        &["{a: 1}", "{b: 2}", "[\"c\"]"],
    );
    check_trees("--- ~\n--- |\n  x\n", &["null~", "\"x\\n\""]);
}

#[test]
fn honours_core_tags() {
    for (text, tree) in [
        (
            "[!!str 010, !!str true, !!str , ! 12, ! ]",
            r#"["010", "true", "", "12", ""]"#,
        ),
        (
            "[!!int '10', !!bool \"true\", !!float 1, !!float .5, !!null '']",
            "[10, true, f(1), f(.5), null]",
        ),
        ("!!map {a: !!seq [1]}", "{a: [1]}"),
        ("! {a: ! [1]}", "{a: [1]}"),
        ("a: !\n  - 1\n", "{a: [1]}"),
        ("!!str a: !<tag:yaml.org,2002:str> 1", r#"{a: "1"}"#),
        (
            "%TAG !c! tag:yaml.org,2002:\n---\na: !c!str 1\n",
            r#"{a: "1"}"#,
        ),
    ] {
        check_trees(text, &[tree]);
    }
}

#[test]
fn expands_aliases_and_merges() {
    for (text, tree) in [
        (
            "a: &x [1, {b: 2}]\nc: *x\nd: *x\n",
            "{a: [1, {b: 2}], c: [1, {b: 2}], d: [1, {b: 2}]}",
        ),
        ("a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}"),
        ("a: &x k\n*x : 1\n", r#"{a: "k", k: 1}"#),
        ("&k a: *k\n", r#"{a: "a"}"#),
        ("a: &x {y: &z 1}\nb: *z\n", "{a: {y: 1}, b: 1}"),
        ("a: &x\nb: *x\n", "{a: null, b: null}"),
        // The mapping's own keys win, wherever they stand.
        (
            "m: &m {a: 1, b: 2}\nn: {b: 3, <<: *m, c: 4}\n",
            "{m: {a: 1, b: 2}, n: {b: 3, a: 1, c: 4}}",
        ),
        (
            "m: &m {a: 1, b: 2}\nn: {<<: *m, b: 3}\n",
            "{m: {a: 1, b: 2}, n: {a: 1, b: 3}}",
        ),
        // Earlier mappings win over later ones.
        (
            "- &m {a: 1, b: 2}\n- &n {b: 3, c: 4}\n- <<: [*m, *n]\n",
            "[{a: 1, b: 2}, {b: 3, c: 4}, {a: 1, b: 2, c: 4}]",
        ),
        (
            "- &m {a: 1, b: 2}\n- &n {b: 3, c: 4}\n- <<: [*n, *m]\n",
            "[{a: 1, b: 2}, {b: 3, c: 4}, {b: 3, c: 4, a: 1}]",
        ),
        // A merge of a merge; a merge written out; an empty one.
        (
            "- &m {a: 1}\n- &n {<<: *m, b: 2}\n- <<: *n\n",
            "[{a: 1}, {a: 1, b: 2}, {a: 1, b: 2}]",
        ),
        ("<<: {a: 1}\nb: 2\n", "{a: 1, b: 2}"),
        ("<<: []\nb: 2\n", "{b: 2}"),
        // Values are replaced, not merged.
        (
            "- &m {a: {x: 1}}\n- <<: *m\n  a: {y: 2}\n",
            "[{a: {x: 1}}, {a: {y: 2}}]",
        ),
    ] {
        check_trees(text, &[tree]);
    }
}

/// Checks what the spans of a value and of its key cover, by its path.
#[track_caller]
fn check_spans(text: &str, expected: &[(&str, &str, &str)]) {
    let node = read(text);
    for (path, key, value) in expected {
        let path = Path::parse(path);
        let found = node.descend(&path.0).span;
        assert_eq!(found.file, FILE);
        assert_eq!(&text[found.range()], *value, "value of {path} in {text}");
        let found = node
            .key_span(&path.0)
            .map_or("", |span| &text[span.range()]);
        assert_eq!(found, *key, "key of {path} in {text}");
    }
}

#[test]
fn knows_where_values_stand() {
    check_spans(
        "# c\n'título': \"é\" # c\nb:   [1, {x: 'ü' } ] # c\n\nc:\n  d: |\n    one\n      é\n\n\n  e: x\n# end\n",
        &[
            (
                "",
                "",
                "'título': \"é\" # c\nb:   [1, {x: 'ü' } ] # c\n\nc:\n  d: |\n    one\n      é\n\n\n  e: x",
            ),
            ("título", "'título'", "\"é\""),
            ("b", "b", "[1, {x: 'ü' } ]"),
            ("b[0]", "", "1"),
            ("b[1]", "", "{x: 'ü' }"),
            ("b[1].x", "x", "'ü'"),
            ("c", "c", "d: |\n    one\n      é\n\n\n  e: x"),
            ("c.d", "d", "one\n      é"),
            ("c.e", "e", "x"),
        ],
    );
    check_spans(
        "\u{feff}s:\n- a\n-   b: 1\n    c: 2\n- >-\n   x\n   y\r\n\r\n- |\nt: 1\n",
        &[
            (
                "s",
                "s",
                "- a\n-   b: 1\n    c: 2\n- >-\n   x\n   y\r\n\r\n- |",
            ),
            ("s[1]", "", "b: 1\n    c: 2"),
            ("s[2]", "", "x\n   y"),
            ("s[3]", "", "|"),
            ("t", "t", "1"),
        ],
    );
    // Tags and anchors do not belong to the value; an alias is where it was written.
    check_spans(
        "a: &x !!str one\nb: *x\nc: &y [1]\nd: *y\n",
        &[
            ("a", "a", "one"),
            ("b", "b", "one"),
            ("d", "d", "[1]"),
            ("d[0]", "", "1"),
        ],
    );
    // What is merged in is where it was written, too.
    check_spans(
        "m: &m {a: 1}\nn:\n  <<: *m\n  b: 2\n",
        &[
            ("n.a", "a", "1"),
            ("n.b", "b", "2"),
            ("n", "n", "<<: *m\n  b: 2"),
        ],
    );
}

#[test]
fn an_absent_value_is_behind_its_key() {
    let text = "a:\nb:   # c\nc:\n- \n-\nd: {e: , f}\n";
    let node = read(text);
    for (path, start) in [
        ("a", 2),
        ("b", 5),
        ("c[0]", 17),
        ("c[1]", 19),
        ("d.e", 26),
        ("d.f", 30),
    ] {
        let span = node.descend(&Path::parse(path).0).span;
        assert_eq!((span.start, span.end), (start, start), "{path}");
    }
}

#[test]
fn keeps_styles() {
    let node = read("[a, 'b', \"c\"]");
    let styles = |node: &Node| match &node.value {
        Value::Scalar(scalar) => scalar.style,
        Value::Sequence(_) | Value::Mapping(_) => panic!("not a scalar"),
    };
    let found: Vec<_> = node.as_sequence().unwrap().iter().map(styles).collect();
    assert_eq!(
        found,
        [ScalarStyle::Plain, ScalarStyle::Quoted, ScalarStyle::Quoted]
    );
    assert_eq!(styles(&read("--- |\n x")), ScalarStyle::Block);
    assert_eq!(styles(&read("--- >\n x")), ScalarStyle::Block);
}

/// Checks findings as `code|text at the place|message` and the trees that are read all the same.
#[track_caller]
fn check_findings(text: &str, expected: &[&str], trees: &[&str]) {
    let (nodes, findings) = parse_all(text, &Limits::default());
    let found: Vec<_> = findings
        .iter()
        .map(|finding| {
            assert_eq!(finding.severity, Severity::Error);
            assert!(
                finding.help.is_some() && !finding.label.is_empty(),
                "{finding:?}"
            );
            let place = &text[finding.span.range()];
            format!("{}|{place}|{}", finding.code.as_str(), finding.message)
        })
        .collect();
    assert_eq!(found, expected, "{text}");
    assert_eq!(nodes.iter().map(show).collect::<Vec<_>>(), trees, "{text}");
}

#[test]
fn finds_syntax_errors() {
    for (text, finding) in [
        ("a: b: c\n", ":|a second `:` in one line"),
        ("a: 1\n b: 2\n", ":|a key in the middle of a text"),
        ("a:1\nb: 2\n", ":|a key in the middle of a text"),
        (
            "a:\n\tb: 1\n",
            "\t|a tab stands where YAML takes spaces only",
        ),
        ("a: \"x\nb: 1\n", "\"|the quote is never closed"),
        ("é: 'x\n", "'|the quote is never closed"),
        ("a: [1, 2\nb: 3\n", ":|a key in the middle of a text"),
        ("a: [1, 2\n", "[|`[` is never closed"),
        ("a: {b: 1\n", "{|`{` is never closed"),
        ("a: {b: 1]\n", "{|`{` is closed by `]`"),
        ("a: ]\n", "]|a bracket that closes nothing"),
        ("c: 1\na b\n", "a|expected `:` after this key"),
        ("a: @x\n", "@|a text cannot start with `@`"),
        ("a: `x`\n", "`|a text cannot start with a backtick"),
        ("a: 100\nb: %x\n", "%|a text cannot start with `%`"),
        ("a: \u{7}\n", "\u{7}|the character U+0007 cannot stand here"),
        (
            "a: 1\n\0b: 2\n",
            "\0|the character U+0000 cannot stand here",
        ),
        ("- a\nb: 1\n", "b|expected `- ` here"),
        ("a: 1\n- b\n", "-|a list item among the keys of a mapping"),
        ("a: *x y\n", "y|expected a key here"),
        ("key: - a\n", "-|a list cannot start here"),
        ("a: \"x\"y\n", "y|text after the closing quote"),
        ("a: 'it's'\n", "s|text after the closing quote"),
        (
            "a: \"\\q\"\n",
            "\"|`\\` is followed by a character that it cannot escape",
        ),
        (
            "a: \"\\uZZZZ\"\n",
            "\"|`\\x`, `\\u` or `\\U` is not followed by a character's number",
        ),
        ("a: & b\n", "&|the name of an anchor or alias is missing"),
        ("a: |x\n  x\n", "||text on the line of `|` or `>`"),
        ("a: x #c\n  y\n", "#|a comment in the middle of a text"),
        (
            "%YAML 2.0\n---\na: 1\n",
            "%|the document says it is another YAML than 1.2",
        ),
    ] {
        let (_, findings) = parse_all(text, &Limits::default());
        // The alias of nothing before it is not what is asked here.
        let last = findings.last().unwrap();
        let found = format!("{}|{}", &text[last.span.range()], last.message);
        assert_eq!(found, finding, "{text}");
        assert_eq!(last.code, Code::YamlSyntax);
        assert!(last.help.is_some() && !last.label.is_empty());
    }
}

#[test]
fn goes_on_behind_a_syntax_error() {
    check_findings(
        "a: 1\n---\nb: 'x\n---\nc: @\n---\nd: [\n---\ne: 2\n",
        &[
            "yaml-syntax|'|the quote is never closed",
            "yaml-syntax|@|a text cannot start with `@`",
            "yaml-syntax|[|`[` is never closed",
        ],
        &["{a: 1}", "{e: 2}"],
    );
    check_findings(
        "  a: 1\nb: 1\n---\nc: 1\n",
        &["yaml-syntax|b|this line belongs to nothing above it"],
        &["{a: 1}", "{c: 1}"],
    );
    check_findings(
        "\"a\":1\n",
        &["yaml-syntax|:|a space is missing after the colon"],
        &["\"a\""],
    );
}

#[test]
fn refuses_what_is_yaml_but_not_ours() {
    check_findings(
        "%YAML 1.1 # old\n---\na: no\n",
        &["yaml-syntax|%YAML 1.1 # old|the document says it is YAML 1.1"],
        &["{a: \"no\"}"],
    );
    check_findings(
        "t: {{ name }}\nu: 1\n",
        &["yaml-syntax|{ name }|a list or mapping stands where a key is expected"],
        &["{t: {}, u: 1}"],
    );
    check_findings(
        "? [a, b]\n: c\nd: e\n",
        &["yaml-syntax|[a, b]|a list or mapping stands where a key is expected"],
        &["{d: \"e\"}"],
    );
    check_findings(
        "a: 1\n: 2\n",
        &["yaml-syntax||a value without a key"],
        &["{a: 1}"],
    );
    check_findings(
        "a: !foo [!bar x]\nb: !!timestamp 2026-01-01\n!k c: !!set {d}\n",
        &[
            "custom-tag|!foo|the tag `!foo` is not known here",
            "custom-tag|!bar|the tag `!bar` is not known here",
            "custom-tag|!!timestamp|the tag `!!timestamp` is not known here",
            "custom-tag|!k|the tag `!k` is not known here",
            "custom-tag|!!set|the tag `!!set` is not known here",
        ],
        &["{a: [\"x\"], b: \"2026-01-01\", c: {d: null}}"],
    );
    check_findings(
        "a: !e!x 1\n---\nb: 1\n",
        &["custom-tag|!|the tag's prefix is declared nowhere"],
        &["{b: 1}"],
    );
    check_findings(
        "a: !!int x\nb: !!seq {}\nc: !!map 1\nd: !!bool [true]\n",
        &[
            "yaml-syntax|!!int|the tag `!!int` does not fit `x`",
            "yaml-syntax|!!seq|the tag `!!seq` does not fit a mapping",
            "yaml-syntax|!!map|the tag `!!map` does not fit `1`",
            "yaml-syntax|!!bool|the tag `!!bool` does not fit a list",
        ],
        &["{a: \"x\", b: {}, c: 1, d: [true]}"],
    );
}

#[test]
fn finds_wrong_aliases_and_merges() {
    check_findings(
        "base: &base {a: 1}\nb: *bsae\nc: *zebra\n",
        &[
            "yaml-syntax|*bsae|no anchor `&bsae` stands above this alias",
            "yaml-syntax|*zebra|no anchor `&zebra` stands above this alias",
        ],
        &["{base: {a: 1}, b: null, c: null}"],
    );
    let (_, findings) = parse_all("base: &base 1\nb: *bsae\n", &Limits::default());
    assert_eq!(findings[0].help.as_deref(), Some("did you mean `base`?"));
    // Anchors end with their document.
    let (_, findings) = parse_all("a: &x 1\n---\nb: *x\n", &Limits::default());
    assert_eq!(findings[0].related[0].span, Span::new(FILE, 3, 5));
    check_findings(
        "a: &x [1, *x]\nb: &y {c: *y}\n",
        &[
            "yaml-syntax|*x|an alias stands inside the value it names",
            "yaml-syntax|*y|an alias stands inside the value it names",
        ],
        &["{a: [1, null], b: {c: null}}"],
    );
    check_findings(
        "a: &x 1\nb: {<<: *x, c: 2}\nd: {<<: [{e: 1}, 5]}\n",
        &[
            "yaml-syntax|1|`<<` takes a mapping or a list of mappings",
            "yaml-syntax|5|`<<` takes a mapping or a list of mappings",
        ],
        &["{a: 1, b: {c: 2}, d: {e: 1}}"],
    );
    // One finding for an alias of nothing, not a second one for the merge or the key.
    check_findings(
        "a: {<<: *no}\n*nor : 1\n",
        &[
            "yaml-syntax|*no|no anchor `&no` stands above this alias",
            "yaml-syntax|*nor|no anchor `&nor` stands above this alias",
        ],
        &["{a: {}}"],
    );
}

#[test]
fn finds_repeated_keys() {
    check_findings(
        "a: 1\nb: {c: 1, 'c': 2}\n\"a\": 3\na: 4\n",
        &[
            "duplicate-key|'c'|the key `c` stands twice in one mapping",
            "duplicate-key|\"a\"|the key `a` stands twice in one mapping",
            "duplicate-key|a|the key `a` stands twice in one mapping",
        ],
        &["{a: 1, b: {c: 1}}"],
    );
    check_findings(
        "- &m {a: 1}\n- &n {b: 1}\n- <<: *m\n  <<: *n\n",
        &["duplicate-key|<<|the key `<<` stands twice in one mapping"],
        &["[{a: 1}, {b: 1}, {a: 1}]"],
    );
    // Large mappings are searched another way: the same is found.
    let text: String = (0..30).map(|n| format!("k{}: {n}\n", n % 27)).collect();
    let (nodes, findings) = parse_all(&text, &Limits::default());
    let keys: Vec<_> = findings
        .iter()
        .map(|finding| (&text[finding.span.range()], finding.related[0].span.start))
        .collect();
    assert_eq!(keys, [("k0", 0), ("k1", 6), ("k2", 12)]);
    assert!(findings[0].span.start > findings[0].related[0].span.start);
    let mapping = nodes[0].as_mapping().unwrap();
    assert_eq!(mapping.entries.len(), 27);
    assert_eq!(mapping.get("k1").map(show).as_deref(), Some("1"));
}

#[test]
fn decodes_utf8_only() {
    assert_eq!(decode(b"a: \xc3\xa9".to_vec()), Ok("a: é".into()));
    assert_eq!(decode(b"a: \xe9 b".to_vec()), Err(3));
    assert_eq!(decode(b"\xff\xfea".to_vec()), Err(0));
    let finding = not_utf8(FILE, 3);
    assert_eq!(
        (finding.code, finding.span),
        (Code::NotUtf8, Span::new(FILE, 3, 3))
    );
}
