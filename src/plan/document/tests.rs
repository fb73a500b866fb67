use super::*;
use crate::model::{Address, Part, Value};
use crate::plan::tests::world::{World, declare, state};
use serde_json::json;

/// A plan with a replacement, a creation, an update and a retirement.
pub(super) fn rich_plan() -> Plan {
    let list = |purchases: u64| {
        declare(
            "list",
            "l",
            json!({
                "title": "l", "type": "segment", "where": {"purchases": {"at_least": purchases}},
            }),
        )
    };
    let coupon = declare(
        "coupon",
        "c",
        json!({
            "title": "c", "code": "C", "status": "active", "discount": {"percent": "10"},
            "list_ids": ["@list.l"],
        }),
    );
    let old = declare(
        "letter",
        "old",
        json!({"title": "o", "subject": "s", "html": "h", "text": "t"}),
    );
    let letter = declare(
        "letter",
        "new",
        json!({
            "title": "n", "subject": "s", "html": "url of @offer.o", "text": "t",
        }),
    );
    let offer = declare(
        "offer",
        "o",
        json!({
            "title": "o", "price": {"amount": "1.00", "currency": "EUR"}, "promotion": null,
        }),
    );
    let mut world = World::new();
    world.settle_into(&state([list(1), coupon.clone(), old]));
    world.edit("coupon", "c", json!({"discount": {"percent": "50"}}));
    world.plan(&state([list(2), coupon, letter, offer]))
}

#[test]
fn a_plan_survives_its_file() {
    let plan = rich_plan();
    let document = PlanDocument::from(&plan);
    let text = document.to_text();
    let read = PlanDocument::from_text(&text).unwrap();
    assert_eq!(read, document);
    assert_eq!(Plan::try_from(read).unwrap(), plan);
    assert_eq!(digest(&plan), document.digest);
}

#[test]
fn the_document_is_in_terraforms_form() {
    let document = PlanDocument::from(&rich_plan());
    let expected = Counts {
        add: 3,
        change: 1,
        replace: 1,
        retire: 2,
        ..Counts::default()
    };
    assert_eq!(document.summary, expected);
    // Ids count from 101: the old letter, the list, the coupon.
    // Coupon: one patch; letter and offer: one each; list: create, settle, retire; old letter.
    assert_eq!(document.requests, Requests { read: 0, write: 7 });
    let json = serde_json::to_value(&document).unwrap();
    assert_eq!(
        json["resource_changes"][0]["change"],
        json!({
            "actions": ["update"],
            "before": {"discount": {"percent": "50"}, "list_ids": [102]},
            "after": {"discount": {"percent": "10"}, "list_ids": null},
            "after_unknown": {"list_ids": true},
            "before_sensitive": {},
            "after_sensitive": {},
        })
    );
    let replaced = &json["resource_changes"][3];
    assert_eq!(replaced["address"], "list.l");
    assert_eq!(replaced["change"]["actions"], json!(["create", "retire"]));
    assert_eq!(replaced["action_reason"], "saved_once");
    assert_eq!(replaced["action_reason_detail"], "where");
    assert_eq!(replaced["fields"][0]["forces_replacement"], true);
}

#[test]
fn edited_and_cut_files_are_refused() {
    let text = PlanDocument::from(&rich_plan()).to_text();
    let check = |text: &str, expected: fn(&PlanFileError) -> bool| {
        let error = PlanDocument::from_text(text).unwrap_err();
        assert!(expected(&error), "{error:?}");
    };
    check(&text.replace("\"10\"", "\"90\""), |e| {
        *e == PlanFileError::Digest
    });
    check(&text.replace("\"serial\": 0", "\"serial\": 1"), |e| {
        *e == PlanFileError::Digest
    });
    check(&text.replace("\"digest\": \"", "\"digest\": \"0"), |e| {
        *e == PlanFileError::Digest
    });
    check(
        &text.replace("\"format_version\": \"1.0\"", "\"format_version\": \"2.0\""),
        |e| matches!(e, PlanFileError::Version { found } if found == "2.0"),
    );
    check(
        "{}",
        |e| matches!(e, PlanFileError::Version { found } if found == "unknown"),
    );
    check("kind: plan", |e| matches!(e, PlanFileError::NotJson(_)));
    for cut in (0..text.trim_end().len()).step_by(97) {
        check(&text[..cut], |e| matches!(e, PlanFileError::NotJson(_)));
    }
}

#[test]
fn a_forged_file_is_read_with_care() {
    let forge = |edit: fn(&mut Json)| {
        let mut json = serde_json::to_value(PlanDocument::from(&rich_plan())).unwrap();
        edit(&mut json);
        json["digest"] = content_digest(&json).into();
        PlanDocument::from_text(&json.to_string()).and_then(Plan::try_from)
    };
    let check = |edit: fn(&mut Json)| {
        let error = forge(edit).unwrap_err();
        assert!(matches!(error, PlanFileError::Form { .. }), "{error:?}");
    };
    assert!(forge(|_| ()).is_ok());
    check(|json| json["steps"][0]["depends_on"] = json!([9]));
    check(|json| json["steps"][0]["id"] = json!(7));
    check(|json| json["steps"][0]["address"] = json!("../x"));
    check(|json| json["steps"][0]["operation"]["kind"] = json!("format-disk"));
    check(|json| json["resource_changes"][0]["fields"][0]["live"] = json!(1.5));
    check(|json| json["resource_changes"][0]["fields"][0]["live"] = json!({"$x": 1}));
    check(|json| json["resource_changes"][0]["change"]["actions"] = json!([]));
}

#[test]
fn every_value_can_be_written() {
    let check = |value: Value| {
        assert_eq!(value::read(&value::write(&value)), Ok(value));
    };
    check(Value::Ref(Address::new("offer", "a")));
    check(Value::map([("$ref", Value::text("offer.a"))]));
    check(Value::map([("$map", Value::map([("$late", Value::Null)]))]));
    check(Value::Late(vec![
        Part::Text("see ".to_owned()),
        Part::Output {
            of: Address::new("offer", "a"),
            name: "url".to_owned(),
        },
    ]));
    check(Value::List(vec![Value::Bool(true), Value::Int(-1)]));
}
