use super::*;
use crate::diag::{Diagnostics, apply_edits};
use crate::source::FileId;
use crate::yaml::{Limits, parse};

fn read(text: &str) -> Node {
    let mut findings = Diagnostics::new();
    let mut documents = parse(FileId(0), text, &Limits::default(), &mut findings);
    assert!(findings.is_empty(), "{findings:?}\n{text}");
    documents.remove(0)
}

fn done(text: &str, edited: &Edited) -> String {
    let edits: Vec<&Edit> = edited.edits.iter().collect();
    apply_edits(text, &edits).unwrap_or_else(|| text.to_owned())
}

#[track_caller]
fn check_set(text: &str, path: &str, wanted: &Written, expected: &str) {
    let root = read(text);
    let edited = set(text, &root, &Path::parse(path).0, wanted, Others::Go);
    assert_eq!(edited.left, []);
    assert_eq!(done(text, &edited), expected);
    let again = read(expected);
    assert!(is_same(again.descend(&Path::parse(path).0), wanted));
}

#[test]
fn values_change_where_they_stand() {
    let price = Written::text("450.00 EUR");
    check_set(
        "a: 1\nprice: 490.00 EUR # was more\nb: 2\n",
        "price",
        &price,
        "a: 1\nprice: 450.00 EUR # was more\nb: 2\n",
    );
    check_set(
        "p: { price: 490.00 EUR, b: 2 }\n",
        "p.price",
        &price,
        "p: { price: 450.00 EUR, b: 2 }\n",
    );
    check_set(
        "p:\n  b: 2 # two\n\n# three\nc: 3\n",
        "p.price",
        &price,
        "p:\n  b: 2 # two\n  price: 450.00 EUR\n\n# three\nc: 3\n",
    );
    check_set(
        "p: { b: 2 }\n",
        "p.price",
        &price,
        "p: { b: 2, price: 450.00 EUR }\n",
    );
    check_set("p: {}\n", "p.price", &price, "p: { price: 450.00 EUR }\n");
    check_set(
        "a: 1\np:\nc: 3\n",
        "p.price",
        &price,
        "a: 1\np: { price: 450.00 EUR }\nc: 3\n",
    );
    check_set(
        "a: 1\r\nb: 2\r\n",
        "price",
        &price,
        "a: 1\r\nb: 2\r\nprice: 450.00 EUR\r\n",
    );
    check_set(
        "a: |\n  one\n  two\nb: 2\n",
        "a",
        &Written::text("three"),
        "a: three\nb: 2\n",
    );
    check_set(
        "a: x # why\nb: 2\n",
        "a",
        &Written::text("one\ntwo\n"),
        "a: | # why\n  one\n  two\nb: 2\n",
    );
}

#[test]
fn lists_keep_what_stays() {
    let list =
        |texts: &[&str]| Written::List(texts.iter().map(|text| Written::text(*text)).collect());
    check_set(
        "l:\n  - a # first\n  - b\n",
        "l",
        &list(&["a", "c", "b"]),
        "l:\n  - a # first\n  - c\n  - b\n",
    );
    check_set(
        "l:\n  - a # first\n  # second\n  - b\n  - c\n",
        "l",
        &list(&["a", "c"]),
        "l:\n  - a # first\n  # second\n  - c\n",
    );
    check_set(
        "l: [a, b]\n",
        "l",
        &list(&["a", "b", "c"]),
        "l: [a, b, c]\n",
    );
    check_set("l: [a, b]\n", "l", &list(&["b"]), "l: [b]\n");
    check_set("l:\n  - b\n", "l", &list(&["a", "b"]), "l:\n  - a\n  - b\n");
    check_set("l: []\nm: 1\n", "l", &list(&["a"]), "l: [a]\nm: 1\n");
}

#[test]
fn items_with_ids_are_moved_with_their_comments() {
    let item = |id: i64| Written::map([("id", Written::Int(id))]);
    let text = "m:\n  # one\n  - id: 1\n    # inside\n  # two\n  - id: 2\nz: 1\n";
    let wanted = Written::List(vec![item(2), item(1)]);
    check_set(
        text,
        "m",
        &wanted,
        "m:\n  # two\n  - id: 2\n  # one\n  - id: 1\n    # inside\nz: 1\n",
    );
}

#[test]
fn what_is_shared_or_varies_is_left() {
    let check = |text: &str, path: &str, why: Why| {
        let root = read(text);
        let wanted = Written::text("new");
        let edited = set(text, &root, &Path::parse(path).0, &wanted, Others::Stay);
        assert_eq!(edited.edits, [], "{text}");
        assert_eq!(
            edited.left.iter().map(|left| left.why).collect::<Vec<_>>(),
            [why],
            "{text}"
        );
    };
    check("a: x ${v}\n", "a", Why::Variable);
    check("a: &one x\nb: *one\n", "b", Why::Shared);
    check("a: &one x\nb: *one\n", "a", Why::Shared);
    check(
        "base: &base { x: 1 }\nb:\n  <<: *base\n  y: 2\n",
        "b.x",
        Why::Shared,
    );
}

#[test]
fn entries_are_taken_out() {
    let check = |text: &str, path: &str, expected: &str| {
        let edited = remove(text, &read(text), &Path::parse(path).0);
        assert_eq!(edited.left, []);
        assert_eq!(done(text, &edited), expected);
    };
    check("a: 1\nb: 2 # two\nc: 3\n", "b", "a: 1\nc: 3\n");
    check("a: { x: 1, y: 2 }\n", "a.y", "a: { x: 1 }\n");
    check("a: { x: 1, y: 2 }\n", "a.x", "a: { y: 2 }\n");
}
