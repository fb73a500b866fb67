//! The one layout.

use super::*;

fn check(before: &str, after: &str) {
    assert_eq!(
        format(before, &Limits::default()).as_deref(),
        Ok(after),
        "{before}"
    );
}

#[test]
fn indentation_and_spaces() {
    check(
        "a:  1\nb:\n    c:   2\n    d:\n    -   e\n    -   f: 1\n        g: 2\n",
        "a: 1\nb:\n  c: 2\n  d:\n    - e\n    - f: 1\n      g: 2\n",
    );
    check("a: {b: 1,c: [ x,y ]}\n", "a: { b: 1, c: [x, y] }\n");
    check("a: { }\nb: [ ]\n", "a: {}\nb: []\n");
    check("- - a\n  - b\n-   - c\n", "- - a\n  - b\n- - c\n");
}

#[test]
fn comments_and_blank_lines() {
    check(
        "\n\n# head\n\n\n\na: 1   # one  \nb:\n      # inside\n      c: 2\n# after\n\n\n",
        "# head\n\na: 1   # one\nb:\n  # inside\n  c: 2\n# after\n",
    );
    check("a: 1 # x\n---\n\n\nb: 2", "a: 1 # x\n---\n\nb: 2\n");
}

#[test]
fn comments_that_go_on_stay_aligned() {
    check(
        "a: [ 1 ]     # one\n             # two\nb: 2\n",
        "a: [1]       # one\n             # two\nb: 2\n",
    );
}

#[test]
fn scalars_keep_their_text() {
    check(
        "a: |\n     one\n       two\n\n     three\nb: 1\n",
        "a: |\n  one\n    two\n\n  three\nb: 1\n",
    );
    check(
        "a:\n    b: >-\n        one\n        two\n",
        "a:\n  b: >-\n    one\n    two\n",
    );
    check("a:\n   b: |2\n       one\n", "a:\n  b: |2\n      one\n");
    check("a: 'x:  y'\nb: \"{a:1}\"\n", "a: 'x:  y'\nb: \"{a:1}\"\n");
    check("a: &x  {b: 1}\nc: *x\n", "a: &x  { b: 1 }\nc: *x\n");
}

#[test]
fn line_ends() {
    check("\u{feff}a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n");
    check("\u{feff}\u{feff}a: 1\n", "a: 1\n");
    check("\u{feff}\u{feff}", "");
    check("\u{feff}\r\r\r\u{feff}a: 1", "a: 1\n");
    let once = format("\u{feff}\r\r\u{feff}!", &Limits::default());
    let once = once.unwrap_or_default();
    assert_eq!(format(&once, &Limits::default()), Ok(once.clone()));
    check("", "");
    assert_eq!(
        format("a: [", &Limits::default()),
        Err(Unformatted::Unreadable)
    );
}
