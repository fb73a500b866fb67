//! The people of the platform live, and its clock can be moved.

use super::{Platform, id};
use crate::sandbox::{DataDir, Options};
use serde_json::{Value, json};

/// A school that wins unpaid buyers back, as S002 describes it: ids of offer, coupon, list, letter.
async fn win_back(platform: &Platform) -> (i64, i64, i64, i64) {
    let list = platform
        .make("/lists", json!({ "title": "Unpaid", "type": "static" }))
        .await;
    let list = id(&list);
    let coupon = platform
        .make(
            "/coupons",
            json!({ "title": "Back", "code": "BACK10", "discount": { "percent": "10" },
                    "list_ids": [list] }),
        )
        .await;
    let coupon = id(&coupon);
    let offer = platform
        .make(
            "/offers",
            json!({ "title": "English", "status": "published",
                    "price": { "amount": "490.00", "currency": "EUR" },
                    "coupon_policy": "chosen", "coupon_ids": [coupon] }),
        )
        .await;
    let offer = id(&offer);
    let letter = platform
        .make(
            "/letters",
            json!({ "title": "Reminder", "subject": "{{ contact.name }}, your place",
                    "html": "<p>Dear {{ contact.name }}</p>", "text": "Dear {{ contact.name }}" }),
        )
        .await;
    let letter = id(&letter);
    platform
        .make(
            "/scenarios",
            json!({ "title": "Win back", "status": "active", "triggers": [
                { "when": { "unpaid_order": { "offer_id": offer } }, "wait_before_if": "30m",
                  "if": { "not": { "bought": { "offer_id": offer } } },
                  "do": [{ "add_to_list": { "list_id": list } },
                         { "send_letter": { "letter_id": letter } }] },
                { "wait": "1d", "do": [{ "remove_from_list": { "list_id": list } }] },
            ] }),
        )
        .await;
    (offer, coupon, list, letter)
}

async fn clock(platform: &Platform, body: Value) -> Value {
    let answer = platform.send("POST", "/_sandbox/clock", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

async fn deed(platform: &Platform, contact: i64, deed: Value) -> (u16, Value) {
    let path = format!("/_sandbox/contacts/{contact}/deeds");
    let answer = platform.send("POST", &path, deed).await;
    (answer.status, answer.json())
}

async fn members(platform: &Platform, list: i64) -> i64 {
    let list = platform.get(&format!("/lists/{list}")).await.data();
    list["members_count"].as_i64().unwrap()
}

#[tokio::test]
async fn who_does_not_pay_gets_a_letter_and_a_coupon_for_a_day() {
    let platform = Platform::new().await;
    let (offer, coupon, list, letter) = win_back(&platform).await;
    let contact = platform
        .make(
            "/contacts",
            json!({ "email": "olena@example.com", "name": "Olena <3" }),
        )
        .await;
    let contact = id(&contact);
    clock(
        &platform,
        json!({ "now": "2027-02-01T10:00:00Z", "stands": true }),
    )
    .await;

    let (status, _) = deed(&platform, contact, json!({ "opens_offer": offer })).await;
    assert_eq!(status, 200);
    let orders = platform.get("/orders").await.data();
    assert_eq!(orders[0]["paid_status"], "unpaid");
    assert_eq!(
        orders[0]["price"],
        json!({ "amount": "490.00", "currency": "EUR" })
    );
    let seen = platform.get(&format!("/offers/{offer}")).await.data();
    assert_eq!(seen["unpaid_orders_count"], 1);

    clock(&platform, json!({ "advance": "29m" })).await;
    assert_eq!(platform.get("/_sandbox/outbox").await.data(), json!([]));
    let pays = json!({ "pays": { "offer_id": offer, "coupon_id": coupon } });
    let (status, answer) = deed(&platform, contact, pays.clone()).await;
    assert_eq!(status, 422, "{answer}");

    let moved = clock(&platform, json!({ "advance": "1m" })).await;
    assert_eq!(
        moved,
        json!({ "now": "2027-02-01T10:30:00Z", "stands": true })
    );
    let sent = platform.get("/_sandbox/outbox").await.data();
    assert_eq!(
        sent,
        json!([{
            "sent_at": "2027-02-01T10:30:00Z", "contact_id": contact, "letter_id": letter,
            "to": "olena@example.com", "subject": "Olena <3, your place",
            "html": "<p>Dear Olena &lt;3</p>", "text": "Dear Olena <3",
        }])
    );
    assert_eq!(members(&platform, list).await, 1);

    let (status, answer) = deed(&platform, contact, pays).await;
    assert_eq!(status, 200, "{answer}");
    // 490.00 − 10 % = 441.00.
    let paid = json!({ "amount": "441.00", "currency": "EUR" });
    assert_eq!(answer["data"][0]["event"], "paid");
    assert_eq!(answer["data"][0]["amount"], paid);
    let orders = platform.get("/orders").await.data();
    assert_eq!(orders[0]["paid_status"], "paid");
    assert_eq!(orders[0]["price"], paid);
    assert_eq!(orders[0]["coupon_id"], coupon);
    let seen = platform.get(&format!("/offers/{offer}")).await.data();
    assert_eq!(
        (&seen["clients_count"], &seen["unpaid_orders_count"]),
        (&json!(1), &json!(0))
    );

    clock(&platform, json!({ "advance": "24h" })).await;
    assert_eq!(members(&platform, list).await, 0);
    platform.stop().await;
}

#[tokio::test]
async fn a_segment_fills_itself_and_orders_of_the_api_count() {
    let platform = Platform::new().await;
    clock(
        &platform,
        json!({ "now": "2027-02-01T10:00:00Z", "stands": true }),
    )
    .await;
    let offer = id(&platform.offer("A").await);
    let contact = platform
        .make("/contacts", json!({ "email": "a@example.com" }))
        .await;
    let contact = id(&contact);
    let segment =
        json!({ "title": "Two", "type": "segment", "where": { "purchases": { "at_least": 2 } } });
    let list = id(&platform.make("/lists", segment).await);
    let order = json!({ "contact_id": contact, "offer_id": offer, "paid_status": "paid" });
    platform.make("/orders", order.clone()).await;
    // Life begins here.
    assert_eq!(platform.get("/_sandbox/events").await.status, 200);
    assert_eq!(members(&platform, list).await, 0);
    platform.make("/orders", order).await;
    let events = platform.get("/_sandbox/events").await.data();
    let words: Vec<&str> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["order_made", "paid", "entered_list"]);
    assert_eq!(members(&platform, list).await, 1);
    // A list that is made now takes who fits, at once.
    let later =
        json!({ "title": "One", "type": "segment", "where": { "bought": { "offer_id": offer } } });
    let later = id(&platform.make("/lists", later).await);
    assert_eq!(platform.get("/_sandbox/events").await.status, 200);
    assert_eq!(members(&platform, later).await, 1);
    platform.stop().await;
}

#[tokio::test]
async fn a_life_is_the_same_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        data: DataDir::Path(folder.path().to_owned()),
        ..Options::default()
    };
    let platform = Platform::with(options()).await;
    let (offer, _, list, _) = win_back(&platform).await;
    let contact = id(&platform
        .make("/contacts", json!({ "email": "a@example.com" }))
        .await);
    clock(
        &platform,
        json!({ "now": "2027-02-01T10:00:00Z", "stands": true }),
    )
    .await;
    deed(&platform, contact, json!({ "opens_offer": offer })).await;
    clock(&platform, json!({ "advance": "40m" })).await;
    let before = platform.get("/_sandbox/events").await.data();
    let words = before.as_array().unwrap().iter();
    let words: Vec<&str> = words
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    let expected = [
        "order_made",
        "scenario_started",
        "waits",
        "condition",
        "acted",
        "entered_list",
        "letter_sent",
        "waits",
    ];
    assert_eq!(words, expected);
    platform.stop().await;

    let platform = Platform::with(options()).await;
    assert_eq!(platform.get("/_sandbox/events").await.data(), before);
    clock(&platform, json!({ "advance": "24h" })).await;
    assert_eq!(members(&platform, list).await, 0);
    let orders = platform.get("/orders").await.data();
    assert_eq!(orders.as_array().unwrap().len(), 1);
    let letters = platform.get("/_sandbox/outbox").await.data();
    assert_eq!(letters.as_array().unwrap().len(), 1);
    platform.stop().await;
}

#[tokio::test]
async fn time_goes_forward_and_nonsense_is_refused() {
    let platform = Platform::new().await;
    clock(
        &platform,
        json!({ "now": "2027-02-01T10:00:00Z", "stands": true }),
    )
    .await;
    platform.get("/_sandbox/events").await;
    let post = |body: Value| platform.send("POST", "/_sandbox/clock", body);
    for (body, field) in [
        (json!({ "now": "2027-01-31T10:00:00Z" }), "now"),
        (json!({ "now": "soon" }), "now"),
        (json!({ "advance": "6mo" }), "advance"),
        (
            json!({ "now": "2027-02-02T10:00:00Z", "advance": "1d" }),
            "now",
        ),
    ] {
        let answer = post(body.clone()).await;
        assert_eq!(answer.status, 422, "{body}");
        assert!(
            answer.json()["errors"][field].is_array(),
            "{body}: {}",
            answer.text
        );
    }
    assert_eq!(post(json!({ "speed": 2 })).await.status, 400);
    let (status, _) = deed(&platform, 7, json!({ "logs_in": {} })).await;
    assert_eq!(status, 404);
    let contact = id(&platform
        .make("/contacts", json!({ "email": "a@example.com" }))
        .await);
    for bad in [
        json!({ "flies": 1 }),
        json!({ "pays": {} }),
        json!([]),
        json!({}),
    ] {
        let (status, answer) = deed(&platform, contact, bad.clone()).await;
        assert_eq!(status, 422, "{bad}: {answer}");
    }
    platform.stop().await;
}
