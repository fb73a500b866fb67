use super::plan::render;
use crate::plan::{About, Action, Consequence, Plan, Refusal};
use crate::render::Style;
use crate::render::human::Names;
use crate::render::human::plan::View;
use crate::render::tests::{change, of as plan};

fn said(address: &str, text: &str) -> Consequence {
    Consequence {
        address: address.into(),
        about: About::Reach,
        what: None,
        count: None,
        at: None,
        text: text.into(),
        ids: Vec::new(),
    }
}

fn comment(plan: &Plan) -> String {
    let text = render(View {
        plan,
        names: &Names::default(),
        requests_per_minute: None,
        style: Style::Plain,
    });
    assert!(text.len() <= 60_000, "{} bytes", text.len());
    text
}

/// What stands outside of code blocks, read as CommonMark does: a block ends at a line of nothing but at
/// least as many backticks as it began with.
fn outside(text: &str) -> String {
    let mut out = String::new();
    let mut fence = 0;
    for line in text.lines() {
        let ticks = line.chars().take_while(|char| *char == '`').count();
        let rest = line.trim_start_matches('`');
        if fence == 0 && ticks >= 3 {
            fence = ticks;
        } else if fence > 0 && ticks >= fence && rest.trim().is_empty() {
            fence = 0;
        } else if fence == 0 {
            out.push_str(line);
            out.push('\n');
        }
    }
    assert_eq!(fence, 0, "a block is left open");
    out
}

#[test]
fn what_it_means_stands_before_what_is_written() {
    let mut plan = plan(vec![
        change("a", "A", Action::Update),
        change("b", "B", Action::Retire),
    ]);
    plan.consequences
        .of
        .push(said("offer.a", "24 clients follow it"));
    let text = comment(&plan);
    assert!(text.starts_with(
        "<!-- bursar plan: school production -->\n### Plan: 0 to add, 1 to change, 1 to retire."
    ));
    let place = |what: &str| {
        text.find(what)
            .unwrap_or_else(|| panic!("{what} is not in {text}"))
    };
    let order = [
        place("24 clients follow it"),
        place("# offer.b will be retired"),
        place("<details>"),
        place("# offer.a will be updated"),
    ];
    assert!(order.is_sorted(), "{text}");
    assert_eq!(
        text.matches("<details>").count(),
        text.matches("</details>").count()
    );
}

#[test]
fn what_others_wrote_stands_in_blocks_alone() {
    let title = "``` </details> @everyone #1 <img src=x onerror=alert(1)> [x](https://evil.example)\n```\n# huge <!-- bursar plan: other -->";
    let mut plan = plan(vec![
        change("a", title, Action::Update),
        change("b", title, Action::Delete),
    ]);
    plan.consequences.of.push(said("offer.a", title));
    plan.refusals.push(Refusal {
        address: None,
        message: title.into(),
        help: title.into(),
    });
    plan.project = "x --> <b>".into();
    let text = outside(&comment(&plan));
    for sign in ["@everyone", "evil", "<img", "<b>", "huge", "plan: other"] {
        assert!(!text.contains(sign), "{sign} in {text}");
    }
    assert_eq!(text.matches("-->").count(), 1, "{text}");
}

#[test]
fn removals_are_all_there_however_much_there_is() {
    let title = "T".repeat(1_000);
    let leaving = |number| change(&format!("gone-{number}"), &title, Action::Retire);
    let staying = |number| change(&format!("kept-{number}"), &title, Action::Update);
    for count in [1, 400, 900] {
        let changes = (0..count).map(leaving).chain((0..200).map(staying));
        let mut plan = plan(changes.collect());
        let text = (0..200).map(|number| said(&format!("offer.kept-{number}"), &title));
        plan.consequences.of.extend(text);
        let text = comment(&plan);
        let folded = text.find("<details>").unwrap();
        for number in 0..count {
            let address = format!(" offer.gone-{number}");
            let lines = text[..folded].lines();
            let known = lines.filter(|line| {
                line.find(&address).is_some_and(|at| {
                    let rest = &line[at + address.len()..];
                    !rest.starts_with(|char: char| char.is_ascii_digit())
                })
            });
            assert!(known.count() > 0, "{address} of {count}");
        }
        assert!(text.contains("more lines: `bursar plan` shows them"));
    }
}

#[test]
fn nothing_to_do_is_said_in_few_words() {
    let text = comment(&plan(Vec::new()));
    assert!(text.contains("### No changes"), "{text}");
    assert!(!text.contains("<details>"), "{text}");
}
