use super::*;
use crate::model::{Attributes, RemoteId};
use crate::plan::{Operation, Step, StepId};

fn empty() -> Plan {
    crate::render::tests::of(Vec::new())
}

fn change(kind: &str, action: Action, reason: Reason, fields: Vec<FieldChange>) -> Change {
    Change {
        address: Address::new(kind, "x"),
        title: Some("X".into()),
        id: (action != Action::Create).then_some(RemoteId(7)),
        action,
        reason,
        fields,
        notes: Vec::new(),
    }
}

fn field(path: &str, live: Option<Value>, desired: Option<Value>) -> FieldChange {
    FieldChange {
        path: Path::parse(path),
        base: live.clone(),
        live,
        desired,
        side: Side::Configuration,
        forces_replacement: false,
    }
}

fn money(amount: &str) -> Value {
    Value::map([
        ("amount", Value::text(amount)),
        ("currency", Value::text("EUR")),
    ])
}

fn check(plan: &Plan, expected: &str) {
    let text = render(View {
        plan,
        names: &Names::default(),
        requests_per_minute: Some(200),
        style: Style::Plain,
    });
    assert_eq!(text, expected);
}

#[test]
fn nothing_to_do() {
    let mut plan = empty();
    plan.unmanaged.insert("offer".into(), 3);
    check(
        &plan,
        "No changes. The platform matches the configuration.\n\
             Not managed here: offer 3.\n\
             Cost: 1 request to read, 0 to write; under a minute at 200 a minute.\n",
    );
}

#[test]
fn every_form_of_a_field() {
    let mut plan = empty();
    let mut conflict = field("title", Some(Value::text("L")), Some(Value::text("D")));
    conflict.base = Some(Value::text("B"));
    conflict.side = Side::Conflict;
    let mut forced = field(
        "where",
        Some(Value::map([("tag", Value::text("a"))])),
        Some(Value::map([("tag", Value::text("b"))])),
    );
    forced.forces_replacement = true;
    let mut drifted = field(
        "status",
        Some(Value::text("draft")),
        Some(Value::text("on")),
    );
    drifted.side = Side::Drift;
    plan.changes = vec![
        change(
            "coupon",
            Action::Create,
            Reason::Declared,
            vec![field(
                "list_ids",
                None,
                Some(Value::List(vec![Value::Ref(Address::new("list", "x"))])),
            )],
        ),
        change(
            "list",
            Action::Replace,
            Reason::SavedOnce(Path::parse("where")),
            vec![forced],
        ),
        change(
            "letter",
            Action::Retire,
            Reason::NoLongerDeclared,
            Vec::new(),
        ),
        change(
            "offer",
            Action::Update,
            Reason::ConfigurationChanged,
            vec![
                field("price", Some(money("490.00")), Some(money("450.00"))),
                conflict,
                drifted,
            ],
        ),
    ];
    plan.steps = vec![Step {
        id: StepId(1),
        address: Address::new("letter", "x"),
        verb: "retire".into(),
        operation: Operation::Retire {
            id: RemoteId(7),
            patch: Attributes::new(),
            deposed: false,
        },
        depends_on: Vec::new(),
    }];
    check(
        &plan,
        r#"bursar will perform the following actions:

  # coupon.x will be created
  + coupon.x "X" {
      + list_ids = [list.x]
    }

  # list.x must be replaced: `where` can be saved once only
+/- list.x "X" (id 7) {
      ~ where = { tag = "a" } -> { tag = "b" } # forces replacement
    }

  # letter.x will be retired: it is no longer declared
  # letter.x "X" (id 7)

  # offer.x will be updated: its declaration changed
  ~ offer.x "X" (id 7) {
      ~ price = "490.00 EUR" -> "450.00 EUR"
      ~ title = "L" -> "D" # conflict
          # last applied: "B"; both sides have changed it since
      ~ status = "draft" -> "on" # changed on the platform
    }

Plan: 2 to add, 1 to change, 2 to retire, 1 to replace.
Cost: 1 request to read, 1 to write; under a minute at 200 a minute.
"#,
    );
}

#[test]
fn letters_are_compared_by_lines() {
    let mut plan = empty();
    plan.changes = vec![change(
        "letter",
        Action::Update,
        Reason::ConfigurationChanged,
        vec![field(
            "text",
            Some(Value::text("one\ntwo\nthree\nfour\nfive\n")),
            Some(Value::text("one\ntwo\nthree\n4\nfive\n")),
        )],
    )];
    check(
        &plan,
        r#"bursar will perform the following actions:

  # letter.x will be updated: its declaration changed
  ~ letter.x "X" (id 7) {
      ~ text =
              two
              three
        -     four
        +     4
              five
          TEXT
    }

Plan: 0 to add, 1 to change, 0 to retire.
Cost: 1 request to read, 0 to write; under a minute at 200 a minute.
"#,
    );
}

#[test]
fn words_that_change_in_a_line_are_marked() {
    let mut plan = empty();
    plan.changes = vec![change(
        "letter",
        Action::Update,
        Reason::ConfigurationChanged,
        vec![field(
            "text",
            Some(Value::text("Hello!\nUntil Monday it costs 490 euros.\n")),
            Some(Value::text("Hello!\nUntil Friday it costs 520 euros.\n")),
        )],
    )];
    let shown = render(View {
        plan: &plan,
        names: &Names::default(),
        requests_per_minute: None,
        style: Style::Plain,
    });
    for expected in [
        "        -     Until [-Monday-] it costs [-490-] euros.\n",
        "        +     Until {+Friday+} it costs {+520+} euros.\n",
    ] {
        assert!(shown.contains(expected), "{shown}");
    }
}

#[test]
fn drift_and_refusals() {
    let mut plan = empty();
    let mut drifted = field("title", Some(Value::text("new")), None);
    drifted.base = Some(Value::text("old"));
    plan.drift = vec![change(
        "offer",
        Action::Update,
        Reason::Drifted,
        vec![drifted],
    )];
    plan.settled = vec!["list.x had been made (id 7)".into()];
    plan.refusals = vec![Refusal {
        address: Some(Address::new("offer", "x")),
        message: "it is protected".into(),
        help: "apply `protect: false` first".into(),
    }];
    check(
        &plan,
        r#"Found: list.x had been made (id 7)

Note: objects have changed outside of bursar

  # offer.x has been changed on the platform
  ~ offer.x "X" (id 7) {
      ~ title = "old" -> "new"
    }

No changes.
Drift: 1 field of 1 object changed on the platform, 0 conflicts, 0 objects gone.
Cost: 1 request to read, 0 to write; under a minute at 200 a minute.

refused: offer.x: it is protected
  help: apply `protect: false` first
"#,
    );
}

#[test]
fn what_the_platform_sends_cannot_reach_the_terminal() {
    let mut plan = empty();
    let mut hostile = change(
        "offer",
        Action::Update,
        Reason::Drifted,
        vec![field(
            "title",
            Some(Value::text("\u{1b}[2J")),
            Some(Value::text("a\n\u{1b}]0;x")),
        )],
    );
    hostile.title = Some("\u{1b}[31m".into());
    hostile.notes = vec!["\u{1b}".into()];
    plan.changes = vec![hostile];
    let text = render(View {
        plan: &plan,
        names: &Names::default(),
        requests_per_minute: None,
        style: Style::Plain,
    });
    assert!(!text.contains('\u{1b}'), "{text:?}");
}
