//! Letters, from documents to what is sent and to what is said about them.

use crate::compile::tests::run;
use crate::model::{Address, Value};

const PROJECT: &str = "version: 1\nproject: nova\ntimezone: Europe/Kyiv\n";

/// Offer `o` at 490 EUR on a page in `language`, coupon `c` of 10 %, and a letter with these lines.
fn documents(language: &str, letter: &str) -> String {
    format!(
        "kind: offer
name: o
title: \"A & <b>B</b> *c*\"
price: 1490.00 EUR
{language}---
kind: offer
name: p
title: Second
---
kind: coupon
name: c
code: C-10
discount: 10%
valid_until: 2026-07-31
---
kind: letter
name: l
{letter}"
    )
}

fn attribute(run: &crate::compile::tests::Run, key: &str) -> Value {
    let letter = Address::new("letter", "l");
    run.desired().objects[&letter].attributes[&key.to_owned()].clone()
}

#[test]
fn values_are_text_whatever_stands_in_them() {
    let letter = "subject: \"{{ offer.title }}\"\nabout: { offer: o }\nbody: |\n  *{{ offer.title }}* `{{ offer.title }}`\n\n  {{ offer.title }}\n";
    let run = run(
        &[("bursar.yaml", PROJECT), ("a.yaml", &documents("", letter))],
        None,
    );
    assert_eq!(attribute(&run, "subject"), Value::text("A & <b>B</b> *c*"));
    let shown = "A &amp; &lt;b&gt;B&lt;/b&gt; *c*";
    let html = format!("<p><em>{shown}</em> <code>{shown}</code></p>\n<p>{shown}</p>");
    assert_eq!(attribute(&run, "html"), Value::text(html));
    let text = "A & <b>B</b> *c* A & <b>B</b> *c*\n\nA & <b>B</b> *c*";
    assert_eq!(attribute(&run, "text"), Value::text(text));
}

#[test]
fn the_language_is_the_letters_the_offers_the_projects_or_english() {
    let body = "about: { offer: o, coupon: c, valid_for: 2w }\nsubject: a\nbody: \"{{ price.after }} {{ coupon.discount }} {{ valid_for }} {{ coupon.valid_until }}\"\n";
    let cases = [
        ("", "", "", "€1,341.00 10% 2 weeks 31 July 2026"),
        (
            "languages: [pl, en]\n",
            "",
            "",
            "1341,00\u{a0}€ 10% 2 tygodnie 31 lipca 2026",
        ),
        (
            "languages: [pl]\n",
            "page: { language: fr }\n",
            "",
            "1\u{202f}341,00\u{a0}€ 10\u{202f}% 2 semaines 31 juillet 2026",
        ),
        (
            "languages: [pl]\n",
            "page: { language: fr }\n",
            "language: de\n",
            "1.341,00\u{a0}€ 10\u{a0}% 2 Wochen 31. Juli 2026",
        ),
    ];
    for (project, page, language, expected) in cases {
        let project = format!("{PROJECT}{project}");
        let documents = documents(page, &format!("{language}{body}"));
        let run = run(&[("bursar.yaml", &project), ("a.yaml", &documents)], None);
        assert_eq!(attribute(&run, "text"), Value::text(expected));
    }
}

#[test]
fn several_offers() {
    let letter = "subject: a\nabout: { offers: [o, p] }\nbody: \"{% for offer in offers %}{{ offer.title }}; {% endfor %}{{ offers[1].name }}\"\n";
    let run = run(
        &[("bursar.yaml", PROJECT), ("a.yaml", &documents("", letter))],
        None,
    );
    assert_eq!(
        attribute(&run, "text"),
        Value::text("A & <b>B</b> *c*; Second; p")
    );
}

#[test]
fn says_what_is_not_defined_and_where() {
    let cases: &[(&str, &[&str])] = &[
        (
            "subject: Hi\nabout: { offer: o }\nbody: |\n  one\n  two {{ offer.titel }} {{ price.before }} {{ coupon.code }}\n",
            &[
                "undefined-template-value a.yaml:22:10 `offer.titel` is not defined | did you mean `offer.title`?",
                "undefined-template-value a.yaml:22:47 `coupon.code` is not defined | add `coupon: NAME` to the letter's `about`",
            ],
        ),
        (
            "subject: \"{{ offer.title }}\"\nabout: {}\nbody: x\n",
            &[
                "undefined-template-value a.yaml:18:14 `offer.title` is not defined | add `offer: NAME` to the letter's `about`",
            ],
        ),
        (
            "subject: \"{{ ofer.title }}\"\nabout: { offer: p }\nbody: x\n",
            &[
                "undefined-template-value a.yaml:18:14 `ofer.title` is not defined | did you mean `offer.title`?",
            ],
        ),
        (
            "subject: x\nabout: { offer: p, coupon: c }\nbody: \"{{ price.after }} {{ valid_for }}\"\n",
            &[
                "undefined-template-value a.yaml:20:11 `price.after` is not defined | set `price` of the offer",
                "undefined-template-value a.yaml:20:29 `valid_for` is not defined | add `valid_for: 24h` to the letter's `about`",
            ],
        ),
        (
            "subject: x\nbody: \"{{ contact.first_name | upper }}\"\n",
            &[
                "undefined-template-value a.yaml:19:11 `contact.first_name` is not defined | it can only stand alone, without filters: `{{ contact.first_name }}`",
            ],
        ),
        (
            "subject: x\nabout: { offer: p }\nbody: \"{{ offer.url | upper | replace('0', '1') }}\"\n",
            &[
                "undefined-template-value a.yaml:20:7 a filter changes an address that is known only after the offer exists | write `{{ offer.url }}` and `{{ offer.url_with_coupon }}` without filters",
            ],
        ),
        // What the letter is about is not declared: that is the one cause.
        (
            "subject: \"{{ offer.title }}\"\nabout: { offer: q }\nbody: x\n",
            &["unknown-reference a.yaml:19:17 there is no offer `q` | did you mean `o`?"],
        ),
    ];
    for (letter, expected) in cases {
        let run = run(
            &[("bursar.yaml", PROJECT), ("a.yaml", &documents("", letter))],
            None,
        );
        assert_eq!(run.shown(), *expected, "{letter}");
    }
}

#[test]
fn says_what_is_no_template() {
    let cases = [
        (
            "subject: x\nbody: \"a {% if %}\"\n",
            "wrong-type a.yaml:19:",
        ),
        (
            "subject: x\nbody: \"{{ 1 | nosuch }}\"\n",
            "wrong-type a.yaml:19:",
        ),
        (
            "subject: x\nbody: \"{% include 'a.yaml' %}\"\n",
            "wrong-type a.yaml:19:",
        ),
        (
            "subject: x\nbody: \"a \\uFDD0\"\n",
            "wrong-type a.yaml:19:7 U+FDD0 is no character",
        ),
        (
            "subject: x\nbody: \"{% for i in range(9999) %}{% for i in range(9999) %}{% endfor %}{% endfor %}\"\n",
            "limit-exceeded a.yaml:19:",
        ),
    ];
    for (letter, expected) in cases {
        let run = run(
            &[("bursar.yaml", PROJECT), ("a.yaml", &documents("", letter))],
            None,
        );
        let shown = run.shown();
        assert!(
            shown.len() == 1 && shown[0].starts_with(expected),
            "{letter}: {shown:?}"
        );
    }
}
