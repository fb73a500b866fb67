//! Every expectation of a test can fail, once for one cause, and says what was found and why.

use bursar::compile::{self, Input, Source};
use bursar::diag::Diagnostics;
use bursar::domain::world::Assumptions;
use bursar::kinds::Spec;
use bursar::model::parse_instant;
use bursar::simulate::{self, Outcome, Stage};
use bursar::source::SourceMap;
use bursar::yaml::{self, Limits};
use std::path::Path;

/// What happens before somebody looks: Anna orders, and is written to half an hour later. Boris does
/// nothing. The third entry of the timeline is a day later.
const STORY: &str = "\
kind: test
name: case
people: { anna: {}, boris: {} }
timeline:
  - { at: 2027-02-01T10:00, do: { anna: { opens_offer: anglais-pro } } }
  - { after: 31m, EARLIER }
  - { after: 25h, LATER }
";

/// Runs the example of unpaid orders with one test more, which looks half an hour after Anna's order
/// (`EARLIER`) or a day later (`LATER`).
fn played(earlier: &str, later: &str) -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/unpaid-orders");
    let mut texts: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|own| own == "yaml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .filter(|(name, _)| name != "people.yaml")
        .collect();
    let case = STORY.replace("EARLIER", earlier).replace("LATER", later);
    texts.push(("case.yaml".to_owned(), case));
    let mut sources = SourceMap::new();
    let mut findings = Diagnostics::new();
    let mut project = None;
    let mut documents = Vec::new();
    for (name, text) in &texts {
        let file = sources.add(name.as_str(), text.as_str());
        for node in yaml::parse(file, text, &Limits::default(), &mut findings) {
            if name == "bursar.yaml" {
                project = Some(Source { file, node });
            } else {
                documents.push(Source { file, node });
            }
        }
    }
    let input = Input {
        sources: &sources,
        project: project.unwrap(),
        documents,
        environment: None,
        now: parse_instant("2027-01-01T00:00:00Z").unwrap(),
        applied: None,
    };
    let compiled = compile::compile(input, &mut findings)
        .unwrap_or_else(|| panic!("{earlier} {later}: {findings:?}"));
    let stage = Stage::of(&compiled).unwrap();
    let mut tests = compiled.documents.iter();
    let outcome = tests.find_map(|document| match &document.spec {
        Spec::Test(test) if &*document.address.name == "case" => Some(simulate::run(
            &stage,
            document,
            test,
            Assumptions::default(),
        )),
        _ => None,
    });
    outcome.unwrap()
}

/// What is looked at; what was expected, found and why, by words that must stand there.
fn misses(expected: &str, words: [&str; 3], outcome: &Outcome) -> Option<String> {
    let [miss] = &outcome.misses[..] else {
        return Some(format!("{expected}: {:#?}", outcome.misses));
    };
    let because = miss.because.clone().unwrap_or_default();
    let texts = [&miss.expected, &miss.found, &because];
    let right = texts
        .iter()
        .zip(words)
        .all(|(text, word)| text.contains(word));
    (!right).then(|| format!("{expected}: {texts:#?}, not {words:?}"))
}

#[test]
fn every_expectation_can_fail_and_says_why() {
    let lesson = "anglais-pro/reunions/ouvrir";
    let cases = [
        (
            "anna: { lists: [] }",
            [
                "in none",
                "relance-anglais-pro",
                "entered it on 2027-02-01 10:30",
            ],
        ),
        (
            "anna: { letters: [] }",
            ["none", "`relance`", "sent on 2027-02-01 10:30"],
        ),
        (
            "anna: { letters: [relance, relance] }",
            ["`relance`, `relance`", "`relance`", ""],
        ),
        (
            "boris: { letters: [relance] }",
            ["`relance`", "none", "has not begun"],
        ),
        (
            "boris: { lists: [relance-anglais-pro] }",
            ["relance-anglais-pro", "none", "never entered it"],
        ),
        (
            "anna: { price: { offer: anglais-pro, is: 480.00 EUR } }",
            ["480.00 EUR", "490.00 EUR", ""],
        ),
        (
            "anna: { price: { offer: anglais-pro, coupon: reviens-10, is: 490.00 EUR } }",
            ["490.00 EUR", "441.00 EUR", ""],
        ),
        (
            "boris: { price: { offer: anglais-pro, coupon: reviens-10, is: 441.00 EUR } }",
            ["441.00 EUR", "list", "never entered it"],
        ),
        (
            "anna: { can_use: { reviens-10: false } }",
            ["cannot use", "can use", "entered it"],
        ),
        (
            "boris: { can_use: { reviens-10: true } }",
            ["can use", "cannot use", "never entered it"],
        ),
        (
            "anna: { can_buy: { offer.anglais-pro: false } }",
            ["cannot buy", "can buy", ""],
        ),
        (
            "anna: { can_buy: { offer.anglais-pro: { is: false, because: sale-ended } } }",
            ["cannot buy", "can buy", ""],
        ),
        (
            "anna: { access: { anglais-pro: true } }",
            ["access", "no access", "nothing that was bought"],
        ),
        (
            "anna: { points: { anglais-pro: 5 } }",
            ["5 points", "0 points", ""],
        ),
        ("anna: { orders: [] }", ["0 orders", "1 orders", ""]),
        (
            "anna: { orders: [{ offer: anglais-pro, paid: true }] }",
            ["paid", "not paid", ""],
        ),
        (
            "anna: { orders: [{ offer: anglais-pro, price: 441.00 EUR }] }",
            ["441.00 EUR", "490.00 EUR", ""],
        ),
        (
            "anna: { orders: [{ offer: anglais-pro, copy_of_offer: true }] }",
            ["a copy", "not paid", ""],
        ),
    ];
    let mut wrong = Vec::new();
    for (expectation, words) in cases {
        let outcome = played(&format!("expect: {{ {expectation} }}"), "expect: {}");
        wrong.extend(misses(expectation, words, &outcome));
    }
    let of_lessons = [
        (
            format!("lessons: {{ {lesson}: true }}"),
            ["is open", "is not open", ""],
        ),
        (
            format!("opens: {{ {lesson}: 2027-02-01T10:00 }}"),
            ["opens on 2027-02-01T10:00", "", ""],
        ),
        (
            format!("notified: {{ email: [{lesson}] }}"),
            ["told by email of", "none", ""],
        ),
        (
            format!("notified: {{ bell: [{lesson}] }}"),
            ["told by bell of", "none", ""],
        ),
    ];
    for (expectation, words) in of_lessons {
        let outcome = played(
            &format!("expect: {{ anna: {{ {expectation} }} }}"),
            "expect: {}",
        );
        wrong.extend(misses(&expectation, words, &outcome));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_has_ended_is_told_with_the_trigger_that_ended_it() {
    let outcome = played(
        "expect: {}",
        "expect: { anna: { lists: [relance-anglais-pro] } }",
    );
    let words = ["relance-anglais-pro", "none", "left it on 2027-02-02 10:30"];
    assert_eq!(misses("lists", words, &outcome), None);
    let because = outcome.misses[0].because.clone().unwrap();
    assert!(because.contains("after trigger 1"), "{because}");
    // And everything that happened to her up to then, in order.
    let story = outcome.misses[0].story.clone().unwrap();
    let events: Vec<&str> = story.lines.iter().map(|line| line.event).collect();
    let moments = ["order_made", "entered_list", "letter_sent", "left_list"];
    let at = moments.map(|word| events.iter().position(|event| *event == word).unwrap());
    assert!(at.is_sorted(), "{events:?}");
}

#[test]
fn what_cannot_be_done_is_a_miss() {
    let cases = [
        "boris: { completes: anglais-pro/reunions/ouvrir }",
        "boris: { pays: { offer: anglais-pro, order: 1 } }",
        "boris: { pays: { offer: anglais-pro, coupon: reviens-10 } }",
        "staff: { extends: { person: boris, offer: anglais-pro, by: 1mo } }",
    ];
    for case in cases {
        let outcome = played(&format!("do: {{ {case} }}"), "expect: {}");
        let words = ["it can be done", "the platform refuses", ""];
        assert_eq!(misses(case, words, &outcome), None);
    }
}

#[test]
fn what_is_so_is_no_miss() {
    let earlier = "expect: { anna: { lists: [relance-anglais-pro], letters: [relance], can_use: { reviens-10: true } }, boris: { letters: [] } }";
    let later = "expect: { anna: { lists: [], can_use: { reviens-10: false } } }";
    let outcome = played(earlier, later);
    assert!(outcome.passed(), "{:?}", outcome.misses);
    assert_eq!(outcome.looked_at, 6);
}
