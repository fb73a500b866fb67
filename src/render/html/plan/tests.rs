use super::words::difference;
use super::{View, render};
use crate::kinds::WireMoney;
use crate::model::{Address, Money, Path, Value};
use crate::plan::{
    About, Action, Consequence, Consequences, Deadline, FieldChange, Plan, Price, Refusal, Side,
    Way,
};
use crate::render::Style;
use crate::render::human::Names;
use crate::render::tests::{change, of as plan};
use crate::simulate::{Arrow, Graph, GraphBox, Moment, Relative, Shape, Span, Timeline};
use chrono::DateTime;

fn field(path: &str, sides: [Option<&str>; 3], side: Side) -> FieldChange {
    let [base, live, desired] = sides.map(|side| side.map(Value::text));
    FieldChange {
        path: Path::parse(path),
        base,
        live,
        desired,
        side,
        forces_replacement: false,
    }
}

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

fn page(plan: &Plan, timeline: &Timeline, graph: &Graph) -> String {
    render(View {
        plan: crate::render::human::plan::View {
            plan,
            names: &Names::default(),
            requests_per_minute: None,
            style: Style::Coloured,
        },
        timeline,
        graph,
    })
}

fn alone(plan: &Plan) -> String {
    page(plan, &Timeline::default(), &Graph::default())
}

#[track_caller]
fn in_order(page: &str, parts: &[&str]) {
    let mut from = 0;
    for part in parts {
        match page[from..].find(part) {
            Some(at) => from += at + part.len(),
            None => panic!("`{part}` is not in, or not behind the others of {page}"),
        }
    }
}

#[test]
fn refusals_and_meaning_stand_first_and_what_leaves_is_never_folded() {
    let mut plan = plan(vec![
        change("a", "A", Action::Update),
        change("b", "B", Action::Retire),
        change("c", "C", Action::Manual),
    ]);
    plan.consequences.of = vec![said("offer.a", "24 clients follow it")];
    plan.refusals = vec![Refusal {
        address: Some(Address::new("offer", "b")),
        message: "it is protected".into(),
        help: "apply `protect: false` first".into(),
    }];
    let page = alone(&plan);
    in_order(
        &page,
        &[
            "<h1>Plan of school, production</h1>",
            "Refused. Plan: 0 to add, 1 to change, 1 to retire, 1 by hand.",
            "<li>offer.b: it is protected<p>",
            "<strong>What to do:</strong> apply `protect: false` first",
            "What it means for people</h2>",
            "<li>24 clients follow it</li>",
            "What leaves or is replaced</h2>",
            "<article id=\"change-2\">",
            "<span class=\"sign remove\">#</span> <code>offer.b</code>",
            "By hand</h2>",
            "<span class=\"sign hint\">!</span> <code>offer.c</code>",
            "Prices</h2>",
            "Changes</h2>",
            "<details id=\"change-1\" open>",
            "<span class=\"sign change\">~</span> <code>offer.a</code>",
            "Timeline</h2>",
            "Scenarios</h2>",
        ],
    );
    assert!(
        !page.contains('\u{1b}'),
        "a page has no colours of terminals"
    );
    // However many there are.
    let many = (0..200).map(|number| change(&format!("gone-{number}"), "B", Action::Replace));
    let page = alone(&self::plan(many.collect()));
    assert_eq!(page.matches("<article").count(), 200);
    assert!(!page.contains("<details"));
}

#[test]
fn nothing_to_do_is_said() {
    let page = alone(&plan(Vec::new()));
    for part in [
        "No changes. The platform matches the configuration.",
        "No price changes.",
        "There are no scenarios.",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn three_sides_are_shown_where_both_have_moved() {
    let mut it = change("a", "D", Action::Update);
    it.fields = vec![
        field("title", [Some("B"), Some("L"), Some("D")], Side::Conflict),
        field("status", [Some("on"), Some("off"), Some("on")], Side::Drift),
    ];
    let page = alone(&plan(vec![it]));
    in_order(
        &page,
        &[
            "<th scope=\"col\">Last applied</th><th scope=\"col\">On the platform</th><th scope=\"col\">Declared</th>",
            "<code>title</code><br><span class=\"remove\">conflict: both sides have changed it</span>",
            "<code>&quot;B&quot;</code></td><td><code>&quot;L&quot;</code></td><td><code>&quot;D&quot;</code>",
            "<code>status</code><br><span class=\"remove\">changed on the platform</span>",
            "<code>&quot;on&quot;</code></td><td><code>&quot;off&quot;</code></td><td><code>&quot;on&quot;</code>",
        ],
    );
}

#[test]
fn what_is_made_has_one_side_and_ids_that_are_not_known_yet() {
    let mut it = change("a", "A", Action::Create);
    it.id = None;
    it.fields = vec![FieldChange {
        desired: Some(Value::Late(vec![crate::model::Part::Output {
            of: Address::new("offer", "b"),
            name: "url".into(),
        }])),
        ..field("url", [None, None, None], Side::Configuration)
    }];
    let page = alone(&plan(vec![it]));
    in_order(
        &page,
        &[
            "<th scope=\"col\">Field</th><th scope=\"col\">Declared</th></tr>",
            "<code>url</code></th><td><code>(known after apply)</code></td></tr>",
        ],
    );
}

#[test]
fn letters_differ_by_lines_and_words() {
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    let before = lines("a\nb\nc\nThe price is 520 euro.\nd");
    let after = lines("a\nb\nc\nThe price is 540 euro.\nd");
    assert_eq!(
        difference(&before, &after),
        "  b\n  c\n\
         <del>- The price is <b>520</b> euro.</del>\n\
         <ins>+ The price is <b>540</b> euro.</ins>\n  d"
    );
    // Beyond the limit by lines alone, and nothing is lost.
    let long = |word: &str| vec![format!("{word} {}", "x ".repeat(20_000))];
    let shown = difference(&long("a"), &long("b"));
    assert!(shown.starts_with("<del>- a x x "), "{}", &shown[..40]);
    assert_eq!(shown.matches(" x").count(), 40_000);
    assert!(!shown.contains("<b>"));
    assert_eq!(
        difference(&lines("<i>"), &lines("&")),
        "<del>- &lt;i&gt;</del>\n<ins>+ &amp;</ins>"
    );
}

#[test]
fn prices_are_shown_as_they_come() {
    let money = |text: &str| Some(WireMoney(text.parse::<Money>().unwrap()));
    let price = |way, coupon: Option<&str>, before, after| Price {
        address: "coupon.c".into(),
        of: "offer.a".into(),
        way,
        coupon: coupon.map(str::to_owned),
        before,
        after,
    };
    let mut plan = plan(vec![change("a", "A", Action::Update)]);
    plan.consequences.prices = vec![
        price(Way::Full, None, money("520.00 EUR"), money("540.00 EUR")),
        price(
            Way::Promotion,
            None,
            money("460.00 EUR"),
            money("460.00 EUR"),
        ),
        price(Way::Coupon, Some("R10"), None, money("1234567 JPY")),
        price(
            Way::CouponInPromotion,
            Some("R10"),
            money("414.00 EUR"),
            None,
        ),
    ];
    in_order(
        &alone(&plan),
        &[
            "because of <code>coupon.c</code></span></th><td>full</td><td class=\"money\">520.00 EUR</td><td class=\"money\">540.00 EUR</td>",
            "<td>promotion</td><td class=\"money\">460.00 EUR</td><td class=\"money\">460.00 EUR (stays)</td>",
            "<td>coupon R10</td><td class=\"money\">not to be had</td><td class=\"money\">1234567 JPY</td>",
            "<td>coupon R10, promotion</td><td class=\"money\">414.00 EUR</td><td class=\"money\">not to be had</td>",
        ],
    );
}

/// A scenario: `list.l` begins it; after a day, if a condition holds, `letter.m` is sent.
fn graph(title: &str) -> Graph {
    let node = |id: &str, shape, line: &str, is_step: bool| GraphBox {
        id: id.into(),
        shape,
        lines: vec![line.into(), title.into()],
        within: is_step.then(|| "scenario.s".into()),
    };
    let arrow = |from: &str, to: &str, label: &str| Arrow {
        from: from.into(),
        to: to.into(),
        label: label.into(),
    };
    Graph {
        boxes: vec![
            node("scenario.s", Shape::Object, "scenario s", true),
            node("scenario.s#1", Shape::Event, "enters", true),
            node("scenario.s#2", Shape::Condition, "holds?", true),
            node("scenario.s#3", Shape::End, "ends", true),
            node("scenario.s#4", Shape::Action, "send", true),
            node("list.l", Shape::Object, "list l", false),
            node("letter.m", Shape::Object, "letter m", false),
            node("coupon.c", Shape::Object, "coupon c", false),
            node("offer.o", Shape::Object, "offer o", false),
        ],
        arrows: vec![
            arrow("scenario.s", "scenario.s#1", "begins with"),
            arrow("list.l", "scenario.s#1", ""),
            arrow("scenario.s#1", "scenario.s#2", "after 1d"),
            arrow("scenario.s#2", "scenario.s#3", "no"),
            arrow("scenario.s#2", "scenario.s#4", "yes"),
            arrow("scenario.s#4", "letter.m", ""),
            arrow("letter.m", "coupon.c", title),
            arrow("offer.o", "coupon.c", "coupons"),
        ],
    }
}

#[test]
fn a_scenario_is_drawn_step_by_step_and_told_in_words() {
    let mut plan = plan(vec![change("a", "A", Action::Update)]);
    plan.changes[0].address = Address::new("letter", "m");
    let page = page(&plan, &Timeline::default(), &graph("about"));
    in_order(
        &page,
        &[
            "<h3>scenario s: about</h3>",
            "<title id=\"scenario-1-title\">scenario s about</title>",
            "<title>enters about</title>",
            "<title>list l about</title>",
            ">after 1d</text>",
            "<title>holds? about</title>",
            ">no</text>",
            "<title>ends about</title>",
            ">yes</text>",
            "<title>send about</title>",
            "<rect class=\"box changed\"",
            "<title>letter m about</title>",
            ">~ letter m</text>",
            ">about</text>",
            "<title>coupon c about</title>",
            "<li>begins with: enters about; list l about</li>",
            "<li>after 1d: holds? about; no: ends about</li>",
            "<li>yes: send about; letter m about</li>",
        ],
    );
    // What has nothing to do with a scenario is not drawn.
    assert!(!page.contains("offer o"));
}

#[test]
fn hostile_texts_are_text_wherever_they_stand() {
    let hostile = "\u{1b}[2J\u{202e}</title></svg><script src=\"https://evil.example/x.js\">alert(1)</script>\" onload=\"x\" '<img src=x onerror=alert(1)>&lt;]]>\r\n::error::x";
    let mut it = change("a", hostile, Action::Update);
    it.notes = vec![hostile.into()];
    it.fields.push(field(
        hostile,
        [Some("a"), Some("a\nb"), Some(hostile)],
        Side::Conflict,
    ));
    let mut plan = plan(vec![it, change("b", hostile, Action::Delete)]);
    plan.project = hostile.into();
    plan.environment = Some(hostile.into());
    plan.drift = vec![change("d", hostile, Action::Update)];
    plan.settled = vec![hostile.into()];
    plan.unmanaged.insert(hostile.into(), 1);
    plan.refusals = vec![Refusal {
        address: None,
        message: hostile.into(),
        help: hostile.into(),
    }];
    let at = DateTime::UNIX_EPOCH;
    plan.consequences = Consequences {
        of: vec![said("offer.a", hostile), said(hostile, hostile)],
        prices: vec![Price {
            address: hostile.into(),
            of: hostile.into(),
            way: Way::Coupon,
            coupon: Some(hostile.into()),
            before: None,
            after: None,
        }],
        reach: Vec::new(),
        must_be_applied_before: Some(Deadline {
            at: crate::kinds::WireInstant(at),
            address: hostile.into(),
            why: hostile.into(),
            text: hostile.into(),
        }),
    };
    let timeline = Timeline {
        zone: hostile.into(),
        moments: vec![Moment {
            at,
            time: hostile.into(),
            of: hostile.into(),
            what: "opens",
            part: hostile.into(),
            cohort: Some(hostile.into()),
            text: hostile.into(),
            whom: Some(hostile.into()),
        }],
        spans: vec![Span {
            of: hostile.into(),
            what: "sale",
            cohort: None,
            from: Some(at),
            to: None,
            label: hostile.into(),
        }],
        relative: vec![Relative {
            of: hostile.into(),
            cohort: None,
            when: hostile.into(),
            text: hostile.into(),
            first: None,
            last: None,
        }],
    };
    let page = page(&plan, &timeline, &graph(hostile));
    for sign in ["<script", "<img", " onload=\"", "\u{1b}", "\u{202e}", "\r"] {
        assert!(!page.contains(sign), "{sign:?} in {page}");
    }
    for line in page.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
    }
    // It is shown all the same.
    assert!(page.matches("&lt;img src=x onerror=alert(1)&gt;").count() > 20);
    let tags = |tag: &str| page.matches(tag).count();
    for tag in ["title", "svg", "table", "details", "article"] {
        let (open, close) = (tags(&format!("<{tag}")), tags(&format!("</{tag}>")));
        assert_eq!(open, close, "{tag}");
    }
}
